import Tensors

/// A network made ready to run on batches of up to `capacity` images: a plan and its memory.
/// Making one allocates everything; running it allocates nothing.
///
/// The weights are the network's own, in place, so an execution sees what an optimiser or a
/// loaded file changed. Freezing layers changes the plan: see `isCurrent`.
package final class Execution {
  package enum Mode: Sendable {
    /// Dropout does nothing, batch normalisation uses its moving statistics.
    case inference
    /// Dropout drops, batch normalisation uses and moves its statistics, weights get gradients.
    case training
  }

  package let network: Network
  package let mode: Mode
  /// The most images that fit.
  package let capacity: Int
  /// The nodes whose values a run gives.
  package let outputs: [Node]
  /// Images in the batch at hand, 1…`capacity`.
  package private(set) var count: Int
  /// Numbers the random draws: two training runs with the same number drop the same values.
  package var draw: UInt64 = 0
  /// Bytes of memory that running it takes, without the weights.
  package var memoryInBytes: Int {
    (arena.count + scratch.count + prepared.count) * MemoryLayout<Float>.stride
  }

  private let plan: Plan
  private let arena: Arena
  private var scratch: Arena
  private let prepared: Arena
  /// Of the weights of which that was made.
  private var preparedVersion: Int?
  private var passes: [Pass] = []
  private let trainabilityVersion: Int
  private var checkedCounts: Set<Int>

  /// - Parameters:
  ///   - count: the most images that will be run at once.
  ///   - outputs: the nodes to compute, the network's outputs unless given; nodes that do not
  ///     lead to one are left out.
  ///   - keeping: further nodes whose values are wanted after a run.
  ///   - gradientsOf: nodes (an input, a layer's output) whose gradients are wanted after
  ///     `backward`; also in inference mode, where weights get none.
  /// - Throws: `NetworkError.memory` if the machine has too little, `.batchCount`, `.invalidEnds`
  ///   for a node of another network.
  package init(
    _ network: Network, count: Int, mode: Mode, outputs: [Node]? = nil, keeping: [Node] = [],
    gradientsOf: [Node] = []
  ) throws(NetworkError) {
    guard count >= 1, count <= Execution.largestCount else {
      throw .batchCount(given: count, limit: Execution.largestCount)
    }
    let outputs = outputs ?? network.outputs
    func positions(_ nodes: [Node]) throws(NetworkError) -> [Int] {
      var result: [Int] = []
      for node in nodes {
        guard let position = network.position(of: node) else { throw .invalidEnds }
        result.append(position)
      }
      return result
    }
    let request = Plan.Request(
      count: count, trains: mode == .training, outputs: try positions(outputs),
      keptValues: try positions(keeping), keptGradients: try positions(gradientsOf))
    try Execution.checkSizes(network, count: count)
    let plan = Plan(network, request)
    self.network = network
    self.mode = mode
    self.capacity = count
    self.outputs = outputs
    self.count = count
    self.plan = plan
    self.arena = try Arena(count: plan.arenaCount)
    self.scratch = try Arena(count: plan.scratchCount)
    self.prepared = try Arena(count: plan.preparedCount)
    self.trainabilityVersion = network.trainabilityVersion
    self.checkedCounts = [count]
    for step in plan.steps { passes.append(try makePass(step)) }
  }

  /// Far above any batch, and far below overflow.
  package static let largestCount = 1 << 20

  /// No single map may be larger than the memory, so that sizes in bytes stay far from overflow.
  private static func checkSizes(_ network: Network, count: Int) throws(NetworkError) {
    let available = MemoryBudget.shared.limit
    for node in network.nodes {
      // At most 2³⁰ values, as checked when the node was made, times 2²⁰ images.
      let bytes = node.shape.reduce(1, *) * count * MemoryLayout<Float>.stride
      guard bytes <= available else { throw .memory(bytes: bytes, available: available) }
    }
  }

  /// False once layers were frozen or unfrozen after this was made; then make another.
  package var isCurrent: Bool { trainabilityVersion == network.trainabilityVersion }

  private func makePass(_ step: Plan.Step) throws(NetworkError) -> Pass {
    let layers = step.nodes.map { network.layer(ofNodeAt: $0) }
    let parameters = layers.flatMap(\.parameters)
    var weightGradients: [UnsafeMutablePointer<Float>?] = []
    for parameter in parameters {
      let learns = mode == .training && step.runsBackward && parameter.isTrainable
      weightGradients.append(learns ? try parameter.gradients().baseAddress : nil)
    }
    let isGradientWanted = step.runsBackward
    return Pass(
      shapes: step.shapes, count: count, isTraining: mode == .training,
      isFrozen: layers.contains { !$0.isTrainable && !$0.parameters.isEmpty },
      inputs: step.inputs.map { pointer(plan.valueBuffer[$0]!) },
      output: pointer(plan.valueBuffer[step.output]!),
      weights: parameters.map { UnsafeMutablePointer(mutating: $0.values.baseAddress!) },
      saved: step.savedBuffer.map { pointer($0) } ?? scratch.base,
      prepared: step.prepared.map { prepared.base + $0 }, scratch: scratch.base,
      outputGradient: isGradientWanted ? plan.gradientBuffer[step.output].map(pointer) : nil,
      inputGradients: zip(step.inputs, step.inputGradients).map { input, isWanted in
        isWanted ? plan.gradientBuffer[input].map(pointer) : nil
      },
      accumulates: step.accumulates, weightGradients: weightGradients, seed: network.seed,
      stream: "dropout/\(layers[0].name)", draw: 0)
  }

  private func pointer(_ buffer: Int) -> UnsafeMutablePointer<Float> {
    arena.base + plan.buffers[buffer].offset
  }

  // MARK: In place

  /// Sets how many images the next runs have.
  /// - Throws: `NetworkError.batchCount` outside 1…`capacity`.
  package func setCount(_ count: Int) throws(NetworkError) {
    guard count >= 1, count <= capacity else {
      throw .batchCount(given: count, limit: capacity)
    }
    if checkedCounts.insert(count).inserted {
      // Kernels may cut smaller batches into more pieces, which then need more working memory.
      var needed = scratch.count
      for step in plan.steps {
        let needs = step.operation.needs(step.shapes, count: count)
        needed = max(needed, needs.forwardScratch, step.runsBackward ? needs.backwardScratch : 0)
      }
      if needed > scratch.count { scratch = try Arena(count: needed) }
    }
    self.count = count
  }

  /// The memory of an input, `[count, …]`, to be filled before `forward()`.
  package func inputValues(_ index: Int = 0) -> UnsafeMutableBufferPointer<Float> {
    buffer(plan.valueBuffer, network.position(of: network.inputs[index])!)!
  }

  /// The values of an output after `forward()`, `[count, …]`.
  package func outputValues(_ index: Int = 0) -> UnsafeMutableBufferPointer<Float> {
    buffer(plan.valueBuffer, network.position(of: outputs[index])!)!
  }

  /// The memory for the gradient of the loss with respect to an output, to be filled before
  /// `backward()`; nil if nothing before that output wants gradients.
  package func outputGradients(_ index: Int = 0) -> UnsafeMutableBufferPointer<Float>? {
    buffer(plan.gradientBuffer, network.position(of: outputs[index])!)
  }

  private func buffer(
    _ buffers: [Int?], _ position: Int
  ) -> UnsafeMutableBufferPointer<Float>? {
    guard let index = buffers[position] else { return nil }
    let size = network.nodes[position].shape.reduce(1, *)
    return UnsafeMutableBufferPointer(start: pointer(index), count: count * size)
  }

  /// Runs the network on what the input memory holds.
  /// - Parameter after: called after each of `parts`.
  package func forward(after: (_ part: Int) -> Void = { _ in }) {
    if mode == .training { network.noteMovedStatistics() }
    let isStale = preparedVersion != network.weightsVersion
    preparedVersion = network.weightsVersion
    for (index, step) in plan.steps.enumerated() {
      passes[index].count = count
      passes[index].draw = draw
      passes[index].scratch = scratch.base
      if isStale && step.prepares { step.operation.prepare(passes[index]) }
      step.operation.forward(passes[index])
      after(index)
    }
  }

  /// Computes the gradients of the last `forward()` from those of the outputs. The gradients of
  /// weights start at zero, unless `isAccumulating`.
  /// - Parameter after: called after each of `parts` that runs backward.
  package func backward(
    isAccumulating: Bool = false, after: (_ part: Int) -> Void = { _ in }
  ) throws(NetworkError) {
    if mode == .training, !isAccumulating { try network.zeroGradients() }
    for (index, step) in plan.steps.enumerated().reversed() where step.runsBackward {
      for earlier in step.recomputes { plan.steps[earlier].operation.recompute(passes[earlier]) }
      step.operation.backward(passes[index])
      after(index)
    }
  }

  /// What runs as one: a layer, or several that are fused.
  package struct Part {
    package let layers: [String]
    package let kinds: [String]
    /// Of the inputs and the output, for one image.
    package let shapes: OperationShapes
    /// Multiplications with an addition, for one image forward.
    package let multiplyAccumulates: Int
    package let weights: Int
  }

  /// In the order in which they run.
  package var parts: [Part] {
    plan.steps.map { step in
      let layers = step.nodes.map { network.layer(ofNodeAt: $0) }
      return Part(
        layers: layers.map(\.name), kinds: step.nodes.map { network.nodes[$0].operation.kind },
        shapes: step.shapes,
        multiplyAccumulates: step.operation.multiplyAccumulates(step.shapes),
        weights: layers.flatMap(\.parameters).reduce(0) { $0 + $1.count })
    }
  }

  // MARK: With tensors

  /// Runs the network on one tensor for each input, `[N, …]` with N at most `capacity`.
  /// - Throws: `NetworkError.tensorCount`, `.shape`, `.batchCount`.
  package func forward(_ tensors: [Tensor]) throws -> [Tensor] {
    guard tensors.count == network.inputs.count else {
      throw NetworkError.tensorCount(given: tensors.count, expected: network.inputs.count)
    }
    let images = tensors[0].shape.first ?? 0
    for (tensor, node) in zip(tensors, network.inputs) where tensor.shape != [images] + node.shape {
      throw NetworkError.shape(
        of: network.layer(ofNodeAt: network.position(of: node)!).name,
        expected: [images] + node.shape, given: tensor.shape)
    }
    try setCount(images)
    for (index, tensor) in tensors.enumerated() {
      let target = inputValues(index)
      tensor.withUnsafePointer { target.baseAddress!.update(from: $0, count: target.count) }
    }
    forward()
    return try outputs.map { try value(of: $0) }
  }

  /// Runs a network of one input and one output.
  package func forward(_ tensor: Tensor) throws -> Tensor { try forward([tensor])[0] }

  /// Computes gradients from those of the outputs, one tensor `[N, …]` each.
  /// - Throws: `NetworkError.tensorCount`, `.shape`.
  package func backward(_ gradients: [Tensor], isAccumulating: Bool = false) throws {
    guard gradients.count == outputs.count else {
      throw NetworkError.tensorCount(given: gradients.count, expected: outputs.count)
    }
    for (index, (gradient, node)) in zip(gradients, outputs).enumerated() {
      guard gradient.shape == [count] + node.shape else {
        throw NetworkError.shape(
          of: network.layer(ofNodeAt: network.position(of: node)!).name,
          expected: [count] + node.shape, given: gradient.shape)
      }
      guard let target = outputGradients(index) else { continue }
      gradient.withUnsafePointer { target.baseAddress!.update(from: $0, count: target.count) }
    }
    try backward(isAccumulating: isAccumulating)
  }

  /// A copy of the values of an output or a kept node after a run, `[N, …]`.
  package func value(of node: Node) throws -> Tensor { try copy(plan.valueBuffer, node) }

  /// A copy of a gradient that was asked for, after `backward`, `[N, …]`.
  package func gradient(of node: Node) throws -> Tensor { try copy(plan.gradientBuffer, node) }

  private func copy(_ buffers: [Int?], _ node: Node) throws -> Tensor {
    guard let position = network.position(of: node), let source = buffer(buffers, position) else {
      throw NetworkError.invalidEnds
    }
    return try Tensor(uninitialized: [count] + node.shape) { target in
      target.update(from: source.baseAddress!, count: source.count)
    }
  }
}

extension Network {
  /// The output of a layer for a batch `[N, …]`, at inference: a look inside.
  /// - Throws: `NetworkError.shape`, `.memory`.
  package func output(of layer: NetworkLayer, for input: Tensor) throws -> Tensor {
    let node = nodes[layer.applications[0]]
    guard let count = input.shape.first, count > 0 else {
      throw NetworkError.shape(
        of: self.layer(ofNodeAt: position(of: inputs[0])!).name, expected: inputs[0].shape,
        given: input.shape)
    }
    let execution = try Execution(self, count: count, mode: .inference, outputs: [node])
    return try execution.forward(input)
  }
}
