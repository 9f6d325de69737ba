import Tensors

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// The entries of earlier sessions and of this one, oldest first, kept in a plain file.
///
/// Each line of the file is `{"entry":"…"}`, so an entry of several lines is one line of the file.
/// An entry is added by a single write to the file's end under a lock: two prompts at once lose
/// nothing of each other, and a kill at any moment loses at most the entry in hand. A line that
/// cannot be read is passed over.
package final class History {
  package private(set) var entries: [String] = []
  private let path: String?

  /// Entries kept in memory, and in the file when it is shortened.
  private static let limit = 10_000
  /// Bytes at which the file is shortened.
  private static let fileLimit = 8 << 20

  /// - Parameter path: nil keeps the history in memory only. Missing folders are made when the
  ///   first entry is written; a file that cannot be written is no error, the session goes on.
  package init(path: String?) {
    self.path = path
    guard let path, let bytes = Self.read(path) else { return }
    entries = Self.parse(bytes)
    if bytes.count > Self.fileLimit { shorten() }
  }

  /// `$XDG_STATE_HOME/conch/history`, or `~/.local/state/conch/history`.
  package static func defaultPath() -> String? { StateFolder.path(of: "history") }

  /// Adds an entry, unless it is blank or repeats the last one.
  package func add(_ entry: String) {
    guard entry.contains(where: { !$0.isWhitespace }), entry != entries.last else { return }
    entries.append(entry)
    if entries.count > Self.limit { entries.removeFirst(entries.count - Self.limit) }
    append(entry)
  }

  /// The nearest entry before `index` that starts with `prefix` and is not `current`.
  package func previous(before index: Int, prefix: String, current: String) -> Int? {
    entries[..<min(index, entries.count)].lastIndex { $0.hasPrefix(prefix) && $0 != current }
  }

  package func next(after index: Int, prefix: String, current: String) -> Int? {
    guard index + 1 < entries.count else { return nil }
    return entries[(index + 1)...].firstIndex { $0.hasPrefix(prefix) && $0 != current }
  }

  /// The nearest entry before `index` that contains `text`.
  package func search(_ text: String, before index: Int) -> Int? {
    guard !text.isEmpty else { return nil }
    let wanted = Array(text.utf8)
    return entries[..<min(index, entries.count)].lastIndex { Self.contains($0, wanted) }
  }

  private static func contains(_ entry: String, _ wanted: [UInt8]) -> Bool {
    let bytes = Array(entry.utf8)
    guard bytes.count >= wanted.count else { return false }
    return (0...(bytes.count - wanted.count)).contains { bytes[$0...].starts(with: wanted) }
  }

  // MARK: The file

  private static func parse(_ bytes: [UInt8]) -> [String] {
    bytes.split(separator: 10).suffix(limit).compactMap { line in
      guard case .text(let entry)? = (try? JSON.parse(line))?["entry"] else { return nil }
      return entry
    }
  }

  private static func line(_ entry: String) -> String {
    "{\"entry\":\(JSON.quoted(entry))}\n"
  }

  private func append(_ entry: String) {
    guard let path, let file = lockedFile(path) else { return }
    defer { close(file) }
    // After a line that was cut off by a kill, start a new one.
    var last: UInt8 = 10
    let size = lseek(file, 0, SEEK_END)
    if size > 0 { pread(file, &last, 1, size - 1) }
    Self.write((last == 10 ? "" : "\n") + Self.line(entry), to: file)
  }

  /// The file, open at its end and locked until it is closed. Another prompt may have put a
  /// shortened file in its place while we waited for the lock: then again.
  private func lockedFile(_ path: String) -> Int32? {
    for _ in 0..<10 {
      var file = open(path, O_RDWR | O_APPEND | O_CREAT | O_CLOEXEC, 0o600)
      if file < 0, errno == ENOENT {
        StateFolder.make(StateFolder.parent(of: path))
        file = open(path, O_RDWR | O_APPEND | O_CREAT | O_CLOEXEC, 0o600)
      }
      guard file >= 0 else { return nil }
      var (ours, named) = (stat(), stat())
      if flock(file, LOCK_EX) == 0, fstat(file, &ours) == 0, stat(path, &named) == 0,
        ours.st_ino == named.st_ino
      {
        return file
      }
      close(file)
    }
    return nil
  }

  private func shorten() {
    guard let path, let file = lockedFile(path) else { return }
    defer { close(file) }
    // Read again under the lock: another prompt may have added to it.
    guard let bytes = Self.read(path), bytes.count > Self.fileLimit else { return }
    entries = Self.parse(bytes)
    var kept: [String] = []
    var size = 0
    for entry in entries.reversed() {
      size += entry.utf8.count
      if size > Self.fileLimit / 2 { break }
      kept.append(Self.line(entry))
    }
    let temporary = path + ".\(getpid())"
    let output = open(temporary, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o600)
    guard output >= 0 else { return }
    let isWhole = Self.write(kept.reversed().joined(), to: output)
    close(output)
    if !isWhole || rename(temporary, path) != 0 { unlink(temporary) }
  }

  @discardableResult
  private static func write(_ text: String, to file: Int32) -> Bool {
    var text = text
    return text.withUTF8 { bytes in
      #if canImport(Glibc)
        Glibc.write(file, bytes.baseAddress, bytes.count) == bytes.count
      #else
        Darwin.write(file, bytes.baseAddress, bytes.count) == bytes.count
      #endif
    }
  }

  private static func read(_ path: String) -> [UInt8]? {
    FileBytes.read(path, limit: 64 << 20)
  }
}
