extension Heatmap: FigureContent {
  package var summary: String { "\(grouped(rows))×\(grouped(columns)) cells" }

  package var altText: String {
    if !cellTexts.isEmpty && !rowNames.isEmpty && !columnNames.isEmpty {
      let names = [
        rowLabel.isEmpty ? "rows" : rowLabel, columnLabel.isEmpty ? "columns" : columnLabel,
      ]
      let sentences = (0..<min(rows, 40)).map { row in
        let cells = (0..<min(columns, 40)).map { column in
          let text = cellTexts[row * columns + column].map { $0.isNewline ? " " : $0 }
          return "\(columnNames[column]) \(String(text))"
        }
        return "\(rowNames[row]): \(cells.joined(separator: ", "))."
      }
      return "A matrix, \(names[0]) against \(names[1]). " + sentences.joined(separator: " ")
    }
    let finite = values.filter(\.isFinite)
    guard let least = finite.min(), let most = finite.max() else {
      return "A heatmap of \(summary), none with a value."
    }
    return "A heatmap of \(summary), values from \(compact(least)) to \(compact(most))."
  }

  /// The values at the ends of the colours.
  var colourRange: ClosedRange<Double> {
    if let range { return range }
    var (low, high) = (Double.infinity, -Double.infinity)
    for value in values where Axis.canShow(value, .linear) {
      low = min(low, value)
      high = max(high, value)
    }
    if low > high { return 0...1 }
    // Colours that diverge have their middle at zero.
    if colourMap == .diverging {
      let bound = max(low.magnitude, high.magnitude)
      return bound > 0 ? -bound...bound : -1...1
    }
    return low < high ? low...high : (low - 0.5)...(high + 0.5)
  }

  func colour(_ value: Double, _ range: ClosedRange<Double>) -> Colour {
    guard !value.isNaN else { return .notANumber }
    let span = range.upperBound - range.lowerBound
    return colourMap(span > 0 ? (value - range.lowerBound) / span : 0.5)
  }

  /// One pixel for each cell.
  var pixels: Bitmap {
    let range = colourRange
    var bitmap = Bitmap(width: columns, height: rows)
    for row in 0..<rows {
      for column in 0..<columns {
        bitmap[column, row] = colour(values[row * columns + column], range)
      }
    }
    return bitmap
  }

  // MARK: Layout

  private static let maximumNameWidth = 180.0
  private static let cellStyle = TextStyle(size: 12)

  private struct Plan {
    var cell: Size
    /// Lines of text in a cell: 0, 1 or 2.
    var lines: Int
    var style: TextStyle
    var rowNameWidth: Double
    /// Names of columns: 0 degrees, or turned where they are wider than a cell.
    var angle: Double
    var left: Double
    var below: Double
  }

  /// More cells than this a side have no texts and are drawn as an image.
  private static let maximumNamed = 64

  private func plan(_ text: TextSetter) -> Plan {
    let most = max(rows, columns, 1)
    let isNamed = most <= Heatmap.maximumNamed
    // A matrix gets smaller cells the more there are, down to where text can be read.
    let hasTexts = isNamed && !cellTexts.isEmpty
    let style = Heatmap.cellStyle.sized(most > 16 ? 9 : most > 10 ? 10.5 : 12)
    let widest = hasTexts ? cellTexts.reduce(0) { max($0, text.size(of: $1, style).width) } : 0
    let target = (hasTexts ? 560.0 : 480) / Double(most)
    let side = max(hasTexts ? widest + 8 : 0, min(72, target))
    let lineHeight = text.size(of: "0", style).height
    let deepest = hasTexts && cellTexts.contains { $0.contains("\n") } ? 2 : hasTexts ? 1 : 0
    // A vector is a band, not a line.
    var cell = Size(side, max(side, hasTexts ? Double(deepest) * lineHeight + 6 : 0))
    if !hasTexts && (rows == 1 || columns == 1) {
      if rows == 1 { cell.height = max(cell.height, 40) } else { cell.width = max(cell.width, 40) }
    }
    let lines = deepest
    let rowNameWidth =
      isNamed && !rowNames.isEmpty
      ? min(Heatmap.maximumNameWidth, text.widest(rowNames, .small)) : 0
    let columnNameWidth =
      isNamed && !columnNames.isEmpty
      ? min(Heatmap.maximumNameWidth, text.widest(columnNames, .small)) : 0
    let angle: Double = columnNameWidth <= cell.width - 6 ? 0 : cell.width < 26 ? -90 : -45
    let name = text.size(of: "Ag", .small).height
    let nameDepth =
      columnNameWidth == 0
      ? 0 : angle == 0 ? name : angle == -90 ? columnNameWidth : (columnNameWidth + name) * 0.7072
    // Turned names reach to the left of the first column.
    let overhang = angle == -45 ? columnNameWidth * 0.7072 - cell.width / 2 : 0
    let rowTitle = rowLabel.isEmpty ? 0.0 : 24
    let ticks = rowNames.isEmpty ? text.size(of: grouped(max(0, rows - 1)), .tick).width : 0
    let left = max(
      (isNamed && !rowNames.isEmpty ? rowNameWidth : ticks) + 10 + rowTitle, overhang + rowTitle)
    let below =
      (columnNames.isEmpty || !isNamed ? 20 : nameDepth + 8)
      + (columnLabel.isEmpty ? 0 : 24)
    return Plan(
      cell: cell, lines: lines, style: style, rowNameWidth: rowNameWidth, angle: angle,
      left: left, below: below)
  }

