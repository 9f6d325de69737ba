/// A plot as text: axes with numbers, and lines drawn with the eight dots of braille characters in
/// colour, or one ASCII character a cell where there are no colours to tell lines apart.
struct TerminalPlot {
  private let xAxis: Axis
  private let yAxis: Axis
  private let xLabel: String
  private let page: TerminalPage
  /// Cells of the area between the axes.
  let columns: Int
  let rows: Int
  /// Cells of the numbers at the left.
  private let labelWidth: Int
  private var dots: [UInt8]
  private var ascii: [Character]
  private var colours: [Colour?]

  /// The marks of series without colours.
  static let marks: [Character] = ["*", "o", "+", "x", "#", "@", "%", "&"]

  private var isAscii: Bool { !page.style.isEnabled }
  /// Dots in a cell, across and down.
  private var dotsAcross: Int { isAscii ? 1 : 2 }
  private var dotsDown: Int { isAscii ? 1 : 4 }

  /// A plot on a page of which `header` lines are taken. `axes` makes the axes for so many ticks
  /// across and up.
  init(
    _ page: TerminalPage, header: Int, xLabel: String, axes: (Int, Int) -> (x: Axis, y: Axis)
  ) {
    let below = xLabel.isEmpty ? 2 : 3
    let rows = min(max(5, page.rows - header - below), max(6, page.columns / 3), 40)
    let axes = axes(max(2, page.columns / 8), max(3, rows / 3))
    let widest = axes.y.ticks.map { displayWidth($0.label) }.max() ?? 0
    labelWidth = min(widest, max(0, page.columns - 12))
    columns = max(1, page.columns - labelWidth - 2)
    self.rows = rows
    self.page = page
    self.xLabel = xLabel
    (xAxis, yAxis) = (axes.x, axes.y)
    dots = [UInt8](repeating: 0, count: columns * rows)
    ascii = [Character](repeating: " ", count: columns * rows)
    colours = [Colour?](repeating: nil, count: columns * rows)
  }

  /// The dot nearest to a point, which may lie outside; nil if an axis cannot show it.
  private func dot(_ point: Point) -> (x: Int, y: Int)? {
    guard let across = xAxis.position(point.x), let up = yAxis.position(point.y) else { return nil }
    let (width, height) = (columns * dotsAcross, rows * dotsDown)
    return (
      (across * Double(width - 1)).whole(within: -width...2 * width),
      ((1 - up) * Double(height - 1)).whole(within: -height...2 * height)
    )
  }

  private mutating func set(_ x: Int, _ y: Int, _ colour: Colour, _ mark: Character) {
    guard x >= 0 && y >= 0 && x < columns * dotsAcross && y < rows * dotsDown else { return }
    let cell = y / dotsDown * columns + x / dotsAcross
    colours[cell] = colour
    if isAscii {
      ascii[cell] = mark
    } else {
      // Braille's dots are numbered down the columns, except for the lowest row (Unicode 15.1,
      // chapter 21.1).
      let bits: [UInt8] = [0x01, 0x08, 0x02, 0x10, 0x04, 0x20, 0x40, 0x80]
      dots[cell] |= bits[y % 4 * 2 + x % 2]
    }
  }

  mutating func point(_ point: Point, _ colour: Colour, _ mark: Character) {
    guard let place = dot(point) else { return }
    set(place.x, place.y, colour, mark)
  }

  /// Points joined by lines; points that cannot be shown break them.
  mutating func line(_ points: [Point?], _ colour: Colour, _ mark: Character) {
    var before: (x: Int, y: Int)?
    for point in points {
      guard let point, let place = dot(point) else {
        before = nil
        continue
      }
      let start = before ?? place
      let steps = max((place.x - start.x).magnitude, (place.y - start.y).magnitude)
      for step in 0...Int(steps) {
        let part = steps == 0 ? 0 : Double(step) / Double(steps)
        let x = Double(start.x) + part * Double(place.x - start.x)
        let y = Double(start.y) + part * Double(place.y - start.y)
        set(
          x.whole(within: -100_000...100_000), y.whole(within: -100_000...100_000), colour, mark)
      }
      before = place
    }
  }

