/// Cuts a source into tokens. It never fails: what it cannot read becomes an error and is skipped.
struct Scanner {
  /// A text whose `{…}` is being scanned.
  struct OpenText {
    let start: Int
    let isTriple: Bool
    /// White space that lines of a triple-quoted text lose.
    let indentation: Int
    /// Braces opened inside the interpolation.
    var braces = 0
    let brackets: Int
  }

  let bytes: [UInt8]
  let limits: Limits
  var index = 0
  var startsLine = true
  var tokens = Tokens()
  var openTexts: [OpenText] = []
  var openBrackets: [Int] = []

  static func scan(_ source: Source, limits: Limits = .standard) -> Tokens {
    var scanner = Scanner(source, limits)
    scanner.run(source)
    return scanner.tokens
  }

  init(_ source: Source, _ limits: Limits) {
    bytes = source.bytes
    self.limits = limits
  }

  mutating func run(_ source: Source) {
    if let offset = source.firstInvalidOffset { report(.notUTF8, offset, offset + 3) }
    if bytes.count > limits.sourceSize {
      report(.sourceTooLarge(limit: limits.sourceSize), 0, 0)
      index = bytes.count
    }
    while index < bytes.count {
      scanToken()
      if tokens.items.count > limits.tokens {
        report(.tooManyTokens(limit: limits.tokens), index, index)
        break
      }
    }
    if let text = openTexts.last { unterminated(text) }
    index = bytes.count
    startsLine = true
    add(.endOfFile, index)
  }

  mutating func scanToken() {
    let start = index
    let byte = bytes[index]
    switch byte {
    case 32, 9: index += 1
    case 10: newline()
    case UInt8(ascii: "#"):
      while index < bytes.count, bytes[index] != 10 { index += 1 }
    case UInt8(ascii: "0")...UInt8(ascii: "9"): scanNumber()
    case UInt8(ascii: "\""): openText()
    case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
      UInt8(ascii: "_"):
      scanName()
    case 0x80...: scanUnicode()
    default:
      if !scanSign(byte) {
        index += 1
        foreign(start, byte)
      }
    }
  }

  mutating func newline() {
    if let text = openTexts.last, !text.isTriple {
      unterminated(text)
      // The rest is scanned as if the text had been closed here.
      while let last = openTexts.last, !last.isTriple {
        openTexts.removeLast()
        openBrackets.removeLast(max(0, openBrackets.count - last.brackets))
        add(.interpolationClose, index)
        add(.textClose, index)
      }
    }
    index += 1
    startsLine = true
  }

  mutating func add(_ kind: Token.Kind, _ start: Int, payload: Int32 = -1) {
    tokens.items.append(
      Token(
        kind: kind, startsLine: startsLine, start: Int32(start), end: Int32(index),
        payload: payload))
    startsLine = false
  }

  mutating func report(_ fact: Fact, _ start: Int, _ end: Int) {
    guard tokens.errors.count < 20 else { return }
    tokens.errors.append(SyntaxError(fact: fact, span: Span(start, end)))
  }

  func peek(_ distance: Int = 0) -> UInt8 {
    index + distance < bytes.count ? bytes[index + distance] : 0
  }

  func matches(_ text: StaticString, at place: Int) -> Bool {
    let length = text.utf8CodeUnitCount
    guard place + length <= bytes.count else { return false }
    for offset in 0..<length where bytes[place + offset] != text.utf8Start[offset] { return false }
    return true
  }

  // MARK: Names and numbers

