import Imagery

/// How many objects each image has, and how many were found: the course's question is how many
/// people are on the beach.
package struct ObjectCounts: Equatable, Sendable {
  /// Of each image; difficult objects are left out.
  package let observed: [Int]
  /// Detections with at least the threshold's probability.
  package let estimated: [Int]

  package init(observed: [Int], estimated: [Int]) {
    precondition(observed.count == estimated.count, "each image is counted twice")
    self.observed = observed
    self.estimated = estimated
  }

  /// - Parameter label: count only one class; nil for all together.
  package init(_ results: DetectionResults, threshold: Float, label: Int? = nil) {
    self.init(
      observed: results.images.map { image in
        image.truths.count { !$0.isDifficult && (label == nil || $0.label == label) }
      },
      estimated: results.images.map { image in
        image.detections.count { $0.score >= threshold && (label == nil || $0.label == label) }
      })
  }

  private var differences: [Double] { zip(estimated, observed).map { Double($0 - $1) } }

  /// The mean of estimated − observed: below 0 where objects are missed; nil without images.
  package var meanError: Double? { mean(differences) }
  /// The mean of its size.
  package var meanAbsoluteError: Double? { mean(differences.map(\.magnitude)) }

  /// Pearson's correlation; nil where one of the two is the same in all images.
  package var correlation: Double? {
    let (x, y) = (observed.map(Double.init), estimated.map(Double.init))
    guard let meanX = mean(x), let meanY = mean(y) else { return nil }
    var (xx, yy, xy) = (0.0, 0.0, 0.0)
    for (a, b) in zip(x, y) {
      xx += (a - meanX) * (a - meanX)
      yy += (b - meanY) * (b - meanY)
      xy += (a - meanX) * (b - meanY)
    }
    return xx > 0 && yy > 0 ? xy / (xx * yy).squareRoot() : nil
  }

  private func mean(_ values: [Double]) -> Double? {
    values.isEmpty ? nil : values.reduce(0, +) / Double(values.count)
  }
}
