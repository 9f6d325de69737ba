extension Tensor {
  /// The tensor in a few lines: shape, range, mean, standard deviation, how many values are not
  /// finite, and a corner of the values in columns; small tensors whole.
  package var summary: String {
    let parts = blocks()
    if rank == 0 { return "tensor [] \(NumberText(self[flat: 0]).significant(7))" }
    return ([headline] + parts).joined(separator: "\n")
  }

  /// The first line of the summary.
  package var headline: String {
    let sizes = shape.map { String($0) }.joined(separator: ", ")
    guard count > 0 else { return "tensor [\(sizes)] without values" }
    let facts = statistics()
    var words: [String] = []
    if facts.finiteCount > 0 {
      words.append(
        "\(NumberText(facts.minimum).significant(4)) to \(NumberText(facts.maximum).significant(4))"
      )
      words.append("mean \(NumberText(facts.mean).significant(4))")
      words.append("std \(NumberText(facts.standardDeviation).significant(4))")
    }
    if facts.notANumberCount > 0 { words.append("\(facts.notANumberCount) NaN") }
    if facts.infinityCount > 0 { words.append("\(facts.infinityCount) infinite") }
    return "tensor [\(sizes)]  " + words.joined(separator: ", ")
  }

  /// The matrices to be shown: of three or four dimensions those of the leading indices if the
  /// tensor is small, else the first channel of the first image.
  private func blocks() -> [String] {
    guard count > 0 else { return [] }
    let steps = Tensor.strides(of: shape)
    switch rank {
    case 0: return []
    case 1: return rows(start: 0, rows: 1, rowStep: 0, columns: shape[0], columnStep: 1)
    case 2:
      return rows(start: 0, rows: shape[0], rowStep: steps[0], columns: shape[1], columnStep: 1)
    default: break
    }
    let (height, width) = (shape[rank - 2], shape[rank - 1])
    let matrices = count / (height * width)
    if matrices <= 4 && count <= 64 && height <= Tensor.shownRows && width <= Tensor.shownColumns {
      return (0..<matrices).flatMap { number in
        var (rest, place) = (number, [String](repeating: ":", count: rank))
        for axis in stride(from: rank - 3, through: 0, by: -1) {
          place[axis] = String(rest % shape[axis])
          rest /= shape[axis]
        }
        return ["[\(place.joined(separator: ", "))]"]
          + rows(
            start: number * height * width, rows: height, rowStep: width, columns: width,
            columnStep: 1)
      }
    }
    // [H, W, C] and [N, H, W, C]: height and width are the two before the channels.
    let (down, across) = (rank - 3, rank - 2)
    let place = (0..<rank).map { $0 == down || $0 == across ? ":" : "0" }
    return ["[\(place.joined(separator: ", "))]"]
      + rows(
        start: 0, rows: shape[down], rowStep: steps[down], columns: shape[across],
        columnStep: steps[across])
  }

  private static let shownRows = 6
  private static let shownColumns = 8

  /// The upper left corner of a matrix in aligned columns; "…" stands for what is not shown.
  private func rows(
    start: Int, rows: Int, rowStep: Int, columns: Int, columnStep: Int
  ) -> [String] {
    // One more is shown where it would be the only one hidden.
    let shownRows = rows <= Tensor.shownRows + 1 ? rows : Tensor.shownRows
    let shownColumns = columns <= Tensor.shownColumns + 1 ? columns : Tensor.shownColumns
    let cells = withUnsafePointer { base in
      (0..<shownRows).map { row in
        (0..<shownColumns).map { NumberText(base[start + row * rowStep + $0 * columnStep]) }
      }
    }
    let texts = Tensor.aligned(cells)
    let width = texts.joined().map(\.count).max() ?? 0
    var lines = texts.map { row in
      let padded = row.map { String(repeating: " ", count: width - $0.count) + $0 }
      return "  " + padded.joined(separator: "  ") + (shownColumns < columns ? "  …" : "")
    }
    if shownRows < rows { lines.append("  …") }
    return lines
  }

  /// All numbers with the same digits after the point: whole where all are whole, about four
  /// significant digits of the largest otherwise, and powers of ten where it is huge or tiny.
  private static func aligned(_ cells: [[NumberText]]) -> [[String]] {
    let finite = cells.joined().filter { !$0.isSpecial }
    let largest = finite.filter { !$0.isZero }.map(\.magnitude).max() ?? 0
    if largest < -4 || largest > 6 { return cells.map { $0.map { $0.scientific(3) } } }
    if finite.allSatisfy(\.isWhole) { return cells.map { $0.map { $0.fixed(0) } } }
    let most = max(3 - largest, 1)
    let places = finite.map { $0.neededPlaces(atMost: most) }.max() ?? 0
    return cells.map { $0.map { $0.fixed(places) } }
  }
}
