import CTerminal
import Foundation
import TestSupport
import Testing

/// The program on a pseudo-terminal of its own: keys go in, a screen comes out.
final class Terminal {
  private let master: Int32
  private let process: pid_t
  private(set) var screen: Screen
  /// Everything the program wrote, escape sequences included.
  private(set) var raw: [UInt8] = []
  /// The wait status, once the program has ended.
  private(set) var ending: Int32?

  /// How long anything may take before a test fails, in seconds.
  private static let patience = 10.0

  init(
    _ arguments: [String] = [], columns: Int = 80, rows: Int = 24, state: URL? = nil,
    environment: [String: String] = [:], folder: URL? = nil, program: String? = nil
  ) throws {
    let path = try program ?? #require(Executable.path, "the program is not built beside the tests")
    screen = Screen(columns: columns, rows: rows)
    let state = try state ?? Executable.folder()
    var variables = ProcessInfo.processInfo.environment
    for name in ["NO_COLOR", "COLORTERM", "COLORFGBG", "LC_ALL", "LC_CTYPE", "LANG"] {
      variables[name] = nil
    }
    variables["TERM"] = "xterm-256color"
    // Swift's own crash reporter would ask questions on the terminal.
    variables["SWIFT_BACKTRACE"] = "enable=no"
    variables["LC_ALL"] = "C.UTF-8"
    variables["XDG_STATE_HOME"] = state.path
    variables["HOME"] = state.path
    variables.merge(environment) { $1 }

    let words: [UnsafeMutablePointer<CChar>?] = ([path] + arguments).map { strdup($0) } + [nil]
    let pairs: [UnsafeMutablePointer<CChar>?] =
      variables.map { strdup("\($0)=\($1)") } + [nil]
    defer { (words + pairs).forEach { free($0) } }
    var master: Int32 = -1
    process = terminal_spawn(
      path, words, pairs, folder?.path, Int32(columns), Int32(rows), &master)
    self.master = master
    try #require(process > 0 && master >= 0, "this machine has no pseudo-terminals (/dev/pts)")
  }

  deinit {
    // Without a process its number is -1, which to `kill` means every process there is.
    guard process > 0 else { return }
    if ending == nil {
      kill(process, SIGKILL)
      var status: Int32 = 0
      waitpid(process, &status, 0)
    }
    close(master)
  }

  // MARK: Keys

  static let enter = "\r"
  static let tab = "\t"
  static let up = "\u{1B}[A"
  static let down = "\u{1B}[B"
  static let right = "\u{1B}[C"
  static let left = "\u{1B}[D"
  static let home = "\u{1B}[H"
  static let end = "\u{1B}[F"
  static let delete = "\u{7F}"
  static func control(_ letter: Character) -> String {
    String(UnicodeScalar((letter.asciiValue ?? 64) & 0x1F))
  }
  static func paste(_ text: String) -> String { "\u{1B}[200~" + text + "\u{1B}[201~" }

  /// Types text as it comes from a keyboard. A long text is taken in turns with the answers, since
  /// a terminal holds only so much.
  func type(_ text: String) {
    var rest = Array(text.utf8)[...]
    while !rest.isEmpty {
      let count = Array(rest.prefix(512)).withUnsafeBytes {
        write(master, $0.baseAddress, $0.count)
      }
      if count > 0 { rest = rest.dropFirst(count) }
      if count < 0 && errno != EAGAIN && errno != EINTR { return }
      if !rest.isEmpty { read(for: 0) }
    }
  }

  /// Types an entry of one line, and waits until it has been run and the prompt is back.
  func run(_ entry: String, sourceLocation: SourceLocation = #_sourceLocation) {
    let before = screen.text.split(separator: "\n").count { $0 == "conch> " + entry }
    type(entry + Self.enter)
    wait(for: "the prompt after `\(entry)`", sourceLocation: sourceLocation) { screen in
      let lines = screen.text.split(separator: "\n")
      return lines.last == "conch>" && lines.count { $0 == "conch> " + entry } > before
    }
  }

