/// How a network runs: the steps in order, which of them go back, and where in one arena every
/// buffer lies. Buffers that do not live at the same time share memory; activations and
/// normalisations write over their input where nothing else needs it. A plan holds no memory.
///
/// Time: step s runs forward at time s and backward at time 2S − 1 − s, S being their number.
struct Plan {
  /// What one step computes: a node, or several that were fused into one operation.
  struct Step {
    let operation: any Operation
    /// The positions of the fused nodes in the network; the output is that of the last.
    let nodes: [Int]
    let inputs: [Int]
    let shapes: OperationShapes
    /// Its inputs or weights are wanted, so it runs backward.
    let runsBackward: Bool
    /// For each input, whether its gradient is wanted, and whether an earlier contribution is
    /// there to be added to.
    var inputGradients: [Bool] = []
    var accumulates: [Bool] = []
    var savedBuffer: Int?
    /// Where it has what is prepared, and whether it is the one to write it.
    var prepared: Int?
    var prepares = false
    /// Steps whose outputs are made again before this one runs backward.
    var recomputes: [Int] = []
    var output: Int { nodes[nodes.count - 1] }
  }

  /// A range of times, during which a buffer must not be shared, and what it needs.
  struct Buffer {
    var count: Int
    var first: Int
    var last: Int
    /// When it is needed again, after others may have had its place.
    var again: ClosedRange<Int>?
    var offset = 0

    func lives(with other: Buffer) -> Bool {
      let (mine, others) = (spans, other.spans)
      return mine.contains { span in others.contains { $0.overlaps(span) } }
    }

    private var spans: [ClosedRange<Int>] {
      [first...max(first, last)] + (again.map { [$0] } ?? [])
    }
  }

  private(set) var steps: [Step] = []
  private(set) var buffers: [Buffer] = []
  /// For each node of the network, the buffers of its value and its gradient, if it has them.
  private(set) var valueBuffer: [Int?]
  private(set) var gradientBuffer: [Int?]
  /// Float32 values in the arena.
  private(set) var arenaCount = 0
  /// Float32 values of working memory, for one step at a time.
  private(set) var scratchCount = 0
  /// Float32 values that steps have prepared of their weights.
  private(set) var preparedCount = 0

  /// What is asked of a plan. Positions are those of nodes in the network.
  struct Request {
    var count: Int
    var trains: Bool
    var outputs: [Int]
    var keptValues: [Int]
    var keptGradients: [Int]
  }

  private let network: Network
  private let request: Request
  private let isKept: Set<Int>
  private let keepsGradient: Set<Int>
  private let isOutput: Set<Int>

  init(_ network: Network, _ request: Request) {
    self.network = network
    self.request = request
    isOutput = Set(request.outputs)
    keepsGradient = Set(request.keptGradients)
    isKept = isOutput.union(request.keptValues).union(
      network.inputs.compactMap { network.position(of: $0) })
    valueBuffer = Array(repeating: nil, count: network.nodes.count)
    gradientBuffer = valueBuffer
    let isNeeded = neededNodes()
    let wantsGradient = gradientsWanted(isNeeded)
    makeSteps(isNeeded, wantsGradient)
    let needs = steps.map { $0.operation.needs($0.shapes, count: request.count) }
    placeValues(needs, isNeeded)
    placeGradients(needs, wantsGradient)
    placePrepared(needs)
    assignOffsets()
    for (step, needs) in zip(steps, needs) {
      scratchCount = max(
        scratchCount, needs.forwardScratch, step.runsBackward ? needs.backwardScratch : 0)
    }
  }

  private func inputs(of position: Int) -> [Int] {
    network.nodes[position].inputs.map { network.position(of: $0)! }
  }

  private func valueCount(_ position: Int) -> Int {
    request.count * network.nodes[position].shape.reduce(1, *)
  }

  // MARK: Which nodes take part

  /// Whether the node is an output, kept, or leads to one.
  private func neededNodes() -> [Bool] {
    var isNeeded = network.nodes.indices.map { isKept.contains($0) || keepsGradient.contains($0) }
    for position in network.nodes.indices.reversed() where isNeeded[position] {
      for input in inputs(of: position) { isNeeded[input] = true }
    }
    return isNeeded
  }

