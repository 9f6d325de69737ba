import Kernels

/// A map brought to another size by bilinear interpolation, half-pixel centres, no antialiasing.
///
/// Input `[N, H, W, C]`, output `[N, height, width, C]`.
package struct Resize: Operation {
  package var height: Int
  package var width: Int

  package init(height: Int, width: Int) {
    self.height = height
    self.width = width
  }

  package var kind: String { "resize" }
  package var attributes: [Attribute] { [Attribute("size", "[\(height), \(width)]")] }
  package var documentation: String {
    "Brings a map to another height and width by bilinear interpolation."
  }

  package func outputShape(_ check: ShapeCheck) throws(ShapeError) -> [Int] {
    let map = try check.featureMap()
    try check.attribute("height", height, in: 1...Limits.side)
    try check.attribute("width", width, in: 1...Limits.side)
    return [height, width, map.channels]
  }

  package func needs(_ shapes: OperationShapes, count: Int) -> Needs { Needs() }

  package func forward(_ pass: Pass) {
    let shape = pass.shapes.inputs[0]
    Rearrangement.resizeBilinear(
      batch: pass.count, channels: shape[2], input: pass.inputs[0], inputHeight: shape[0],
      inputWidth: shape[1], output: pass.output, outputHeight: height, outputWidth: width)
  }

  /// Each dy goes to the four pixels that it was mixed from, by their shares.
  package func backward(_ pass: Pass) {
    guard let outputGradient = pass.outputGradient, let target = pass.inputGradients[0]
    else { return }
    let shape = pass.shapes.inputs[0]
    Rearrangement.resizeBilinearBackward(
      batch: pass.count, channels: shape[2], outputGradient: outputGradient,
      outputHeight: height, outputWidth: width, inputGradient: target, inputHeight: shape[0],
      inputWidth: shape[1], accumulate: pass.accumulates[0])
  }

  package func receptiveField(
    _ inputs: [ReceptiveField], _ shapes: OperationShapes
  ) -> ReceptiveField {
    // The first output pixel lies between this input pixel and the next.
    func mixed(_ span: ReceptiveField.Span, from: Int, to: Int) -> ReceptiveField.Span {
      let ratio = Double(from) / Double(to)
      let start = (0.5 * ratio - 0.5).rounded(.down)
      return ReceptiveField.Span(
        first: span.first + start * span.step, last: span.last + (start + 1) * span.step,
        step: span.step * ratio)
    }
    var field = inputs[0]
    field.rows = mixed(field.rows, from: shapes.inputs[0][0], to: height)
    field.columns = mixed(field.columns, from: shapes.inputs[0][1], to: width)
    return field
  }
}
