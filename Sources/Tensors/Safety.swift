#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// Which files the program may read and write: everything at first, and in safe mode, which nothing
/// can leave, only what was named when it began. Whoever opens a file asks here first.
// Sendable by hand: what changes is read and written only while `mutex` is held.
package final class Safety: @unchecked Sendable {
  package static let shared = Safety()

  package struct Rules: Sendable {
    /// The one folder in which files may be written; it can also be read.
    package var scratch: String
    /// Folders and files that may be read, with what is in them.
    package var readable: [String]
    /// Bytes that may be written in all.
    package var writtenBytes: Int
    /// Files and folders that may be made in all.
    package var writtenFiles: Int

    package init(scratch: String, readable: [String], writtenBytes: Int, writtenFiles: Int) {
      self.scratch = scratch
      self.readable = readable
      self.writtenBytes = writtenBytes
      self.writtenFiles = writtenFiles
    }
  }

  private var rules: Rules?
  private var bytes = 0
  private var files = 0
  /// Paths that were read and written, in the order of their first use; nil while nobody asks.
  private var readPaths: Order?
  private var writtenPaths: Order?
  private let mutex: UnsafeMutablePointer<pthread_mutex_t>

  /// A list without repeats.
  private struct Order {
    var paths: [String] = []
    var known: Set<String> = []

    mutating func add(_ path: String) {
      if paths.count < 100_000, known.insert(path).inserted { paths.append(path) }
    }
  }

  private init() {
    mutex = .allocate(capacity: 1)
    pthread_mutex_init(mutex, nil)
  }

  private func withLock<Result>(_ body: () throws -> Result) rethrows -> Result {
    pthread_mutex_lock(mutex)
    defer { pthread_mutex_unlock(mutex) }
    return try body()
  }

  package var isOn: Bool { withLock { rules != nil } }

  /// Begins safe mode. The first rules stay: later ones change nothing.
  package func enter(_ rules: Rules) {
    var rules = rules
    rules.scratch = Safety.real(rules.scratch) ?? rules.scratch
    rules.readable = rules.readable.compactMap(Safety.real)
    withLock { if self.rules == nil { self.rules = rules } }
  }

  /// Remembers from now on which files are read and written.
  package func watch() {
    withLock {
      readPaths = Order()
      writtenPaths = Order()
    }
  }

  /// What was read and written since `watch`, as the script names it.
  package var watched: (read: [String], written: [String]) {
    withLock { (readPaths?.paths ?? [], writtenPaths?.paths ?? []) }
  }

  /// Whether it may be read, or even be known to exist.
  package func allowsReading(_ path: String) -> Bool {
    guard let rules = withLock({ self.rules }) else { return true }
    guard let place = Safety.real(path) ?? Safety.placeOfNew(path) else { return false }
    return ([rules.scratch] + rules.readable).contains { Safety.lies(place, in: $0) }
  }

  /// Before a file is opened.
  /// - Throws: `FileError.readingForbidden`
  package func admitReading(_ path: String) throws {
    guard allowsReading(path) else { throw FileError.readingForbidden(path: path) }
    withLock { readPaths?.add(path) }
  }

  /// Before a file or folder is made or replaced.
  /// - Throws: `FileError.writingForbidden`, `.quotaSpent`
  package func admitWriting(_ path: String) throws {
    let rules = withLock { self.rules }
    if let rules {
      guard let place = Safety.real(path) ?? Safety.placeOfNew(path),
        Safety.lies(place, in: rules.scratch), place != rules.scratch
      else { throw FileError.writingForbidden(path: path) }
      try withLock {
        guard files < rules.writtenFiles else { throw Safety.spent(path, rules) }
        files += 1
      }
    }
    withLock { writtenPaths?.add(path) }
  }

  /// Before `count` bytes are written.
  /// - Throws: `FileError.quotaSpent`
  package func charge(_ count: Int, _ path: String) throws {
    try withLock {
      guard let rules else { return }
      guard count <= rules.writtenBytes - bytes else { throw Safety.spent(path, rules) }
      bytes += count
    }
  }

  private static func spent(_ path: String, _ rules: Rules) -> FileError {
    .quotaSpent(path: path, limit: rules.writtenBytes, files: rules.writtenFiles)
  }

  /// The path without links, `.` and `..`; nil where nothing is.
  private static func real(_ path: String) -> String? {
    guard !path.utf8.contains(0), let resolved = realpath(path, nil) else { return nil }
    defer { free(resolved) }
    return String(cString: resolved)
  }

  /// Where something that does not exist yet would be: its folder must exist. A link that leads
  /// nowhere has no place: what is written through it would be somewhere else.
  private static func placeOfNew(_ path: String) -> String? {
    var path = Substring(path)
    while path.count > 1, path.last == "/" { path = path.dropLast() }
    let slash = path.lastIndex(of: "/")
    let name = slash.map { path[path.index(after: $0)...] } ?? path
    let folder = slash.map { $0 == path.startIndex ? "/" : String(path[..<$0]) } ?? "."
    guard !name.isEmpty, name != ".", name != ".." else { return nil }
    var status = stat()
    guard lstat(String(path), &status) != 0, let parent = real(folder) else { return nil }
    return parent == "/" ? "/\(name)" : "\(parent)/\(name)"
  }

  private static func lies(_ path: String, in folder: String) -> Bool {
    path == folder || path.hasPrefix(folder == "/" ? "/" : folder + "/")
  }
}