  func resize(columns: Int, rows: Int) {
    screen.resize(columns: columns, rows: rows)
    var size = winsize(
      ws_row: UInt16(rows), ws_col: UInt16(columns), ws_xpixel: 0, ws_ypixel: 0)
    _ = ioctl(master, UInt(TIOCSWINSZ), &size)
  }

  func send(_ signal: Int32) {
    guard process > 0 else { return }
    kill(process, signal)
  }

  /// Takes the terminal away, as when its window is closed.
  func closeWindow() {
    let nothing = open("/dev/null", O_RDWR)
    dup2(nothing, master)
    close(nothing)
  }

  // MARK: Waiting

  /// Reads until `condition` holds; an issue with the screen in it if it never does.
  func wait(
    for what: String, within patience: Double = Terminal.patience,
    sourceLocation: SourceLocation = #_sourceLocation, until condition: (Screen) -> Bool
  ) {
    let deadline = Date().addingTimeInterval(patience)
    while !condition(screen) {
      guard Date() < deadline, read(for: 20) else {
        if condition(screen) { return }
        Issue.record(
          "waited for \(what); the screen:\n\(screen.text)", sourceLocation: sourceLocation)
        return
      }
    }
  }

  /// Until the screen, or what has scrolled off it, contains a text.
  func wait(for text: String, sourceLocation: SourceLocation = #_sourceLocation) {
    wait(for: "`\(text)`", sourceLocation: sourceLocation) { $0.text.contains(text) }
  }

  /// Until the last line that is not empty is `line`.
  func wait(forLast line: String, sourceLocation: SourceLocation = #_sourceLocation) {
    wait(for: "the last line `\(line)`", sourceLocation: sourceLocation) {
      $0.lines.last { !$0.isEmpty } == line
    }
  }

  /// Until the screen ends in these lines.
  func wait(forEnding lines: [String], sourceLocation: SourceLocation = #_sourceLocation) {
    wait(for: "\(lines)", sourceLocation: sourceLocation) { screen in
      let text = screen.text.split(separator: "\n", omittingEmptySubsequences: false)
      return text.suffix(lines.count).map(String.init) == lines
    }
  }

  /// Until an empty prompt stands in the last line.
  func waitForPrompt(sourceLocation: SourceLocation = #_sourceLocation) {
    wait(forLast: "conch>", sourceLocation: sourceLocation)
  }

  /// The exit status, or 128 and the signal's number.
  func waitForEnd(sourceLocation: SourceLocation = #_sourceLocation) -> Int32 {
    let deadline = Date().addingTimeInterval(Self.patience)
    while ending == nil, Date() < deadline {
      read(for: 10)
      var status: Int32 = 0
      if waitpid(process, &status, WNOHANG) == process { ending = status }
    }
    while read(for: 0) {}
    guard let ending else {
      Issue.record("the program did not end:\n\(screen.text)", sourceLocation: sourceLocation)
      return -1
    }
    return ending & 0x7F == 0 ? (ending >> 8) & 0xFF : 128 + (ending & 0x7F)
  }

  /// Whether the terminal echoes and edits lines as a shell expects it.
  var isSane: Bool {
    var settings = termios()
    guard tcgetattr(master, &settings) == 0 else { return false }
    let wanted = tcflag_t(ICANON | ECHO | ISIG)
    return settings.c_lflag & wanted == wanted && settings.c_iflag & tcflag_t(ICRNL) != 0
      && !screen.hasBracketedPaste
  }

  /// False at the end of output.
  @discardableResult
  private func read(for milliseconds: Int32) -> Bool {
    var waiting = pollfd(fd: master, events: Int16(POLLIN), revents: 0)
    guard poll(&waiting, 1, milliseconds) > 0 else { return milliseconds > 0 }
    var block = [UInt8](repeating: 0, count: 8192)
    let count = Foundation.read(master, &block, block.count)
    guard count > 0 else { return false }
    raw += block[..<count]
    screen.feed(Array(block[..<count]))
    return true
  }
}
