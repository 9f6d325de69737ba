import Kernels
import Tensors

/// In training, sets each value to 0 with probability `rate` and divides the others by
/// (1 − rate); at inference it does nothing. Any shape.
///
/// The mask is a function of (seed, the layer's name, number of the run), so a step taken again
/// drops the same values.
package struct Dropout: Operation {
  /// In 0..<1.
  package var rate: Float

  package init(rate: Float) { self.rate = rate }

  package var kind: String { "dropout" }
  package var attributes: [Attribute] { [Attribute("rate", "\(rate)")] }
  package var documentation: String {
    """
    In training, sets each value to 0 with probability `rate` and divides the others by
    (1 − rate), so that no value can rely on another. Does nothing when the network is used.
    Srivastava et al., "Dropout", 2014.
    """
  }

  package func outputShape(_ check: ShapeCheck) throws(ShapeError) -> [Int] {
    try check.attribute("rate", rate, in: 0...0.999)
    return try check.single()
  }

  package func needs(_ shapes: OperationShapes, count: Int) -> Needs {
    var needs = Needs()
    needs.runsInPlace = true
    needs.gradientInPlace = true
    return needs
  }

  private func key(_ pass: Pass) -> UInt64 {
    StableHash.mix(
      StableHash.mix(pass.seed ^ StableHash.fnv1a(pass.stream.utf8)) ^ pass.draw)
  }

  package func forward(_ pass: Pass) {
    let count = pass.count * pass.shapes.outputSize
    if pass.isTraining, rate > 0 {
      Elementwise.dropout(
        count: count, rate: rate, key: key(pass), input: pass.inputs[0], output: pass.output)
    } else if pass.output != pass.inputs[0] {
      Elementwise.copy(count: count, input: pass.inputs[0], output: pass.output)
    }
  }

  /// dx = dy through the same mask.
  package func backward(_ pass: Pass) {
    guard let outputGradient = pass.outputGradient, let target = pass.inputGradients[0]
    else { return }
    let count = pass.count * pass.shapes.outputSize
    if pass.isTraining, rate > 0 {
      Elementwise.dropout(
        count: count, rate: rate, key: key(pass), input: outputGradient, output: target,
        accumulate: pass.accumulates[0])
    } else if pass.accumulates[0] {
      Elementwise.accumulate(count: count, input: outputGradient, output: target)
    } else if target != outputGradient {
      Elementwise.copy(count: count, input: outputGradient, output: target)
    }
  }
}
