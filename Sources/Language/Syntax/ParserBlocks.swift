/// Statements with a body that goes on to `end`.
extension Parser {
  /// Runs the head of a block; a mistake there is noted, and the body is parsed all the same.
  private mutating func head<Result>(
    _ fallback: Result, _ body: (inout Parser) throws -> Result
  ) throws -> Result {
    let state = (brackets, nesting, openNames.count)
    var result = fallback
    do {
      result = try body(&self)
      headEnd()
    } catch let error as SyntaxError {
      record(error)
      (brackets, nesting) = (0, state.1)
      openNames.removeLast(max(0, openNames.count - state.2))
      while !token.startsLine { advance() }
    }
    return result
  }

  /// Other languages end the head with a sign or word.
  private mutating func headEnd() {
    let remedy = "leave it out: the block goes on to `end`"
    switch kind {
    case .colon, .leftBrace:
      record(error(.foreignSyntax(found: text(of: token), remedy: remedy)))
      advance()
    case .name where ["then", "do", "begin"].contains(text(of: token)) && isLastOnLine:
      record(error(.foreignSyntax(found: text(of: token), remedy: remedy)))
      advance()
    default: break
    }
  }

  private var isLastOnLine: Bool {
    let next = kind(after: 1)
    return next == .newline || next == .endOfFile
  }

  /// Body and `end` of a block that began at `opener`.
  private mutating func block(_ opener: Token) -> [Statement] {
    let body = statements()
    close(opener)
    return body
  }

  private mutating func close(_ opener: Token) {
    switch kind {
    case .end: advance()
    // `}` was complained about where the block began.
    case .rightBrace: advance()
    default:
      record(
        error(
          .missingEnd(block: text(of: opener), line: source.line(of: opener.start)),
          at: opener.span))
    }
  }

  /// Opens a block: one level deeper, and named for the continuation prompt.
  private mutating func opened<Result>(
    _ body: (inout Parser, Token) throws -> Result
  ) throws -> Result {
    let opener = token
    openNames.append(text(of: opener))
    let count = openNames.count
    advance()
    let result = try nested { try body(&$0, opener) }
    openNames.removeLast(max(0, openNames.count - count + 1))
    return result
  }

  private var nothing: Expression { .blank(place) }

  mutating func condition() throws -> Expression {
    let value = try expression()
    guard kind == .assign else { return value }
    record(error(.assignmentInCondition))
    advance()
    return try expression()
  }

  mutating func conditional() throws -> Statement {
    try opened { parser, opener in
      var branches: [Branch] = []
      var otherwise: [Statement]?
      let first = try parser.head(parser.nothing) { try $0.condition() }
      branches.append(Branch(condition: first, body: parser.statements()))
      while true {
        if parser.kind == .name, parser.isForeignBranch {
          parser.record(
            parser.error(
              .foreignSyntax(found: parser.text(of: parser.token), remedy: "write `else if`")))
          parser.advance()
        } else if parser.kind == .else {
          parser.advance()
          guard parser.kind == .if else {
            parser.headEnd()
            otherwise = parser.statements()
            break
          }
          parser.advance()
        } else {
          break
        }
        let condition = try parser.head(parser.nothing) { try $0.condition() }
        branches.append(Branch(condition: condition, body: parser.statements()))
      }
      parser.close(opener)
      return .conditional(
        branches, otherwise: otherwise, Span(start: opener.start, end: parser.previousEnd))
    }
  }

  mutating func forEach() throws -> Statement {
    try opened { parser, opener in
      let (names, sequence) = try parser.head(([Name](), parser.nothing)) { parser in
        let names = try parser.loopNames()
        guard parser.take(.in) else {
          throw parser.expected("`in`", remedy: "a loop is `for x in values … end`")
        }
        return (names, try parser.expression())
      }
      let body = parser.loop { $0.block(opener) }
      return .forEach(
        names, sequence, body, Span(start: opener.start, end: parser.previousEnd))
    }
  }

