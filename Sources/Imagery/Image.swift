import Tensors

/// Operations on images: tensors [H, W, C], C of 1 to 64. One channel is grey, three are RGB; what
/// four are depends on where they come from: `rgb`, `contrast`, `brightness` and writing PNG take the
/// fourth for alpha; datasets, in which no image has alpha, and every other operation treat all
/// channels alike. Values are 0…1, but may be any where there are neither one nor three channels. Each operation returns a new image and throws
/// `ImageryError.notImageShaped` for anything else.
package enum Image {}

/// Height, width and channels of a tensor that is an image.
package struct ImageShape: Equatable, Sendable {
  package let height: Int
  package let width: Int
  package let channels: Int

  /// - Throws: `ImageryError.notImageShaped`, naming `operation`.
  package init(_ image: Tensor, for operation: String) throws {
    guard image.rank == 3, (1...Picture.bandLimit).contains(image.shape[2]), image.count > 0,
      image.shape[0] <= ImageLimits.standard.side, image.shape[1] <= ImageLimits.standard.side
    else {
      throw ImageryError(
        .notImageShaped, operation, given: "shape \(image.shape)",
        expected: "an image [height, width, 1 to \(Picture.bandLimit) channels]")
    }
    height = image.shape[0]
    width = image.shape[1]
    channels = image.shape[2]
  }

  init(height: Int, width: Int, channels: Int) {
    self.height = height
    self.width = width
    self.channels = channels
  }

  var list: [Int] { [height, width, channels] }
}

extension Image {
  /// Three channels from any: grey is repeated, of four the last is taken for alpha and the rest
  /// laid over white paper; of other numbers the first three are taken, of two the first.
  /// - Returns: [H, W, 3]
  package static func rgb(_ image: Tensor) throws -> Tensor {
    let shape = try ImageShape(image, for: "rgb")
    let pixels = shape.height * shape.width
    if shape.channels == 3 { return image }
    return try Tensor(uninitialized: [shape.height, shape.width, 3]) { to in
      image.withUnsafePointer { from in
        if shape.channels < 3 {
          for p in 0..<pixels {
            let value = from[p * shape.channels]
            (to[p * 3], to[p * 3 + 1], to[p * 3 + 2]) = (value, value, value)
          }
        } else if shape.channels > 4 {
          for p in 0..<pixels {
            for c in 0..<3 { to[p * 3 + c] = from[p * shape.channels + c] }
          }
        } else {
          for p in 0..<pixels {
            let alpha = from[p * 4 + 3]
            for c in 0..<3 { to[p * 3 + c] = from[p * 4 + c] * alpha + (1 - alpha) }
          }
        }
      }
    }
  }

  /// Mirrored left to right. [H, W, C] → [H, W, C]
  package static func flippedHorizontally(_ image: Tensor) throws -> Tensor {
    try oriented(image, .mirrored)
  }

  /// Mirrored top to bottom. [H, W, C] → [H, W, C]
  package static func flippedVertically(_ image: Tensor) throws -> Tensor {
    try oriented(image, .upsideDownMirrored)
  }

  /// The part that begins at row `top` and column `left`.
  /// - Returns: [height, width, C]
  /// - Throws: `ImageryError.invalidArgument` if it is empty or reaches over the edge.
  package static func cropped(
    _ image: Tensor, top: Int, left: Int, height: Int, width: Int
  ) throws -> Tensor {
    let shape = try ImageShape(image, for: "crop")
    // Written as subtractions: a sum of two large numbers would trap.
    guard height > 0, width > 0, top >= 0, left >= 0, height <= shape.height,
      width <= shape.width, top <= shape.height - height, left <= shape.width - width
    else {
      throw ImageryError(
        .invalidArgument, "crop", given: "\(height)×\(width) at row \(top), column \(left)",
        expected: "a part of \(shape.height)×\(shape.width)")
    }
    let row = width * shape.channels
    return try Tensor(uninitialized: [height, width, shape.channels]) { to in
      image.withUnsafePointer { from in
        for y in 0..<height {
          let start = ((top + y) * shape.width + left) * shape.channels
          (to + y * row).update(from: from + start, count: row)
        }
      }
    }
  }

  /// Differences from the mean of each channel times `factor` (1 changes nothing, 0 leaves the
  /// mean colour), kept within 0…1, and within the image's own values where there are others; the fourth of four stays. [H, W, C] → [H, W, C]
  package static func contrast(_ image: Tensor, factor: Float) throws -> Tensor {
    var result = image
    try adjust(
      &result, contrast: try finite(factor, "contrast"), brightness: 0, keepsFourth: true)
    return result
  }

  /// Every value plus `amount` (−1…1), kept as by `contrast`. [H, W, C] → [H, W, C]
  package static func brightness(_ image: Tensor, amount: Float) throws -> Tensor {
    var result = image
    try adjust(
      &result, contrast: 1, brightness: try finite(amount, "brightness"), keepsFourth: true)
    return result
  }

  /// Contrast, then brightness, in one pass and in place.
  /// - Parameter keepsFourth: whether the last of four channels is alpha.
  static func adjust(
    _ image: inout Tensor, contrast: Float, brightness: Float, keepsFourth: Bool = false
  ) throws {
    let shape = try ImageShape(image, for: "contrast")
    let pixels = shape.height * shape.width
    image.withUnsafeMutablePointer { values in
      switch shape.channels {
      case 1: adjust(values, pixels, channels: 1, contrast, brightness)
      case 3: adjust(values, pixels, channels: 3, contrast, brightness)
      case let channels:
        let adjusted = keepsFourth && channels == 4 ? 3 : channels
        adjustBands(values, pixels, channels, adjusted: adjusted, contrast, brightness)
      }
    }
  }

  /// Any number of channels, one after the other; measurements may lie outside 0…1 and stay there.
  private static func adjustBands(
    _ values: UnsafeMutablePointer<Float>, _ pixels: Int, _ channels: Int, adjusted: Int,
    _ contrast: Float, _ brightness: Float
  ) {
    for c in 0..<adjusted {
      var total = 0.0
      var (low, high) = (Float(0), Float(1))
      for p in 0..<pixels {
        let value = values[p * channels + c]
        total += Double(value)
        (low, high) = (min(low, value), max(high, value))
      }
      let mean = Float(total / Double(pixels))
      let offset = mean - mean * contrast + brightness
      for p in 0..<pixels {
        let value = values[p * channels + c] * contrast + offset
        values[p * channels + c] = min(max(value, low), high)
      }
    }
  }

  /// Inlined with the channels as constants; three sums at once do not wait for each other.
  @inline(__always)
  private static func adjust(
    _ values: UnsafeMutablePointer<Float>, _ pixels: Int, channels: Int, _ contrast: Float,
    _ brightness: Float
  ) {
    var totals = SIMD4<Double>()
    if contrast != 1 {
      for p in 0..<pixels {
        for c in 0..<channels { totals[c] += Double(values[p * channels + c]) }
      }
    }
    var offsets = SIMD4<Float>()
    for c in 0..<channels {
      let mean = Float(totals[c] / Double(pixels))
      offsets[c] = mean - mean * contrast + brightness
    }
    for p in 0..<pixels {
      for c in 0..<channels {
        let value = values[p * channels + c] * contrast + offsets[c]
        values[p * channels + c] = min(max(value, 0), 1)
      }
    }
  }

  static func finite(_ value: Float, _ name: String) throws -> Float {
    guard value.isFinite else {
      throw ImageryError(.invalidArgument, name, given: "\(value)", expected: "a finite number")
    }
    return value
  }
}
