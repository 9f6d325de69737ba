/// A class for each pixel.
package struct Mask: Equatable, Sendable {
  package let height: Int
  package let width: Int
  /// `height * width` class numbers, row by row.
  package let values: [UInt8]

  /// The number of pixels whose class nobody knows.
  package static let unlabelled: UInt8 = 255

  /// - Precondition: `values.count == height * width`.
  package init(height: Int, width: Int, values: [UInt8]) {
    precondition(
      height >= 0 && width >= 0 && values.count == height * width, "a class for each pixel")
    self.height = height
    self.width = width
    self.values = values
  }
}
