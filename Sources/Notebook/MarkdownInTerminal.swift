import Figures

extension Markdown {
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

  /// Prose as terminal text.
  /// - Parameter width: cells that a line may take.
  package static func render(_ text: String, width: Int, style: Style) -> String {
    blocks(of: text).flatMap { lines(of: $0, width, style) }.joined(separator: "\n")
  }

  private static func lines(of block: Block, _ width: Int, _ style: Style) -> [String] {
    switch block {
    case .gap: return [""]
    case .heading(_, let pieces): return wrapped(plain(pieces), to: width).map(style.bold)
    case .paragraph(let pieces): return lines(pieces, width: width, style: style)
    case .code(let code): return code.map { "    " + $0 }
    case .quote(let pieces):
      return lines(pieces, width: width - 2, style: style).map { "│ " + $0 }
    case .item(let depth, let number, let pieces):
      let indent = String(repeating: " ", count: 2 * depth + 2)
      let marker = number.map { "\($0)." } ?? "•"
      let hanging = String(repeating: " ", count: displayWidth(marker) + 1)
      let body = lines(pieces, width: width - displayWidth(indent + hanging), style: style)
      return body.enumerated().map { indent + ($0 == 0 ? marker + " " : hanging) + $1 }
    }
  }

  /// What a terminal shows of a piece: behind a link its address.
  private static func visible(_ piece: Piece) -> String {
    if case .link(let address) = piece.kind { return "\(piece.text) (\(address))" }
    return piece.text
  }

  static func plain(_ pieces: [Piece]) -> String { pieces.map(visible).joined() }

  /// Wrapped first, so that the marks of emphasis count as what they are: nothing.
  private static func lines(_ pieces: [Piece], width: Int, style: Style) -> [String] {
    var result: [String] = []
    // The styled pieces are laid over the wrapped plain text, character by character.
    var characters = pieces.flatMap { piece in visible(piece).map { ($0, piece.kind) } }[...]
    for line in wrapped(plain(pieces), to: max(8, width)) {
      var row = ""
      var run = ""
      var kind = Piece.Kind.plain
      func close() {
        switch kind {
        case .plain, .link: row += run
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
}
