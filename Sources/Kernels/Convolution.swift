/// Two-dimensional convolution, channels last, and its two gradients.
///
/// Kernels are laid out as Keras has them, `[kh, kw, in / groups, out]`; depthwise ones
/// `[kh, kw, in, multiplier]` are the case `groups == in`.
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
  package static func forwardWorkspace(_ geometry: ConvolutionGeometry) -> Int {
    preconditionFailure("in progress")
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
    preconditionFailure("in progress")
  }

  /// Floats of workspace that `inputGradient` needs; depends on the geometry only.
  package static func inputGradientWorkspace(_ geometry: ConvolutionGeometry) -> Int {
    preconditionFailure("in progress")
  }

  /// inputGradient (=, or += where `accumulate`) the gradient with respect to the input, plus
  /// `bias` `[inputChannels]` where given (for a transposed convolution's forward pass).
  package static func inputGradient(
    _ geometry: ConvolutionGeometry, outputGradient: UnsafePointer<Float>,
    kernel: UnsafePointer<Float>, bias: UnsafePointer<Float>? = nil,
    inputGradient: UnsafeMutablePointer<Float>, accumulate: Bool = false,
    workspace: UnsafeMutablePointer<Float>?
  ) {
    preconditionFailure("in progress")
  }

  /// Floats of workspace that `kernelGradient` needs; depends on the geometry only.
  package static func kernelGradientWorkspace(_ geometry: ConvolutionGeometry) -> Int {
    preconditionFailure("in progress")
  }

  /// kernelGradient (=, or +=) the gradient with respect to the kernel, and, where
  /// `biasGradient` is given, the sums of `outputGradient` over N, H, W.
  package static func kernelGradient(
    _ geometry: ConvolutionGeometry, input: UnsafePointer<Float>,
    outputGradient: UnsafePointer<Float>, kernelGradient: UnsafeMutablePointer<Float>,
    biasGradient: UnsafeMutablePointer<Float>? = nil, accumulate: Bool = false,
    workspace: UnsafeMutablePointer<Float>?
  ) {
    preconditionFailure("in progress")
  }
}
