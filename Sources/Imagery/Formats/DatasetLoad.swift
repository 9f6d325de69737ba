import Tensors

/// What a script can say about data that it loads.
package struct LoadOptions: Sendable {
  /// Nil to tell from what is there.
  package var format: DataFormat?
  /// The size to bring images to; nil keeps each its own.
  package var frame: ImageFrame?
  /// The classes to have, in this order; for numbers in the data, their names.
  package var classes: [String]?
  /// What the numbers or colours of masks stand for; nil to tell from the masks.
  package var key: MaskKey?
  /// How many bands images have here, and how their numbers become values.
  package var reading = Picture.Reading()
  /// The column of a table that holds the measured number.
  package var column: String?
  /// Whether an image without annotation has no objects; otherwise it is left out. For boxes.
  package var keepsUnannotated = false
  /// Whether any problem is an error.
  package var strict = false
  package var verification = Dataset.Verification.automatic
  package var limits = ImageLimits.standard
  package var cacheLimit = Dataset.usualCacheLimit

  package init() {}
}

extension Dataset {
  /// A dataset from the disk, whatever its format: a folder per class, boxes (Pascal VOC, COCO, YOLO,
  /// CSV), masks beside images, TFRecord shards, NumPy arrays. What is left out, and what is odd, is
  /// in `problems`, and `warning` says it in one paragraph.
  /// - Parameters:
  ///   - path: a folder, or the one file that says what is in the images beside it.
  ///   - progress: called on this thread with images looked at so far and in all; false stops.
  /// - Throws: `ImageryError`: `.unknownData`, `.damagedFiles` if nothing is left, or anything if
  ///   `strict`; those of `folder`; `.invalidArgument` where masks need a key.
  package static func load(
    _ path: String, _ options: LoadOptions = LoadOptions(),
    progress: ((Int, Int) -> Bool)? = nil
  ) throws -> Dataset {
    let found = try RecognisedData(path, format: options.format)
    guard found.format != .folders else {
      return try folder(
        path, frame: options.frame, classes: options.classes, reading: options.reading,
        strict: options.strict, verification: options.verification, limits: options.limits,
        cacheLimit: options.cacheLimit, progress: progress)
    }
    let stated = try found.read(path, options)
    let name = DataFolder.lastPart(path)
    let assembly = try Assembly(stated, name: name, options: options, progress: progress)
    let origin = SampleOrigin(
      assembly.source, frame: options.frame, cacheLimit: options.cacheLimit)
    return try Dataset(assembly, origin, name: name, options: options, progress: progress)
  }

  /// Looks at the images and masks of an assembly, and leaves out those that are damaged.
  private init(
    _ assembly: Assembly, _ origin: SampleOrigin, name: String, options: LoadOptions,
    progress: ((Int, Int) -> Bool)?
  ) throws {
    let source = assembly.source
    var problems = assembly.problems
    var sound = Array(0..<source.count)
    if assembly.isWorthDecoding(options) {
      let results = try Dataset.inspect(source.count, name: name, progress: progress) { index in
        try assembly.look(at: index, origin)
      }
      sound = []
      for (index, result) in results.enumerated() {
        switch result {
        case .success(let odd):
          problems += odd
          sound.append(index)
        case .failure(let fault): problems.append(fault)
        }
      }
    }
    problems.sort { FolderListing.precedes($0.subject, $1.subject) }
    let summary = Dataset.warning(
      name, problems, total: sound.count + problems.count { $0.isAboutOneFile })
    if sound.isEmpty {
      throw summary ?? ImageryError(.noSamples, name, given: "there are none in it")
    }
    if let summary, options.strict { throw summary }
    self.init(
      name: name, classes: source.classes, frame: options.frame, augmentation: nil,
      augmentationSeed: 0, problems: problems, origins: [origin], classMaps: [nil],
      entries: sound.map { Entry(origin: 0, index: $0, label: source.label(at: $0)) })
  }
}

extension RecognisedData {
  /// What the files of the format say.
  fileprivate func read(_ path: String, _ options: LoadOptions) throws -> StatedCollection {
    guard let folder else {
      return try NumpyData.read(
        files[0], name: DataFolder.lastPart(files[0]), kind: options.column == nil ? nil : .value)
    }
    switch format {
    case .voc: return try VOC.read(folder)
    case .coco: return try COCO.read(folder, file: files[0], isOnly: isOnly)
    case .yolo: return try YOLO.read(folder)
    case .csv: return try CSVData.read(folder, file: files[0], column: options.column)
    case .masks: return try MaskFolders.read(folder)
    case .tfrecord: return try RecordData.read(folder, files: files)
    case .folders, .npz:
      throw ImageryError(.unknownData, path, given: "a folder", expected: "load a file")
    }
  }
}
