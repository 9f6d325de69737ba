import Kernels

/// Rows and columns of zeros added around a map (`pad`), or rows and columns taken off (`crop`).
///
/// Input `[N, H, W, C]`, output `[N, H ± top ± bottom, W ± left ± right, C]`.
package struct Margins: Operation {
  package enum Function: Sendable { case pad, crop }

  package var function: Function
  package var top: Int
  package var bottom: Int
  package var left: Int
  package var right: Int

  package init(_ function: Function, top: Int, bottom: Int, left: Int, right: Int) {
    self.function = function
    self.top = top
    self.bottom = bottom
    self.left = left
    self.right = right
  }

  package var kind: String { function == .pad ? "pad" : "crop" }
  package var attributes: [Attribute] {
    [Attribute("size", Padding.explicit(top: top, bottom: bottom, left: left, right: right).text)]
  }
  package var documentation: String {
    function == .pad
      ? "Adds rows and columns of zeros around a map: top, bottom, left, right."
      : "Takes rows and columns off a map: top, bottom, left, right."
  }

  package func outputShape(_ check: ShapeCheck) throws(ShapeError) -> [Int] {
    let map = try check.featureMap()
    for side in [top, bottom, left, right] {
      try check.attribute("size", side, in: 0...Limits.side)
    }
    let shape = [
      map.height + sign * (top + bottom), map.width + sign * (left + right), map.channels,
    ]
    try check.require(
      shape[0] > 0 && shape[1] > 0,
      .cropLeavesSomething(top: top, bottom: bottom, left: left, right: right))
    return shape
  }

  private var sign: Int { function == .pad ? 1 : -1 }

  package func needs(_ shapes: OperationShapes, count: Int) -> Needs { Needs() }

  package func forward(_ pass: Pass) {
    let (input, output) = (pass.shapes.inputs[0], pass.shapes.output)
    Rearrangement.copyWindow(
      batch: pass.count, channels: input[2], source: pass.inputs[0], sourceHeight: input[0],
      sourceWidth: input[1], destination: pass.output, destinationHeight: output[0],
      destinationWidth: output[1], top: -sign * top, left: -sign * left)
  }

  /// The gradient of a padding is a crop, and the other way round.
  package func backward(_ pass: Pass) {
    guard let outputGradient = pass.outputGradient, let target = pass.inputGradients[0]
    else { return }
    let (input, output) = (pass.shapes.inputs[0], pass.shapes.output)
    Rearrangement.copyWindow(
      batch: pass.count, channels: input[2], source: outputGradient, sourceHeight: output[0],
      sourceWidth: output[1], destination: target, destinationHeight: input[0],
      destinationWidth: input[1], top: sign * top, left: sign * left,
      accumulate: pass.accumulates[0])
  }

  package func receptiveField(
    _ inputs: [ReceptiveField], _ shapes: OperationShapes
  ) -> ReceptiveField {
    var field = inputs[0]
    for shift in [\ReceptiveField.Span.first, \.last] {
      field.rows[keyPath: shift] -= Double(sign * top) * field.rows.step
      field.columns[keyPath: shift] -= Double(sign * left) * field.columns.step
    }
    return field
  }

  /// A convolution that follows pads by itself.
  package func fused(with next: any Operation) -> (any Operation)? {
    guard function == .pad else { return nil }
    func widened(_ window: Window) -> Window? {
      var (before, after) = ((0, 0), (0, 0))
      switch window.padding {
      case .same: return nil
      case .valid: break
      case .explicit(let top, let bottom, let left, let right):
        (before, after) = ((top, left), (bottom, right))
      }
      var widened = window
      widened.padding = .explicit(
        top: top + before.0, bottom: bottom + after.0, left: left + before.1,
        right: right + after.1)
      return widened
    }
    if var convolution = next as? Convolution, let window = widened(convolution.window) {
      convolution.window = window
      return convolution
    }
    if var convolution = next as? DepthwiseConvolution, let window = widened(convolution.window) {
      convolution.window = window
      return convolution
    }
    return nil
  }
}
