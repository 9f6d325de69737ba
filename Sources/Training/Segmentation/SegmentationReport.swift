import Imagery
import Tensors

/// How well masks are found in a dataset, over all its pixels together.
package struct SegmentationReport: Sendable {
  package let dataset: String
  /// Images that were judged.
  package let count: Int
  /// Pixels by class in the masks and class predicted; those without label are left out.
  package let confusion: Confusion
  /// Damaged images, left out.
  package let problems: [ImageryError]

  package var classes: [String] { confusion.classes }
  package var overlaps: ClassOverlaps { ClassOverlaps(confusion) }
}

extension Confusion {
  /// Adds a mask's pixels. Pixels without label, or whose number is no class, are left out.
  /// - Throws: `TrainingError.maskSize`
  package mutating func add(truth: Mask, prediction: Mask) throws {
    guard truth.height == prediction.height, truth.width == prediction.width else {
      throw TrainingError.maskSize(
        expected: [prediction.height, prediction.width], given: [truth.height, truth.width])
    }
    var pairs = [Int](repeating: 0, count: 1 << 16)
    for (truth, prediction) in zip(truth.values, prediction.values) {
      pairs[Int(truth) << 8 | Int(prediction)] += 1
    }
    for row in classes.indices.prefix(256) {
      for column in classes.indices.prefix(256) {
        add(truth: row, prediction: column, count: pairs[row << 8 | column])
      }
    }
  }
}

extension Segmenter {
  /// Finds masks in all images of a dataset, each in its own size, and compares them with theirs.
  /// - Parameters:
  ///   - progress: images done, of all; called after each.
  ///   - shouldStop: asked after each; if so, the result is nil.
  /// - Throws: `TrainingError.noImages`, `.dataKind`, `.classCount`, `.imageShape`, `.maskSize`.
  package func evaluate(
    _ dataset: Dataset, progress: (_ done: Int, _ count: Int) -> Void = { _, _ in },
    shouldStop: () -> Bool = { false }
  ) throws -> SegmentationReport? {
    try evaluate(dataset, progress: progress, shouldStop: shouldStop) { image in
      Segmenter.mask(of: try probabilities(of: image))
    }
  }

  /// The same with masks that are made otherwise, as by refinement.
  package func evaluate(
    _ dataset: Dataset, progress: (_ done: Int, _ count: Int) -> Void,
    shouldStop: () -> Bool, mask: (_ image: Tensor) throws -> Mask
  ) throws -> SegmentationReport? {
    guard dataset.count > 0 else { throw TrainingError.noImages(dataset: dataset.name) }
    try dataset.require(.mask, for: "mean_iou")
    guard dataset.classes.count == classes else {
      throw TrainingError.classCount(outputs: ends.outputs, classes: dataset.classes.count)
    }
    var confusion = Confusion(classes: dataset.classes)
    var (count, problems) = (0, [ImageryError]())
    for position in 0..<dataset.count {
      let sample: Sample
      do {
        sample = try dataset.sample(at: position)
      } catch let error as ImageryError where error.isAboutOneFile {
        problems.append(error)
        continue
      }
      if let truth = sample.annotation.mask {
        try confusion.add(truth: truth, prediction: try mask(sample.image))
        count += 1
      }
      progress(position + 1, dataset.count)
      if shouldStop() { return nil }
    }
    guard count > 0 else { throw TrainingError.noImages(dataset: dataset.name) }
    return SegmentationReport(
      dataset: dataset.name, count: count, confusion: confusion, problems: problems)
  }
}
