import Tensors

/// Boxes as Pascal VOC has them: an XML file for each image, named like it (Everingham et al., "The
/// PASCAL Visual Object Classes Challenge"). Edges are taken as they are written.
enum VOC {
  static let folders = ["annotations", "annotation", "xmls", "xml", "labels"]
  private static let sizeLimit = 8 << 20

  /// - Throws: `ImageryError`
  static func read(_ folder: DataFolder) throws -> StatedCollection {
    var collection = StatedCollection(kind: .boxes, problems: folder.problems)
    let images = folder.images()
    let finder = ImageFinder(images, folder: folder.folder(DataFolder.imageFolders))
    let annotationFolder = folder.folder(folders)
    var files = annotationFolder.map { folder.files(["xml"], in: $0) } ?? []
    if files.isEmpty { files = folder.files(["xml"]) }
    var annotated = Set<String>()
    for file in files {
      let annotation: VOCAnnotation
      do {
        annotation = try VOCAnnotation(
          try Files.read(folder.path(file), limit: sizeLimit), name: file)
      } catch {
        guard let problem = ImageryError(about: error, name: file) else { throw error }
        collection.problems.append(problem)
        // Its image is accounted for.
        if let image = finder.image(DataFolder.lastPart(file)) { annotated.insert(image) }
        continue
      }
      // Files are often renamed, and the name inside is left: the file's own name comes first.
      let own = finder.image(
        DataFolder.withoutEnding(DataFolder.inside(file, annotationFolder)))
      guard let image = own ?? annotation.file.flatMap(finder.image) else {
        collection.problems.append(ImageryError(.noImage, file))
        continue
      }
      guard annotated.insert(image).inserted else {
        collection.problems.append(ImageryError(.repeatedAnnotation, file))
        continue
      }
      collection.images.append(
        StatedImage(
          name: image, place: .file(folder.path(image)), source: file,
          statedSize: annotation.size, content: .boxes(annotation.boxes)))
    }
    for image in images where !annotated.contains(image) {
      collection.images.append(
        StatedImage(
          name: image, place: .file(folder.path(image)), source: image, content: .nothing))
    }
    return collection
  }
}

/// One VOC file.
struct VOCAnnotation {
  /// The image's name as the file says it.
  let file: String?
  let size: (height: Int, width: Int)?
  let boxes: [StatedBox]

  /// - Throws: `ImageryError.unreadableAnnotation`
  init(_ bytes: [UInt8], name: String) throws {
    func unusable(_ what: String) -> ImageryError {
      ImageryError(.unreadableAnnotation, name, given: what)
    }
    let root: XMLElement
    do {
      root = try XMLElement.parse(bytes)
    } catch let problem as XMLElement.Problem {
      throw unusable("line \(problem.line): \(problem.what)")
    }
    guard root.name == "annotation" else {
      throw unusable("its first element is <\(root.name)>, not <annotation>")
    }
    file = root["filename"].map(\.text).flatMap { $0.isEmpty ? nil : $0 }
    let sides = ["height", "width"].map { root["size"]?[$0].flatMap { Int($0.text) } ?? 0 }
    size = sides.allSatisfy { $0 > 0 } ? (sides[0], sides[1]) : nil
    boxes = try root.children.filter { $0.name == "object" }.enumerated().map { index, object in
      guard let word = object["name"]?.text, !word.isEmpty else {
        throw unusable("object \(index + 1) has no name")
      }
      guard let edges = object["bndbox"] else {
        throw unusable("object \(index + 1) (`\(word)`) has no <bndbox>")
      }
      func edge(_ name: String) -> Float { edges[name].flatMap { Float($0.text) } ?? .nan }
      return StatedBox(
        word: .name(word),
        box: Box(
          left: edge("xmin"), top: edge("ymin"), right: edge("xmax"), bottom: edge("ymax")),
        isDifficult: object["difficult"]?.text == "1")
    }
  }

  /// The file for an image.
  static func text(
    file: String, height: Int, width: Int, bands: Int, boxes: [LabelledBox], classes: [String]
  ) -> String {
    let edges: (Box) -> [(String, Float)] = {
      [("xmin", $0.left), ("ymin", $0.top), ("xmax", $0.right), ("ymax", $0.bottom)]
    }
    var text = """
      <annotation>
        <filename>\(Markup.escaped(file))</filename>
        <size>
          <width>\(width)</width>
          <height>\(height)</height>
          <depth>\(bands)</depth>
        </size>
        <segmented>0</segmented>

      """
    for box in boxes {
      text += """
          <object>
            <name>\(Markup.escaped(classes[box.label]))</name>
            <pose>Unspecified</pose>
            <truncated>0</truncated>
            <difficult>\(box.isDifficult ? 1 : 0)</difficult>
            <bndbox>

        """
      for (name, value) in edges(box.box) {
        text += "      <\(name)>\(plain(value))</\(name)>\n"
      }
      text += "    </bndbox>\n  </object>\n"
    }
    return text + "</annotation>\n"
  }
}

/// A number as files hold it: whole where it is whole, else with as many digits as give it back.
func plain(_ value: Float) -> String {
  if let whole = Int32(exactly: value) { return "\(whole)" }
  return "\(value)"
}
