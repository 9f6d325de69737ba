import Tensors

/// How a camera held the picture: the eight values of EXIF's orientation tag (EXIF 2.3, 4.6.4 A).
/// The name says how the stored picture must be moved to be seen upright.
package enum Orientation: Int, Sendable, CaseIterable {
  case upright = 1
  case mirrored = 2
  case rotated180 = 3
  case upsideDownMirrored = 4
  case transposed = 5
  case rotated90 = 6
  case transversed = 7
  case rotated270 = 8

  /// Whether height and width change places.
  var swapsSides: Bool { rawValue >= 5 }
}

extension Image {
  /// The picture moved as `orientation` says. [H, W, C] → [H, W, C], or [W, H, C] for the four
  /// that lay it on its side.
  package static func oriented(_ image: Tensor, _ orientation: Orientation) throws -> Tensor {
    let shape = try ImageShape(image, for: "orientation")
    if orientation == .upright { return image }
    let (sourceHeight, sourceWidth, channels) = (shape.height, shape.width, shape.channels)
    let height = orientation.swapsSides ? sourceWidth : sourceHeight
    let width = orientation.swapsSides ? sourceHeight : sourceWidth
    // The source pixel of target (y, x) is first + y · down + x · right, in pixels.
    let last = sourceHeight * sourceWidth - 1
    let bottomLeft = (sourceHeight - 1) * sourceWidth
    let topRight = sourceWidth - 1
    let (first, down, right) =
      switch orientation {
      case .upright: (0, sourceWidth, 1)
      case .mirrored: (topRight, sourceWidth, -1)
      case .rotated180: (last, -sourceWidth, -1)
      case .upsideDownMirrored: (bottomLeft, -sourceWidth, 1)
      case .transposed: (0, 1, sourceWidth)
      case .rotated90: (bottomLeft, 1, -sourceWidth)
      case .transversed: (last, -1, -sourceWidth)
      case .rotated270: (topRight, -1, sourceWidth)
      }
    return try Tensor(uninitialized: [height, width, channels]) { to in
      image.withUnsafePointer { from in
        var target = to
        for y in 0..<height {
          var source = from + (first + y * down) * channels
          for _ in 0..<width {
            for c in 0..<channels { target[c] = source[c] }
            target += channels
            source += right * channels
          }
        }
      }
    }
  }
}
