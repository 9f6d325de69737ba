import Networks
import Tensors
import Testing

/// A tour: the first test a newcomer reads.
@Suite struct TourTests {
  @Test func aNetworkIsBuiltRunAndDifferentiated() throws {
    // Build: layers applied to a symbolic input, every shape known at once.
    let x = try Node.input([8, 8, 3])
    let features = try x.applying(Convolution(filters: 4, kernel: 3, stride: 2, padding: .same))
      .applying(BatchNormalization()).applying(Activation.relu)
    let scores = try features.applying(GlobalPooling(.average)).applying(Dense(units: 2))
    let network = try Network(inputs: [x], outputs: [scores], seed: 1)
    #expect(
      network.layers.map(\.name) == [
        "input", "conv", "batch_norm", "relu", "global_average_pool", "dense",
      ])
    #expect(network.parameterCount == (3 * 3 * 3 * 4 + 4) + 4 * 4 + (4 * 2 + 2))
    #expect(network.trainableParameterCount == network.parameterCount - 2 * 4)

    // Run a batch of two images.
    let execution = try Execution(network, count: 2, mode: .training)
    let images = try randomTensor([2, 8, 8, 3], "images", spread: 1)
    #expect(try execution.forward(images).shape == [2, 2])

    // Differentiate: every weight has a gradient.
    try execution.backward([try Tensor(shape: [2, 2], values: [1, -1, 0.5, 2])])
    let bias = try network.layer("dense").parameter("bias")
    #expect(try bias.gradient().values == [1.5, 1])
    #expect(try network.layer("conv").parameter("kernel").gradient().values.contains { $0 != 0 })
  }
}

@Suite struct NetworkTests {
  private func chain(_ names: [String?]) throws -> Network {
    let x = try Node.input([4, 4, 2])
    var y = x
    for name in names {
      y = try y.applying(Convolution(filters: 2, kernel: 1), name: name)
    }
    return try Network(inputs: [x], outputs: [y])
  }

