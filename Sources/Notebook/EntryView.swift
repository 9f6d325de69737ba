import Figures

/// The part of an entry that is on the screen, as one text for the terminal library: between the
/// lines stand the continuation prompts. They are part of what is drawn, never of the entry.
package struct EntryView {
  /// What is drawn after the prompt.
  package let scalars: [Unicode.Scalar]
  /// The cursor in `scalars`.
  package let cursor: Int
  /// The first line shown: 0, unless the entry is higher than the window.
  package let firstLine: Int
  /// For each place in `scalars`, and for its end, the place in the entry.
  private let places: [Int]

  /// - Parameters:
  ///   - prompt: the prompt of a continuation line, by its number (from 1).
  ///   - rows: the greatest number of screen rows.
  ///   - columns: the window's width.
  package init(
    _ entry: EntryText, promptWidth: Int, rows: Int, columns: Int, prompt: (Int) -> String
  ) {
    let lines = entry.scalars.split(separator: "\n", omittingEmptySubsequences: false)
    let cursorLine = lines.lastIndex { $0.startIndex <= entry.cursor } ?? 0
    // Grow the window around the cursor's line, downwards first, while it fits.
    func height(_ line: Int) -> Int {
      1 + Self.width(lines[line], from: promptWidth) / max(1, columns)
    }
    var (first, last) = (cursorLine, cursorLine)
    var used = height(cursorLine)
    while first > 0 || last < lines.count - 1 {
      let next = last < lines.count - 1 ? last + 1 : first - 1
      let isBelow = last < lines.count - 1
      // Keep the larger part for the lines above: that is where one comes from.
      if isBelow, last - cursorLine >= rows / 3, first > 0 {
        guard used + height(first - 1) <= rows else { break }
        used += height(first - 1)
        first -= 1
        continue
      }
      guard used + height(next) <= rows else { break }
      used += height(next)
      if isBelow { last = next } else { first = next }
    }

    var scalars: [Unicode.Scalar] = []
    var places: [Int] = []
    var cursor = 0
    for line in first...last {
      let start = lines[line].startIndex
      if line > first {
        scalars.append("\n")
        places.append(start - 1)
        for scalar in prompt(line).unicodeScalars {
          scalars.append(scalar)
          places.append(start)
        }
      }
      if line == cursorLine { cursor = scalars.count + entry.cursor - start }
      scalars += lines[line]
      places += lines[line].indices
    }
    places.append(lines[last].endIndex)
    self.scalars = scalars
    self.places = places
    self.cursor = cursor
    firstLine = first
  }

  /// Takes over what the terminal library did to the drawn text, which is to insert what was typed.
  package func update(_ entry: inout EntryText, drawn: [Unicode.Scalar], cursor: Int) {
    guard drawn != scalars else {
      if cursor != self.cursor, cursor < places.count { _ = entry.move(to: places[cursor]) }
      return
    }
    // The change lies between the equal beginning and the equal end; text typed before an equal
    // character belongs before the cursor.
    var start = 0
    let shorter = min(scalars.count, drawn.count)
    while start < shorter, start < max(cursor, 0), scalars[start] == drawn[start] { start += 1 }
    start = min(start, self.cursor)
    var tail = 0
    while tail < shorter - start,
      scalars[scalars.count - 1 - tail] == drawn[drawn.count - 1 - tail],
      drawn.count - tail > cursor || drawn.count < scalars.count
    {
      tail += 1
    }
    let old = places[start]..<max(places[start], places[scalars.count - tail])
    entry.replace(old, with: drawn[start..<(drawn.count - tail)])
  }

  // MARK: Rows

  /// The rows above and below the one the cursor is in, and the column behind the text's end, when
  /// drawn after a prompt.
  package func rows(
    promptWidth: Int, columns: Int
  ) -> (above: Int, below: Int, endColumn: Int) {
    let columns = max(1, columns)
    var (row, column) = (0, promptWidth)
    var cursorRow = 0
    for (index, scalar) in scalars.enumerated() {
      if index == cursor { cursorRow = row }
      if scalar == "\n" {
        (row, column) = (row + 1, 0)
        continue
      }
      let width = Self.width(scalar, at: column)
      if column + width > columns { (row, column) = (row + 1, 0) }
      column += width
      if column >= columns { (row, column) = (row + 1, 0) }
    }
    if cursor >= scalars.count { cursorRow = row }
    return (cursorRow, row - cursorRow, column)
  }

  /// Whether there are marks that stand above or below other characters.
  package var hasMarks: Bool { scalars.contains { Self.isMark($0) } }

  package static func isMark(_ scalar: Unicode.Scalar) -> Bool {
    scalar.value >= 0x300 && scalar.properties.generalCategory == .nonspacingMark
  }

  private static func width(_ line: ArraySlice<Unicode.Scalar>, from column: Int) -> Int {
    var column = column
    for scalar in line { column += width(scalar, at: column) }
    return column
  }

  private static func width(_ scalar: Unicode.Scalar, at column: Int) -> Int {
    if scalar == "\t" { return 8 - column % 8 }
    if scalar.value >= 0x20 && scalar.value < 0x7F { return 1 }
    if scalar.value < 0x20 || scalar.value == 0x7F { return 2 }
    return displayWidth(String(Character(scalar)))
  }
}