  private func scale(_ plan: Plan) -> ColourScale {
    let least = valueLabel.isEmpty ? 60.0 : 160
    return ColourScale(
      map: colourMap, range: colourRange, label: valueLabel,
      height: min(max(plan.cell.height * Double(rows), least), 420))
  }

  package func naturalSize(_ text: TextSetter) -> Size {
    let plan = plan(text)
    let scale = scale(plan)
    let height = max(plan.cell.height * Double(rows), rows == 1 ? 40 : 60)
    return Size(
      plan.left + max(plan.cell.width * Double(columns), 40) + 22 + scale.width(text),
      6 + max(height + plan.below, scale.height + 8))
  }

  package func draw(on canvas: Canvas, in frame: Rectangle) {
    let plan = plan(canvas.text)
    let area = Rectangle(
      x: frame.x + plan.left, y: frame.y + 6, width: plan.cell.width * Double(columns),
      height: plan.cell.height * Double(rows))
    guard rows > 0 && columns > 0 else {
      canvas.write("no data", at: Point(frame.middle.x, frame.middle.y), .note, .middle, .middle)
      return
    }
    canvas.image(pixels, in: area)
    let isNamed = max(rows, columns) <= Heatmap.maximumNamed
    if plan.lines > 0 { drawCells(canvas, area, plan) }
    canvas.frame(area, Colour(hex: 0xBFBFBF), width: 1)
    drawRowNames(canvas, area, plan, isNamed: isNamed)
    drawColumnNames(canvas, area, plan, isNamed: isNamed)
    if !rowLabel.isEmpty {
      canvas.write(
        rowLabel, at: Point(area.x - plan.left, area.middle.y), .label, .middle, .top,
        width: max(90, area.height), angle: -90)
    }
    if !columnLabel.isEmpty {
      canvas.write(
        columnLabel, at: Point(area.middle.x, area.bottom + plan.below - 20), .label, .middle,
        width: max(120, area.width))
    }
    let scale = scale(plan)
    scale.draw(
      on: canvas,
      in: Rectangle(
        x: area.x + max(area.width, 40) + 22, y: area.y, width: scale.width(canvas.text),
        height: scale.height))
  }

  private func drawCells(_ canvas: Canvas, _ area: Rectangle, _ plan: Plan) {
    let range = colourRange
    for row in 0..<rows {
      for column in 0..<columns {
        let index = row * columns + column
        let middle = Point(
          area.x + (Double(column) + 0.5) * plan.cell.width,
          area.y + (Double(row) + 0.5) * plan.cell.height)
        let ink = colour(values[index], range).readableInk
        // Zeros step back, so that what happened stands out.
        let isZero = cellTexts[index] == "0"
        canvas.write(
          cellTexts[index], at: middle, plan.style.coloured(isZero ? Colour(hex: 0xA6A6A6) : ink),
          .middle, .middle, width: plan.cell.width, lines: 3)
      }
    }
    for column in 1..<max(2, columns) where columns > 1 {
      let x = area.x + Double(column) * plan.cell.width
      canvas.line(Point(x, area.y), Point(x, area.bottom), .white)
    }
    for row in 1..<max(2, rows) where rows > 1 {
      let y = area.y + Double(row) * plan.cell.height
      canvas.line(Point(area.x, y), Point(area.right, y), .white)
    }
  }

  private func drawRowNames(
    _ canvas: Canvas, _ area: Rectangle, _ plan: Plan, isNamed: Bool
  ) {
    if isNamed && !rowNames.isEmpty {
      for (row, name) in rowNames.enumerated() {
        let y = area.y + (Double(row) + 0.5) * plan.cell.height
        canvas.write(
          name, at: Point(area.x - 8, y), .small, .right, .middle, width: plan.rowNameWidth + 1)
      }
      return
    }
    for (place, row) in Heatmap.numbers(rows, length: area.height, apart: 24) {
      let y = area.y + place * area.height
      canvas.write("\(row)", at: Point(area.x - 6, y), .tick, .right, .middle)
    }
  }

  private func drawColumnNames(
    _ canvas: Canvas, _ area: Rectangle, _ plan: Plan, isNamed: Bool
  ) {
    if isNamed && !columnNames.isEmpty {
      for (column, name) in columnNames.enumerated() {
        let x = area.x + (Double(column) + 0.5) * plan.cell.width
        if plan.angle == 0 {
          canvas.write(
            name, at: Point(x, area.bottom + 5), .small, .middle, width: plan.cell.width)
        } else {
          let style = TextStyle.small
          let width = min(
            Heatmap.maximumNameWidth, canvas.text.size(of: name, style).width + 1)
          canvas.write(
            name, at: Point(x + (plan.angle == -45 ? 4 : 0), area.bottom + 6), style, .right,
            plan.angle == -90 ? .middle : .middle, width: width, angle: plan.angle)
        }
      }
      return
    }
    for (place, column) in Heatmap.numbers(columns, length: area.width, apart: 44) {
      canvas.write(
        "\(column)", at: Point(area.x + place * area.width, area.bottom + 4), .tick, .middle)
    }
  }

  /// Which of `count` rows or columns get their number, at least `apart` pixels from each other, and
  /// where their middles are, 0…1.
  private static func numbers(
    _ count: Int, length: Double, apart: Double
  ) -> [(place: Double, number: Int)] {
    guard count > 0 else { return [] }
    let fitting = (length / apart).rounded(.down).whole(within: 1...max(1, count))
    let step = max(
      1,
      Axis.niceStep(span: Double(count), count: fitting).rounded(.up).whole(within: 1...count))
    return stride(from: 0, to: count, by: step).map { ((Double($0) + 0.5) / Double(count), $0) }
  }
}
