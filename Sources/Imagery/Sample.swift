import Tensors

/// One image of a dataset, with what is known of it.
package struct Sample: Sendable {
  /// [H, W, C], values 0…1.
  package let image: Tensor
  /// Boxes and masks are in the image's pixels.
  package let annotation: Annotation
  /// The name of its class; nil where images have none.
  package let labelName: String?
  /// Where it came from: a path inside the folder, or a generator's name for it.
  package let name: String

  /// Index into the dataset's classes; nil where images have none.
  package var label: Int? { annotation.label }
}

/// Images that go through a network together, with what is known of them.
package struct Batch: Sendable {
  /// [N, H, W, C], values 0…1.
  package let images: Tensor
  package let annotations: [Annotation]
  /// N positions in the dataset.
  package let indices: [Int]
  package var count: Int { annotations.count }
  /// N indices into the dataset's classes, where images have a class; else none.
  package var labels: [Int] { annotations.compactMap(\.label) }
}

/// Where a dataset's images come from: a folder, a generator, a list in memory. Label, name and
/// boxes are cheap; only `image` and masks decode or draw. Indices are in 0..<count, and equal
/// indices give equal results at any time and from any thread.
package protocol SampleSource: Sendable {
  var classes: [String] { get }
  var count: Int { get }
  /// What is known of every image.
  var kind: Annotation.Kind { get }
  /// Channels of the images. With 3, whatever `image` gives is turned into red, green and blue.
  var bands: Int { get }
  /// Index into `classes`; 0 where the kind is not `label`.
  func label(at index: Int) -> Int
  func name(at index: Int) -> String
  /// An image [H, W, C] with values 0…1. `frame` is the size that will be used; a source that can
  /// save work by it may return that size, or any other.
  func image(at index: Int, frame: ImageFrame?) throws -> Tensor
  /// What is known of the image: boxes in pixels of the image as stored, a mask of any size that
  /// lies over the whole image.
  func annotation(at index: Int) throws -> Annotation
  /// Height and width of the image as stored, from 1. Only asked where there are boxes.
  func size(at index: Int) throws -> (height: Int, width: Int)
  /// The bytes of the image's own file, where it has one.
  func original(at index: Int) throws -> [UInt8]?
  /// Metres of ground along a side of a pixel of the image as stored, where that is known and the
  /// same all over the image.
  func groundResolution(at index: Int) -> Float?
}

extension SampleSource {
  package var kind: Annotation.Kind { .label }
  package var bands: Int { 3 }
  package func label(at index: Int) -> Int { 0 }
  package func annotation(at index: Int) throws -> Annotation { .label(label(at: index)) }
  package func original(at index: Int) throws -> [UInt8]? { nil }
  package func groundResolution(at index: Int) -> Float? { nil }

  package func size(at index: Int) throws -> (height: Int, width: Int) {
    let shape = try image(at: index, frame: nil).shape
    return (shape[0], shape[1])
  }
}

/// Images that are already there.
package struct MemorySource: SampleSource {
  package let classes: [String]
  package let kind: Annotation.Kind
  package let bands: Int
  private let images: [Tensor]
  private let annotations: [Annotation]
  private let names: [String]

  /// - Parameters:
  ///   - images: each [H, W, C], values 0…1.
  ///   - labels: an index into `classes` for each image.
  ///   - names: by default "0", "1", …
  /// - Throws: `ImageryError.invalidArgument`, `.indexOutOfRange`, `.notImageShaped`
  package init(
    images: [Tensor], labels: [Int], classes: [String], names: [String]? = nil
  ) throws {
    guard labels.count == images.count else {
      throw ImageryError(
        .invalidArgument, "labels", given: "\(labels.count)", expected: "\(images.count)")
    }
    try self.init(
      images: images, annotations: labels.map { .label($0) }, kind: .label, classes: classes,
      names: names)
  }

  /// - Parameters:
  ///   - annotations: one of `kind` for each image, with class numbers below `classes.count`.
  /// - Throws: `ImageryError.invalidArgument`, `.indexOutOfRange`, `.notImageShaped`
  package init(
    images: [Tensor], annotations: [Annotation], kind: Annotation.Kind, classes: [String],
    bands: Int = 3, names: [String]? = nil
  ) throws {
    guard annotations.count == images.count, names == nil || names?.count == images.count else {
      throw ImageryError(
        .invalidArgument, "annotations", given: "\(annotations.count)",
        expected: "\(images.count)")
    }
    try Dataset.requireDistinct(classes)
    for annotation in annotations {
      guard annotation.kind == kind else {
        throw ImageryError(
          .invalidArgument, "annotations", given: annotation.kind.rawValue, expected: kind.rawValue)
      }
      let used = annotation.label.map { [$0] } ?? annotation.boxes.map(\.label)
      for label in used where !classes.indices.contains(label) {
        throw ImageryError(
          .indexOutOfRange, "class", given: "\(label)", expected: "there are \(classes.count)")
      }
    }
    for image in images { _ = try ImageShape(image, for: "dataset") }
    self.images = images
    self.annotations = annotations
    self.kind = kind
    self.classes = classes
    self.bands = bands
    self.names = names ?? images.indices.map(String.init)
  }

  package var count: Int { images.count }
  package func label(at index: Int) -> Int { annotations[index].label ?? 0 }
  package func name(at index: Int) -> String { names[index] }
  package func image(at index: Int, frame: ImageFrame?) throws -> Tensor { images[index] }
  package func annotation(at index: Int) throws -> Annotation { annotations[index] }
}
