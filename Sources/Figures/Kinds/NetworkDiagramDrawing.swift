extension NetworkDiagram: FigureContent {
  package var summary: String {
    let shortcuts = self.shortcuts.count
    return counted(boxes.count, "block")
      + (shortcuts > 0 ? " and \(counted(shortcuts, "shortcut"))" : "")
  }

  package var altText: String {
    let first = boxes.prefix(30).map { "\($0.name) (\($0.kind)) \($0.shape)" }
    let rest = boxes.count > first.count ? ", and \(boxes.count - first.count) more" : ""
    let jumps = shortcuts.prefix(20).map { "\(boxes[$0.from].name) to \(boxes[$0.to].name)" }
    return "A network in the order in which it runs: \(first.joined(separator: ", "))\(rest)."
      + (jumps.isEmpty ? "" : " Shortcuts: \(jumps.joined(separator: "; ")).")
  }

  /// Joins of boxes that are not neighbours.
  private var shortcuts: [(from: Int, to: Int)] {
    boxes.indices.flatMap { to in
      boxes[to].inputs.filter { $0 != to - 1 }.map { (from: $0, to: to) }
    }
  }

  /// Kinds in the order of their first box: each has a colour.
  private var kinds: [String] {
    var kinds: [String] = []
    for box in boxes where !kinds.contains(box.kind) { kinds.append(box.kind) }
    return kinds
  }

  // MARK: Layout

  private static let mostWidth = 1500.0
  private static let gap = 8.0
  private static let boxHeight = 16.0...74.0
  /// Between two lines of shortcuts.
  private static let laneHeight = 7.0

  private var boxWidth: Double {
    let room = NetworkDiagram.mostWidth / Double(max(boxes.count, 1)) - gap
    return min(84, max(10, room.rounded(.down)))
  }

  private var gap: Double { boxes.count > 60 ? 5 : boxes.count > 24 ? NetworkDiagram.gap : 16 }

  /// Whether names have room below the boxes.
  private var hasNames: Bool { boxWidth >= 64 }
  private var hasChannels: Bool { boxWidth >= 26 }

  private func height(of box: Box) -> Double {
    let largest = boxes.reduce(1.0) { max($0, $1.size) }
    let range = NetworkDiagram.boxHeight
    let share = (max(box.size, 1) / largest).squareRoot()
    return range.lowerBound + share * (range.upperBound - range.lowerBound)
  }

  /// The lane of each shortcut: longer ones above shorter ones that they span.
  private var lanes: [(from: Int, to: Int, row: Int, lane: Int)] {
    var result: [(from: Int, to: Int, row: Int, lane: Int)] = []
    for (from, to) in shortcuts.sorted(by: { ($0.to - $0.from, $0.to) < ($1.to - $1.from, $1.to) })
    {
      // It runs above everything between: in the highest row of those.
      let row = (from...to).reduce(rows.count - 1) { min($0, boxes[$1].row) }
      let taken = result.filter { $0.row == row && $0.from < to && from < $0.to }.map(\.lane)
      result.append((from, to, row, (0...taken.count).first { !taken.contains($0) } ?? 0))
    }
    return result
  }

  private struct Plan {
    var left: Double
    /// The middle line of each row's boxes.
    var middles: [Double]
    /// Where the lowest lane of each row is.
    var lanes: [Double]
    var height: Double
  }

  private func plan(_ text: TextSetter) -> Plan {
    let lanes = self.lanes
    let left = 14 + text.widest(rows, .tick)
    var (middles, tops): ([Double], [Double]) = ([], [])
    var y = 0.0
    for row in rows.indices {
      let own = boxes.filter { $0.row == row }
      let tallest = own.map(height).max() ?? 0
      let count = lanes.filter { $0.row == row }.map { $0.lane + 1 }.max() ?? 0
      y += Double(count) * NetworkDiagram.laneHeight + (count > 0 ? 6 : 0)
      tops.append(y + 4)
      y += 12
      middles.append(y + tallest / 2)
      y += tallest + (hasNames ? 32 : 8)
    }
    return Plan(left: left, middles: middles, lanes: tops, height: y)
  }

  private var legend: Legend {
    Legend(
      entries: kinds.enumerated().map {
        Legend.Entry(name: $1, colour: .ofSeries($0), sample: .box)
      })
  }

  package func naturalSize(_ text: TextSetter) -> Size {
    guard !boxes.isEmpty else { return Size(200, 40) }
    let plan = plan(text)
    let width = max(280, plan.left + Double(boxes.count) * (boxWidth + gap) - gap)
    return Size(width, plan.height + 12 + legend.height(text, width: width))
  }

  package func draw(on canvas: Canvas, in frame: Rectangle) {
    guard !boxes.isEmpty else { return }
    let plan = plan(canvas.text)
    for (row, label) in rows.enumerated() {
      let y = frame.y + plan.middles[row]
      canvas.line(Point(frame.x + plan.left - 6, y), Point(frame.right, y), .hairline)
      canvas.write(label, at: Point(frame.x, y), .tick, .left, .middle)
    }
    let places = boxes.enumerated().map { index, box in
      Rectangle(
        x: frame.x + plan.left + Double(index) * (boxWidth + gap),
        y: frame.y + plan.middles[box.row] - height(of: box) / 2, width: boxWidth,
        height: height(of: box))
    }
    drawJoins(places, plan, on: canvas, in: frame)
    let kinds = self.kinds
    for (box, place) in zip(boxes, places) {
      let colour = Colour.ofSeries(kinds.firstIndex(of: box.kind) ?? 0)
      canvas.fill(place, colour)
      if hasChannels {
        canvas.write(
          compact(box.size), at: Point(place.middle.x, place.middle.y),
          TextStyle(size: 11, colour: colour.readableInk), .middle, .middle)
      }
      if hasNames {
        canvas.write(
          box.name, at: Point(place.middle.x, place.bottom + 3),
          TextStyle(size: 10, colour: .softInk), .middle, width: boxWidth + gap - 4, lines: 2)
      }
    }
    legend.draw(
      on: canvas,
      in: Rectangle(
        x: frame.x, y: frame.y + plan.height + 8, width: frame.width,
        height: legend.height(canvas.text, width: frame.width)))
  }

  private func drawJoins(
    _ places: [Rectangle], _ plan: Plan, on canvas: Canvas, in frame: Rectangle
  ) {
    for (index, box) in boxes.enumerated() where box.inputs.contains(index - 1) {
      let (from, to) = (places[index - 1], places[index])
      let middle = from.right + gap / 2
      canvas.polyline(
        [
          Point(from.right, from.middle.y), Point(middle, from.middle.y),
          Point(middle, to.middle.y),
          Point(to.x, to.middle.y),
        ], .softInk, width: 1.2)
    }
    for (from, to, row, lane) in lanes {
      let y = frame.y + plan.lanes[row] - Double(lane) * NetworkDiagram.laneHeight
      // Out at the right, in at the left, so that both can be told apart.
      let (start, end) = (places[from], places[to])
      let (x1, x2) = (start.x + 0.7 * start.width, end.x + 0.3 * end.width)
      canvas.polyline(
        [Point(x1, start.y), Point(x1, y), Point(x2, y), Point(x2, end.y)], .ofSeries(5),
        width: 1.4)
      canvas.mark(.triangleDown, at: Point(x2, end.y - 3), radius: 3, .ofSeries(5))
    }
  }

  // MARK: As text

  /// A line for each box, indented by its row; shortcuts by name.
  package func terminalLines(_ page: TerminalPage) -> [String] {
    let kinds = self.kinds
    let isAscii = !page.style.isEnabled
    let nameWidth = min(28, boxes.map { displayWidth($0.name) }.max() ?? 0)
    var lines: [String] = []
    let shown = boxes.count > 3 * page.rows ? 3 * page.rows : boxes.count
    for (index, box) in boxes.prefix(shown).enumerated() {
      let colour = page.seriesColour(kinds.firstIndex(of: box.kind) ?? 0)
      let mark = page.style.foreground(colour, isAscii ? "#" : "█")
      let indent = String(repeating: " ", count: min(2 * box.row, max(0, page.columns / 5)))
      let others = box.inputs.filter { $0 != index - 1 }.map { boxes[$0].name }
      let joins =
        others.isEmpty ? "" : (isAscii ? "  <- " : "  ← ") + others.joined(separator: ", ")
      let kind = ([box.kind] + box.details).joined(separator: ", ")
      lines.append(
        truncated(
          indent + mark + " " + padded(truncated(box.name, to: nameWidth), to: nameWidth) + "  "
            + box.shape + "  " + page.style.dim(kind) + page.style.cyan(joins), to: page.columns))
    }
    if shown < boxes.count {
      lines.append(page.style.dim("… and \(boxes.count - shown) more, drawn in the file"))
    }
    return lines
  }
}
