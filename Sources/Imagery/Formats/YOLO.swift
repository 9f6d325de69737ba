import Tensors

/// Boxes as YOLO has them: a text file for each image, named like it, with a line `class x y width
/// height` for each box: the centre and the size as parts of the image's width and height. A file
/// without lines says that there is nothing in the image.
enum YOLO {
  static let folders = ["labels", "annotations", "txt"]
  static let classLists = ["data.yaml", "data.yml", "dataset.yaml", "classes.txt", "obj.names"]
  private static let sizeLimit = 8 << 20
  private static let lineLimit = 100_000

  /// - Throws: `ImageryError`
  static func read(_ folder: DataFolder) throws -> StatedCollection {
    var collection = StatedCollection(kind: .boxes, problems: folder.problems)
    collection.listed = try classes(folder)
    let imageFolder = folder.folder(DataFolder.imageFolders)
    let labelFolder = folder.folder(folders)
    let images = folder.images()
    let finder = ImageFinder(images, folder: imageFolder)
    var files = labelFolder.map { folder.files(["txt"], in: $0) } ?? []
    if files.isEmpty { files = folder.files(["txt"]) }
    let lists = Set(classLists + ["train.txt", "valid.txt", "val.txt", "test.txt", "readme.txt"])
    var annotated = Set<String>()
    for file in files where !lists.contains(DataFolder.lastPart(file).lowercased()) {
      let stem = DataFolder.withoutEnding(DataFolder.inside(file, labelFolder))
      guard let image = finder.image(stem) else {
        collection.problems.append(ImageryError(.noImage, file))
        continue
      }
      guard annotated.insert(image).inserted else {
        collection.problems.append(ImageryError(.repeatedAnnotation, file))
        continue
      }
      do {
        let boxes = try boxes(try Files.read(folder.path(file), limit: sizeLimit), name: file)
        collection.images.append(
          StatedImage(
            name: image, place: .file(folder.path(image)), source: file, content: .boxes(boxes)))
      } catch let error as FileError {
        collection.problems.append(ImageryError(error, name: file))
      } catch let error as ImageryError {
        collection.problems.append(error)
      }
    }
    for image in images where !annotated.contains(image) {
      collection.images.append(
        StatedImage(
          name: image, place: .file(folder.path(image)), source: image, content: .nothing))
    }
    return collection
  }

  /// The boxes of one file. A line of more numbers is an outline: its box is taken.
  /// - Throws: `ImageryError.unreadableAnnotation`
  static func boxes(_ bytes: [UInt8], name: String) throws -> [StatedBox] {
    var boxes: [StatedBox] = []
    for (index, line) in TextLines(bytes).enumerated() {
      func unusable(_ what: String) -> ImageryError {
        ImageryError(.unreadableAnnotation, name, given: "line \(index + 1): \(what)")
      }
      let words = line.split { $0 == " " || $0 == "\t" }
      if words.isEmpty { continue }
      guard boxes.count < lineLimit else { throw unusable("too many boxes") }
      // Some tools write class numbers as 0.0.
      guard let label = Int(words[0]) ?? Float(words[0]).flatMap({ Int(exactly: $0) }) else {
        throw unusable("a class number was expected, not `\(words[0].prefix(20))`")
      }
      let numbers = words.dropFirst().map { Float($0) ?? .nan }
      let box: Box
      if numbers.count == 4 || numbers.count == 5 {
        let (x, y, width, height) = (numbers[0], numbers[1], numbers[2], numbers[3])
        box = Box(
          left: x - width / 2, top: y - height / 2, right: x + width / 2, bottom: y + height / 2)
      } else if numbers.count >= 6 && numbers.count % 2 == 0 {
        let xs = stride(from: 0, to: numbers.count, by: 2).map { numbers[$0] }
        let ys = stride(from: 1, to: numbers.count, by: 2).map { numbers[$0] }
        let isSound = numbers.allSatisfy(\.isFinite)
        box =
          isSound
          ? Box(
            left: xs.min() ?? 0, top: ys.min() ?? 0, right: xs.max() ?? 0, bottom: ys.max() ?? 0)
          : Box(left: .nan, top: .nan, right: .nan, bottom: .nan)
      } else {
        throw unusable("five numbers were expected, and there are \(words.count)")
      }
      boxes.append(StatedBox(word: .number(label), box: box, unit: .fractions))
    }
    return boxes
  }

  /// The names of the classes, from a list in the folder; empty without one.
  private static func classes(_ folder: DataFolder) throws -> [(number: Int, name: String)] {
    guard let file = classLists(in: folder).first else { return [] }
    return try ClassList.read(folder.path(file), name: file)
  }

  /// Class lists at the top of the folder or beside the labels.
  static func classLists(in folder: DataFolder) -> [String] {
    let top = folder.files.filter { $0.split(separator: "/").count <= 2 }
    let known = classLists.flatMap { name in
      top.filter { DataFolder.lastPart($0).lowercased() == name }
    }
    return known + top.filter { $0.hasSuffix(".names") && !known.contains($0) }
  }

