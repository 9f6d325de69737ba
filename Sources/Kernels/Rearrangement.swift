import CKernels

/// Copies between places of different layout, and resizing.
package enum Rearrangement {
  /// Copies `channels` values of each row from one channel range to another: the parts of a
  /// concatenation, and (with `accumulate`) the parts of its gradient.
  package static func copyChannels(
    rows: Int, channels: Int, source: UnsafePointer<Float>, sourceChannels: Int,
    sourceOffset: Int, destination: UnsafeMutablePointer<Float>, destinationChannels: Int,
    destinationOffset: Int, accumulate: Bool = false
  ) {
    Parallel.run(count: rows, grain: max(1, (1 << 14) / max(1, channels))) { r in
      conch_copy_channels(
        r.count, channels, source + (r.lowerBound * sourceChannels + sourceOffset), sourceChannels,
        destination + (r.lowerBound * destinationChannels + destinationOffset), destinationChannels,
        accumulate)
    }
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
    let lineFloats = destinationWidth * channels
    // Columns of the destination that lie over the source.
    let begin = min(destinationWidth, max(0, -left))
    let end = max(begin, min(destinationWidth, sourceWidth - left))
    Parallel.run(count: batch * destinationHeight, grain: max(1, (1 << 14) / max(1, lineFloats))) {
      for line in $0 {
        let target = destination + line * lineFloats
        let sourceY = line % destinationHeight + top
        guard sourceY >= 0, sourceY < sourceHeight, begin < end else {
          if !accumulate { conch_fill(lineFloats, fill, target) }
          continue
        }
        let sourceLine = line / destinationHeight * sourceHeight + sourceY
        let from = source + (sourceLine * sourceWidth + begin + left) * channels
        if !accumulate {
          conch_fill(begin * channels, fill, target)
          conch_fill((destinationWidth - end) * channels, fill, target + end * channels)
        }
        conch_copy_channels(
          1, (end - begin) * channels, from, 0, target + begin * channels, 0, accumulate)
      }
    }
  }

  /// Repeats every pixel `factorY` × `factorX` times (Keras's `UpSampling2D`, nearest).
  package static func upsampleNearest(
    batch: Int, height: Int, width: Int, channels: Int, factorY: Int, factorX: Int,
    input: UnsafePointer<Float>, output: UnsafeMutablePointer<Float>
  ) {
    let outputWidth = width * factorX
    let lineFloats = outputWidth * channels
    Parallel.run(count: batch * height * factorY, grain: max(1, (1 << 14) / max(1, lineFloats))) {
      for line in $0 {
        let image = line / (height * factorY)
        let y = line % (height * factorY) / factorY
        conch_repeat_pixels(
          width, channels, factorX, input + (image * height + y) * width * channels,
          output + line * lineFloats)
      }
    }
  }

  /// The gradient of `upsampleNearest`; height and width are those of its input.
  package static func upsampleNearestBackward(
    batch: Int, height: Int, width: Int, channels: Int, factorY: Int, factorX: Int,
    outputGradient: UnsafePointer<Float>, inputGradient: UnsafeMutablePointer<Float>,
    accumulate: Bool = false
  ) {
    let lineFloats = width * channels
    Parallel.run(count: batch * height, grain: max(1, (1 << 14) / max(1, lineFloats))) {
      for line in $0 {
        conch_repeat_pixels_gradient(
          width, channels, factorY, factorX,
          outputGradient + line * factorY * factorX * lineFloats, inputGradient + line * lineFloats,
          accumulate)
      }
    }
  }

  /// Bilinear resizing with half-pixel centres and without antialiasing (TensorFlow's
  /// `image.resize`).
  package static func resizeBilinear(
    batch: Int, channels: Int, input: UnsafePointer<Float>, inputHeight: Int, inputWidth: Int,
    output: UnsafeMutablePointer<Float>, outputHeight: Int, outputWidth: Int
  ) {
    Parallel.run(
      count: batch * outputHeight, grain: max(1, (1 << 13) / max(1, outputWidth * channels))
    ) {
      conch_resize_bilinear(
        input, inputHeight, inputWidth, output, outputHeight, outputWidth, channels, $0.lowerBound,
        $0.upperBound)
    }
  }

  /// The gradient of `resizeBilinear`.
  package static func resizeBilinearBackward(
    batch: Int, channels: Int, outputGradient: UnsafePointer<Float>, outputHeight: Int,
    outputWidth: Int, inputGradient: UnsafeMutablePointer<Float>, inputHeight: Int,
    inputWidth: Int, accumulate: Bool = false
  ) {
    Parallel.run(chunks: batch) { n in
      conch_resize_bilinear_gradient(
        outputGradient + n * outputHeight * outputWidth * channels, outputHeight, outputWidth,
        inputGradient + n * inputHeight * inputWidth * channels, inputHeight, inputWidth, channels,
        accumulate)
    }
  }
}
