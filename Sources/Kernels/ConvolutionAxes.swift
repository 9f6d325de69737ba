import CKernels

/// Builds the axes (`conch_axis`) along which the C loops walk.
enum ConvolutionAxes {
  /// The axes of the forward pass: places are output pixels, taps read the input.
  static func withForward<Result>(
    _ g: ConvolutionGeometry,
    _ body: (_ y: UnsafePointer<conch_axis>, _ x: UnsafePointer<conch_axis>) -> Result
  ) -> Result {
    let y = Line(
      kernel: g.kernelHeight, stride: g.strideY, dilation: g.dilationY, padding: g.paddingTop,
      input: g.inputHeight, output: g.outputHeight)
    let x = Line(
      kernel: g.kernelWidth, stride: g.strideX, dilation: g.dilationX, padding: g.paddingLeft,
      input: g.inputWidth, output: g.outputWidth)
    return y.withForward { y in x.withForward { x in body(y, x) } }
  }

  /// The axes of the input gradient. Input pixels whose coordinates leave the same rest when
  /// divided by the strides are reached by the same taps; `body` is called for each pair of rests
  /// that occurs. Places are input pixels, taps read the output.
  static func forEachGradientPhase(
    _ g: ConvolutionGeometry,
    _ body: (_ y: UnsafePointer<conch_axis>, _ x: UnsafePointer<conch_axis>) -> Void
  ) {
    let y = Line(
      kernel: g.kernelHeight, stride: g.strideY, dilation: g.dilationY, padding: g.paddingTop,
      input: g.inputHeight, output: g.outputHeight)
    let x = Line(
      kernel: g.kernelWidth, stride: g.strideX, dilation: g.dilationX, padding: g.paddingLeft,
      input: g.inputWidth, output: g.outputWidth)
    for phaseY in 0..<min(g.strideY, g.inputHeight) {
      for phaseX in 0..<min(g.strideX, g.inputWidth) {
        y.withGradient(phase: phaseY) { y in x.withGradient(phase: phaseX) { x in body(y, x) } }
      }
    }
  }

  /// A convolution along one axis.
  private struct Line {
    let kernel: Int
    let stride: Int
    let dilation: Int
    let padding: Int
    let input: Int
    let output: Int

    func withForward<Result>(_ body: (UnsafePointer<conch_axis>) -> Result) -> Result {
      withUnsafeTemporaryAllocation(of: Int.self, capacity: 2 * kernel) { numbers in
        guard let base = numbers.baseAddress else { preconditionFailure("a kernel has taps") }
        for tap in 0..<kernel {
          base[tap] = tap * dilation - padding
          base[kernel + tap] = tap
        }
        var axis = conch_axis(
          count: output, first: 0, pitch: 1, length: output, extent: input, step: stride,
          taps: kernel, base: base, index: base + kernel)
        return withUnsafePointer(to: &axis, body)
      }
    }

    /// Input place phase + stride · t is read by output place o through tap k where
    /// o · stride + k · dilation − padding = phase + stride · t. Taps are taken from the last to
    /// the first, so that they read upwards.
    func withGradient(phase: Int, _ body: (UnsafePointer<conch_axis>) -> Void) {
      withUnsafeTemporaryAllocation(of: Int.self, capacity: 2 * kernel) { numbers in
        guard let base = numbers.baseAddress else { preconditionFailure("a kernel has taps") }
        var taps = 0
        for tap in (0..<kernel).reversed() {
          let offset = phase + padding - tap * dilation
          guard offset % stride == 0 else { continue }
          base[taps] = offset / stride
          base[kernel + taps] = tap
          taps += 1
        }
        var axis = conch_axis(
          count: (input - phase + stride - 1) / stride, first: phase, pitch: stride, length: input,
          extent: output, step: 1, taps: taps, base: base, index: base + kernel)
        withUnsafePointer(to: &axis, body)
      }
    }
  }
}
