import Figures
import Networks

/// A network as one would sketch it: a layer with weights, or one that joins maps, together with the
/// normalisation and the activation that follow it, and the padding before it.
struct NetworkBlocks {
  struct Block {
    /// The layer that names it.
    private(set) var main: NetworkLayer
    private(set) var layers: [NetworkLayer]
    /// The position in `Network.nodes` of what comes out of it.
    fileprivate(set) var output: Int
    /// Blocks that it reads, in order.
    fileprivate(set) var inputs: [Int]

    fileprivate init(_ layer: NetworkLayer, output: Int, inputs: [Int]) {
      (main, layers, self.output, self.inputs) = (layer, [layer], output, inputs)
    }

    fileprivate mutating func add(_ layer: NetworkLayer, output: Int, isMain: Bool) {
      layers.append(layer)
      self.output = output
      if isMain { main = layer }
    }

    /// Of this application; a shared layer's weights count where it is first applied.
    fileprivate(set) var parameters = 0
    fileprivate(set) var multiplyAccumulates = 0
    fileprivate(set) var shape: [Int] = []
    /// Values of all maps in it, for one image.
    fileprivate(set) var values = 0
  }

  let blocks: [Block]

  init(_ network: Network) {
    var consumers = [Int](repeating: 0, count: network.nodes.count)
    var inputs: [[Int]] = []
    for node in network.nodes {
      let own = node.inputs.compactMap { network.position(of: $0) }
      for input in own { consumers[input] += 1 }
      inputs.append(own)
    }
    var blocks: [Block] = []
    var blockOf: [Int] = []
    var isSeen: Set<Int> = []
    for (position, node) in network.nodes.enumerated() {
      let layer = network.layer(ofNodeAt: position)
      let sources = inputs[position]
      let isOnlyReader = sources.count == 1 && consumers[sources[0]] == 1
      let before = isOnlyReader ? network.nodes[sources[0]].operation : nil
      let isAfterPadding = before is Margins && blocks[blockOf[sources[0]]].layers.count == 1
      let follows = before.map { !($0 is Input) && NetworkBlocks.follows(node.operation) } ?? false
      let index: Int
      if follows || isAfterPadding {
        index = blockOf[sources[0]]
        blocks[index].add(layer, output: position, isMain: isAfterPadding)
      } else {
        index = blocks.count
        blocks.append(
          Block(layer, output: position, inputs: sources.map { blockOf[$0] }))
      }
      blockOf.append(index)
      blocks[index].shape = node.shape
      blocks[index].values += node.shape.reduce(1, *)
      blocks[index].multiplyAccumulates += node.operation.multiplyAccumulates(node.shapes)
      if isSeen.insert(layer.index).inserted { blocks[index].parameters += layer.parameterCount }
    }
    self.blocks = blocks
  }

  /// Whether an operation belongs to the one before it.
  private static func follows(_ operation: any Operation) -> Bool {
    operation is Activation || operation is BatchNormalization || operation is Dropout
      || operation is Networks.Softmax || operation is L2Normalize
  }

  /// The same blocks in an order in which each follows one that it reads, where that can be: the
  /// heads of a detector one after the other, and not layer by layer.
  var inChains: [Block] {
    var places = [Int?](repeating: nil, count: blocks.count)
    var order: [Int] = []
    func isReady(_ index: Int) -> Bool {
      places[index] == nil && blocks[index].inputs.allSatisfy { places[$0] != nil }
    }
    while order.count < blocks.count {
      let last = order.last
      let next =
        blocks.indices.first { index in
          isReady(index) && last.map { blocks[index].inputs.contains($0) } ?? false
        } ?? blocks.indices.first(where: isReady)
      // Every block reads earlier ones, so that one is always ready.
      guard let next else { break }
      places[next] = order.count
      order.append(next)
    }
    return order.map { index in
      var block = blocks[index]
      block.inputs = block.inputs.compactMap { places[$0] }
      return block
    }
  }

  /// Blocks one after the other whose maps have one size.
  struct Stage {
    let blocks: Range<Int>
    /// `48×48`, or `vector`.
    let size: String
  }

  var stages: [Stage] {
    var stages: [Stage] = []
    for (index, block) in blocks.enumerated() {
      let size = NetworkBlocks.size(of: block.shape)
      if let last = stages.last, last.size == size {
        stages[stages.count - 1] = Stage(blocks: last.blocks.lowerBound..<index + 1, size: size)
      } else {
        stages.append(Stage(blocks: index..<index + 1, size: size))
      }
    }
    return stages
  }

  static func size(of shape: [Int]) -> String {
    shape.count == 3 ? "\(shape[0])×\(shape[1])" : "vector"
  }
}

/// `48×48×16`.
func shapeText(_ shape: [Int]) -> String { shape.map(String.init).joined(separator: "×") }

/// A large number with three digits: `7.16 M`, `36.9 k`.
func shortNumber(_ count: Int) -> String {
  for (size, unit) in [(1e12, "T"), (1e9, "G"), (1e6, "M"), (1e3, "k")]
  where Double(count) >= size {
    return compact(Double(count) / size, significant: 3) + " " + unit
  }
  return "\(count)"
}

/// Bytes with three digits: `1.5 MB`.
func bytesText(_ bytes: Int) -> String { shortNumber(bytes) + (bytes < 1000 ? " B" : "B") }
