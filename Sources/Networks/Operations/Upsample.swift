import Kernels

/// Every pixel repeated `height` × `width` times (nearest neighbour).
///
/// Input `[N, H, W, C]`, output `[N, H·height, W·width, C]`.
package struct Upsample: Operation {
  package var height: Int
  package var width: Int

  package init(height: Int, width: Int) {
    self.height = height
    self.width = width
  }

  package var kind: String { "upsample" }
  package var attributes: [Attribute] {
    [Attribute("factor", height == width ? "\(height)" : "[\(height), \(width)]")]
  }
  package var documentation: String { "Repeats every pixel, so that the map becomes larger." }

  package func outputShape(_ check: ShapeCheck) throws(ShapeError) -> [Int] {
    let map = try check.featureMap()
    try check.attribute("factor", height, in: 1...1_024)
    try check.attribute("factor", width, in: 1...1_024)
    return [map.height * height, map.width * width, map.channels]
  }

  package func needs(_ shapes: OperationShapes, count: Int) -> Needs { Needs() }

  package func forward(_ pass: Pass) {
    let shape = pass.shapes.inputs[0]
    Rearrangement.upsampleNearest(
      batch: pass.count, height: shape[0], width: shape[1], channels: shape[2], factorY: height,
      factorX: width, input: pass.inputs[0], output: pass.output)
  }

  /// dx is the sum of dy over the repeated pixels.
  package func backward(_ pass: Pass) {
    guard let outputGradient = pass.outputGradient, let target = pass.inputGradients[0]
    else { return }
    let shape = pass.shapes.inputs[0]
    Rearrangement.upsampleNearestBackward(
      batch: pass.count, height: shape[0], width: shape[1], channels: shape[2], factorY: height,
      factorX: width, outputGradient: outputGradient, inputGradient: target,
      accumulate: pass.accumulates[0])
  }

  package func receptiveField(
    _ inputs: [ReceptiveField], _ shapes: OperationShapes
  ) -> ReceptiveField {
    var field = inputs[0]
    field.rows.step /= Double(height)
    field.columns.step /= Double(width)
    return field
  }
}
