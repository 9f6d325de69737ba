import Kernels
import Tensors

/// Losses of masks: of logits `[N, H, W, K]` against a class for each pixel, alone or as a weighted
/// sum, with their gradient in two passes over the pixels.
///
/// K = 1 is the logit of class 1 against class 0 (a sigmoid); otherwise a softmax is taken. Pixels
/// without label count nowhere. Over the n labelled pixels of the whole batch:
///
/// * cross-entropy: Σ w[y] · −log p[y] / n, where y is the pixel's class (with K = 1 this is binary
///   cross-entropy)
/// * hinge: Σ w[y] · max(0, 1 + max over k ≠ y of p[k] − p[y]) / n, Keras's `categorical_hinge`; with
///   K = 1 the two probabilities are p and 1 − p
/// * Dice: 1 − the mean over classes of (2 Σ p t + 1) / (Σ p + Σ t + 1), t being 1 at the pixels of
///   the class; with K = 1 of class 1 alone, with weights the weighted mean. A class that a batch
///   lacks is not left out: what is taken for it counts against the network.
package struct PixelLoss: Sendable {
  package let losses: WeightedLosses
  /// K.
  package let classes: Int
  /// w: a factor for each class (two where K = 1); nil for 1.
  package let classWeights: [Float]?
  /// w by label.
  private let weights: [Float]

  /// - Throws: `TrainingError.lossDoesNotFit`, `.classWeightCount`, `.tooManyClasses`.
  package init(_ losses: WeightedLosses, classes: Int, classWeights: [Float]? = nil) throws {
    guard (1...PixelLosses.mostClasses).contains(classes) else {
      throw TrainingError.tooManyClasses(given: classes, limit: PixelLosses.mostClasses)
    }
    for term in losses.terms {
      switch term.loss {
      case .crossEntropy, .dice, .hinge: continue
      case .binaryCrossEntropy where classes == 1: continue
      default: throw TrainingError.lossDoesNotFit(loss: term.loss.name, classes: classes)
      }
    }
    let labels = max(2, classes)
    if let classWeights, classWeights.count != labels {
      throw TrainingError.classWeightCount(given: classWeights.count, classes: labels)
    }
    self.losses = losses
    self.classes = classes
    self.classWeights = classWeights
    var weights = [Float](repeating: 0, count: 256)
    for label in 0..<labels { weights[label] = classWeights?[label] ?? 1 }
    self.weights = weights
  }

  /// The loss, and what is counted on the way.
  package struct Result: Equatable, Sendable {
    package let loss: Double
    package let overlaps: ClassOverlaps
  }

  /// - Parameters:
  ///   - pixels: N · H · W.
  ///   - logits: `[pixels, K]`.
  ///   - labels: `[pixels]`; 255 and all that is no class count nowhere.
  ///   - gradient: as many values as logits, all overwritten; nil where it is not wanted.
  package func evaluate(
    pixels: Int, logits: UnsafePointer<Float>, labels: UnsafePointer<UInt8>,
    gradient: UnsafeMutablePointer<Float>?
  ) -> Result {
    weights.withUnsafeBufferPointer { weights in
      guard let weights = weights.baseAddress else {
        preconditionFailure("there is a weight for each of 256 labels")
      }
      let sums = PixelLosses.forward(
        pixels: pixels, classes: classes, logits: logits, labels: labels, weights: weights,
        probabilities: gradient)
      let (loss, slopes) = combine(sums)
      if let gradient {
        PixelLosses.backward(
          pixels: pixels, classes: classes, labels: labels, weights: weights, slopes: slopes,
          values: gradient)
      }
      return Result(loss: loss, overlaps: ClassOverlaps(sums))
    }
  }

  /// The weighted sum of the losses, and how it changes with the probabilities.
  private func combine(_ sums: PixelLosses.Sums) -> (loss: Double, slopes: PixelLosses.Slopes) {
    var slopes = PixelLosses.Slopes(classes: classes)
    guard sums.count > 0 else {
      // Nothing is known; but logits that are no numbers must show.
      return (sums.crossEntropy.isFinite ? 0 : sums.crossEntropy, slopes)
    }
    let scale = 1 / Double(sums.count)
    var loss = 0.0
    for term in losses.terms {
      switch term.loss {
      case .hinge:
        loss += term.weight * sums.hinge * scale
        slopes.hinge = Float(term.weight * scale)
      case .dice: loss += term.weight * dice(sums, factor: term.weight, &slopes)
      default:
        loss += term.weight * sums.crossEntropy * scale
        slopes.crossEntropy += Float(term.weight * scale)
      }
    }
    return (loss, slopes)
  }

  /// 1 − Dice, and `factor` times its derivatives.
  private func dice(
    _ sums: PixelLosses.Sums, factor: Double, _ slopes: inout PixelLosses.Slopes
  ) -> Double {
    let shares = (0..<classes).map { classes == 1 ? 1 : Double(weights[$0]) }
    let whole = shares.reduce(0, +)
    guard whole > 0 else { return 0 }
    var loss = 0.0
    for (index, sum) in sums.classes.enumerated() {
      let share = shares[index] / whole
      let below = sum.probability + Double(sum.truths) + 1
      let dice = (2 * sum.overlap + 1) / below
      loss += share * (1 - dice)
      slopes.level[index] = Float(factor * share * dice / below)
      slopes.overlap[index] = Float(factor * share * -2 / below)
    }
    return loss
  }
}