  @Test func unnamedLayersAreNumbered() throws {
    let network = try chain([nil, "conv_1", nil, "mine", nil])
    #expect(
      network.layers.map(\.name) == ["input", "conv", "conv_1", "conv_2", "mine", "conv_3"])
  }

  @Test func activationsAreNamedAfterTheirLayer() throws {
    let x = try Node.input([4, 4, 2])
    let y = try x.applying(Convolution(filters: 2, kernel: 1), name: "mine", activation: .relu)
      .applying(Convolution(filters: 2, kernel: 1), activation: .sigmoid)
      .applying(Convolution(filters: 2, kernel: 1), name: "conv_sigmoid")
    let network = try Network(inputs: [x], outputs: [y])
    #expect(
      network.layers.map(\.name) == [
        "input", "mine", "mine_relu", "conv", "conv_sigmoid_1", "conv_sigmoid",
      ])
  }

  @Test func twoLayersOfOneNameAreRefused() {
    #expect(throws: NetworkError.duplicateName("a")) { try chain(["a", "b", "a"]) }
  }

  @Test func unknownNamesAreAnsweredWithSimilarOnes() throws {
    let network = try chain(["first_conv", "second_conv", "head"])
    #expect(throws: NetworkError.unknownLayer("frist_conv", candidates: ["first_conv"])) {
      try network.layer("frist_conv")
    }
    let layer = try network.layer("head")
    #expect(
      throws: NetworkError.unknownWeight("gamma", layer: "head", weights: ["kernel", "bias"])
    ) { try layer.parameter("gamma") }
    #expect(try network.layer(at: -1).name == "head")
    #expect(throws: NetworkError.layerIndex(4, count: 4)) { try network.layer(at: 4) }
  }

  @Test func endsMustBelongTogether() throws {
    let (x, z) = (try Node.input([2]), try Node.input([2], name: "other"))
    let y = try Layer(Add())(x, z)
    #expect(throws: NetworkError.inputNotListed(layer: "other")) {
      try Network(inputs: [x], outputs: [y])
    }
    #expect(throws: NetworkError.invalidEnds) { try Network(inputs: [x, x], outputs: [y]) }
    #expect(throws: NetworkError.invalidEnds) { try Network(inputs: [y], outputs: [y]) }
    #expect(throws: NetworkError.invalidEnds) { try Network(inputs: [x], outputs: []) }
  }

  /// Otherwise a student who adds a layer could not compare with the run before.
  @Test func addingALayerDoesNotChangeTheOthersStart() throws {
    let (short, long) = (try chain(["a", "c"]), try chain(["a", "b", "c"]))
    for name in ["a", "c"] {
      #expect(
        try short.layer(name).parameter("kernel").value()
          == long.layer(name).parameter("kernel").value())
    }
    #expect(
      try long.layer("a").parameter("kernel").value()
        != long.layer("b").parameter("kernel").value())
  }

  @Test func initializersHaveKerasLimits() throws {
    let x = try Node.input([8, 8, 20])
    let y = try x.applying(
      Convolution(filters: 50, kernel: 3, initializer: .heUniform), name: "he"
    ).applying(Convolution(filters: 30, kernel: 3), name: "glorot")
      .applying(Convolution(filters: 40, kernel: 3, initializer: .heNormal), name: "normal")
    let network = try Network(inputs: [x], outputs: [y])
    func values(_ name: String) throws -> [Float] {
      try network.layer(name).parameter("kernel").value().values
    }
    let he = try values("he").map(abs).max()!
    let glorot = try values("glorot").map(abs).max()!
    let (heLimit, glorotLimit) = ((6 / Float(180)).squareRoot(), (6 / Float(720)).squareRoot())
    #expect(he <= heLimit && he > 0.99 * heLimit)
    #expect(glorot <= glorotLimit && glorot > 0.99 * glorotLimit)
    let normal = try values("normal")
    let variance = normal.reduce(0) { $0 + $1 * $1 } / Float(normal.count)
    #expect(abs(variance / (2 / Float(270)) - 1) < 0.05)
    #expect(try network.layer("he").parameter("bias").value().values.allSatisfy { $0 == 0 })
  }

  /// Keras lists by distance from the output; checkpoints and `layers[:80]` depend on it.
  @Test func branchesAreListedAsInKeras() throws {
    let x = try Node.input([4, 4, 2])
    let stem = try x.applying(Convolution(filters: 2, kernel: 1), name: "stem")
    let shortcut = try stem.applying(Convolution(filters: 2, kernel: 1), name: "shortcut")
    let left = try stem.applying(Convolution(filters: 2, kernel: 1), name: "left_1")
      .applying(Convolution(filters: 2, kernel: 1), name: "left_2")
    let y = try Layer(Add(), name: "join")(shortcut, left)
    let network = try Network(inputs: [x], outputs: [y])
    #expect(
      network.layers.map(\.name) == ["input", "stem", "left_1", "shortcut", "left_2", "join"])
  }

  @Test func aSharedLayerHasOneSetOfWeights() throws {
    let x = try Node.input([3])
    let shared = Layer(Dense(units: 3), name: "shared")
    let y = try shared(try shared(x))
    let network = try Network(inputs: [x], outputs: [y])
    #expect(network.parameterCount == 12)
    #expect(try network.layer("shared").applications.count == 2)
    // y = k(kx + b) + b for one unit each: its bias gets both gradients, dy and k·dy.
    let layer = try network.layer("shared")
    try layer.parameter("kernel").set(
      try Tensor(shape: [3, 3], values: [2, 0, 0, 0, 2, 0, 0, 0, 2]))
    let execution = try Execution(network, count: 1, mode: .training)
    #expect(
      try execution.forward(try Tensor(shape: [1, 3], values: [1, 2, 3])).values == [4, 8, 12])
    try execution.backward([try Tensor(shape: [1, 3], repeating: 1)])
    #expect(try layer.parameter("bias").gradient().values == [3, 3, 3])

    let wrong = try shared(try x.applying(Dense(units: 5), name: "wide"))
    #expect(throws: NetworkError.self) { try Network(inputs: [x], outputs: [y, wrong]) }
  }

  /// Fine-tuning: a trained body under a new head keeps its names, weights and frozen layers.
  @Test func aBodyGetsANewHead() throws {
    let base = try chain([nil, nil, "top"])
    base.setTrainable(false, try base.layer("conv"))
    let head = try base.node("conv_1").applying(GlobalPooling(.average)).applying(
      Dense(units: 3), name: "new_top")
    let tuned = try Network(inputs: base.inputs, outputs: [head], seed: 9, reusing: [base])
    #expect(
      tuned.layers.map(\.name) == ["input", "conv", "conv_1", "global_average_pool", "new_top"])
    #expect(
      try tuned.layer("conv_1").parameter("kernel").value()
        == base.layer("conv_1").parameter("kernel").value())
    #expect(try !tuned.layer("conv").isTrainable)
    #expect(tuned.trainableParameterCount == tuned.parameterCount - 6)
    // The weights are copies: training the new network leaves the old one as it is.
    try tuned.layer("conv").parameter("bias").set(try Tensor(shape: [2], values: [5, 5]))
    #expect(try base.layer("conv").parameter("bias").value().values == [0, 0])
  }

  @Test func weightsAreCopiedByNameAndShape() throws {
    let (a, b) = (try chain(["x", "y"]), try chain(["x", "z"]))
    try a.layer("x").parameter("bias").set(try Tensor(shape: [2], values: [1, 2]))
    #expect(b.copyWeights(from: a) == ["z/kernel", "z/bias"])
    #expect(try b.layer("x").parameter("bias").value().values == [1, 2])
    let bias = try b.layer("x").parameter("bias")
    #expect(throws: NetworkError.shape(of: "x/bias", expected: [2], given: [3])) {
      try bias.set(try Tensor(shape: [3]))
    }
  }
}

