/// Cuts a source into tokens. It never fails: what it cannot read becomes an error and is skipped.
struct Scanner {
  /// A text whose `{…}` is being scanned.
  private struct OpenText {
    let start: Int
    let isTriple: Bool
    /// White space that lines of a triple-quoted text lose.
    let indentation: Int
    /// Braces opened inside the interpolation.
    var braces = 0
    let brackets: Int
  }

  private let bytes: [UInt8]
  private let limits: Limits
  private var index = 0
  private var startsLine = true
  private var tokens = Tokens()
  private var openTexts: [OpenText] = []
  private var openBrackets: [Int] = []

  static func scan(_ source: Source, limits: Limits = .standard) -> Tokens {
    var scanner = Scanner(source, limits)
    scanner.run(source)
    return scanner.tokens
  }

  private init(_ source: Source, _ limits: Limits) {
    bytes = source.bytes
    self.limits = limits
  }

  private mutating func run(_ source: Source) {
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

  private mutating func scanToken() {
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

  private mutating func newline() {
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

  private mutating func add(_ kind: Token.Kind, _ start: Int, payload: Int32 = -1) {
    tokens.items.append(
      Token(
        kind: kind, startsLine: startsLine, start: Int32(start), end: Int32(index),
        payload: payload))
    startsLine = false
  }

  private mutating func report(_ fact: Fact, _ start: Int, _ end: Int) {
    guard tokens.errors.count < 20 else { return }
    tokens.errors.append(SyntaxError(fact: fact, span: Span(start, end)))
  }

  private func peek(_ distance: Int = 0) -> UInt8 {
    index + distance < bytes.count ? bytes[index + distance] : 0
  }

  private func matches(_ text: StaticString, at place: Int) -> Bool {
    let length = text.utf8CodeUnitCount
    guard place + length <= bytes.count else { return false }
    for offset in 0..<length where bytes[place + offset] != text.utf8Start[offset] { return false }
    return true
  }

  // MARK: Names and numbers

  private func isNameByte(_ byte: UInt8) -> Bool {
    switch byte {
    case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
      UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "_"):
      true
    default: false
    }
  }

  private mutating func scanName() {
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

  private func isDigit(_ byte: UInt8) -> Bool { byte &- 48 < 10 }

  private mutating func scanDigits() {
    while isDigit(peek()) || (peek() == UInt8(ascii: "_") && isDigit(peek(1))) { index += 1 }
  }

  private mutating func scanNumber() {
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

  private mutating func scanSign(_ byte: UInt8) -> Bool {
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
  private mutating func bracket(_ kind: Token.Kind) {
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
  private mutating func comment() -> Bool {
    let start = index
    index += 2
    while index < bytes.count, !matches("*/", at: index) { index += 1 }
    index = min(bytes.count, index + 2)
    report(
      .foreignSyntax(found: "/* … */", remedy: "a comment starts with `#`"), start, start + 2)
    return true
  }

  /// Signs that other languages have.
  private mutating func foreign(_ start: Int, _ byte: UInt8) {
    let next = index < bytes.count ? bytes[index] : 0
    switch Unicode.Scalar(byte) {
    case "&":
      if next == byte { index += 1 }
      report(.foreignSyntax(found: excerpt(start, index), remedy: "write `and`"), start, index)
      add(.and, start)
    case "|":
      if next == byte { index += 1 }
      report(.foreignSyntax(found: excerpt(start, index), remedy: "write `or`"), start, index)
      add(.or, start)
    case "!":
      report(.foreignSyntax(found: "!", remedy: "write `not`"), start, index)
      add(.not, start)
    case "~" where next == UInt8(ascii: "="):
      index += 1
      report(.foreignSyntax(found: "~=", remedy: "write `!=`"), start, index)
      add(.notEqual, start)
    case "?":
      report(
        .foreignSyntax(found: "?", remedy: "write `a if condition else b`"), start, index)
    case "'": quoted(start, closing: UInt8(ascii: "'"))
    case "`":
      report(.foreignSyntax(found: "`", remedy: "text is written `\"…\"`"), start, index)
    case "\\":
      report(
        .foreignSyntax(found: "\\", remedy: "a line goes on inside brackets, or after a comma"),
        start, index)
    case "$":
      report(
        .foreignSyntax(found: "$", remedy: "names stand alone; in a text write `{name}`"), start,
        index)
    default:
      let code = String(byte, radix: 16, uppercase: true)
      let name =
        byte < 0x20 || byte == 0x7F
        ? "U+" + String(repeating: "0", count: 4 - code.count) + code
        : String(Unicode.Scalar(byte))
      report(.unexpectedCharacter(name), start, index)
    }
  }

  /// `'text'`: an error that still reads on as a text.
  private mutating func quoted(_ start: Int, closing: UInt8) {
    var end = index
    while end < bytes.count, bytes[end] != closing, bytes[end] != 10 { end += 1 }
    let content = String(decoding: bytes[index..<end], as: UTF8.self)
    index = end < bytes.count && bytes[end] == closing ? end + 1 : end
    report(
      .foreignSyntax(found: "'", remedy: "text is written with double quotes, `\"…\"`"), start,
      index)
    addText(content, start)
  }

  private func scalar(at place: Int) -> Unicode.Scalar? {
    String(decoding: bytes[place..<min(bytes.count, place + 4)], as: UTF8.self).unicodeScalars.first
  }

  private mutating func scanUnicode() {
    let start = index
    guard let scalar = scalar(at: index) else {
      index += 1
      return
    }
    if scalar.properties.isXIDStart { return scanName() }
    index = min(bytes.count, index + UTF8.width(scalar))
    switch scalar {
    case "\u{A0}", "\u{2000}"..."\u{200D}", "\u{202F}", "\u{3000}", "\u{FEFF}": break
    case "\u{2028}", "\u{2029}", "\u{85}": startsLine = true
    case "…": add(.ellipsis, start)
    case "“", "”", "„", "‘", "’":
      var end = index
      while end < bytes.count, bytes[end] != 10,
        let next = self.scalar(at: end), !"“”‘’\"".unicodeScalars.contains(next)
      {
        end += UTF8.width(next)
      }
      let content = String(decoding: bytes[index..<end], as: UTF8.self)
      index = end
      if end < bytes.count, bytes[end] != 10, let close = self.scalar(at: end) {
        index += UTF8.width(close)
      }
      report(
        .foreignSyntax(found: String(scalar), remedy: "text is written with straight quotes, `\"`"),
        start, index)
      addText(content, start)
    case "−", "–", "—":
      report(.foreignSyntax(found: String(scalar), remedy: "write `-`"), start, index)
      add(.minus, start)
    case "×", "·":
      report(.foreignSyntax(found: String(scalar), remedy: "write `*`"), start, index)
      add(.star, start)
    case "÷":
      report(.foreignSyntax(found: String(scalar), remedy: "write `/`"), start, index)
      add(.slash, start)
    case "≤":
      report(.foreignSyntax(found: String(scalar), remedy: "write `<=`"), start, index)
      add(.lessOrEqual, start)
    case "≥":
      report(.foreignSyntax(found: String(scalar), remedy: "write `>=`"), start, index)
      add(.greaterOrEqual, start)
    case "≠":
      report(.foreignSyntax(found: String(scalar), remedy: "write `!=`"), start, index)
      add(.notEqual, start)
    default:
      if tokens.errors.last.map({ $0.span.end == Int32(start) }) != true {
        report(
          .unexpectedCharacter(Wording.isControl(scalar) ? "\u{FFFD}" : String(scalar)), start,
          index)
      }
    }
  }

  private func excerpt(_ start: Int, _ end: Int) -> String {
    String(decoding: bytes[start..<min(end, start + 30)], as: UTF8.self)
  }

  // MARK: Texts

  private mutating func addText(_ content: String, _ start: Int) {
    tokens.texts.append(content)
    add(.text, start, payload: Int32(tokens.texts.count - 1))
  }

  private mutating func openText() {
    let start = index
    if matches("\"\"\"", at: index) {
      index += 3
      let indentation = closingIndentation()
      if peek() == 10 {
        index += 1
        skipIndentation(indentation)
      }
      readText(start: start, isTriple: true, indentation: indentation, isOpening: true)
    } else {
      index += 1
      readText(start: start, isTriple: false, indentation: 0, isOpening: true)
    }
  }

  private mutating func continueText(start: Int, isTriple: Bool, indentation: Int) {
    readText(start: start, isTriple: isTriple, indentation: indentation, isOpening: false)
  }

  /// White space before the closing quotes, when they stand alone on their line.
  private func closingIndentation() -> Int {
    var place = index
    while place < bytes.count, !matches("\"\"\"", at: place) {
      place += bytes[place] == UInt8(ascii: "\\") ? 2 : 1
    }
    var count = 0
    while place - count - 1 >= index, place <= bytes.count {
      let byte = bytes[place - count - 1]
      if byte == 10 { return count }
      guard byte == 32 || byte == 9 else { return 0 }
      count += 1
    }
    return 0
  }

  private mutating func skipIndentation(_ count: Int) {
    var left = count
    while left > 0, peek() == 32 || peek() == 9 {
      index += 1
      left -= 1
    }
  }

  /// Reads up to the closing quote or the next interpolation.
  private mutating func readText(start: Int, isTriple: Bool, indentation: Int, isOpening: Bool) {
    let chunkStart = index
    var content: [UInt8] = []
    var isClosed = false
    var isInterpolated = false
    while index < bytes.count {
      let byte = bytes[index]
      if byte == UInt8(ascii: "\"") {
        if !isTriple || matches("\"\"\"", at: index) {
          isClosed = true
          break
        }
        content.append(byte)
        index += 1
      } else if byte == UInt8(ascii: "\\") {
        scanEscape(&content)
      } else if byte == UInt8(ascii: "{") {
        isInterpolated = true
        break
      } else if byte == 10 {
        guard isTriple else { break }
        content.append(10)
        index += 1
        skipIndentation(indentation)
      } else {
        content.append(byte)
        index += 1
      }
    }
    if isClosed, isTriple { dropLastLine(&content) }
    let text = String(decoding: content, as: UTF8.self)
    if isClosed, isOpening {
      index += isTriple ? 3 : 1
      return addText(text, start)
    }
    if isOpening {
      let end = index
      index = chunkStart
      add(.textOpen, start)
      index = end
    }
    if !text.isEmpty {
      tokens.texts.append(text)
      add(.textChunk, chunkStart, payload: Int32(tokens.texts.count - 1))
    }
    if isClosed {
      let close = index
      index += isTriple ? 3 : 1
      add(.textClose, close)
    } else if isInterpolated {
      let brace = index
      index += 1
      openTexts.append(
        OpenText(
          start: start, isTriple: isTriple, indentation: indentation,
          brackets: openBrackets.count))
      add(.interpolationOpen, brace)
    } else {
      unterminated(
        OpenText(start: start, isTriple: isTriple, indentation: 0, brackets: openBrackets.count))
      add(.textClose, index)
    }
  }

  /// The line of the closing quotes is not part of a triple-quoted text.
  private func dropLastLine(_ content: inout [UInt8]) {
    guard let newline = content.lastIndex(of: 10),
      content[(newline + 1)...].allSatisfy({ $0 == 32 || $0 == 9 })
    else { return }
    content.removeLast(content.count - newline)
  }

  private mutating func unterminated(_ text: OpenText) {
    let end = text.isTriple ? text.start + 3 : index
    report(.unterminatedText, text.start, end)
    if text.isTriple, tokens.openText == nil {
      tokens.openText = (Int32(text.start), "\"\"\"")
    }
  }

  private mutating func scanEscape(_ content: inout [UInt8]) {
    let start = index
    index += 1
    guard index < bytes.count else { return }
    let byte = bytes[index]
    index += 1
    switch Unicode.Scalar(byte) {
    case "n": content.append(10)
    case "t": content.append(9)
    case "\"", "\\", "{", "}": content.append(byte)
    case "u" where peek() == UInt8(ascii: "{"):
      var place = index + 1
      var code: UInt32 = 0
      while place < bytes.count, place - index <= 8,
        let digit = Character(Unicode.Scalar(bytes[place])).hexDigitValue
      {
        code = code << 4 | UInt32(digit)
        place += 1
      }
      if place > index + 1, place < bytes.count, bytes[place] == UInt8(ascii: "}"),
        place - index <= 7, let scalar = Unicode.Scalar(code)
      {
        content += Array(String(scalar).utf8)
        index = place + 1
      } else {
        index = min(place, bytes.count)
        report(.badEscape(excerpt(start, index)), start, index)
      }
    default:
      if byte == 10 { index -= 1 }
      while index < bytes.count, bytes[index] & 0xC0 == 0x80 { index += 1 }
      report(.badEscape(excerpt(start, index)), start, index)
    }
  }
}
