import CKernels

/// The sizes of a pooling, channels last: input `[batch, inputHeight, inputWidth, channels]`,
/// output `[batch, outputHeight, outputWidth, channels]`. Windows start at
/// (y · strideY − paddingTop, x · strideX − paddingLeft), and what lies outside the input does
/// not take part. Every window must touch the input.
package struct PoolingGeometry: Equatable, Hashable, Sendable {
  package var batch: Int
  package var inputHeight: Int
  package var inputWidth: Int
  package var channels: Int
  package var outputHeight: Int
  package var outputWidth: Int
  package var windowHeight: Int
  package var windowWidth: Int
  package var strideY: Int
  package var strideX: Int
  package var paddingTop: Int
  package var paddingLeft: Int

  package init(
    batch: Int, inputHeight: Int, inputWidth: Int, channels: Int, outputHeight: Int,
    outputWidth: Int, windowHeight: Int, windowWidth: Int, strideY: Int, strideX: Int,
    paddingTop: Int = 0, paddingLeft: Int = 0
  ) {
    self.batch = batch
    self.inputHeight = inputHeight
    self.inputWidth = inputWidth
    self.channels = channels
    self.outputHeight = outputHeight
    self.outputWidth = outputWidth
    self.windowHeight = windowHeight
    self.windowWidth = windowWidth
    self.strideY = strideY
    self.strideX = strideX
    self.paddingTop = paddingTop
    self.paddingLeft = paddingLeft
  }

  /// N·H·W·C of the input.
  package var inputCount: Int { batch * inputHeight * inputWidth * channels }
  /// N·H·W·C of the output.
  package var outputCount: Int { batch * outputHeight * outputWidth * channels }
}

/// Pooling over windows and over whole maps.
package enum Pooling {
  /// The largest value of each window.
  package static func maxForward(
    _ geometry: PoolingGeometry, input: UnsafePointer<Float>, output: UnsafeMutablePointer<Float>
  ) {
    pool(geometry) { conch_max_pool($0, $1, $2, input, output) }
  }

  /// Each output's gradient goes to the first largest value of its window, in row-major order.
  package static func maxBackward(
    _ geometry: PoolingGeometry, input: UnsafePointer<Float>,
    outputGradient: UnsafePointer<Float>, inputGradient: UnsafeMutablePointer<Float>,
    accumulate: Bool = false
  ) {
    unpool(geometry) {
      conch_max_pool_gradient($0, $1, input, outputGradient, inputGradient, accumulate)
    }
  }

  /// The mean of the values of each window that lie inside the input (TensorFlow's rule).
  package static func averageForward(
    _ geometry: PoolingGeometry, input: UnsafePointer<Float>, output: UnsafeMutablePointer<Float>
  ) {
    pool(geometry) { conch_average_pool($0, $1, $2, input, output) }
  }

  /// The gradient of `averageForward`.
  package static func averageBackward(
    _ geometry: PoolingGeometry, outputGradient: UnsafePointer<Float>,
    inputGradient: UnsafeMutablePointer<Float>, accumulate: Bool = false
  ) {
    unpool(geometry) {
      conch_average_pool_gradient($0, $1, outputGradient, inputGradient, accumulate)
    }
  }

  /// The mean over H and W: input `[batch, pixels, channels]`, output `[batch, channels]`.
  package static func globalAverageForward(
    batch: Int, pixels: Int, channels: Int, input: UnsafePointer<Float>,
    output: UnsafeMutablePointer<Float>
  ) {
    Parallel.run(chunks: batch) { n in
      conch_global_average(
        pixels, channels, input + n * pixels * channels, output + n * channels)
    }
  }

  /// The gradient of `globalAverageForward`.
  package static func globalAverageBackward(
    batch: Int, pixels: Int, channels: Int, outputGradient: UnsafePointer<Float>,
    inputGradient: UnsafeMutablePointer<Float>, accumulate: Bool = false
  ) {
    Parallel.run(chunks: batch) { n in
      conch_global_average_gradient(
        pixels, channels, outputGradient + n * channels, inputGradient + n * pixels * channels,
        accumulate)
    }
  }

  /// The maximum over H and W.
  package static func globalMaxForward(
    batch: Int, pixels: Int, channels: Int, input: UnsafePointer<Float>,
    output: UnsafeMutablePointer<Float>
  ) {
    Parallel.run(chunks: batch) { n in
      conch_global_max(pixels, channels, input + n * pixels * channels, output + n * channels)
    }
  }

  /// Each channel's gradient is shared equally by the places that reach the maximum, as
  /// TensorFlow's `reduce_max` does.
  package static func globalMaxBackward(
    batch: Int, pixels: Int, channels: Int, input: UnsafePointer<Float>,
    outputGradient: UnsafePointer<Float>, inputGradient: UnsafeMutablePointer<Float>,
    accumulate: Bool = false
  ) {
    Parallel.run(chunks: batch) { n in
      conch_global_max_gradient(
        pixels, channels, input + n * pixels * channels, outputGradient + n * channels,
        inputGradient + n * pixels * channels, accumulate)
    }
  }

  /// Calls `body` with ranges of output lines (N · output height).
  private static func pool(
    _ g: PoolingGeometry, _ body: (UnsafePointer<conch_pooling>, _ begin: Int, _ end: Int) -> Void
  ) {
    var sizes = sizes(g)
    let lineFloats = g.outputWidth * g.channels * g.windowHeight * g.windowWidth
    withUnsafePointer(to: &sizes) { sizes in
      Parallel.run(count: g.batch * g.outputHeight, grain: max(1, (1 << 16) / max(1, lineFloats))) {
        body(sizes, $0.lowerBound, $0.upperBound)
      }
    }
  }

  /// Calls `body` with each image: windows of one image may share input pixels.
  private static func unpool(
    _ g: PoolingGeometry, _ body: (UnsafePointer<conch_pooling>, _ image: Int) -> Void
  ) {
    var sizes = sizes(g)
    withUnsafePointer(to: &sizes) { sizes in
      Parallel.run(chunks: g.batch) { body(sizes, $0) }
    }
  }

  private static func sizes(_ g: PoolingGeometry) -> conch_pooling {
    conch_pooling(
      input_height: g.inputHeight, input_width: g.inputWidth, channels: g.channels,
      output_height: g.outputHeight, output_width: g.outputWidth, window_height: g.windowHeight,
      window_width: g.windowWidth, stride_y: g.strideY, stride_x: g.strideX,
      padding_top: g.paddingTop, padding_left: g.paddingLeft)
  }
}
