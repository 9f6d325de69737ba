import Tensors

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// A folder that comes into being whole or not at all: it is filled under another name beside its
/// place, and renamed when it is complete. What was made for a folder that fails is taken away.
final class OutputFolder {
  private let path: String
  private let temporary: String
  /// Folders and files that were made, in order.
  private var folders: [String] = []
  private var files: [String] = []
  private var isDone = false

  /// - Throws: `ImageryError.occupied`, `FileError.notWritable`
  init(_ path: String) throws {
    self.path = path.count > 1 && path.hasSuffix("/") ? String(path.dropLast()) : path
    temporary = "\(self.path).\(getpid()).part"
    if Files.exists(self.path) {
      guard Files.isFolder(self.path),
        let listing = try? FolderListing(self.path, name: self.path),
        listing.files.isEmpty, listing.folders.isEmpty, listing.unusable.isEmpty
      else {
        throw ImageryError(.occupied, path, expected: "give a new name")
      }
    }
    try Files.makeFolder(temporary)
  }

  deinit {
    guard !isDone else { return }
    for file in files { unlink("\(temporary)/\(file)") }
    for folder in folders.reversed() { rmdir("\(temporary)/\(folder)") }
    rmdir(temporary)
  }

  /// Writes a file, "folder/file" or "file".
  /// - Throws: `FileError.notWritable`
  func write(_ file: String, _ bytes: [UInt8]) throws {
    if let slash = file.lastIndex(of: "/") {
      let folder = String(file[..<slash])
      if !folders.contains(folder) {
        try Files.makeFolder("\(temporary)/\(folder)")
        folders.append(folder)
      }
    }
    files.append(file)
    try Files.writeAtomically("\(temporary)/\(file)", bytes)
  }

  func write(_ file: String, _ text: String) throws { try write(file, Array(text.utf8)) }

  /// Gives the folder its name.
  func finish() throws {
    guard rename(temporary, path) == 0 else {
      throw FileError.notWritable(path: path, reason: String(cString: strerror(errno)))
    }
    isDone = true
  }
}
