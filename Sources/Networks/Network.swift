import Tensors

/// A layer of a network: its name, what it computes, and its weights.
package final class NetworkLayer {
  /// The position in `Network.layers`.
  package let index: Int
  package let name: String
  package let layer: Layer
  /// Positions in `Network.nodes` of what it was applied to: more than one when it is shared.
  package let applications: [Int]
  /// The shapes of its first application, without the count dimension.
  package let shapes: OperationShapes
  /// Multiplications with an addition for one image, over all applications.
  package let multiplyAccumulates: Int
  /// Values of all its inputs and outputs for one image, over all applications.
  private let values: Int
  /// In Keras's order; empty for a layer without weights.
  package let parameters: [Parameter]
  fileprivate let freeze: Freeze

  fileprivate init(
    index: Int, name: String, layer: Layer, applications: [Int], nodes: [Node],
    parameters: [Parameter], freeze: Freeze
  ) {
    self.index = index
    self.name = name
    self.layer = layer
    self.applications = applications
    let shapes = applications.map { nodes[$0].shapes }
    self.shapes = shapes[0]
    self.multiplyAccumulates = saturatedSum(
      shapes.map { layer.operation.multiplyAccumulates($0) })
    self.values = saturatedSum(
      shapes.flatMap { [$0.outputSize] + $0.inputs.map { $0.reduce(1, *) } })
    self.parameters = parameters
    self.freeze = freeze
  }

  package var operation: any Operation { layer.operation }
  package var kind: String { layer.operation.kind }
  package var outputShape: [Int] { shapes.output }
  /// Values in all its weights, moving statistics included.
  package var parameterCount: Int { parameters.reduce(0) { $0 + $1.count } }
  /// False when the layer is frozen; `Network.setTrainable` changes it.
  package var isTrainable: Bool { !freeze.isFrozen }
  /// Bytes that one image moves at least: every input and output once, and the weights.
  package var bytes: Int {
    (values + parameterCount) * MemoryLayout<Float>.stride
  }

  /// The weight of this name, such as "kernel".
  package func parameter(_ weight: String) throws(NetworkError) -> Parameter {
    guard let found = parameters.first(where: { $0.weight == weight }) else {
      throw .unknownWeight(weight, layer: name, weights: parameters.map(\.weight))
    }
    return found
  }
}

