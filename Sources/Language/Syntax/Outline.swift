/// What can be said about a source from its form alone, for those who show, keep or fill in scripts.
package struct Outline {
  package struct Part {
    /// The statement, with the `;` that hides its value.
    package let span: Span
    /// The command or function that it calls, if the statement is nothing but a call.
    package let call: String?
    /// The name that is its first argument, if it begins with one.
    package let argument: String?
  }

  /// The top-level statements, in order.
  package let parts: [Part]
  /// Blanks (`…`) that are to be filled in, in order.
  package let blanks: [Span]

  /// Nil if the source has mistakes in its form.
  package init?(of source: Source) {
    let script = Parser.parse(source)
    guard script.errors.isEmpty, script.open == nil else { return nil }
    parts = script.statements.map { statement in
      let call = Outline.call(statement)
      return Part(
        span: Outline.whole(statement, of: source), call: call?.name, argument: call?.argument)
    }
    // `x[…]` takes all dimensions, which is no blank; only the parser tells them apart.
    blanks = BlankFinder(script).blanks
  }

  private static func whole(_ statement: Statement, of source: Source) -> Span {
    let bytes = source.bytes
    var end = Int(statement.span.end)
    while end < bytes.count, bytes[end] == 32 || bytes[end] == 9 { end += 1 }
    let isHidden = end < bytes.count && bytes[end] == UInt8(ascii: ";")
    return isHidden ? Span(start: statement.span.start, end: Int32(end + 1)) : statement.span
  }

  private static func call(_ statement: Statement) -> (name: String, argument: String?)? {
    guard case .expression(let value, _, _) = statement else { return nil }
    switch value {
    case .name(let name): return (name.text, nil)
    case .call(.name(let name), let arguments, _, _):
      guard case .name(let argument)? = arguments.first?.value else { return (name.text, nil) }
      return (name.text, argument.text)
    default: return nil
    }
  }
}

/// Finds the blanks of a script.
private struct BlankFinder {
  private(set) var blanks: [Span] = []

  init(_ script: Script) {
    script.statements.forEach { visit($0) }
    blanks.sort { $0.start < $1.start }
  }

  private mutating func visit(_ statement: Statement) {
    for expression in statement.expressions { visit(expression) }
    for inner in statement.blocks { inner.forEach { visit($0) } }
  }

  private mutating func visit(_ expression: Expression) {
    if case .blank(let span) = expression { blanks.append(span) }
    if case .function(let function) = expression, case .block(let body) = function.body {
      body.forEach { visit($0) }
    }
    for part in expression.parts { visit(part) }
  }
}

extension Statement {
  /// The expressions that stand directly in it.
  fileprivate var expressions: [Expression] {
    switch self {
    case .expression(let value, _, _), .assign(_, let value, _), .compound(_, _, let value, _),
      .forEach(_, let value, _, _), .whileLoop(let value, _, _), .repeatLoop(let value, _, _):
      [value]
    case .conditional(let branches, _, _): branches.map(\.condition)
    case .define(let function, _): [.function(function)]
    case .returns(let value, _): value.map { [$0] } ?? []
    case .breaks, .continues, .attempt: []
    }
  }

  /// The blocks that stand directly in it.
  var blocks: [[Statement]] {
    switch self {
    case .conditional(let branches, let otherwise, _): branches.map(\.body) + [otherwise ?? []]
    case .forEach(_, _, let body, _), .whileLoop(_, let body, _), .repeatLoop(_, let body, _):
      [body]
    case .attempt(let body, _, let handler, _): [body, handler]
    case .expression, .assign, .compound, .define, .returns, .breaks, .continues: []
    }
  }
}

extension Expression {
  /// The expressions that stand directly in it; of a function its defaults, and its body if that is
  /// an expression.
  fileprivate var parts: [Expression] {
    switch self {
    case .none, .boolean, .number, .text, .name, .blank: []
    case .interpolated(let parts, _):
      parts.compactMap { if case .value(let value) = $0 { value } else { nil } }
    case .list(let elements, _): elements
    case .record(let fields, _): fields.map(\.value)
    case .unary(_, let operand, _): [operand]
    case .binary(_, let left, let right, _), .logical(_, let left, let right, _): [left, right]
    case .conditional(let condition, let then, let otherwise): [condition, then, otherwise]
    case .range(let start, let end, let step): [start, end] + (step.map { [$0] } ?? [])
    case .function(let function):
      function.parameters.compactMap(\.fallback) + function.bodyExpressions
    case .call(let callee, let arguments, _, _): [callee] + arguments.map(\.value)
    case .method(let receiver, _, let arguments, _): [receiver] + arguments.map(\.value)
    case .member(let receiver, _): [receiver]
    case .index(let receiver, let items, _, _):
      [receiver]
        + items.flatMap { item -> [Expression] in
          switch item {
          case .at(let value): [value]
          case .slice(let start, let end, let step): [start, end, step].compactMap { $0 }
          case .ellipsis: []
          }
        }
    }
  }
}

extension FunctionSyntax {
  fileprivate var bodyExpressions: [Expression] {
    if case .expression(let value) = body { [value] } else { [] }
  }
}
