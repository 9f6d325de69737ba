/// Width and height, in pixels at scale 1.
package struct Size: Sendable, Equatable {
  package var width: Double
  package var height: Double

  package init(_ width: Double, _ height: Double) {
    self.width = width
    self.height = height
  }
}

/// A rectangle by its left, top, width and height, in pixels at scale 1; y grows downwards.
package struct Rectangle: Sendable, Equatable {
  package var x: Double
  package var y: Double
  package var width: Double
  package var height: Double

  package init(x: Double, y: Double, width: Double, height: Double) {
    self.x = x
    self.y = y
    self.width = width
    self.height = height
  }

  var right: Double { x + width }
  var bottom: Double { y + height }
  var middle: (x: Double, y: Double) { (x + width / 2, y + height / 2) }

  /// Smaller (or larger, when negative) by so much on each side.
  func inset(left: Double = 0, top: Double = 0, right: Double = 0, bottom: Double = 0) -> Rectangle
  {
    Rectangle(
      x: x + left, y: y + top, width: max(0, width - left - right),
      height: max(0, height - top - bottom))
  }
}
