import Figures
import Language

/// Shows where a script is: the title of each cell before its first statement, and the prose of
/// markdown cells.
struct CellAnnouncer {
  private let page: TerminalPage

  init(page: TerminalPage) { self.page = page }

  /// Nil for a script without cells.
  func cells(of source: Source) -> Announcements? {
    let cells = Cells.split(source)
    guard cells.contains(where: { !$0.marker.isEmpty }) else { return nil }
    return Announcements(cells: cells[...], source: source, announcer: self)
  }

  /// Shows the title of one cell, and its prose.
  func announce(_ cell: Cell, of source: Source, say: (String) -> Void) {
    guard !cell.marker.isEmpty else { return }
    let style = page.style
    var prose = cell.kind == .markdown ? CommentedText.uncommented(source.slice(cell.body)) : ""
    var title = cell.title
    // Prose that begins with a heading is announced by it: one title is enough.
    if prose.first == "#", let end = prose.firstIndex(of: "\n") {
      title = String(prose[..<end].drop { $0 == "#" || $0 == " " })
      prose = String(prose[end...])
    }
    if !title.isEmpty {
      title = truncated(title, to: max(1, page.columns - 6))
      let rule = String(
        repeating: "─", count: max(2, min(page.columns, 80) - displayWidth(title) - 4))
      say("\n" + style.dim("── ") + style.bold(title) + " " + style.dim(rule))
    }
    let rendered = Markdown.render(
      prose, width: min(page.columns, 80),
      style: Markdown.Style(bold: style.bold, emphasis: style.italic, code: style.cyan))
    if !rendered.isEmpty { say(rendered) }
  }

  /// The cells that are still to come.
  final class Announcements {
    private var cells: ArraySlice<Cell>
    private let source: Source
    private let announcer: CellAnnouncer

    init(cells: ArraySlice<Cell>, source: Source, announcer: CellAnnouncer) {
      self.cells = cells
      self.source = source
      self.announcer = announcer
    }

    /// Announces all cells that begin at or before an offset.
    func announce(upTo offset: Int32, say: (String) -> Void) {
      while let cell = cells.first, cell.span.start <= offset {
        cells.removeFirst()
        announcer.announce(cell, of: source, say: say)
      }
    }
  }
}

extension Span {
  package var isEmpty: Bool { end <= start }
}
