import Tensors

/// Images with what a file of annotations says of them, put together: classes have numbers, boxes
/// are in pixels and inside their images.
struct CollectionSource: SampleSource {
  struct Item: Sendable {
    enum Content: Sendable {
      case known(Annotation)
      case mask(MaskPlace)
    }

    var name: String
    var place: ImagePlace
    var height: Int
    var width: Int
    var content: Content
  }

  let kind: Annotation.Kind
  let classes: [String]
  let items: [Item]
  let reading: Picture.Reading
  let bands: Int
  let maskReading: MaskReading?
  let limits: ImageLimits

  var count: Int { items.count }
  func name(at index: Int) -> String { items[index].name }

  func label(at index: Int) -> Int {
    if case .known(.label(let label)) = items[index].content { label } else { 0 }
  }

  func size(at index: Int) throws -> (height: Int, width: Int) {
    (items[index].height, items[index].width)
  }

  func image(at index: Int, frame: ImageFrame?) throws -> Tensor {
    try Picture.read(
      items[index].place, name: items[index].name, frame: frame,
      Picture.Reading(bands: bands, range: reading.range), limits: limits)
  }

  func annotation(at index: Int) throws -> Annotation {
    switch items[index].content {
    case .known(let annotation): annotation
    case .mask: .mask(try mask(at: index).mask)
    }
  }

  /// The bytes of the image's own file, where it is one.
  func original(at index: Int) throws -> [UInt8]? {
    if case .array = items[index].place { return nil }
    return try items[index].place.bytes(name: items[index].name, limits: limits)
  }

  /// The mask, with how many of its pixels are of no class and how many of several.
  func mask(at index: Int) throws -> (mask: Mask, unknown: Int, overlapping: Int) {
    guard case .mask(let place) = items[index].content, let maskReading else {
      return (Mask(height: 0, width: 0, values: []), 0, 0)
    }
    switch place {
    case .whole(let place, let name):
      let (mask, unknown) = maskReading.mask(try MaskPixels(place, name: name, limits: limits))
      return (mask, unknown, 0)
    case .perClass(let files):
      let (height, width) = (items[index].height, items[index].width)
      var values = [UInt8](repeating: Mask.unlabelled, count: height * width)
      var overlapping = 0
      for (word, place, name) in files {
        guard let label = classes.firstIndex(of: word.text) else { continue }
        let pixels = try MaskPixels(place, name: name, limits: limits)
        guard pixels.height == height, pixels.width == width, pixels.channels == 1 else {
          throw ImageryError(
            .maskSize, items[index].name, given: "\(width)×\(height)",
            expected: "\(pixels.width)×\(pixels.height)")
        }
        let threshold: UInt16 = pixels.isLossy ? 128 : 1
        for p in values.indices where pixels.values[p] >= threshold {
          if values[p] != Mask.unlabelled { overlapping += 1 }
          values[p] = UInt8(label)
        }
      }
      // What no mask claims is background, where there is such a class without a file.
      if let background = classes.firstIndex(of: CollectionSource.background),
        !files.contains(where: { $0.word.text == CollectionSource.background })
      {
        for p in values.indices where values[p] == Mask.unlabelled { values[p] = UInt8(background) }
      }
      return (Mask(height: height, width: width, values: values), 0, overlapping)
    }
  }

  static let background = "background"
}
