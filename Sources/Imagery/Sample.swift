import Tensors

/// One labelled image of a dataset.
package struct Sample: Sendable {
  /// [H, W, 3], values 0…1.
  package let image: Tensor
  /// Index into the dataset's classes.
  package let label: Int
  package let labelName: String
  /// Where it came from: a path inside the folder, or a generator's name for it.
  package let name: String
}

/// Images and labels that go through a network together.
package struct Batch: Sendable {
  /// [N, H, W, 3], values 0…1.
  package let images: Tensor
  /// N indices into the dataset's classes.
  package let labels: [Int]
  /// N positions in the dataset.
  package let indices: [Int]
  package var count: Int { labels.count }
}

/// Where a dataset's images come from: a folder, a generator, a list in memory. Label and name are
/// cheap; only `image` decodes or draws. Indices are in 0..<count, and equal indices give equal
/// results at any time and from any thread.
package protocol SampleSource: Sendable {
  var classes: [String] { get }
  var count: Int { get }
  /// Index into `classes`.
  func label(at index: Int) -> Int
  func name(at index: Int) -> String
  /// An image [H, W, C] with values 0…1 and C of 1, 3 or 4. `frame` is the size that will be
  /// used; a source that can save work by it may return that size, or any other.
  func image(at index: Int, frame: ImageFrame?) throws -> Tensor
}

/// Images that are already there.
package struct MemorySource: SampleSource {
  package let classes: [String]
  private let images: [Tensor]
  private let labels: [Int]
  private let names: [String]

  /// - Parameters:
  ///   - images: each [H, W, C], values 0…1.
  ///   - labels: an index into `classes` for each image.
  ///   - names: by default "0", "1", …
  /// - Throws: `ImageryError.invalidArgument`, `.indexOutOfRange`, `.notImageShaped`
  package init(
    images: [Tensor], labels: [Int], classes: [String], names: [String]? = nil
  ) throws {
    guard labels.count == images.count, names == nil || names?.count == images.count else {
      throw ImageryError(
        .invalidArgument, "labels", given: "\(labels.count)", expected: "\(images.count)")
    }
    try Dataset.requireDistinct(classes)
    for label in labels where !classes.indices.contains(label) {
      throw ImageryError(
        .indexOutOfRange, "class", given: "\(label)", expected: "there are \(classes.count)")
    }
    for image in images { _ = try ImageShape(image, for: "dataset") }
    self.images = images
    self.labels = labels
    self.classes = classes
    self.names = names ?? images.indices.map(String.init)
  }

  package var count: Int { images.count }
  package func label(at index: Int) -> Int { labels[index] }
  package func name(at index: Int) -> String { names[index] }
  package func image(at index: Int, frame: ImageFrame?) throws -> Tensor { images[index] }
}
