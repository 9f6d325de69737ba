import Kernels

/// A map as one long vector: `[N, H, W, C]` becomes `[N, H·W·C]`, row by row.
package struct Flatten: Operation {
  package init() {}

  package var kind: String { "flatten" }
  package var documentation: String {
    "Writes a map [height, width, channels] as one vector, row by row, for a dense layer."
  }

  package func outputShape(_ check: ShapeCheck) throws(ShapeError) -> [Int] {
    [try check.count(try check.single())]
  }

  package func needs(_ shapes: OperationShapes, count: Int) -> Needs {
    var needs = Needs()
    needs.runsInPlace = true
    needs.gradientInPlace = true
    return needs
  }

  package func forward(_ pass: Pass) {
    guard pass.output != pass.inputs[0] else { return }
    Elementwise.copy(
      count: pass.count * pass.shapes.outputSize, input: pass.inputs[0], output: pass.output)
  }

  package func backward(_ pass: Pass) {
    guard let outputGradient = pass.outputGradient, let target = pass.inputGradients[0]
    else { return }
    let count = pass.count * pass.shapes.outputSize
    if pass.accumulates[0] {
      Elementwise.accumulate(count: count, input: outputGradient, output: target)
    } else if target != outputGradient {
      Elementwise.copy(count: count, input: outputGradient, output: target)
    }
  }

  package func receptiveField(
    _ inputs: [ReceptiveField], _ shapes: OperationShapes
  ) -> ReceptiveField {
    inputs[0].whole(of: shapes.inputs[0])
  }
}
