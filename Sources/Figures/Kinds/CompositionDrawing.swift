extension Composition: FigureContent {
  private static let gap = 28.0

  package var summary: String { counted(figures.count, "figure") }

  package var altText: String { figures.map(\.altText).joined(separator: " ") }

  /// How many figures are in a row.
  private var columnCount: Int {
    let most = max(1, figures.count)
    if let columns { return min(max(1, columns), most) }
    return figures.count <= 3 ? most : figures.count == 4 ? 2 : 3
  }

  /// Widths of the columns and heights of the rows.
  private func tracks(_ text: TextSetter) -> (widths: [Double], heights: [Double]) {
    let columns = columnCount
    var widths = [Double](repeating: 0, count: columns)
    var heights = [Double](repeating: 0, count: (figures.count + columns - 1) / columns)
    for (index, figure) in figures.enumerated() {
      let size = figure.naturalSize(text, titleStyle: .subtitle)
      widths[index % columns] = max(widths[index % columns], size.width)
      heights[index / columns] = max(heights[index / columns], size.height)
    }
    return (widths, heights)
  }

  package func naturalSize(_ text: TextSetter) -> Size {
    let (widths, heights) = tracks(text)
    func total(_ lengths: [Double]) -> Double {
      lengths.reduce(0, +) + Composition.gap * Double(max(0, lengths.count - 1))
    }
    return figures.isEmpty ? Size(200, 40) : Size(total(widths), total(heights))
  }

  package func draw(on canvas: Canvas, in frame: Rectangle) {
    let (widths, heights) = tracks(canvas.text)
    var y = frame.y
    for (row, height) in heights.enumerated() {
      var x = frame.x
      for (column, width) in widths.enumerated() {
        let index = row * columnCount + column
        if index < figures.count {
          figures[index].draw(
            on: canvas, in: Rectangle(x: x, y: y, width: width, height: height),
            titleStyle: .subtitle)
        }
        x += width + Composition.gap
      }
      y += height + Composition.gap
    }
  }

  /// Side by side where each has room, else below each other.
  package func terminalLines(_ page: TerminalPage) -> [String] {
    let gap = 2
    let fitting = (page.columns + gap) / (36 + gap)
    let columns = max(1, min(columnCount, fitting))
    var inner = page
    inner.columns = (page.columns - gap * (columns - 1)) / columns
    inner.rows = max(10, page.rows / max(1, (figures.count + columns - 1) / columns))
    var lines: [String] = []
    for start in stride(from: 0, to: figures.count, by: columns) {
      let blocks = figures[start..<min(start + columns, figures.count)].map {
        $0.terminalLines(inner)
      }
      if start > 0 { lines.append("") }
      lines += TerminalPage.sideBySide(blocks, width: inner.columns, gap: gap)
    }
    return lines
  }
}

extension TerminalPage {
  /// Blocks of lines beside each other, each `width` cells wide, the shorter ones filled up.
  static func sideBySide(_ blocks: [[String]], width: Int, gap: Int) -> [String] {
    let height = blocks.map(\.count).max() ?? 0
    let space = String(repeating: " ", count: gap)
    return (0..<height).map { row -> String in
      let cells = blocks.enumerated().map { column, block in
        let cell = row < block.count ? block[row] : ""
        return column == blocks.count - 1 ? cell : padded(cell, to: width)
      }
      return TextTable.trimmed(cells.joined(separator: space))
    }
  }
}