@Suite struct ExecutionTests {
  /// Convolutions, normalisations, a residual, a split: all that plans treat specially.
  private func network() throws -> Network {
    let x = try Node.input([9, 9, 3])
    var y = try x.applying(Convolution(filters: 8, kernel: 3, padding: .same), name: "a")
    y = try y.applying(BatchNormalization(), name: "a_norm").applying(Activation.relu6)
    var z = try y.applying(Margins(.pad, top: 1, bottom: 1, left: 1, right: 1))
      .applying(DepthwiseConvolution(kernel: 3), name: "b").applying(Activation.relu)
    z = try z.applying(Convolution(filters: 8, kernel: 1), name: "c")
      .applying(BatchNormalization(), name: "c_norm")
    y = try Layer(Add(), name: "sum")(y, z).applying(Activation.sigmoid)
    y = try Layer(Concatenate())(y, try y.applying(Dropout(rate: 0.3), name: "drop"))
    y = try y.applying(Flatten()).applying(Dense(units: 5), name: "d").applying(Activation.relu)
    return try Network(
      inputs: [x], outputs: [try y.applying(Dense(units: 3), name: "e")], seed: 4)
  }

  /// Sharing memory, writing in place and fusing must not change a bit of any result.
  @Test(arguments: [Execution.Mode.inference, .training])
  func plansOnlySaveMemory(_ mode: Execution.Mode) throws {
    let images = try randomTensor([3, 9, 9, 3], "images", spread: 1)
    let upstream = try randomTensor([3, 3], "upstream", spread: 1)
    func run(keepingAll: Bool) throws -> (results: [Tensor], bytes: Int) {
      let network = try network()
      let kept = keepingAll ? network.nodes : []
      let execution = try Execution(
        network, count: 3, mode: mode, keeping: kept,
        gradientsOf: keepingAll ? network.nodes : network.inputs)
      var results = [try execution.forward(images)]
      try execution.backward([upstream])
      results.append(try execution.gradient(of: network.inputs[0]))
      results += try network.parameters.flatMap { [try $0.value(), try $0.gradient()] }
      return (results, execution.memoryInBytes)
    }
    let (frugal, wasteful) = (try run(keepingAll: false), try run(keepingAll: true))
    for (a, b) in zip(frugal.results, wasteful.results) { #expect(a.isIdentical(to: b)) }
    #expect(frugal.bytes < wasteful.bytes)
  }

  @Test func smallerBatchesFitInAPlan() throws {
    let network = try network()
    let images = try randomTensor([2, 9, 9, 3], "images", spread: 1)
    let exact = try Execution(network, count: 2, mode: .inference).forward(images)
    let execution = try Execution(network, count: 7, mode: .inference)
    #expect(try execution.forward(images).isIdentical(to: exact))
    #expect(throws: NetworkError.batchCount(given: 8, limit: 7)) { try execution.setCount(8) }
    #expect(throws: NetworkError.batchCount(given: 0, limit: 7)) { try execution.setCount(0) }
    #expect(throws: NetworkError.shape(of: "input", expected: [2, 9, 9, 3], given: [2, 9, 9])) {
      try execution.forward(try Tensor(shape: [2, 9, 9]))
    }
  }

