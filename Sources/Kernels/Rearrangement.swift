/// Copies between places of different layout, and resizing.
package enum Rearrangement {
  /// Copies `channels` values of each row from one channel range to another: the parts of a
  /// concatenation, and (with `accumulate`) the parts of its gradient.
  package static func copyChannels(
    rows: Int, channels: Int, source: UnsafePointer<Float>, sourceChannels: Int,
    sourceOffset: Int, destination: UnsafeMutablePointer<Float>, destinationChannels: Int,
    destinationOffset: Int, accumulate: Bool = false
  ) {
    preconditionFailure("in progress")
  }

  /// Padding and cropping: destination[n, y, x] = source[n, y + top, x + left], and `fill` where
  /// that lies outside the source. `top` and `left` are positive for a crop, negative for a
  /// padding; the gradient is the same call with sizes exchanged, signs changed and `fill` 0.
  /// With `accumulate`, adds, and `fill` is not used.
  package static func copyWindow(
    batch: Int, channels: Int, source: UnsafePointer<Float>, sourceHeight: Int, sourceWidth: Int,
    destination: UnsafeMutablePointer<Float>, destinationHeight: Int, destinationWidth: Int,
    top: Int, left: Int, fill: Float = 0, accumulate: Bool = false
  ) {
    preconditionFailure("in progress")
  }

  /// Repeats every pixel `factorY` × `factorX` times (Keras's `UpSampling2D`, nearest).
  package static func upsampleNearest(
    batch: Int, height: Int, width: Int, channels: Int, factorY: Int, factorX: Int,
    input: UnsafePointer<Float>, output: UnsafeMutablePointer<Float>
  ) {
    preconditionFailure("in progress")
  }

  /// The gradient of `upsampleNearest`; height and width are those of its input.
  package static func upsampleNearestBackward(
    batch: Int, height: Int, width: Int, channels: Int, factorY: Int, factorX: Int,
    outputGradient: UnsafePointer<Float>, inputGradient: UnsafeMutablePointer<Float>,
    accumulate: Bool = false
  ) {
    preconditionFailure("in progress")
  }

  /// Bilinear resizing with half-pixel centres and without antialiasing (TensorFlow's
  /// `image.resize`).
  package static func resizeBilinear(
    batch: Int, channels: Int, input: UnsafePointer<Float>, inputHeight: Int, inputWidth: Int,
    output: UnsafeMutablePointer<Float>, outputHeight: Int, outputWidth: Int
  ) {
    preconditionFailure("in progress")
  }

  /// The gradient of `resizeBilinear`.
  package static func resizeBilinearBackward(
    batch: Int, channels: Int, outputGradient: UnsafePointer<Float>, outputHeight: Int,
    outputWidth: Int, inputGradient: UnsafeMutablePointer<Float>, inputHeight: Int,
    inputWidth: Int, accumulate: Bool = false
  ) {
    preconditionFailure("in progress")
  }
}
