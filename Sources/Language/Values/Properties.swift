/// Properties of values, for `a.b` and for completion.
extension Value {
  package var propertyNames: [String] {
    switch self {
    case .none, .boolean, .number, .function: []
    case .text: ["count"]
    case .list: ["count", "first", "last"]
    case .record(let record): record.keys
    case .range: ["count", "start", "end", "step"]
    case .object(let object): object.propertyNames
    }
  }

  package func property(_ name: String) throws -> Value? {
    switch (self, name) {
    case (.record(let record), _): record[name]
    case (.object(let object), _): try object.property(name)
    case (.list(let list), "count"): .number(Double(list.count))
    case (.list(let list), "first"): list.isEmpty ? nil : list[0]
    case (.list(let list), "last"): list.isEmpty ? nil : list[list.count - 1]
    case (.text(let text), "count"): .number(Double(TextSearch.length(text)))
    case (.range(let range), "count"): .number(Double(range.count))
    case (.range(let range), "start"): .number(range.start)
    case (.range(let range), "end"): .number(range.end)
    case (.range(let range), "step"): .number(range.step)
    default: nil
    }
  }
}
