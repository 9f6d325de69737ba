import Kernels

/// The same values with other sizes: `[N, H, W, C]` becomes `[N, …shape]`, row by row. Where
/// nothing else needs the input, the plan lets it lie where it is.
package struct Reshape: Operation {
  /// Without the count dimension; one size may be −1: what is left over.
  package let shape: [Int]

  package init(_ shape: [Int]) { self.shape = shape }

  package var kind: String { "reshape" }
  package var attributes: [Attribute] { [Attribute("shape", "\(shape)")] }
  package var documentation: String {
    "Gives the same values other sizes, row by row: a map [height, width, anchors · classes] "
      + "becomes a list [height · width · anchors, classes]."
  }

  /// More would not leave room for the count dimension.
  package static let maximumRank = 7

  package func outputShape(_ check: ShapeCheck) throws(ShapeError) -> [Int] {
    let count = try check.count(try check.single())
    try check.attribute("dimensions", shape.count, in: 1...Reshape.maximumRank)
    for size in shape where size != -1 { try check.attribute("size", size, in: 1...Limits.values) }
    let given = try check.count(shape.filter { $0 != -1 })
    let free = shape.count { $0 == -1 }
    try check.require(
      free == 0 ? given == count : free == 1 && count % given == 0, .reshapes(to: shape))
    return shape.map { $0 == -1 ? count / given : $0 }
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

// MARK: Operations that change the shape alone

extension Needs {
  /// Of an operation that gives its input's values as they are.
  static var ofSameValues: Needs {
    var needs = Needs()
    needs.runsInPlace = true
    needs.gradientInPlace = true
    return needs
  }
}

extension Pass {
  /// y = x, where they do not share memory.
  func copyValues() {
    guard output != inputs[0] else { return }
    Elementwise.copy(count: count * shapes.outputSize, input: inputs[0], output: output)
  }

  /// dx = dy, where they do not share memory.
  func copyGradient() {
    guard let outputGradient, let target = inputGradients[0] else { return }
    let values = count * shapes.outputSize
    if accumulates[0] {
      Elementwise.accumulate(count: values, input: outputGradient, output: target)
    } else if target != outputGradient {
      Elementwise.copy(count: values, input: outputGradient, output: target)
    }
  }
}