  func isNameByte(_ byte: UInt8) -> Bool {
    switch byte {
    case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
      UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "_"):
      true
    default: false
    }
  }

  mutating func scanName() {
    let start = index
    while index < bytes.count {
      if isNameByte(bytes[index]) {
        index += 1
      } else if bytes[index] >= 0x80, let scalar = scalar(at: index),
        scalar.properties.isXIDContinue
      {
        index += UTF8.width(scalar)
      } else {
        break
      }
    }
    let word = String(decoding: bytes[start..<index], as: UTF8.self)
    // After a dot even a keyword is a name: `report.end`.
    let followsDot = tokens.items.last.map { $0.kind == .dot && $0.end == Int32(start) } ?? false
    add(followsDot ? .name : Token.keywords[word] ?? .name, start)
  }

  func isDigit(_ byte: UInt8) -> Bool { byte &- 48 < 10 }

  mutating func scanDigits() {
    while isDigit(peek()) || (peek() == UInt8(ascii: "_") && isDigit(peek(1))) { index += 1 }
  }

  mutating func scanNumber() {
    let start = index
    scanDigits()
    if peek() == UInt8(ascii: "."), isDigit(peek(1)) {
      index += 1
      scanDigits()
    }
    if peek() | 32 == UInt8(ascii: "e") {
      let sign = peek(1) == UInt8(ascii: "+") || peek(1) == UInt8(ascii: "-") ? 1 : 0
      if isDigit(peek(1 + sign)) {
        index += 1 + sign
        scanDigits()
      }
    }
    if isNameByte(peek()) {
      while isNameByte(peek()) { index += 1 }
      report(.badNumber(excerpt(start, index)), start, index)
    }
    add(.number, start)
  }

  // MARK: Signs

  mutating func scanSign(_ byte: UInt8) -> Bool {
    let start = index
    let kind: Token.Kind
    var length = 1
    func followedBy(_ character: Unicode.Scalar) -> Bool { peek(1) == UInt8(ascii: character) }
    switch Unicode.Scalar(byte) {
    case "(": kind = .leftParenthesis
    case ")": kind = .rightParenthesis
    case "[": kind = .leftBracket
    case "]": kind = .rightBracket
    case "{": kind = .leftBrace
    case "}":
      if let last = openTexts.last, last.braces == 0 {
        index += 1
        openBrackets.removeLast(max(0, openBrackets.count - last.brackets))
        openTexts.removeLast()
        add(.interpolationClose, start)
        continueText(start: last.start, isTriple: last.isTriple, indentation: last.indentation)
        return true
      }
      kind = .rightBrace
    case ",": kind = .comma
    case ":": kind = .colon
    case ";": kind = .semicolon
    case ".":
      if matches("...", at: index) {
        (kind, length) = (.ellipsis, 3)
      } else if followedBy(".") {
        (kind, length) = (.range, 2)
      } else {
        kind = .dot
      }
    case "=":
      if matches("===", at: index) {
        index += 3
        report(.foreignSyntax(found: "===", remedy: "write `==`"), start, index)
        add(.equal, start)
        return true
      }
      (kind, length) = followedBy("=") ? (.equal, 2) : followedBy(">") ? (.arrow, 2) : (.assign, 1)
    case "!" where followedBy("="): (kind, length) = (.notEqual, 2)
    case "<": (kind, length) = followedBy("=") ? (.lessOrEqual, 2) : (.less, 1)
    case ">": (kind, length) = followedBy("=") ? (.greaterOrEqual, 2) : (.greater, 1)
    case "+": (kind, length) = followedBy("=") ? (.addAssign, 2) : (.plus, 1)
    case "-": (kind, length) = followedBy("=") ? (.subtractAssign, 2) : (.minus, 1)
    case "*":
      if followedBy("*") {
        index += 2
        report(.foreignSyntax(found: "**", remedy: "write `^`"), start, index)
        add(.caret, start)
        return true
      }
      (kind, length) = followedBy("=") ? (.multiplyAssign, 2) : (.star, 1)
    case "/":
      if followedBy("*") { return comment() }
      (kind, length) =
        followedBy("/") ? (.doubleSlash, 2) : followedBy("=") ? (.divideAssign, 2) : (.slash, 1)
    case "%": kind = .percent
    case "@": kind = .at
    case "^": kind = .caret
    default: return false
    }
    index += length
    bracket(kind)
    add(kind, start)
    return true
  }

  /// Remembers which bracket closes which, so that the parser can look past a parenthesis.
  mutating func bracket(_ kind: Token.Kind) {
    switch kind {
    case .leftParenthesis, .leftBracket: openBrackets.append(tokens.items.count)
    case .leftBrace:
      openBrackets.append(tokens.items.count)
      if !openTexts.isEmpty { openTexts[openTexts.count - 1].braces += 1 }
    case .rightParenthesis, .rightBracket, .rightBrace:
      if kind == .rightBrace, !openTexts.isEmpty { openTexts[openTexts.count - 1].braces -= 1 }
      if let open = openBrackets.popLast() {
        tokens.items[open].payload = Int32(tokens.items.count)
      }
    default: break
    }
  }

  /// `/* … */` of other languages.
  mutating func comment() -> Bool {
    let start = index
    index += 2
    while index < bytes.count, !matches("*/", at: index) { index += 1 }
    index = min(bytes.count, index + 2)
    report(
      .foreignSyntax(found: "/* … */", remedy: "a comment starts with `#`"), start, start + 2)
    return true
  }
}
