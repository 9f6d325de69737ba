import Figures

/// What `cells` prints.
enum CellTable {
  static func render(_ log: CellLog, page: TerminalPage) -> String {
    guard !log.cells.isEmpty else { return "No cell has run yet: each entry is one." }
    let stale = log.stale
    let table = TextTable(
      columns: [
        TextTable.Column("cell", .right), TextTable.Column("what"), TextTable.Column("state"),
      ],
      rows: log.cells.map { cell in
        let reason = stale.first { $0.cell.number == cell.number }?.reason
        return [
          "\(cell.number)", truncated(cell.name, to: max(12, page.columns * 3 / 5)),
          reason.map(words) ?? words(cell.ending),
        ]
      })
    let note =
      stale.isEmpty
      ? "" : "\n`rerun` brings \(stale.count == 1 ? "it" : "the \(stale.count)") up to date."
    return table.rendered(width: page.columns, style: page.style) + note
  }

  private static func words(_ ending: Session.Status) -> String {
    switch ending {
    case .finished: ""
    case .failed: "failed"
    case .interrupted: "interrupted"
    }
  }

  static func words(_ reason: CellLog.Reason) -> String {
    switch reason {
    case .rewritten(let name, let cell): "stale: \(name) has another value\(from(cell))"
    case .changedInPlace(let name, let cell): "stale: \(name) was changed\(from(cell))"
    case .overwritten(let name, let cell): "stale: \(name) was overwritten\(from(cell))"
    case .follows(let cell): "stale after \(cell)"
    }
  }

  private static func from(_ cell: Int?) -> String { cell.map { " by \($0)" } ?? "" }
}
