extension Bitmap {
  /// Each pixel as a square of `factor` by `factor` pixels.
  /// - Precondition: `factor >= 1`, and the result stays within `maximumPixels`.
  package func enlarged(by factor: Int) -> Bitmap {
    precondition(factor >= 1, "a bitmap is enlarged by a whole factor from 1")
    guard factor > 1 else { return self }
    precondition(
      width * height <= Bitmap.maximumPixels / factor / factor, "an enlarged bitmap fits in memory")
    var result: [UInt8] = []
    result.reserveCapacity(pixels.count * factor * factor)
    for y in 0..<height {
      let start = result.count
      for x in 0..<width {
        let at = 4 * (y * width + x)
        for _ in 0..<factor { result.append(contentsOf: pixels[at..<(at + 4)]) }
      }
      let row = Array(result[start...])
      for _ in 1..<factor { result.append(contentsOf: row) }
    }
    return Bitmap(width: width * factor, height: height * factor, pixels: result)
  }

  /// Smaller, each new pixel the average of the area that it covers; not enlarged in either
  /// direction. Transparent pixels count by their opacity.
  package func reduced(toWidth newWidth: Int, height newHeight: Int) -> Bitmap {
    let columns = min(max(1, newWidth), max(1, width))
    let rows = min(max(1, newHeight), max(1, height))
    guard width > 0 && height > 0 && (columns < width || rows < height) else { return self }

    // Across, then down; colours are multiplied with their opacity, so that what is invisible has
    // no colour to give.
    let across = Bitmap.shares(from: width, to: columns)
    let down = Bitmap.shares(from: height, to: rows)
    var result = [UInt8](repeating: 0, count: 4 * columns * rows)
    var line = [Float](repeating: 0, count: 4 * columns)
    var sum = [Float](repeating: 0, count: 4 * columns)
    for (row, rowShares) in down.enumerated() {
      for i in sum.indices { sum[i] = 0 }
      for (offset, rowShare) in rowShares.weights.enumerated() {
        average(row: rowShares.first + offset, into: &line, across)
        for i in sum.indices { sum[i] += rowShare * line[i] }
      }
      for column in 0..<columns {
        let (from, to) = (4 * column, 4 * (row * columns + column))
        let alpha = sum[from + 3]
        result[to + 3] = UInt8(min(255, (alpha * 255).rounded()))
        guard alpha > 0 else { continue }
        for channel in 0..<3 {
          result[to + channel] = UInt8(max(0, min(255, (sum[from + channel] / alpha).rounded())))
        }
      }
    }
    return Bitmap(width: columns, height: rows, pixels: result)
  }

  /// Averages one row across: red, green and blue (0…255) times opacity, and opacity (0…1).
  private func average(row: Int, into line: inout [Float], _ across: [Shares]) {
    let start = 4 * row * width
    for (column, shares) in across.enumerated() {
      var (red, green, blue, alpha): (Float, Float, Float, Float) = (0, 0, 0, 0)
      var at = start + 4 * shares.first
      for weight in shares.weights {
        let opacity = weight * Float(pixels[at + 3]) / 255
        red += opacity * Float(pixels[at])
        green += opacity * Float(pixels[at + 1])
        blue += opacity * Float(pixels[at + 2])
        alpha += opacity
        at += 4
      }
      line[4 * column] = red
      line[4 * column + 1] = green
      line[4 * column + 2] = blue
      line[4 * column + 3] = alpha
    }
  }

  /// Which old pixels a new one covers, and what share of it each has; the shares sum to 1.
  private struct Shares {
    var first: Int
    var weights: [Float]
  }

  private static func shares(from old: Int, to new: Int) -> [Shares] {
    // In units of 1/new of an old pixel all borders are whole numbers.
    (0..<new).map { index in
      let (start, end) = (index * old, (index + 1) * old)
      let first = start / new
      let last = (end - 1) / new
      let weights = (first...last).map { pixel in
        Float(min(end, (pixel + 1) * new) - max(start, pixel * new)) / Float(old)
      }
      return Shares(first: first, weights: weights)
    }
  }
}
