import Figures

/// Prose of a markdown cell as terminal text: headings, lists, quotes, emphasis and code.
package enum Markdown {
  /// - Parameter width: cells that a line may take.
  package static func render(_ text: String, width: Int, style: Style) -> String {
    var output: [String] = []
    var paragraph: [Substring] = []
    var isVerbatim = false

    func endParagraph() {
      guard !paragraph.isEmpty else { return }
      output += lines(paragraph.joined(separator: " "), width: width, style: style)
      paragraph = []
    }

    for line in text.split(separator: "\n", omittingEmptySubsequences: false) {
      let content = line.drop { $0 == " " }
      if content.hasPrefix("```") {
        endParagraph()
        isVerbatim.toggle()
      } else if isVerbatim {
        output.append("    " + line)
      } else if content.isEmpty {
        endParagraph()
        if let last = output.last, !last.isEmpty { output.append("") }
      } else if let heading = heading(content) {
        endParagraph()
        output += wrapped(plain(heading), to: width).map(style.bold)
      } else if let item = item(content) {
        endParagraph()
        let indent = String(repeating: " ", count: min(8, line.count - content.count) + 2)
        let hanging = String(repeating: " ", count: displayWidth(item.marker) + 1)
        let body = lines(
          String(item.text), width: width - displayWidth(indent + hanging), style: style)
        for (number, row) in body.enumerated() {
          output.append(indent + (number == 0 ? item.marker + " " : hanging) + row)
        }
      } else if content.hasPrefix(">") {
        endParagraph()
        output += lines(
          String(content.dropFirst().drop { $0 == " " }), width: width - 2, style: style
        ).map { "│ " + $0 }
      } else {
        paragraph.append(content)
      }
    }
    endParagraph()
    while output.last?.isEmpty == true { output.removeLast() }
    return output.joined(separator: "\n")
  }

  /// What escape sequences the output may have.
  package struct Style {
    package let bold: (String) -> String
    package let emphasis: (String) -> String
    package let code: (String) -> String

    package init(
      bold: @escaping (String) -> String, emphasis: @escaping (String) -> String,
      code: @escaping (String) -> String
    ) {
      self.bold = bold
      self.emphasis = emphasis
      self.code = code
    }
  }

  private static func heading(_ line: Substring) -> String? {
    let marks = line.prefix { $0 == "#" }
    guard (1...6).contains(marks.count), line.dropFirst(marks.count).first == " " else {
      return nil
    }
    return String(line.dropFirst(marks.count + 1))
  }

  private static func item(_ line: Substring) -> (marker: String, text: Substring)? {
    if let first = line.first, "-*+".contains(first), line.dropFirst().first == " " {
      return ("•", line.dropFirst(2))
    }
    let digits = line.prefix { $0.isASCII && $0.isNumber }
    let rest = line.dropFirst(digits.count)
    guard (1...3).contains(digits.count), rest.hasPrefix(". ") else { return nil }
    return (digits + ".", rest.dropFirst(2))
  }

  private static func plain(_ text: String) -> String {
    spans(text).map(\.text).joined()
  }

  /// Wrapped first, so that the marks of emphasis count as what they are: nothing.
  private static func lines(_ text: String, width: Int, style: Style) -> [String] {
    let spans = spans(text)
    var result: [String] = []
    // The styled spans are laid over the wrapped plain text, character by character.
    var characters = spans.flatMap { span in span.text.map { ($0, span.kind) } }[...]
    for line in wrapped(spans.map(\.text).joined(), to: max(8, width)) {
      var row = ""
      var run = ""
      var kind = Span.Kind.plain
      func close() {
        switch kind {
        case .plain: row += run
        case .bold: row += style.bold(run)
        case .emphasis: row += style.emphasis(run)
        case .code: row += style.code(run)
        }
        run = ""
      }
      for character in line {
        // Wrapping drops spaces at line ends, and nothing else.
        while let (next, _) = characters.first, next != character { characters.removeFirst() }
        guard let (next, nextKind) = characters.popFirst() else { break }
        if nextKind != kind {
          close()
          kind = nextKind
        }
        run.append(next)
      }
      close()
      result.append(row)
    }
    return result
  }

  private struct Span {
    enum Kind { case plain, bold, emphasis, code }
    var text: String
    var kind: Kind
  }

  /// `**bold**`, `*emphasis*` or `_emphasis_`, `` `code` `` and `[text](address)`.
  private static func spans(_ text: String) -> [Span] {
    var spans: [Span] = []
    var plain = ""
    var rest = Substring(text)
    var previous: Character = " "
    func flush() {
      if !plain.isEmpty { spans.append(Span(text: plain, kind: .plain)) }
      plain = ""
    }
    while let character = rest.first {
      let marks: [(mark: String, kind: Span.Kind)] = [
        ("**", .bold), ("`", .code), ("*", .emphasis), ("_", .emphasis),
      ]
      if let (mark, kind) = marks.first(where: { rest.hasPrefix($0.mark) }),
        kind == .code || (!previous.isLetter && !previous.isNumber),
        let inner = enclosed(rest.dropFirst(mark.count), by: mark, isCode: kind == .code)
      {
        flush()
        spans.append(Span(text: String(inner), kind: kind))
        rest = rest.dropFirst(2 * mark.count + inner.count)
        previous = mark.last ?? " "
      } else if character == "[", let close = rest.firstRange(of: "]("),
        let end = rest[close.upperBound...].firstIndex(of: ")")
      {
        plain += rest[rest.index(after: rest.startIndex)..<close.lowerBound]
        plain += " (" + rest[close.upperBound..<end] + ")"
        rest = rest[rest.index(after: end)...]
        previous = ")"
      } else {
        plain.append(character)
        previous = character
        rest.removeFirst()
      }
    }
    flush()
    return spans
  }

  private static func enclosed(_ text: Substring, by mark: String, isCode: Bool) -> Substring? {
    guard let end = text.firstRange(of: mark), end.lowerBound > text.startIndex else { return nil }
    let inner = text[..<end.lowerBound]
    if isCode { return inner }
    return inner.first == " " || inner.last == " " ? nil : inner
  }
}
