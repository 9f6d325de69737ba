import Tensors

/// A folder with images and what belongs to them, as it lies on the disk: every file by its path
/// inside the folder, in byte order.
struct DataFolder {
  let root: String
  /// What messages call the folder.
  let name: String
  /// All files, as "folder/file".
  let files: [String]
  /// Folders at the top.
  let folders: [String]
  let problems: [ImageryError]

  /// Folders inside folders beyond this are not looked into.
  static let depthLimit = 5
  static let fileLimit = 400_000

  /// - Throws: `ImageryError`
  init(_ path: String) throws {
    let base = path.count > 1 && path.hasSuffix("/") ? String(path.dropLast()) : path
    root = base
    name = base.split(separator: "/").last.map(String.init) ?? base
    var found: [String] = []
    var odd: [ImageryError] = []
    let top = try FolderListing(base, name: base)
    folders = top.folders
    func add(_ listing: FolderListing, at prefix: String, depth: Int) throws {
      found += listing.files.map { prefix + $0 }
      odd += listing.unusable.map { ImageryError(.unusableName, prefix + $0) }
      guard found.count <= DataFolder.fileLimit else {
        throw ImageryError(
          .tooManyFiles, base, given: "more than \(DataFolder.fileLimit) files",
          expected: "\(DataFolder.fileLimit)")
      }
      guard depth < DataFolder.depthLimit else { return }
      for folder in listing.folders {
        try add(
          try FolderListing("\(base)/\(prefix)\(folder)", name: prefix + folder),
          at: "\(prefix)\(folder)/", depth: depth + 1)
      }
    }
    try add(top, at: "", depth: 0)
    files = found.sorted(by: FolderListing.precedes)
    problems = odd
  }

  func path(_ file: String) -> String { "\(root)/\(file)" }

  /// The top folder among these names, in any case: the first of the list that is there.
  func folder(_ names: [String]) -> String? {
    for name in names {
      if let found = folders.first(where: { $0.lowercased() == name }) { return found }
    }
    return nil
  }

  /// Files with one of these endings, in a folder and those inside it; everywhere if nil.
  func files(_ endings: Set<String>, in folder: String? = nil) -> [String] {
    files.filter { file in
      if let folder, !file.hasPrefix(folder + "/") { return false }
      return DataFolder.ending(file).map(endings.contains) ?? false
    }
  }

  static let imageFolders = ["images", "jpegimages", "image", "imgs", "img", "photos"]
  static let imageEndings: Set<String> = [
    "png", "jpg", "jpeg", "jpe", "jfif", "tif", "tiff", "npy", "gif", "bmp", "webp",
  ]

  /// The images: those in `images` (or a folder of a like name), or else all but those in the
  /// folders that hold something else.
  func images(besides others: [String] = []) -> [String] {
    if let folder = folder(DataFolder.imageFolders) {
      return files(DataFolder.imageEndings, in: folder)
    }
    return files(DataFolder.imageEndings).filter { file in
      !others.contains { file.hasPrefix($0 + "/") }
    }
  }

  /// "png" of "images/a.PNG".
  static func ending(_ file: String) -> String? {
    let last = file.split(separator: "/").last ?? ""
    guard let dot = last.lastIndex(of: "."), dot != last.startIndex else { return nil }
    return last[last.index(after: dot)...].lowercased()
  }

  /// "images/a" of "images/a.PNG".
  static func withoutEnding(_ file: String) -> String {
    guard let ending = ending(file) else { return file }
    return String(file.dropLast(ending.count + 1))
  }

  static func lastPart(_ file: String) -> String {
    file.split(separator: "/", omittingEmptySubsequences: true).last.map(String.init) ?? file
  }

  /// The path inside its top folder: "train/a" of "images/train/a".
  static func inside(_ file: String, _ folder: String?) -> String {
    guard let folder, file.hasPrefix(folder + "/") else { return file }
    return String(file.dropFirst(folder.count + 1))
  }
}

/// Finds the image that an annotation means: by its path, its name, or its name without the ending.
struct ImageFinder {
  private var byPath: [String: String] = [:]
  /// nil where several images have the name.
  private var byName: [String: String?] = [:]
  private var byStem: [String: String?] = [:]

  /// - Parameter images: as `DataFolder` lists them.
  init(_ images: [String], folder: String?) {
    for image in images {
      let inside = DataFolder.inside(image, folder)
      for key in [image, inside, DataFolder.withoutEnding(inside)] { byPath[key] = image }
      ImageFinder.add(DataFolder.lastPart(image), image, to: &byName)
      ImageFinder.add(
        DataFolder.withoutEnding(DataFolder.lastPart(image)), image, to: &byStem)
    }
  }

  private static func add(_ key: String, _ image: String, to table: inout [String: String?]) {
    if let known = table[key], known != image {
      table[key] = .some(nil)
    } else {
      table[key] = image
    }
  }

  /// - Parameter file: a name or a path, of this machine or another.
  func image(_ file: String) -> String? {
    let path = String(file.map { $0 == "\\" ? "/" : $0 })
    if let found = byPath[path] { return found }
    let last = DataFolder.lastPart(path)
    if let found = byName[last] { return found }
    return (byStem[last] ?? nil) ?? (byStem[DataFolder.withoutEnding(last)] ?? nil)
  }
}
