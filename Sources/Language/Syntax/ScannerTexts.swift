/// Texts between quotes, with `{…}` in them.
extension Scanner {
  mutating func addText(_ content: String, _ start: Int) {
    tokens.texts.append(content)
    add(.text, start, payload: Int32(tokens.texts.count - 1))
  }

  mutating func openText() {
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

  mutating func continueText(start: Int, isTriple: Bool, indentation: Int) {
    readText(start: start, isTriple: isTriple, indentation: indentation, isOpening: false)
  }

  /// White space before the closing quotes, when they stand alone on their line.
  func closingIndentation() -> Int {
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

  mutating func skipIndentation(_ count: Int) {
    var left = count
    while left > 0, peek() == 32 || peek() == 9 {
      index += 1
      left -= 1
    }
  }

  /// Reads up to the closing quote or the next interpolation.
  mutating func readText(start: Int, isTriple: Bool, indentation: Int, isOpening: Bool) {
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
  func dropLastLine(_ content: inout [UInt8]) {
    guard let newline = content.lastIndex(of: 10),
      content[(newline + 1)...].allSatisfy({ $0 == 32 || $0 == 9 })
    else { return }
    content.removeLast(content.count - newline)
  }

  mutating func unterminated(_ text: OpenText) {
    let end = text.isTriple ? text.start + 3 : index
    report(.unterminatedText, text.start, end)
    if text.isTriple, tokens.openText == nil {
      tokens.openText = (Int32(text.start), "\"\"\"")
    }
  }

  mutating func scanEscape(_ content: inout [UInt8]) {
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
