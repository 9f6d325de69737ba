import Imagery
import Tensors

/// How an image of any size is brought to a network's input, and boxes back to the image.
package struct Letterbox: Equatable, Sendable {
  package enum Fit: String, Sendable, CaseIterable {
    /// Proportions are kept; the room left over, on the right or below, is black.
    case pad
    /// Both sides are scaled.
    case stretch
  }

  /// Of the image in pixels.
  let height: Int
  let width: Int
  /// Of the input.
  let inputHeight: Int
  let inputWidth: Int
  /// The part of the input that the image fills.
  package let filledHeight: Int
  package let filledWidth: Int

  /// - Precondition: all sides are from 1 on.
  package init(height: Int, width: Int, inputHeight: Int, inputWidth: Int, fit: Fit) {
    precondition(
      height > 0 && width > 0 && inputHeight > 0 && inputWidth > 0, "an image has sides")
    (self.height, self.width) = (height, width)
    (self.inputHeight, self.inputWidth) = (inputHeight, inputWidth)
    switch fit {
    case .stretch: (filledHeight, filledWidth) = (inputHeight, inputWidth)
    case .pad:
      let scale = min(
        Double(inputHeight) / Double(height), Double(inputWidth) / Double(width))
      filledHeight = min(max(Int((Double(height) * scale).rounded()), 1), inputHeight)
      filledWidth = min(max(Int((Double(width) * scale).rounded()), 1), inputWidth)
    }
  }

  /// The image `[height, width, C]` as `[inputHeight, inputWidth, C]`.
  /// - Throws: `ImageryError.notImageShaped`, `TensorError.tooLarge`.
  package func apply(_ image: Tensor) throws -> Tensor {
    let frame = try ImageFrame(height: filledHeight, width: filledWidth, fit: .stretch)
    let scaled =
      image.shape[0] == filledHeight && image.shape[1] == filledWidth
      ? image : try Image.resized(image, to: frame)
    guard (filledHeight, filledWidth) != (inputHeight, inputWidth) else { return scaled }
    let channels = scaled.shape[2]
    return try Tensor(uninitialized: [inputHeight, inputWidth, channels]) { to in
      to.update(repeating: 0, count: inputHeight * inputWidth * channels)
      scaled.withUnsafePointer { from in
        let row = filledWidth * channels
        for y in 0..<filledHeight {
          (to + y * inputWidth * channels).update(from: from + y * row, count: row)
        }
      }
    }
  }

  /// A box of the input in pixels of the image, clipped to it.
  package func restore(_ box: Box) -> Box {
    let x = Float(width) / Float(filledWidth)
    let y = Float(height) / Float(filledHeight)
    return Box(left: box.left * x, top: box.top * y, right: box.right * x, bottom: box.bottom * y)
      .clipped(height: Float(height), width: Float(width))
  }
}
