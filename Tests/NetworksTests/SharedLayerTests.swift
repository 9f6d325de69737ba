import Networks
import Tensors
import Testing

/// One layer on several maps, as the heads of a detector on the levels of its pyramid.
@Suite struct SharedLayerTests {
  /// Two levels under one head of two convolutions, joined along their rows.
  private func heads(_ one: Layer, _ two: Layer, on levels: [Node]) throws -> Node {
    let lists = try levels.map { try two(try one($0)).applying(Reshape([-1, 3])) }
    return try Layer(Concatenate(axis: 0)).apply(lists)
  }

  /// Otherwise the heads of a detector would learn from one level alone.
  @Test func gradientsOfAllApplicationsAreAdded() throws {
    let inputs = [try Node.input([4, 4, 2]), try Node.input([2, 2, 2])]
    func head() -> (Layer, Layer) {
      (
        Layer(Convolution(filters: 4, kernel: 3, padding: .same), name: "one", activation: .relu),
        Layer(Convolution(filters: 6, kernel: 3, padding: .same), name: "two")
      )
    }
    let (one, two) = head()
    let shared = try Network(
      inputs: inputs, outputs: [try heads(one, two, on: inputs)], seed: 4)
    #expect(shared.outputs[0].shape == [40, 3])
    #expect(
      shared.layers.map(\.name).filter { !$0.hasPrefix("reshape") }.suffix(4) == [
        "one", "one_relu", "two", "concatenate",
      ])
    // 20 places, 9 taps.
    #expect(try shared.layer("one").multiplyAccumulates == 20 * 9 * 2 * 4)
    #expect(try shared.layer("two").multiplyAccumulates == 20 * 9 * 4 * 6)

    let images = try inputs.enumerated().map { index, node in
      try randomTensor([2] + node.shape, "level \(index)", spread: 1)
    }
    let upstream = try randomTensor([2, 40, 3], "upstream", spread: 1)
    let execution = try Execution(shared, count: 2, mode: .training, gradientsOf: inputs)
    let joined = try execution.forward(images)[0]
    try execution.backward([upstream])

    // The same by one network for each level, with the same weights.
    var sums = try shared.parameters.map {
      [Double](repeating: 0, count: try $0.gradient().count)
    }
    var begin = 0
    for (index, input) in inputs.enumerated() {
      let alone = try Network(
        inputs: [input], outputs: [try two(try one(input)).applying(Reshape([-1, 3]))],
        reusing: [shared])
      let rows = alone.outputs[0].shape[0]
      let run = try Execution(alone, count: 2, mode: .training, gradientsOf: [input])
      let result = try run.forward(images[index])
      func part(_ tensor: Tensor) -> [Float] {
        (0..<2).flatMap { n in tensor.values[(n * 40 + begin) * 3..<(n * 40 + begin + rows) * 3] }
      }
      expectClose(part(joined), result.values.map(Double.init), tolerance: 1e-6)
      try run.backward([try Tensor(shape: [2, rows, 3], values: part(upstream))])
      expectClose(
        try execution.gradient(of: input).values,
        try run.gradient(of: input).values.map(Double.init), tolerance: 1e-6)
      for (place, parameter) in alone.parameters.enumerated() {
        for (i, value) in try parameter.gradient().values.enumerated() {
          sums[place][i] += Double(value)
        }
      }
      begin += rows
    }
    for (parameter, sum) in zip(shared.parameters, sums) {
      expectClose(try parameter.gradient().values, sum, tolerance: 1e-5)
    }
  }

  /// Where nothing else reads the map, a reshape costs neither memory nor time.
  @Test func aReshapeLeavesTheValuesWhereTheyAre() throws {
    func memory(_ reshapes: Bool) throws -> Int {
      let x = try Node.input([16, 16, 4])
      var y = try x.applying(Convolution(filters: 8, kernel: 3, padding: .same))
      if reshapes { y = try y.applying(Reshape([-1, 2])).applying(Reshape([16, 16, 8])) }
      y = try y.applying(Convolution(filters: 8, kernel: 3, padding: .same))
      let network = try Network(inputs: [x], outputs: [y])
      return try Execution(network, count: 2, mode: .training).memoryInBytes
    }
    #expect(try memory(true) == memory(false))
  }
}
