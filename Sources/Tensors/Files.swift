#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// What went wrong with a file, as facts.
package enum FileError: Error, Equatable, Sendable {
  case notFound(path: String)
  case isFolder(path: String)
  /// The system refused to read; `reason` is its word for it ("Permission denied").
  case notReadable(path: String, reason: String)
  case tooLarge(path: String, bytes: Int, limit: Int)
  /// The file ended before `expected` bytes, or shrank while it was read.
  case truncated(path: String, bytes: Int, expected: Int)
  /// The system refused to write (no rights, no such folder, disk full).
  case notWritable(path: String, reason: String)
  /// Safe mode does not allow this file to be read.
  case readingForbidden(path: String)
  /// Safe mode does not allow a file to be written here.
  case writingForbidden(path: String)
  /// Safe mode allows `limit` bytes and `files` files to be written, and that is used up.
  case quotaSpent(path: String, limit: Int, files: Int)
}

/// Whole files in, whole files out.
package enum Files {
  /// The bytes of a file of at most `limit` bytes.
  /// - Throws: `FileError`.
  package static func read(_ path: String, limit: Int = 1 << 30) throws -> [UInt8] {
    let file = try ReadableFile(path)
    guard file.size <= limit else {
      throw FileError.tooLarge(path: path, bytes: file.size, limit: limit)
    }
    return try [UInt8](unsafeUninitializedCapacity: file.size) { buffer, count in
      guard let base = buffer.baseAddress else { return }
      try file.read(into: UnsafeMutableRawPointer(base), count: file.size, at: 0)
      count = file.size
    }
  }

  /// Writes the file so that a reader sees the old bytes or the new, never a part, even after a
  /// crash: a temporary file in the same folder is written, flushed to the disk and renamed. A
  /// symbolic link is followed, and an existing file keeps its permissions.
  /// - Throws: `FileError.notWritable`.
  package static func writeAtomically(_ path: String, _ bytes: [UInt8]) throws {
    try writeAtomically(path) { write in try bytes.withUnsafeBytes { try write($0) } }
  }

  /// As above, for contents made in pieces: `produce` calls the function it is given with each.
  package static func writeAtomically(
    _ path: String, produce: ((UnsafeRawBufferPointer) throws -> Void) throws -> Void
  ) throws {
    try Safety.shared.admitWriting(path)
    let target = resolvingLinks(path)
    var status = stat()
    let exists = stat(target, &status) == 0
    if exists && status.st_mode & S_IFMT == S_IFDIR { throw FileError.isFolder(path: path) }

    let (descriptor, temporary) = try createBeside(target, path: path)
    var isOpen = true
    do {
      try produce {
        try Safety.shared.charge($0.count, path)
        try writeAll($0, to: descriptor, path: path)
      }
      if exists { _ = fchmod(descriptor, status.st_mode & 0o7777) }
      // What is written in safe mode is thrown away soon, and need not outlive the machine.
      guard Safety.shared.isOn || fsync(descriptor) == 0 else {
        throw FileError.notWritable(path: path, reason: lastReason())
      }
      isOpen = false
      guard close(descriptor) == 0, rename(temporary, target) == 0 else {
        throw FileError.notWritable(path: path, reason: lastReason())
      }
    } catch {
      if isOpen { close(descriptor) }
      unlink(temporary)
      throw error
    }
    if !Safety.shared.isOn { flushFolder(of: target) }
  }

  /// Whether there is anything at `path`.
  package static func exists(_ path: String) -> Bool {
    Safety.shared.allowsReading(path) && access(path, F_OK) == 0
  }

  /// Whether there is a folder at `path`; a link to one counts.
  package static func isFolder(_ path: String) -> Bool {
    var status = stat()
    return Safety.shared.allowsReading(path) && stat(path, &status) == 0
      && status.st_mode & S_IFMT == S_IFDIR
  }

  /// Makes the folder where it is missing; the one it lies in must exist.
  /// - Throws: `FileError.notWritable`.
  package static func makeFolder(_ path: String) throws {
    try Safety.shared.admitWriting(path)
    guard mkdir(path, 0o777) != 0 else { return }
    // The look below has a reason of its own.
    let reason = lastReason()
    guard isFolder(path) else { throw FileError.notWritable(path: path, reason: reason) }
  }

  /// Makes a folder that was not there: `name`, `name-2`, `name-3`, …
  /// - Returns: its path.
  /// - Throws: `FileError.notWritable`.
  package static func makeNewFolder(_ name: String) throws -> String {
    for number in 1...10_000 {
      let path = number == 1 ? name : "\(name)-\(number)"
      guard !exists(path) else { continue }
      try makeFolder(path)
      return path
    }
    throw FileError.notWritable(path: name, reason: "too many of them")
  }

  /// Removes a file; one that is not there, or cannot be removed, is no matter.
  package static func remove(_ path: String) { unlink(path) }

  /// Removes a folder if it is empty.
  package static func removeFolder(_ path: String) { rmdir(path) }

  private static func writeAll(
    _ bytes: UnsafeRawBufferPointer, to descriptor: Int32, path: String
  ) throws {
    guard let base = bytes.baseAddress else { return }
    var written = 0
    while written < bytes.count {
      // The system writes at most about 2 GiB at once.
      let result = write(descriptor, base + written, min(bytes.count - written, 1 << 30))
      if result < 0 {
        if errno == EINTR { continue }
        throw FileError.notWritable(path: path, reason: lastReason())
      }
      written += result
    }
  }

  /// Makes the renaming itself last. A folder that cannot be flushed is no error: the file is whole.
  private static func flushFolder(of path: String) {
    let folder = path.lastIndex(of: "/").map { $0 == path.startIndex ? "/" : path[..<$0] } ?? "."
    let descriptor = open(String(folder), O_RDONLY)
    guard descriptor >= 0 else { return }
    _ = fsync(descriptor)
    close(descriptor)
  }

  private static func resolvingLinks(_ path: String) -> String {
    guard let resolved = realpath(path, nil) else { return path }
    defer { free(resolved) }
    return String(cString: resolved)
  }

  /// A new file in the folder of `target`, with the permissions that new files get.
  private static func createBeside(
    _ target: String, path: String
  ) throws -> (descriptor: Int32, name: String) {
    for attempt in 0..<100 {
      let name = "\(target).\(getpid())-\(attempt).part"
      let descriptor = open(name, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o666)
      if descriptor >= 0 { return (descriptor, name) }
      if errno != EEXIST { throw FileError.notWritable(path: path, reason: lastReason()) }
    }
    throw FileError.notWritable(path: path, reason: lastReason())
  }

  static func lastReason() -> String { String(cString: strerror(errno)) }
}

