/// Calls in both forms, and what stands between `[` and `]`.
extension Parser {
  /// Whether `label:` comes next.
  var isLabel: Bool { isLabelWord && kind(after: 1) == .colon }

  /// A parameter may be called like a keyword: `times: 3`.
  private var isLabelWord: Bool {
    kind == .name || (kind != .newline && Token.keywords[text(of: token)] != nil)
  }

  /// The start of a statement, or what follows its `=`: a call may leave out the parentheses.
  mutating func commandOrExpression() throws -> Expression {
    if kind == .name {
      let next = tokens[min(index + 1, tokens.count - 1)]
      let isAdjacentText =
        (next.kind == .text || next.kind == .textOpen) && next.start == token.end
      if !next.startsLine, next.beginsCommandArgument, !isAdjacentText,
        !(text(of: token) == "lambda" || isConditionalBlockWord)
      {
        return try command()
      }
    }
    return try expression()
  }

  private var isConditionalBlockWord: Bool {
    // `x not in xs` of Python is a comparison, not a call of `x`.
    kind(after: 1) == .not && kind(after: 2) == .in
  }

  private mutating func command() throws -> Expression {
    let callee = Name(text: text(of: token), span: token.span)
    advance()
    var result: [Argument] = []
    var below = 1
    try nested { parser in
      while true {
        result.append(try parser.argument())
        below = max(below, parser.height)
        if parser.take(.comma) {
          parser.goOnAfterNewline()
          continue
        }
        guard parser.isLabel || parser.continuesCommand else { break }
      }
    }
    let span = Span(start: callee.span.start, end: previousEnd)
    try grow(below, span)
    return .call(.name(callee), result, .command, span)
  }

  /// What begins a further argument without a comma.
  private var continuesCommand: Bool {
    switch kind {
    case .name, .number, .text, .textOpen, .true, .false, .none: true
    default: false
    }
  }

  private mutating func argument() throws -> Argument {
    guard isLabel else {
      let value = try expression()
      if kind == .assign, case .name(let name) = value {
        throw error(
          .foreignSyntax(found: "=", remedy: "a label is written `\(name.text): …`"))
      }
      return Argument(label: nil, value: value)
    }
    let label = Name(text: text(of: token), span: token.span)
    advance()
    advance()
    return Argument(label: label, value: try expression())
  }

  /// `(a, b, label: c)`.
  mutating func arguments() throws -> [Argument] {
    var result: [Argument] = []
    var below = 0
    try bracketed("(") { parser in
      while parser.kind != .rightParenthesis {
        result.append(try parser.argument())
        below = max(below, parser.height)
        guard parser.take(.comma) || parser.isLabel else { break }
      }
    }
    height = below
    return result
  }

  /// `[0, 10:20, ..., ::2, -1]`.
  mutating func indexItems() throws -> [IndexSyntax] {
    var result: [IndexSyntax] = []
    var below = 0
    try bracketed("[") { parser in
      if parser.kind == .rightBracket {
        throw parser.error(.expectedExpression(found: "`]`"))
      }
      while parser.kind != .rightBracket {
        result.append(try parser.indexItem())
        below = max(below, parser.height)
        guard parser.take(.comma) else { break }
      }
    }
    height = below
    return result
  }

  private mutating func indexItem() throws -> IndexSyntax {
    if kind == .ellipsis {
      let span = token.span
      advance()
      height = 1
      return .ellipsis(span)
    }
    var below = 0
    var start: Expression?
    if kind != .colon {
      start = try expression()
      below = height
    }
    guard kind == .colon else {
      guard let start else { throw error(.expectedExpression(found: found)) }
      return .at(start)
    }
    advance()
    var bounds: [Expression?] = [start]
    var isExpected = true
    while isExpected {
      if kind == .colon || kind == .comma || kind == .rightBracket {
        bounds.append(nil)
      } else {
        bounds.append(try expression())
        below = max(below, height)
      }
      isExpected = bounds.count < 3 && take(.colon)
    }
    height = below
    return .slice(start: start, end: bounds[1], step: bounds.count > 2 ? bounds[2] : nil)
  }
}
