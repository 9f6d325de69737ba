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

  package func needs(_ shapes: OperationShapes, count: Int) -> Needs { .ofSameValues }
  package func forward(_ pass: Pass) { pass.copyValues() }
  package func backward(_ pass: Pass) { pass.copyGradient() }

  package func receptiveField(
    _ inputs: [ReceptiveField], _ shapes: OperationShapes
  ) -> ReceptiveField {
    inputs[0].whole(of: shapes.inputs[0])
  }
}
