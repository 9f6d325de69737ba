import Tensors

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// What a session ran, written down as it goes, so that a crash loses nothing that was finished.
///
/// A file of JSON lines: `{"lesson":…,"quick":…}` first, `{"begun":"…"}` before a cell runs, then
/// `{"kept":"…",…}` with the statements that came to their end, and `{"left":true}` last. Each line is
/// one write. The file is locked while its session lives, so another prompt can tell a session that
/// crashed from one that is still there.
package final class Journal {
  /// One cell, as far as it came to its end.
  package struct Entry: Equatable, Sendable {
    /// The statements that finished; empty if none did.
    package var kept: String
    package var title = ""
    /// Place in the lesson, from 0.
    package var place: Int?
    /// The statement that Ctrl-C ended, if one did, and which of the looks for Ctrl-C saw it.
    package var interrupted: String?
    package var looks: [Int] = []

    package init(
      kept: String, title: String = "", place: Int? = nil, interrupted: String? = nil,
      looks: [Int] = []
    ) {
      self.kept = kept
      self.title = title
      self.place = place
      self.interrupted = interrupted
      self.looks = looks
    }
  }

  /// A session that is over.
  package struct Past {
    package let path: String
    /// The lesson's file, as it was given.
    package let lesson: String?
    package let isQuick: Bool
    package let entries: [Entry]
    /// What was running when it ended.
    package let unfinished: String?
    /// Whether it ended because somebody left.
    package let hasLeft: Bool
  }

  private let folder: String
  private let first: String
  private var file: Int32?
  private var hasFailed = false
  private static let ending = ".jsonl"
  /// Sessions that are kept.
  private static let limit = 30

  /// - Parameters:
  ///   - folder: where journals are kept; made when the first cell runs. A journal that cannot be
  ///     written is no error: the session goes on.
  ///   - lesson: the lesson's file.
  package init(folder: String, lesson: String? = nil, isQuick: Bool = false) {
    self.folder = folder
    first =
      "{\"quick\":\(isQuick)" + (lesson.map { ",\"lesson\":\(JSON.quoted($0))" } ?? "") + "}\n"
  }

  deinit { if let file { close(file) } }

  /// `$XDG_STATE_HOME/conch/sessions`, or `~/.local/state/conch/sessions`.
  package static func defaultFolder() -> String? { StateFolder.path(of: "sessions") }

  // MARK: Writing

  package func begin(_ text: String) { append("{\"begun\":\(JSON.quoted(text))}\n") }

  package func end(_ entry: Entry) {
    var line = "{\"kept\":\(JSON.quoted(entry.kept))"
    if !entry.title.isEmpty { line += ",\"title\":\(JSON.quoted(entry.title))" }
    if let place = entry.place { line += ",\"place\":\(place)" }
    if let interrupted = entry.interrupted {
      line += ",\"interrupted\":\(JSON.quoted(interrupted))"
      line += ",\"looks\":[\(entry.looks.map(String.init).joined(separator: ","))]"
    }
    append(line + "}\n")
  }

  /// Somebody leaves: nothing needs to be brought back.
  package func leave() {
    guard file != nil else { return }
    append("{\"left\":true}\n")
  }

  private func append(_ line: String) {
    if file == nil, !hasFailed { start() }
    guard let file else { return }
    Output.write(line, to: file)
  }

  private func start() {
    StateFolder.make(folder)
    Self.removeOld(in: folder)
    // The number goes up, so names are in the order of beginning; two prompts that begin at once
    // take different ones.
    var number = Self.paths(in: folder).last.flatMap(Self.number) ?? 0
    for _ in 0..<1000 {
      number += 1
      let digits = String(number)
      let name = String(repeating: "0", count: max(0, 8 - digits.count)) + digits + Self.ending
      let descriptor = Self.create(folder + "/" + name)
      if descriptor < 0, errno == EEXIST { continue }
      guard descriptor >= 0 else { break }
      flock(descriptor, LOCK_EX | LOCK_NB)
      file = descriptor
      Output.write(first, to: descriptor)
      return
    }
    hasFailed = true
  }

  private static func create(_ path: String) -> Int32 {
    open(path, O_WRONLY | O_CREAT | O_EXCL | O_APPEND | O_CLOEXEC, 0o600)
  }

  // MARK: Reading

  /// The session that `--resume` brings back: the last that ended without leaving, or else the last.
  package static func last(in folder: String) -> Past? {
    var newest: Past?
    for path in pastPaths(in: folder) {
      guard let past = read(path) else { continue }
      if !past.hasLeft { return past }
      newest = newest ?? past
    }
    return newest
  }

  /// Whether the last session ended without leaving.
  package static func hasCrashed(in folder: String) -> Bool {
    pastPaths(in: folder).first { _ in true }.flatMap(read).map { !$0.hasLeft } ?? false
  }

  /// Newest first, without those that are still alive.
  private static func pastPaths(in folder: String) -> some Sequence<String> {
    paths(in: folder).reversed().lazy.filter { !isAlive($0) }
  }

  private static func isAlive(_ path: String) -> Bool {
    let file = open(path, O_RDONLY | O_CLOEXEC)
    guard file >= 0 else { return true }
    defer { close(file) }
    return flock(file, LOCK_SH | LOCK_NB) != 0
  }

  private static func read(_ path: String) -> Past? {
    guard let bytes = FileBytes.read(path, limit: 64 << 20) else { return nil }
    var lesson: String?
    var isQuick = false
    var entries: [Entry] = []
    var unfinished: String?
    var hasLeft = false
    // A line that a kill has cut off is passed over.
    for line in bytes.split(separator: 10).compactMap({ try? JSON.parse($0) }) {
      if case .text(let path)? = line["lesson"] { lesson = path }
      if case .boolean(true)? = line["quick"] { isQuick = true }
      if case .text(let text)? = line["begun"] { unfinished = text }
      if case .boolean(true)? = line["left"] { hasLeft = true }
      if let entry = entry(line) {
        entries.append(entry)
        unfinished = nil
      }
    }
    guard !entries.isEmpty || unfinished != nil else { return nil }
    return Past(
      path: path, lesson: lesson, isQuick: isQuick, entries: entries, unfinished: unfinished,
      hasLeft: hasLeft)
  }

  private static func entry(_ line: JSON) -> Entry? {
    guard case .text(let kept)? = line["kept"] else { return nil }
    var entry = Entry(kept: kept)
    if case .text(let title)? = line["title"] { entry.title = title }
    if case .integer(let place)? = line["place"] { entry.place = place }
    if case .text(let text)? = line["interrupted"] { entry.interrupted = text }
    if case .array(let looks)? = line["looks"] {
      entry.looks = looks.compactMap { if case .integer(let look) = $0 { look } else { nil } }
    }
    return entry
  }

  /// A journal that has been taken over by another one.
  package static func remove(_ path: String) { unlink(path) }

  private static func paths(in folder: String) -> [String] {
    FolderEntries.names(in: folder).filter { $0.hasSuffix(ending) }.map { folder + "/" + $0 }
  }

  private static func number(_ path: String) -> Int? {
    Int(path.split(separator: "/").last?.dropLast(ending.count) ?? "")
  }

  private static func removeOld(in folder: String) {
    for path in paths(in: folder).dropLast(limit - 1) where !isAlive(path) { unlink(path) }
  }
}
