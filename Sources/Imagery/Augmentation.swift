import Tensors

/// Random changes that keep a picture's class, drawn anew for every sample and epoch.
///
/// The geometric ones (flips, rotation, zoom, translation) become one map, and the image is
/// sampled once; contrast and brightness follow. Every draw is made whether it is used or not, so
/// that switching one change on does not alter another.
package struct Augmentation: Equatable, Sendable {
  /// Mirror left and right, half the time.
  package var flipHorizontally = false
  /// Mirror top and bottom, half the time.
  package var flipVertically = false
  /// Degrees; drawn from −rotation…rotation.
  package var rotation: Float = 0
  /// A part of the sides, 0…1; both shifts drawn from −translation…translation.
  package var translation: Float = 0
  /// A part of the size, 0…0.9: the factor is drawn from 1 − zoom…1 + zoom.
  package var zoom: Float = 0
  /// 0…1: the factor is drawn from 1 − contrast…1 + contrast.
  package var contrast: Float = 0
  /// 0…1: what is added is drawn from −brightness…brightness.
  package var brightness: Float = 0
  package var fill = ImageFill.mirror

  package init() {}

  /// What the course uses in week 1: horizontal flips, 3.6°, a tenth of the side, a tenth of the
  /// contrast.
  package static var usual: Augmentation {
    var result = Augmentation()
    result.flipHorizontally = true
    result.rotation = 3.6
    result.translation = 0.1
    result.contrast = 0.1
    return result
  }

  /// - Throws: `ImageryError.invalidArgument` for a range that makes no sense.
  package func validate() throws {
    let ranges: [(String, Float, ClosedRange<Float>, String)] = [
      ("rotation", rotation, 0...360, "0…360 degrees"),
      ("translation", translation, 0...1, "0…1, a part of the side"),
      ("zoom", zoom, 0...0.9, "0…0.9"), ("contrast", contrast, 0...1, "0…1"),
      ("brightness", brightness, 0...1, "0…1"),
    ]
    for (name, value, range, expected) in ranges where !range.contains(value) {
      throw ImageryError(.invalidArgument, name, given: "\(value)", expected: expected)
    }
  }

  /// The image as one draw from `stream` changes it. [H, W, C] → [H, W, C]
  package func applied(to image: Tensor, _ stream: inout RandomStream) throws -> Tensor {
    try applied(to: image, .none, &stream).image
  }

  /// The image, and with it its boxes or its mask, as one draw from `stream` changes them. Around an
  /// image with boxes comes grey, not its mirror image: that would show things without a box.
  package func applied(
    to image: Tensor, _ annotation: Annotation, _ stream: inout RandomStream
  ) throws -> (image: Tensor, annotation: Annotation) {
    let fill = annotation.kind == .boxes ? ImageFill.constant(0.5) : self.fill
    let shape = try ImageShape(image, for: "augment")
    let mirrorX = stream.uniform() < 0.5
    let mirrorY = stream.uniform() < 0.5
    func symmetric() -> Float { stream.uniform() * 2 - 1 }
    let degrees = symmetric() * rotation
    let factor = 1 + symmetric() * zoom
    let right = symmetric() * translation * Float(shape.width)
    let down = symmetric() * translation * Float(shape.height)
    let contrastFactor = 1 + symmetric() * contrast
    let added = symmetric() * brightness

    let map = AffineMap.flip(
      horizontally: flipHorizontally && mirrorX, vertically: flipVertically && mirrorY
    ).then(.rotation(degrees: Double(degrees))).then(.zoom(Double(factor)))
      .then(.translation(right: Double(right), down: Double(down)))
    var result = try Image.moved(image, by: map, fill: fill)
    if contrastFactor != 1 || added != 0 {
      try Image.adjust(&result, contrast: contrastFactor, brightness: added)
    }
    return (
      result,
      annotation.moved(
        by: map, height: shape.height, width: shape.width, mirrors: fill == .mirror)
    )
  }

  /// The stream for one sample in one epoch: a pure function of its arguments, so neither the
  /// order in which samples are drawn nor the number of threads matters.
  static func stream(seed: UInt64, epoch: Int, index: Int) -> RandomStream {
    // 16 draws are kept for each sample; 2³² samples an epoch before epochs would meet.
    let start = (UInt64(truncatingIfNeeded: epoch) << 36) &+ UInt64(truncatingIfNeeded: index) << 4
    return RandomStream(seed: seed, name: "augment", counter: start)
  }
}
