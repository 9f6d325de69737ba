import Tensors

/// Puts together what a format states and what the images are: classes get their numbers, boxes
/// come into pixels and inside their images, masks are held against their images' sizes.
struct Assembly: Sendable {
  let source: CollectionSource
  private(set) var problems: [ImageryError]
  /// Bytes of the images' files, about.
  private let isQuick: Bool

  /// - Throws: `ImageryError`
  init(
    _ stated: StatedCollection, name: String, options: LoadOptions,
    progress: ((Int, Int) -> Bool)?
  ) throws {
    var problems = stated.problems
    let limits = options.limits
    let readsMasks = stated.kind == .mask && options.key == nil
    let images = stated.images.filter { image in
      if case .nothing = image.content, stated.kind != .none,
        !(stated.kind == .boxes && options.keepsUnannotated)
      {
        problems.append(ImageryError(.noAnnotation, image.name))
        return false
      }
      return true
    }
    // Sizes first: boxes are cut to them. Of masks also what numbers occur.
    let looks = try Dataset.inspect(images.count, name: name, progress: progress) { index in
      let info = try Picture.info(images[index].place, name: images[index].name, limits: limits)
      var census: MaskCensus?
      if readsMasks, case .mask(.whole(let place, let mask)) = images[index].content {
        census = MaskCensus(try MaskPixels(place, name: mask, limits: limits))
      }
      return (info, census)
    }
    var census = MaskCensus()
    for case .success(let look) in looks { if let one = look.1 { census.add(one) } }

    var words = Set<ClassWord>()
    for image in images { image.content.words(into: &words) }
    var table = ClassTable(
      wanted: options.classes, listed: stated.listed, words: words)
    var maskReading: MaskReading?
    if stated.kind == .mask {
      let reading = try Assembly.maskReading(images, stated, table, census, options, name)
      table = ClassTable(wanted: reading.classes, listed: [], words: [])
      maskReading = reading
    }
    if let first = table.shiftedFrom {
      problems.append(ImageryError(.shiftedClasses, name, given: "\(first)"))
    }
    try Dataset.requireDistinct(table.names)
    guard stated.kind != .mask || table.names.count <= Mask.largestClassCount else {
      throw ImageryError(
        .invalidArgument, "classes", given: "\(table.names.count)",
        expected: "at most \(Mask.largestClassCount) for masks")
    }
    let bands = try Picture.bands(
      wanted: options.reading.bands, of: looks.lazy.map { try? $0.get().0 })

    var items: [CollectionSource.Item] = []
    for (image, look) in zip(images, looks) {
      switch look {
      case .failure(let fault): problems.append(fault)
      case .success(let (info, _)):
        if info.isMeasured, info.bands != bands, info.bands != 1, options.reading.bands == nil {
          problems.append(
            ImageryError(
              .bandCount, image.name, given: "\(info.bands) bands", expected: "\(bands)"))
          continue
        }
        if info.pages > 1 {
          problems.append(ImageryError(.ignoredPages, image.name, given: "\(info.pages)"))
        }
        if let content = Assembly.content(image, info, table, &problems) {
          items.append(
            CollectionSource.Item(
              name: image.name, place: image.place, height: info.height, width: info.width,
              content: content))
        }
      }
    }
    source = CollectionSource(
      kind: stated.kind, classes: table.names, items: items, reading: options.reading,
      bands: bands, maskReading: maskReading, limits: limits)
    self.problems = problems
    let pixels = items.reduce(0) { $0 + $1.height * $1.width }
    isQuick = items.count <= 5_000 && pixels <= 1 << 30
  }

  private static func maskReading(
    _ images: [StatedImage], _ stated: StatedCollection, _ table: ClassTable,
    _ census: MaskCensus, _ options: LoadOptions, _ name: String
  ) throws -> MaskReading {
    var classes: [String] = []
    var isPerClass = false
    for case .mask(.perClass(let files)) in images.map(\.content) {
      isPerClass = true
      classes += files.map(\.word.text)
    }
    let listed = stated.listed.isEmpty ? nil : stated.listed.map(\.name)
    if isPerClass {
      let found = ClassTable.distinct(classes).sorted(by: FolderListing.precedes)
      let names =
        options.classes ?? listed
        ?? (found.contains(CollectionSource.background)
          ? found : [CollectionSource.background] + found)
      return MaskReading(perClass: names)
    }
    return try MaskReading(
      key: options.key, names: options.classes ?? listed, census: census, name: name)
  }

