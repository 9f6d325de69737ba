/// What a trainer did, step by step and epoch by epoch.
package struct History: Equatable, Sendable {
  package struct Step: Equatable, Sendable {
    /// From 1.
    package let step: Int
    /// From 1.
    package let epoch: Int
    /// Of the batch, before the step.
    package let loss: Double
    /// The objective's score of the batch, before the step: for classes, the part of the images
    /// that was recognised.
    package let score: Double?
    package let rate: Double
    /// The length of the gradient over all weights that learn.
    package let gradientNorm: Double
    /// Images in the batch.
    package let count: Int
  }

  package struct Epoch: Equatable, Sendable {
    /// From 1.
    package let epoch: Int
    /// Steps since the beginning.
    package let step: Int
    /// Means over the epoch's images, each as it was when its step was taken.
    package let loss: Double
    package let score: Double?
    /// Of the epoch's last step.
    package let rate: Double
    /// After the epoch; nil where there was no validation.
    package var validationLoss: Double?
    package var validationScore: Double?
    /// The lowest loss so far of all epochs of this training: validation's, where there is one.
    package var isBest = false
  }

  package internal(set) var steps: [Step] = []
  package internal(set) var epochs: [Epoch] = []

  package init() {}

  /// As it was after so many steps.
  func prefix(_ step: Int) -> History {
    var past = History()
    past.steps = Array(steps.prefix { $0.step <= step })
    past.epochs = epochs.filter { $0.step <= step }
    return past
  }

  /// Means over the images of the steps so far of an epoch (from 1).
  func mean(ofEpoch epoch: Int) -> Measure {
    var (loss, score, count, scored) = (0.0, 0.0, 0, 0)
    for step in steps.reversed() {
      guard step.epoch == epoch else { break }
      loss += step.loss * Double(step.count)
      count += step.count
      if let value = step.score {
        score += value * Double(step.count)
        scored += step.count
      }
    }
    return Measure(
      loss: loss / Double(max(count, 1)), score: scored > 0 ? score / Double(scored) : nil)
  }
}
