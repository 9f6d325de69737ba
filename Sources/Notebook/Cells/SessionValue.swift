import Commands
import Language
import Tensors

/// The session as a value, for `save session "mine.conch"`.
final class SessionValue: HostObject, SavesItself {
  private weak var dialogue: Dialogue?

  init(_ dialogue: Dialogue) { self.dialogue = dialogue }

  let kind = "session"

  var summary: String {
    let count = dialogue?.entries.count ?? 0
    return count == 0
      ? "session: nothing has run yet"
      : "session: \(plural(count, "cell")) ran; `save session \"mine.conch\"` keeps them"
  }

  let fileEndings = [".conch"] + ExportFormat.allCases.map { ".\($0.rawValue)" }

  func save(to path: String) throws {
    guard let dialogue else { return }
    try Failure.explaining { try SavedSession(dialogue).write(to: path) }
  }
}
