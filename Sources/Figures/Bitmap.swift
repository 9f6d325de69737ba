/// Pixels: `height` rows of `width` pixels, top row first, four bytes a pixel in the order red,
/// green, blue, alpha (0…255, alpha not multiplied in).
package struct Bitmap: Sendable, Equatable {
  package let width: Int
  package let height: Int
  /// `4 * width * height` bytes.
  package internal(set) var pixels: [UInt8]

  /// The most pixels a figure or a bitmap may have: 64 million, a quarter of a gigabyte.
  package static let maximumPixels = 64_000_000

  /// A bitmap of given pixels.
  /// - Precondition: `pixels.count == 4 * width * height`, and neither side is negative.
  package init(width: Int, height: Int, pixels: [UInt8]) {
    precondition(
      width >= 0 && height >= 0 && pixels.count == 4 * width * height,
      "a bitmap of \(width) by \(height) needs 4 bytes a pixel, \(pixels.count) bytes were given")
    self.width = width
    self.height = height
    self.pixels = pixels
  }

  /// A bitmap of one colour.
  package init(width: Int, height: Int, filledWith colour: Colour = .white) {
    precondition(width >= 0 && height >= 0, "a bitmap's sides cannot be negative")
    self.width = width
    self.height = height
    pixels = []
    pixels.reserveCapacity(4 * width * height)
    for _ in 0..<(width * height) {
      pixels.append(colour.red)
      pixels.append(colour.green)
      pixels.append(colour.blue)
      pixels.append(colour.alpha)
    }
  }

  /// The colour of the pixel in column `x` (from the left) and row `y` (from the top).
  package subscript(x: Int, y: Int) -> Colour {
    get {
      precondition(x >= 0 && x < width && y >= 0 && y < height, "pixel outside of the bitmap")
      let at = 4 * (y * width + x)
      return Colour(pixels[at], pixels[at + 1], pixels[at + 2], pixels[at + 3])
    }
    set {
      precondition(x >= 0 && x < width && y >= 0 && y < height, "pixel outside of the bitmap")
      let at = 4 * (y * width + x)
      pixels[at] = newValue.red
      pixels[at + 1] = newValue.green
      pixels[at + 2] = newValue.blue
      pixels[at + 3] = newValue.alpha
    }
  }
}
