/// Whether confidence is worth anything: how right a model is on the images that it is most sure of.
package enum Confidence {
  /// Accuracy among the most confident images, for growing parts of all: (part, accuracy), the last
  /// part 1. A confidence that tells right from wrong falls from left to right. Equally confident
  /// images count together, so at a part that cuts through them their mean accuracy is meant.
  /// El-Yaniv & Wiener, "On the Foundations of Noise-free Selective Classification", JMLR 2010.
  /// - Parameter steps: how many parts, from 1.
  package static func accuracyByCoverage(
    confidence: [Double], isRight: [Bool], steps: Int = 20
  ) -> [(part: Double, accuracy: Double)] {
    precondition(confidence.count == isRight.count && steps >= 1, "a confidence for each answer")
    let count = confidence.count
    guard count > 0 else { return [] }
    let order = confidence.indices.sorted {
      (-confidence[$0], $0) < (-confidence[$1], $1)
    }
    // Expected number of right ones among the first so many.
    var right = [0.0]
    var start = 0
    while start < count {
      var end = start
      while end < count, !(confidence[order[end]] < confidence[order[start]]) { end += 1 }
      let share = Double(order[start..<end].count { isRight[$0] }) / Double(end - start)
      for _ in start..<end { right.append(right[right.count - 1] + share) }
      start = end
    }
    return (1...steps).map { step in
      let number = max(1, (count * step + steps - 1) / steps)
      return (Double(number) / Double(count), right[number] / Double(number))
    }
  }

  /// The chance that a right answer is more confident than a wrong one (the area under the
  /// receiver operating characteristic): 0.5 for a confidence that says nothing; nil where all
  /// answers are right, or all wrong.
  package static func separation(confidence: [Double], isRight: [Bool]) -> Double? {
    precondition(confidence.count == isRight.count, "a confidence for each answer")
    let right = isRight.count { $0 }
    let wrong = isRight.count - right
    guard right > 0, wrong > 0 else { return nil }
    let order = confidence.indices.sorted { confidence[$0] < confidence[$1] }
    var (rankSum, start) = (0.0, 0)
    while start < order.count {
      var end = start
      while end < order.count, !(confidence[order[start]] < confidence[order[end]]) { end += 1 }
      // Equal ones share their mean rank.
      let rank = Double(start + end + 1) / 2
      rankSum += rank * Double(order[start..<end].count { isRight[$0] })
      start = end
    }
    let most = Double(right) * Double(right + 1) / 2
    return (rankSum - most) / (Double(right) * Double(wrong))
  }
}
