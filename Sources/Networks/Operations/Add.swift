import Kernels

/// The sum of maps of one shape: what a residual connection ends in.
package struct Add: Operation {
  /// Of a layer that was fused with this one.
  var activation = Kernels.Activation.none

  package init() {}

  package var kind: String { "add" }
  package var documentation: String {
    "Adds maps of one shape, value by value. He et al., \"Deep Residual Learning\", 2015."
  }

  package func outputShape(_ check: ShapeCheck) throws(ShapeError) -> [Int] {
    try check.require(check.inputs.count >= 2, .inputCount(2...Int.max))
    try check.require(check.inputs.allSatisfy { $0 == check.inputs[0] }, .sameShapes)
    return check.inputs[0]
  }

  package func needs(_ shapes: OperationShapes, count: Int) -> Needs {
    var needs = Needs()
    needs.readsOutput = activation != .none
    needs.runsInPlace = true
    needs.gradientInPlace = true
    return needs
  }

  package func forward(_ pass: Pass) {
    let count = pass.count * pass.shapes.outputSize
    let isPair = pass.inputs.count == 2
    Elementwise.add(
      count: count, a: pass.inputs[0], b: pass.inputs[1], activation: isPair ? activation : .none,
      output: pass.output)
    for input in pass.inputs.dropFirst(2) {
      Elementwise.accumulate(count: count, input: input, output: pass.output)
    }
    if !isPair, activation != .none {
      Elementwise.activate(count: count, activation, input: pass.output, output: pass.output)
    }
  }

  /// dx = dy for each input; the one that shares dy's memory has it already.
  package func backward(_ pass: Pass) {
    guard let outputGradient = pass.activatedGradient(activation) else { return }
    let count = pass.count * pass.shapes.outputSize
    for (target, accumulates) in zip(pass.inputGradients, pass.accumulates) {
      guard let target else { continue }
      if accumulates {
        Elementwise.accumulate(count: count, input: outputGradient, output: target)
      } else if UnsafePointer(target) != outputGradient {
        Elementwise.copy(count: count, input: outputGradient, output: target)
      }
    }
  }

  package func fused(with next: any Operation) -> (any Operation)? {
    carrying(next, in: \.activation)
  }
}
