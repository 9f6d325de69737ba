import Tensors

/// Boxes as COCO has them: one JSON file for all images (Lin et al. 2014, "Microsoft COCO"). Crowds
/// become difficult boxes. Outlines and key points are passed over, and cost no memory.
enum COCO {
  private static let sizeLimit = 1 << 30
  /// Images and boxes together.
  private static let entryLimit = 20_000_000

  private struct Entry {
    var file = ""
    var size: (height: Int, width: Int)?
    var boxes: [StatedBox] = []
  }

  /// - Parameters:
  ///   - file: the path of the JSON file inside the folder.
  ///   - isOnly: whether the folder's images belong to this file alone; those that it does not list
  ///     are then told. COCO's own folders are shared by several files.
  /// - Throws: `ImageryError`
  static func read(
    _ folder: DataFolder, file: String, isOnly: Bool
  ) throws -> StatedCollection {
    var collection = StatedCollection(kind: .boxes, problems: folder.problems)
    let images = folder.images()
    let finder = ImageFinder(images, folder: folder.folder(DataFolder.imageFolders))
    let document = try document(folder.path(file), name: file)
    collection.listed = document.categories
    var used = Set<String>()
    for entry in document.images {
      guard let image = finder.image(entry.file) else {
        collection.problems.append(ImageryError(.noImage, entry.file))
        continue
      }
      guard used.insert(image).inserted else {
        collection.problems.append(ImageryError(.repeatedAnnotation, entry.file))
        continue
      }
      collection.images.append(
        StatedImage(
          name: image, place: .file(folder.path(image)), source: file, statedSize: entry.size,
          content: .boxes(entry.boxes)))
    }
    if document.homeless > 0 {
      collection.problems.append(
        ImageryError(.noImage, file, count: document.homeless))
    }
    for image in images where isOnly && !used.contains(image) {
      collection.images.append(
        StatedImage(
          name: image, place: .file(folder.path(image)), source: image, content: .nothing))
    }
    return collection
  }

  /// - Throws: `ImageryError.unreadableAnnotation`, or what is wrong with the file.
  private static func document(
    _ path: String, name: String
  ) throws -> (images: [Entry], categories: [(number: Int, name: String)], homeless: Int) {
    let bytes: [UInt8]
    do {
      bytes = try Files.read(path, limit: sizeLimit)
    } catch let error as FileError {
      throw ImageryError(error, name: name)
    }
    var entries: [Entry] = []
    var indexOfID: [Int: Int] = [:]
    var categories: [(number: Int, name: String)] = []
    var annotations: [(image: Int, box: StatedBox)] = []
    var found = Set<String>()
    do {
      try bytes.withUnsafeBufferPointer { buffer in
        var reader = JSONReader(bytes: buffer, valuesLeft: Int.max)
        func limit(_ reader: JSONReader) throws {
          guard entries.count + annotations.count < entryLimit else {
            throw reader.problem("too many images and boxes")
          }
        }
        try reader.members { key, reader in
          found.insert(key)
          switch key {
          case "images":
            try reader.elements { reader in
              try limit(reader)
              let (id, entry) = try image(&reader)
              // An image listed twice keeps its first entry.
              if indexOfID[id] == nil {
                indexOfID[id] = entries.count
                entries.append(entry)
              }
            }
          case "annotations":
            try reader.elements { reader in
              try limit(reader)
              if let annotation = try annotation(&reader) { annotations.append(annotation) }
            }
          case "categories":
            try reader.elements { reader in
              guard categories.count < 100_000 else { throw reader.problem("too many classes") }
              categories.append(try category(&reader))
            }
          default: try reader.skip()
          }
        }
        guard reader.isAtEnd() else { throw reader.problem("text after the value") }
      }
    } catch let problem as JSON.Problem {
      throw ImageryError(
        .unreadableAnnotation, name, given: "byte \(problem.offset): \(problem.what)")
    }
    guard found.contains("images"), found.contains("annotations") else {
      throw ImageryError(
        .unreadableAnnotation, name, given: "it has no \"images\" and \"annotations\"")
    }
    var homeless = 0
    for (id, box) in annotations {
      if let index = indexOfID[id] { entries[index].boxes.append(box) } else { homeless += 1 }
    }
    return (entries, categories, homeless)
  }

  private static func whole(_ value: JSON) -> Int? {
    switch value {
    case .integer(let value): value
    case .number(let value): Int(exactly: value)
    // Some tools write identifiers as texts.
    case .text(let text): Int(text)
    default: nil
    }
  }

  private static func image(_ reader: inout JSONReader) throws -> (id: Int, Entry) {
    var id: Int?
    var entry = Entry()
    var (height, width) = (0, 0)
    try reader.members { key, reader in
      switch key {
      case "id": id = whole(try reader.value())
      case "file_name": if case .text(let name) = try reader.value() { entry.file = name }
      case "height": height = whole(try reader.value()) ?? 0
      case "width": width = whole(try reader.value()) ?? 0
      default: try reader.skip()
      }
    }
    guard let id, !entry.file.isEmpty else {
      throw reader.problem("an image needs \"id\" and \"file_name\"")
    }
    if height > 0 && width > 0 { entry.size = (height, width) }
    return (id, entry)
  }

  private static func annotation(
    _ reader: inout JSONReader
  ) throws -> (image: Int, box: StatedBox)? {
    var (image, category): (Int?, Int?) = (nil, nil)
    var numbers: [Float]?
    var isCrowd = false
    try reader.members { key, reader in
      switch key {
      case "image_id": image = whole(try reader.value())
      case "category_id": category = whole(try reader.value())
      case "iscrowd":
        let value = try reader.value()
        isCrowd = value == .integer(1) || value == .boolean(true)
      case "bbox":
        var list: [Float] = []
        try reader.elements { reader in
          guard list.count < 4 else { throw reader.problem("a box has four numbers") }
          switch try reader.value() {
          case .integer(let value): list.append(Float(value))
          case .number(let value): list.append(Float(value))
          default: list.append(.nan)
          }
        }
        numbers = list
      default: try reader.skip()
      }
    }
    // Captions and outlines without a box are no boxes.
    guard let numbers, numbers.count == 4 else { return nil }
    guard let image, let category else {
      throw reader.problem("a box needs \"image_id\" and \"category_id\"")
    }
    let box = Box(
      left: numbers[0], top: numbers[1], right: numbers[0] + numbers[2],
      bottom: numbers[1] + numbers[3])
    return (image, StatedBox(word: .number(category), box: box, isDifficult: isCrowd))
  }

  private static func category(
    _ reader: inout JSONReader
  ) throws -> (number: Int, name: String) {
    var number: Int?
    var name: String?
    try reader.members { key, reader in
      switch key {
      case "id": number = whole(try reader.value())
      case "name": if case .text(let text) = try reader.value() { name = text }
      default: try reader.skip()
      }
    }
    guard let number else { throw reader.problem("a category needs an \"id\"") }
    return (number, name ?? "\(number)")
  }

  /// Whether a file looks like COCO's: an object with the two lists, judged by its first bytes.
  static func isLikely(_ head: [UInt8]) -> Bool {
    let text = String(decoding: head, as: UTF8.self)
    return text.drop { $0.isWhitespace }.first == "{"
      && ["\"images\"", "\"annotations\"", "\"categories\""].contains { text.contains($0) }
  }
}
