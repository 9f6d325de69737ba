import Kernels

/// Convolution of each channel by itself: no channel sees another.
///
///     y[n, i, j, c·m + r] = b[c·m + r] + Σ x[n, i·s + u·d − p, j·s + v·d − q, c] · k[u, v, c, r]
///
/// Input `[N, H, W, C]`, output `[N, H', W', C·multiplier]`, kernel `[kh, kw, C, multiplier]`.
package struct DepthwiseConvolution: Operation {
  package var window: Window
  /// Output channels for each input channel.
  package var multiplier: Int
  package var hasBias: Bool
  package var initializer: Initializer
  /// Of a layer that was fused with this one.
  var activation = Kernels.Activation.none
  /// Of a layer that was folded into this one.
  var normalization: BatchNormalization?

  package init(
    window: Window, multiplier: Int = 1, bias: Bool = true,
    initializer: Initializer = .glorotUniform
  ) {
    self.window = window
    self.multiplier = multiplier
    self.hasBias = bias
    self.initializer = initializer
  }

  /// A square window.
  package init(
    kernel: Int, stride: Int = 1, dilation: Int = 1, padding: Padding = .valid,
    multiplier: Int = 1, bias: Bool = true, initializer: Initializer = .glorotUniform
  ) {
    self.init(
      window: Window(
        size: (kernel, kernel), stride: (stride, stride), dilation: (dilation, dilation),
        padding: padding), multiplier: multiplier, bias: bias, initializer: initializer)
  }

  package var kind: String { "depthwise_conv" }

  package var attributes: [Attribute] {
    var list = window.attributes
    if multiplier != 1 { list.append(Attribute("multiplier", "\(multiplier)")) }
    if !hasBias { list.append(Attribute("bias", "false")) }
    return list
  }

  package var documentation: String {
    """
    A convolution of each channel by itself, with few weights and few multiplications; a 1×1
    convolution after it mixes the channels.
    Weights: kernel [height, width, channels, multiplier], bias [channels · multiplier].
    Howard et al., "MobileNets", 2017, section 3.1.
    """
  }

  package func outputShape(_ check: ShapeCheck) throws(ShapeError) -> [Int] {
    let map = try check.featureMap()
    try check.attribute("multiplier", multiplier, in: 1...4_096)
    let placement = try window.checked(check, height: map.height, width: map.width)
    return [placement.outputHeight, placement.outputWidth, map.channels * multiplier]
  }

  package func weights(_ inputs: [[Int]]) -> [WeightSpecification] {
    let channels = inputs[0][2]
    let kernel = WeightSpecification(
      "kernel", [window.size.height, window.size.width, channels, multiplier], initializer)
    return hasBias
      ? [kernel, WeightSpecification("bias", [channels * multiplier], .zeros)] : [kernel]
  }

  private func geometry(_ shapes: OperationShapes, _ count: Int) -> ConvolutionGeometry {
    window.geometry(shapes, count: count, groups: shapes.inputChannels)
  }

  package func needs(_ shapes: OperationShapes, count: Int) -> Needs {
    var needs = window.convolutionNeeds(geometry(shapes, count))
    needs.readsOutput = activation != .none
    return needs
  }

  package func prepare(_ pass: Pass) {
    pass.prepareConvolution(
      geometry(pass.shapes, pass.count), hasBias: hasBias, normalization: normalization)
  }

  package func forward(_ pass: Pass) {
    pass.convolve(geometry(pass.shapes, pass.count), hasBias: hasBias, activation: activation)
  }

  package func backward(_ pass: Pass) {
    guard let outputGradient = pass.activatedGradient(activation) else { return }
    window.convolutionBackward(
      pass, geometry(pass.shapes, pass.count), outputGradient: outputGradient,
      biasGradient: hasBias ? pass.weightGradients[1] : nil)
  }

  package func multiplyAccumulates(_ shapes: OperationShapes) -> Int {
    geometry(shapes, 1).multiplications
  }

  package func receptiveField(
    _ inputs: [ReceptiveField], _ shapes: OperationShapes
  ) -> ReceptiveField {
    inputs[0].windowed(window, on: shapes)
  }

  package func fused(with next: any Operation) -> (any Operation)? {
    carrying(next, in: \.activation)
  }

  package func folded(with next: any Operation) -> (any Operation)? {
    activation == .none ? takingIn(next, as: \.normalization) : nil
  }
}
