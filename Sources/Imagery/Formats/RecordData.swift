import Tensors

/// TFRecord shards of examples with encoded images, in the four forms that the course uses: a class
/// number; boxes in pixels (edges, or centre and size); boxes as parts of the image, as TensorFlow's
/// object detection API has them; an encoded mask. What a shard's name says of its count is ignored.
enum RecordData {
  /// - Parameter files: shards inside the folder, in order.
  /// - Throws: `ImageryError`
  static func read(_ folder: DataFolder, files: [String]) throws -> StatedCollection {
    var collection = StatedCollection(kind: .none, problems: folder.problems)
    if let list = YOLO.classLists(in: folder).first {
      collection.listed = try ClassList.read(folder.path(list), name: list)
    }
    for file in files {
      let path = folder.path(file)
      collection.problems += try RecordFile.records(path, name: file) { number, start, bytes in
        do {
          let image = try RecordData.image(
            bytes, path: path, start: start, name: "\(file)#\(number)")
          collection.images.append(image)
        } catch let error as ImageryError {
          collection.problems.append(error)
        }
      }
    }
    let kinds = collection.images.map(\.content.kind)
    collection.kind = kinds.first { $0 != .none } ?? .none
    var images: [StatedImage] = []
    for var image in collection.images {
      // An image without objects may lack the lists altogether.
      if collection.kind == .boxes, image.content.kind == .none { image.content = .boxes([]) }
      if image.content.kind == collection.kind {
        images.append(image)
      } else {
        collection.problems.append(
          ImageryError(
            .unreadableAnnotation, image.name,
            given: "it has \(words(image.content.kind)) where others have "
              + words(collection.kind)))
      }
    }
    collection.images = images
    return collection
  }

  static func words(_ kind: Annotation.Kind) -> String {
    switch kind {
    case .label: "a class"
    case .boxes: "boxes"
    case .mask: "a mask"
    case .value: "a number"
    case .none: "nothing"
    }
  }

  private static func image(
    _ bytes: [UInt8], path: String, start: Int, name: String
  ) throws -> StatedImage {
    func unusable(_ what: String) -> ImageryError {
      ImageryError(.unreadableAnnotation, name, given: what)
    }
    let example: Example
    do {
      example = try Example(bytes)
    } catch is Example.Malformed {
      throw unusable("it is no tf.train.Example")
    }
    func place(_ piece: Range<Int>) -> ImagePlace {
      .part(path: path, offset: start + piece.lowerBound, count: piece.count)
    }
    guard let picture = example.piece("image") ?? example.piece("image/encoded") else {
      throw unusable("it has no `image`")
    }
    let own = ["image/filename", "filename"].compactMap(example.text).first { !$0.isEmpty }
    let content: StatedImage.Content
    if let mask = example.piece("label") ?? example.piece("mask") {
      content = .mask(.whole(place(mask), name: "\(name) (label)"))
    } else if let text = example.text("image/class/text"), !text.isEmpty {
      content = .label(.name(text))
    } else if let numbers = ["class", "label", "image/class/label"].compactMap(example.integers)
      .first(where: { !$0.isEmpty })
    {
      guard numbers.count == 1 else { throw unusable("it has \(numbers.count) classes") }
      content = .label(.number(numbers[0]))
    } else if let boxes = try boxes(example, unusable) {
      content = .boxes(boxes)
    } else {
      content = .nothing
    }
    let sides = [("height", "width"), ("image/height", "image/width")].compactMap { names in
      example.integers(names.0)?.first.flatMap { height in
        example.integers(names.1)?.first.map { (height: height, width: $0) }
      }
    }.first { $0.height > 0 && $0.width > 0 }
    return StatedImage(
      name: own.map { "\(name) \($0)" } ?? name, place: place(picture), source: name,
      statedSize: sides, content: content)
  }

  /// How one schema names its lists.
  private struct Schema {
    let numbers: [String]
    let labels: String
    var texts: String?
    let unit: StatedBox.Unit
    var isCentred = false
    let difficult: String
  }

  private static let schemas = [
    Schema(
      numbers: ["xmin", "ymin", "xmax", "ymax"].map { "objects/\($0)" }, labels: "objects/label",
      unit: .pixels, difficult: "objects/is_crowd"),
    Schema(
      numbers: ["xs", "ys", "ws", "hs"].map { "objects/bbox/\($0)" },
      labels: "objects/class/label", texts: "objects/class/id", unit: .pixels, isCentred: true,
      difficult: "objects/is_crowd"),
    Schema(
      numbers: ["xmin", "ymin", "xmax", "ymax"].map { "image/object/bbox/\($0)" },
      labels: "image/object/class/label", texts: "image/object/class/text", unit: .fractions,
      difficult: "image/object/difficult"),
  ]

  /// Nil where there are no lists of boxes at all.
  private static func boxes(
    _ example: Example, _ unusable: (String) -> ImageryError
  ) throws -> [StatedBox]? {
    guard
      let schema = schemas.first(where: { schema in
        schema.numbers.contains { example.features[$0] != nil }
      })
    else { return nil }
    let lists = schema.numbers.map(example.floats)
    let labels = example.integers(schema.labels) ?? []
    let texts = schema.texts.flatMap(example.texts) ?? []
    let difficult = example.integers(schema.difficult) ?? []
    let count = lists[0].count
    let areNamed = texts.count == count && texts.allSatisfy { !$0.isEmpty }
    guard lists.allSatisfy({ $0.count == count }), areNamed || labels.count == count else {
      throw unusable("its lists of edges and classes differ in length")
    }
    return (0..<count).map { i in
      let (a, b, c, d) = (lists[0][i], lists[1][i], lists[2][i], lists[3][i])
      let box =
        schema.isCentred
        ? Box(left: a - c / 2, top: b - d / 2, right: a + c / 2, bottom: b + d / 2)
        : Box(left: a, top: b, right: c, bottom: d)
      return StatedBox(
        word: areNamed ? .name(texts[i]) : .number(labels[i]), box: box, unit: schema.unit,
        isDifficult: difficult.count == count && difficult[i] == 1)
    }
  }
}
