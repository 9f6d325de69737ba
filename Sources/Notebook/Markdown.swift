/// The prose of markdown cells: headings, paragraphs, lists, quotes, code, and emphasis within them.
package enum Markdown {
  package enum Block: Equatable, Sendable {
    /// Level 1 to 6.
    case heading(level: Int, [Piece])
    case paragraph([Piece])
    /// One item of a list; `depth` from 0; `number` of an ordered list.
    case item(depth: Int, number: Int?, [Piece])
    case quote([Piece])
    case code([String])
    /// What stands apart: a blank line in the source.
    case gap
  }

  /// Text of one kind.
  package struct Piece: Equatable, Sendable {
    package enum Kind: Equatable, Sendable {
      case plain, bold, emphasis, code
      case link(String)
    }
    package var text: String
    package var kind: Kind
  }

  /// Never fails: what is no markup is text.
  package static func blocks(of text: String) -> [Block] {
    var reader = BlockReader()
    for line in text.split(separator: "\n", omittingEmptySubsequences: false) { reader.read(line) }
    reader.endParagraph()
    var blocks = reader.blocks
    while blocks.last == .gap { blocks.removeLast() }
    return blocks
  }

  private struct BlockReader {
    var blocks: [Block] = []
    /// Lines of a paragraph or an item that may go on.
    private var open: [Substring] = []
    private var wrap: ([Piece]) -> Block = Block.paragraph
    private var isVerbatim = false
    private var isInItem = false
    private var indentation = 0

    mutating func endParagraph() {
      guard !open.isEmpty else { return }
      blocks.append(wrap(pieces(of: open.joined(separator: " "))))
      open = []
      wrap = Block.paragraph
      isInItem = false
    }

    mutating func read(_ line: Substring) {
      let content = line.drop { $0 == " " }
      let depth = line.count - content.count
      if content.hasPrefix("```") {
        endParagraph()
        if !isVerbatim {
          blocks.append(.code([]))
          indentation = depth
        }
        isVerbatim.toggle()
      } else if isVerbatim {
        guard case .code(let lines)? = blocks.last else { return }
        let lead = line.prefix(indentation).prefix { $0 == " " }.count
        blocks[blocks.count - 1] = .code(lines + [String(line.dropFirst(lead))])
      } else if content.isEmpty {
        endParagraph()
        if let last = blocks.last, last != .gap { blocks.append(.gap) }
      } else if let heading = Markdown.heading(content) {
        endParagraph()
        blocks.append(.heading(level: heading.level, pieces(of: heading.text)))
      } else if let item = Markdown.item(content) {
        endParagraph()
        let level = min(4, depth / 2)
        wrap = { .item(depth: level, number: item.number, $0) }
        isInItem = true
        open = [item.text]
      } else if content.first == ">" {
        endParagraph()
        blocks.append(.quote(pieces(of: String(content.dropFirst().drop { $0 == " " }))))
      } else {
        // An item goes on in lines that are indented under it.
        if isInItem, depth < 2 { endParagraph() }
        open.append(content)
      }
    }
  }

  private static func heading(_ line: Substring) -> (level: Int, text: String)? {
    let marks = line.prefix { $0 == "#" }
    guard (1...6).contains(marks.count), line.dropFirst(marks.count).first == " " else {
      return nil
    }
    return (marks.count, String(line.dropFirst(marks.count + 1)))
  }

  private static func item(_ line: Substring) -> (number: Int?, text: Substring)? {
    if let first = line.first, "-*+".contains(first), line.dropFirst().first == " " {
      return (nil, line.dropFirst(2))
    }
    let digits = line.prefix { $0.isASCII && $0.isNumber }
    let rest = line.dropFirst(digits.count)
    guard (1...3).contains(digits.count), rest.hasPrefix(". ") else { return nil }
    return (Int(digits), rest.dropFirst(2))
  }

  /// `**bold**`, `*emphasis*` or `_emphasis_`, `` `code` `` and `[text](address)`.
  package static func pieces(of text: String) -> [Piece] {
    var pieces: [Piece] = []
    var plain = ""
    var rest = Substring(text)
    var previous: Character = " "
    func flush() {
      if !plain.isEmpty { pieces.append(Piece(text: plain, kind: .plain)) }
      plain = ""
    }
    while let character = rest.first {
      let marks: [(mark: String, kind: Piece.Kind)] = [
        ("**", .bold), ("`", .code), ("*", .emphasis), ("_", .emphasis),
      ]
      if let (mark, kind) = marks.first(where: { rest.hasPrefix($0.mark) }),
        kind == .code || (!previous.isLetter && !previous.isNumber),
        let inner = enclosed(rest.dropFirst(mark.count), by: mark, isCode: kind == .code)
      {
        flush()
        pieces.append(Piece(text: String(inner), kind: kind))
        rest = rest.dropFirst(2 * mark.count + inner.count)
        previous = mark.last ?? " "
      } else if character == "[", let close = rest.firstRange(of: "]("),
        let end = rest[close.upperBound...].firstIndex(of: ")")
      {
        flush()
        pieces.append(
          Piece(
            text: String(rest[rest.index(after: rest.startIndex)..<close.lowerBound]),
            kind: .link(String(rest[close.upperBound..<end]))))
        rest = rest[rest.index(after: end)...]
        previous = ")"
      } else {
        plain.append(character)
        previous = character
        rest.removeFirst()
      }
    }
    flush()
    return pieces
  }

  private static func enclosed(_ text: Substring, by mark: String, isCode: Bool) -> Substring? {
    guard let end = text.firstRange(of: mark), end.lowerBound > text.startIndex else { return nil }
    let inner = text[..<end.lowerBound]
    if isCode { return inner }
    return inner.first == " " || inner.last == " " ? nil : inner
  }
}
