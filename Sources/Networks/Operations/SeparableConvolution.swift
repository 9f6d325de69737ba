import Kernels

/// A depthwise convolution and a 1×1 convolution over its result, as one layer (Keras's
/// `SeparableConv2D`).
///
/// Input `[N, H, W, C]`, output `[N, H', W', filters]`; weights `depthwise_kernel`
/// `[kh, kw, C, multiplier]`, `pointwise_kernel` `[1, 1, C·multiplier, filters]`, `bias`.
package struct SeparableConvolution: Operation {
  package var filters: Int
  package var window: Window
  package var multiplier: Int
  package var hasBias: Bool
  package var initializer: Initializer

  package init(
    filters: Int, window: Window, multiplier: Int = 1, bias: Bool = true,
    initializer: Initializer = .glorotUniform
  ) {
    self.filters = filters
    self.window = window
    self.multiplier = multiplier
    self.hasBias = bias
    self.initializer = initializer
  }

  package var kind: String { "separable_conv" }

  package var attributes: [Attribute] {
    var list = [Attribute("filters", "\(filters)")] + window.attributes
    if multiplier != 1 { list.append(Attribute("multiplier", "\(multiplier)")) }
    if !hasBias { list.append(Attribute("bias", "false")) }
    return list
  }

  package var documentation: String {
    """
    A convolution in two parts: one window for each channel by itself, then a 1×1 convolution
    that mixes the channels. About kernel² times fewer multiplications than a full convolution.
    Weights: depthwise_kernel [height, width, channels, multiplier], pointwise_kernel
    [1, 1, channels · multiplier, filters], bias [filters].
    Chollet, "Xception", 2017.
    """
  }

  package func outputShape(_ check: ShapeCheck) throws(ShapeError) -> [Int] {
    let map = try check.featureMap()
    try check.attribute("filters", filters, in: 1...Limits.side)
    try check.attribute("multiplier", multiplier, in: 1...4_096)
    let placement = try window.checked(check, height: map.height, width: map.width)
    _ = try check.count([
      placement.outputHeight, placement.outputWidth, map.channels, multiplier,
    ])
    return [placement.outputHeight, placement.outputWidth, filters]
  }

  package func weights(_ inputs: [[Int]]) -> [WeightSpecification] {
    let channels = inputs[0][2]
    var list = [
      WeightSpecification(
        "depthwise_kernel", [window.size.height, window.size.width, channels, multiplier],
        initializer),
      WeightSpecification("pointwise_kernel", [1, 1, channels * multiplier, filters], initializer),
    ]
    if hasBias { list.append(WeightSpecification("bias", [filters], .zeros)) }
    return list
  }

  private func depthwise(_ shapes: OperationShapes, _ count: Int) -> ConvolutionGeometry {
    var geometry = window.geometry(shapes, count: count, groups: shapes.inputChannels)
    geometry.outputChannels = shapes.inputChannels * multiplier
    return geometry
  }

  private func pointwise(_ shapes: OperationShapes, _ count: Int) -> ConvolutionGeometry {
    let (height, width) = (shapes.output[0], shapes.output[1])
    return ConvolutionGeometry(
      batch: count, inputHeight: height, inputWidth: width,
      inputChannels: shapes.inputChannels * multiplier, outputHeight: height, outputWidth: width,
      outputChannels: filters, kernelHeight: 1, kernelWidth: 1)
  }

  package func needs(_ shapes: OperationShapes, count: Int) -> Needs {
    let first = window.convolutionNeeds(depthwise(shapes, count))
    let second = window.convolutionNeeds(pointwise(shapes, count))
    var needs = Needs()
    needs.readsInputs = true
    needs.saved = pointwise(shapes, count).inputCount
    needs.forwardScratch = max(first.forwardScratch, second.forwardScratch)
    needs.backwardScratch =
      padded(needs.saved) + max(first.backwardScratch, second.backwardScratch)
    return needs
  }

  /// The gradient of the middle map, then the workspace of the kernels, which starts on a cache
  /// line.
  private func padded(_ count: Int) -> Int { (count + 15) / 16 * 16 }

  package func forward(_ pass: Pass) {
    Kernels.Convolution.forward(
      depthwise(pass.shapes, pass.count), input: pass.inputs[0], kernel: pass.weights[0],
      bias: nil, output: pass.saved, workspace: pass.scratch)
    Kernels.Convolution.forward(
      pointwise(pass.shapes, pass.count), input: pass.saved, kernel: pass.weights[1],
      bias: hasBias ? pass.weights[2] : nil, output: pass.output, workspace: pass.scratch)
  }

  package func backward(_ pass: Pass) {
    guard let outputGradient = pass.outputGradient else { return }
    let second = pointwise(pass.shapes, pass.count)
    let middleGradient = pass.scratch
    let workspace = pass.scratch + padded(second.inputCount)
    if let kernelGradient = pass.weightGradients[1] {
      Kernels.Convolution.kernelGradient(
        second, input: pass.saved, outputGradient: outputGradient,
        kernelGradient: kernelGradient,
        biasGradient: hasBias ? pass.weightGradients[2] : nil, accumulate: true,
        workspace: workspace)
    }
    Kernels.Convolution.inputGradient(
      second, outputGradient: outputGradient, kernel: pass.weights[1],
      inputGradient: middleGradient, workspace: workspace)
    let first = depthwise(pass.shapes, pass.count)
    if let kernelGradient = pass.weightGradients[0] {
      Kernels.Convolution.kernelGradient(
        first, input: pass.inputs[0], outputGradient: middleGradient,
        kernelGradient: kernelGradient, accumulate: true, workspace: workspace)
    }
    if let inputGradient = pass.inputGradients[0] {
      Kernels.Convolution.inputGradient(
        first, outputGradient: middleGradient, kernel: pass.weights[0],
        inputGradient: inputGradient, accumulate: pass.accumulates[0], workspace: workspace)
    }
  }

  package func multiplyAccumulates(_ shapes: OperationShapes) -> Int {
    depthwise(shapes, 1).multiplications + pointwise(shapes, 1).multiplications
  }

  package func receptiveField(
    _ inputs: [ReceptiveField], _ shapes: OperationShapes
  ) -> ReceptiveField {
    inputs[0].windowed(window, on: shapes)
  }
}
