/// The text being typed, of one line or several, with its cursor.
///
/// Positions count Unicode scalars, as the terminal library does. Every change can be undone.
package struct EntryText {
  package private(set) var scalars: [Unicode.Scalar] = []
  /// 0…scalars.count.
  package private(set) var cursor = 0
  private var undoSteps: [(scalars: [Unicode.Scalar], cursor: Int)] = []
  /// What the last cut took, for `yank`.
  private var cutting: [Unicode.Scalar] = []
  /// The column that vertical moves aim at, kept while they follow one another.
  private var wantedColumn: Int?

  private static let undoLimit = 200

  package init(_ text: String = "") {
    scalars = Array(text.unicodeScalars)
    cursor = scalars.count
  }

  package var text: String {
    var view = String.UnicodeScalarView()
    view.append(contentsOf: scalars)
    return String(view)
  }

  package var textBeforeCursor: String {
    var view = String.UnicodeScalarView()
    view.append(contentsOf: scalars[..<cursor])
    return String(view)
  }

  package var isEmpty: Bool { scalars.isEmpty }

  // MARK: Lines

  package var lineStart: Int {
    (scalars[..<cursor].lastIndex(of: "\n") ?? -1) + 1
  }

  package var lineEnd: Int {
    scalars[cursor...].firstIndex(of: "\n") ?? scalars.count
  }

  package var isOnFirstLine: Bool { lineStart == 0 }
  package var isOnLastLine: Bool { lineEnd == scalars.count }

  // MARK: Changing

  /// Replaces a range of positions; the cursor goes to the end of the new text.
  package mutating func replace(_ range: Range<Int>, with text: some Sequence<Unicode.Scalar>) {
    remember()
    let count = scalars.count - range.count
    scalars.replaceSubrange(range, with: Array(text))
    cursor = range.lowerBound + (scalars.count - count)
  }

  package mutating func insert(_ text: String) {
    replace(cursor..<cursor, with: text.unicodeScalars)
  }

  /// Takes the whole text, cursor at `position` or at the end.
  package mutating func set(_ text: String, cursor position: Int? = nil) {
    replace(0..<scalars.count, with: text.unicodeScalars)
    cursor = min(position ?? scalars.count, scalars.count)
  }

  /// Starts anew, with nothing to undo; what was cut stays.
  package mutating func clear() {
    scalars = []
    cursor = 0
    undoSteps = []
    wantedColumn = nil
  }

  @discardableResult
  package mutating func deleteBack() -> Bool {
    guard cursor > 0 else { return false }
    // In the indentation of a line, as much as one level.
    let spaces = scalars[lineStart..<cursor]
    let count =
      !spaces.isEmpty && spaces.allSatisfy { $0 == " " } ? (spaces.count % 2 == 0 ? 2 : 1) : 1
    replace(cursor - count..<cursor, with: EmptyCollection())
    return true
  }

  @discardableResult
  package mutating func deleteForward() -> Bool {
    guard cursor < scalars.count else { return false }
    replace(cursor..<cursor + 1, with: EmptyCollection())
    return true
  }

  @discardableResult
  package mutating func cut(_ range: Range<Int>) -> Bool {
    guard !range.isEmpty else { return false }
    cutting = Array(scalars[range])
    replace(range, with: EmptyCollection())
    return true
  }

  @discardableResult
  package mutating func yank() -> Bool {
    guard !cutting.isEmpty else { return false }
    replace(cursor..<cursor, with: cutting)
    return true
  }

  @discardableResult
  package mutating func undo() -> Bool {
    guard let step = undoSteps.popLast() else { return false }
    (scalars, cursor) = step
    wantedColumn = nil
    return true
  }

  private mutating func remember() {
    wantedColumn = nil
    undoSteps.append((scalars, cursor))
    if undoSteps.count > Self.undoLimit { undoSteps.removeFirst() }
  }

  // MARK: Moving

  @discardableResult
  package mutating func move(to position: Int) -> Bool {
    wantedColumn = nil
    guard position != cursor, (0...scalars.count).contains(position) else { return false }
    cursor = position
    return true
  }

  /// One line up (-1) or down (1), to the same column where there is one. False at the edge.
  @discardableResult
  package mutating func moveLine(by step: Int) -> Bool {
    let column = wantedColumn ?? cursor - lineStart
    if step < 0 {
      guard !isOnFirstLine else { return false }
      cursor = lineStart - 1
    } else {
      guard !isOnLastLine else { return false }
      cursor = lineEnd + 1
    }
    cursor = min(lineStart + column, lineEnd)
    wantedColumn = column
    return true
  }

  package var wordLeft: Int {
    var position = cursor
    while position > 0, !Self.isWord(scalars[position - 1]) { position -= 1 }
    while position > 0, Self.isWord(scalars[position - 1]) { position -= 1 }
    return position
  }

  package var wordRight: Int {
    var position = cursor
    while position < scalars.count, !Self.isWord(scalars[position]) { position += 1 }
    while position < scalars.count, Self.isWord(scalars[position]) { position += 1 }
    return position
  }

  private static func isWord(_ scalar: Unicode.Scalar) -> Bool {
    scalar == "_" || scalar.properties.isAlphabetic || scalar.properties.numericType != nil
      || scalar.properties.generalCategory == .nonspacingMark
  }

  // MARK: Indentation

  /// A new line, indented like the current one or `deeper` by one level.
  package mutating func breakLine(deeper: Bool) {
    let indentation = scalars[lineStart..<cursor].prefix { $0 == " " }.count
    replace(
      cursor..<cursor,
      with: ("\n" + String(repeating: " ", count: indentation + (deeper ? 2 : 0))).unicodeScalars)
  }

  /// Moves a line that has just been typed and closes or divides a block (`end`, `else`, `catch`)
  /// back to where that block began.
  package mutating func dedentClosingLine() {
    let indentation = scalars[lineStart..<lineEnd].prefix { $0 == " " }.count
    let word = scalars[lineStart..<lineEnd].dropFirst(indentation).prefix { Self.isWord($0) }
    var view = String.UnicodeScalarView()
    view.append(contentsOf: word)
    guard ["end", "else", "catch"].contains(String(view)), cursor == lineEnd,
      indentation >= 2, indentation > openerIndentation
    else { return }
    let position = cursor
    replace(lineStart..<lineStart + 2, with: EmptyCollection())
    cursor = position - 2
  }

  /// The indentation of the line above the current one, less a level if that is a block's body.
  private var openerIndentation: Int {
    guard lineStart > 0 else { return 0 }
    let above = scalars[..<(lineStart - 1)]
    let start = (above.lastIndex(of: "\n") ?? -1) + 1
    let indentation = above[start...].prefix { $0 == " " }.count
    return max(0, indentation - 2)
  }
}
