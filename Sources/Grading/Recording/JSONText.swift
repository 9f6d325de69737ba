import Language
import Tensors

/// JSON as it is written: members in the order in which they are given, numbers as short as they can
/// be read back, no optional space.
extension JSON {
  var double: Double? {
    switch self {
    case .integer(let whole): Double(whole)
    case .number(let number): number
    default: nil
    }
  }

  var string: String? {
    guard case .text(let text) = self else { return nil }
    return text
  }

  static func object(_ members: KeyValuePairs<String, JSON>) -> JSON {
    .object(members.map { Member(name: $0.key, value: $0.value) })
  }

  /// The text in one line.
  var text: String {
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
  func indented(_ depth: Int = 0) -> String {
    let inner = String(repeating: "  ", count: depth + 1)
    let outer = String(repeating: "  ", count: depth)
    switch self {
    case .array(let elements) where !elements.isEmpty:
      let lines = elements.map { inner + $0.indented(depth + 1) }
      return "[\n\(lines.joined(separator: ",\n"))\n\(outer)]"
    case .object(let members) where !members.isEmpty:
      let lines = members.map {
        "\(inner)\(JSON.quoted($0.name)): \($0.value.indented(depth + 1))"
      }
      return "{\n\(lines.joined(separator: ",\n"))\n\(outer)}"
    default: return text
    }
  }

  /// A number; what JSON cannot say is null.
  private static func number(_ number: Double) -> String {
    number.isFinite ? NumberFormat.shortest(number) : "null"
  }

  /// A line of an event; members without a value are left out.
  static func line(_ members: [(String, (any JSONConvertible)?)]) -> String {
    JSON.object(
      members.compactMap { name, value in value.map { Member(name: name, value: $0.json) } }
    ).text
  }
}

/// What stands in JSON as it is.
protocol JSONConvertible { var json: JSON { get } }
extension String: JSONConvertible { var json: JSON { .text(self) } }
extension Int: JSONConvertible { var json: JSON { .integer(self) } }
extension Double: JSONConvertible {
  var json: JSON { .number(self) }
}
extension Bool: JSONConvertible { var json: JSON { .boolean(self) } }
