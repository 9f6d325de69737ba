import Imagery
import Kernels
import Networks
import Tensors

/// Uses a network to tell classes apart, with its preprocessing and its moving statistics. The
/// memory for a batch is made once and used again.
package final class Classifier {
  package let network: Network
  /// Images that go through the network together.
  package let batch: Int
  private let ends: ClassifierEnds
  private let inference: Inference

  /// - Throws: `TrainingError.notAClassifier`, `.invalidSetting` for a batch below 1.
  package init(_ network: Network, batch: Int = 32) throws {
    guard batch >= 1, batch <= Execution.largestCount else {
      throw TrainingError.invalidSetting(
        name: "batch", given: Double(batch), expected: "a whole number from 1")
    }
    ends = try ClassifierEnds(network)
    self.network = network
    inference = Inference(network, outputs: [ends.scores])
    self.batch = batch
  }

  /// The probability of each class: `[N, K]` for images `[N, H, W, C]`, `[K]` for one image
  /// `[H, W, C]`, values 0…1.
  /// - Throws: `TrainingError.imageShape`, `NetworkError.memory`.
  package func predict(_ images: Tensor) throws -> Tensor {
    if images.shape == ends.input.shape {
      let result = try predict(images.reshaped([1] + images.shape))
      return try result.reshaped([ends.classes])
    }
    guard images.rank == ends.input.shape.count + 1 else {
      throw TrainingError.imageShape(expected: ends.input.shape, given: images.shape)
    }
    guard images.shape[0] > batch else { return try scores(images, isProbability: true) }
    var parts: [Tensor] = []
    for start in stride(from: 0, to: images.shape[0], by: batch) {
      let part = try images.slice([.range(from: start, to: start + batch, by: 1)])
      parts.append(try scores(part, isProbability: true))
    }
    return try Tensor.concatenate(parts)
  }

  /// Runs a batch: logits, or their softmax, `[N, K]`.
  private func scores(_ images: Tensor, isProbability: Bool) throws -> Tensor {
    let (count, classes) = (images.shape[0], ends.classes)
    guard count > 0 else { return try Tensor(shape: [0, classes]) }
    let execution = try inference.run(images)
    return try Tensor(uninitialized: [count, classes]) { output in
      guard let scores = execution.outputValues().baseAddress else { return }
      if isProbability {
        Kernels.Softmax.forward(rows: count, columns: classes, input: scores, output: output)
      } else {
        output.update(from: scores, count: count * classes)
      }
    }
  }

  /// Runs all images of a dataset through the network and compares with their labels.
  /// - Parameters:
  ///   - progress: images done, of all; called after each batch.
  ///   - shouldStop: asked after each batch; if so, the result is nil.
  /// - Throws: `TrainingError.noImages`, `.classCount`, `.imageShape`, and what the loader throws.
  package func evaluate(
    _ dataset: Dataset, progress: (_ done: Int, _ count: Int) -> Void = { _, _ in },
    shouldStop: () -> Bool = { false }
  ) throws -> Evaluation? {
    guard dataset.count > 0 else { throw TrainingError.noImages(dataset: dataset.name) }
    guard dataset.classes.count == ends.classes else {
      throw TrainingError.classCount(outputs: ends.classes, classes: dataset.classes.count)
    }
    let loader = try Loader(dataset, batch: batch)
    defer { loader.stop() }
    var confusion = Confusion(classes: dataset.classes)
    var (labels, predictions, indices) = ([Int](), [Int](), [Int]())
    var (parts, loss) = ([Tensor](), 0.0)
    while let batch = try loader.next() {
      let logits = try scores(batch.images, isProbability: false)
      let mean = try logits.withUnsafePointer {
        try CrossEntropy().evaluate(
          shape: logits.shape, output: $0, target: .labels(batch.labels), gradient: nil)
      }
      loss += mean * Double(batch.count)
      let probabilities = try Tensor(uninitialized: logits.shape) { output in
        logits.withUnsafePointer {
          Kernels.Softmax.forward(
            rows: batch.count, columns: ends.classes, input: $0, output: output)
        }
      }
      probabilities.withUnsafePointer { base in
        for (row, label) in batch.labels.enumerated() {
          let prediction = indexOfLargest(base + row * ends.classes, count: ends.classes)
          predictions.append(prediction)
          confusion.add(truth: label, prediction: prediction)
        }
      }
      labels += batch.labels
      indices += batch.indices
      parts.append(probabilities)
      progress(labels.count, dataset.count)
      if shouldStop() { return nil }
    }
    guard !labels.isEmpty else { throw TrainingError.noImages(dataset: dataset.name) }
    return Evaluation(
      dataset: dataset.name, loss: loss / Double(labels.count), confusion: confusion,
      labels: labels, predictions: predictions, indices: indices,
      probabilities: try Tensor.concatenate(parts), problems: loader.problems)
  }
}

/// How well a network does on a dataset.
package struct Evaluation: Sendable {
  package let dataset: String
  /// The mean cross-entropy, without class weights.
  package let loss: Double
  package let confusion: Confusion
  /// The true class of each image, the class it was taken for, and its place in the dataset.
  package let labels: [Int]
  package let predictions: [Int]
  package let indices: [Int]
  /// `[N, K]`, rows in the same order.
  package let probabilities: Tensor
  /// Damaged images, left out.
  package let problems: [ImageryError]

  package var count: Int { labels.count }
  package var classes: [String] { confusion.classes }
  package var accuracy: Double { confusion.accuracy }
  package var meanTruePositiveRate: Double { confusion.meanTruePositiveRate }
}

/// The most probable classes of one row of probabilities.
package enum TopClasses {
  /// Class indices with their probabilities, the most probable first; the lower index of equal
  /// ones first.
  package static func of(
    _ probabilities: [Float], count: Int
  ) -> [(index: Int, probability: Float)] {
    let order = probabilities.indices.sorted {
      (probabilities[$0], $1) > (probabilities[$1], $0)
    }
    return order.prefix(max(count, 0)).map { ($0, probabilities[$0]) }
  }
}
