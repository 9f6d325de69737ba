import Tensors

/// Datasets in NumPy's files: an archive (`.npz`) with the images as one array [N, H, W, C] or
/// [N, H, W] and what is known of them as others, or such an array alone (`.npy`).
enum NumpyData {
  private static let imageKeys = ["images", "image", "x", "x_train", "data", "arr_0"]
  private static let labelKeys = ["labels", "label", "y", "y_train", "arr_1"]
  private static let maskKeys = ["masks", "mask"]
  private static let valueKeys = ["values", "value", "targets", "target"]
  private static let nameKeys = ["names", "filenames"]
  private static let classKeys = ["classes", "class_names"]
  /// Files and arrays are held in memory whole.
  private static let sizeLimit = 1 << 31

  /// - Parameter kind: what numbers beside the images are; nil to tell by their type.
  /// - Throws: `ImageryError`
  static func read(_ path: String, name: String, kind: Annotation.Kind?) throws -> StatedCollection
  {
    let bytes: [UInt8]
    do {
      bytes = try Files.read(path, limit: min(sizeLimit, MemoryBudget.shared.limit / 2))
    } catch let error as FileError {
      throw ImageryError(error, name: name)
    }
    var arrays: [String: NumpyArray] = [:]
    if FileKind(bytes) == .numpy {
      arrays["images"] = try NumpyArray(bytes, name: name)
    } else {
      let archive = try ZipArchive(bytes, name: name)
      var room = min(sizeLimit, MemoryBudget.shared.limit / 2)
      for member in archive.members {
        let key = member.name.hasSuffix(".npy") ? String(member.name.dropLast(4)) : member.name
        let contents = try archive.contents(of: member, limit: room)
        room -= contents.count
        arrays[key.lowercased()] = try NumpyArray(contents, name: "\(name)/\(member.name)")
      }
    }
    func array(_ keys: [String]) -> NumpyArray? { keys.lazy.compactMap { arrays[$0] }.first }
    func unusable(_ what: String) -> ImageryError {
      ImageryError(.unknownData, name, given: what, expected: "an array `images` is needed")
    }
    guard let images = array(imageKeys) else {
      throw unusable(
        "it has the arrays "
          + arrays.keys.sorted().prefix(8).map { "`\($0)`" }.joined(
            separator: ", "))
    }
    guard images.isNumeric, (2...4).contains(images.shape.count) else {
      throw unusable("its array of images has the shape \(images.shape)")
    }
    let masks = array(maskKeys)
    let beside = array(labelKeys) ?? array(valueKeys)
    let others = [masks, beside, array(nameKeys)].compactMap { $0?.shape.first }
    // Three axes are a stack of grey images, unless the last is short and nothing says otherwise.
    let isStack =
      images.shape.count == 4
      || images.shape.count == 3
        && (others.contains(images.shape[0]) || images.shape[2] > Picture.bandLimit)
    let count = isStack ? images.shape[0] : 1
    for (what, array) in [("masks", masks), ("labels", beside), ("names", array(nameKeys))] {
      guard let array, isStack, array.shape.first != count else { continue }
      throw unusable("it has \(count) images and \(what) of the shape \(array.shape)")
    }
    let names = array(nameKeys)?.texts
    var collection = StatedCollection(kind: .none)
    if let classes = array(classKeys)?.texts {
      collection.listed = classes.enumerated().map { ($0, $1) }
    }
    let contents = try contents(
      count: count, isStack: isStack, masks: masks, beside: beside,
      isValue: array(labelKeys) == nil || kind == .value, name: name)
    collection.kind = contents.first?.kind ?? .none
    collection.images = (0..<count).map { index in
      StatedImage(
        name: names.flatMap { $0.indices.contains(index) ? $0[index] : nil } ?? "\(name)#\(index)",
        place: .array(images, entry: isStack ? index : nil), source: name,
        content: contents[index])
    }
    return collection
  }

  private static func contents(
    count: Int, isStack: Bool, masks: NumpyArray?, beside: NumpyArray?, isValue: Bool, name: String
  ) throws -> [StatedImage.Content] {
    if let masks {
      return (0..<count).map {
        .mask(.whole(.array(masks, entry: isStack ? $0 : nil), name: "\(name) mask \($0)"))
      }
    }
    guard let beside else { return Array(repeating: .nothing, count: count) }
    guard beside.count == count, beside.shape.allSatisfy({ $0 == count || $0 == 1 }) else {
      throw ImageryError(
        .unknownData, name, given: "its labels have the shape \(beside.shape)",
        expected: "one for each image is needed")
    }
    if !beside.isNumeric {
      guard let texts = beside.texts else {
        throw ImageryError(
          .unknownData, name, given: "its labels have the shape \(beside.shape)",
          expected: "one for each image is needed")
      }
      return texts.map { .label(.name($0)) }
    }
    let numbers = beside.numbers
    if !isValue, numbers.allSatisfy({ Int32(exactly: $0) != nil }) {
      return numbers.map { .label(.number(Int($0))) }
    }
    guard numbers.allSatisfy(\.isFinite) else {
      throw ImageryError(
        .unknownData, name, given: "its values are not all finite", expected: "numbers are needed")
    }
    return numbers.map { .value($0) }
  }
}
