import Imagery
import Networks
import Tensors

/// What a network is taught: which of its values a step runs to, what they are compared with, and
/// how wrong they are. The trainer knows no more of classes, boxes or masks than this.
///
/// An objective is a value, and `evaluate` a pure function of it, the batch and the outputs.
package protocol Objective: Sendable {
  /// The loss, in the language's word, such as "focal".
  var name: String { get }
  /// The name and every number of it: two objectives that differ read differently.
  var settings: String { get }
  /// What a step's score is; nil where a step has no such number.
  var score: ScoreKind? { get }
  /// Which images make a batch.
  var batches: BatchComposition { get }

  /// The nodes that a step runs to: logits, before a final softmax or sigmoid.
  /// - Throws: `TrainingError` when the network cannot be taught this.
  func outputs(of network: Network) throws -> [Node]

  /// - Throws: `TrainingError` when the network cannot learn this from the dataset.
  func check(_ dataset: Dataset, _ network: Network) throws

  /// The mean loss over the batch; writes all of each gradient where one is wanted.
  /// - Parameter outputs: of the nodes that `outputs(of:)` names.
  func evaluate(_ batch: Batch, _ outputs: [OutputMap]) throws -> Measure
}

extension Objective {
  package var settings: String { name }
  package var batches: BatchComposition { .shuffled }
}

/// How well a step, or a validation, did.
package struct Measure: Sendable, Equatable {
  package var loss: Double
  /// As the objective's `score` says.
  package var score: Double?

  package init(loss: Double, score: Double? = nil) { (self.loss, self.score) = (loss, score) }
}

/// What a score means.
package struct ScoreKind: Sendable, Equatable {
  /// Such as "accuracy" or "mean IoU".
  package let name: String
  /// Whether it is a share, 0…1, that is shown in per cent.
  package let isShare: Bool

  package init(_ name: String, isShare: Bool = true) { (self.name, self.isShare) = (name, isShare) }

  package static let accuracy = ScoreKind("accuracy")
}

/// Which images make a batch.
package enum BatchComposition: Sendable, Equatable {
  /// Each image once an epoch, in an order shuffled anew.
  case shuffled
  /// Sets of an anchor and another image of the same class for each of some classes: see
  /// `PairBatches`.
  case pairs
}

/// One output of a run.
package struct OutputMap {
  /// `[N, …]`, row-major.
  package let values: UnsafePointer<Float>
  /// Without N.
  package let shape: [Int]
  /// As many values, to be overwritten; nil where no gradient is wanted.
  package let gradient: UnsafeMutablePointer<Float>?

  package init(
    _ values: UnsafePointer<Float>, shape: [Int], gradient: UnsafeMutablePointer<Float>? = nil
  ) {
    self.values = values
    self.shape = shape
    self.gradient = gradient
  }
}

extension Execution {
  /// The outputs of the last run, with room for their gradients if they are wanted.
  /// - Throws: `TrainingError.nothingToTrain` where they are, and no weight leads to an output.
  func outputMaps(withGradients: Bool) throws -> [OutputMap] {
    try outputs.enumerated().map { index, node in
      let gradient = withGradients ? outputGradients(index)?.baseAddress : nil
      guard let values = outputValues(index).baseAddress, !withGradients || gradient != nil else {
        throw TrainingError.nothingToTrain
      }
      return OutputMap(values, shape: node.shape, gradient: gradient)
    }
  }
}

/// Tells classes of images apart, by cross-entropy.
package struct Classification: Objective {
  package let loss: CrossEntropy
  package init(_ loss: CrossEntropy = CrossEntropy()) { self.loss = loss }

  package var name: String { loss.name }
  package var settings: String { loss.classWeights.map { "\(name) \($0)" } ?? name }
  package var score: ScoreKind? { .accuracy }

  package func outputs(of network: Network) throws -> [Node] {
    [try ClassifierEnds(network).scores]
  }

  package func check(_ dataset: Dataset, _ network: Network) throws {
    let classes = try ClassifierEnds(network).classes
    try dataset.require(.label, for: name)
    guard classes == dataset.classes.count else {
      throw TrainingError.classCount(outputs: classes, classes: dataset.classes.count)
    }
    if let weights = loss.classWeights, weights.count != classes {
      throw TrainingError.classWeightCount(given: weights.count, classes: classes)
    }
  }

  package func evaluate(_ batch: Batch, _ outputs: [OutputMap]) throws -> Measure {
    let (scores, labels) = (outputs[0], batch.labels)
    let classes = scores.shape[0]
    let value = try loss.evaluate(
      shape: [labels.count, classes], output: scores.values, target: .labels(labels),
      gradient: scores.gradient)
    let right = labels.enumerated().count { row, label in
      indexOfLargest(scores.values + row * classes, count: classes) == label
    }
    return Measure(loss: value, score: Double(right) / Double(max(labels.count, 1)))
  }
}

extension Dataset {
  /// - Throws: `TrainingError.dataKind` where its images come with something else.
  func require(_ expected: Annotation.Kind, for objective: String) throws {
    guard kind == expected else {
      throw TrainingError.dataKind(
        objective: objective, given: kind, expected: expected, dataset: name)
    }
  }
}
