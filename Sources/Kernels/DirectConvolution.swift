import CKernels

/// Convolutions of one group by the register-blocked kernel, without a gathered matrix; reached
/// through `Convolution`, for shapes where it beats a general product.
enum DirectConvolution {
  /// Whether the forward pass is taken here. By the sizes only.
  static func takesForward(_ g: ConvolutionGeometry) -> Bool {
    g.groups == 1
  }

  /// Whether the input gradient is taken here.
  static func takesInputGradient(_ g: ConvolutionGeometry) -> Bool {
    g.groups == 1
  }

  static func forwardWorkspace(_ g: ConvolutionGeometry) -> Int {
    (g.kernelHeight * g.kernelWidth * g.inputChannels + 1) * padded(g.outputChannels)
  }

  static func inputGradientWorkspace(_ g: ConvolutionGeometry) -> Int {
    let phases = min(g.strideY, g.inputHeight) * min(g.strideX, g.inputWidth)
    return (g.kernelHeight * g.kernelWidth * g.outputChannels + phases) * padded(g.inputChannels)
  }

  static func forward(
    _ g: ConvolutionGeometry, input: UnsafePointer<Float>, kernel: UnsafePointer<Float>,
    bias: UnsafePointer<Float>?, activation: Activation, output: UnsafeMutablePointer<Float>,
    packed: UnsafeMutablePointer<Float>
  ) {
    let depth = g.kernelHeight * g.kernelWidth * g.inputChannels
    let filters = g.outputChannels
    conch_direct_pack(0, 1, depth, filters, bias, 0, 1, packed)
    conch_direct_pack(1, depth, depth, filters, kernel, filters, 1, packed)
    if g.isPointwise {
      let rows = g.batch * g.outputHeight * g.outputWidth
      Parallel.run(count: rows, grain: rowsOfChunk(read: depth, written: filters)) { range in
        let target = output + range.lowerBound * filters
        conch_direct_rows(
          range.count, filters, depth, input + range.lowerBound * depth, depth, packed, target,
          filters, false)
        activate(range.count * filters, activation, target)
      }
      return
    }
    let lineFloats = g.outputWidth * filters
    let grain = lines(g, of: g.strideY * g.inputWidth * g.inputChannels + lineFloats)
    ConvolutionAxes.withForward(g) { y, x in
      Parallel.run(count: g.batch * g.outputHeight, grain: grain) { lines in
        withLists(g) { lists in
          conch_direct_lines(
            y, x, g.inputChannels, filters, input, packed, output, false, lines.lowerBound,
            lines.upperBound, lists)
        }
        activate(lines.count * lineFloats, activation, output + lines.lowerBound * lineFloats)
      }
    }
  }

  static func inputGradient(
    _ g: ConvolutionGeometry, outputGradient: UnsafePointer<Float>, kernel: UnsafePointer<Float>,
    bias: UnsafePointer<Float>?, inputGradient: UnsafeMutablePointer<Float>, accumulate: Bool,
    packed: UnsafeMutablePointer<Float>
  ) {
    let (channels, filters) = (g.inputChannels, g.outputChannels)
    if g.isPointwise {
      conch_direct_pack(0, 1, filters, channels, bias, 0, 1, packed)
      conch_direct_pack(1, filters, filters, channels, kernel, 1, filters, packed)
      let rows = g.batch * g.inputHeight * g.inputWidth
      Parallel.run(count: rows, grain: rowsOfChunk(read: filters, written: channels)) { range in
        conch_direct_rows(
          range.count, channels, filters, outputGradient + range.lowerBound * filters, filters,
          packed, inputGradient + range.lowerBound * channels, channels, accumulate)
      }
      return
    }
    forEachPhase(g, packed) { y, x, packed in
      let (tapsX, taps) = (x.pointee.taps, y.pointee.taps * x.pointee.taps)
      conch_direct_pack(0, 1, taps * filters, channels, bias, 0, 1, packed)
      for tap in 0..<taps {
        let kernelTap =
          y.pointee.index[tap / tapsX] * g.kernelWidth + x.pointee.index[tap % tapsX]
        conch_direct_pack(
          1 + tap * filters, filters, taps * filters, channels,
          kernel + kernelTap * channels * filters, 1, filters, packed)
      }
    }
    // A chunk is some input lines of one image, for all phases: what they read stays in cache.
    let places = (g.inputHeight + g.strideY - 1) / g.strideY
    let grain = min(
      places, lines(g, of: g.strideY * g.inputWidth * channels + g.outputWidth * filters))
    let chunksOfImage = (places + grain - 1) / grain
    Parallel.run(chunks: g.batch * chunksOfImage) { chunk in
      let (image, from) = (chunk / chunksOfImage, chunk % chunksOfImage * grain)
      forEachPhase(g, packed) { y, x, packed in
        let count = y.pointee.count
        withLists(g) { lists in
          conch_direct_lines(
            y, x, filters, channels, outputGradient, packed, inputGradient, accumulate,
            image * count + min(from, count), image * count + min(from + grain, count), lists)
        }
      }
    }
  }

  /// The phases of the input gradient, each with its own packed matrix.
  private static func forEachPhase(
    _ g: ConvolutionGeometry, _ packed: UnsafeMutablePointer<Float>,
    _ body: (UnsafePointer<conch_axis>, UnsafePointer<conch_axis>, UnsafeMutablePointer<Float>) ->
      Void
  ) {
    var start = 0
    ConvolutionAxes.forEachGradientPhase(g) { y, x in
      body(y, x, packed + start)
      start += (y.pointee.taps * x.pointee.taps * g.outputChannels + 1) * padded(g.inputChannels)
    }
  }

  private static func activate(
    _ count: Int, _ activation: Activation, _ values: UnsafeMutablePointer<Float>
  ) {
    if activation != .none {
      conch_activate(count, activation.code, activation.slope, values, values)
    }
  }

  /// Columns of a packed matrix, in whole vectors.
  private static func padded(_ columns: Int) -> Int { (columns + 15) / 16 * 16 }

  /// Floats that a chunk reads and writes: they stay in the second-level cache for all panels.
  private static let chunkFloats = 1 << 16

  private static func rowsOfChunk(read: Int, written: Int) -> Int {
    max(32, chunkFloats / (read + written) / 8 * 8)
  }

  private static func lines(_ g: ConvolutionGeometry, of lineFloats: Int) -> Int {
    max(1, chunkFloats / lineFloats)
  }

  /// Room for two lists of runs; on the stack for kernels of usual size.
  private static func withLists(
    _ g: ConvolutionGeometry, _ body: (UnsafeMutablePointer<Int>) -> Void
  ) {
    let count = 6 * g.kernelHeight * g.kernelWidth
    withUnsafeTemporaryAllocation(of: Int.self, capacity: count) { numbers in
      guard let base = numbers.baseAddress else { preconditionFailure("a kernel has taps") }
      body(base)
    }
  }
}
