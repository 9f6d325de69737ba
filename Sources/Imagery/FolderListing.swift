import Tensors

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// What is in one folder, hidden files aside, in the byte order of the names: the same on every
/// system and in every locale.
struct FolderListing {
  private(set) var files: [String] = []
  private(set) var folders: [String] = []
  /// Names that are not UTF-8, repaired for showing; such files cannot be named in a script.
  private(set) var unusable: [String] = []

  /// Entries of one folder beyond which it is refused.
  static let limit = 200_000

  /// - Parameter name: what errors call the folder.
  /// - Throws: `ImageryError.notFound`, `.isNotFolder`, `.unreadable`, `.tooManyFiles`
  init(_ path: String, name: String) throws {
    guard Safety.shared.allowsReading(path) else {
      throw ImageryError(.unreadable, name, given: "safe mode does not allow it")
    }
    guard let folder = opendir(path) else {
      switch errno {
      case ENOENT: throw ImageryError(.notFound, name)
      case ENOTDIR: throw ImageryError(.isNotFolder, name)
      default: throw ImageryError(.unreadable, name, given: String(cString: strerror(errno)))
      }
    }
    defer { closedir(folder) }
    var count = 0
    while let entry = readdir(folder) {
      let bytes = withUnsafeBytes(of: &entry.pointee.d_name) { Array($0.prefix { $0 != 0 }) }
      // "." and "..", hidden files, and the folder that macOS puts beside its archives' contents.
      if bytes.first == UInt8(ascii: ".") || bytes.elementsEqual("__MACOSX".utf8) { continue }
      count += 1
      guard count <= FolderListing.limit else {
        throw ImageryError(
          .tooManyFiles, name, given: "more than \(FolderListing.limit) files",
          expected: "\(FolderListing.limit)")
      }
      let entryName = String(decoding: bytes, as: UTF8.self)
      guard entryName.utf8.elementsEqual(bytes) else {
        unusable.append(entryName)
        continue
      }
      var status = stat()
      let isFolder =
        stat("\(path)/\(entryName)", &status) == 0 && status.st_mode & S_IFMT == S_IFDIR
      if isFolder { folders.append(entryName) } else { files.append(entryName) }
    }
    files.sort(by: FolderListing.precedes)
    folders.sort(by: FolderListing.precedes)
    unusable.sort(by: FolderListing.precedes)
  }

  static func precedes(_ left: String, _ right: String) -> Bool {
    left.utf8.lexicographicallyPrecedes(right.utf8)
  }
}
