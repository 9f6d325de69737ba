import Imagery

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// How a box is written as four numbers beside an anchor: the way from centre to centre in the
/// anchor's sides, and the logarithms of the ratios of sides, each divided by its usual size
/// (Girshick et al., "Rich feature hierarchies", 2014; Fast R-CNN's variances).
package struct BoxCoding: Equatable, Sendable {
  /// Of x, y, width, height. Torchvision's detectors have 1, 1, 1, 1.
  package var variances = SIMD4<Float>(0.1, 0.1, 0.2, 0.2)

  package init() {}
  package init(variances: SIMD4<Float>) { self.variances = variances }

  /// The logarithm of the largest ratio of sides that is decoded: an untrained network may ask for
  /// more, and exp would overflow.
  static let largestLogarithm = logf(1000 / 16)

  /// (x, y, width, height) of a box that has an area, as seen from an anchor.
  package func encode(_ box: Box, at anchor: Box) -> SIMD4<Float> {
    let (w, h) = (anchor.width, anchor.height)
    return SIMD4(
      ((box.left + box.right) - (anchor.left + anchor.right)) / 2 / w,
      ((box.top + box.bottom) - (anchor.top + anchor.bottom)) / 2 / h,
      logf(box.width / w), logf(box.height / h)) / variances
  }

  /// The box that the numbers stand for, not clipped. Numbers that are not finite give a box without
  /// an area.
  package func decode(_ code: SIMD4<Float>, at anchor: Box) -> Box {
    let step = code * variances
    let x = (anchor.left + anchor.right) / 2 + step.x * anchor.width
    let y = (anchor.top + anchor.bottom) / 2 + step.y * anchor.height
    let w = expf(min(step.z, BoxCoding.largestLogarithm)) * anchor.width / 2
    let h = expf(min(step.w, BoxCoding.largestLogarithm)) * anchor.height / 2
    guard x.isFinite, y.isFinite, w.isFinite, h.isFinite else {
      return Box(left: 0, top: 0, right: 0, bottom: 0)
    }
    return Box(left: x - w, top: y - h, right: x + w, bottom: y + h)
  }
}
