import Imagery

/// How much of a picture each class covers.
package struct ClassAreas: Equatable, Sendable {
  /// Pixels of each class.
  package let pixels: [Int]
  /// All pixels of the mask, those without label too.
  package let total: Int

  /// - Parameter classes: how many; pixels of others count in the total only.
  package init(_ mask: Mask, classes: Int) {
    precondition((0...256).contains(classes), "a class is a byte")
    var counts = [Int](repeating: 0, count: 256)
    for value in mask.values { counts[Int(value)] += 1 }
    pixels = Array(counts.prefix(classes))
    total = mask.values.count
  }

  /// Each class's part of the picture, 0…1; NaN of a mask without pixels.
  package var shares: [Double] { pixels.map { Double($0) / Double(total) } }

  /// - Parameter pixelSize: the side of a pixel on the ground, in metres.
  /// - Returns: the area of a class in square metres.
  package func squareMetres(ofClass index: Int, pixelSize: Double) -> Double {
    Double(pixels[index]) * pixelSize * pixelSize
  }
}
