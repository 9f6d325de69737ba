/// The light of one frame while it is painted: rows × columns, row by row from the top.
///
/// A class, for its memory is filled in place and freed once; it never leaves the call that made
/// it.
final class PierCanvas {
  let rows: Int
  let columns: Int
  let light: UnsafeMutablePointer<Tint>
  /// The sun's share that shadows let through to the ground, 0…1.
  let lit: UnsafeMutablePointer<Float>

  init(rows: Int, columns: Int) {
    self.rows = rows
    self.columns = columns
    light = .allocate(capacity: rows * columns)
    lit = .allocate(capacity: rows * columns)
    light.initialize(repeating: Tint(), count: rows * columns)
    lit.initialize(repeating: 1, count: rows * columns)
  }

  deinit {
    light.deallocate()
    lit.deallocate()
  }

  /// The middle of a pixel.
  @inline(__always)
  func spot(_ row: Int, _ column: Int) -> Spot {
    PierCanvas.spot(row, column, rows: rows, columns: columns)
  }

  @inline(__always)
  static func spot(_ row: Int, _ column: Int, rows: Int, columns: Int) -> Spot {
    let scale = 1 / Float(rows)
    return Spot(
      (Float(column) + 0.5 - 0.5 * Float(columns)) * scale, 0.5 - (Float(row) + 0.5) * scale)
  }

  /// The pixels whose middles may lie in a rectangle, or nil.
  static func pixels(
    _ low: Spot, _ high: Spot, rows: Int, columns: Int
  ) -> (rows: Range<Int>, columns: Range<Int>)? {
    let scale = Float(rows)
    let left = low.x * scale + 0.5 * Float(columns)
    let right = high.x * scale + 0.5 * Float(columns)
    let top = (0.5 - high.y) * scale
    let bottom = (0.5 - low.y) * scale
    guard right > 0, bottom > 0, left < Float(columns), top < Float(rows), left <= right,
      top <= bottom
    else { return nil }
    let firstRow = Int(max(top - 0.5, 0))
    let firstColumn = Int(max(left - 0.5, 0))
    let lastRow = Int(min(bottom + 1, Float(rows)))
    let lastColumn = Int(min(right + 1, Float(columns)))
    guard firstRow < lastRow, firstColumn < lastColumn else { return nil }
    return (firstRow..<lastRow, firstColumn..<lastColumn)
  }

  /// Darkens the ground where a figure keeps the sun away.
  func castShadow(of figure: PierFigure, _ moment: PierMoment, _ camera: PierCamera) {
    if moment.shadow < 0.05 { return }
    let sun = moment.sunDirection
    for limb in figure.solids {
      func fall(_ p: Point) -> Place {
        let drop = max(p.z, 0) / sun.z
        return Place(p.x - sun.x * drop, p.y - sun.y * drop)
      }
      let a = fall(limb.from)
      let b = fall(limb.to)
      let reach = max(limb.radii.x, limb.radii.y) + moment.softness
      let low = pointwiseMin(a, b) - Place(repeating: reach)
      let high = pointwiseMax(a, b) + Place(repeating: reach)
      var first = Spot(repeating: .greatestFiniteMagnitude)
      var last = -first
      for corner in [low, high, Place(low.x, high.y), Place(high.x, low.y)] {
        guard let (spot, _) = camera.project(Point(corner.x, corner.y, 0)) else { continue }
        first = pointwiseMin(first, spot)
        last = pointwiseMax(last, spot)
      }
      guard first.x <= last.x,
        let box = PierCanvas.pixels(first, last, rows: rows, columns: columns)
      else { continue }
      let way = b - a
      let length = max((way * way).sum(), 1e-9)
      for row in box.rows {
        for column in box.columns {
          guard let ground = camera.point(spot(row, column)) else { continue }
          let offset = Place(ground.x, ground.y) - a
          let t = clamp((offset * way).sum() / length)
          let gap = offset - way * t
          let distance = (gap * gap).sum().squareRoot()
          let radius = mix(limb.radii.x, limb.radii.y, t)
          let share =
            moment.shadow
            * smoothstep(radius + moment.softness, radius - moment.softness, distance)
          let index = row &* columns &+ column
          lit[index] = min(lit[index], 1 - share)
        }
      }
    }
  }

  /// Paints a shape over what is there, its rim blended with it.
  ///
  /// - Parameters:
  ///   - facing: how much the side that faces the camera faces the sun, −1…1, and how much the
  ///     right side does.
  ///   - opacity: 0…1.
  func paint(
    _ shape: Shape, _ moment: PierMoment, facing: Float, sideways: Float, haze: Float,
    opacity: Float
  ) {
    let (low, high) = shape.bounds
    let pixel = 0.5 / Float(rows)
    guard
      let box = PierCanvas.pixels(
        low - Spot(repeating: pixel), high + Spot(repeating: pixel), rows: rows, columns: columns)
    else { return }
    let scale = Float(rows)
    var isFlat = false
    if case .panel = shape.outline { isFlat = true }
    for row in box.rows {
      for column in box.columns {
        let (inside, across) = shape.depth(spot(row, column))
        let share = clamp(inside * scale + 0.5) * opacity
        if share <= 0 { continue }
        var color = shape.color
        if let second = shape.second, Noise.floor((across + 1) * 2.5) & 1 == 1 { color = second }
        let x = min(max(across, -1), 1)
        let towards =
          isFlat
          ? moment.sunDirection.z
          : max(0, x * sideways + (1 - x * x).squareRoot() * facing)
        let light =
          color * (moment.sun * (0.12 + 0.88 * towards) + moment.sky * (0.85 - 0.2 * x * x))
        let index = row &* columns &+ column
        self.light[index] = mix(self.light[index], mix(light, moment.haze * 0.6, haze), share)
      }
    }
  }
}