/// A graph of named layers from inputs to outputs, with the values of their weights.
///
/// The order of layers and weights is Keras's. Networks over the same nodes have weights of their
/// own, unless copied with `reusing`.
package final class Network {
  package let inputs: [Node]
  package let outputs: [Node]
  /// All nodes between, each after those that it reads.
  package let nodes: [Node]
  /// One for each layer, in order.
  package let layers: [NetworkLayer]
  /// All weights in Keras's order, moving statistics included.
  package let parameters: [Parameter]
  package let preprocessing: Preprocessing
  /// What the weights were drawn from, and dropout draws from.
  package let seed: UInt64
  /// Changes when layers are frozen or unfrozen: an execution made before is out of date.
  package private(set) var trainabilityVersion = 0
  /// Counts changes of weights, by training, by loading, by hand.
  package var weightsVersion: Int { storage.version }
  /// A run in training moves statistics.
  func noteMovedStatistics() { storage.version += 1 }

  private let storage: ParameterStorage
  private let positions: [ObjectIdentifier: Int]
  private let layerOfNode: [Int]
  private let layerNamed: [String: Int]

  /// - Parameters:
  ///   - inputs: the input nodes, in the order in which tensors will be given.
  ///   - outputs: the nodes whose values are wanted; any node may be one.
  ///   - seed: weights start from the random streams ("init/<layer>/<weight>", seed).
  ///   - reusing: layers that are also in one of these networks take its name, copies of its
  ///     weights and its frozen state, so that a trained body can get a new head.
  ///   - preprocessing: how images are changed before they enter the first input.
  /// - Throws: `NetworkError.duplicateName`, `.inputNotListed`, `.invalidEnds`, `.memory`,
  ///   `.preprocessing` where the input has not the channels that it needs, or `.shape` if a shared layer would need weights of two shapes.
  package init(
    inputs: [Node], outputs: [Node], seed: UInt64 = 0, preprocessing: Preprocessing = .none,
    reusing: [Network] = []
  ) throws(NetworkError) {
    let channels = inputs.first?.shape.last ?? 0
    guard preprocessing.accepts(channels: channels) else {
      throw .preprocessing(preprocessing.rawValue, channels: channels)
    }
    let order = try GraphOrder(inputs: inputs, outputs: outputs)
    let inheritance = order.layers.map { layer in
      reusing.lazy.compactMap { $0.layer(layer) }.first
    }
    let names = try Names.unique(
      order.layers, inherited: inheritance.map { $0?.name }, leaders: order.leaders)

    let specifications = try order.specifications(names)
    let offsets = specifications.map { $0.map { Network.padded($0.shape.reduce(1, *)) } }
    let total = offsets.joined().reduce(0, +)
    let storage = try ParameterStorage(count: total)

    var layers: [NetworkLayer] = []
    var offset = 0
    for (index, layer) in order.layers.enumerated() {
      let freeze = Freeze()
      var parameters: [Parameter] = []
      for (specification, size) in zip(specifications[index], offsets[index]) {
        parameters.append(
          Parameter(
            specification, layer: names[index], freeze: freeze, storage: storage, offset: offset))
        offset += size
      }
      if let ancestor = inheritance[index] {
        freeze.isFrozen = !ancestor.isTrainable
        for (new, old) in zip(parameters, ancestor.parameters) {
          _ = new.changingValues.update(fromContentsOf: old.values)
        }
      } else {
        for (parameter, specification) in zip(parameters, specifications[index]) {
          let stream = RandomStream(seed: seed, name: "init/\(parameter.name)")
          specification.initializer.fill(
            parameter.changingValues, shape: specification.shape, stream: stream)
        }
      }
      let applications = order.applications[index]
      layers.append(
        NetworkLayer(
          index: index, name: names[index], layer: layer, applications: applications,
          nodes: order.nodes, parameters: parameters, freeze: freeze))
    }

    self.inputs = inputs
    self.outputs = outputs
    self.nodes = order.nodes
    self.layers = layers
    self.parameters = layers.flatMap(\.parameters)
    self.preprocessing = preprocessing
    self.seed = seed
    self.storage = storage
    self.positions = order.positions
    self.layerOfNode = order.layerOfNode
    self.layerNamed = Dictionary(uniqueKeysWithValues: names.enumerated().map { ($1, $0) })
  }

  /// Weights start on cache lines.
  private static func padded(_ count: Int) -> Int { (count + 15) / 16 * 16 }

  // MARK: Looking up

  /// The layer of this name.
  /// - Throws: `NetworkError.unknownLayer` with the most similar names.
  package func layer(_ name: String) throws(NetworkError) -> NetworkLayer {
    guard let index = layerNamed[name] else {
      throw .unknownLayer(name, candidates: Names.similar(to: name, in: layers.map(\.name)))
    }
    return layers[index]
  }

  /// The layer at a position; negative positions count from the end.
  package func layer(at index: Int) throws(NetworkError) -> NetworkLayer {
    let position = index < 0 ? index + layers.count : index
    guard layers.indices.contains(position) else {
      throw .layerIndex(index, count: layers.count)
    }
    return layers[position]
  }

  /// This network's entry for a symbolic layer, if it has it.
  package func layer(_ layer: Layer) -> NetworkLayer? {
    layers.first { $0.layer === layer }
  }

  /// The output of a layer, to apply more layers to: the first one if the layer is shared.
  package func node(_ name: String) throws(NetworkError) -> Node {
    nodes[try layer(name).applications[0]]
  }

  /// The position of a node in `nodes`, if it is there.
  package func position(of node: Node) -> Int? { positions[ObjectIdentifier(node)] }

  /// The layer that a node applies.
  package func layer(ofNodeAt position: Int) -> NetworkLayer { layers[layerOfNode[position]] }

  // MARK: Counting

  /// Values in all weights, moving statistics included: what Keras calls total parameters.
  package var parameterCount: Int { parameters.reduce(0) { $0 + $1.count } }

  /// Values in the weights that training changes.
  package var trainableParameterCount: Int {
    parameters.reduce(0) { $0 + ($1.isTrainable ? $1.count : 0) }
  }

  /// Multiplications with an addition to run one image through.
  package var multiplyAccumulates: Int {
    saturatedSum(layers.map(\.multiplyAccumulates))
  }

  // MARK: Freezing

  /// Freezes a layer (`false`) or lets it learn (`true`). A frozen batch normalisation runs as at
  /// inference, as in Keras.
  package func setTrainable(_ isTrainable: Bool, _ layer: NetworkLayer) {
    guard layer.freeze.isFrozen == isTrainable else { return }
    layer.freeze.isFrozen = !isTrainable
    trainabilityVersion += 1
  }

  /// The same for the layers at these positions, those outside of the network left out.
  package func setTrainable(_ isTrainable: Bool, layersAt positions: Range<Int>) {
    for layer in layers[positions.clamped(to: layers.indices)] { setTrainable(isTrainable, layer) }
  }

  // MARK: Weights

  /// A network over the same nodes with copies of all weights.
  package func copy() throws(NetworkError) -> Network {
    try Network(
      inputs: inputs, outputs: outputs, seed: seed, preprocessing: preprocessing,
      reusing: [self])
  }

  /// Copies the values of weights that have the same name and shape in `other`; returns the names
  /// of those of this network that it does not have so.
  package func copyWeights(from other: Network) -> [String] {
    let sources = Dictionary(
      other.parameters.map { ($0.name, $0) }, uniquingKeysWith: { first, _ in first })
    var missing: [String] = []
    for parameter in parameters {
      if let source = sources[parameter.name], source.shape == parameter.shape {
        _ = parameter.changingValues.update(fromContentsOf: source.values)
      } else {
        missing.append(parameter.name)
      }
    }
    return missing
  }

  /// Sets all gradients to zero.
  package func zeroGradients() throws(NetworkError) {
    try storage.gradients().update(repeating: 0, count: storage.count)
  }

  /// Draws the weights of one layer anew, from the streams of `seed`.
  package func reset(_ layer: NetworkLayer, seed: UInt64) {
    let specifications = layer.operation.weights(layer.shapes.inputs)
    for (parameter, specification) in zip(layer.parameters, specifications) {
      let stream = RandomStream(seed: seed, name: "init/\(parameter.name)")
      specification.initializer.fill(
        parameter.changingValues, shape: specification.shape, stream: stream)
    }
  }

  // MARK: Receptive fields

  /// Which input pixels a unit of the layer's output sees, counted from the input that lies
  /// farthest along.
  package func receptiveField(of layer: NetworkLayer) -> ReceptiveField {
    var fields: [ReceptiveField] = []
    for node in nodes.prefix(through: layer.applications[0]) {
      let seen = node.inputs.map { fields[positions[ObjectIdentifier($0)]!] }
      fields.append(
        node.inputs.isEmpty ? .pixel : node.operation.receptiveField(seen, node.shapes))
    }
    return fields[layer.applications[0]]
  }
}

/// The sum of numbers from 0, or the largest Int if it would be larger.
private func saturatedSum(_ numbers: [Int]) -> Int {
  numbers.reduce(0) { sum, number in
    let (next, overflow) = sum.addingReportingOverflow(number)
    return overflow ? .max : next
  }
}
