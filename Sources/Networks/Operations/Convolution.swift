import Kernels

/// Two-dimensional convolution.
///
///     y[n, i, j, o] = b[o] + Σ x[n, i·s + u·d − p, j·s + v·d − q, c] · k[u, v, c, o]
///
/// Input `[N, H, W, C]`, output `[N, H', W', filters]`, kernel `[kh, kw, C / groups, filters]`,
/// bias `[filters]`.
package struct Convolution: Operation {
  package var filters: Int
  package var window: Window
  /// Blocks of channels that do not see each other.
  package var groups: Int
  package var hasBias: Bool
  package var initializer: Initializer
  package var biasInitializer: Initializer
  /// Of a layer that was fused with this one.
  var activation = Kernels.Activation.none
  /// Of a layer that was folded into this one.
  var normalization: BatchNormalization?

  package init(
    filters: Int, window: Window, groups: Int = 1, bias: Bool = true,
    initializer: Initializer = .glorotUniform, biasInitializer: Initializer = .zeros
  ) {
    self.filters = filters
    self.window = window
    self.groups = groups
    self.hasBias = bias
    self.initializer = initializer
    self.biasInitializer = biasInitializer
  }

  /// A square window.
  package init(
    filters: Int, kernel: Int, stride: Int = 1, dilation: Int = 1, padding: Padding = .valid,
    groups: Int = 1, bias: Bool = true, initializer: Initializer = .glorotUniform,
    biasInitializer: Initializer = .zeros
  ) {
    self.init(
      filters: filters,
      window: Window(
        size: (kernel, kernel), stride: (stride, stride), dilation: (dilation, dilation),
        padding: padding), groups: groups, bias: bias, initializer: initializer,
      biasInitializer: biasInitializer)
  }

  package var kind: String { "conv" }

  package var attributes: [Attribute] {
    var list = [Attribute("filters", "\(filters)")] + window.attributes
    if groups != 1 { list.append(Attribute("groups", "\(groups)")) }
    if !hasBias { list.append(Attribute("bias", "false")) }
    return list
  }

  package var documentation: String {
    """
    Slides `filters` small windows over the map; each answers how well it matches at every place.
    y = Σ x · kernel + bias over the window and the channels.
    Weights: kernel [height, width, channels / groups, filters], bias [filters].
    LeCun et al., "Gradient-based learning applied to document recognition", 1998.
    """
  }

  package func outputShape(_ check: ShapeCheck) throws(ShapeError) -> [Int] {
    let map = try check.featureMap()
    try check.attribute("filters", filters, in: 1...Limits.side)
    try check.attribute("groups", groups, in: 1...Limits.side)
    try check.require(
      map.channels % groups == 0, .channelsDivisible(by: groups, attribute: "groups"))
    try check.require(
      filters % groups == 0,
      .attribute("filters", given: Double(filters), expected: Double(groups)...Double(groups)))
    let placement = try window.checked(check, height: map.height, width: map.width)
    return [placement.outputHeight, placement.outputWidth, filters]
  }

  package func weights(_ inputs: [[Int]]) -> [WeightSpecification] {
    let kernel = WeightSpecification(
      "kernel", [window.size.height, window.size.width, inputs[0][2] / groups, filters],
      initializer)
    return hasBias ? [kernel, WeightSpecification("bias", [filters], biasInitializer)] : [kernel]
  }

  package func needs(_ shapes: OperationShapes, count: Int) -> Needs {
    var needs = window.convolutionNeeds(window.geometry(shapes, count: count, groups: groups))
    needs.readsOutput = activation != .none
    return needs
  }

  package func prepare(_ pass: Pass) {
    pass.prepareConvolution(
      window.geometry(pass.shapes, count: pass.count, groups: groups), hasBias: hasBias,
      normalization: normalization)
  }

  package func forward(_ pass: Pass) {
    pass.convolve(
      window.geometry(pass.shapes, count: pass.count, groups: groups), hasBias: hasBias,
      activation: activation)
  }

  package func backward(_ pass: Pass) {
    guard let outputGradient = pass.activatedGradient(activation) else { return }
    window.convolutionBackward(
      pass, window.geometry(pass.shapes, count: pass.count, groups: groups),
      outputGradient: outputGradient, biasGradient: hasBias ? pass.weightGradients[1] : nil)
  }

  package func multiplyAccumulates(_ shapes: OperationShapes) -> Int {
    window.geometry(shapes, count: 1, groups: groups).multiplications
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

extension Window {
  /// The kernels' description of a convolution with this window.
  func geometry(_ shapes: OperationShapes, count: Int, groups: Int) -> ConvolutionGeometry {
    let (input, output) = (shapes.inputs[0], shapes.output)
    let placement = placed(height: input[0], width: input[1])
    return ConvolutionGeometry(
      batch: count, inputHeight: input[0], inputWidth: input[1], inputChannels: input[2],
      outputHeight: output[0], outputWidth: output[1], outputChannels: output[2],
      kernelHeight: size.height, kernelWidth: size.width, strideY: stride.height,
      strideX: stride.width, dilationY: dilation.height, dilationX: dilation.width,
      paddingTop: placement.top, paddingLeft: placement.left, groups: groups)
  }

  func convolutionNeeds(_ geometry: ConvolutionGeometry) -> Needs {
    var needs = Needs()
    needs.prepared = Kernels.Convolution.preparedCount(geometry)
    needs.forwardScratch = max(
      Kernels.Convolution.forwardWorkspace(geometry),
      Kernels.Convolution.preparedWorkspace(geometry) + 2 * geometry.outputChannels)
    needs.backwardScratch = max(
      Kernels.Convolution.inputGradientWorkspace(geometry),
      Kernels.Convolution.kernelGradientWorkspace(geometry))
    needs.readsInputs = true
    return needs
  }

  /// dkernel += xᵀ ∗ dy, dbias += Σ dy, dx = dy ∗ kernelᵀ.
  func convolutionBackward(
    _ pass: Pass, _ geometry: ConvolutionGeometry, outputGradient: UnsafePointer<Float>,
    biasGradient: UnsafeMutablePointer<Float>?
  ) {
    if let kernelGradient = pass.weightGradients[0] {
      Kernels.Convolution.kernelGradient(
        geometry, input: pass.inputs[0], outputGradient: outputGradient,
        kernelGradient: kernelGradient, biasGradient: biasGradient, accumulate: true,
        workspace: pass.scratch)
    }
    if let inputGradient = pass.inputGradients[0] {
      Kernels.Convolution.inputGradient(
        geometry, outputGradient: outputGradient, kernel: pass.weights[0],
        inputGradient: inputGradient, accumulate: pass.accumulates[0], workspace: pass.scratch)
    }
  }
}

extension Pass {
  /// Prepares the kernel, with a normalisation folded in: its moving statistics stay as they are,
  /// so it is a factor of each filter and a bias.
  func prepareConvolution(
    _ geometry: ConvolutionGeometry, hasBias: Bool, normalization: BatchNormalization?
  ) {
    guard let prepared else { return }
    let bias = hasBias ? UnsafePointer(weights[1]) : nil
    guard let normalization else {
      Kernels.Convolution.prepare(
        geometry, kernel: weights[0], bias: bias, into: prepared, workspace: scratch)
      return
    }
    let filters = geometry.outputChannels
    let (scale, offset) = (scratch, scratch + filters)
    let (gamma, beta, mean, variance) = (
      weights[hasBias ? 2 : 1], weights[hasBias ? 3 : 2], weights[hasBias ? 4 : 3],
      weights[hasBias ? 5 : 4]
    )
    for filter in 0..<filters {
      let factor = gamma[filter] / (variance[filter] + normalization.epsilon).squareRoot()
      scale[filter] = factor
      offset[filter] = beta[filter] + ((bias?[filter] ?? 0) - mean[filter]) * factor
    }
    Kernels.Convolution.prepare(
      geometry, kernel: weights[0], bias: offset, scale: scale, into: prepared,
      workspace: scratch + 2 * filters)
  }

  func convolve(
    _ geometry: ConvolutionGeometry, hasBias: Bool, activation: Kernels.Activation
  ) {
    if let prepared {
      Kernels.Convolution.forward(
        geometry, input: inputs[0], prepared: prepared, activation: activation, output: output,
        workspace: scratch)
    } else {
      Kernels.Convolution.forward(
        geometry, input: inputs[0], kernel: weights[0], bias: hasBias ? weights[1] : nil,
        activation: activation, output: output, workspace: scratch)
    }
  }

  /// The output's gradient before a fused activation, written over that after it.
  func activatedGradient(_ activation: Kernels.Activation) -> UnsafePointer<Float>? {
    guard let outputGradient else { return nil }
    if activation != .none {
      Elementwise.activationGradient(
        count: count * shapes.outputSize, activation, output: output,
        outputGradient: outputGradient, inputGradient: outputGradient)
    }
    return UnsafePointer(outputGradient)
  }
}

extension ReceptiveField {
  /// What the units of a window on the first input see.
  func windowed(_ window: Window, on shapes: OperationShapes) -> ReceptiveField {
    windowed(window, window.placed(height: shapes.inputs[0][0], width: shapes.inputs[0][1]))
  }
}
