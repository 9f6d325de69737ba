/// The source line under an error, with its caret.
enum Excerpt {
  /// - Parameter width: scalars of a line that are shown, at least 20 and at most 1,000; longer
  ///   lines are cut around the caret.
  static func text(of diagnostic: Diagnostic, width: Int) -> String {
    let width = min(max(20, width), 1_000)
    let source = diagnostic.source
    let (line, column) = diagnostic.position
    var output =
      "\(source.name):\(line):\(column): error \(diagnostic.code): \(diagnostic.message)\n"

    let lineSpan = source.lineSpan(line)
    // Only a window of the line is decoded: a line may be megabytes long.
    let reach = Int32(width * 4)
    let from = scalarBoundary(
      source, max(lineSpan.start, min(diagnostic.span.start, lineSpan.end) - reach))
    let to = min(lineSpan.end, diagnostic.span.start + reach)
    var before = Array(source.slice(Span(start: from, end: diagnostic.span.start)).unicodeScalars)
    let markedEnd = min(max(diagnostic.span.end, diagnostic.span.start), to)
    var marked = Array(
      source.slice(Span(start: diagnostic.span.start, end: markedEnd)).unicodeScalars)
    var after = Array(source.slice(Span(start: markedEnd, end: to)).unicodeScalars)

    var isCutBefore = from > lineSpan.start
    if before.count > width / 2 {
      before.removeFirst(before.count - width / 2)
      isCutBefore = true
    }
    if marked.count > width { marked.removeLast(marked.count - width) }
    let room = max(0, width - before.count - marked.count)
    var isCutAfter = to < lineSpan.end
    if after.count > room {
      after.removeLast(after.count - room)
      isCutAfter = true
    }

    let lead = (isCutBefore ? "…" : "") + printable(before)
    let shown = printable(marked)
    let number = String(line)
    output += "  \(number) | \(lead)\(shown)\(printable(after))\(isCutAfter ? "…" : "")\n"
    output += "  \(String(repeating: " ", count: number.count)) | "
    output += String(repeating: " ", count: columns(lead))
    output += String(repeating: "^", count: max(1, columns(shown)))
    if let remedy = diagnostic.remedy { output += " \(remedy)" }
    return output + "\n"
  }

  private static func scalarBoundary(_ source: Source, _ offset: Int32) -> Int32 {
    var offset = Int(offset)
    while offset < source.bytes.count, source.bytes[offset] & 0xC0 == 0x80 { offset += 1 }
    return Int32(offset)
  }

  /// Tabs become a space, and nothing can reach the terminal as an escape sequence.
  private static func printable(_ scalars: [Unicode.Scalar]) -> String {
    var text = String.UnicodeScalarView()
    for scalar in scalars {
      text.append(scalar == "\t" ? " " : Wording.isControl(scalar) ? "\u{FFFD}" : scalar)
    }
    return String(text)
  }

  /// Terminal columns: none for combining marks, two for East Asian wide characters and emoji.
  static func columns(_ text: String) -> Int {
    text.unicodeScalars.reduce(0) { sum, scalar in
      switch scalar.value {
      case 0x300...0x36F, 0x200B...0x200F, 0xFE00...0xFE0F: sum
      case 0x1100...0x115F, 0x2E80...0xA4CF, 0xAC00...0xD7A3, 0xF900...0xFAFF, 0xFE30...0xFE6F,
        0xFF00...0xFF60, 0xFFE0...0xFFE6, 0x1F300...0x1F64F, 0x1F900...0x1F9FF,
        0x20000...0x3FFFD:
        sum + 2
      default: sum + 1
      }
    }
  }
}
