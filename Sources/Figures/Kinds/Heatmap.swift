/// A matrix of numbers as coloured cells, with a colour bar; with names and texts in the cells, a
/// confusion matrix.
package struct Heatmap: Sendable {
  package var rows: Int
  package var columns: Int
  /// `rows * columns` values, row by row.
  package var values: [Double]
  /// Empty, or one for each row.
  package var rowNames: [String]
  /// Empty, or one for each column.
  package var columnNames: [String]
  package var rowLabel: String
  package var columnLabel: String
  /// Empty, or one text for each cell; lines are separated by `\n`, and only the first is kept where
  /// cells are small.
  package var cellTexts: [String]
  package var colourMap: ColourMap
  /// The values at the two ends of the colour map; those of the data when nil.
  package var range: ClosedRange<Double>?
  /// What the colours mean, beside the colour bar.
  package var valueLabel: String

  /// - Precondition: `values.count == rows * columns`; names and texts are empty or complete.
  package init(
    rows: Int, columns: Int, values: [Double], rowNames: [String] = [], columnNames: [String] = [],
    rowLabel: String = "", columnLabel: String = "", cellTexts: [String] = [],
    colourMap: ColourMap = .viridis, range: ClosedRange<Double>? = nil, valueLabel: String = ""
  ) {
    precondition(
      rows >= 0 && columns >= 0 && values.count == rows * columns,
      "a heatmap of \(rows) by \(columns) was given \(values.count) values")
    precondition(rowNames.isEmpty || rowNames.count == rows, "a heatmap names all rows or none")
    precondition(
      columnNames.isEmpty || columnNames.count == columns, "a heatmap names all columns or none")
    precondition(
      cellTexts.isEmpty || cellTexts.count == values.count, "a heatmap has all texts or none")
    self.rows = rows
    self.columns = columns
    self.values = values
    self.rowNames = rowNames
    self.columnNames = columnNames
    self.rowLabel = rowLabel
    self.columnLabel = columnLabel
    self.cellTexts = cellTexts
    self.colourMap = colourMap
    self.range = range
    self.valueLabel = valueLabel
  }

  /// A confusion matrix: `counts[truth][prediction]`. Colours are shares of each row (of what is
  /// truly of that class), cells carry percentage and count.
  /// - Precondition: `counts` is square, with a row for each class.
  package static func confusion(counts: [[Int]], classes: [String]) -> Heatmap {
    precondition(
      counts.count == classes.count && counts.allSatisfy { $0.count == classes.count },
      "a confusion matrix has a row and a column for each class")
    var shares: [Double] = []
    var texts: [String] = []
    for row in counts {
      let total = row.reduce(0.0) { $0 + Double($1) }
      for count in row {
        let share = total > 0 ? Double(count) / total : 0
        shares.append(share)
        texts.append(count == 0 ? "0" : "\((100 * share).whole(within: 0...100)) %\n\(count)")
      }
    }
    return Heatmap(
      rows: classes.count, columns: classes.count, values: shares, rowNames: classes,
      columnNames: classes, rowLabel: "true class", columnLabel: "predicted class",
      cellTexts: texts, colourMap: .blues, range: 0...1, valueLabel: "share of the true class")
  }
}
