import CTerminal

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// The user's own editor, for a text.
enum TextEditor {
  enum Answer {
    case text(String)
    case problem(String)
  }

  /// Bytes that may come back.
  private static let limit = 4 << 20

  /// Opens `text` in `$VISUAL`, `$EDITOR`, nano or vi, whichever there is first, and waits.
  static func edit(_ text: String) -> Answer {
    guard let command = command() else {
      return .problem("No editor is set: `export EDITOR=nano` in your shell, for instance.")
    }
    guard let path = temporaryFile(text.hasSuffix("\n") || text.isEmpty ? text : text + "\n")
    else {
      return .problem("No file could be made for the editor (\(reason())).")
    }
    defer { unlink(path) }
    guard let status = run(command + [path]) else {
      return .problem("`\(command[0])` could not be started (\(reason())).")
    }
    guard status == 0 else {
      return .problem("`\(command[0])` ended with status \(status): nothing was run.")
    }
    guard let bytes = FileBytes.read(path, limit: limit) else {
      return .problem("What the editor wrote could not be read (\(reason())).")
    }
    var edited = String(decoding: bytes, as: UTF8.self)
    while edited.last?.isWhitespace == true { edited.removeLast() }
    return edited.isEmpty ? .text(text) : .text(edited)
  }

  private static func command() -> [String]? {
    for name in ["VISUAL", "EDITOR"] {
      guard let value = getenv(name) else { continue }
      let words = String(cString: value).split(separator: " ").map(String.init)
      if !words.isEmpty { return words }
    }
    let folders = getenv("PATH").map { String(cString: $0) } ?? "/usr/bin:/bin"
    for editor in ["nano", "vi"]
    where folders.split(separator: ":").contains(where: { access("\($0)/\(editor)", X_OK) == 0 }) {
      return [editor]
    }
    return nil
  }

  private static func temporaryFile(_ text: String) -> String? {
    let folder = getenv("TMPDIR").map { String(cString: $0) } ?? "/tmp"
    var template = Array((folder + "/cell-XXXXXX.conch").utf8CString)
    let file = mkstemps(&template, 6)
    guard file >= 0 else { return nil }
    defer { close(file) }
    let path = String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
    guard Output.write(text, to: file) else {
      unlink(path)
      return nil
    }
    return path
  }

  /// The exit status; nil if the program cannot be started.
  private static func run(_ words: [String]) -> Int32? {
    let arguments: [UnsafeMutablePointer<CChar>?] = words.map { strdup($0) } + [nil]
    defer { arguments.forEach { free($0) } }
    let status = program_run(arguments)
    return status >= 0 ? status : nil
  }

  private static func reason() -> String { String(cString: strerror(errno)).lowercased() }
}
