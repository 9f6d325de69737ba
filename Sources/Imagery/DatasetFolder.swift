import Tensors

extension Dataset {
  /// How far the images of a folder are looked at when it is loaded.
  package enum Verification: Sendable {
    /// Every image is decoded if that is quick (at most 5,000 files of 256 MB together) or if the
    /// results can all be kept, so that the first epoch need not do it (2 GB of files); else as
    /// `.headers`.
    case automatic
    /// Only format and size are read. Damage further in is met when a batch needs the image: see
    /// `Loader`.
    case headers
    /// Every image is decoded, however many there are.
    case everything
  }

  /// A folder per class: each folder inside `path` is a class, named by it, in the byte order of
  /// the names; so are the images in it. PNG, JPEG, TIFF and NumPy's arrays are known by their content. Hidden files and
  /// files that are no images are ignored.
  ///
  /// Images that cannot be used (broken, cut off, huge, of a format that is not read) are left out
  /// and listed in `problems`; so are folders inside classes, images outside any class, classes
  /// without images, and that there is only one class.
  /// - Parameters:
  ///   - frame: the size to bring images to; nil keeps each its own.
  ///   - classes: the folders to use, in this order (so that a test folder has the labels of the
  ///     training folder); a class may then be empty. Nil for all.
  ///   - reading: how many bands images have here, and how their numbers become values.
  ///   - strict: whether any problem is an error.
  ///   - progress: called on this thread with images looked at so far and in all; false stops.
  /// - Throws: `ImageryError`: `.notFound`, `.isNotFolder`, `.noClassFolders`,
  ///   `.imagesWithoutClass`, `.unknownClass`, `.damagedFiles`, `.noSamples`, `.cancelled`
  package static func folder(
    _ path: String, frame: ImageFrame? = nil, classes: [String]? = nil,
    reading: Picture.Reading = Picture.Reading(), strict: Bool = false,
    verification: Verification = .automatic, limits: ImageLimits = .standard,
    cacheLimit: Int = Dataset.usualCacheLimit, progress: ((Int, Int) -> Bool)? = nil
  ) throws -> Dataset {
    let root = path.count > 1 && path.hasSuffix("/") ? String(path.dropLast()) : path
    let name = root.split(separator: "/").last.map(String.init) ?? root
    let source = try FolderSource(
      root: root, name: root, classes: classes, reading: reading, limits: limits)
    let origin = SampleOrigin(source, frame: frame, cacheLimit: cacheLimit)

    let decodes =
      switch verification {
      case .automatic: isWorthDecoding(source, frame: frame, cacheLimit: cacheLimit)
      case .headers: false
      case .everything: true
      }
    let results = try inspect(source.count, name: name, progress: progress) { index in
      if decodes {
        _ = try origin.image(at: index)
      } else {
        _ = try source.info(at: index)
      }
    }
    let faults = results.map { result -> ImageryError? in
      if case .failure(let fault) = result { fault } else { nil }
    }
    return try Dataset(
      name: name, source: source, origin: origin, faults: faults, keepsEmptyClasses: classes != nil,
      strict: strict)
  }

  private static func isWorthDecoding(
    _ source: FolderSource, frame: ImageFrame?, cacheLimit: Int
  ) -> Bool {
    let fileBytes = source.files.reduce(0) { $0 + $1.bytes }
    if source.count <= 5_000 && fileBytes <= 256 << 20 { return true }
    guard let frame else { return false }
    let decodedBytes =
      source.count * frame.height * frame.width * source.bands * MemoryLayout<Float>.stride
    return decodedBytes <= cacheLimit && fileBytes <= 2 << 30
  }

  /// Puts together what the inspection left.
  private init(
    name: String, source: FolderSource, origin: SampleOrigin, faults: [ImageryError?],
    keepsEmptyClasses: Bool, strict: Bool
  ) throws {
    var problems = source.problems + faults.compactMap { $0 }
    let sound = faults.indices.filter { faults[$0] == nil }
    var remaining = [Int](repeating: 0, count: source.classes.count)
    for index in sound { remaining[source.label(at: index)] += 1 }
    for (label, folder) in source.classes.enumerated() where remaining[label] == 0 {
      problems.append(ImageryError(.emptyClass, folder))
    }
    let kept = source.classes.indices.filter { keepsEmptyClasses || remaining[$0] > 0 }
    if kept.count == 1 {
      problems.append(
        ImageryError(.singleClass, name, given: "one class, `\(source.classes[kept[0]])`"))
    }
    problems.sort { FolderListing.precedes($0.subject, $1.subject) }
    let summary = Dataset.warning(
      name, problems, total: sound.count + problems.count { $0.isAboutOneFile })
    if let summary, strict || sound.isEmpty { throw summary }
    var newLabel = [Int](repeating: 0, count: source.classes.count)
    for (new, old) in kept.enumerated() { newLabel[old] = new }
    self.init(
      name: name, classes: kept.map { source.classes[$0] }, frame: origin.frame,
      augmentation: nil, augmentationSeed: 0, problems: problems, origins: [origin],
      classMaps: [nil],
      entries: sound.map { Entry(origin: 0, index: $0, label: newLabel[source.label(at: $0)]) })
  }

  /// All problems as one fact whose message is one clear warning, or nil if there are none.
  package var warning: ImageryError? {
    Dataset.warning(name, problems, total: count + problems.count { $0.isAboutOneFile })
  }

  static func warning(
    _ name: String, _ problems: [ImageryError], total: Int
  ) -> ImageryError? {
    guard !problems.isEmpty else { return nil }
    let out = problems.count { $0.isAboutOneFile }
    let given =
      out == 0 ? "" : "\(out) of \(total) images \(out == 1 ? "is" : "are") left out"
    return ImageryError(.damagedFiles, name, given: given, causes: problems)
  }
}
