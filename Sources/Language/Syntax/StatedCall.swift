/// A call of a command that is a statement by itself, as it is written: for those who must know what a
/// script says without running it.
package struct StatedCall {
  package let command: String
  /// Where it stands; `line` from 1.
  package let span: Span
  package let line: Int
  /// What is written out, by parameter; nil where it must be worked out.
  private let arguments: [String: Value?]

  package func isGiven(_ label: String) -> Bool { arguments[label] != nil }

  /// The number, text, boolean, `none` or list of such that is written there; nil where there is
  /// nothing, or something that must be worked out.
  package func literal(_ label: String) -> Value? { arguments[label] ?? nil }

  /// The top-level statements of a source that call one of these commands and do nothing else, in
  /// order; the lines on which their names stand anywhere else; and what is wrong with its syntax.
  package static func find(
    _ commands: [Command], in source: Source
  ) -> (
    calls: [StatedCall], elsewhere: [(command: String, line: Int)], mistakes: [Diagnostic]
  ) {
    let script = Parser.parse(source, limits: .standard)
    let mistakes = script.errors.map {
      Diagnostic(Failure($0.fact), source: source, span: $0.span)
    }
    var calls: [StatedCall] = []
    for case .expression(.call(.name(let name), let arguments, _, _), _, let span)
      in script.statements
    {
      guard let command = commands.first(where: { $0.name == name.text }) else { continue }
      calls.append(
        StatedCall(
          command: name.text, span: span, line: source.line(of: span.start),
          arguments: bind(arguments, to: command)))
    }
    let starts = Set(calls.map(\.span.start))
    var elsewhere: [(command: String, line: Int)] = []
    for token in Scanner.scan(source).items where token.kind == .name {
      let word = source.slice(token.span)
      if commands.contains(where: { $0.name == word }), !starts.contains(token.start) {
        elsewhere.append((word, source.line(of: token.start)))
      }
    }
    return (calls, elsewhere, mistakes)
  }

  private static func bind(_ arguments: [Argument], to command: Command) -> [String: Value?] {
    var result: [String: Value?] = [:]
    var position = 0
    for argument in arguments {
      var label = argument.label?.text
      if label == nil, position < command.parameters.count {
        label = command.parameters[position].label
        position += 1
      }
      if let label { result[label] = .some(value(argument.value)) }
    }
    return result
  }

  private static func value(_ expression: Expression) -> Value? {
    switch expression {
    case .none: return Value.none
    case .boolean(let flag, _): return .boolean(flag)
    case .number(let number, _): return .number(number)
    case .text(let text, _): return .text(text)
    case .unary(.minus, .number(let number, _), _): return .number(-number)
    case .list(let elements, _):
      let values = elements.compactMap(value)
      return values.count == elements.count ? .list(of: values) : nil
    default: return nil
    }
  }
}