  /// Whether the gradient of the node's output is wanted: it is kept, or the node or one before it
  /// has weights to learn. Nothing is computed below the lowest such node.
  private func gradientsWanted(_ isNeeded: [Bool]) -> [Bool] {
    var leadsToOutput = network.nodes.indices.map { isOutput.contains($0) }
    for position in network.nodes.indices.reversed() where leadsToOutput[position] {
      for input in inputs(of: position) { leadsToOutput[input] = true }
    }
    var reaches = [Bool](repeating: false, count: network.nodes.count)
    for position in network.nodes.indices where isNeeded[position] {
      reaches[position] =
        keepsGradient.contains(position) || learns(position)
        || inputs(of: position).contains { reaches[$0] }
    }
    return zip(reaches, leadsToOutput).map { $0 && $1 }
  }

  private func learns(_ position: Int) -> Bool {
    request.trains
      && network.layer(ofNodeAt: position).parameters.contains(where: \.isTrainable)
  }

  // MARK: Steps

  private mutating func makeSteps(_ isNeeded: [Bool], _ wantsGradient: [Bool]) {
    var consumers = [[Int]](repeating: [], count: network.nodes.count)
    for position in network.nodes.indices where isNeeded[position] {
      for input in inputs(of: position) { consumers[input].append(position) }
    }
    var isFused = [Bool](repeating: false, count: network.nodes.count)
    for position in network.nodes.indices where isNeeded[position] && !isFused[position] {
      let node = network.nodes[position]
      if node.operation is Input { continue }
      var operation = node.operation
      var nodes = [position]
      while let last = nodes.last, !isKept.contains(last), !keepsGradient.contains(last),
        consumers[last].count == 1, let next = consumers[last].first,
        !keepsGradient.contains(next), network.nodes[next].inputs.count == 1,
        let fused = joined(operation, network.nodes[next].operation)
      {
        operation = fused
        nodes.append(next)
        isFused[next] = true
      }
      let inputs = inputs(of: position)
      var step = Step(
        operation: operation, nodes: nodes, inputs: inputs,
        shapes: OperationShapes(
          inputs: node.inputs.map(\.shape), output: network.nodes[nodes[nodes.count - 1]].shape),
        runsBackward: wantsGradient[nodes[nodes.count - 1]]
          && (nodes.contains { learns($0) } || inputs.contains { wantsGradient[$0] }))
      step.inputGradients = inputs.map { step.runsBackward && wantsGradient[$0] }
      step.accumulates = inputs.map { _ in false }
      steps.append(step)
    }
  }

  private func joined(_ operation: any Operation, _ next: any Operation) -> (any Operation)? {
    (isForUse ? operation.folded(with: next) : nil) ?? operation.fused(with: next)
  }

  /// Nothing runs backward, so weights can be brought into the order that forward likes best.
  private var isForUse: Bool { !request.trains && request.keptGradients.isEmpty }

  /// What steps have prepared lies in memory of its own; applications of a layer share it.
  private mutating func placePrepared(_ needs: [Needs]) {
    guard isForUse else { return }
    var places: [[Int]: Int] = [:]
    for (index, needs) in needs.enumerated() where needs.prepared > 0 {
      let layers = steps[index].nodes.map { network.layer(ofNodeAt: $0).index }
      let key = layers + [needs.prepared]
      if let place = places[key] {
        steps[index].prepared = place
      } else {
        places[key] = preparedCount
        steps[index].prepared = preparedCount
        steps[index].prepares = true
        preparedCount += (needs.prepared + 15) / 16 * 16
      }
    }
  }

  // MARK: Lives of buffers

  private var end: Int { 2 * steps.count }
  private func backwardTime(_ step: Int) -> Int { 2 * steps.count - 1 - step }

  private mutating func placeValues(_ needs: [Needs], _ isNeeded: [Bool]) {
    var lastUse = network.nodes.indices.map { isKept.contains($0) ? end : 0 }
    for (index, step) in steps.enumerated() {
      lastUse[step.output] = max(lastUse[step.output], index)
      for input in step.inputs { lastUse[input] = max(lastUse[input], index) }
      guard step.runsBackward else { continue }
      if needs[index].readsOutput {
        lastUse[step.output] = max(lastUse[step.output], backwardTime(index))
      }
      if needs[index].readsInputs {
        for input in step.inputs { lastUse[input] = max(lastUse[input], backwardTime(index)) }
      }
    }
    for position in network.nodes.indices
    where isNeeded[position] && network.nodes[position].operation is Input {
      valueBuffer[position] = buffers.count
      buffers.append(Buffer(count: valueCount(position), first: 0, last: end))
    }
    for (index, step) in steps.enumerated() {
      let count = valueCount(step.output)
      let over = step.inputs.prefix(2).first { input in
        needs[index].runsInPlace && lastUse[input] == index && valueCount(input) == count
      }
      if let over, let shared = valueBuffer[over] {
        valueBuffer[step.output] = shared
        buffers[shared].last = max(buffers[shared].last, lastUse[step.output])
      } else {
        valueBuffer[step.output] = buffers.count
        buffers.append(Buffer(count: count, first: index, last: lastUse[step.output]))
        if needs[index].canRecompute { recompute(index, needs) }
      }
      if needs[index].saved > 0 {
        steps[index].savedBuffer = buffers.count
        buffers.append(
          Buffer(
            count: needs[index].saved, first: index,
            last: step.runsBackward ? backwardTime(index) : index))
      }
    }
  }

