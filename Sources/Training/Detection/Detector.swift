import Imagery
import Kernels
import Networks
import Tensors

/// Uses a network to find objects, with its preprocessing and its moving statistics. The memory for
/// a batch is made once and used again.
package final class Detector {
  package let network: Network
  package let ends: DetectorEnds
  /// Images that go through the network together.
  package let batch: Int
  private let inference: Inference

  package var classes: Int { ends.classes }

  /// - Throws: `DetectionError.notADetector`, `.anchorCount`, `TrainingError.invalidSetting` for a
  ///   batch below 1.
  package init(_ network: Network, shapes: AnchorShapes = AnchorShapes(), batch: Int = 8) throws {
    guard batch >= 1, batch <= Execution.largestCount else {
      throw TrainingError.invalidSetting(
        name: "batch", given: Double(batch), expected: "a whole number from 1")
    }
    ends = try DetectorEnds(network, shapes: shapes)
    self.network = network
    inference = Inference(network, outputs: [ends.scores, ends.boxes])
    self.batch = batch
  }

  /// The objects in each image, most probable first, in pixels of that image.
  /// - Parameters:
  ///   - images: each `[H, W, C]`, values 0…1, of any size.
  ///   - fit: how an image of another size than the network's is brought to it.
  /// - Throws: `TrainingError.imageShape` for another number of channels, `ImageryError`,
  ///   `NetworkError.memory`.
  package func detect(
    _ images: [Tensor], decoder: Decoder = Decoder(), fit: ImageFrame.Fit = .pad
  ) throws -> [[DetectedBox]] {
    var results: [[DetectedBox]] = []
    for start in stride(from: 0, to: images.count, by: batch) {
      let part = images[start..<min(start + batch, images.count)]
      let fitted = try part.map { try self.fitted($0, fit) }
      let boxes = try detect(batch: try Tensor.stack(fitted.map(\.image)), decoder: decoder)
      for (found, item) in zip(boxes, fitted) {
        results.append(
          found.compactMap { detected in
            let box = item.placement.restore(detected.box)
              .clipped(height: item.height, width: item.width)
            guard box.width > 0, box.height > 0 else { return nil }
            return DetectedBox(box, label: detected.label, score: detected.score)
          })
      }
    }
    return results
  }

  /// An image brought to the input, and the way back.
  private struct Fitted {
    let image: Tensor
    let placement: Placement
    let height: Int
    let width: Int
  }

  private func fitted(_ image: Tensor, _ fit: ImageFrame.Fit) throws -> Fitted {
    let input = ends.input.shape
    guard image.rank == 3, image.count > 0 else {
      throw TrainingError.imageShape(expected: input, given: image.shape)
    }
    let image =
      input[2] == 3 && [1, 4].contains(image.shape[2]) ? try Image.rgb(image) : image
    guard image.shape[2] == input[2] else {
      throw TrainingError.imageShape(expected: input, given: image.shape)
    }
    let frame = try ImageFrame(height: input[0], width: input[1], fit: fit)
    let (height, width) = (image.shape[0], image.shape[1])
    return Fitted(
      image: try Image.resized(image, to: frame),
      placement: Placement(height: height, width: width, in: frame), height: height, width: width)
  }

  /// The objects in images `[N, H, W, C]` of the input's size, in its pixels.
  package func detect(batch images: Tensor, decoder: Decoder) throws -> [[DetectedBox]] {
    let count = images.shape.first ?? 0
    guard count > 0 else { return [] }
    let execution = try inference.run(images)
    let (anchors, classes) = (ends.grid.count, ends.classes)
    guard let logits = execution.outputValues(0).baseAddress,
      let codes = execution.outputValues(1).baseAddress
    else { return [] }
    var results = [[DetectedBox]](repeating: [], count: count)
    let grid = ends.grid
    results.withUnsafeMutableBufferPointer { results in
      // Each chunk writes its own place.
      Parallel.run(chunks: count) { image in
        results[image] = decoder.decode(
          logits: logits + image * anchors * classes, codes: codes + image * anchors * 4,
          classes: classes, grid: grid)
      }
    }
    return results
  }

  /// Finds the objects in all images of a dataset, beside those that are known.
  /// - Parameters:
  ///   - progress: images done, of all; called after each batch.
  ///   - shouldStop: asked after each batch; if so, the result is nil.
  /// - Throws: `TrainingError.noImages`, `.classCount`, `.imageShape`, `.dataKind`, and
  ///   what the loader throws.
  package func detect(
    _ dataset: Dataset, decoder: Decoder = Decoder(),
    progress: (_ done: Int, _ count: Int) -> Void = { _, _ in }, shouldStop: () -> Bool = { false }
  ) throws -> DetectionResults? {
    guard dataset.count > 0 else { throw TrainingError.noImages(dataset: dataset.name) }
    try dataset.require(.boxes, for: "detect")
    guard dataset.classes.count == classes else {
      throw TrainingError.classCount(outputs: classes, classes: dataset.classes.count)
    }
    let loader = try Loader(dataset, batch: batch)
    defer { loader.stop() }
    var images: [DetectionResults.Image] = []
    while let batch = try loader.next() {
      let found = try detect(batch: batch.images, decoder: decoder)
      for ((index, annotation), boxes) in zip(zip(batch.indices, batch.annotations), found) {
        images.append(.init(index: index, truths: annotation.boxes, detections: boxes))
      }
      progress(images.count, dataset.count)
      if shouldStop() { return nil }
    }
    guard !images.isEmpty else { throw TrainingError.noImages(dataset: dataset.name) }
    return DetectionResults(
      dataset: dataset.name, classes: dataset.classes, images: images, problems: loader.problems)
  }
}

/// What was found in the images of a dataset, beside what is there.
package struct DetectionResults: Sendable {
  package struct Image: Sendable {
    /// Its place in the dataset.
    package let index: Int
    package let truths: [LabelledBox]
    /// Most probable first.
    package let detections: [DetectedBox]

    package init(index: Int, truths: [LabelledBox], detections: [DetectedBox]) {
      self.index = index
      self.truths = truths
      self.detections = detections
    }
  }

  package let dataset: String
  package let classes: [String]
  package let images: [Image]
  /// Damaged images, left out.
  package let problems: [ImageryError]

  package init(
    dataset: String, classes: [String], images: [Image], problems: [ImageryError] = []
  ) {
    self.dataset = dataset
    self.classes = classes
    self.images = images
    self.problems = problems
  }
}
