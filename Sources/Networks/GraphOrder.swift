/// The nodes between inputs and outputs in an order in which each comes after what it reads, and
/// the layers in Keras's order: by distance from the outputs, the farthest first, and where that
/// is equal by a walk from the outputs back to the inputs.
struct GraphOrder {
  let nodes: [Node]
  let layers: [Layer]
  /// For each layer, positions of its nodes.
  let applications: [[Int]]
  /// For each node, the position of its layer.
  let layerOfNode: [Int]
  let positions: [ObjectIdentifier: Int]

  /// For each layer that is the activation of another, the position of that one in `layers`.
  var leaders: [Int?] {
    layers.indices.map { index in
      guard layers[index].isFollower, let leader = nodes[applications[index][0]].inputs.first
      else { return nil }
      return layerOfNode[positions[ObjectIdentifier(leader)]!]
    }
  }

  init(inputs: [Node], outputs: [Node]) throws(NetworkError) {
    let starts = Set(inputs.map { ObjectIdentifier($0) })
    guard !outputs.isEmpty, !inputs.isEmpty, starts.count == inputs.count,
      inputs.allSatisfy({ $0.operation is Input })
    else { throw .invalidEnds }

    let walk = try GraphOrder.walk(from: outputs + inputs, starts: starts)

    // Distances from the outputs, for nodes and, over shared applications, for layers.
    var distance: [ObjectIdentifier: Int] = [:]
    var layerDistance: [ObjectIdentifier: Int] = [:]
    for node in walk.finished.reversed() {
      let own = max(
        distance[ObjectIdentifier(node), default: 0],
        layerDistance[ObjectIdentifier(node.layer), default: 0])
      distance[ObjectIdentifier(node)] = own
      layerDistance[ObjectIdentifier(node.layer)] = own
      for input in node.inputs {
        let key = ObjectIdentifier(input)
        distance[key] = max(distance[key, default: 0], own + 1)
      }
    }

    let rank = Dictionary(
      uniqueKeysWithValues: walk.entered.enumerated().map { (ObjectIdentifier($1), $0) })
    func precedes(_ a: Node, _ b: Node) -> Bool {
      let (left, right) = (ObjectIdentifier(a), ObjectIdentifier(b))
      return (-distance[left]!, rank[left]!) < (-distance[right]!, rank[right]!)
    }
    nodes = walk.entered.sorted(by: precedes)
    positions = Dictionary(
      uniqueKeysWithValues: nodes.enumerated().map { (ObjectIdentifier($1), $0) })

    var firstSeen: [ObjectIdentifier: Int] = [:]
    for node in walk.entered where firstSeen[ObjectIdentifier(node.layer)] == nil {
      firstSeen[ObjectIdentifier(node.layer)] = firstSeen.count
    }
    var unordered: [Layer] = []
    var known = Set<ObjectIdentifier>()
    for node in walk.entered where known.insert(ObjectIdentifier(node.layer)).inserted {
      unordered.append(node.layer)
    }
    layers = unordered.sorted { a, b in
      let (left, right) = (ObjectIdentifier(a), ObjectIdentifier(b))
      return (-layerDistance[left]!, firstSeen[left]!)
        < (-layerDistance[right]!, firstSeen[right]!)
    }
    let layerPosition = Dictionary(
      uniqueKeysWithValues: layers.enumerated().map { (ObjectIdentifier($1), $0) })
    layerOfNode = nodes.map { layerPosition[ObjectIdentifier($0.layer)]! }
    var applications = [[Int]](repeating: [], count: layers.count)
    for (position, layer) in layerOfNode.enumerated() { applications[layer].append(position) }
    self.applications = applications
  }

  /// A walk from the outputs against the arrows: the nodes as they were entered, and as they were
  /// left (every node after all that it reads). Without recursion, since graphs may be deep.
  private static func walk(
    from ends: [Node], starts: Set<ObjectIdentifier>
  ) throws(NetworkError) -> (entered: [Node], finished: [Node]) {
    var (entered, finished): ([Node], [Node]) = ([], [])
    var seen = Set<ObjectIdentifier>()
    var stack: [(node: Node, next: Int)] = []
    for end in ends where seen.insert(ObjectIdentifier(end)).inserted {
      entered.append(end)
      stack.append((end, 0))
      while let (node, next) = stack.last {
        if next < node.inputs.count {
          stack[stack.count - 1].next += 1
          let input = node.inputs[next]
          if seen.insert(ObjectIdentifier(input)).inserted {
            entered.append(input)
            stack.append((input, 0))
          }
        } else {
          if node.operation is Input, !starts.contains(ObjectIdentifier(node)) {
            throw .inputNotListed(layer: node.layer.name ?? node.operation.kind)
          }
          finished.append(node)
          stack.removeLast()
        }
      }
    }
    return (entered, finished)
  }

  /// The weights of each layer, which must be the same for all that it is applied to.
  func specifications(_ names: [String]) throws(NetworkError) -> [[WeightSpecification]] {
    var result: [[WeightSpecification]] = []
    for (index, layer) in layers.enumerated() {
      let first = layer.operation.weights(nodes[applications[index][0]].shapes.inputs)
      for application in applications[index].dropFirst() {
        let other = layer.operation.weights(nodes[application].shapes.inputs)
        for (a, b) in zip(first, other) where a.shape != b.shape {
          throw .shape(of: "\(names[index])/\(a.name)", expected: a.shape, given: b.shape)
        }
      }
      result.append(first)
    }
    return result
  }
}
