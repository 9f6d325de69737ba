/// Names of colours, lines and marks, in rows.
struct Legend {
  enum Sample: Equatable {
    case line(dashes: [Double])
    case thinLine
    case mark(Mark)
    case box
  }

  struct Entry {
    var name: String
    var colour: Colour
    var sample: Sample
  }

  private(set) var entries: [Entry]

  /// Beyond so many entries the rest is counted.
  private static let maximumEntries = 60

  init(entries: [Entry]) {
    guard entries.count > Legend.maximumEntries else {
      self.entries = entries
      return
    }
    let hidden = entries.count - Legend.maximumEntries
    self.entries =
      entries.prefix(Legend.maximumEntries) + [
        Entry(name: "… and \(grouped(hidden)) more", colour: .clear, sample: .box)
      ]
  }

  private static let sampleWidth = 22.0
  private static let entryGap = 18.0
  private static let rowHeight = 20.0
  /// Longer names end in `…`.
  private static let maximumNameWidth = 240.0

  /// The rows that fit into a width: each with its entries and their places from the left.
  private func rows(_ text: TextSetter, width: Double) -> [[(x: Double, entry: Entry)]] {
    var rows: [[(x: Double, entry: Entry)]] = []
    var x = 0.0
    for entry in entries {
      let name = min(Legend.maximumNameWidth, text.size(of: entry.name, .small).width)
      let needed = Legend.sampleWidth + 6 + name
      if rows.isEmpty || (x > 0 && x + needed > width) {
        rows.append([])
        x = 0
      }
      rows[rows.count - 1].append((x, entry))
      x += needed + Legend.entryGap
    }
    return rows
  }

  /// 0 without entries; includes the space below.
  func height(_ text: TextSetter, width: Double) -> Double {
    entries.isEmpty
      ? 0 : Double(rows(text, width: width).count) * Legend.rowHeight + 8
  }

  func draw(on canvas: Canvas, in frame: Rectangle) {
    for (row, entries) in rows(canvas.text, width: frame.width).enumerated() {
      let y = frame.y + (Double(row) + 0.5) * Legend.rowHeight
      for (offset, entry) in entries {
        let x = frame.x + offset
        let end = x + Legend.sampleWidth
        switch entry.sample {
        case .line(let dashes):
          canvas.line(Point(x, y), Point(end, y), entry.colour, width: 2, dashes: dashes)
        case .thinLine:
          canvas.line(Point(x, y), Point(end, y), entry.colour.withOpacity(0.45), width: 1)
        case .mark(let mark):
          canvas.mark(mark, at: Point(end - 8, y), radius: 4.5, entry.colour)
        case .box:
          canvas.fill(Rectangle(x: end - 15, y: y - 6, width: 13, height: 12), entry.colour)
        }
        canvas.write(
          entry.name, at: Point(end + 6, y), .small, .left, .middle,
          width: min(Legend.maximumNameWidth, max(20, frame.right - end - 6)))
      }
    }
  }
}
