#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// A new folder that only the child writes to, and that goes with all that is in it.
final class ScratchFolder {
  let path: String

  init() throws {
    let root = getenv("TMPDIR").map { String(cString: $0) } ?? "/tmp"
    var template = Array("\(root)/conch-grading-XXXXXX".utf8CString)
    guard mkdtemp(&template) != nil else {
      throw GraderBroke(what: "no folder can be made in \(root)")
    }
    path = template.withUnsafeBufferPointer { buffer in
      buffer.baseAddress.map { String(cString: $0) } ?? root
    }
  }

  func link(_ name: String, to target: String) throws {
    guard symlink(target, "\(path)/\(name)") == 0 else {
      throw GraderBroke(what: "the data `\(name)` cannot be offered")
    }
  }

  deinit { ScratchFolder.remove(path, depth: 0) }

  /// Links are taken away, never followed.
  private static func remove(_ path: String, depth: Int) {
    var status = stat()
    guard lstat(path, &status) == 0 else { return }
    guard status.st_mode & S_IFMT == S_IFDIR, depth < 100, let folder = opendir(path) else {
      unlink(path)
      return
    }
    var names: [String] = []
    while let entry = readdir(folder) {
      let name = withUnsafeBytes(of: &entry.pointee.d_name) {
        String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self)
      }
      if name != ".", name != ".." { names.append(name) }
    }
    closedir(folder)
    for name in names { remove("\(path)/\(name)", depth: depth + 1) }
    rmdir(path)
  }
}
