/// Images and masks side by side: `images/` and `masks/` with files of the same names (or with
/// `_mask` or `_label` after them), or both kinds in one folder. A mask may hold all classes, or
/// there is one for each class: in a folder named by it, or with its name after the image's.
enum MaskFolders {
  static let folders = ["masks", "mask", "labels", "label", "segmentationclass", "annotations"]
  private static let suffixes = [
    "_mask", "_label", "_masks", "_labels", "_seg", "_gt", "-mask", "-label",
  ]
  private static let maskEndings: Set<String> = ["png", "tif", "tiff", "npy", "jpg", "jpeg"]

  /// - Throws: `ImageryError`
  static func read(_ folder: DataFolder) throws -> StatedCollection {
    var collection = StatedCollection(kind: .mask, problems: folder.problems)
    if let list = YOLO.classLists(in: folder).first {
      collection.listed = try ClassList.read(folder.path(list), name: list)
    }
    let maskFolder = folder.folder(folders)
    let imageFolder = folder.folder(DataFolder.imageFolders)
    var images = folder.images(besides: maskFolder.map { [$0] } ?? [])
    var masks: [String]
    if let maskFolder {
      masks = folder.files(maskEndings, in: maskFolder)
    } else {
      masks = images.filter { suffix(of: DataFolder.withoutEnding($0)) != nil }
      let known = Set(masks)
      images.removeAll { known.contains($0) }
    }
    let whole = wholeMasks(images, masks, imageFolder, maskFolder)
    let perClass = classMasks(images, masks, imageFolder, maskFolder)
    // A few names may fit by chance: what fits more images is meant.
    let isPerClass = perClass.count > whole.count
    var used = Set<String>()
    for image in images {
      let content: StatedImage.Content
      if isPerClass, let found = perClass[image] {
        used.formUnion(found.map(\.file))
        content = .mask(
          .perClass(
            found.map {
              (.name($0.label), .file(folder.path($0.file)), $0.file)
            }))
      } else if !isPerClass, let mask = whole[image] {
        used.insert(mask)
        content = .mask(.whole(.file(folder.path(mask)), name: mask))
      } else {
        content = .nothing
      }
      collection.images.append(
        StatedImage(
          name: image, place: .file(folder.path(image)), source: image, content: content))
    }
    collection.problems += masks.filter { !used.contains($0) }.map { ImageryError(.noImage, $0) }
    return collection
  }

  private static func suffix(of stem: String) -> String? {
    suffixes.first { stem.lowercased().hasSuffix($0) }
  }

  /// Whether a folder looks like this: for recognising it.
  static func isLikely(_ folder: DataFolder) -> Bool {
    if let masks = folder.folder(folders) {
      return folder.folder(DataFolder.imageFolders) != nil
        && !folder.files(maskEndings, in: masks).isEmpty
    }
    let stems = Set(folder.images().map(DataFolder.withoutEnding))
    return stems.contains { stem in
      suffix(of: stem).map { stems.contains(String(stem.dropLast($0.count))) } ?? false
    }
  }

  /// The mask of each image.
  private static func wholeMasks(
    _ images: [String], _ masks: [String], _ imageFolder: String?, _ maskFolder: String?
  ) -> [String: String] {
    var byStem: [String: String] = [:]
    for mask in masks {
      let stem = DataFolder.withoutEnding(DataFolder.inside(mask, maskFolder))
      byStem[stem] = byStem[stem] ?? mask
      if let suffix = suffix(of: stem) {
        let short = String(stem.dropLast(suffix.count))
        byStem[short] = byStem[short] ?? mask
      }
    }
    var found: [String: String] = [:]
    for image in images {
      let stem = DataFolder.withoutEnding(DataFolder.inside(image, imageFolder))
      if let mask = byStem[stem] { found[image] = mask }
    }
    return found
  }

  /// The masks of each image, one a class.
  private static func classMasks(
    _ images: [String], _ masks: [String], _ imageFolder: String?, _ maskFolder: String?
  ) -> [String: [(label: String, file: String)]] {
    guard let maskFolder else { return [:] }
    var imageOfStem: [String: String] = [:]
    for image in images {
      imageOfStem[DataFolder.withoutEnding(DataFolder.inside(image, imageFolder))] = image
    }
    var found: [String: [(label: String, file: String)]] = [:]
    for mask in masks {
      let inside = DataFolder.withoutEnding(DataFolder.inside(mask, maskFolder))
      // masks/water/a.png
      if let slash = inside.firstIndex(of: "/"),
        let image = imageOfStem[String(inside[inside.index(after: slash)...])]
      {
        found[image, default: []].append((String(inside[..<slash]), mask))
        continue
      }
      // masks/a_water.png: the longest beginning that is an image
      var end = inside.lastIndex { $0 == "_" || $0 == "-" }
      while let cut = end {
        if let image = imageOfStem[String(inside[..<cut])] {
          found[image, default: []].append((String(inside[inside.index(after: cut)...]), mask))
          break
        }
        end = inside[..<cut].lastIndex { $0 == "_" || $0 == "-" }
      }
    }
    return found
  }
}
