import Imagery
import Networks

/// Finds the class of each pixel, by cross-entropy, Dice, hinge or a sum of them (see `PixelLoss`).
package struct Segmentation: Objective {
  /// What a step's score is.
  package enum Measuring: Sendable, Equatable {
    /// The mean intersection over union of the classes that the batch, or the network, sees.
    case meanIntersectionOverUnion
    /// The part of the labelled pixels that is recognised.
    case pixelAccuracy
  }

  package let losses: WeightedLosses
  package let classWeights: [Float]?
  package let measuring: Measuring

  /// - Parameter classWeights: a factor for each class; nil for 1.
  package init(
    _ losses: WeightedLosses = WeightedLosses(.crossEntropy), classWeights: [Float]? = nil,
    measuring: Measuring = .meanIntersectionOverUnion
  ) {
    self.losses = losses
    self.classWeights = classWeights
    self.measuring = measuring
  }

  package var name: String { losses.name }

  package var settings: String {
    losses.text + (classWeights.map { ", class weights \($0)" } ?? "")
      + ", measured by \(measuring)"
  }

  package var score: ScoreKind? {
    switch measuring {
    case .meanIntersectionOverUnion: ScoreKind("mean IoU")
    case .pixelAccuracy: ScoreKind("pixel accuracy")
    }
  }

  package func outputs(of network: Network) throws -> [Node] {
    [try SegmenterEnds(network).scores]
  }

  package func check(_ dataset: Dataset, _ network: Network) throws {
    let ends = try SegmenterEnds(network)
    try dataset.require(.mask, for: name)
    guard ends.classes == dataset.classes.count else {
      throw TrainingError.classCount(outputs: ends.outputs, classes: dataset.classes.count)
    }
    _ = try PixelLoss(losses, classes: ends.outputs, classWeights: classWeights)
  }

  package func evaluate(_ batch: Batch, _ outputs: [OutputMap]) throws -> Measure {
    let scores = outputs[0]
    let (height, width, classes) = (scores.shape[0], scores.shape[1], scores.shape[2])
    let loss = try PixelLoss(losses, classes: classes, classWeights: classWeights)
    var labels: [UInt8] = []
    labels.reserveCapacity(batch.count * height * width)
    for annotation in batch.annotations {
      guard let mask = annotation.mask, mask.height == height, mask.width == width else {
        throw TrainingError.maskSize(
          expected: [height, width],
          given: annotation.mask.map { [$0.height, $0.width] } ?? [])
      }
      if let label = mask.values.first(where: { $0 >= max(2, classes) && $0 != Mask.unlabelled }) {
        throw TrainingError.labelOutOfRange(label: Int(label), classes: max(2, classes))
      }
      labels += mask.values
    }
    let result = loss.evaluate(
      pixels: labels.count, logits: scores.values, labels: labels, gradient: scores.gradient)
    let score =
      switch measuring {
      case .meanIntersectionOverUnion: result.overlaps.meanIntersectionOverUnion
      case .pixelAccuracy: result.overlaps.pixelAccuracy
      }
    // Without a labelled pixel there is nothing to score.
    return Measure(loss: result.loss, score: score.isNaN ? nil : score)
  }
}
