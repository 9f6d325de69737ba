/// Signs that do not belong to the language: what they most likely mean.
extension Scanner {
  /// Signs that other languages have.
  mutating func foreign(_ start: Int, _ byte: UInt8) {
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
  mutating func quoted(_ start: Int, closing: UInt8) {
    var end = index
    while end < bytes.count, bytes[end] != closing, bytes[end] != 10 { end += 1 }
    let content = String(decoding: bytes[index..<end], as: UTF8.self)
    index = end < bytes.count && bytes[end] == closing ? end + 1 : end
    report(
      .foreignSyntax(found: "'", remedy: "text is written with double quotes, `\"…\"`"), start,
      index)
    addText(content, start)
  }

  func scalar(at place: Int) -> Unicode.Scalar? {
    String(decoding: bytes[place..<min(bytes.count, place + 4)], as: UTF8.self).unicodeScalars.first
  }

  mutating func scanUnicode() {
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

  func excerpt(_ start: Int, _ end: Int) -> String {
    String(decoding: bytes[start..<min(end, start + 30)], as: UTF8.self)
  }
}
