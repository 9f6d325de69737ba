import Imagery

/// Average precision as Pascal VOC computes it (Everingham et al., 2010): one overlap, 0.5, and
/// difficult objects count neither for nor against.
package enum PascalPrecision {
  package enum Curve: Sendable {
    /// The mean of the best precision at recalls 0, 0.1 … 1 or beyond (VOC 2007).
    case elevenPoints
    /// The area under the best precision at each recall or beyond (VOC 2010).
    case allPoints
  }

  /// AP of each class; nil for one without objects.
  package static func average(
    _ results: DetectionResults, curve: Curve = .allPoints, overlap: Double = 0.5
  ) -> [Double?] {
    results.classes.indices.map { label in
      let count = results.images.reduce(0) { sum, image in
        sum + image.truths.count { $0.label == label && !$0.isDifficult }
      }
      guard count > 0 else { return nil }
      let points = self.points(results.images, label, overlap: overlap, count: count)
      switch curve {
      case .elevenPoints:
        return (0...10).reduce(0) { sum, tenth in
          let beyond = points.filter { $0.recall >= Double(tenth) / 10 }.map(\.precision)
          return sum + (beyond.max() ?? 0) / 11
        }
      case .allPoints:
        var (area, best, next) = (0.0, 0.0, points.last?.recall ?? 0)
        for (recall, precision) in points.reversed() {
          area += (next - recall) * best
          best = max(best, precision)
          next = recall
        }
        return area + next * best
      }
    }
  }

  /// Recall and precision after each detection that counts, most probable first.
  private static func points(
    _ images: [DetectionResults.Image], _ label: Int, overlap: Double, count: Int
  ) -> [(recall: Double, precision: Double)] {
    var all: [(score: Float, image: Int, box: Box)] = []
    for (place, image) in images.enumerated() {
      for detection in image.detections where detection.label == label {
        all.append((detection.score, place, detection.box))
      }
    }
    var isTaken = images.map { [Bool](repeating: false, count: $0.truths.count) }
    var (right, wrong) = (0, 0)
    var points: [(recall: Double, precision: Double)] = []
    // The sort is stable: of equal scores the earlier image's come first.
    for detection in all.sorted(by: { $0.score > $1.score }) {
      let truths = images[detection.image].truths
      var best: (overlap: Double, truth: Int)?
      for (index, truth) in truths.enumerated() where truth.label == label {
        let common = truth.box.exactOverlap(detection.box)
        if common >= overlap, common > best?.overlap ?? 0 { best = (common, index) }
      }
      if let best, truths[best.truth].isDifficult { continue }
      if let best, !isTaken[detection.image][best.truth] {
        isTaken[detection.image][best.truth] = true
        right += 1
      } else {
        wrong += 1
      }
      points.append((Double(right) / Double(count), Double(right) / Double(right + wrong)))
    }
    return points
  }
}
