/// A convex patch of the picture, in heights of the image: what bodies and things are painted with.
struct Shape: Sendable {
  enum Outline: Sendable {
    /// Two discs and all between them; a point with a radius where both ends coincide.
    case limb(from: Spot, to: Spot, radii: SIMD2<Float>)
    /// The upper half of one ellipse on the lower half of another: a dome seen from above.
    case dome(centre: Spot, width: Float, rise: Float, sag: Float)
    /// A parallelogram by its middle and half its sides.
    case panel(centre: Spot, Spot, Spot)
  }

  var outline: Outline
  var color: Tint
  /// The other colour of stripes.
  var second: Tint?

  /// The smallest rectangle around it.
  var bounds: (low: Spot, high: Spot) {
    switch outline {
    case .limb(let a, let b, let radii):
      return (
        pointwiseMin(a - Spot(repeating: radii.x), b - Spot(repeating: radii.y)),
        pointwiseMax(a + Spot(repeating: radii.x), b + Spot(repeating: radii.y))
      )
    case .dome(let centre, let width, let rise, let sag):
      return (centre - Spot(width, sag), centre + Spot(width, rise))
    case .panel(let centre, let a, let b):
      let reach = Spot(abs(a.x) + abs(b.x), abs(a.y) + abs(b.y))
      return (centre - reach, centre + reach)
    }
  }

  /// How deep inside a spot lies (negative: how far outside), about in heights of the image, and
  /// across the shape from −1 (left) to 1 (right).
  @inline(__always)
  func depth(_ spot: Spot) -> (inside: Float, across: Float) {
    switch outline {
    case .limb(let a, let b, let radii):
      let way = b - a
      let offset = spot - a
      let length = max((way * way).sum(), 1e-12)
      let t = clamp((offset * way).sum() / length)
      let gap = offset - way * t
      let distance = (gap * gap).sum().squareRoot()
      let radius = mix(radii.x, radii.y, t)
      return (radius - distance, gap.x / max(radius, 1e-6))
    case .dome(let centre, let width, let rise, let sag):
      let offset = spot - centre
      let x = offset.x / max(width, 1e-6)
      let y = offset.y / max(offset.y > 0 ? rise : sag, 1e-6)
      let distance = (x * x + y * y).squareRoot()
      return ((1 - distance) * min(width, max(rise, sag)), x)
    case .panel(let centre, let a, let b):
      let offset = spot - centre
      let area = a.x * b.y - a.y * b.x
      let scale = 1 / (abs(area) < 1e-9 ? 1e-9 : area)
      let p = (offset.x * b.y - offset.y * b.x) * scale
      let q = (a.x * offset.y - a.y * offset.x) * scale
      let thickness = abs(area)
      let first = (1 - abs(p)) * thickness / max((b * b).sum().squareRoot(), 1e-6)
      let other = (1 - abs(q)) * thickness / max((a * a).sum().squareRoot(), 1e-6)
      return (min(first, other), p)
    }
  }
}