  /// What is known of one image, or nil where nothing can be.
  private static func content(
    _ image: StatedImage, _ info: Picture.Info, _ table: ClassTable,
    _ problems: inout [ImageryError]
  ) -> CollectionSource.Item.Content? {
    if let size = image.statedSize, size != (info.height, info.width) {
      problems.append(
        ImageryError(
          .statedSize, image.source, given: "\(size.width)×\(size.height)",
          expected: "\(info.width)×\(info.height)"))
    }
    switch image.content {
    case .boxes(let boxes):
      return .known(.boxes(labelled(boxes, of: image.name, info, table, &problems)))
    case .label(let word):
      guard let label = table.label(of: word) else {
        problems.append(
          ImageryError(
            .unreadableAnnotation, image.name, given: "its class `\(word.text)` is not in the list")
        )
        return nil
      }
      return .known(.label(label))
    case .value(let value): return .known(.value(value))
    case .mask(let place): return .mask(place)
    case .nothing: return .known(.none)
    }
  }

  /// The boxes of an image that are sound, in pixels and inside it; what is odd is counted.
  static func labelled(
    _ boxes: [StatedBox], of name: String, _ info: Picture.Info, _ table: ClassTable,
    _ problems: inout [ImageryError]
  ) -> [LabelledBox] {
    var counts: [ImageryError.Reason: Int] = [:]
    var unknown: [String: Int] = [:]
    let result = boxes.compactMap { stated -> LabelledBox? in
      guard let label = table.label(of: stated.word) else {
        unknown[stated.word.text, default: 0] += 1
        return nil
      }
      var box = stated.box
      if stated.unit == .fractions {
        let (width, height) = (Float(info.width), Float(info.height))
        box = Box(
          left: box.left * width, top: box.top * height, right: box.right * width,
          bottom: box.bottom * height)
      }
      guard [box.left, box.top, box.right, box.bottom].allSatisfy(\.isFinite) else {
        counts[.unusableBoxes, default: 0] += 1
        return nil
      }
      guard box.width > 0, box.height > 0 else {
        counts[.emptyBoxes, default: 0] += 1
        return nil
      }
      let inside = box.clipped(height: info.height, width: info.width)
      guard inside.width > 0, inside.height > 0 else {
        counts[.outsideBoxes, default: 0] += 1
        return nil
      }
      // Fractions come back from their texts with a rounding error that is no news.
      let moved = [
        box.left - inside.left, box.top - inside.top, box.right - inside.right,
        box.bottom - inside.bottom,
      ]
      if moved.contains(where: { abs($0) > 0.01 }) { counts[.clippedBoxes, default: 0] += 1 }
      return LabelledBox(inside, label: label, isDifficult: stated.isDifficult)
    }
    for reason in ImageryError.Reason.allCases {
      if let count = counts[reason] { problems.append(ImageryError(reason, name, count: count)) }
    }
    for (word, count) in unknown.sorted(by: { FolderListing.precedes($0.key, $1.key) }) {
      problems.append(ImageryError(.unknownClasses, name, given: word, count: count))
    }
    return result
  }

  /// Whether every image is decoded when it is loaded.
  func isWorthDecoding(_ options: LoadOptions) -> Bool {
    switch options.verification {
    case .headers: return false
    case .everything: return true
    case .automatic:
      if isQuick { return true }
      guard let frame = options.frame else { return false }
      let pixels = source.count * frame.height * frame.width
      return pixels * source.bands * MemoryLayout<Float>.stride <= options.cacheLimit
    }
  }

  /// Decodes an image, and its mask where it has one.
  /// - Returns: what is odd about them.
  /// - Throws: what is wrong with them.
  func look(at index: Int, _ origin: SampleOrigin) throws -> [ImageryError] {
    var odd: [ImageryError] = []
    let item = source.items[index]
    _ = try origin.image(at: index)
    if try Picture.info(item.place, name: item.name, limits: source.limits).isFloating {
      let notFinite = try Picture.readCounting(
        item.place, name: item.name, frame: nil, source.reading, limits: source.limits
      ).notFinite
      if notFinite > 0 { odd.append(ImageryError(.notFinite, item.name, count: notFinite)) }
    }
    guard source.kind == .mask else { return odd }
    let (mask, unknown, overlapping) = try source.mask(at: index)
    guard mask.height == item.height, mask.width == item.width else {
      throw ImageryError(
        .maskSize, item.name, given: "\(item.width)×\(item.height)",
        expected: "\(mask.width)×\(mask.height)")
    }
    if unknown > 0 { odd.append(ImageryError(.unknownPixels, item.name, count: unknown)) }
    if overlapping > 0 {
      odd.append(ImageryError(.overlappingMasks, item.name, count: overlapping))
    }
    if case .mask(.whole(let place, let name)) = item.content, case .file = place,
      FileKind(try place.bytes(name: name, limits: source.limits)) == .jpeg
    {
      odd.append(ImageryError(.lossyMasks, name))
    }
    return odd
  }
}

extension StatedImage.Content {
  /// Adds the words for classes that occur in it.
  func words(into words: inout Set<ClassWord>) {
    switch self {
    case .boxes(let boxes): for box in boxes { words.insert(box.word) }
    case .label(let word): words.insert(word)
    case .value, .mask, .nothing: break
    }
  }
}
