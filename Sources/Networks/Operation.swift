import Kernels

/// What a layer computes: one file in `Operations/` each, with its shape rule, weights, forward,
/// backward, cost, receptive field and documentation. An operation is a value without weights; a
/// `Layer` is an operation with an identity, a `Network` holds the weights.
///
/// All maps are float32 and channels last: N count, H height, W width, C channels.
package protocol Operation: Sendable {
  /// The language's word for it, such as "conv".
  var kind: String { get }

  /// The settings worth showing, in the order of the command's parameters.
  var attributes: [Attribute] { get }

  /// What it does, its formula, and where it comes from, for `explain`.
  var documentation: String { get }

  /// The output's shape without the count dimension, for inputs `check.inputs` likewise.
  /// - Throws: the rule that does not hold, with the layer and what came in.
  func outputShape(_ check: ShapeCheck) throws(ShapeError) -> [Int]

  /// The weights in Keras's order, names and layouts, for inputs that `outputShape` accepted.
  func weights(_ inputs: [[Int]]) -> [WeightSpecification]

  /// What memory and which values it needs to run on `count` images.
  func needs(_ shapes: OperationShapes, count: Int) -> Needs

  /// Writes `pass.prepared` from `pass.weights`, which is called again only when they have changed.
  func prepare(_ pass: Pass)

  /// Writes `pass.output` (all of it) from `pass.inputs` and `pass.weights`.
  func forward(_ pass: Pass)

  /// Writes the output of the last `forward` again, to the bit. Only asked of operations whose needs
  /// say that they can.
  func recompute(_ pass: Pass)

  /// Writes the gradients of the inputs, or adds to them, and adds to those of the weights, from
  /// `outputGradient`. Which are wanted, `pass` says.
  func backward(_ pass: Pass)

  /// Multiplications with an addition for one image.
  func multiplyAccumulates(_ shapes: OperationShapes) -> Int

  /// Which pixels of the network's input one output unit sees, from what its inputs' units see.
  func receptiveField(_ inputs: [ReceptiveField], _ shapes: OperationShapes) -> ReceptiveField

  /// One operation that does this and then `next` in one pass over memory, if there is one.
  /// The plan uses it where nothing else needs what lies between, nor keeps the gradient of its
  /// output, which its backward may overwrite.
  func fused(with next: any Operation) -> (any Operation)?

  /// The same where nothing runs backward and weights stay as they are.
  func folded(with next: any Operation) -> (any Operation)?
}

extension Operation {
  package var attributes: [Attribute] { [] }
  package func weights(_ inputs: [[Int]]) -> [WeightSpecification] { [] }
  package func multiplyAccumulates(_ shapes: OperationShapes) -> Int { 0 }
  package func prepare(_ pass: Pass) {}
  package func recompute(_ pass: Pass) {}
  package func fused(with next: any Operation) -> (any Operation)? { nil }
  package func folded(with next: any Operation) -> (any Operation)? { nil }

  package func receptiveField(
    _ inputs: [ReceptiveField], _ shapes: OperationShapes
  ) -> ReceptiveField {
    ReceptiveField.union(inputs)
  }
}

extension Operation {
  /// This with the activation that follows, where it carries none yet.
  func carrying(
    _ next: any Operation, in activation: WritableKeyPath<Self, Kernels.Activation>
  ) -> Self? {
    guard self[keyPath: activation] == .none, let next = next as? Activation else { return nil }
    var fused = self
    fused[keyPath: activation] = next.function
    return fused
  }

  /// This with the normalisation that follows, where it has none yet.
  func takingIn(
    _ next: any Operation, as normalization: WritableKeyPath<Self, BatchNormalization?>
  ) -> Self? {
    guard self[keyPath: normalization] == nil, let next = next as? BatchNormalization
    else { return nil }
    var folded = self
    folded[keyPath: normalization] = next
    return folded
  }
}