  @Test func innerOutputsAndTheirGradientsAreWithinReach() throws {
    let network = try network()
    let images = try randomTensor([1, 9, 9, 3], "images", spread: 1)
    let inner = try network.node("sum")
    let execution = try Execution(
      network, count: 1, mode: .inference, keeping: [inner], gradientsOf: [inner])
    _ = try execution.forward(images)
    // Nothing is folded where gradients are wanted, so the last bits may differ.
    expectClose(
      try execution.value(of: inner).values,
      try network.output(of: network.layer("sum"), for: images).values.map(Double.init),
      tolerance: 1e-5)
    try execution.backward([try Tensor(shape: [1, 3], repeating: 1)])
    let gradient = try execution.gradient(of: inner)
    #expect(gradient.shape == [1, 9, 9, 8])
    #expect(gradient.values.contains { $0 != 0 })
  }

  @Test func frozenLayersStandStill() throws {
    let network = try network()
    let images = try randomTensor([3, 9, 9, 3], "images", spread: 1)
    let full = try Execution(network, count: 3, mode: .training)
    for layer in network.layers where !["d", "e"].contains(layer.name) {
      network.setTrainable(false, layer)
    }
    #expect(!full.isCurrent)
    let before = try network.layer("a_norm").parameter("moving_mean").value()
    let execution = try Execution(network, count: 3, mode: .training)
    #expect(execution.isCurrent)
    #expect(execution.memoryInBytes < full.memoryInBytes, "nothing is kept below `d`")
    _ = try execution.forward(images)
    try execution.backward([try Tensor(shape: [3, 3], repeating: 1)])
    #expect(try network.layer("a_norm").parameter("moving_mean").value() == before)
    #expect(try network.layer("a").parameter("kernel").gradient().values.allSatisfy { $0 == 0 })
    #expect(try network.layer("d").parameter("kernel").gradient().values.contains { $0 != 0 })
    for layer in network.layers { network.setTrainable(false, layer) }
    let still = try Execution(network, count: 3, mode: .training)
    _ = try still.forward(images)
    try still.backward([try Tensor(shape: [3, 3], repeating: 1)])
    #expect(
      network.parameters.allSatisfy { (try? $0.gradient().values.allSatisfy { $0 == 0 }) ?? false })
  }

  @Test func anInputMayBeAnOutput() throws {
    let x = try Node.input([3])
    let y = try x.applying(Dense(units: 2))
    let network = try Network(inputs: [x], outputs: [x, y])
    let execution = try Execution(network, count: 1, mode: .training, gradientsOf: [x])
    let image = try Tensor(shape: [1, 3], values: [1, 2, 3])
    let upstream = try Tensor(shape: [1, 3], values: [4, 5, 6])
    #expect(try execution.forward([image])[0] == image)
    try execution.backward([upstream, try Tensor(shape: [1, 2])])
    #expect(try execution.gradient(of: x) == upstream)
    let nothing = try Execution(network, count: 1, mode: .inference, outputs: [x])
    #expect(try nothing.forward(image) == image)
    #expect(throws: NetworkError.invalidEnds) { try nothing.value(of: y) }
  }

  @Test func gradientsStartAtZeroUnlessAsked() throws {
    let network = try network()
    let images = try randomTensor([1, 9, 9, 3], "images", spread: 1)
    let ones = try Tensor(shape: [1, 3], repeating: 1)
    let execution = try Execution(network, count: 1, mode: .training)
    let bias = try network.layer("e").parameter("bias")
    for _ in 0..<2 {
      _ = try execution.forward(images)
      try execution.backward([ones])
    }
    #expect(try bias.gradient().values == [1, 1, 1])
    try execution.backward([ones], isAccumulating: true)
    #expect(try bias.gradient().values == [2, 2, 2])
  }

  @Test func tooLargeBatchesAreRefusedBeforeTheyStart() throws {
    let x = try Node.input([4096, 4096, 3])
    let y = try x.applying(Convolution(filters: 32, kernel: 3, padding: .same))
    let network = try Network(inputs: [x], outputs: [y])
    #expect(throws: NetworkError.self) { try Execution(network, count: 4096, mode: .training) }
    #expect(throws: NetworkError.self) { try Execution(network, count: 1 << 20, mode: .training) }
    #expect(throws: NetworkError.batchCount(given: 0, limit: 1 << 20)) {
      try Execution(network, count: 0, mode: .inference)
    }
  }
}
