import Kernels

/// Maps of one height and width, or vectors, joined along the channels.
package struct Concatenate: Operation {
  package init() {}

  package var kind: String { "concatenate" }
  package var documentation: String {
    "Puts the channels of maps of one height and width behind each other."
  }

  package func outputShape(_ check: ShapeCheck) throws(ShapeError) -> [Int] {
    try check.require(check.inputs.count >= 2, .inputCount(2...Int.max))
    let first = check.inputs[0]
    try check.require(
      check.inputs.allSatisfy { $0.dropLast() == first.dropLast() },
      .sameShapesExcept(axis: first.count - 1))
    return first.dropLast() + [check.inputs.reduce(0) { $0 + $1[$1.count - 1] }]
  }

  package func needs(_ shapes: OperationShapes, count: Int) -> Needs { Needs() }

  package func forward(_ pass: Pass) {
    let channels = pass.shapes.outputChannels
    var offset = 0
    for (input, shape) in zip(pass.inputs, pass.shapes.inputs) {
      let part = shape[shape.count - 1]
      Rearrangement.copyChannels(
        rows: pass.count * pass.shapes.outputSize / channels, channels: part, source: input,
        sourceChannels: part, sourceOffset: 0, destination: pass.output,
        destinationChannels: channels, destinationOffset: offset)
      offset += part
    }
  }

  /// Each input's gradient is its part of dy.
  package func backward(_ pass: Pass) {
    guard let outputGradient = pass.outputGradient else { return }
    let channels = pass.shapes.outputChannels
    var offset = 0
    for (index, shape) in pass.shapes.inputs.enumerated() {
      let part = shape[shape.count - 1]
      if let target = pass.inputGradients[index] {
        Rearrangement.copyChannels(
          rows: pass.count * pass.shapes.outputSize / channels, channels: part,
          source: outputGradient, sourceChannels: channels, sourceOffset: offset,
          destination: target, destinationChannels: part, destinationOffset: 0,
          accumulate: pass.accumulates[index])
      }
      offset += part
    }
  }
}
