import Tensors

/// Writes one dataset in one format, image by image.
struct DatasetWriter {
  private let classes: [String]
  private let kind: Annotation.Kind
  private let format: DataFormat
  private let folder: OutputFolder
  private let name: String
  private let count: Int
  /// Names without endings that are taken, in lower case: some disks do not tell cases apart.
  private var taken = Set<String>()
  /// The lines of the one file, where a format has one.
  private var rows: [String] = []
  private var images: [String] = []
  private var boxes: [String] = []
  private var shard: [UInt8] = []
  private var shardCount = 0
  private var shardNumber = 0
  private let usesDifficult: Bool

  /// Images in a shard, as the course has them.
  private static let shardSize = 200

  init(_ data: Dataset, _ format: DataFormat, _ folder: OutputFolder, name: String) {
    (classes, kind, count) = (data.classes, data.kind, data.count)
    (self.format, self.folder, self.name) = (format, folder, name)
    usesDifficult =
      format == .csv && kind == .boxes
      && (0..<data.count).contains { position in
        ((try? data.storedAnnotation(at: position).boxes) ?? []).contains(where: \.isDifficult)
      }
  }

  /// - Throws: `FileError`, `ImageryError`
  mutating func add(_ image: OutputImage) throws {
    let stem = stem(of: image)
    let file = "\(stem).\(image.ending)"
    switch format {
    case .folders:
      let label = image.annotation.label ?? 0
      try folder.write("\(DatasetWriter.fileName(classes[label]))/\(file)", image.bytes)
      return
    case .tfrecord:
      try addRecord(image, file: file)
      return
    case .voc:
      try folder.write(
        "annotations/\(stem).xml",
        VOCAnnotation.text(
          file: file, height: image.height, width: image.width, bands: image.bands,
          boxes: image.annotation.boxes, classes: classes))
    case .yolo:
      try folder.write(
        "labels/\(stem).txt",
        YOLO.text(image.annotation.boxes, height: image.height, width: image.width))
    case .coco: addCOCO(image, file: file)
    case .csv: addRows(image, file: file)
    case .masks:
      if let mask = image.annotation.mask {
        try folder.write("masks/\(stem).png", try DatasetWriter.png(mask))
      }
    case .npz: break
    }
    try folder.write("images/\(file)", image.bytes)
  }

  /// The class numbers as a grey PNG.
  private static func png(_ mask: Mask) throws -> [UInt8] {
    try ImageFile.png(pixels: mask.values, width: mask.width, height: mask.height, channels: 1)
  }

  /// What is written when all images are.
  mutating func finish() throws {
    switch format {
    case .coco:
      let categories = classes.enumerated().map { index, name in
        "{\"id\": \(index + 1), \"name\": \(JSON.quoted(name))}"
      }
      func list(_ name: String, _ entries: [String]) -> String {
        "\"\(name)\": [\n" + entries.joined(separator: ",\n") + "\n]"
      }
      try folder.write(
        "annotations.json",
        "{\n"
          + [
            list("images", images), list("annotations", boxes), list("categories", categories),
          ].joined(separator: ",\n") + "\n}\n")
    case .csv: try folder.write("labels.csv", header + rows.joined())
    case .tfrecord:
      try endShard()
      try writeClasses()
    case .yolo, .masks: try writeClasses()
    case .voc, .folders, .npz: break
    }
  }

  private func writeClasses() throws {
    // A name is a line.
    let lines = classes.map { name in
      String(name.map { $0.isNewline ? " " : $0 }) + "\n"
    }
    if !lines.isEmpty { try folder.write("classes.txt", lines.joined()) }
  }

  // MARK: Names

  /// The image's own name without folders and ending, made fit for any disk, and of its own.
  private mutating func stem(of image: OutputImage) -> String {
    let own = DatasetWriter.fileName(
      DataFolder.withoutEnding(DataFolder.lastPart(image.name)))
    var stem = own
    var number = 2
    while !taken.insert(stem.lowercased()).inserted {
      stem = "\(own)_\(number)"
      number += 1
    }
    return stem
  }