/// A setting of an operation for display: the language's label, and the value as it is written.
package struct Attribute: Equatable, Sendable {
  package let label: String
  package let value: String

  package init(_ label: String, _ value: String) {
    self.label = label
    self.value = value
  }
}

/// The shapes of one application of an operation, without the count dimension.
package struct OperationShapes: Equatable, Sendable {
  package let inputs: [[Int]]
  package let output: [Int]

  package init(inputs: [[Int]], output: [Int]) {
    self.inputs = inputs
    self.output = output
  }

  /// Values in one image's first input.
  package var inputSize: Int { inputs[0].reduce(1, *) }
  /// Values in one image's output.
  package var outputSize: Int { output.reduce(1, *) }
  /// Channels of the first input.
  package var inputChannels: Int { inputs[0].last ?? 1 }
  /// Channels of the output.
  package var outputChannels: Int { output.last ?? 1 }
}

/// A weight that a layer has: Keras's name and layout, how it starts, and whether it learns.
package struct WeightSpecification: Equatable, Sendable {
  package let name: String
  package let shape: [Int]
  package let initializer: Initializer
  /// False for the moving statistics of batch normalisation.
  package let isTrainable: Bool

  package init(
    _ name: String, _ shape: [Int], _ initializer: Initializer, isTrainable: Bool = true
  ) {
    self.name = name
    self.shape = shape
    self.initializer = initializer
    self.isTrainable = isTrainable
  }
}

/// What a plan must provide for an operation. Counts are of float32 values.
package struct Needs: Equatable, Sendable {
  /// Written by forward and read by backward, such as batch statistics or a dropout mask.
  package var saved = 0
  /// Made of the weights by `prepare` where they stay the same from run to run: packed kernels.
  package var prepared = 0
  /// Working memory during `prepare` and forward.
  package var forwardScratch = 0
  /// Working memory during backward.
  package var backwardScratch = 0
  /// Backward reads the values of the inputs.
  package var readsInputs = false
  /// Backward reads the values of the output.
  package var readsOutput = false
  /// `recompute` makes the output again in one pass over memory, from inputs that backward reads.
  package var canRecompute = false
  /// Forward may write its output over its first or its second input (same number of values).
  package var runsInPlace = false
  /// Backward may write one input's gradient over the output's, where it does not add.
  package var gradientInPlace = false

  package init() {}
}

/// Everything that an operation needs to run once. The pointers are fixed when the execution is
/// made; only `count` and `draw` change from run to run.
package struct Pass {
  package let shapes: OperationShapes
  /// Images in this batch.
  package internal(set) var count: Int
  /// Training, where dropout drops and batch normalisation uses the batch's own statistics.
  package let isTraining: Bool
  /// The layer is frozen: a batch normalisation then runs as at inference.
  package let isFrozen: Bool
  /// `[N, …]` each.
  package let inputs: [UnsafeMutablePointer<Float>]
  package let output: UnsafeMutablePointer<Float>
  /// In the order of `Operation.weights`.
  package let weights: [UnsafeMutablePointer<Float>]
  package let saved: UnsafeMutablePointer<Float>
  /// What `prepare` wrote; nil in training, where weights change with every step.
  package let prepared: UnsafeMutablePointer<Float>?
  package internal(set) var scratch: UnsafeMutablePointer<Float>
  /// The gradient of the loss with respect to the output, in backward.
  package let outputGradient: UnsafeMutablePointer<Float>?
  /// Where the gradients of the inputs go; nil where none is wanted.
  package let inputGradients: [UnsafeMutablePointer<Float>?]
  /// Whether to add to what is there, for each input.
  package let accumulates: [Bool]
  /// Where gradients of the weights are added; nil where none is wanted.
  package let weightGradients: [UnsafeMutablePointer<Float>?]
  /// For layers that draw random numbers: the seed of the network, the layer's stream, and the
  /// number of the run. The same three give the same draws.
  package let seed: UInt64
  package let stream: String
  package internal(set) var draw: UInt64
}
