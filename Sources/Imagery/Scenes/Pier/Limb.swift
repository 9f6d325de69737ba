/// A round piece of a body or a thing: two balls and all between them.
struct Limb: Sendable {
  var from: Point
  var to: Point
  /// In metres, at either end.
  var radii: SIMD2<Float>
  var color: Tint

  init(_ from: Point, _ to: Point, _ radius: Float, _ other: Float, _ color: Tint) {
    self.from = from
    self.to = to
    radii = SIMD2(radius, other)
    self.color = color
  }

  init(_ from: Point, _ to: Point, _ radius: Float, _ color: Tint) {
    self.init(from, to, radius, radius, color)
  }

  /// What of it is above a level, or nil.
  func above(_ level: Float) -> Limb? {
    if from.z >= level && to.z >= level { return self }
    if from.z < level && to.z < level { return nil }
    var cut = self
    let t = (level - from.z) / (to.z - from.z)
    let point = from + (to - from) * t
    let radius = mix(radii.x, radii.y, t)
    if from.z < level {
      cut.from = point
      cut.radii.x = radius
    } else {
      cut.to = point
      cut.radii.y = radius
    }
    return cut
  }

  func shape(_ camera: PierCamera) -> Shape? {
    guard let a = camera.project(from), let b = camera.project(to) else { return nil }
    return Shape(
      outline: .limb(
        from: a.spot, to: b.spot, radii: SIMD2(radii.x * a.scale, radii.y * b.scale)),
      color: color)
  }
}
