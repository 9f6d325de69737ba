import Tensors

extension Dataset {
  /// The same dataset with other entries, and where given other classes. What was wrong with the
  /// folder stays with the dataset that was loaded from it, and is not told again of its parts.
  private func with(
    entries: [Entry], classes: [String]? = nil, classMaps: [[Int?]?]? = nil
  ) -> Dataset {
    Dataset(
      name: name, classes: classes ?? self.classes, frame: frame, augmentation: augmentation,
      augmentationSeed: augmentationSeed, problems: [], origins: origins,
      classMaps: classMaps ?? self.classMaps, entries: entries)
  }

  /// The samples at these positions, in this order; a position may come more than once.
  /// - Throws: `ImageryError.indexOutOfRange`
  package func subset(_ positions: some Sequence<Int>) throws -> Dataset {
    try with(
      entries: positions.map { position in
        guard entries.indices.contains(position) else {
          throw ImageryError(
            .indexOutOfRange, "image", given: "\(position)",
            expected: "there are \(count), counted from 0")
        }
        return entries[position]
      })
  }

  /// The first `limit` samples, or all if there are fewer.
  package func take(_ limit: Int) -> Dataset { with(entries: Array(entries.prefix(max(limit, 0)))) }

  /// Without the first `number` samples.
  package func dropping(_ number: Int) -> Dataset {
    with(entries: Array(entries.dropFirst(max(number, 0))))
  }

  /// The samples in a random order that depends on the seed only.
  package func shuffled(seed: UInt64) -> Dataset {
    var stream = RandomStream(seed: seed, name: "shuffle dataset")
    return with(entries: stream.permutation(count).map { entries[$0] })
  }

  /// The samples for which `isIncluded` holds, told by class name (empty where images have no
  /// class) and source name.
  package func filter(_ isIncluded: (_ label: String, _ name: String) throws -> Bool) rethrows
    -> Dataset
  {
    with(
      entries: try entries.indices.filter { position in
        try isIncluded(kind == .label ? classes[label(at: position)] : "", name(at: position))
      }.map { entries[$0] })
  }

  /// Only the named classes, which become the dataset's classes in the order given.
  /// - Throws: `ImageryError.unknownClass`, `.invalidArgument`
  package func filter(classes names: [String]) throws -> Dataset {
    try regrouped(names.map { ClassGroup($0, [$0]) })
  }

  /// Several classes seen as one.
  package struct ClassGroup: Equatable, Sendable {
    package let name: String
    package let members: [String]
    package init(_ name: String, _ members: [String]) {
      self.name = name
      self.members = members
    }
  }

  /// Other classes made of these, in the order given. Of classes in no group, images are left out;
  /// where classes are those of boxes or pixels, the boxes are, and the pixels become unlabelled.
  /// - Throws: `ImageryError.unknownClass`, `.invalidArgument` if a class is in two groups, a
  ///   group's name comes twice, or there is no group.
  package func regrouped(_ groups: [ClassGroup]) throws -> Dataset {
    var newLabel = [Int?](repeating: nil, count: classes.count)
    guard !groups.isEmpty else {
      throw ImageryError(
        .invalidArgument, "classes", given: "empty", expected: "at least one class")
    }
    try Dataset.requireDistinct(groups.map(\.name))
    for (label, group) in groups.enumerated() {
      for member in group.members {
        guard let old = classes.firstIndex(of: member) else {
          throw ImageryError(
            .unknownClass, name, given: member, expected: classes.joined(separator: ", "))
        }
        guard newLabel[old] == nil else {
          throw ImageryError(
            .invalidArgument, "classes", given: "`\(member)` in two groups",
            expected: "each class in one")
        }
        newLabel[old] = label
      }
    }
    guard kind == .label else {
      let maps = zip(origins, classMaps).map { origin, map -> [Int?]? in
        (map ?? Array(origin.source.classes.indices)).map { $0.flatMap { newLabel[$0] } }
      }
      return with(entries: entries, classes: groups.map(\.name), classMaps: maps)
    }
    let kept = entries.compactMap { entry in
      newLabel[entry.label].map { Entry(origin: entry.origin, index: entry.index, label: $0) }
    }
    return with(entries: kept, classes: groups.map(\.name))
  }

  /// The same samples and labels under other class names.
  /// - Throws: `ImageryError.invalidArgument` for another number of names.
  package func renamed(classes names: [String]) throws -> Dataset {
    guard names.count == classes.count else {
      throw ImageryError(
        .invalidArgument, "classes", given: "\(names.count) names",
        expected: "\(classes.count) names, one for each class")
    }
    try Dataset.requireDistinct(names)
    return with(entries: entries, classes: names)
  }