/// An open regular file, read at any position; closed when it is let go.
package final class ReadableFile {
  package let path: String
  /// Bytes, when it was opened.
  package let size: Int
  private let descriptor: Int32

  /// - Throws: `FileError` if there is no such file, or it is a folder, a device or a pipe.
  package init(_ path: String) throws {
    try Safety.shared.admitReading(path)
    // Without waiting: opening a pipe would block until someone writes to it.
    let descriptor = open(path, O_RDONLY | O_NONBLOCK | O_CLOEXEC)
    guard descriptor >= 0 else {
      if errno == ENOENT || errno == ENOTDIR { throw FileError.notFound(path: path) }
      throw FileError.notReadable(path: path, reason: Files.lastReason())
    }
    var status = stat()
    guard fstat(descriptor, &status) == 0 else {
      let reason = Files.lastReason()
      close(descriptor)
      throw FileError.notReadable(path: path, reason: reason)
    }
    guard status.st_mode & S_IFMT == S_IFREG else {
      close(descriptor)
      if status.st_mode & S_IFMT == S_IFDIR { throw FileError.isFolder(path: path) }
      throw FileError.notReadable(path: path, reason: "Not a regular file")
    }
    (self.path, self.size, self.descriptor) = (path, Int(status.st_size), descriptor)
  }

  deinit { close(descriptor) }

  /// Exactly `count` bytes that begin at `offset`.
  /// - Throws: `FileError`; `.truncated` where the file is shorter.
  package func bytes(_ count: Int, at offset: Int) throws -> [UInt8] {
    guard count >= 0, offset >= 0, offset <= size, count <= size - offset else {
      throw FileError.truncated(
        path: path, bytes: size, expected: count > Int.max - offset ? Int.max : offset + count)
    }
    return try [UInt8](unsafeUninitializedCapacity: count) { buffer, filled in
      guard let base = buffer.baseAddress else { return }
      try read(into: UnsafeMutableRawPointer(base), count: count, at: offset)
      filled = count
    }
  }

  /// Reads exactly `count` bytes that begin at `offset`.
  func read(into base: UnsafeMutableRawPointer, count: Int, at offset: Int) throws {
    var done = 0
    while done < count {
      let result = pread(descriptor, base + done, min(count - done, 1 << 30), off_t(offset + done))
      if result < 0 {
        if errno == EINTR { continue }
        throw FileError.notReadable(path: path, reason: Files.lastReason())
      }
      guard result > 0 else {
        throw FileError.truncated(path: path, bytes: offset + done, expected: offset + count)
      }
      done += result
    }
  }
}
