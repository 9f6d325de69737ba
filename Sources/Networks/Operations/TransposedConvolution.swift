import Kernels

/// The gradient of a convolution used as a layer: it makes maps larger by `stride`.
///
/// Input `[N, H, W, C]`; output `[N, H·s, W·s, filters]` with padding `same`, else
/// `(H − 1)·s + kh` rows less the padding (at least `H·s` with `valid`); kernel
/// `[kh, kw, filters, C]`, bias `[filters]`.
package struct TransposedConvolution: Operation {
  package var filters: Int
  package var window: Window
  package var hasBias: Bool
  package var initializer: Initializer

  package init(
    filters: Int, window: Window, bias: Bool = true, initializer: Initializer = .glorotUniform
  ) {
    self.filters = filters
    self.window = window
    self.hasBias = bias
    self.initializer = initializer
  }

  package var kind: String { "transposed_conv" }

  package var attributes: [Attribute] {
    var list = [Attribute("filters", "\(filters)")] + window.attributes
    if !hasBias { list.append(Attribute("bias", "false")) }
    return list
  }

  package var documentation: String {
    """
    Spreads every value over a window, the windows `stride` apart: a convolution the other way
    round, which makes maps larger.
    Weights: kernel [height, width, filters, channels], bias [filters].
    Dumoulin and Visin, "A guide to convolution arithmetic", 2016, chapter 4.
    """
  }

  package func outputShape(_ check: ShapeCheck) throws(ShapeError) -> [Int] {
    let map = try check.featureMap()
    try check.attribute("filters", filters, in: 1...Limits.side)
    try check.attribute("dilation", max(window.dilation.height, window.dilation.width), in: 1...1)
    let large = Window(
      size: window.size, stride: window.stride, padding: window.padding)
    _ = try large.checked(
      ShapeCheck(layer: check.layer, inputs: check.inputs),
      height: max(map.height, window.size.height), width: max(map.width, window.size.width))
    var shape = [Int]()
    for (size, kernel, stride, before, after) in [
      (map.height, window.size.height, window.stride.height, ends.top, ends.bottom),
      (map.width, window.size.width, window.stride.width, ends.left, ends.right),
    ] {
      let output: Int
      switch window.padding {
      case .same: output = size * stride
      case .valid: output = size * stride + max(kernel - stride, 0)
      case .explicit:
        try check.require(
          before < kernel && after < kernel,
          .attribute("padding", given: Double(max(before, after)), expected: 0...Double(kernel - 1))
        )
        output = (size - 1) * stride + kernel - before - after
      }
      try check.require(
        output > 0, .windowFits(window: [kernel, kernel], padded: [size, size]))
      shape.append(output)
    }
    return shape + [filters]
  }

  private var ends: (top: Int, bottom: Int, left: Int, right: Int) {
    if case .explicit(let top, let bottom, let left, let right) = window.padding {
      return (top, bottom, left, right)
    }
    return (0, 0, 0, 0)
  }

  package func weights(_ inputs: [[Int]]) -> [WeightSpecification] {
    let kernel = WeightSpecification(
      "kernel", [window.size.height, window.size.width, filters, inputs[0][2]], initializer)
    return hasBias ? [kernel, WeightSpecification("bias", [filters], .zeros)] : [kernel]
  }

  /// The convolution from this layer's output to its input.
  private func geometry(_ shapes: OperationShapes, _ count: Int) -> ConvolutionGeometry {
    let (input, output) = (shapes.inputs[0], shapes.output)
    let rows = before(
      input[0], output[0], window.size.height, window.stride.height, explicit: ends.top)
    let columns = before(
      input[1], output[1], window.size.width, window.stride.width, explicit: ends.left)
    return ConvolutionGeometry(
      batch: count, inputHeight: output[0], inputWidth: output[1], inputChannels: output[2],
      outputHeight: input[0], outputWidth: input[1], outputChannels: input[2],
      kernelHeight: window.size.height, kernelWidth: window.size.width,
      strideY: window.stride.height, strideX: window.stride.width, paddingTop: rows,
      paddingLeft: columns)
  }

  private func before(
    _ input: Int, _ output: Int, _ kernel: Int, _ stride: Int, explicit: Int
  ) -> Int {
    switch window.padding {
    case .same: return max(0, (input - 1) * stride + kernel - output) / 2
    case .valid: return 0
    case .explicit: return explicit
    }
  }

  package func needs(_ shapes: OperationShapes, count: Int) -> Needs {
    let geometry = geometry(shapes, count)
    var needs = Needs()
    needs.readsInputs = true
    needs.prepared = Kernels.Convolution.preparedTransposedCount(geometry)
    needs.forwardScratch = Kernels.Convolution.inputGradientWorkspace(geometry)
    // The kernel that gives the input's gradient writes; where it is to be added, it writes here.
    needs.backwardScratch =
      padded(geometry.outputCount)
      + max(
        Kernels.Convolution.forwardWorkspace(geometry),
        Kernels.Convolution.kernelGradientWorkspace(geometry),
        Reduction.columnSumsWorkspace(
          rows: geometry.batch * geometry.inputHeight * geometry.inputWidth, columns: filters))
    return needs
  }

  /// What follows starts on a cache line.
  private func padded(_ count: Int) -> Int { (count + 15) / 16 * 16 }

  package func prepare(_ pass: Pass) {
    guard let prepared = pass.prepared else { return }
    Kernels.Convolution.prepareTransposed(
      geometry(pass.shapes, pass.count), kernel: pass.weights[0],
      bias: hasBias ? UnsafePointer(pass.weights[1]) : nil, into: prepared)
  }

  package func forward(_ pass: Pass) {
    if let prepared = pass.prepared {
      Kernels.Convolution.transposed(
        geometry(pass.shapes, pass.count), input: pass.inputs[0], prepared: prepared,
        output: pass.output)
      return
    }
    Kernels.Convolution.inputGradient(
      geometry(pass.shapes, pass.count), outputGradient: pass.inputs[0], kernel: pass.weights[0],
      bias: hasBias ? UnsafePointer(pass.weights[1]) : nil, inputGradient: pass.output,
      workspace: pass.scratch)
  }

  package func backward(_ pass: Pass) {
    guard let outputGradient = pass.outputGradient else { return }
    let geometry = geometry(pass.shapes, pass.count)
    if let kernelGradient = pass.weightGradients[0] {
      Kernels.Convolution.kernelGradient(
        geometry, input: outputGradient, outputGradient: pass.inputs[0],
        kernelGradient: kernelGradient, accumulate: true, workspace: pass.scratch)
    }
    if hasBias, let biasGradient = pass.weightGradients[1] {
      Reduction.columnSums(
        rows: geometry.batch * geometry.inputHeight * geometry.inputWidth, columns: filters,
        input: outputGradient, output: biasGradient, accumulate: true, workspace: pass.scratch)
    }
    if let inputGradient = pass.inputGradients[0] {
      let count = geometry.outputCount
      let target = pass.accumulates[0] ? pass.scratch : inputGradient
      Kernels.Convolution.forward(
        geometry, input: outputGradient, kernel: pass.weights[0], bias: nil, output: target,
        workspace: pass.scratch + padded(count))
      if pass.accumulates[0] {
        Elementwise.accumulate(count: count, input: target, output: inputGradient)
      }
    }
  }

  package func multiplyAccumulates(_ shapes: OperationShapes) -> Int {
    geometry(shapes, 1).multiplications
  }

  package func receptiveField(
    _ inputs: [ReceptiveField], _ shapes: OperationShapes
  ) -> ReceptiveField {
    let geometry = geometry(shapes, 1)
    func spread(
      _ span: ReceptiveField.Span, kernel: Int, stride: Int, before: Int
    ) -> ReceptiveField.Span {
      // Row 0 of the output is written by input rows from this one on, at most `taps` of them.
      let start = (Double(before - kernel + 1) / Double(stride)).rounded(.up)
      let taps = (kernel + stride - 1) / stride
      return ReceptiveField.Span(
        first: span.first + start * span.step,
        last: span.last + (start + Double(taps - 1)) * span.step,
        step: span.step / Double(stride))
    }
    var field = inputs[0]
    field.rows = spread(
      field.rows, kernel: window.size.height, stride: window.stride.height,
      before: geometry.paddingTop)
    field.columns = spread(
      field.columns, kernel: window.size.width, stride: window.stride.width,
      before: geometry.paddingLeft)
    return field
  }
}
