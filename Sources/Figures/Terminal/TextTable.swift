/// A table as plain text: a line of titles, then the rows, columns separated by two spaces.
///
///     name    output      parameters
///     Conv1   48×48×16           432
package struct TextTable: Sendable {
  package enum Alignment: Sendable, Equatable {
    case left
    case right
    case centre
  }

  package struct Column: Sendable {
    package var title: String
    package var alignment: Alignment

    package init(_ title: String, _ alignment: Alignment = .left) {
      self.title = title
      self.alignment = alignment
    }
  }

  package var columns: [Column]
  /// Cells may carry escape sequences of `TerminalStyle`; missing ones are empty.
  package var rows: [[String]]

  package init(columns: [Column], rows: [[String]]) {
    self.columns = columns
    self.rows = rows
  }

  /// The lines, none wider than `width` cells, joined by newlines, without one at the end. Where
  /// there is not enough room, the widest columns of text are cut with `…` first, numbers (aligned
  /// right) last.
  package func rendered(
    width: Int = 80, style: TerminalStyle = TerminalStyle(.monochrome)
  ) -> String {
    guard !columns.isEmpty else { return "" }
    let width = min(max(1, width), 10_000)
    let cells = rows.map { row in
      columns.indices.map { $0 < row.count ? TextTable.line(row[$0]) : "" }
    }
    let titles = columns.map { TextTable.line($0.title) }
    var widths = columns.indices.map { column in
      cells.reduce(displayWidth(titles[column])) { max($0, displayWidth($1[column])) }
    }
    let gap = widths.reduce(0, +) + 2 * (columns.count - 1) <= width ? 2 : columns.count > 1 ? 1 : 0
    shrink(&widths, to: max(1, width) - gap * (columns.count - 1))

    let separator = String(repeating: " ", count: gap)
    func line(_ row: [String], _ mark: (String) -> String) -> String {
      var texts: [String] = []
      for (column, cell) in row.enumerated() {
        let text = mark(truncated(cell, to: widths[column]))
        texts.append(padded(text, to: widths[column], alignment: columns[column].alignment))
      }
      return truncated(
        TextTable.trimmed(texts.joined(separator: separator)), to: max(1, width))
    }
    let hasTitles = titles.contains { !$0.isEmpty }
    let lines = (hasTitles ? [line(titles, style.bold)] : []) + cells.map { line($0) { $0 } }
    return lines.joined(separator: "\n")
  }

  /// Takes cells from the widest columns, one at a time: text down to 6 cells, then numbers down to
  /// 6, then any down to 1.
  private func shrink(_ widths: inout [Int], to available: Int) {
    for (alignments, least) in [
      ([Alignment.left, .centre], 6), ([.left, .centre, .right], 6),
      ([.left, .centre, .right], 1),
    ] {
      var total = widths.reduce(0, +)
      while total > available {
        var widest: Int?
        for column in columns.indices
        where alignments.contains(columns[column].alignment) && widths[column] > least {
          if widths[column] > widest.map({ widths[$0] }) ?? 0 { widest = column }
        }
        guard let widest else { break }
        widths[widest] -= 1
        total -= 1
      }
    }
  }

  /// Without spaces at the end.
  static func trimmed(_ text: String) -> String {
    var text = Substring(text)
    while text.last == " " { text.removeLast() }
    return String(text)
  }

  /// A cell is one line: line breaks and tabs become spaces.
  private static func line(_ text: String) -> String {
    guard text.contains(where: { $0.isNewline || $0 == "\t" }) else { return text }
    return String(text.map { $0.isNewline || $0 == "\t" ? " " : $0 })
  }
}
