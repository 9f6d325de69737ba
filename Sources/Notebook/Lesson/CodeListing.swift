import Figures
import Language

/// Code as it is shown before it runs: behind a bar, with what it consists of in colours. A line that
/// is longer than the window goes on under itself.
enum CodeListing {
  static func render(_ code: String, page: TerminalPage) -> String {
    var text = code
    while text.last == "\n" { text.removeLast() }
    var rows = Rows(width: max(16, page.columns - 2), style: page.style)
    for (text, kind) in Highlighting.parts(of: Source(name: "", text: text)) {
      for character in text { rows.add(character, kind) }
    }
    return rows.finished().map { page.style.dim("│ ") + $0 }.joined(separator: "\n")
  }

  /// Lines of the window, filled character by character.
  private struct Rows {
    let width: Int
    let style: TerminalStyle
    private var rows: [String] = []
    private var row = ""
    private var used = 0
    private var run = ""
    private var kind = Highlighting.Kind.plain

    /// Where a line goes on that was too long.
    private static let hanging = "    "

    init(width: Int, style: TerminalStyle) {
      self.width = width
      self.style = style
    }

    mutating func add(_ character: Character, _ kind: Highlighting.Kind) {
      guard character != "\n" else { return endRow() }
      let cells = character == "\t" ? 2 : displayWidth(String(character))
      if used + cells > width {
        endRow()
        row = Self.hanging
        used = Self.hanging.count
      }
      if kind != self.kind { endRun() }
      self.kind = kind
      run += character == "\t" ? "  " : String(character)
      used += cells
    }

    mutating func finished() -> [String] {
      endRow()
      return rows
    }

    private mutating func endRow() {
      endRun()
      rows.append(row)
      row = ""
      used = 0
    }

    private mutating func endRun() {
      row += styled(run)
      run = ""
    }

    private func styled(_ text: String) -> String {
      switch kind {
      case .plain: text
      case .comment: style.dim(text)
      case .keyword: style.magenta(text)
      case .number, .text: style.green(text)
      case .label: style.blue(text)
      case .callee: style.cyan(text)
      case .blank: style.bold(style.yellow(text))
      }
    }
  }
}
