import CKernels

/// Two-dimensional convolution, channels last, and its two gradients.
///
/// Kernels are laid out as Keras has them, `[kh, kw, in / groups, out]`; depthwise ones
/// `[kh, kw, in, multiplier]` are the case `groups == in`.
///
/// Depthwise ones run along channels; all others go through a register-blocked kernel that reads
/// the maps where they lie, so no gathered matrix exists.
///
/// A **transposed convolution** is the same three functions with the roles exchanged. Let `g` be
/// the convolution that goes from the transposed convolution's *output* to its *input*; Keras's
/// transposed kernel `[kh, kw, out, in]` is then exactly `g`'s kernel, and
///  - forward: `inputGradient(g, outputGradient: x, kernel:, bias:, inputGradient: y)`
///  - input gradient: `forward(g, input: dy, kernel:, bias: nil, output: dx)`
///  - kernel gradient: `kernelGradient(g, input: dy, outputGradient: x, kernelGradient:)`, with
///    `Reduction.columnSums` of dy for the bias.
package enum Convolution {
  /// Floats of workspace that `forward` needs; depends on the geometry only.
  package static func forwardWorkspace(_ g: ConvolutionGeometry) -> Int {
    precondition(g.isValid, "the sizes of a convolution are consistent")
    if g.isDepthwise { return 0 }
    return WinogradConvolution.suits(g)
      ? WinogradConvolution.forwardWorkspace(g) : DirectConvolution.forwardWorkspace(g)
  }

  /// output = activation(input ∗ kernel + bias).
  ///
  /// - Parameters:
  ///   - bias: `[outputChannels]`, or nil for none
  ///   - activation: applied while the output is in cache
  package static func forward(
    _ geometry: ConvolutionGeometry, input: UnsafePointer<Float>, kernel: UnsafePointer<Float>,
    bias: UnsafePointer<Float>?, activation: Activation = .none,
    output: UnsafeMutablePointer<Float>, workspace: UnsafeMutablePointer<Float>?
  ) {
    precondition(geometry.isValid, "the sizes of a convolution are consistent")
    if geometry.isDepthwise {
      DepthwiseConvolution.forward(
        geometry, input: input, kernel: kernel, bias: bias, activation: activation, output: output)
    } else {
      guard let workspace else { preconditionFailure("a convolution needs a workspace") }
      if WinogradConvolution.suits(geometry) {
        WinogradConvolution.forward(
          geometry, input: input, kernel: kernel, bias: bias, activation: activation,
          output: output, workspace: workspace)
      } else {
        DirectConvolution.forward(
          geometry, input: input, kernel: kernel, bias: bias, activation: activation,
          output: output, packed: workspace)
      }
    }
  }

  /// Floats of workspace that `inputGradient` needs; depends on the geometry only.
  package static func inputGradientWorkspace(_ g: ConvolutionGeometry) -> Int {
    precondition(g.isValid, "the sizes of a convolution are consistent")
    if g.isDepthwise { return 0 }
    return WinogradConvolution.suits(g)
      ? WinogradConvolution.inputGradientWorkspace(g) : DirectConvolution.inputGradientWorkspace(g)
  }

  /// inputGradient (=, or += where `accumulate`) the gradient with respect to the input, plus
  /// `bias` `[inputChannels]` where given (for a transposed convolution's forward pass).
  package static func inputGradient(
    _ geometry: ConvolutionGeometry, outputGradient: UnsafePointer<Float>,
    kernel: UnsafePointer<Float>, bias: UnsafePointer<Float>? = nil,
    inputGradient: UnsafeMutablePointer<Float>, accumulate: Bool = false,
    workspace: UnsafeMutablePointer<Float>?
  ) {
    precondition(geometry.isValid, "the sizes of a convolution are consistent")
    if geometry.isDepthwise {
      DepthwiseConvolution.inputGradient(
        geometry, outputGradient: outputGradient, kernel: kernel, bias: bias,
        inputGradient: inputGradient, accumulate: accumulate)
    } else {
      guard let workspace else { preconditionFailure("an input gradient needs a workspace") }
      if WinogradConvolution.suits(geometry) {
        WinogradConvolution.inputGradient(
          geometry, outputGradient: outputGradient, kernel: kernel, bias: bias,
          inputGradient: inputGradient, accumulate: accumulate, workspace: workspace)
      } else {
        DirectConvolution.inputGradient(
          geometry, outputGradient: outputGradient, kernel: kernel, bias: bias,
          inputGradient: inputGradient, accumulate: accumulate, packed: workspace)
      }
    }
  }

  /// Floats of workspace that `kernelGradient` needs; depends on the geometry only.
  package static func kernelGradientWorkspace(_ g: ConvolutionGeometry) -> Int {
    precondition(g.isValid, "the sizes of a convolution are consistent")
    return max(
      Reduction.columnSumsWorkspace(
        rows: g.batch * g.outputHeight * g.outputWidth, columns: g.outputChannels),
      g.isDepthwise
        ? DepthwiseConvolution.kernelGradientWorkspace(g)
        : WinogradConvolution.suits(g)
          ? WinogradConvolution.kernelGradientWorkspace(g)
          : DirectConvolution.kernelGradientWorkspace(g))
  }

  /// kernelGradient (=, or +=) the gradient with respect to the kernel, and, where
  /// `biasGradient` is given, the sums of `outputGradient` over N, H, W.
  package static func kernelGradient(
    _ geometry: ConvolutionGeometry, input: UnsafePointer<Float>,
    outputGradient: UnsafePointer<Float>, kernelGradient: UnsafeMutablePointer<Float>,
    biasGradient: UnsafeMutablePointer<Float>? = nil, accumulate: Bool = false,
    workspace: UnsafeMutablePointer<Float>?
  ) {
    let g = geometry
    precondition(g.isValid, "the sizes of a convolution are consistent")
    guard let workspace else { preconditionFailure("a kernel gradient needs a workspace") }
    if let biasGradient {
      Reduction.columnSums(
        rows: g.batch * g.outputHeight * g.outputWidth, columns: g.outputChannels,
        input: outputGradient, output: biasGradient, accumulate: accumulate, workspace: workspace)
    }
    if g.isDepthwise {
      DepthwiseConvolution.kernelGradient(
        g, input: input, outputGradient: outputGradient, kernelGradient: kernelGradient,
        accumulate: accumulate, workspace: workspace)
    } else if WinogradConvolution.suits(g) {
      WinogradConvolution.kernelGradient(
        g, input: input, outputGradient: outputGradient, kernelGradient: kernelGradient,
        accumulate: accumulate, workspace: workspace)
    } else {
      DirectConvolution.kernelGradient(
        g, input: input, outputGradient: outputGradient, kernelGradient: kernelGradient,
        accumulate: accumulate, partial: workspace)
    }
  }
}