  /// - Throws: `ImageryError.invalidArgument`, naming the first name that comes again.
  static func requireDistinct(_ names: [String]) throws {
    var seen = Set<String>()
    for name in names where !seen.insert(name).inserted {
      throw ImageryError(
        .invalidArgument, "classes", given: "`\(name)` twice", expected: "each name once")
    }
  }

  /// This dataset's samples, then the other's. The classes must be the same, in any order.
  /// - Throws: `ImageryError.differentClasses`, `.differentSizes`
  package func merged(with other: Dataset) throws -> Dataset {
    guard Set(classes) == Set(other.classes), classes.count == other.classes.count else {
      throw ImageryError(
        .differentClasses, name, given: classes.joined(separator: ", "),
        expected: other.classes.joined(separator: ", "))
    }
    guard frame == other.frame else {
      throw ImageryError(
        .differentSizes, name, given: "\(Dataset.words(frame)) and \(Dataset.words(other.frame))",
        expected: "one size")
    }
    guard kind == other.kind, bands == other.bands else {
      throw ImageryError(
        .differentClasses, name, given: "\(bands) bands with \(kind.rawValue)",
        expected: "\(other.bands) with \(other.kind.rawValue)")
    }
    // Same sets and counts, and a source's class names are distinct: every lookup succeeds.
    let newLabel = other.classes.map { classes.firstIndex(of: $0) ?? 0 }
    let added = other.entries.map {
      Entry(
        origin: $0.origin + origins.count, index: $0.index,
        label: kind == .label ? newLabel[$0.label] : 0)
    }
    // Without a map of its own, the other's sources have the classes that it has.
    let otherMaps =
      kind == .label
      ? other.classMaps
      : zip(other.origins, other.classMaps).map { origin, map -> [Int?]? in
        (map ?? Array(origin.source.classes.indices)).map { $0.map { newLabel[$0] } }
      }
    return Dataset(
      name: name, classes: classes, frame: frame, augmentation: augmentation,
      augmentationSeed: augmentationSeed, problems: problems + other.problems,
      origins: origins + other.origins, classMaps: classMaps + otherMaps,
      entries: entries + added)
  }

  /// Whether two datasets have an image in common: a test set must not share any with training.
  package func sharesImages(with other: Dataset) -> Bool {
    struct Identity: Hashable {
      let origin: ObjectIdentifier
      let index: Int
    }
    func identities(_ dataset: Dataset) -> [Identity] {
      let origins = dataset.origins.map { ObjectIdentifier($0) }
      return dataset.entries.map { Identity(origin: origins[$0.origin], index: $0.index) }
    }
    let seen = Set(identities(self))
    return identities(other).contains { seen.contains($0) }
  }

  /// Images at another size, decoded anew from their source.
  package func resized(to frame: ImageFrame?) -> Dataset {
    Dataset(
      name: name, classes: classes, frame: frame, augmentation: augmentation,
      augmentationSeed: augmentationSeed, problems: problems,
      origins: origins.map { SampleOrigin($0.source, frame: frame, cacheLimit: $0.cacheLimit) },
      classMaps: classMaps, entries: entries)
  }

  /// The same samples with at most `limit` bytes of decoded images kept; 0 keeps none.
  package func cached(limit: Int) -> Dataset {
    Dataset(
      name: name, classes: classes, frame: frame, augmentation: augmentation,
      augmentationSeed: augmentationSeed, problems: problems,
      origins: origins.map { SampleOrigin($0.source, frame: $0.frame, cacheLimit: limit) },
      classMaps: classMaps, entries: entries)
  }

  /// How many decoded images are kept now, and in how many bytes, by this dataset and those that
  /// it is a part of.
  package var cached: (count: Int, bytes: Int) {
    origins.reduce((0, 0)) { total, origin in
      let now = origin.cached
      return (total.0 + now.count, total.1 + now.bytes)
    }
  }

  /// The same samples, changed at random each time an epoch comes to them; nil for as they are.
  /// - Throws: `ImageryError.invalidArgument`
  package func augmented(_ augmentation: Augmentation?, seed: UInt64) throws -> Dataset {
    try augmentation?.validate()
    return Dataset(
      name: name, classes: classes, frame: frame, augmentation: augmentation,
      augmentationSeed: seed, problems: problems, origins: origins, classMaps: classMaps,
      entries: entries)
  }

  private static func words(_ frame: ImageFrame?) -> String {
    frame.map { "\($0.height)×\($0.width) pixels" } ?? "each its own size"
  }
}
