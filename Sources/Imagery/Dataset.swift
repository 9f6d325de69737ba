import Tensors

/// Labelled images in a fixed order. A value: every operation gives a new dataset, and they share
/// what was decoded. Images are made when they are asked for, and kept while there is room.
package struct Dataset: Sendable {
  /// One position: which image of which source, and, where images have a class, what it counts as
  /// here.
  struct Entry: Sendable {
    var origin: Int
    var index: Int
    var label: Int
  }

  /// How it was made, for messages: a path or a generator's name.
  package let name: String
  package let classes: [String]
  /// The size of every image, or nil: each keeps its own.
  package let frame: ImageFrame?
  package let augmentation: Augmentation?
  package let augmentationSeed: UInt64
  /// Files that were left out, and other things worth knowing about a folder; sorted by path.
  package let problems: [ImageryError]
  let origins: [SampleOrigin]
  /// For each origin, what its classes are here: nil where they are the same. For boxes and masks;
  /// the labels of whole images are in the entries.
  let classMaps: [[Int?]?]
  let entries: [Entry]

  /// Room for decoded images, unless told otherwise.
  package static let usualCacheLimit = 512 << 20

  /// All images of a source, in its order.
  /// - Parameters:
  ///   - frame: the size to bring images to.
  ///   - cacheLimit: bytes of decoded images to keep; 0 keeps none.
  package init(
    _ source: any SampleSource, name: String, frame: ImageFrame? = nil,
    cacheLimit: Int = Dataset.usualCacheLimit, problems: [ImageryError] = []
  ) {
    self.init(
      name: name, classes: source.classes, frame: frame, augmentation: nil, augmentationSeed: 0,
      problems: problems,
      origins: [SampleOrigin(source, frame: frame, cacheLimit: cacheLimit)], classMaps: [nil],
      entries: (0..<source.count).map { Entry(origin: 0, index: $0, label: source.label(at: $0)) })
  }

  init(
    name: String, classes: [String], frame: ImageFrame?, augmentation: Augmentation?,
    augmentationSeed: UInt64, problems: [ImageryError], origins: [SampleOrigin],
    classMaps: [[Int?]?], entries: [Entry]
  ) {
    self.name = name
    self.classes = classes
    self.frame = frame
    self.augmentation = augmentation
    self.augmentationSeed = augmentationSeed
    self.problems = problems
    self.origins = origins
    self.classMaps = classMaps
    self.entries = entries
  }

  package var count: Int { entries.count }

  /// What is known of the images.
  package var kind: Annotation.Kind { origins.first?.source.kind ?? .label }

  /// Channels of the images.
  package var bands: Int { origins.first?.source.bands ?? 3 }

  /// Images, or boxes, of each class, in the order of `classes`; empty for other kinds, since pixels
  /// would have to be decoded. Boxes that cannot be read count as none.
  package var counts: [Int] {
    var result = Array(repeating: 0, count: classes.count)
    switch kind {
    case .label: for entry in entries { result[entry.label] += 1 }
    case .boxes:
      for position in entries.indices {
        for box in (try? storedAnnotation(at: position).boxes) ?? [] { result[box.label] += 1 }
      }
    case .mask, .value, .none: return []
    }
    return result
  }

  /// The class indices of all positions, where images have a class; else none.
  package var labels: [Int] { kind == .label ? entries.map(\.label) : [] }

  /// The class index at a position, which must be in 0..<count. Decodes nothing.
  package func label(at position: Int) -> Int { entries[position].label }

  /// Positions by class, where images have a class; else all of them together.
  var groups: [[Int]] {
    guard kind == .label else { return [Array(entries.indices)] }
    var byClass = [[Int]](repeating: [], count: classes.count)
    for (position, entry) in entries.enumerated() { byClass[entry.label].append(position) }
    return byClass
  }

  /// What is known of the image at a position, which must be in 0..<count, in pixels of the image as
  /// stored and before augmentation. Only masks decode anything.
  /// - Throws: what is wrong with it.
  package func storedAnnotation(at position: Int) throws -> Annotation {
    try annotation(of: entries[position]) { try $0.source.annotation(at: $1) }
  }

  private func annotation(
    of entry: Entry, _ read: (SampleOrigin, Int) throws -> Annotation
  ) throws -> Annotation {
    if kind == .label { return .label(entry.label) }
    let annotation = try read(origins[entry.origin], entry.index)
    return classMaps[entry.origin].map(annotation.relabelled) ?? annotation
  }

  /// The source's name for the image at a position, which must be in 0..<count.
  package func name(at position: Int) -> String {
    let entry = entries[position]
    return origins[entry.origin].source.name(at: entry.index)
  }

  /// The image at a position with what is known of it. The epoch (from 0) only matters to augmentation.
  /// - Throws: `ImageryError.indexOutOfRange`, or what is wrong with the image.
  package func sample(at position: Int, epoch: Int = 0) throws -> Sample {
    guard entries.indices.contains(position) else {
      throw ImageryError(
        .indexOutOfRange, "image", given: "\(position)",
        expected: "there are \(count), counted from 0")
    }
    let entry = entries[position]
    var image = try origins[entry.origin].image(at: entry.index)
    var annotation = try annotation(of: entry) { try $0.annotation(at: $1) }
    if let augmentation {
      var stream = Augmentation.stream(seed: augmentationSeed, epoch: epoch, index: position)
      (image, annotation) = try augmentation.applied(to: image, annotation, &stream)
    }
    return Sample(
      image: image, annotation: annotation, labelName: annotation.label.map { classes[$0] },
      name: name(at: position))
  }

  /// The images at some positions, as one tensor.
  /// - Throws: `ImageryError.differentSizes`, `.noSamples`, or what is wrong with an image.
  package func batch(_ positions: [Int], epoch: Int = 0) throws -> Batch {
    let samples = try positions.map { ($0, try sample(at: $0, epoch: epoch)) }
    return try Batch(samples, of: name)
  }

  /// The positions in a random order that depends on the seed and the epoch only.
  package func order(seed: UInt64, epoch: Int) -> [Int] {
    var stream = RandomStream(seed: seed, name: "order of epoch \(epoch)")
    return stream.permutation(count)
  }
}

extension Batch {
  /// Stacks samples of one size.
  /// - Throws: `ImageryError.differentSizes`, `.noSamples`
  init(_ samples: [(position: Int, sample: Sample)], of dataset: String) throws {
    guard let first = samples.first?.sample.image else {
      throw ImageryError(.noSamples, dataset, given: "a batch of none")
    }
    for (_, sample) in samples where sample.image.shape != first.shape {
      let (a, b) = (first.shape, sample.image.shape)
      throw ImageryError(
        .differentSizes, dataset, given: "\(a[0])×\(a[1]) and \(b[0])×\(b[1]) pixels",
        expected: "one size")
    }
    images = try Tensor(uninitialized: [samples.count] + first.shape) { to in
      for (i, item) in samples.enumerated() {
        item.sample.image.withUnsafePointer {
          (to + i * first.count).update(from: $0, count: first.count)
        }
      }
    }
    annotations = samples.map(\.sample.annotation)
    indices = samples.map(\.position)
  }
}
