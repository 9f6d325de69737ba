/// The sentences for what is odd about annotations: the same things happen to many images, so they
/// are told together.
extension ImageryError {
  /// Whether facts of its kind are told together, as a number and a few names.
  var isCounted: Bool {
    switch reason {
    case .noAnnotation, .noImage, .repeatedAnnotation, .statedSize, .clippedBoxes, .emptyBoxes,
      .outsideBoxes, .unusableBoxes, .unknownClasses, .maskSize, .unknownPixels,
      .overlappingMasks, .lossyMasks, .notFinite, .ignoredPages:
      true
    default: false
    }
  }

  /// One sentence about facts of one kind, of which there is at least one.
  static func sentence(of facts: [ImageryError]) -> String {
    guard let first = facts.first else { return "" }
    let total = facts.reduce(0) { $0 + $1.count }
    let several = facts.count > 1

    /// "a box of `x`" or "14 boxes in 9 images", then the words for one and for more, then names.
    func told(_ one: String, _ many: String, _ verbs: (one: String, many: String)) -> String {
      let things = total == 1 ? one : "\(total) \(many)"
      return several
        ? "\(things) in \(facts.count) images \(verbs.many) \(names(of: facts))"
        : "\(things) of `\(first.subject)` \(total == 1 ? verbs.one : verbs.many)"
    }
    func images(_ one: String, _ many: String) -> String {
      several ? "\(facts.count) \(many) \(names(of: facts))" : "`\(first.subject)` \(one)"
    }

    switch first.reason {
    case .noAnnotation: return images("has no annotation", "images have no annotation")
    case .noImage:
      return images(
        "is about an image that is not there", "annotations are about images that are not there")
    case .repeatedAnnotation:
      return images(
        "is about an image that has one already",
        "annotations are about images that have one already")
    case .statedSize:
      return images(
        "says \(first.given) pixels of an image of \(first.expected)",
        "annotations state another size than their image has")
    case .clippedBoxes:
      return told(
        "a box", "boxes",
        ("reaches over the edge and was cut there", "reach over the edge and were cut there"))
    case .emptyBoxes:
      return told(
        "a box", "boxes", ("has no area and was left out", "have no area and were left out"))
    case .outsideBoxes:
      return told(
        "a box", "boxes",
        ("lies outside the image and was left out", "lie outside the image and were left out"))
    case .unusableBoxes:
      return told(
        "a box", "boxes",
        (
          "has an edge that is no number and was left out",
          "have edges that are no numbers and were left out"
        ))
    case .unknownClasses:
      let classes = facts.map(\.given).reduce(into: [String]()) { list, name in
        if !list.contains(name) { list.append(name) }
      }
      let which = "of no known class (" + shortList(classes) + ")"
      return told(
        "a box", "boxes", ("is \(which) and was left out", "are \(which) and were left out"))
    case .maskSize:
      return images(
        "has \(first.given) pixels and its mask \(first.expected)",
        "images have a mask of another shape")
    case .unknownPixels:
      return told(
        "a pixel", "pixels",
        ("is of no class and counts as unlabelled", "are of no class and count as unlabelled"))
    case .overlappingMasks:
      return told(
        "a pixel", "pixels",
        (
          "is of several classes; the last one counts",
          "are of several classes; the last one counts"
        ))
    case .lossyMasks:
      return images(
        "is a JPEG, whose artefacts blur the classes",
        "masks are JPEG, whose artefacts blur classes")
    case .notFinite:
      return told(
        "a number", "numbers", ("is not finite and became 0", "are not finite and became 0"))
    case .ignoredPages:
      return images(
        "has \(first.given) pages, and the first is read", "files have more than one page")
    default: return facts.map(\.message).joined(separator: "; ")
    }
  }

  private static func names(of facts: [ImageryError]) -> String {
    "(" + shortList(facts.map(\.subject)) + ")"
  }

  private static func shortList(_ names: [String]) -> String {
    let rest = names.count > 3 ? " and \(names.count - 3) more" : ""
    return names.prefix(3).map { "`\($0)`" }.joined(separator: ", ") + rest
  }
}