  private mutating func loopNames() throws -> [Name] {
    var names = [try name("a name for each value")]
    if take(.comma) { names.append(try name("a name for each value")) }
    if kind == .comma {
      throw expected("`in`", remedy: "there are one or two names: `for i, x in`")
    }
    if kind == .assign {
      throw expected("`in`", remedy: "write `for \(names[0].text) in 1..11 … end`")
    }
    return names
  }

  private mutating func loop(_ body: (inout Parser) -> [Statement]) -> [Statement] {
    loops += 1
    defer { loops -= 1 }
    return body(&self)
  }

  mutating func whileLoop() throws -> Statement {
    try opened { parser, opener in
      let condition = try parser.head(parser.nothing) { try $0.condition() }
      let body = parser.loop { $0.block(opener) }
      return .whileLoop(condition, body, Span(start: opener.start, end: parser.previousEnd))
    }
  }

  mutating func repeatLoop() throws -> Statement {
    try opened { parser, opener in
      let count = try parser.head(parser.nothing) { parser in
        let count = try parser.expression()
        guard parser.take(.times) else {
          throw parser.expected("`times`", remedy: "a loop is `repeat 10 times … end`")
        }
        return count
      }
      let body = parser.loop { $0.block(opener) }
      return .repeatLoop(count, body, Span(start: opener.start, end: parser.previousEnd))
    }
  }

  mutating func attempt() throws -> Statement {
    try opened { parser, opener in
      parser.headEnd()
      let body = parser.statements()
      var problem: Name?
      var handler: [Statement] = []
      if parser.kind == .catch || (parser.kind == .name && parser.isForeignBranch) {
        if parser.kind == .name {
          parser.record(
            parser.error(.foreignSyntax(found: "except", remedy: "write `catch problem`")))
        }
        parser.advance()
        if parser.kind == .name {
          problem = Name(text: parser.text(of: parser.token), span: parser.token.span)
          parser.advance()
        }
        parser.headEnd()
        handler = parser.block(opener)
      } else if parser.kind == .end {
        throw parser.expected("`catch`", remedy: "write `try … catch problem … end`")
      } else {
        parser.close(opener)
      }
      return .attempt(
        body, problem: problem, handler: handler,
        Span(start: opener.start, end: parser.previousEnd))
    }
  }

  mutating func define() throws -> Statement {
    try opened { parser, opener in
      let unnamed = Name(text: "", span: opener.span)
      let (name, parameters) = try parser.head((unnamed, [ParameterSyntax]())) { parser in
        let name = try parser.name("a name for the function")
        guard parser.kind == .leftParenthesis else {
          throw parser.expected("`(`", remedy: "write `def \(name.text)(…) … end`")
        }
        return (name, try parser.parameters())
      }
      let head = Span(start: opener.start, end: parser.previousEnd)
      let outerLoops = parser.loops
      parser.loops = 0
      parser.functions += 1
      let body = parser.block(opener)
      parser.functions -= 1
      parser.loops = outerLoops
      let span = Span(start: opener.start, end: parser.previousEnd)
      return .define(
        FunctionSyntax(
          name: name, parameters: parameters, body: .block(body), head: head, span: span), span)
    }
  }

  mutating func name(_ what: String) throws -> Name {
    guard kind == .name else { throw expected(what) }
    let name = Name(text: text(of: token), span: token.span)
    advance()
    return name
  }

  /// `(a, b: 2)`; labels and defaults as in a call.
  mutating func parameters() throws -> [ParameterSyntax] {
    try bracketed("(") { parser in
      var result: [ParameterSyntax] = []
      while parser.kind != .rightParenthesis {
        let name = try parser.name("a parameter")
        var fallback: Expression?
        if parser.take(.colon) {
          fallback = try parser.expression()
        } else if parser.kind == .assign {
          throw parser.error(
            .foreignSyntax(found: "=", remedy: "a default is written `\(name.text): …`"))
        } else if result.last?.fallback != nil {
          parser.record(parser.error(.requiredAfterOptional(name.text), at: name.span))
        }
        if result.contains(where: { $0.name.text == name.text }) {
          parser.record(parser.error(.duplicateParameter(name.text), at: name.span))
        }
        result.append(ParameterSyntax(name: name, fallback: fallback))
        guard parser.take(.comma) || parser.isLabel else { break }
      }
      return result
    }
  }
}
