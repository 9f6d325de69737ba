import Kernels

/// Every output is a weighted sum of all inputs: y = x · kernel + bias.
///
/// Input `[N, C]`, output `[N, units]`, kernel `[C, units]`, bias `[units]`.
package struct Dense: Operation {
  package var units: Int
  package var hasBias: Bool
  package var initializer: Initializer
  /// Of a layer that was fused with this one.
  var activation = Kernels.Activation.none

  package init(units: Int, bias: Bool = true, initializer: Initializer = .glorotUniform) {
    self.units = units
    self.hasBias = bias
    self.initializer = initializer
  }

  package var kind: String { "dense" }

  package var attributes: [Attribute] {
    [Attribute("units", "\(units)")] + (hasBias ? [] : [Attribute("bias", "false")])
  }

  package var documentation: String {
    """
    Every output is a weighted sum of all inputs: y = x · kernel + bias. Its input is a vector:
    put `flatten` or a global pooling before it.
    Weights: kernel [inputs, units], bias [units].
    """
  }

  package func outputShape(_ check: ShapeCheck) throws(ShapeError) -> [Int] {
    _ = try check.vector()
    try check.attribute("units", units, in: 1...Limits.side)
    return [units]
  }

  package func weights(_ inputs: [[Int]]) -> [WeightSpecification] {
    let kernel = WeightSpecification("kernel", [inputs[0][0], units], initializer)
    return hasBias ? [kernel, WeightSpecification("bias", [units], .zeros)] : [kernel]
  }

  package func needs(_ shapes: OperationShapes, count: Int) -> Needs {
    var needs = Needs()
    needs.forwardScratch = Kernels.Dense.workspace(
      rows: count, inputs: shapes.inputChannels, outputs: units)
    needs.backwardScratch = needs.forwardScratch
    needs.prepared = Kernels.Dense.preparedCount(inputs: shapes.inputChannels, outputs: units)
    needs.readsInputs = true
    needs.readsOutput = activation != .none
    return needs
  }

  package func prepare(_ pass: Pass) {
    guard let prepared = pass.prepared else { return }
    Kernels.Dense.prepare(
      inputs: pass.shapes.inputChannels, outputs: units, kernel: pass.weights[0],
      bias: hasBias ? UnsafePointer(pass.weights[1]) : nil, into: prepared)
  }

  package func forward(_ pass: Pass) {
    if let prepared = pass.prepared {
      Kernels.Dense.forward(
        rows: pass.count, inputs: pass.shapes.inputChannels, outputs: units, input: pass.inputs[0],
        prepared: prepared, activation: activation, output: pass.output)
      return
    }
    Kernels.Dense.forward(
      rows: pass.count, inputs: pass.shapes.inputChannels, outputs: units, input: pass.inputs[0],
      kernel: pass.weights[0], bias: hasBias ? UnsafePointer(pass.weights[1]) : nil,
      activation: activation, output: pass.output, workspace: pass.scratch)
  }

  /// dkernel += xᵀ · dy, dbias += Σ dy, dx = dy · kernelᵀ.
  package func backward(_ pass: Pass) {
    guard let outputGradient = pass.activatedGradient(activation) else { return }
    let inputs = pass.shapes.inputChannels
    if let kernelGradient = pass.weightGradients[0] {
      Kernels.Dense.kernelGradient(
        rows: pass.count, inputs: inputs, outputs: units, input: pass.inputs[0],
        outputGradient: outputGradient, kernelGradient: kernelGradient,
        biasGradient: hasBias ? pass.weightGradients[1] : nil, accumulate: true,
        workspace: pass.scratch)
    }
    if let inputGradient = pass.inputGradients[0] {
      Kernels.Dense.inputGradient(
        rows: pass.count, inputs: inputs, outputs: units, outputGradient: outputGradient,
        kernel: pass.weights[0], inputGradient: inputGradient, accumulate: pass.accumulates[0],
        workspace: pass.scratch)
    }
  }

  package func multiplyAccumulates(_ shapes: OperationShapes) -> Int {
    shapes.inputChannels * units
  }

  package func receptiveField(
    _ inputs: [ReceptiveField], _ shapes: OperationShapes
  ) -> ReceptiveField {
    inputs[0].whole(of: shapes.inputs[0])
  }

  package func fused(with next: any Operation) -> (any Operation)? {
    carrying(next, in: \.activation)
  }
}
