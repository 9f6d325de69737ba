import CKernels

/// Convolutions in which every group has one input channel; reached through `Convolution`.
enum DepthwiseConvolution {
  static func forward(
    _ g: ConvolutionGeometry, input: UnsafePointer<Float>, kernel: UnsafePointer<Float>,
    bias: UnsafePointer<Float>?, activation: Activation, output: UnsafeMutablePointer<Float>
  ) {
    let multiplier = g.outputChannels / g.inputChannels
    let lineFloats = g.outputWidth * g.outputChannels
    let grain = Chunks.lines(
      g.batch * g.outputHeight, floats: lineFloats,
      multiplications: g.kernelHeight * g.kernelWidth * lineFloats)
    ConvolutionAxes.withForward(g) { y, x in
      Parallel.run(count: g.batch * g.outputHeight, grain: grain) { lines in
        withLists(g) { lists in
          if multiplier == 1 {
            conch_depthwise(
              y, x, g.inputChannels, input, kernel, g.kernelWidth, bias, output,
              activation.finish(), lines.lowerBound, lines.upperBound, lists)
          } else {
            conch_depthwise_multiplied(
              y, x, g.inputChannels, multiplier, input, kernel, g.kernelWidth, bias, output,
              lines.lowerBound, lines.upperBound, lists)
          }
        }
        if multiplier > 1 ? activation != .none : activation.bounds == nil {
          let start = output + lines.lowerBound * lineFloats
          conch_activate(
            lines.count * lineFloats, activation.code, activation.slope, start, start)
        }
      }
    }
  }

  static func inputGradient(
    _ g: ConvolutionGeometry, outputGradient: UnsafePointer<Float>, kernel: UnsafePointer<Float>,
    bias: UnsafePointer<Float>?, inputGradient: UnsafeMutablePointer<Float>, accumulate: Bool
  ) {
    let multiplier = g.outputChannels / g.inputChannels
    // A chunk is some input lines of one image, for all phases: what they read stays in cache.
    let places = (g.inputHeight + g.strideY - 1) / g.strideY
    let lineFloats = g.strideY * g.inputWidth * g.inputChannels
    let grain = min(
      places,
      Chunks.lines(
        g.batch * places, floats: lineFloats,
        multiplications: g.kernelHeight * g.kernelWidth * lineFloats))
    let chunksOfImage = (places + grain - 1) / grain
    Parallel.run(chunks: g.batch * chunksOfImage) { chunk in
      let image = chunk / chunksOfImage
      let from = chunk % chunksOfImage * grain
      ConvolutionAxes.forEachGradientPhase(g) { y, x in
        let count = y.pointee.count
        let (begin, end) = (
          image * count + min(from, count), image * count + min(from + grain, count)
        )
        withLists(g) { lists in
          if multiplier == 1 {
            conch_depthwise(
              y, x, g.inputChannels, outputGradient, kernel, g.kernelWidth, bias, inputGradient,
              Activation.none.finish(accumulate: accumulate), begin, end, lists)
          } else {
            conch_depthwise_multiplied_input_gradient(
              y, x, g.inputChannels, multiplier, outputGradient, kernel, g.kernelWidth, bias,
              inputGradient, accumulate, begin, end, lists)
          }
        }
      }
    }
  }

  /// Parts of the lines that have their own sums.
  private static func parts(_ g: ConvolutionGeometry) -> Int {
    let lineCount = g.batch * g.outputHeight
    let lineFloats = g.outputWidth * g.outputChannels
    let grain = max(
      Chunks.lines(
        lineCount, floats: lineFloats,
        multiplications: g.kernelHeight * g.kernelWidth * lineFloats), (lineCount + 31) / 32)
    return max(1, (lineCount + grain - 1) / grain)
  }

  static func kernelGradientWorkspace(_ g: ConvolutionGeometry) -> Int {
    parts(g) * g.kernelCount
  }

  static func kernelGradient(
    _ g: ConvolutionGeometry, input: UnsafePointer<Float>, outputGradient: UnsafePointer<Float>,
    kernelGradient: UnsafeMutablePointer<Float>, accumulate: Bool,
    workspace: UnsafeMutablePointer<Float>
  ) {
    let multiplier = g.outputChannels / g.inputChannels
    let lineCount = g.batch * g.outputHeight
    let parts = parts(g)
    ConvolutionAxes.withForward(g) { y, x in
      Parallel.run(chunks: parts) { part in
        let (from, to) = (part * lineCount / parts, (part + 1) * lineCount / parts)
        let sums = workspace + part * g.kernelCount
        conch_fill(g.kernelCount, 0, sums)
        withLists(g) { lists in
          if multiplier == 1 {
            conch_depthwise_kernel_gradient(
              y, x, g.inputChannels, input, outputGradient, g.kernelWidth, sums, from, to, lists)
          } else {
            conch_depthwise_multiplied_kernel_gradient(
              y, x, g.inputChannels, multiplier, input, outputGradient, g.kernelWidth, sums, from,
              to, lists)
          }
        }
      }
    }
    Parallel.run(count: g.kernelCount, grain: 8192) { range in
      conch_add_parts(
        range.count, parts, g.kernelCount, workspace + range.lowerBound,
        kernelGradient + range.lowerBound, accumulate)
    }
  }

  /// Room for the lists of taps; on the stack for kernels of usual size.
  private static func withLists(
    _ g: ConvolutionGeometry, _ body: (UnsafeMutablePointer<Int>) -> Void
  ) {
    let count = 4 * g.kernelHeight * g.kernelWidth
    withUnsafeTemporaryAllocation(of: Int.self, capacity: count) { numbers in
      guard let base = numbers.baseAddress else { preconditionFailure("a kernel has taps") }
      body(base)
    }
  }
}
