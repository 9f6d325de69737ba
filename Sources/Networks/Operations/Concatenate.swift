import Kernels

/// Maps or vectors joined along one axis, the channels unless another is chosen: all other sizes
/// are the same.
package struct Concatenate: Operation {
  /// Among the dimensions without the count; negative ones count from the last, the channels.
  package let axis: Int

  package init(axis: Int = -1) { self.axis = axis }

  package var kind: String { "concatenate" }
  package var attributes: [Attribute] { axis == -1 ? [] : [Attribute("axis", "\(axis)")] }
  package var documentation: String {
    """
    Puts maps behind each other along one axis: along the channels (as in U-Net), unless another is
    chosen. All other sizes must be the same.
    """
  }

  package func outputShape(_ check: ShapeCheck) throws(ShapeError) -> [Int] {
    try check.require(check.inputs.count >= 2, .inputCount(2...Int.max))
    var shape = check.inputs[0]
    try check.attribute("axis", axis, in: -shape.count...shape.count - 1)
    let place = position(shape)
    func others(_ shape: [Int]) -> [Int] { Array(shape[..<place] + shape[(place + 1)...]) }
    for input in check.inputs {
      try check.require(
        input.count == shape.count && others(input) == others(shape),
        .sameShapesExcept(axis: place))
    }
    shape[place] = check.inputs.reduce(0) { $0 + $1[place] }
    return shape
  }

  /// The axis counted from the front.
  private func position(_ shape: [Int]) -> Int { axis < 0 ? shape.count + axis : axis }

  package func needs(_ shapes: OperationShapes, count: Int) -> Needs { Needs() }

  /// The joined map as rows: each holds, for one place before the axis, the parts of all inputs
  /// behind each other. Calls `body` with each part's size and its begin in the row.
  private func forEachPart(
    _ pass: Pass,
    _ body: (_ input: Int, _ rows: Int, _ part: Int, _ begin: Int, _ rowSize: Int) -> Void
  ) {
    let output = pass.shapes.output
    let place = position(output)
    let rows = output[..<place].reduce(pass.count, *)
    let rowSize = output[place...].reduce(1, *)
    var begin = 0
    for (input, shape) in pass.shapes.inputs.enumerated() {
      let part = shape[place...].reduce(1, *)
      body(input, rows, part, begin, rowSize)
      begin += part
    }
  }

  package func forward(_ pass: Pass) {
    forEachPart(pass) { input, rows, part, begin, rowSize in
      Rearrangement.copyChannels(
        rows: rows, channels: part, source: pass.inputs[input], sourceChannels: part,
        sourceOffset: 0, destination: pass.output, destinationChannels: rowSize,
        destinationOffset: begin)
    }
  }

  /// Each input's gradient is its part of dy.
  package func backward(_ pass: Pass) {
    guard let outputGradient = pass.outputGradient else { return }
    forEachPart(pass) { input, rows, part, begin, rowSize in
      guard let target = pass.inputGradients[input] else { return }
      Rearrangement.copyChannels(
        rows: rows, channels: part, source: outputGradient, sourceChannels: rowSize,
        sourceOffset: begin, destination: target, destinationChannels: part, destinationOffset: 0,
        accumulate: pass.accumulates[input])
    }
  }
}
