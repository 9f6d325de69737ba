/// Who is seen where: every figure is stamped over those farther away, on a grid of at least twice
/// the image's resolution, and what is left of each person is measured.
struct PierSilhouettes {
  let people: [PierPerson]

  /// A person of whom less is seen is left out, or is difficult.
  private static let leastShare: Float = 0.12
  private static let easyShare: Float = 0.35
  /// Heights of the image.
  private static let easyHeight: Float = 0.022

  /// What a figure covered when it was stamped.
  private struct Stamp {
    var person: Int
    var cells = 0
    var rows: Range<Int>
    var columns: Range<Int>
    /// The share of its rectangle that lies in the image.
    var inImage: Float
  }

  init(_ crowd: PierCrowd, height: Int, width: Int) {
    // The long side decides, so that no image asks for more than a few million cells.
    let longest = max(height, width)
    let factor = longest <= 512 ? min(1024 / longest, 64) : 2
    let scale = longest > 2048 ? 1 : factor
    let (rows, columns) = (height * scale, width * scale)
    var grid = [UInt16](repeating: 0, count: rows * columns)
    var stamps: [Stamp] = []
    grid.withUnsafeMutableBufferPointer { cells in
      for figure in crowd.figures {
        let mark = figure.person.map { UInt16(truncatingIfNeeded: $0 + 1) } ?? 0
        let stamp = PierSilhouettes.stamp(figure, mark, cells, rows: rows, columns: columns)
        if let stamp { stamps.append(stamp) }
      }
    }
    people = stamps.compactMap { stamp in
      let mark = UInt16(truncatingIfNeeded: stamp.person + 1)
      var seen = 0
      var (left, right, top, bottom) = (Int.max, -1, Int.max, -1)
      for row in stamp.rows {
        for column in stamp.columns where grid[row * columns + column] == mark {
          seen += 1
          left = min(left, column)
          right = max(right, column)
          top = min(top, row)
          bottom = max(bottom, row)
        }
      }
      let share = Float(seen) / Float(max(stamp.cells, 1)) * stamp.inImage
      guard seen > 0, share >= PierSilhouettes.leastShare else { return nil }
      let box = UnitBox(
        left: Float(left) / Float(columns), top: Float(top) / Float(rows),
        right: Float(right + 1) / Float(columns), bottom: Float(bottom + 1) / Float(rows))
      return PierPerson(
        box: box,
        isDifficult: share < PierSilhouettes.easyShare
          || box.bottom - box.top < PierSilhouettes.easyHeight)
    }
  }

  private static func stamp(
    _ figure: PierFigure, _ mark: UInt16, _ cells: UnsafeMutableBufferPointer<UInt16>, rows: Int,
    columns: Int
  ) -> Stamp? {
    let (low, high) = figure.bounds
    guard let box = PierCanvas.pixels(low, high, rows: rows, columns: columns) else { return nil }
    let half = Spot(0.5 * Float(columns) / Float(rows), 0.5)
    let inside = pointwiseMax(
      pointwiseMin(high, half) - pointwiseMax(low, -half), Spot(repeating: 0))
    let whole = high - low
    var stamp = Stamp(
      person: Int(mark) - 1, rows: box.rows, columns: box.columns,
      inImage: inside.x * inside.y / max(whole.x * whole.y, 1e-12))
    for shape in figure.shapes {
      let (from, to) = shape.bounds
      guard let part = PierCanvas.pixels(from, to, rows: rows, columns: columns) else { continue }
      for row in part.rows {
        for column in part.columns {
          let spot = PierCanvas.spot(row, column, rows: rows, columns: columns)
          let index = row &* columns &+ column
          if shape.depth(spot).inside > 0 && (cells[index] != mark || mark == 0) {
            cells[index] = mark
            stamp.cells += 1
          }
        }
      }
    }
    return mark == 0 ? nil : stamp
  }
}
