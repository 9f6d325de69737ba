/// Why a figure could not be drawn. Facts; `description` is the one place where they become words.
package enum FigureError: Error, Equatable, CustomStringConvertible {
  /// The drawing would have more pixels than `Bitmap.maximumPixels`.
  case tooLarge(width: Int, height: Int, maximumPixels: Int)
  /// A scale that is not a positive finite number.
  case scale(Double)
  /// A tensor whose shape is not that of what was to be drawn.
  case shape(given: [Int], expected: String)
  /// The drawing library refused; its own words.
  case library(String)

  package var description: String {
    switch self {
    case .tooLarge(let width, let height, let maximum):
      "a picture of \(width) × \(height) pixels is too large: at most \(grouped(maximum)) pixels "
        + "can be drawn"
    case .scale(let scale):
      "a figure cannot be drawn at scale \(scale): the scale is a number above zero"
    case .shape(let given, let expected):
      "a tensor of shape \(given) cannot be drawn: expected \(expected)"
    case .library(let words):
      "the drawing library failed: \(words)"
    }
  }
}
