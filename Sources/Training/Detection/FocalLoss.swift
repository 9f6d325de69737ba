import Kernels

/// The sigmoid focal loss (Lin et al. 2017): cross-entropy of each class for itself, times
/// (1 − p)^gamma, so that the many anchors that are easily told as background count little.
package struct FocalLoss: Equatable, Sendable {
  /// The weight of what is there, 0…1; what is not there weighs 1 − alpha. Nil: both weigh 1.
  package var alpha: Float?
  /// From 0, which leaves cross-entropy.
  package var gamma: Float

  package init(alpha: Float? = 0.25, gamma: Float = 2) {
    self.alpha = alpha
    self.gamma = gamma
  }

  /// Every number of it, so that two that differ read differently.
  package var settings: String { "focal alpha \(alpha.map { "\($0)" } ?? "none") gamma \(gamma)" }

  /// The sum over logits `[rows, columns]` with one label a row: a class, `FocalRows.background` or
  /// `.ignored`. `gradient`, where wanted, is overwritten with `scale` · its derivative.
  package func sum(
    rows: Int, columns: Int, logits: UnsafePointer<Float>, labels: UnsafePointer<Int32>,
    gradient: UnsafeMutablePointer<Float>? = nil, scale: Float = 1
  ) -> Double {
    FocalRows.sum(
      rows: rows, columns: columns, logits: logits, labels: labels, presentWeight: alpha ?? 1,
      absentWeight: alpha.map { 1 - $0 } ?? 1, gamma: gamma, gradient: gradient, scale: scale)
  }
}

/// Half the square of small differences, large ones as they are (Girshick, "Fast R-CNN", 2015):
/// d² / (2 delta) up to delta, |d| − delta / 2 beyond it.
package struct SmoothL1: Equatable, Sendable {
  /// Above 0.
  package var delta: Float

  package init(delta: Float = 1) { self.delta = delta }

  package var settings: String { "smooth_l1 delta \(delta)" }

  /// The loss of one difference, prediction − target, and its derivative.
  @inline(__always)
  package func point(_ difference: Float) -> (loss: Float, derivative: Float) {
    let size = difference.magnitude
    return size < delta
      ? (difference * difference / (2 * delta), difference / delta)
      : (size - delta / 2, difference < 0 ? -1 : 1)
  }

  /// The loss of four differences, and their derivatives.
  @inline(__always)
  func points(_ difference: SIMD4<Float>) -> (loss: Float, derivative: SIMD4<Float>) {
    var derivative = SIMD4<Float>()
    var loss: Float = 0
    for i in 0..<4 {
      let (part, slope) = point(difference[i])
      loss += part
      derivative[i] = slope
    }
    return (loss, derivative)
  }
}
