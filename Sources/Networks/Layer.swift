/// An operation with an identity. Applied to a node it gives a node; applied twice, both nodes
/// share its weights. The weights themselves belong to a network.
package final class Layer: Sendable {
  /// As given; a network names the unnamed.
  package let name: String?
  package let operation: any Operation
  /// A layer of its own that follows (Keras's `activation` argument). A network names it after
  /// this one, such as "conv_1_relu".
  package let activation: Layer?
  /// This is the activation of the layer that it is applied to.
  let isFollower: Bool

  package convenience init(
    _ operation: any Operation, name: String? = nil, activation: Activation? = nil
  ) {
    self.init(
      operation, name: name, activation: activation.map { Layer($0, isFollower: true) },
      isFollower: false)
  }

  private init(
    _ operation: any Operation, name: String? = nil, activation: Layer? = nil, isFollower: Bool
  ) {
    self.name = name
    self.operation = operation
    self.activation = activation
    self.isFollower = isFollower
  }

  /// Applies the layer (and its activation) to symbolic inputs.
  /// - Throws: the rule of the operation that does not hold.
  package func callAsFunction(_ inputs: Node...) throws(ShapeError) -> Node {
    try apply(inputs)
  }

  /// Applies the layer (and its activation) to symbolic inputs.
  /// - Throws: the rule of the operation that does not hold.
  package func apply(_ inputs: [Node]) throws(ShapeError) -> Node {
    let node = try Node(self, inputs)
    guard let activation else { return node }
    return try Node(activation, [node])
  }
}

/// A value that a network will compute: a layer applied to other nodes, with its shape known.
/// Immutable and symbolic: it holds no numbers.
package final class Node: Sendable {
  package let layer: Layer
  package let inputs: [Node]
  /// Without the count dimension: `[H, W, C]` for a feature map, `[C]` for a vector.
  package let shape: [Int]
  /// Layers between an input and this node, along the longest way.
  package let depth: Int

  package var operation: any Operation { layer.operation }

  /// The shapes of this application.
  package var shapes: OperationShapes {
    OperationShapes(inputs: inputs.map(\.shape), output: shape)
  }

  init(_ layer: Layer, _ inputs: [Node]) throws(ShapeError) {
    let check = ShapeCheck(
      layer: layer.name ?? layer.operation.kind, inputs: inputs.map(\.shape))
    self.shape = try layer.operation.outputShape(check)
    _ = try check.count(shape)
    for weight in layer.operation.weights(check.inputs) { _ = try check.count(weight.shape) }
    self.depth = inputs.reduce(0) { max($0, $1.depth + 1) }
    try check.require(depth <= Limits.depth, .depth(limit: Limits.depth))
    self.layer = layer
    self.inputs = inputs
  }

  /// The start of a network: images `[H, W, C]` or vectors `[C]`.
  package static func input(_ shape: [Int], name: String? = nil) throws(ShapeError) -> Node {
    try Node(Layer(Input(shape: shape), name: name), [])
  }

  /// Applies a new layer to this node: how models are written.
  package func applying(
    _ operation: any Operation, name: String? = nil, activation: Activation? = nil
  ) throws(ShapeError) -> Node {
    try Layer(operation, name: name, activation: activation).apply([self])
  }
}
