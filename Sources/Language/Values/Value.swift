/// A value of the language. Copying costs at most one reference count.
package enum Value {
  case none
  case boolean(Bool)
  case number(Double)
  case text(String)
  case list(List)
  case record(Record)
  case range(Progression)
  case function(FunctionValue)
  case object(any HostObject)

  package static func list(of elements: [Value]) -> Value { .list(List(elements)) }
  package static func numbers(_ elements: some Sequence<Int>) -> Value {
    .list(List(elements.map { .number(Double($0)) }))
  }
  package static func texts(_ elements: some Sequence<String>) -> Value {
    .list(List(elements.map { .text($0) }))
  }
}

extension Value {
  /// The kind in one word: `number`, `text`, … or what a host object calls itself.
  package var kind: String {
    switch self {
    case .none: "none"
    case .boolean: "boolean"
    case .number: "number"
    case .text: "text"
    case .list: "list"
    case .record: "record"
    case .range: "range"
    case .function: "function"
    case .object(let object): object.kind
    }
  }

  /// What a statement prints that is this value alone: it could be typed again (`"sand"`), unless
  /// it is too long for a screen.
  package var display: String {
    var writer = ValueWriter()
    writer.write(self)
    return writer.output
  }

  /// What `show` and `{…}` in a text print: text as it is, anything else as `display`.
  package var text: String {
    if case .text(let text) = self { return text }
    return display
  }

  /// How many nested lists and records destroying or printing this value descends through.
  var depth: Int {
    switch self {
    case .list(let list): list.depth
    case .record(let record): record.depth
    default: 0
    }
  }

  /// Values reachable from this one, itself included, with repeats. Saturates.
  var weight: Int {
    switch self {
    case .text(let text): 1 + text.utf8.count / 24
    case .list(let list): list.weight
    case .record(let record): record.weight
    default: 1
    }
  }

  package var isNone: Bool {
    if case .none = self { return true }
    return false
  }
}

extension Value: Equatable {
  /// Structural for data, identity for functions, `isEqual` for host objects; values of different
  /// kinds differ.
  package static func == (left: Value, right: Value) -> Bool {
    switch (left, right) {
    case (.none, .none): true
    case (.boolean(let a), .boolean(let b)): a == b
    case (.number(let a), .number(let b)): a == b
    case (.text(let a), .text(let b)): a == b
    case (.list(let a), .list(let b)): a.count == b.count && a.elements == b.elements
    case (.record(let a), .record(let b)): a == b
    case (.range(let a), .range(let b)): a == b
    case (.function(let a), .function(let b)): a === b
    case (.object(let a), .object(let b)): a === b || a.isEqual(b)
    default: false
    }
  }
}
