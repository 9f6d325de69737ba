/// Whether each anchor lies nearer to its positive than to any image of another class, by a margin:
/// the mean over anchors of max(0, |a − p|² − |a − n|² + margin), with one negative n for each.
///
///     da = 2 (n − p)    dp = 2 (p − a)    dn = 2 (a − n)    where it is above 0, each / K
///
/// Schroff, Kalenichenko & Philbin, "FaceNet", CVPR 2015, section 3.
package struct TripletLoss: Sendable {
  /// Which of the other classes' rows (anchors and positives) is an anchor's negative.
  package enum Negatives: String, Sendable, CaseIterable {
    /// The nearest of those farther away than the positive; where all are nearer, the farthest
    /// (FaceNet, section 3.2). The gentler one: it does not draw all vectors into one point.
    case semiHard = "semi_hard"
    /// The nearest (Hermans, Beyer & Leibe, "In Defense of the Triplet Loss", 2017).
    case hard
  }

  /// In squared distance, from 0.
  package let margin: Float
  package let negatives: Negatives

  package init(margin: Float = 0.2, negatives: Negatives = .semiHard) {
    self.margin = margin
    self.negatives = negatives
  }

  /// - Parameters:
  ///   - vectors: `[rows, dimension]`, all rows of the batch.
  ///   - gradient: as many values, overwritten; 0 for rows in no triplet. Nil where it is not
  ///     wanted.
  /// - Returns: the loss, and the share of anchors whose nearest positive is their own.
  /// - Precondition: there is a pair.
  package func evaluate(
    _ pairs: Pairs, rows: Int, dimension: Int, vectors: UnsafePointer<Float>,
    gradient: UnsafeMutablePointer<Float>?
  ) -> (loss: Double, score: Double) {
    precondition(pairs.count > 0, "a loss of pairs needs one")
    gradient?.update(repeating: 0, count: rows * dimension)
    let scale = 2 / Float(pairs.count)
    var (sum, right) = (0.0, 0)
    for pair in 0..<pairs.count {
      let (anchor, positive) = (pairs.anchors[pair], pairs.positives[pair])
      let a = vectors + anchor * dimension
      func distance(_ row: Int) -> Float {
        squaredDistance(a, vectors + row * dimension, count: dimension)
      }
      let own = distance(positive)
      var nearest: (row: Int, distance: Float)?
      var outside: (row: Int, distance: Float)?
      var farthest: (row: Int, distance: Float)?
      var isNearest = true
      for other in 0..<pairs.count where other != pair {
        for row in [pairs.anchors[other], pairs.positives[other]] {
          let d = distance(row)
          if d < nearest?.distance ?? .infinity { nearest = (row, d) }
          if d > own, d < outside?.distance ?? .infinity { outside = (row, d) }
          if d > farthest?.distance ?? -.infinity { farthest = (row, d) }
        }
        if distance(pairs.positives[other]) <= own { isNearest = false }
      }
      if isNearest { right += 1 }
      guard let negative = negatives == .hard ? nearest : outside ?? farthest else { continue }
      let value = own - negative.distance + margin
      // Not a number passes, so that it is seen.
      guard !(value <= 0) else { continue }
      sum += Double(value)
      guard let gradient else { continue }
      let (p, n) = (vectors + positive * dimension, vectors + negative.row * dimension)
      for i in 0..<dimension {
        gradient[anchor * dimension + i] += scale * (n[i] - p[i])
        gradient[positive * dimension + i] += scale * (p[i] - a[i])
        gradient[negative.row * dimension + i] += scale * (a[i] - n[i])
      }
    }
    return (sum / Double(pairs.count), Double(right) / Double(pairs.count))
  }
}
