/// A layer could not be applied to what came in: which layer, which rule, and the shapes.
///
/// Shapes leave the count dimension out: a feature map is `[H, W, C]`, a vector `[C]`.
package struct ShapeError: Error, Equatable, Sendable {
  /// The rules that layers have. Each says what was expected; `received` says what came.
  package enum Rule: Equatable, Sendable {
    /// The layer joins or changes this many inputs.
    case inputCount(ClosedRange<Int>)
    /// The input has this many dimensions (3 for a feature map, 1 for a vector).
    case rank(Int)
    /// All inputs have the same shape.
    case sameShapes
    /// All inputs have the same shape but for one axis, along which they are joined.
    case sameShapesExcept(axis: Int)
    /// The attribute must be in this range (both ends allowed).
    case attribute(String, given: Double, expected: ClosedRange<Double>)
    /// The number of channels must be a multiple of `divisor`, the attribute named.
    case channelsDivisible(by: Int, attribute: String)
    /// The window, dilation included, must fit in the padded input: `[height, width]` each.
    case windowFits(window: [Int], padded: [Int])
    /// What is cropped must leave something.
    case cropLeavesSomething(top: Int, bottom: Int, left: Int, right: Int)
    /// The values fit in these sizes, of which one may be −1.
    case reshapes(to: [Int])
    /// Height and width must be multiples of this, since the network halves and doubles maps.
    case sidesDivisible(by: Int)
    /// The input is a map of this height and width.
    case mapSize(height: Int, width: Int)
    /// Output or weights would have more than `limit` values.
    case valueCount(limit: Int)
    /// The network would be more than `limit` layers deep.
    case depth(limit: Int)
  }

  /// The layer's name, or its kind (such as "conv") when it has none yet.
  package let layer: String
  package let rule: Rule
  package let received: [[Int]]

  package init(layer: String, rule: Rule, received: [[Int]]) {
    self.layer = layer
    self.rule = rule
    self.received = received
  }
}

/// The one helper through which shape rules speak: it knows the layer and what came in, so that
/// every rule is one line.
package struct ShapeCheck {
  package let layer: String
  package let inputs: [[Int]]

  package init(layer: String, inputs: [[Int]]) {
    self.layer = layer
    self.inputs = inputs
  }

  /// Throws the rule as a fact unless `condition` holds.
  package func require(_ condition: Bool, _ rule: ShapeError.Rule) throws(ShapeError) {
    guard condition else { throw failure(rule) }
  }

  package func failure(_ rule: ShapeError.Rule) -> ShapeError {
    ShapeError(layer: layer, rule: rule, received: inputs)
  }

  /// The only input, of any rank.
  package func single() throws(ShapeError) -> [Int] {
    try require(inputs.count == 1, .inputCount(1...1))
    return inputs[0]
  }

  /// The only input, a feature map `[H, W, C]`.
  package func featureMap() throws(ShapeError) -> (height: Int, width: Int, channels: Int) {
    let shape = try single()
    try require(shape.count == 3, .rank(3))
    return (shape[0], shape[1], shape[2])
  }

  /// The only input, a vector `[C]`; the result is its size.
  package func vector() throws(ShapeError) -> Int {
    let shape = try single()
    try require(shape.count == 1, .rank(1))
    return shape[0]
  }

  /// A whole-number attribute such as `filters` in its range.
  package func attribute(
    _ name: String, _ value: Int, in range: ClosedRange<Int>
  ) throws(ShapeError) {
    try require(
      range.contains(value),
      .attribute(
        name, given: Double(value),
        expected: Double(range.lowerBound)...Double(range.upperBound)))
  }

  /// A numeric attribute such as a rate in its range; NaN is in no range.
  package func attribute(
    _ name: String, _ value: Float, in range: ClosedRange<Float>
  ) throws(ShapeError) {
    try require(
      range.contains(value),
      .attribute(
        name, given: Double(value),
        expected: Double(range.lowerBound)...Double(range.upperBound)))
  }

  /// The number of values in `shape` if it is at most `limit`.
  package func count(_ shape: [Int], limit: Int = Limits.values) throws(ShapeError) -> Int {
    var count = 1
    for size in shape {
      let (product, overflow) = count.multipliedReportingOverflow(by: size)
      try require(!overflow && product <= limit, .valueCount(limit: limit))
      count = product
    }
    return count
  }
}

/// Bounds that keep all sizes far from overflow, and far above what a machine can train.
package enum Limits {
  /// Values in one layer's output for one image, or in one weight: 4 GiB. Products of two of
  /// them, as in the cost of a layer, still fit in an Int.
  package static let values = 1 << 30
  /// A side, a number of channels, a kernel size and so on.
  package static let side = 1 << 24
  /// Layers from input to output; a chain of nodes is released recursively.
  package static let depth = 4_000
}
