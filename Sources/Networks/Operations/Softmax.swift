import Kernels

/// Turns the channels of each place into shares that add up to 1: y = exp(x) / Σ exp(x). Any shape.
package struct Softmax: Operation {
  package init() {}

  package var kind: String { "softmax" }
  package var documentation: String {
    "Turns scores into shares that add up to 1 over the channels: y = exp(x) / Σ exp(x)."
  }

  package func outputShape(_ check: ShapeCheck) throws(ShapeError) -> [Int] {
    try check.single()
  }

  package func needs(_ shapes: OperationShapes, count: Int) -> Needs {
    var needs = Needs()
    needs.readsOutput = true
    needs.runsInPlace = true
    return needs
  }

  private func rows(_ pass: Pass) -> Int {
    pass.count * pass.shapes.outputSize / pass.shapes.outputChannels
  }

  package func forward(_ pass: Pass) {
    Kernels.Softmax.forward(
      rows: rows(pass), columns: pass.shapes.outputChannels, input: pass.inputs[0],
      output: pass.output)
  }

  /// dx = y · (dy − Σ y · dy).
  package func backward(_ pass: Pass) {
    guard let outputGradient = pass.outputGradient, let inputGradient = pass.inputGradients[0]
    else { return }
    Kernels.Softmax.backward(
      rows: rows(pass), columns: pass.shapes.outputChannels, output: pass.output,
      outputGradient: outputGradient, inputGradient: inputGradient,
      accumulate: pass.accumulates[0])
  }
}
