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
  // MARK: Forward

  private enum Algorithm {
    case depthwise, direct, winograd

    /// - Parameter isPrepared: the kernel is prepared once for many runs.
    init(_ g: ConvolutionGeometry, isPrepared: Bool) {
      precondition(g.isValid, "the sizes of a convolution are consistent")
      self =
        g.isDepthwise
        ? .depthwise
        : WinogradConvolution.suits(g, isPrepared: isPrepared) ? .winograd : .direct
    }

    /// Floats of a kernel and its biases.
    func preparedCount(_ g: ConvolutionGeometry) -> Int {
      switch self {
      case .depthwise: g.kernelCount + g.outputChannels
      case .direct: DirectConvolution.packedCount(g)
      case .winograd: WinogradConvolution.packedCount(g) + g.outputChannels
      }
    }

    func workspace(_ g: ConvolutionGeometry) -> Int {
      self == .winograd ? WinogradConvolution.forwardWorkspace(g) : 0
    }

    func prepare(
      _ g: ConvolutionGeometry, kernel: UnsafePointer<Float>, bias: UnsafePointer<Float>?,
      into prepared: UnsafeMutablePointer<Float>, workspace: UnsafeMutablePointer<Float>
    ) {
      if self == .direct {
        DirectConvolution.pack(g, kernel: kernel, bias: bias, into: prepared)
        return
      }
      let end = prepared + (preparedCount(g) - g.outputChannels)
      if let bias {
        end.update(from: bias, count: g.outputChannels)
      } else {
        end.update(repeating: 0, count: g.outputChannels)
      }
      if self == .winograd {
        WinogradConvolution.pack(g, kernel: kernel, into: prepared, workspace: workspace)
      } else {
        prepared.update(from: kernel, count: g.kernelCount)
      }
    }

    func forward(
      _ g: ConvolutionGeometry, input: UnsafePointer<Float>, prepared: UnsafePointer<Float>,
      activation: Activation, output: UnsafeMutablePointer<Float>,
      workspace: UnsafeMutablePointer<Float>
    ) {
      let bias = prepared + (preparedCount(g) - g.outputChannels)
      switch self {
      case .depthwise:
        DepthwiseConvolution.forward(
          g, input: input, kernel: prepared, bias: bias, activation: activation, output: output)
      case .direct:
        DirectConvolution.forward(
          g, input: input, packed: prepared, activation: activation, output: output)
      case .winograd:
        WinogradConvolution.forward(
          g, input: input, packed: prepared, bias: bias, activation: activation, output: output,
          workspace: workspace)
      }
    }
  }

  /// Floats of a kernel and its biases as `prepare` writes them, whatever the number of images.
  package static func preparedCount(_ g: ConvolutionGeometry) -> Int {
    Algorithm(g, isPrepared: true).preparedCount(g)
  }

  /// Floats of workspace that `prepare` and `forward` with a prepared kernel need.
  package static func preparedWorkspace(_ g: ConvolutionGeometry) -> Int {
    g.kernelCount + Algorithm(g, isPrepared: true).workspace(g)
  }

  /// Brings a kernel into the order in which `forward` reads it.
  ///
  /// - Parameters:
  ///   - bias: `[outputChannels]`, or nil for none
  ///   - scale: factors of the kernel `[outputChannels]`, or nil for none
  ///   - prepared: room for `preparedCount` floats
  package static func prepare(
    _ g: ConvolutionGeometry, kernel: UnsafePointer<Float>, bias: UnsafePointer<Float>?,
    scale: UnsafePointer<Float>? = nil, into prepared: UnsafeMutablePointer<Float>,
    workspace: UnsafeMutablePointer<Float>
  ) {
    var kernel = kernel
    if let scale {
      let filters = g.outputChannels
      for row in 0..<g.kernelCount / filters {
        for filter in 0..<filters {
          workspace[row * filters + filter] = kernel[row * filters + filter] * scale[filter]
        }
      }
      kernel = UnsafePointer(workspace)
    }
    Algorithm(g, isPrepared: true).prepare(
      g, kernel: kernel, bias: bias, into: prepared, workspace: workspace + g.kernelCount)
  }

  /// output = activation(input ∗ kernel + bias), with both prepared for this geometry.
  package static func forward(
    _ g: ConvolutionGeometry, input: UnsafePointer<Float>, prepared: UnsafePointer<Float>,
    activation: Activation = .none, output: UnsafeMutablePointer<Float>,
    workspace: UnsafeMutablePointer<Float>
  ) {
    Algorithm(g, isPrepared: true).forward(
      g, input: input, prepared: prepared, activation: activation, output: output,
      workspace: workspace)
  }

  /// Floats of workspace that `forward` needs with a kernel as it is.
  package static func forwardWorkspace(_ g: ConvolutionGeometry) -> Int {
    let algorithm = Algorithm(g, isPrepared: false)
    return algorithm == .depthwise ? 0 : algorithm.preparedCount(g) + algorithm.workspace(g)
  }

  /// output = activation(input ∗ kernel + bias).
  ///
  /// - Parameters:
  ///   - bias: `[outputChannels]`, or nil for none
  ///   - activation: applied while the output is in cache
  package static func forward(
    _ g: ConvolutionGeometry, input: UnsafePointer<Float>, kernel: UnsafePointer<Float>,
    bias: UnsafePointer<Float>?, activation: Activation = .none,
    output: UnsafeMutablePointer<Float>, workspace: UnsafeMutablePointer<Float>?
  ) {
    let algorithm = Algorithm(g, isPrepared: false)
    if algorithm == .depthwise {
      DepthwiseConvolution.forward(
        g, input: input, kernel: kernel, bias: bias, activation: activation, output: output)
      return
    }
    guard let workspace else { preconditionFailure("a convolution needs a workspace") }
    let rest = workspace + algorithm.preparedCount(g)
    algorithm.prepare(g, kernel: kernel, bias: bias, into: workspace, workspace: rest)
    algorithm.forward(
      g, input: input, prepared: workspace, activation: activation, output: output,
      workspace: rest)
  }

  // MARK: Transposed, in use

  /// Floats of the kernel and the biases of a transposed convolution as `prepareTransposed` writes
  /// them.
  package static func preparedTransposedCount(_ g: ConvolutionGeometry) -> Int {
    DirectConvolution.inputGradientWorkspace(g)
  }

  /// Brings a kernel `[kh, kw, out, in]` and biases into the order in which `transposed` reads them.
  package static func prepareTransposed(
    _ g: ConvolutionGeometry, kernel: UnsafePointer<Float>, bias: UnsafePointer<Float>?,
    into prepared: UnsafeMutablePointer<Float>
  ) {
    DirectConvolution.packTransposed(g, kernel: kernel, bias: bias, into: prepared)
  }

  /// The transposed convolution that goes back along `g`, with a prepared kernel.
  package static func transposed(
    _ g: ConvolutionGeometry, input: UnsafePointer<Float>, prepared: UnsafePointer<Float>,
    output: UnsafeMutablePointer<Float>
  ) {
    DirectConvolution.inputGradient(
      g, outputGradient: input, packed: prepared, inputGradient: output, accumulate: false)
  }

  // MARK: Gradients

  /// Floats of workspace that `inputGradient` needs; depends on the geometry only.
  package static func inputGradientWorkspace(_ g: ConvolutionGeometry) -> Int {
    switch Algorithm(g, isPrepared: false) {
    case .depthwise: 0
    case .direct: DirectConvolution.inputGradientWorkspace(g)
    case .winograd: WinogradConvolution.inputGradientWorkspace(g)
    }
  }

  /// inputGradient (=, or += where `accumulate`) the gradient with respect to the input, plus
  /// `bias` `[inputChannels]` where given (for a transposed convolution's forward pass).
  package static func inputGradient(
    _ geometry: ConvolutionGeometry, outputGradient: UnsafePointer<Float>,
    kernel: UnsafePointer<Float>, bias: UnsafePointer<Float>? = nil,
    inputGradient: UnsafeMutablePointer<Float>, accumulate: Bool = false,
    workspace: UnsafeMutablePointer<Float>?
  ) {
    let algorithm = Algorithm(geometry, isPrepared: false)
    if algorithm == .depthwise {
      DepthwiseConvolution.inputGradient(
        geometry, outputGradient: outputGradient, kernel: kernel, bias: bias,
        inputGradient: inputGradient, accumulate: accumulate)
      return
    }
    guard let workspace else { preconditionFailure("an input gradient needs a workspace") }
    if algorithm == .winograd {
      WinogradConvolution.inputGradient(
        geometry, outputGradient: outputGradient, kernel: kernel, bias: bias,
        inputGradient: inputGradient, accumulate: accumulate, workspace: workspace)
    } else {
      DirectConvolution.packTransposed(geometry, kernel: kernel, bias: bias, into: workspace)
      DirectConvolution.inputGradient(
        geometry, outputGradient: outputGradient, packed: workspace, inputGradient: inputGradient,
        accumulate: accumulate)
    }
  }

  /// Floats of workspace that `kernelGradient` needs; depends on the geometry only.
  package static func kernelGradientWorkspace(_ g: ConvolutionGeometry) -> Int {
    let own =
      switch Algorithm(g, isPrepared: false) {
      case .depthwise: DepthwiseConvolution.kernelGradientWorkspace(g)
      case .direct: DirectConvolution.kernelGradientWorkspace(g)
      case .winograd: WinogradConvolution.kernelGradientWorkspace(g)
      }
    return max(
      own,
      Reduction.columnSumsWorkspace(
        rows: g.batch * g.outputHeight * g.outputWidth, columns: g.outputChannels))
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
    switch Algorithm(g, isPrepared: false) {
    case .depthwise:
      DepthwiseConvolution.kernelGradient(
        g, input: input, outputGradient: outputGradient, kernelGradient: kernelGradient,
        accumulate: accumulate, workspace: workspace)
    case .winograd:
      WinogradConvolution.kernelGradient(
        g, input: input, outputGradient: outputGradient, kernelGradient: kernelGradient,
        accumulate: accumulate, workspace: workspace)
    case .direct:
      DirectConvolution.kernelGradient(
        g, input: input, outputGradient: outputGradient, kernelGradient: kernelGradient,
        accumulate: accumulate, partial: workspace)
    }
  }
}
