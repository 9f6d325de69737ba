/// Expressions that begin with a sign or word of their own: names, texts, brackets.
extension Parser {
  mutating func primary() throws -> Expression {
    let token = self.token
    height = 1
    switch kind {
    case .number:
      advance()
      let digits = text(of: token).filter { $0 != "_" }
      return .number(Double(digits) ?? 0, token.span)
    case .text:
      advance()
      return .text(texts[Int(token.payload)], token.span)
    case .textOpen: return try interpolated()
    case .true, .false:
      advance()
      return .boolean(token.kind == .true, token.span)
    case .none:
      advance()
      return .none(token.span)
    case .ellipsis:
      advance()
      return .blank(token.span)
    case .name: return try nameExpression()
    case .leftParenthesis: return try parenthesized()
    case .leftBracket: return try list()
    case .leftBrace: return try record()
    case .plus where index > 0 && tokens[index - 1].kind == .plus:
      throw error(.foreignSyntax(found: "++", remedy: "write `name += 1`"))
    case .dot where kind(after: 1) == .number:
      let number = tokens[index + 1]
      throw error(
        .expected("a value", found: "`.`", remedy: "write `0.\(text(of: number))`"))
    case .if:
      throw error(
        .foreignSyntax(found: "if", remedy: "inside a statement it is `a if condition else b`"))
    case .arrow: throw expected("parameters before `=>`", remedy: "write `() => …`")
    case .def: throw error(.foreignSyntax(found: "def", remedy: "write `x => …`"))
    default: throw error(.expectedExpression(found: found))
    }
  }

  private mutating func nameExpression() throws -> Expression {
    let name = Name(text: text(of: token), span: token.span)
    let next = kind(after: 1)
    if name.text == "lambda", next == .name || next == .colon {
      throw error(.foreignSyntax(found: "lambda", remedy: "write `x => …`"))
    }
    if name.text == "function", next == .leftParenthesis {
      throw error(.foreignSyntax(found: "function", remedy: "write `x => …`"))
    }
    if next == .text || next == .textOpen, tokens[index + 1].start == name.span.end {
      throw error(
        .foreignSyntax(
          found: "\(name.text)\"…\"",
          remedy: "leave out the `\(name.text)`: `{…}` works in every text"))
    }
    advance()
    return .name(name)
  }

  private mutating func interpolated() throws -> Expression {
    let start = token.start
    var parts: [TextPart] = []
    var below = 1
    advance()
    while true {
      switch token.kind {
      case .textChunk:
        parts.append(.chunk(texts[Int(token.payload)]))
        advance()
      case .interpolationOpen:
        let open = token
        advance()
        brackets += 1
        if token.kind == .interpolationClose {
          throw error(.emptyInterpolation, at: open.span.joined(token.span))
        }
        parts.append(.value(try expression()))
        below = max(below, height)
        guard token.kind == .interpolationClose else {
          throw expected(
            "`}`", remedy: token.kind == .colon ? "for digits write `{round(x, digits: 2)}`" : nil)
        }
        brackets -= 1
        advance()
      case .textClose:
        advance()
        let span = Span(start: start, end: previousEnd)
        try grow(below, span)
        return .interpolated(parts, span)
      default: throw error(.unterminatedText)
      }
    }
  }

  private mutating func parenthesized() throws -> Expression {
    try bracketed("(") { parser in
      if parser.kind == .rightParenthesis {
        throw parser.error(.expectedExpression(found: "`)`"))
      }
      let value = try parser.expression()
      if parser.kind == .comma {
        throw parser.expected("`)`", remedy: "a list is written `[a, b]`")
      }
      if parser.kind == .assign { throw parser.error(.assignmentInCondition) }
      return value
    }
  }

  private mutating func list() throws -> Expression {
    let start = token.start
    var elements: [Expression] = []
    var below = 0
    try bracketed("[") { parser in
      while parser.kind != .rightBracket {
        elements.append(try parser.expression())
        below = max(below, parser.height)
        if parser.kind == .for {
          throw parser.expected("`]`", remedy: "write `map(values, x => …)`")
        }
        if parser.kind == .semicolon {
          throw parser.expected("`,` or `]`", remedy: "rows are lists: `[[1, 2], [3, 4]]`")
        }
        if parser.kind == .colon {
          throw parser.expected("`,` or `]`", remedy: "a range is `0..10`, a record `{name: 1}`")
        }
        guard parser.take(.comma) else { break }
      }
    }
    let span = Span(start: start, end: previousEnd)
    try grow(below, span)
    return .list(elements, span)
  }

  private mutating func record() throws -> Expression {
    let start = token.start
    var fields: [(key: Name, value: Expression)] = []
    var below = 0
    try bracketed("{") { parser in
      while parser.kind != .rightBrace {
        let key: Name
        if parser.kind == .text {
          key = Name(text: parser.texts[Int(parser.token.payload)], span: parser.token.span)
          parser.advance()
        } else if parser.kind == .name || Token.keywords[parser.text(of: parser.token)] != nil {
          key = Name(text: parser.text(of: parser.token), span: parser.token.span)
          parser.advance()
        } else {
          throw parser.expected("a name", remedy: "a record is `{rate: 0.1, steps: 3}`")
        }
        guard parser.take(.colon) else {
          throw parser.expected("`:`", remedy: "a record is `{rate: 0.1, steps: 3}`")
        }
        fields.append((key, try parser.expression()))
        below = max(below, parser.height)
        guard parser.take(.comma) || parser.isLabel else { break }
      }
    }
    let span = Span(start: start, end: previousEnd)
    try grow(below, span)
    return .record(fields, span)
  }

  /// A pair of brackets and what `body` parses between them.
  mutating func bracketed<Result>(
    _ sign: String, _ body: (inout Parser) throws -> Result
  ) throws -> Result {
    let open = token
    advance()
    openNames.append(sign)
    brackets += 1
    let result = try nested(body)
    let closer: Token.Kind =
      open.kind == .leftParenthesis
      ? .rightParenthesis : open.kind == .leftBracket ? .rightBracket : .rightBrace
    guard kind == closer else {
      // The next line looks like a statement of its own, or there is no next line.
      if token.kind == .endOfFile || token.startsLine {
        throw error(.unclosed(sign), at: open.span)
      }
      let closing = sign == "(" ? ")" : sign == "[" ? "]" : "}"
      let isArgument = token.beginsCommandArgument
      throw expected(
        "`,` or `\(closing)`",
        remedy: kind == .assign
          ? "a label is written `name: value`"
          : isArgument ? "put a `,` before it" : nil)
    }
    brackets -= 1
    if !openNames.isEmpty { openNames.removeLast() }
    advance()
    return result
  }
}