  /// The lines of text: the area with numbers at the left, the axis below and its numbers.
  func lines() -> [String] {
    let style = page.style
    var labels = [String](repeating: "", count: rows)
    for tick in yAxis.ticks {
      guard let position = yAxis.position(tick.value) else { continue }
      let row = ((1 - position) * Double(rows - 1)).whole(within: 0...(rows - 1))
      labels[row] = tick.label
    }
    var lines = (0..<rows).map { row in
      let label = truncated(labels[row], to: labelWidth)
      let axis = isAscii ? (label.isEmpty ? "|" : "+") : label.isEmpty ? "│" : "┤"
      return padded(label, to: labelWidth, alignment: .right) + " " + style.dim(axis) + line(row)
    }
    lines = lines.map(TextTable.trimmed)

    var axis = [Character](repeating: isAscii ? "-" : "─", count: columns)
    var numbers = ""
    // Numbers stand below their ticks, those that would touch are left out.
    let start = labelWidth + 2
    for tick in xAxis.ticks {
      guard let position = xAxis.position(tick.value) else { continue }
      let column = (position * Double(columns - 1)).whole(within: 0...(columns - 1))
      axis[column] = isAscii ? "+" : "┬"
      let width = displayWidth(tick.label)
      let left = min(start + column - (width - 1) / 2, page.columns - width)
      let free = numbers.isEmpty ? 0 : numbers.count + 2
      guard left >= free else { continue }
      numbers += String(repeating: " ", count: left - numbers.count) + tick.label
    }
    lines.append(
      String(repeating: " ", count: labelWidth + 1)
        + style.dim((isAscii ? "+" : "└") + String(axis)))
    lines.append(numbers)
    if !xLabel.isEmpty {
      let label = truncated(xLabel, to: columns)
      let left = start + max(0, (columns - displayWidth(label)) / 2)
      lines.append(String(repeating: " ", count: left) + style.dim(label))
    }
    return lines
  }

  private func line(_ row: Int) -> String {
    if isAscii { return String(ascii[(row * columns)..<((row + 1) * columns)]) }
    var line = ""
    var run = ""
    var colour: Colour?
    func close() {
      line += colour.map { page.style.foreground($0, run) } ?? run
      run = ""
    }
    for cell in (row * columns)..<((row + 1) * columns) {
      if colours[cell] != colour {
        close()
        colour = colours[cell]
      }
      // U+2800 is the braille character without dots; a space is kinder to copying.
      run +=
        dots[cell] == 0
        ? " " : String(Unicode.Scalar(0x2800 + UInt32(dots[cell])) ?? " ")
    }
    close()
    return line
  }
}

extension TerminalPage {
  /// Names with their colours or marks, in as few lines as the width allows.
  func legend(_ entries: [(name: String, sample: String, colour: Colour)]) -> [String] {
    var lines: [String] = []
    var used = 0
    for entry in entries {
      let room = max(1, columns - displayWidth(entry.sample) - 1)
      let name = truncated(entry.name, to: min(room, 40))
      let width = displayWidth(entry.sample) + 1 + displayWidth(name)
      let text = style.foreground(entry.colour, entry.sample) + " " + name
      if lines.isEmpty || used + 3 + width > columns {
        lines.append(truncated(text, to: columns))
        used = min(width, columns)
      } else {
        lines[lines.count - 1] += "   " + text
        used += 3 + width
      }
    }
    return lines
  }

  /// The colour of series `index`, light enough for a dark background.
  func seriesColour(_ index: Int) -> Colour {
    guard background == .dark else { return .ofSeries(index) }
    let count = TerminalPage.coloursOnDark.count
    return TerminalPage.coloursOnDark[((index % count) + count) % count]
  }

  /// In the order of `Colour.series`: Okabe and Ito's, the darkest ones lightened.
  private static let coloursOnDark: [Colour] = [
    Colour(hex: 0x4FA3DD),  // blue
    Colour(hex: 0xFF7A33),  // vermilion
    Colour(hex: 0x1FC79A),  // bluish green
    Colour(hex: 0xE69F00),  // orange
    Colour(hex: 0xDD8FBC),  // reddish purple
    Colour(hex: 0xF0E442),  // yellow
    Colour(hex: 0xC0C0C0),  // grey
  ]

  /// The mark of series `index` where there are no colours.
  func mark(_ index: Int) -> Character {
    TerminalPlot.marks[
      ((index % TerminalPlot.marks.count) + TerminalPlot.marks.count) % TerminalPlot.marks.count]
  }
}
