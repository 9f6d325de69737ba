/// How many terminal cells a text takes: wide East Asian characters and emoji take two, combining
/// marks and escape sequences (`ESC [ … letter`) none.
package func displayWidth(_ text: String) -> Int {
  var width = 0
  for piece in TerminalPiece.pieces(of: text) { width += piece.width }
  return width
}

/// `text` cut to `width` cells, ending in `…` if something was cut; styles that are open at the cut
/// are closed.
package func truncated(_ text: String, to width: Int) -> String {
  guard displayWidth(text) > width else { return text }
  guard width > 0 else { return "" }
  var (kept, used, hasStyle) = ("", 0, false)
  for piece in TerminalPiece.pieces(of: text) {
    if piece.width > 0 && used + piece.width > width - 1 { break }
    if piece.isEscape { hasStyle = true }
    kept += piece.text
    used += piece.width
  }
  return kept + "…" + (hasStyle ? "\u{1B}[0m" : "")
}

/// `text` with spaces added up to `width` cells.
package func padded(
  _ text: String, to width: Int, alignment: TextTable.Alignment = .left
) -> String {
  let missing = max(0, width - displayWidth(text))
  switch alignment {
  case .left: return text + String(repeating: " ", count: missing)
  case .right: return String(repeating: " ", count: missing) + text
  case .centre:
    return String(repeating: " ", count: missing / 2) + text
      + String(repeating: " ", count: missing - missing / 2)
  }
}

/// Lines of at most `width` cells, broken at spaces where there are any.
package func wrapped(_ text: String, to width: Int) -> [String] {
  let width = max(1, width)
  var lines: [String] = []
  for paragraph in text.split(separator: "\n", omittingEmptySubsequences: false) {
    var line = ""
    for word in paragraph.split(separator: " ") {
      var word = String(word)
      if !line.isEmpty && displayWidth(line) + 1 + displayWidth(word) <= width {
        line += " " + word
        continue
      }
      if !line.isEmpty { lines.append(line) }
      if displayWidth(word) > width {
        // Too long for a line of its own: broken anywhere.
        var (head, used) = ("", 0)
        for character in word {
          let cells = TerminalPiece.width(of: character)
          if used + cells > width && !head.isEmpty {
            lines.append(head)
            (head, used) = ("", 0)
          }
          head.append(character)
          used += cells
        }
        word = head
      }
      line = word
    }
    lines.append(line)
  }
  return lines
}

/// A character or an escape sequence, with the cells it takes.
struct TerminalPiece {
  var text: String
  var width: Int
  var isEscape: Bool

  static func pieces(of text: String) -> [TerminalPiece] {
    var pieces: [TerminalPiece] = []
    var rest = Substring(text)
    while let character = rest.first {
      if character == "\u{1B}", rest.dropFirst().first == "[" {
        let body = rest.dropFirst(2)
        let end = body.firstIndex { $0.asciiValue.map { $0 >= 0x40 && $0 <= 0x7E } ?? false }
        let after = end.map { body.index(after: $0) } ?? rest.endIndex
        pieces.append(
          TerminalPiece(text: String(rest[..<after]), width: 0, isEscape: true))
        rest = rest[after...]
      } else {
        pieces.append(
          TerminalPiece(text: String(character), width: width(of: character), isEscape: false))
        rest = rest.dropFirst()
      }
    }
    return pieces
  }

  static func width(of character: Character) -> Int {
    if let ascii = character.asciiValue { return ascii >= 0x20 && ascii < 0x7F ? 1 : 0 }
    var width = 0
    for scalar in character.unicodeScalars {
      // The emoji variant of a character, and pairs of letters that make a flag.
      if scalar.value == 0xFE0F && width > 0 { return 2 }
      width = max(width, self.width(of: scalar))
    }
    return width
  }

  private static func width(of scalar: Unicode.Scalar) -> Int {
    switch scalar.properties.generalCategory {
    case .nonspacingMark, .enclosingMark, .format, .control: return 0
    default: break
    }
    if scalar.properties.isEmojiPresentation { return 2 }
    let value = scalar.value
    guard value >= 0x1100 else { return 1 }
    for range in wideRanges where value <= range.upperBound {
      return value >= range.lowerBound ? 2 : 1
    }
    return 1
  }

  /// Wide and full-width characters of Unicode's East Asian Width (UAX #11), in rising order; the
  /// emoji among them are known by their property.
  private static let wideRanges: [ClosedRange<UInt32>] = [
    0x1100...0x115F, 0x2329...0x232A, 0x2E80...0x303E, 0x3041...0x33FF, 0x3400...0x4DBF,
    0x4E00...0xA4CF, 0xA960...0xA97C, 0xAC00...0xD7A3, 0xF900...0xFAFF, 0xFE10...0xFE19,
    0xFE30...0xFE6B, 0xFF01...0xFF60, 0xFFE0...0xFFE6, 0x16FE0...0x18CFF, 0x1AFF0...0x1B2FB,
    0x1F200...0x1F265, 0x1F300...0x1F64F, 0x1F680...0x1F6FF, 0x1F900...0x1F9FF, 0x20000...0x3FFFD,
  ]
}
