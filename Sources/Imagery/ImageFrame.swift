/// The size that images are brought to, and how.
package struct ImageFrame: Equatable, Hashable, Sendable {
  package enum Fit: String, Sendable, CaseIterable {
    /// The shorter side is scaled to the frame, then the middle is cut out: nothing is distorted.
    case crop
    /// Both sides are scaled: everything is kept, proportions change.
    case stretch
    /// The longer side is scaled to the frame, and black is added at the right or below: nothing is
    /// distorted or lost, as detectors want it.
    case pad
  }

  /// Pixels, 1…`ImageLimits.side`.
  package let height: Int
  package let width: Int
  package let fit: Fit

  /// - Throws: `ImageryError.invalidArgument`
  package init(height: Int, width: Int, fit: Fit = .crop) throws {
    let sides = 1...ImageLimits.standard.side
    guard sides.contains(height), sides.contains(width),
      height * width <= ImageLimits.standard.pixels
    else {
      throw ImageryError(
        .invalidArgument, "size", given: "\(height)×\(width) pixels",
        expected: "a side of 1…\(sides.upperBound) pixels")
    }
    self.height = height
    self.width = width
    self.fit = fit
  }

  /// A square of `side` pixels.
  package init(side: Int, fit: Fit = .crop) throws {
    try self.init(height: side, width: side, fit: fit)
  }

  /// For `.pad`: the size of the picture within the frame.
  func inner(height: Int, width: Int) -> ImageFrame {
    let size = ResamplingPlan.scaledSize(sourceHeight: height, sourceWidth: width, frame: self)
    return ImageFrame(uncheckedHeight: size.height, width: size.width, fit: .stretch)
  }

  /// Height and width exchanged, for pictures stored lying on their side.
  var transposed: ImageFrame {
    ImageFrame(uncheckedHeight: width, width: height, fit: fit)
  }

  private init(uncheckedHeight height: Int, width: Int, fit: Fit) {
    self.height = height
    self.width = width
    self.fit = fit
  }
}

/// What is refused before memory is taken for it: a file of a few bytes may claim any size. The
/// standard limits can be made tighter, not wider.
package struct ImageLimits: Sendable {
  /// Pixels along one side.
  package var side: Int
  /// Pixels in all; decoded samples may take four bytes for each.
  package var pixels: Int
  /// Bytes of the file.
  package var fileBytes: Int

  package init(side: Int = 32_768, pixels: Int = 1 << 26, fileBytes: Int = 1 << 27) {
    self.side = min(side, 32_768)
    self.pixels = min(pixels, 1 << 26)
    self.fileBytes = min(fileBytes, 1 << 27)
  }

  package static let standard = ImageLimits()
}