  /// Lets the step's output go after its last reader forward, and be made again before the first
  /// that reads it backward, if what it is made of took far longer to make: half of what a U-Net
  /// holds in training are normalised outputs of convolutions.
  private mutating func recompute(_ index: Int, _ needs: [Needs]) {
    let output = steps[index].output
    guard steps[index].runsBackward, !isKept.contains(output),
      // What it is made of must still be there, not itself be made again later.
      steps[index].inputs.allSatisfy({ buffers[valueBuffer[$0]!].again == nil })
    else { return }
    let readers = steps.indices.filter { steps[$0].inputs.contains(output) }
    let backward = readers.filter { steps[$0].runsBackward && needs[$0].readsInputs }
    guard let lastReader = readers.last, let firstBack = backward.last,
      let lastBack = backward.first, readers.allSatisfy({ !needs[$0].runsInPlace }),
      let maker = steps.first(where: { $0.output == steps[index].inputs[0] }),
      maker.operation.multiplyAccumulates(maker.shapes)
        >= Plan.worthRecomputing * maker.shapes.outputSize
    else { return }
    let buffer = valueBuffer[output]!
    buffers[buffer].last = lastReader
    buffers[buffer].again = backwardTime(firstBack)...backwardTime(lastBack)
    steps[firstBack].recomputes.append(index)
  }

  /// Multiplications that each value of the input took.
  private static let worthRecomputing = 100

  private mutating func placeGradients(_ needs: [Needs], _ wantsGradient: [Bool]) {
    // The outputs' gradients are written between forward and backward.
    for output in request.outputs where wantsGradient[output] && gradientBuffer[output] == nil {
      gradientBuffer[output] = buffers.count
      buffers.append(
        Buffer(count: valueCount(output), first: steps.count, last: gradientEnd(output)))
    }
    for index in steps.indices.reversed() where steps[index].runsBackward {
      let (step, time) = (steps[index], backwardTime(index))
      let own = gradientBuffer[step.output]!
      buffers[own].last = max(buffers[own].last, time)
      var isShared = keepsGradient.contains(step.output) || !needs[index].gradientInPlace
      for (i, input) in step.inputs.enumerated() where step.inputGradients[i] {
        if let present = gradientBuffer[input] {
          steps[index].accumulates[i] = true
          buffers[present].last = max(buffers[present].last, time)
        } else if !isShared, valueCount(input) == valueCount(step.output),
          step.inputs.filter({ $0 == input }).count == 1
        {
          gradientBuffer[input] = own
          buffers[own].last = max(buffers[own].last, gradientEnd(input))
          isShared = true
        } else {
          gradientBuffer[input] = buffers.count
          buffers.append(
            Buffer(count: valueCount(input), first: time, last: max(time, gradientEnd(input))))
        }
      }
    }
  }

  private func gradientEnd(_ position: Int) -> Int {
    keepsGradient.contains(position) ? end : 0
  }

  // MARK: Offsets

  /// Gives each buffer, the largest first, the lowest place where no other lies that lives at the
  /// same time.
  private mutating func assignOffsets() {
    let alignment = 16
    let order = buffers.indices.sorted { (-buffers[$0].count, $0) < (-buffers[$1].count, $1) }
    var placed: [Int] = []  // by offset
    for index in order {
      let buffer = buffers[index]
      var offset = 0
      for other in placed {
        let neighbour = buffers[other]
        if !neighbour.lives(with: buffer) { continue }
        if neighbour.offset >= offset + buffer.count { break }
        let after = (neighbour.offset + neighbour.count + alignment - 1) / alignment * alignment
        offset = max(offset, after)
      }
      buffers[index].offset = offset
      arenaCount = max(arenaCount, offset + buffer.count)
      let position = placed.firstIndex { buffers[$0].offset > offset } ?? placed.count
      placed.insert(index, at: position)
    }
  }
}