  /// Letters, digits, and a few signs; anything else, such as what a shell or a disk minds, becomes
  /// an underscore.
  static func fileName(_ name: String) -> String {
    let cleaned = String(
      name.prefix(120).map { character in
        character.isLetter || character.isNumber || "._-+ ".contains(character) ? character : "_"
      })
    return cleaned.isEmpty || cleaned.hasPrefix(".") ? "_" + cleaned : cleaned
  }

  // MARK: Tables

  private var header: String {
    switch kind {
    case .boxes:
      "filename,width,height,class,xmin,ymin,xmax,ymax" + (usesDifficult ? ",difficult\n" : "\n")
    case .value: "filename,value\n"
    default: "filename,class\n"
    }
  }

  private mutating func addRows(_ image: OutputImage, file: String) {
    let start = CSVTable.quoted(file)
    switch image.annotation {
    case .boxes(let list):
      let sized = "\(start),\(image.width),\(image.height)"
      func end(_ box: LabelledBox?) -> String {
        usesDifficult ? (box?.isDifficult == true ? ",1\n" : ",0\n") : "\n"
      }
      if list.isEmpty { rows.append(sized + ",,,,," + end(nil)) }
      for box in list {
        let edges = [box.box.left, box.box.top, box.box.right, box.box.bottom].map(plain)
        rows.append(
          "\(sized),\(CSVTable.quoted(classes[box.label])),"
            + edges.joined(separator: ",") + end(box))
      }
    case .value(let value): rows.append("\(start),\(value)\n")
    case .label(let label): rows.append("\(start),\(CSVTable.quoted(classes[label]))\n")
    case .mask, .none: break
    }
  }

  // MARK: COCO

  private mutating func addCOCO(_ image: OutputImage, file: String) {
    let id = images.count + 1
    images.append(
      "{\"id\": \(id), \"file_name\": \(JSON.quoted(file)), \"width\": \(image.width), "
        + "\"height\": \(image.height)}")
    for box in image.annotation.boxes {
      let numbers = [box.box.left, box.box.top, box.box.width, box.box.height].map(plain)
      boxes.append(
        "{\"id\": \(boxes.count + 1), \"image_id\": \(id), \"category_id\": \(box.label + 1), "
          + "\"bbox\": [\(numbers.joined(separator: ", "))], \"area\": \(plain(box.box.area)), "
          + "\"iscrowd\": \(box.isDifficult ? 1 : 0)}")
    }
  }

  // MARK: Records

  private mutating func addRecord(_ image: OutputImage, file: String) throws {
    guard image.ending == "png" || image.ending == "jpg" else {
      throw ImageryError(
        .unfitFormat, image.name, given: "tfrecord",
        expected: "the course's shards hold PNG and JPEG; give `size:` to make it PNG, or use npz")
    }
    var example = ExampleWriter()
    example.add("image", bytes: [image.bytes])
    switch image.annotation {
    case .label(let label): example.add("class", integers: [label])
    case .boxes(let list):
      example.add("image/filename", bytes: [Array(file.utf8)])
      example.add("image/id", integers: [shardNumber * DatasetWriter.shardSize + shardCount])
      example.add("objects/xmin", floats: list.map(\.box.left))
      example.add("objects/ymin", floats: list.map(\.box.top))
      example.add("objects/xmax", floats: list.map(\.box.right))
      example.add("objects/ymax", floats: list.map(\.box.bottom))
      example.add("objects/area", floats: list.map(\.box.area))
      example.add("objects/id", integers: Array(list.indices))
      example.add("objects/label", integers: list.map(\.label))
      example.add("objects/is_crowd", integers: list.map { $0.isDifficult ? 1 : 0 })
    case .mask(let mask): example.add("label", bytes: [try DatasetWriter.png(mask)])
    case .value, .none: break
    }
    shard += RecordFile.framed(example.bytes)
    shardCount += 1
    if shardCount == DatasetWriter.shardSize { try endShard() }
  }

  /// `coast00-200.tfrec`: the shard's number, and how many images it has.
  private mutating func endShard() throws {
    guard shardCount > 0 else { return }
    let number = shardNumber < 10 ? "0\(shardNumber)" : "\(shardNumber)"
    try folder.write("\(DatasetWriter.fileName(name))\(number)-\(shardCount).tfrec", shard)
    shardNumber += 1
    (shard, shardCount) = ([], 0)
  }
}
