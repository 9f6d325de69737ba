/// One cell of a percent script.
package struct Cell: Equatable, Sendable {
  package enum Kind: Sendable { case code, markdown, raw }

  /// What stands after `#%%`, without brackets and attributes; empty before the first marker.
  package let title: String
  package let kind: Kind
  /// `id="q1"`, `points=2`, `locked=true` as they are written, without quotes, in order.
  package let attributes: [(key: String, value: String)]
  /// The marker line, empty for what stands before the first marker.
  package let marker: Span
  /// Everything after the marker line up to the next marker.
  package let body: Span

  package subscript(key: String) -> String? { attributes.last { $0.key == key }?.value }
  package var id: String? { self["id"] }
  package var points: Double? { self["points"].flatMap(Double.init) }
  package var isLocked: Bool { self["locked"] == "true" }

  /// Marker and body.
  package var span: Span { marker.joined(body) }

  package static func == (left: Cell, right: Cell) -> Bool {
    left.title == right.title && left.kind == right.kind && left.marker == right.marker
      && left.body == right.body && left.attributes.elementsEqual(right.attributes, by: ==)
  }
}

/// Splits percent scripts into cells.
package enum Cells {
  /// The cells of a source, in order. What stands before the first marker is a cell without title
  /// if it has more than white space and a `#!` line.
  package static func split(_ source: Source) -> [Cell] {
    let texts = spansOfTexts(source)
    var cells: [Cell] = []
    var marker = Span(0, 0)
    var heading = Heading()
    var start = firstLineEnd(source)
    var text = 0

    func close(at end: Int32) {
      let body = Span(start: min(start, end), end: end)
      if cells.isEmpty, marker.end == 0, isBlank(source, body) { return }
      cells.append(
        Cell(
          title: heading.title, kind: heading.kind, attributes: heading.attributes,
          marker: marker, body: body))
    }

    for line in 1...source.lineCount {
      let span = source.lineSpan(line)
      while text < texts.count, texts[text].end <= span.start { text += 1 }
      if text < texts.count, texts[text].start < span.start { continue }
      guard let rest = markerRest(source, span) else { continue }
      close(at: span.start)
      marker = span
      heading = Heading(source.slice(rest))
      start = min(span.end + 1, Int32(source.bytes.count))
    }
    close(at: Int32(source.bytes.count))
    return cells
  }

  private static func firstLineEnd(_ source: Source) -> Int32 {
    guard source.bytes.starts(with: [35, 33]) else { return 0 }
    return min(source.lineSpan(1).end + 1, Int32(source.bytes.count))
  }

  private static func isBlank(_ source: Source, _ span: Span) -> Bool {
    source.bytes[Int(span.start)..<Int(span.end)].allSatisfy { $0 == 32 || $0 == 9 || $0 == 10 }
  }

  /// Texts that may go over lines; a marker inside one is text.
  private static func spansOfTexts(_ source: Source) -> [Span] {
    var result: [Span] = []
    var opened: [Int32] = []
    for token in Scanner.scan(source).items {
      switch token.kind {
      case .text: if opened.isEmpty { result.append(token.span) }
      case .textOpen: opened.append(token.start)
      case .textClose:
        if let start = opened.popLast(), opened.isEmpty {
          result.append(Span(start: start, end: token.end))
        }
      default: break
      }
    }
    return result
  }

  /// What follows `# %%` in a line, if it is a marker.
  private static func markerRest(_ source: Source, _ line: Span) -> Span? {
    let bytes = source.bytes
    let end = Int(line.end)
    var index = Int(line.start)
    func skipSpaces() {
      while index < end, bytes[index] == 32 || bytes[index] == 9 { index += 1 }
    }
    skipSpaces()
    guard index < end, bytes[index] == 35 else { return nil }
    index += 1
    skipSpaces()
    guard index + 1 < end, bytes[index] == 37, bytes[index + 1] == 37 else { return nil }
    while index < end, bytes[index] == 37 { index += 1 }
    return Span(index, end)
  }

  /// `title [markdown] key="value"`.
  private struct Heading {
    var title = ""
    var kind = Cell.Kind.code
    var attributes: [(key: String, value: String)] = []

    init() {}

    init(_ text: String) {
      var words: [Substring] = []
      var rest = Substring(text.prefix(2_000))
      while true {
        rest = rest.drop { $0 == " " || $0 == "\t" }
        guard !rest.isEmpty else { break }
        if let (key, value, after) = Heading.attribute(rest) {
          attributes.append((key, value))
          rest = after
          continue
        }
        let word = rest.prefix { $0 != " " && $0 != "\t" }
        rest = rest.dropFirst(word.count)
        switch word {
        case "[markdown]", "[md]": kind = .markdown
        case "[raw]": kind = .raw
        default: words.append(word)
        }
      }
      title = words.joined(separator: " ")
    }

    private static func attribute(
      _ text: Substring
    ) -> (key: String, value: String, rest: Substring)? {
      let key = text.prefix { $0.isLetter || $0.isNumber || $0 == "_" || $0 == "-" }
      guard let first = key.first, first.isLetter, text.dropFirst(key.count).first == "=" else {
        return nil
      }
      var rest = text.dropFirst(key.count + 1)
      guard rest.first == "\"" else {
        let value = rest.prefix { $0 != " " && $0 != "\t" }
        return (String(key), String(value), rest.dropFirst(value.count))
      }
      rest = rest.dropFirst()
      var value = ""
      while let character = rest.popFirst(), character != "\"" {
        if character == "\\", let escaped = rest.popFirst() {
          value.append(escaped == "n" ? "\n" : escaped)
        } else {
          value.append(character)
        }
      }
      return (String(key), value, rest)
    }
  }
}
