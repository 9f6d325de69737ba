/// Whether an entry at the prompt can be run, or the continuation prompt should ask for more.
package enum Completeness: Equatable, Sendable {
  case complete
  /// What is still open, outermost first: `for`, `(`, `"""`; empty after an operator or a comma.
  case incomplete([String])
  case invalid
}

extension Parser {
  package static func completeness(of text: String) -> Completeness {
    let script = parse(Source(name: "prompt", text: text))
    if let open = script.open { return .incomplete(open) }
    return script.errors.isEmpty ? .complete : .invalid
  }
}
