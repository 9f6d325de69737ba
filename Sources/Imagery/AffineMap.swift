import Tensors

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// Where each pixel of a result comes from in its source: (x, y) → (xx·x + xy·y + x0,
/// yx·x + yy·y + y0), in pixels measured from the picture's centre, y downwards. Moves that are
/// composed become one map, so that an image is sampled once however many there are.
package struct AffineMap: Equatable, Sendable {
  var xx = 1.0, xy = 0.0, x0 = 0.0
  var yx = 0.0, yy = 1.0, y0 = 0.0

  package static let identity = AffineMap()

  /// The picture turned anticlockwise by `degrees`.
  package static func rotation(degrees: Double) -> AffineMap {
    let angle = degrees.truncatingRemainder(dividingBy: 360) * Double.pi / 180
    let (s, c) = (sin(angle), cos(angle))
    return AffineMap(xx: c, xy: -s, x0: 0, yx: s, yy: c, y0: 0)
  }

  /// The picture moved `right` and `down` by pixels.
  package static func translation(right: Double, down: Double) -> AffineMap {
    AffineMap(x0: -right, y0: -down)
  }

  /// The picture made larger by `factor`, which must not be 0.
  package static func zoom(_ factor: Double) -> AffineMap {
    AffineMap(xx: 1 / factor, yy: 1 / factor)
  }

  package static func flip(horizontally: Bool, vertically: Bool) -> AffineMap {
    AffineMap(xx: horizontally ? -1 : 1, yy: vertically ? -1 : 1)
  }

  /// This move first, then `next`.
  package func then(_ next: AffineMap) -> AffineMap {
    // Maps lead from the result back to the source, so the later move is looked up first.
    AffineMap(
      xx: xx * next.xx + xy * next.yx, xy: xx * next.xy + xy * next.yy,
      x0: xx * next.x0 + xy * next.y0 + x0,
      yx: yx * next.xx + yy * next.yx, yy: yx * next.xy + yy * next.yy,
      y0: yx * next.x0 + yy * next.y0 + y0)
  }

  /// Whether positions can be computed with it: also false for NaN.
  var isModerate: Bool { [xx, xy, x0, yx, yy, y0].allSatisfy { abs($0) <= 1e6 } }
}

/// What is seen beyond the picture's edge after a move.
package enum ImageFill: Equatable, Sendable {
  /// The edge's pixels, repeated.
  case edge
  /// The picture mirrored at its edge, again and again.
  case mirror
  /// One value in every channel, 0…1.
  case constant(Float)
}

extension Image {
  /// The image moved by `map`, sampled bilinearly once. [H, W, C] → [H, W, C]
  /// - Throws: `ImageryError.notImageShaped`, `.invalidArgument` for a map with NaN or huge numbers.
  package static func moved(
    _ image: Tensor, by map: AffineMap, fill: ImageFill = .mirror
  ) throws -> Tensor {
    let shape = try ImageShape(image, for: "move")
    guard map.isModerate else {
      throw ImageryError(
        .invalidArgument, "move", given: "\(map)", expected: "numbers up to a million")
    }
    if map == .identity { return image }
    return try Tensor(uninitialized: image.shape) { to in
      image.withUnsafePointer { from in
        let sampler = BilinearSampler(source: from, shape: shape, fill: fill)
        switch shape.channels {
        case 1: sampler.sample(map, channels: 1, to: to)
        case 3: sampler.sample(map, channels: 3, to: to)
        case 4: sampler.sample(map, channels: 4, to: to)
        default: sampler.sample(map, channels: shape.channels, to: to)
        }
      }
    }
  }

  /// Turned anticlockwise about its centre. [H, W, C] → [H, W, C]
  package static func rotated(
    _ image: Tensor, degrees: Double, fill: ImageFill = .edge
  ) throws -> Tensor {
    try moved(image, by: .rotation(degrees: degrees), fill: fill)
  }

  /// Moved by pixels, which may be fractions. [H, W, C] → [H, W, C]
  package static func translated(
    _ image: Tensor, right: Double, down: Double, fill: ImageFill = .edge
  ) throws -> Tensor {
    try moved(image, by: .translation(right: right, down: down), fill: fill)
  }
}

private struct BilinearSampler {
  let source: UnsafePointer<Float>
  let shape: ImageShape
  let fill: ImageFill

  @inline(__always)
  func sample(_ map: AffineMap, channels: Int, to target: UnsafeMutablePointer<Float>) {
    let (height, width) = (shape.height, shape.width)
    let (middleX, middleY) = (Double(width - 1) / 2, Double(height - 1) / 2)
    // Far outside, every fill repeats or is constant; holding positions here keeps them in Int.
    let far = 1e9
    var pixel = target
    for y in 0..<height {
      let down = Double(y) - middleY
      for x in 0..<width {
        let right = Double(x) - middleX
        let sourceX = min(max(map.xx * right + map.xy * down + map.x0 + middleX, -far), far)
        let sourceY = min(max(map.yx * right + map.yy * down + map.y0 + middleY, -far), far)
        let (left, top) = (floor(sourceX), floor(sourceY))
        let shareX = Float(sourceX - Double(left))
        let shareY = Float(sourceY - Double(top))
        if left >= 0 && left < width - 1 && top >= 0 && top < height - 1 {
          let first = source + (top * width + left) * channels
          let second = first + width * channels
          for c in 0..<channels {
            let upper = first[c] + (first[c + channels] - first[c]) * shareX
            let lower = second[c] + (second[c + channels] - second[c]) * shareX
            pixel[c] = upper + (lower - upper) * shareY
          }
        } else {
          for c in 0..<channels {
            let (a, b) = (value(top, left, c), value(top, left + 1, c))
            let (d, e) = (value(top + 1, left, c), value(top + 1, left + 1, c))
            let (upper, lower) = (a + (b - a) * shareX, d + (e - d) * shareX)
            pixel[c] = upper + (lower - upper) * shareY
          }
        }
        pixel += channels
      }
    }
  }

  /// Rounded down, for numbers that fit: without the call that `rounded` is on older processors.
  @inline(__always)
  private func floor(_ value: Double) -> Int {
    let whole = Int(value)
    return Double(whole) > value ? whole - 1 : whole
  }

  /// The value at any row and column, made up by `fill` outside the picture.
  private func value(_ y: Int, _ x: Int, _ channel: Int) -> Float {
    var (row, column) = (y, x)
    if row < 0 || row >= shape.height || column < 0 || column >= shape.width {
      switch fill {
      case .constant(let value): return value
      case .edge:
        row = min(max(row, 0), shape.height - 1)
        column = min(max(column, 0), shape.width - 1)
      case .mirror:
        row = mirrored(row, shape.height)
        column = mirrored(column, shape.width)
      }
    }
    return source[(row * shape.width + column) * shape.channels + channel]
  }

  /// …2 1 0 | 0 1 2 … n−1 | n−1 n−2 …
  private func mirrored(_ index: Int, _ count: Int) -> Int {
    let period = 2 * count
    let phase = ((index % period) + period) % period
    return phase < count ? phase : period - 1 - phase
  }
}
