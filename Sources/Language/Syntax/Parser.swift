/// Tokens to syntax, by recursive descent. After an error it goes on with the next line, so that
/// one pass finds several.
package struct Parser {
  let source: Source
  let limits: Limits
  let tokens: [Token]
  let texts: [String]
  var index = 0
  /// The token whose line start has been taken note of: a newline before it no longer counts.
  var acknowledged = 0
  /// Brackets around the current token; inside them newlines do not count.
  var brackets = 0
  /// Brackets and blocks around the current token.
  var nesting = 0
  /// Height of the syntax tree that was parsed last.
  var height = 0
  var loops = 0
  var functions = 0
  var errors: [SyntaxError] = []
  /// What is open around the current token, outermost first.
  var openNames: [String] = []
  /// What was open where the source ended too early.
  var openAtEnd: [String]?

  static let errorLimit = 5

  static func parse(_ source: Source, limits: Limits = .standard) -> Script {
    let scanned = Scanner.scan(source, limits: limits)
    var parser = Parser(source, scanned, limits)
    let statements = parser.topLevel()
    var open = parser.openAtEnd
    if let text = scanned.openText { open = (open ?? []) + [text.delimiter] }
    return Script(
      source: source, statements: statements,
      errors: parser.merged(scanned.errors), open: open)
  }

  private init(_ source: Source, _ scanned: Tokens, _ limits: Limits) {
    self.source = source
    self.limits = limits
    tokens = scanned.items
    texts = scanned.texts
  }

  /// Errors of both passes in order of place, one a line, at most five.
  private func merged(_ scanned: [SyntaxError]) -> [SyntaxError] {
    var result: [SyntaxError] = []
    var lines: Set<Int> = []
    // The scanner's errors are causes; what the parser says about the same line follows from them.
    for error in scanned + errors where lines.insert(source.line(of: error.span.start)).inserted {
      result.append(error)
    }
    result.sort { ($0.span.start, $0.span.end) < ($1.span.start, $1.span.end) }
    return Array(result.prefix(Parser.errorLimit))
  }

  // MARK: Tokens

  var token: Token { tokens[index] }

  /// Kind of the current token, or `newline` where a line ends before it and that counts.
  var kind: Token.Kind {
    let token = tokens[index]
    if token.startsLine, brackets == 0, index != acknowledged {
      return token.kind == .endOfFile ? .endOfFile : .newline
    }
    return token.kind
  }

  /// Kind of a later token; `newline` where a line ends before it outside brackets.
  func kind(after distance: Int) -> Token.Kind {
    let place = min(index + distance, tokens.count - 1)
    let token = tokens[place]
    return token.startsLine && brackets == 0 && token.kind != .endOfFile ? .newline : token.kind
  }

  var previousEnd: Int32 { index > 0 ? tokens[index - 1].end : 0 }

  mutating func advance() {
    if index < tokens.count - 1 { index += 1 }
  }

  mutating func take(_ expected: Token.Kind) -> Bool {
    guard kind == expected else { return false }
    advance()
    return true
  }

  /// After an operator, a comma, `=` or `=>` the line may end.
  mutating func goOnAfterNewline() { acknowledged = index }

  func text(of token: Token) -> String { source.slice(token.span) }

  /// The current token in an error sentence.
  var found: String {
    switch kind {
    case .endOfFile: "the end"
    case .newline: "the end of the line"
    case .text, .textOpen: "a text"
    case .textChunk, .textClose, .interpolationClose: "the end of a text"
    case .number: "the number `\(text(of: token).prefix(30))`"
    default: "`\(text(of: token).prefix(30))`"
    }
  }

  /// Where an error about the current token points: at the end of the line if the line ended.
  var place: Span {
    switch kind {
    case .newline, .endOfFile: Span(start: previousEnd, end: previousEnd)
    default: token.span
    }
  }

  func error(_ fact: Fact, at span: Span? = nil) -> SyntaxError {
    SyntaxError(fact: fact, span: span ?? place)
  }

  func expected(_ what: String, remedy: String? = nil) -> SyntaxError {
    error(.expected(what, found: found, remedy: remedy))
  }

  mutating func record(_ error: SyntaxError) {
    // A source that only stops too early is not wrong yet; the first error decides.
    if errors.isEmpty, openAtEnd == nil, token.kind == .endOfFile,
      !openNames.isEmpty || index == acknowledged
    {
      openAtEnd = openNames
    }
    if errors.count < 20 { errors.append(error) }
  }

  /// Runs `body` one level deeper.
  mutating func nested<Result>(_ body: (inout Parser) throws -> Result) throws -> Result {
    guard nesting < limits.syntaxDepth else {
      throw error(.tooDeepSyntax(limit: limits.syntaxDepth), at: token.span)
    }
    nesting += 1
    defer { nesting -= 1 }
    return try body(&self)
  }

  /// Notes the height of a tree above `below`.
  mutating func grow(_ below: Int, _ span: Span) throws {
    height = below + 1
    if height > limits.chainLength {
      throw error(.tooDeepSyntax(limit: limits.chainLength), at: span)
    }
  }

  // MARK: Statements

  private mutating func topLevel() -> [Statement] {
    var result: [Statement] = []
    while true {
      result += statements()
      switch kind {
      case .endOfFile: return result
      default:
        record(error(stray))
        recover()
      }
    }
  }

  private var stray: Fact {
    kind == .rightBrace
      ? .foreignSyntax(found: "}", remedy: "a block closes with `end`")
      : .strayKeyword(text(of: token))
  }

  /// Statements up to the end of the block or source.
  mutating func statements() -> [Statement] {
    var result: [Statement] = []
    while true {
      goOnAfterNewline()
      switch kind {
      case .endOfFile, .end, .else, .catch, .rightBrace: return result
      case .semicolon: advance()
      case .name where isForeignBranch: return result
      default:
        let state = (brackets, nesting, openNames.count)
        let start = index
        do {
          result.append(try statement())
          try endStatement()
        } catch {
          if let error = error as? SyntaxError { record(improved(error, from: start)) }
          (brackets, nesting) = (state.0, state.1)
          openNames.removeLast(max(0, openNames.count - state.2))
          recover()
        }
      }
    }
  }

  /// `elif` and `except` close a block as `else` and `catch` do.
  var isForeignBranch: Bool {
    switch text(of: token) {
    case "elif", "elseif", "elsif": openNames.last == "if" && kind(after: 1) != .assign
    case "except": openNames.last == "try" && kind(after: 1) != .assign
    default: false
    }
  }

  /// Goes to the next line.
  private mutating func recover() {
    brackets = 0
    if !token.startsLine || index == acknowledged { advance() }
    while !token.startsLine { advance() }
    goOnAfterNewline()
  }

  /// A comment of another language explains an error after it.
  private func improved(_ error: SyntaxError, from start: Int) -> SyntaxError {
    guard start < index else { return error }
    for token in tokens[start..<index] where token.kind == .doubleSlash {
      guard token.start < error.span.start else { break }
      return SyntaxError(
        fact: .foreignSyntax(found: "//", remedy: "a comment starts with `#`; `//` divides"),
        span: token.span)
    }
    return error
  }

  private mutating func endStatement() throws {
    switch kind {
    case .newline, .endOfFile, .semicolon, .end, .else, .catch: return
    case .rightBrace where openNames.last != nil: return
    case .assign:
      throw expected("the end of the statement", remedy: "give one name a value at a time")
    case .arrow:
      throw expected("the end of the statement", remedy: "parameters are `x` or `(x, y)`")
    case .colon:
      throw error(.foreignSyntax(found: ":", remedy: "leave it out; a label is `name: value`"))
    default:
      var remedy: String?
      if token.beginsCommandArgument, index > 0, tokens[index - 1].kind == .name {
        remedy =
          "a call inside an expression needs parentheses: `\(text(of: tokens[index - 1]))(…)`"
      }
      throw expected("the end of the statement", remedy: remedy)
    }
  }

  private mutating func statement() throws -> Statement {
    switch kind {
    case .if: try conditional()
    case .for: try forEach()
    case .while: try whileLoop()
    case .repeat: try repeatLoop()
    case .def: try define()
    case .try: try attempt()
    case .return: try returns()
    case .break, .continue: try leaveLoop()
    case .doubleSlash, .percent:
      throw error(
        .foreignSyntax(found: text(of: token), remedy: "a comment starts with `#`"))
    case .name: try simpleStatement()
    default: try expressionStatement()
    }
  }

  private mutating func returns() throws -> Statement {
    let start = token.span
    if functions == 0 { record(error(.returnOutsideFunction, at: start)) }
    advance()
    switch kind {
    case .newline, .endOfFile, .semicolon, .end, .else, .catch: return .returns(nil, start)
    default:
      let value = try expression()
      return .returns(value, start.joined(value.span))
    }
  }

  private mutating func leaveLoop() throws -> Statement {
    let word = token
    if loops == 0 { record(error(.outsideLoop(text(of: word)), at: word.span)) }
    advance()
    return word.kind == .break ? .breaks(word.span) : .continues(word.span)
  }

  private mutating func simpleStatement() throws -> Statement {
    if let remedy = Foreign.statement(text(of: token), next: kind(after: 1)) {
      let span = token.span
      throw error(.foreignSyntax(found: text(of: token), remedy: remedy), at: span)
    }
    let first = Name(text: text(of: token), span: token.span)
    switch kind(after: 1) {
    case .assign: return try assignment([first])
    case .comma: if let targets = targets() { return try assignment(targets) }
    case .addAssign: return try compound(first, .add)
    case .subtractAssign: return try compound(first, .subtract)
    case .multiplyAssign: return try compound(first, .multiply)
    case .divideAssign: return try compound(first, .divide)
    case .less where isArrowAssignment:
      throw error(
        .foreignSyntax(found: "<-", remedy: "write `\(first.text) = …`"),
        at: tokens[index + 1].span.joined(tokens[index + 2].span))
    case .colon where index + 2 < tokens.count && tokens[index + 2].kind == .assign:
      throw error(
        .foreignSyntax(found: ":=", remedy: "write `\(first.text) = …`"),
        at: tokens[index + 1].span.joined(tokens[index + 2].span))
    default: break
    }
    return try expressionStatement()
  }

  /// `x <- 3` of R: the signs touch each other, not what follows.
  private var isArrowAssignment: Bool {
    guard index + 3 < tokens.count else { return false }
    let (sign, minus, next) = (tokens[index + 1], tokens[index + 2], tokens[index + 3])
    return minus.kind == .minus && sign.end == minus.start && minus.end < next.start
      && sign.start > tokens[index].end
  }

  /// The names of `a, b = …`, if it is one; stands then at the last.
  private mutating func targets() -> [Name]? {
    var place = index
    var names: [Name] = []
    while tokens[place].kind == .name {
      names.append(Name(text: text(of: tokens[place]), span: tokens[place].span))
      place += 1
      if tokens[place].kind == .assign {
        index = place - 1
        return names
      }
      guard tokens[place].kind == .comma else { return nil }
      place += 1
    }
    return nil
  }

  private mutating func assignment(_ targets: [Name]) throws -> Statement {
    advance()
    advance()
    goOnAfterNewline()
    let value = try commandOrExpression()
    return .assign(targets, value, targets[0].span.joined(value.span))
  }

  private mutating func compound(_ name: Name, _ operation: BinaryOperation) throws -> Statement {
    advance()
    advance()
    goOnAfterNewline()
    let value = try commandOrExpression()
    return .compound(name, operation, value, name.span.joined(value.span))
  }

  private mutating func expressionStatement() throws -> Statement {
    let value = try commandOrExpression()
    switch kind {
    case .assign, .addAssign, .subtractAssign, .multiplyAssign, .divideAssign:
      throw error(.badTarget(Parser.describe(value)), at: value.span)
    case .comma:
      throw expected("the end of the statement", remedy: "a list is written `[a, b]`")
    default: break
    }
    return .expression(value, isHidden: kind == .semicolon, value.span)
  }

  private static func describe(_ expression: Expression) -> String {
    switch expression {
    case .index: "an element"
    case .member: "a property"
    case .call, .method: "what a call gives back"
    case .list, .record, .text, .number, .boolean, .none, .interpolated: "a written-out value"
    default: "an expression"
    }
  }
}
