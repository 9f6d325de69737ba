/// JSON as it is written: members in the order in which they are given, numbers as short as they can
/// be read back.
extension JSON {
  /// The text in one line, without spaces.
  package var text: String {
    switch self {
    case .null: return "null"
    case .boolean(let flag): return flag ? "true" : "false"
    case .integer(let whole): return String(whole)
    case .number(let number): return JSON.number(number)
    case .text(let text): return JSON.quoted(text)
    case .array(let elements): return "[\(elements.map(\.text).joined(separator: ","))]"
    case .object(let members):
      let fields = members.map { "\(JSON.quoted($0.name)):\($0.value.text)" }
      return "{\(fields.joined(separator: ","))}"
    }
  }

  /// The text over lines, for people who look into the file.
  /// - Parameter width: spaces that each level is indented by.
  package func indented(by width: Int, depth: Int = 0) -> String {
    let inner = String(repeating: " ", count: width * (depth + 1))
    let outer = String(repeating: " ", count: width * depth)
    switch self {
    case .array(let elements) where !elements.isEmpty:
      let lines = elements.map { inner + $0.indented(by: width, depth: depth + 1) }
      return "[\n\(lines.joined(separator: ",\n"))\n\(outer)]"
    case .object(let members) where !members.isEmpty:
      let lines = members.map {
        "\(inner)\(JSON.quoted($0.name)): \($0.value.indented(by: width, depth: depth + 1))"
      }
      return "{\n\(lines.joined(separator: ",\n"))\n\(outer)}"
    default: return text
    }
  }

  /// A number, a whole one without a point; what JSON cannot say is null.
  private static func number(_ number: Double) -> String {
    guard number.isFinite else { return "null" }
    return Int(exactly: number).map(String.init) ?? "\(number)"
  }
}
