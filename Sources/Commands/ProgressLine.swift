import Figures

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// Says how far a long command is.
///
/// On a terminal: one line or a few, drawn over themselves at most ten times a second, never wider than
/// the window, and gone before anything else is written. Elsewhere only `milestone` writes, one plain
/// line each, so that a log has one line an epoch.
package final class ProgressLine {
  private let isTerminal: Bool
  private let columns: () -> Int
  private let write: (String) -> Void
  private let clock: () -> Double
  private var shown: [String] = []
  private var lastDrawing = -Double.infinity

  /// The shortest time between two drawings, in seconds.
  private static let interval = 0.1

  /// - Parameters:
  ///   - isTerminal: whether `write` ends on a terminal that can go back to the line's start.
  ///   - columns: the window's width in cells, asked at each drawing since it may change.
  ///   - write: takes text as it is to be written, and writes it at once.
  ///   - clock: seconds from any fixed moment.
  package init(
    isTerminal: Bool, columns: @escaping () -> Int, write: @escaping (String) -> Void,
    clock: @escaping () -> Double = ProgressLine.seconds
  ) {
    self.isTerminal = isTerminal
    self.columns = columns
    self.write = write
    self.clock = clock
  }

  /// Draws `text`, unless the last drawing was a moment ago; then `text` is not even built.
  package func update(_ text: @autoclosure () -> String) {
    guard isTerminal else { return }
    let now = clock()
    guard now - lastDrawing >= Self.interval else { return }
    lastDrawing = now
    draw(text())
  }

  /// Draws `text` whatever the time is: what comes next may take long.
  package func show(_ text: String) {
    guard isTerminal else { return }
    lastDrawing = clock()
    draw(text)
  }

  /// Writes a line that stays, such as an epoch's result, in place of the progress line.
  package func milestone(_ line: String) {
    clear()
    write(line + "\n")
  }

  /// The width of the window now, in cells.
  var width: Int { columns() }

  /// Takes the progress line away. To be called before anything else is written.
  package func clear() {
    guard !shown.isEmpty else { return }
    write(toStart + (shown.count > 1 ? "\u{1B}[J" : "\u{1B}[K"))
    shown = []
    lastDrawing = -Double.infinity
  }

  /// Back to where the first of the lines begins. In a window that was made narrower since, lines
  /// have been broken.
  private var toStart: String {
    let width = max(1, columns())
    let rows = shown.reduce(0) { $0 + max(1, (displayWidth($1) + width - 1) / width) }
    return (rows > 1 ? "\u{1B}[\(rows - 1)A" : "") + "\r"
  }

  /// Writes all in one piece, so that nothing tears.
  private func draw(_ text: String) {
    // The last column stays free: a terminal that has filled it may already be on the next line.
    let room = max(1, columns() - 1)
    let lines = text.split(separator: "\n", omittingEmptySubsequences: false)
      .map { truncated(String($0), to: room) }
    guard lines != shown else { return }
    if lines.count == 1 && shown.count <= 1 {
      let isShorter = displayWidth(lines[0]) < displayWidth(shown.first ?? "")
      write("\r" + lines[0] + (isShorter ? "\u{1B}[K" : ""))
    } else {
      let start = shown.isEmpty ? "\r" : toStart
      write(start + lines.map { $0 + "\u{1B}[K" }.joined(separator: "\n") + "\u{1B}[J")
    }
    shown = lines
  }

  /// The monotonic clock.
  package static func seconds() -> Double {
    var time = timespec()
    clock_gettime(CLOCK_MONOTONIC, &time)
    return Double(time.tv_sec) + Double(time.tv_nsec) / 1e9
  }
}
