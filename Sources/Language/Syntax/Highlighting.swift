/// What the parts of a source are, for those who show code.
package enum Highlighting {
  package enum Kind: String, Sendable {
    case plain, comment, keyword, number, text, label, blank, callee
  }

  /// The whole source in order, cut where the kind changes.
  package static func parts(of source: Source) -> [(text: String, kind: Kind)] {
    let tokens = Scanner.scan(source).items
    var parts: [(text: String, kind: Kind)] = []
    var end: Int32 = 0
    func add(_ span: Span, _ kind: Kind) {
      guard span.end > span.start else { return }
      let text = source.slice(span)
      if let last = parts.last, last.kind == kind {
        parts[parts.count - 1].text = last.text + text
      } else {
        parts.append((text, kind))
      }
    }
    for (index, token) in tokens.enumerated() {
      addSpace(source, Span(start: end, end: max(end, token.start)), add)
      guard token.end > end else { continue }
      let next = index + 1 < tokens.count ? tokens[index + 1] : token
      add(Span(start: max(end, token.start), end: token.end), kind(token, next))
      end = token.end
    }
    addSpace(source, Span(start: end, end: Int32(source.bytes.count)), add)
    return parts
  }

  /// Between tokens stand white space and comments.
  private static func addSpace(_ source: Source, _ span: Span, _ add: (Span, Kind) -> Void) {
    var start = span.start
    while start < span.end {
      guard
        let mark = source.bytes[Int(start)..<Int(span.end)].firstIndex(of: UInt8(ascii: "#"))
      else { break }
      let end = source.bytes[mark..<Int(span.end)].firstIndex(of: 10) ?? Int(span.end)
      add(Span(start: start, end: Int32(mark)), .plain)
      add(Span(start: Int32(mark), end: Int32(end)), .comment)
      start = Int32(end)
    }
    add(Span(start: start, end: span.end), .plain)
  }

  private static func kind(_ token: Token, _ next: Token) -> Kind {
    switch token.kind {
    case .number: .number
    case .text, .textOpen, .textChunk, .textClose: .text
    case .ellipsis: .blank
    case .if, .else, .for, .in, .while, .repeat, .times, .def, .return, .break, .continue, .try,
      .catch, .end, .and, .or, .not, .true, .false, .none:
      .keyword
    case .name where next.kind == .colon: .label
    case .name where next.kind == .leftParenthesis && next.start == token.end: .callee
    case .name where token.startsLine && !next.startsLine && next.beginsCommandArgument: .callee
    default: .plain
    }
  }
}
