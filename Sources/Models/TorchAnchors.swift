/// What the numbers of torchvision's RetinaNet mean, which are trained on anchors and box codes of
/// their own (`torchvision.models.detection`: anchor_utils.py, _utils.py).
package enum TorchAnchors {
  /// Largest sides of the anchors of the levels P3 to P7 in pixels: 32, 64, … and, cut to whole
  /// numbers, ∛2 and ∛4 times as many.
  package static let sizes = [
    [32, 40, 50], [64, 80, 101], [128, 161, 203], [256, 322, 406], [512, 645, 812],
  ]

  /// Height by width. The nine anchors of a place are ordered by ratio first, then by size.
  package static let ratios = [0.5, 1, 2]

  /// A place's anchors lie around the upper left corner of its cell, not around the middle.
  package static let centre = 0.0

  /// Box codes are (Δx, Δy, Δlog w, Δlog h) relative to the anchor, divided by nothing.
  package static let variances: [Float] = [1, 1, 1, 1]

  /// The largest factor by which a code may widen or heighten an anchor.
  package static let largestScale: Float = 62.5

  /// Half widths and heights of the anchors of a level (0 for P3), rounded as torchvision rounds:
  /// to the nearest whole number, and halves to the even one.
  package static func halves(level: Int) -> [(width: Double, height: Double)] {
    ratios.flatMap { ratio in
      sizes[level].map { size in
        let height = ratio.squareRoot()
        return (
          (Double(size) / height / 2).rounded(.toNearestOrEven),
          (Double(size) * height / 2).rounded(.toNearestOrEven)
        )
      }
    }
  }
}
