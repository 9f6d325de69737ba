import Networks
import Tensors
import Testing

/// Every operation against its naive twin in double precision: the output, and by central
/// differences of the twin every gradient. If one fails, a network learns something else than its
/// formula says.
@Suite struct OperationTests {
  static let count = 2

  /// An operation alone in a network, with random inputs and weights.
  struct Bench {
    let network: Network
    let inputs: [Tensor]
    let isTraining: Bool

    init(_ row: OperationCase) throws {
      let nodes = try row.inputs.map { try Node.input($0) }
      let output = try Layer(row.operation, name: "tested").apply(nodes)
      // A second reader of each input, so that the operation has to add to a gradient.
      let others = try nodes.map { try $0.applying(Flatten()) }
      network = try Network(inputs: nodes, outputs: [output] + others)
      isTraining = !row.isInference
      inputs = try row.inputs.enumerated().map { index, shape in
        try randomTensor([OperationTests.count] + shape, "input \(index)", spread: 3)
      }
      for parameter in network.parameters {
        var values = try randomTensor(parameter.shape, parameter.name, spread: 1)
        if parameter.weight == "moving_variance" {
          values = try Tensor(shape: values.shape, values: values.values.map { abs($0) + 0.5 })
        }
        try parameter.set(values)
      }
    }

    func twin(_ row: OperationCase, _ inputs: [Grid], _ weights: [Grid]) -> Grid {
      NaiveTwin.run(
        row.operation, inputs, weights,
        output: [OperationTests.count] + network.outputs[0].shape, isTraining: isTraining)
    }
  }

  @Test(arguments: OperationCase.all) func forwardFollowsItsFormula(_ row: OperationCase) throws {
    let bench = try Bench(row)
    let weights = try bench.network.parameters.map { grid(try $0.value()) }
    let execution = try Execution(
      bench.network, count: Self.count, mode: bench.isTraining ? .training : .inference)
    let output = try execution.forward(bench.inputs)[0]
    let expected = bench.twin(row, bench.inputs.map(grid), weights)
    #expect(output.shape == expected.shape)
    expectClose(output.values, expected.values, tolerance: 1e-5)
  }

  @Test(arguments: OperationCase.all) func backwardIsTheDerivative(_ row: OperationCase) throws {
    let bench = try Bench(row)
    let network = bench.network
    let weights = try network.parameters.map { grid(try $0.value()) }
    // Weights get gradients in training only, so a layer that runs as at inference is frozen.
    let runsAsInference = row.operation is BatchNormalization && row.isInference
    let execution = try Execution(
      network, count: Self.count,
      mode: bench.isTraining && !runsAsInference ? .training : .inference,
      gradientsOf: network.inputs)
    _ = try execution.forward(bench.inputs)
    let upstream = try network.outputs.enumerated().map { index, node in
      try randomTensor([Self.count] + node.shape, "upstream \(index)", spread: 1)
    }
    try execution.backward(upstream)

    let inputs = bench.inputs.map(grid)
    func loss(_ inputs: [Grid], _ weights: [Grid]) -> Double {
      zip(bench.twin(row, inputs, weights).values, upstream[0].values).reduce(0) {
        $0 + $1.0 * Double($1.1)
      }
    }
    for (index, node) in network.inputs.enumerated() {
      // The other reader hands its gradient on as it is.
      let other = upstream[index + 1].values
      let expected = differences(inputs[index]) { changed in
        var inputs = inputs
        inputs[index] = changed
        return loss(inputs, weights)
      }
      expectClose(
        try execution.gradient(of: node).values, zip(expected, other).map { $0 + Double($1) },
        tolerance: 1e-4)
    }
    guard execution.mode == .training else { return }
    for (index, parameter) in network.parameters.enumerated() where parameter.canLearn {
      let expected = differences(weights[index]) { changed in
        var weights = weights
        weights[index] = changed
        return loss(inputs, weights)
      }
      expectClose(try parameter.gradient().values, expected, tolerance: 1e-4)
    }
  }

  /// Without the second reader the gradient is written, perhaps over the output's: the same.
  @Test(arguments: OperationCase.all) func writingAndAddingGradientsAgree(_ row: OperationCase)
    throws
  {
    let bench = try Bench(row)
    let alone = try Network(
      inputs: bench.network.inputs, outputs: [bench.network.outputs[0]], reusing: [bench.network])
    func gradients(_ network: Network) throws -> [Tensor] {
      let execution = try Execution(
        network, count: Self.count, mode: .training, gradientsOf: network.inputs)
      _ = try execution.forward(bench.inputs)
      try execution.backward(
        try network.outputs.enumerated().map { index, node in
          index == 0
            ? try randomTensor([Self.count] + node.shape, "upstream", spread: 1)
            : try Tensor(shape: [Self.count] + node.shape)
        })
      return try network.inputs.map { try execution.gradient(of: $0) }
    }
    for (a, b) in zip(try gradients(bench.network), try gradients(alone)) {
      expectClose(a.values, b.values.map(Double.init), tolerance: 1e-6)
    }
  }

  @Test func batchNormalizationMovesItsStatistics() throws {
    let input = try Node.input([3])
    let network = try Network(
      inputs: [input], outputs: [try input.applying(BatchNormalization(momentum: 0.75))])
    let execution = try Execution(network, count: 2, mode: .training)
    _ = try execution.forward(try Tensor(shape: [2, 3], values: [1, 2, 3, 5, 2, -3]))
    let layer = try network.layer("batch_norm")
    #expect(try layer.parameter("moving_mean").value().values == [0.75, 0.5, 0])
    // The biased variances are 4, 0 and 9.
    #expect(try layer.parameter("moving_variance").value().values == [1.75, 0.75, 3])
  }

  @Test func dropoutKeepsTheMeanAndRepeatsItself() throws {
    let input = try Node.input([1000])
    let network = try Network(
      inputs: [input], outputs: [try input.applying(Dropout(rate: 0.25))], seed: 3)
    let execution = try Execution(network, count: 8, mode: .training, gradientsOf: [input])
    let ones = try Tensor(shape: [8, 1000], repeating: 1)
    let first = try execution.forward(ones)
    let values = Set(first.values)
    #expect(values == [0, 1 / Float(0.75)])
    #expect(abs(first.values.reduce(0, +) / 8000 - 1) < 0.05)
    #expect(try execution.forward(ones) == first)
    try execution.backward([ones])
    #expect(try execution.gradient(of: input) == first, "the gradient has the same mask")
    execution.draw = 1
    #expect(try execution.forward(ones) != first)
    execution.draw = 0
    #expect(try execution.forward(ones) == first)
  }
}
