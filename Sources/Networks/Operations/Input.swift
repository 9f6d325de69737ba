/// Where images or vectors enter a network. It computes nothing.
package struct Input: Operation {
  /// Without the count dimension: `[H, W, C]` or `[C]`.
  package let shape: [Int]

  package init(shape: [Int]) { self.shape = shape }

  package var kind: String { "input" }
  package var attributes: [Attribute] { [Attribute("shape", "\(shape)")] }
  package var documentation: String {
    "Where images [height, width, channels] or vectors [features] enter the network."
  }

  package func outputShape(_ check: ShapeCheck) throws(ShapeError) -> [Int] {
    try check.require(check.inputs.isEmpty, .inputCount(0...0))
    try check.require(
      shape.count == 3 || shape.count == 1,
      .attribute(
        "dimensions", given: Double(shape.count), expected: 1...3))
    for size in shape { try check.attribute("size", size, in: 1...Limits.side) }
    return shape
  }

  package func needs(_ shapes: OperationShapes, count: Int) -> Needs { Needs() }
  package func forward(_ pass: Pass) {}
  package func backward(_ pass: Pass) {}
}
