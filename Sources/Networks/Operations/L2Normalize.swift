import Kernels

/// Scales the channels of each place to length 1: y = x / √(Σ x²). Any shape.
package struct L2Normalize: Operation {
  package init() {}

  package var kind: String { "l2_normalize" }
  package var documentation: String {
    "Scales each vector over the channels to length 1: y = x / √(Σ x²)."
  }

  package func outputShape(_ check: ShapeCheck) throws(ShapeError) -> [Int] {
    try check.single()
  }

  package func needs(_ shapes: OperationShapes, count: Int) -> Needs {
    var needs = Needs()
    needs.readsInputs = true
    return needs
  }

  private func rows(_ pass: Pass) -> Int {
    pass.count * pass.shapes.outputSize / pass.shapes.outputChannels
  }

  package func forward(_ pass: Pass) {
    Kernels.Softmax.l2Normalize(
      rows: rows(pass), columns: pass.shapes.outputChannels, input: pass.inputs[0],
      output: pass.output)
  }

  package func backward(_ pass: Pass) {
    guard let outputGradient = pass.outputGradient, let inputGradient = pass.inputGradients[0]
    else { return }
    Kernels.Softmax.l2NormalizeBackward(
      rows: rows(pass), columns: pass.shapes.outputChannels, input: pass.inputs[0],
      outputGradient: outputGradient, inputGradient: inputGradient,
      accumulate: pass.accumulates[0])
  }
}
