import Tensors

/// Image files in a folder per class, found but not yet decoded.
struct FolderSource: SampleSource {
  struct File: Sendable {
    /// "class/file", relative to the root: what messages and samples call it.
    let name: String
    let label: Int
    let bytes: Int
  }

  let root: String
  let classes: [String]
  let files: [File]
  let reading: Picture.Reading
  /// Those of the first image where it is a measurement, else three.
  let bands: Int
  let limits: ImageLimits
  /// What was found beside the images, sorted by name.
  let problems: [ImageryError]

  var count: Int { files.count }
  func label(at index: Int) -> Int { files[index].label }
  func name(at index: Int) -> String { files[index].name }
  func path(at index: Int) -> String { "\(root)/\(files[index].name)" }

  func image(at index: Int, frame: ImageFrame?) throws -> Tensor {
    try Picture.read(
      .file(path(at: index)), name: name(at: index), frame: frame,
      Picture.Reading(bands: bands, range: reading.range), limits: limits)
  }

  func original(at index: Int) throws -> [UInt8]? {
    try ImagePlace.file(path(at: index)).bytes(name: name(at: index), limits: limits)
  }

  /// - Throws: what is wrong with the image, as far as it can be seen without decoding.
  func info(at index: Int) throws -> Picture.Info {
    try Picture.info(.file(path(at: index)), name: name(at: index), limits: limits)
  }

  /// Lists the folders of `root` and, in each, the files that are images by their content or by
  /// their name's ending.
  /// - Parameters:
  ///   - name: what messages call the root.
  ///   - classes: the classes to look for, in this order; nil for all folders that have images,
  ///     sorted.
  /// - Throws: `ImageryError` if there is nothing to make classes of.
  init(
    root: String, name: String, classes wanted: [String]?, reading: Picture.Reading,
    limits: ImageLimits
  ) throws {
    let top = try FolderListing(root, name: name)
    var problems = top.unusable.map { ImageryError(.unusableName, $0) }
    var classes: [String] = []
    var files: [File] = []
    var nested: [String] = []
    if let missing = wanted?.first(where: { !top.folders.contains($0) }) {
      throw ImageryError(
        .unknownClass, name, given: missing, expected: FolderSource.list(top.folders))
    }
    for folder in wanted ?? top.folders {
      let listing = try FolderListing("\(root)/\(folder)", name: folder)
      problems += listing.unusable.map { ImageryError(.unusableName, "\(folder)/\($0)") }
      nested += listing.folders.map { "\(folder)/\($0)" }
      let images = FolderSource.images(listing.files, in: "\(root)/\(folder)")
      guard !images.isEmpty || wanted != nil else {
        // A folder of folders is told as such below; any other without images is a class too few.
        if listing.folders.isEmpty { problems.append(ImageryError(.emptyClass, folder)) }
        continue
      }
      files += images.map {
        File(name: "\(folder)/\($0.name)", label: classes.count, bytes: $0.bytes)
      }
      classes.append(folder)
    }
    let loose = FolderSource.images(top.files, in: root).count
    let looseWords = loose == 1 ? "an image" : "\(loose) images"
    let remedy = "a folder per class with the images in it"
    if files.isEmpty {
      if loose > 0 {
        throw ImageryError(.imagesWithoutClass, name, given: looseWords, expected: remedy)
      }
      let found =
        nested.isEmpty
        ? (top.folders.isEmpty ? "it has no folders" : "its folders are empty of them")
        : "its folders hold folders (\(FolderSource.list(nested)))"
      throw ImageryError(.noClassFolders, name, given: found, expected: remedy)
    }
    if loose > 0 {
      problems.append(
        ImageryError(.imagesWithoutClass, name, given: looseWords, expected: remedy))
    }
    problems += nested.map { ImageryError(.nestedFolder, $0) }
    self.root = root
    self.classes = classes
    self.files = files
    self.limits = limits
    self.reading = reading
    self.problems = problems
    bands = try Picture.bands(
      wanted: reading.bands,
      of: files.lazy.map { file in
        try? Picture.info(.file("\(root)/\(file.name)"), name: file.name, limits: limits)
      })
  }

  private static func list(_ names: [String]) -> String {
    let rest = names.count > 8 ? ", and \(names.count - 8) more" : ""
    return names.prefix(8).map { "`\($0)`" }.joined(separator: ", ") + rest
  }

  /// Endings of image files, readable or not: a file with one of these is expected to be an image,
  /// and is named if it is not.
  private static let endings: Set<String> = [
    "png", "jpg", "jpeg", "jpe", "jfif", "gif", "bmp", "tif", "tiff", "webp", "heic", "heif",
    "avif", "jp2", "npy",
  ]

  /// The files that are images, with their sizes. Others (notes, tables) are passed over.
  private static func images(
    _ names: [String], in folder: String
  ) -> [(name: String, bytes: Int)] {
    names.compactMap { name in
      let head = try? FileHead("\(folder)/\(name)", count: 16)
      let ending = name.lastIndex(of: ".").map { name[name.index(after: $0)...].lowercased() }
      let isExpected = ending.map(endings.contains) ?? false
      let kind = head.flatMap { FileKind($0.bytes) }
      // By content only formats whose signature is long: two letters "BM" do not make a picture.
      return isExpected || kind == .png || kind == .jpeg || kind == .numpy
        ? (name, head?.fileSize ?? 0) : nil
    }
  }
}