  /// The file for an image of this size.
  static func text(_ boxes: [LabelledBox], height: Int, width: Int) -> String {
    boxes.map { labelled in
      let box = labelled.box
      let numbers = [
        (box.left + box.right) / 2 / Float(width), (box.top + box.bottom) / 2 / Float(height),
        box.width / Float(width), box.height / Float(height),
      ]
      return "\(labelled.label) " + numbers.map(plain).joined(separator: " ") + "\n"
    }.joined()
  }
}

/// Names of classes with their numbers, from a file beside the data.
enum ClassList {
  private static let sizeLimit = 1 << 20
  private static let countLimit = 100_000

  /// A name a line; or, where the file's name ends in `yaml` or `yml`, the `names` of that file.
  /// - Throws: `ImageryError`
  static func read(_ path: String, name: String) throws -> [(number: Int, name: String)] {
    let bytes: [UInt8]
    do {
      bytes = try Files.read(path, limit: sizeLimit)
    } catch let error as FileError {
      throw ImageryError(error, name: name)
    }
    let lines = TextLines(bytes)
    let isYAML = ["yaml", "yml"].contains(DataFolder.ending(path) ?? "")
    let names =
      isYAML
      ? try yamlNames(Array(lines), name: name)
      : lines.map(trimmed).filter { !$0.isEmpty }.enumerated().map { ($0, $1) }
    guard names.count <= countLimit else {
      throw ImageryError(.unreadableAnnotation, name, given: "it has too many classes")
    }
    return names
  }

  /// `names: [a, b]`, a list of `- a`, or a table of `0: a`: what YOLO's tools write. Nothing else of
  /// YAML is understood.
  private static func yamlNames(
    _ lines: [Substring], name: String
  ) throws -> [(number: Int, name: String)] {
    guard let start = lines.firstIndex(where: { $0.hasPrefix("names:") }) else {
      throw ImageryError(.unreadableAnnotation, name, given: "it has no `names:`")
    }
    var rest = withoutComment(lines[start].dropFirst("names:".count))
    var names: [(number: Int, name: String)] = []
    if let opening = rest.first, opening == "[" || opening == "{" {
      let closing: Character = opening == "[" ? "]" : "}"
      var next = start + 1
      while !rest.contains(closing), next < lines.count {
        rest += " " + withoutComment(lines[next])
        next += 1
      }
      let inner = rest.dropFirst().prefix { $0 != closing }
      for part in inner.split(separator: ",") {
        let item = trimmed(part)
        if item.isEmpty { continue }
        names.append(
          opening == "["
            ? (names.count, unquoted(item)) : try numbered(item, name: name))
      }
      return names
    }
    for line in lines[(start + 1)...] {
      let item = withoutComment(line)
      if item.isEmpty { continue }
      if item.hasPrefix("-") {
        names.append((names.count, unquoted(trimmed(item.dropFirst()))))
      } else if line.first == " " || line.first == "\t" {
        names.append(try numbered(item, name: name))
      } else {
        break
      }
    }
    return names
  }

  /// "0: person"
  private static func numbered(
    _ item: String, name: String
  ) throws -> (number: Int, name: String) {
    let parts = item.split(separator: ":", maxSplits: 1)
    guard parts.count == 2, let number = Int(trimmed(parts[0])) else {
      throw ImageryError(
        .unreadableAnnotation, name, given: "`\(item.prefix(40))` is no class with a number")
    }
    return (number, unquoted(trimmed(parts[1])))
  }

  private static func withoutComment(_ line: some StringProtocol) -> String {
    trimmed(line.split(separator: "#", maxSplits: 1, omittingEmptySubsequences: false).first ?? "")
  }

  private static func trimmed(_ text: some StringProtocol) -> String {
    func isSpace(_ character: Character) -> Bool { character == " " || character == "\t" }
    var part = text[...]
    while let last = part.last, isSpace(last) { part = part.dropLast() }
    return String(part.drop(while: isSpace))
  }

  private static func unquoted(_ text: String) -> String {
    guard text.count >= 2, let quote = text.first, quote == "'" || quote == "\"",
      text.last == quote
    else { return text }
    return String(text.dropFirst().dropLast())
  }
}

/// The lines of a text file, whatever ends them, without a byte order mark; bytes that are no UTF-8
/// are replaced.
struct TextLines: Sequence {
  private let lines: [Substring]

  init(_ bytes: [UInt8]) {
    let hasMark = bytes.starts(with: [0xEF, 0xBB, 0xBF])
    let text = String(decoding: hasMark ? bytes.dropFirst(3) : bytes[...], as: UTF8.self)
    // Line ends of both kinds: "\r\n" is one character.
    lines = text.split(omittingEmptySubsequences: false) {
      $0 == "\n" || $0 == "\r\n" || $0 == "\r"
    }
  }

  func makeIterator() -> IndexingIterator<[Substring]> { lines.makeIterator() }
}
