import Imagery
import Kernels

/// How well masks agree: for each class the pixels that are of it, that were taken for it, and both.
/// Pixels without label are not counted.
package struct ClassOverlaps: Equatable, Sendable {
  package let truths: [Int]
  package let predictions: [Int]
  package let hits: [Int]

  package init(truths: [Int], predictions: [Int], hits: [Int]) {
    precondition(
      truths.count == predictions.count && truths.count == hits.count, "a count for each class")
    self.truths = truths
    self.predictions = predictions
    self.hits = hits
  }

  package init(_ confusion: Confusion) {
    let classes = confusion.classes.indices
    self.init(
      truths: classes.map { confusion.counts[$0].reduce(0, +) },
      predictions: classes.map { column in confusion.counts.reduce(0) { $0 + $1[column] } },
      hits: classes.map { confusion.counts[$0][$0] })
  }

  /// Of one output, the sums are those of class 1, and class 0 is the rest.
  init(_ sums: PixelLosses.Sums) {
    var (truths, predictions) = (sums.classes.map(\.truths), sums.classes.map(\.predictions))
    var hits = sums.classes.map(\.hits)
    if truths.count == 1 {
      let missed = truths[0] + predictions[0] - hits[0]
      truths.insert(sums.count - truths[0], at: 0)
      predictions.insert(sums.count - predictions[0], at: 0)
      hits.insert(sums.count - missed, at: 0)
    }
    self.init(truths: truths, predictions: predictions, hits: hits)
  }

  /// Labelled pixels.
  package var total: Int { truths.reduce(0, +) }

  /// The part of the labelled pixels that was recognised; NaN without any.
  package var pixelAccuracy: Double { Double(hits.reduce(0, +)) / Double(total) }

  /// Intersection over union of each class: both / (either). Nil for a class that is neither in the
  /// masks nor in the predictions.
  package var intersectionOverUnion: [Double?] {
    truths.indices.map { index in
      let union = truths[index] + predictions[index] - hits[index]
      return union == 0 ? nil : Double(hits[index]) / Double(union)
    }
  }

  /// Dice of each class: 2 · both / (sum of the two). Nil as above.
  package var dice: [Double?] {
    truths.indices.map { index in
      let sum = truths[index] + predictions[index]
      return sum == 0 ? nil : 2 * Double(hits[index]) / Double(sum)
    }
  }

  /// Means over the classes that are not nil: a class that nobody sees says nothing of a network.
  /// NaN without any.
  package var meanIntersectionOverUnion: Double { mean(intersectionOverUnion) }
  package var meanDice: Double { mean(dice) }

  private func mean(_ values: [Double?]) -> Double {
    let known = values.compactMap { $0 }
    return known.reduce(0, +) / Double(known.count)
  }
}
