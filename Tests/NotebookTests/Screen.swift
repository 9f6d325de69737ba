/// A small terminal screen: enough of a VT100 to know what a user sees. What it does not know it
/// reports in `unknown`, so that no test passes on a misread screen.
struct Screen {
  private(set) var columns: Int
  private(set) var rows: Int
  private var cells: [[Character]]
  private(set) var row = 0
  private(set) var column = 0
  /// The cursor stands behind the last column and wraps with the next character.
  private var isWrapping = false
  private var isInserting = false
  private(set) var scrolledOff: [String] = []
  private(set) var unknown: [String] = []
  private(set) var hasBracketedPaste = false
  private var pending: [UInt8] = []

  init(columns: Int, rows: Int) {
    self.columns = columns
    self.rows = rows
    cells = Array(repeating: Array(repeating: " ", count: columns), count: rows)
  }

  /// The lines without trailing blanks.
  var lines: [String] {
    cells.map { line in
      // A wide character is followed by an empty place.
      var text = String(line.filter { $0 != "\u{0}" })
      while text.last == " " { text.removeLast() }
      return text
    }
  }

  /// All lines, those that have scrolled away too, without the empty ones at the end.
  var text: String {
    var all = scrolledOff + lines
    while all.last == "" { all.removeLast() }
    return all.joined(separator: "\n")
  }

  /// Rows are cut or added at the top, lines are cut: as xterm does.
  mutating func resize(columns: Int, rows: Int) {
    cells = cells.map { line in
      Array(line.prefix(columns)) + Array(repeating: " ", count: max(0, columns - line.count))
    }
    while cells.count > rows {
      if row < cells.count - 1 {
        cells.removeLast()
      } else {
        scrolledOff.append(lines[0])
        cells.removeFirst()
        row -= 1
      }
    }
    while cells.count < rows { cells.append(Array(repeating: " ", count: columns)) }
    self.columns = columns
    self.rows = rows
    column = min(column, columns - 1)
    isWrapping = false
  }

  mutating func feed(_ bytes: [UInt8]) {
    pending += bytes
    var index = 0
    while index < pending.count {
      guard let length = consume(at: index) else { break }
      index += length
    }
    pending.removeFirst(index)
  }

  /// Bytes used, or nil when more are needed.
  private mutating func consume(at index: Int) -> Int? {
    let byte = pending[index]
    switch byte {
    case 0x1B: return escape(at: index)
    case 0x07, 0x03, 0x00: return 1
    case 0x08:
      column = max(0, column - 1)
      isWrapping = false
      return 1
    case 0x09:
      column = min(columns - 1, (column / 8 + 1) * 8)
      return 1
    case 0x0A:
      lineFeed()
      return 1
    case 0x0D:
      column = 0
      isWrapping = false
      return 1
    case 0..<0x20:
      unknown.append("control \(byte)")
      return 1
    default:
      let length = byte < 0x80 ? 1 : byte < 0xE0 ? 2 : byte < 0xF0 ? 3 : 4
      guard index + length <= pending.count else { return nil }
      put(String(decoding: pending[index..<(index + length)], as: UTF8.self))
      return length
    }
  }

  private mutating func put(_ text: String) {
    guard let scalar = text.unicodeScalars.first else { return }
    if scalar.properties.generalCategory == .nonspacingMark {
      let place = isWrapping ? column : column - 1
      if place >= 0, let joined = "\(cells[row][place])\(text)".first { cells[row][place] = joined }
      return
    }
    let isWide =
      scalar.value >= 0x1100 && scalar.properties.isIdeographic
      || scalar.properties.isEmojiPresentation
    if isWrapping || (isWide && column == columns - 1) {
      column = 0
      lineFeed()
    }
    let width = isWide ? 2 : 1
    if isInserting {
      cells[row].insert(contentsOf: Array(repeating: " ", count: width), at: column)
      cells[row].removeLast(width)
    }
    cells[row][column] = Character(scalar)
    if isWide { cells[row][column + 1] = "\u{0}" }
    column += width
    isWrapping = column >= columns
    if isWrapping { column = columns - 1 }
  }

  private mutating func lineFeed() {
    isWrapping = false
    guard row == rows - 1 else { return row += 1 }
    scrolledOff.append(lines[0])
    cells.removeFirst()
    cells.append(Array(repeating: " ", count: columns))
  }

  private mutating func escape(at index: Int) -> Int? {
    guard index + 1 < pending.count else { return nil }
    switch pending[index + 1] {
    case UInt8(ascii: "["): break
    case UInt8(ascii: "="), UInt8(ascii: ">"), UInt8(ascii: "\\"): return 2
    case UInt8(ascii: "("): return index + 2 < pending.count ? 3 : nil
    case UInt8(ascii: "_"), UInt8(ascii: "]"), UInt8(ascii: "P"):
      // A question, or a picture: until BEL, or ESC and a backslash.
      let body = pending[(index + 2)...]
      guard let end = body.firstIndex(where: { $0 == 0x07 || $0 == 0x1B }) else { return nil }
      if pending[end] == 0x07 { return end + 1 - index }
      return end + 1 < pending.count ? end + 2 - index : nil
    default:
      unknown.append("escape \(pending[index + 1])")
      return 2
    }
    var end = index + 2
    while end < pending.count, !(0x40...0x7E).contains(pending[end]) { end += 1 }
    guard end < pending.count else { return nil }
    let body = String(decoding: pending[(index + 2)..<end], as: UTF8.self)
    sequence(Character(Unicode.Scalar(pending[end])), body)
    return end + 1 - index
  }

  private mutating func sequence(_ final: Character, _ body: String) {
    let numbers = body.split(separator: ";", omittingEmptySubsequences: false).map { Int($0) }
    let count = max(1, (numbers.first ?? nil) ?? 1)
    let first = (numbers.first ?? nil) ?? 0
    if final != "m" && final != "h" && final != "l" { isWrapping = false }
    switch final {
    case "A": row = max(0, row - count)
    case "B": row = min(rows - 1, row + count)
    case "C": column = min(columns - 1, column + count)
    case "D": column = max(0, column - count)
    case "G": column = min(columns - 1, count - 1)
    case "H":
      row = min(rows - 1, count - 1)
      column = min(columns - 1, max(1, (numbers.count > 1 ? numbers[1] : nil) ?? 1) - 1)
    case "J" where first == 0:
      clear(row, from: column)
      for below in (row + 1)..<max(row + 1, rows) { clear(below, from: 0) }
    case "J" where first == 2:
      for line in 0..<rows { clear(line, from: 0) }
    case "K" where first == 0: clear(row, from: column)
    case "@":
      cells[row].insert(contentsOf: Array(repeating: " ", count: count), at: column)
      cells[row].removeLast(count)
    case "P":
      let removed = min(count, columns - column)
      cells[row].removeSubrange(column..<(column + removed))
      cells[row] += Array(repeating: " ", count: removed)
    case "m": break
    // Questions about the terminal, which the test answers or not.
    case "t", "c": break
    case "h" where body == "4": isInserting = true
    case "l" where body == "4": isInserting = false
    case "h" where body == "?2004": hasBracketedPaste = true
    case "l" where body == "?2004": hasBracketedPaste = false
    case "h" where body.hasPrefix("?"), "l" where body.hasPrefix("?"): break
    default: unknown.append("ESC [ \(body) \(final)")
    }
  }

  private mutating func clear(_ line: Int, from start: Int) {
    for place in start..<columns { cells[line][place] = " " }
  }
}
