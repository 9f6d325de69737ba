/// The samples of one rendering: what is where and how high, before light falls on it.
///
/// A class, for its memory is filled in place and freed once; it never leaves the call that made
/// it.
final class Canvas {
  /// Samples along a side.
  let side: Int
  /// Metres of ground along x that a sample is wide, near the middle.
  let footprint: Float
  let camera: Camera
  let color: UnsafeMutablePointer<Tint>
  let height: UnsafeMutablePointer<Float>
  let cover: UnsafeMutablePointer<LandCover>

  init(side: Int, camera: Camera) {
    self.side = side
    self.camera = camera
    footprint = camera.extent / Float(side)
    let count = side * side
    color = .allocate(capacity: count)
    height = .allocate(capacity: count)
    cover = .allocate(capacity: count)
    color.initialize(repeating: Tint(), count: count)
    height.initialize(repeating: 0, count: count)
    cover.initialize(repeating: .deepWater, count: count)
  }

  deinit {
    color.deallocate()
    height.deallocate()
    cover.deallocate()
  }

  /// The ground under the middle of a sample.
  @inline(__always)
  func place(_ column: Int, _ row: Int) -> Place {
    let step = 1 / Float(side)
    return camera.place((Float(column) + 0.5) * step, (Float(row) + 0.5) * step)
  }

  /// Puts ground at a sample.
  @inline(__always)
  func set(_ sample: Int, _ ground: Ground) {
    color[sample] = ground.color
    height[sample] = ground.height
    cover[sample] = ground.cover
  }

  /// Puts ground at a sample a quarter of a pixel from a pixel's middle towards two neighbours.
  @inline(__always)
  func set(_ sample: Int, _ ground: Ground, _ across: Ground, _ up: Ground) {
    color[sample] = ground.color * 0.5 + (across.color + up.color) * 0.25
    height[sample] = ground.height * 0.5 + (across.height + up.height) * 0.25
    cover[sample] = ground.cover
  }

  /// Visits the samples whose ground lies in a box, row by row.
  @inline(__always)
  func visit(
    _ low: Place, _ high: Place, _ body: (_ sample: Int, _ place: Place) -> Void
  ) {
    // Straight lines stay straight in the image, and y alone decides the row.
    let a = camera.unit(low)
    let b = camera.unit(Place(high.x, low.y))
    let c = camera.unit(Place(low.x, high.y))
    let d = camera.unit(high)
    let left = min(a.u, c.u)
    let right = max(b.u, d.u)
    let top = c.v
    let bottom = a.v
    let scale = Float(side)
    guard right >= 0, left < 1, bottom >= 0, top < 1, left <= right, top <= bottom else { return }
    let last = side - 1
    let columns = min(Int(max(left, 0) * scale), last)...min(Int(min(right, 1) * scale), last)
    let rows = min(Int(max(top, 0) * scale), last)...min(Int(min(bottom, 1) * scale), last)
    for row in rows {
      for column in columns {
        body(row &* side &+ column, place(column, row))
      }
    }
  }
}
