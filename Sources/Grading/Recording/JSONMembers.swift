import Tensors

/// JSON from what events and reports are made of.
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
    .object(members.map { Member($0.key, $0.value) })
  }

  /// A line of an event; members without a value are left out.
  static func line(_ members: [(String, (any JSONConvertible)?)]) -> String {
    JSON.object(
      members.compactMap { name, value in value.map { Member(name, $0.json) } }
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
