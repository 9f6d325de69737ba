import CTerminal
import Notebook

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// Entries from standard input without a line editor: a pipe, or a terminal that cannot move its
/// cursor. Lines are put together until they can be run.
final class PlainSource: LineSource {
  let isInteractive: Bool
  private let session: Session
  private var buffer: [UInt8] = []
  private var hasEnded = false

  /// - Parameter isInteractive: whether a person types, and prompts are shown.
  init(session: Session, isInteractive: Bool) {
    self.session = session
    self.isInteractive = isInteractive
  }

  func next(_ request: Request) -> Reply {
    var entry = ""
    var open: String?
    while true {
      if isInteractive {
        Output.write(entry.isEmpty ? Prompts.plain(request) : Prompts.continuation(open), to: 1)
      }
      switch line() {
      case .interrupted:
        Output.write("^C\n", to: 1)
        if request.canBeGivenUp { return .givenUp }
        entry = ""
        open = nil
      case .end:
        if isInteractive { Output.write("\n", to: 1) }
        // Somebody who is asked whether to leave may go on; a terminal that has gone ends again.
        if isInteractive { hasEnded = false }
        return entry.isEmpty ? .end : .text(entry)
      case .line(let line):
        entry += entry.isEmpty ? line : "\n" + line
        if entry.isBlank {
          if request.takesNothing { return .text("") }
          entry = ""
          continue
        }
        open = request.isProgram ? session.openConstruct(in: entry) : nil
        if open == nil { return .text(entry) }
      }
    }
  }

  private enum Line { case line(String), interrupted, end }

  private func line() -> Line {
    while true {
      if let newline = buffer.firstIndex(of: 10) {
        var bytes = buffer[..<newline]
        if bytes.last == 13 { bytes.removeLast() }
        let line = String(decoding: bytes, as: UTF8.self)
        buffer.removeFirst(newline + 1)
        return .line(line)
      }
      if hasEnded {
        guard !buffer.isEmpty else { return .end }
        defer { buffer = [] }
        return .line(String(decoding: buffer, as: UTF8.self))
      }
      if interrupts_pending() > 0 {
        interrupts_clear()
        // A person gives up the line; a pipe that is interrupted is at its end.
        if isInteractive { return .interrupted }
        exit(130)
      }
      guard terminal_wait() == 1 else { continue }
      var block = [UInt8](repeating: 0, count: 4096)
      let count = read(0, &block, block.count)
      if count > 0 {
        buffer += block[..<count]
      } else if count == 0 || (errno != EINTR && errno != EAGAIN) {
        hasEnded = true
      }
    }
  }
}
