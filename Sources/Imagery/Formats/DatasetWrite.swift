import Tensors

extension Dataset {
  /// Formats that hold what is known of these images.
  package var formats: [DataFormat] {
    switch kind {
    case .label: [.folders, .csv, .tfrecord, .npz]
    case .boxes: [.voc, .coco, .yolo, .csv, .tfrecord]
    case .mask: [.masks, .tfrecord, .npz]
    case .value: [.csv, .npz]
    case .none: []
    }
  }

  /// Writes the dataset as it is seen now, in a form that `load` reads. Images that are not changed
  /// (no frame, no augmentation) are copied byte by byte; others become PNG, and those of other than
  /// one or three bands NumPy arrays. Masks are PNG always: JPEG would blur the classes.
  /// - Parameters:
  ///   - path: a folder that does not exist yet; for `npz` a file. It is there whole or not at all.
  ///   - progress: called with images written so far and in all; false stops.
  /// - Throws: `ImageryError.unfitFormat`, `.occupied`, `.noSamples`, `.cancelled`, what is wrong
  ///   with an image; `FileError`
  package func write(
    to path: String, format: DataFormat, progress: ((Int, Int) -> Bool)? = nil
  ) throws {
    guard formats.contains(format) else {
      throw ImageryError(
        .unfitFormat, name, given: format.rawValue,
        expected: formats.isEmpty
          ? "nothing is known of its images"
          : "for it there are " + formats.map(\.rawValue).joined(separator: ", "))
    }
    guard count > 0 else { throw ImageryError(.noSamples, name, given: "there are none in it") }
    if format == .npz { return try writeArrays(to: path, progress: progress) }
    let folder = try OutputFolder(path)
    var writer = DatasetWriter(self, format, folder, name: DataFolder.lastPart(path))
    for position in 0..<count {
      try writer.add(try output(at: position))
      if let progress, !progress(position + 1, count) {
        throw ImageryError(.cancelled, name)
      }
    }
    try writer.finish()
    try folder.finish()
  }

  /// The image at a position as it is written.
  private func output(at position: Int) throws -> OutputImage {
    let entry = entries[position]
    let source = origins[entry.origin].source
    if frame == nil, augmentation == nil, let bytes = try source.original(at: entry.index),
      let kind = FileKind(bytes), let ending = kind.ending
    {
      let info: Picture.Info = try Picture.info(bytes, name: name(at: position), limits: .standard)
      return OutputImage(
        name: name(at: position), bytes: bytes, ending: ending, height: info.height,
        width: info.width, bands: info.bands, annotation: try storedAnnotation(at: position))
    }
    let sample = try sample(at: position)
    let shape = sample.image.shape
    let isPicture = shape[2] == 1 || shape[2] == 3
    return OutputImage(
      name: sample.name,
      bytes: isPicture ? try ImageFile.png(sample.image) : NumpyWriter.file(sample.image),
      ending: isPicture ? "png" : "npy", height: shape[0], width: shape[1], bands: shape[2],
      annotation: sample.annotation)
  }

  /// One array of all images, and one of what is known of them.
  private func writeArrays(to path: String, progress: ((Int, Int) -> Bool)?) throws {
    var samples: [(position: Int, sample: Sample)] = []
    for position in 0..<count {
      samples.append((position, try sample(at: position)))
      if let progress, !progress(position + 1, count) {
        throw ImageryError(.cancelled, name)
      }
    }
    let batch = try Batch(samples, of: name)
    var members = [(name: "images.npy", bytes: NumpyWriter.file(batch.images))]
    switch kind {
    case .label:
      members.append(("labels.npy", NumpyWriter.file(integers: batch.labels)))
    case .mask:
      let masks = batch.annotations.compactMap(\.mask)
      let (height, width) = (batch.images.shape[1], batch.images.shape[2])
      guard masks.count == count, masks.allSatisfy({ $0.height == height && $0.width == width })
      else {
        throw ImageryError(.unfitFormat, name, given: "npz", expected: "its masks differ in size")
      }
      members.append(
        (
          "masks.npy",
          NumpyWriter.file(bytes: masks.flatMap(\.values), shape: [count, height, width])
        ))
    case .value:
      members.append(
        ("values.npy", NumpyWriter.file(numbers: batch.annotations.compactMap(\.value))))
    case .boxes, .none: break
    }
    if !classes.isEmpty { members.append(("classes.npy", NumpyWriter.file(texts: classes))) }
    members.append(("names.npy", NumpyWriter.file(texts: samples.map(\.sample.name))))
    guard let archive = ZipArchive.archive(members) else {
      throw ImageryError(
        .unfitFormat, name, given: "npz", expected: "an archive holds at most 4 GB")
    }
    try Files.writeAtomically(path, archive)
  }
}

extension FileKind {
  /// The ending of files that are read; nil for kinds that are not.
  fileprivate var ending: String? {
    switch self {
    case .png: "png"
    case .jpeg: "jpg"
    case .tiff: "tif"
    case .numpy: "npy"
    default: nil
    }
  }
}

/// An image as it is written.
struct OutputImage {
  /// As the dataset calls it.
  let name: String
  let bytes: [UInt8]
  let ending: String
  let height: Int
  let width: Int
  let bands: Int
  let annotation: Annotation
}
