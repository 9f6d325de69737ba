import Imagery
import Networks
import Tensors
import Testing
import Training

@Suite struct EmbeddingTests {
  /// The course's small network (section 4.2), with fewer filters.
  static func network(side: Int = 12, dimension: Int = 6, isNormalized: Bool = false) throws
    -> Network
  {
    let input = try Node.input([side, side, 3], name: "image")
    var node = input
    for (index, filters) in [8, 16].enumerated() {
      node =
        try node
        .applying(Convolution(filters: filters, kernel: 3, stride: 2), name: "conv_\(index)")
        .applying(Activation.relu, name: "relu_\(index)")
    }
    node =
      try node.applying(GlobalPooling(.average), name: "pool")
      .applying(Dense(units: dimension), name: "vector")
    if isNormalized { node = try node.applying(L2Normalize(), name: "unit") }
    return try Network(inputs: [input], outputs: [node], seed: 3)
  }

  @Test(arguments: ["similarity", "triplet"])
  func pairsTeachWhatNeighboursAre(name: String) throws {
    let (training, test) = (try Toy.dataset(60), try Toy.dataset(60, seed: 2))
    let network = try Self.network(isNormalized: name == "triplet")
    let objective: any Objective = name == "triplet" ? Triplet(margin: 0.5) : Similarity()
    let fit = try Trainer(
      network, training, batch: 6, optimizer: .adam(.constant(0.01)), objective: objective)
    #expect(fit.batch == 6 && fit.stepsPerEpoch == 20)
    _ = try fit.train(Trainer.Plan(epochs: 15, validation: test))
    let last = try #require(fit.history.epochs.last)
    #expect((last.validationScore ?? 0) > 0.9)
    let embedder = try Embedder(network)
    let known = try #require(try embedder.embed(training))
    let asked = try #require(try embedder.embed(test))
    let result = try #require(try NeighbourClassifier(known, k: 3).evaluate(asked))
    #expect(result.accuracy > 0.95, "\(result.accuracy)")
  }

  @Test func stepsAreReproducibleAndRewound() throws {
    func trainer(_ seed: UInt64) throws -> Trainer {
      try Trainer(
        Self.network(), Toy.dataset(30), batch: 12, optimizer: .adam(.constant(0.01)),
        objective: Similarity(), seed: seed)
    }
    let (one, two) = (try trainer(4), try trainer(4))
    for _ in 0..<25 {
      try one.step()
      try two.step()
    }
    #expect(try one.stateHash() == two.stateHash())
    try one.rewind(steps: 17)
    for _ in 0..<17 { try one.step() }
    #expect(try one.stateHash() == two.stateHash())
    let other = try trainer(5)
    for _ in 0..<25 { try other.step() }
    #expect(try one.stateHash() != other.stateHash())
  }

  /// A class with a single image gives no pairs, and must not upset the count of steps.
  @Test func aLoneImageIsLeftOut() throws {
    let toy = try Toy.dataset(31)
    let lone = try toy.subset((0..<31).filter { toy.label(at: $0) != 2 || $0 == 2 })
    let fit = try Trainer(
      Self.network(), lone, batch: 7, optimizer: .adam(), objective: Similarity(), seed: 1)
    #expect(fit.batch == 4)
    for _ in 0..<2 * fit.stepsPerEpoch { try fit.step() }
    #expect(fit.epoch == 3)
    let single = try lone.filter(classes: ["dots", "along"])
    #expect(throws: TrainingError.noPairs(dataset: "toy")) {
      try Trainer(Self.network(), single, optimizer: .adam(), objective: Similarity())
    }
  }

  /// Images that cannot be read: those whose index divides by five.
  private struct Damaged: SampleSource {
    let good: Dataset
    var classes: [String] { good.classes }
    var count: Int { good.count }
    func label(at index: Int) -> Int { good.label(at: index) }
    func name(at index: Int) -> String { "image \(index)" }
    func image(at index: Int, frame: ImageFrame?) throws -> Tensor {
      guard index % 5 != 0 else { throw ImageryError(.corrupt, "image \(index)", given: "holes") }
      return try good.sample(at: index).image
    }
  }

  @Test func damagedImagesOnlyLeaveTheirPartnersAlone() throws {
    let data = Dataset(Damaged(good: try Toy.dataset(45)), name: "damaged")
    let network = try Self.network()
    let fit = try Trainer(
      network, data, batch: 6, optimizer: .adam(.constant(0.01)), objective: Similarity(), seed: 8)
    for _ in 0..<30 { try fit.step() }
    #expect(fit.problems.count == 9)
    #expect(fit.history.steps.contains { $0.count < 6 })
    // Where no pair was left whole, nothing was compared, and nothing scored.
    #expect(fit.history.steps.allSatisfy { $0.score != nil || $0.loss == 0 })
    let found = try #require(try Embedder(network, batch: 7).embed(data))
    #expect(found.count == 36 && found.problems.count == 9)
    #expect(found.indices == (0..<45).filter { $0 % 5 != 0 })
    #expect(found.labels == found.indices.map { data.label(at: $0) })
  }

  @Test func vectorsAreTheNetworksOutput() throws {
    let (network, data) = (try Self.network(), try Toy.dataset(10))
    let raw = try #require(try Embedder(network, isNormalized: false, batch: 4).embed(data))
    let batch = try data.batch(Array(0..<10))
    let node = try network.layer("vector")
    let expected = try network.output(of: node, for: batch.images)
    #expect(raw.vectors == expected)
    let unit = try #require(try Embedder(network).embed(data))
    for row in 0..<10 {
      let values = (0..<6).map { unit.vectors[flat: row * 6 + $0] }
      #expect(abs(values.reduce(0) { $0 + $1 * $1 } - 1) < 1e-5)
    }
    // A layer inside, all its values in one vector; and the image itself.
    #expect(try Embedder(network, layer: "conv_1").vectors(batch.images).shape == [10, 2 * 2 * 16])
    let pixels = try Embedder(network, layer: "image", isNormalized: false).vectors(batch.images)
    #expect(pixels.values == batch.images.values)
    #expect(try Embedder(network).embed(data, shouldStop: { true }) == nil)
  }
}

@Suite struct RegressionTests {
  /// Images of one brightness each, whose number is twice that and 3.
  private func dataset(_ count: Int) throws -> Dataset {
    var stream = RandomStream(seed: 6, name: "brightness")
    let brightness = (0..<count).map { _ in stream.uniform() }
    let source = try MemorySource(
      images: brightness.map { try Tensor(shape: [4, 4, 3], repeating: $0) },
      annotations: brightness.map { .value(Double(2 * $0 + 3)) }, kind: .value, classes: [])
    return Dataset(source, name: "brightness")
  }

  private func network(units: Int = 1) throws -> Network {
    let input = try Node.input([4, 4, 3], name: "image")
    let output =
      try input.applying(GlobalPooling(.average), name: "pool")
      .applying(Dense(units: units), name: "number")
    return try Network(inputs: [input], outputs: [output], seed: 2)
  }

  @Test(arguments: Regression.Error.allCases)
  func aLineIsLearned(error: Regression.Error) throws {
    let (data, network) = (try dataset(64), try network())
    let fit = try Trainer(
      network, data, batch: 16,
      optimizer: .adam(.cosine(maximum: 0.05, minimum: 0.0005, epochs: 120, ramp: 0)),
      objective: Regression(error))
    _ = try fit.train(Trainer.Plan(epochs: 120, validation: data))
    let last = try #require(fit.history.epochs.last)
    #expect((last.validationScore ?? 1) < 0.08, "\(last)")
    let predicted = try #require(try Regression.estimates(network, data))
    #expect(predicted.observed.count == 64)
    #expect(predicted.meanAbsoluteError < 0.08 && predicted.determination > 0.95)
  }

  @Test func whatDoesNotFitIsRefused() throws {
    #expect(throws: TrainingError.notARegression(outputs: [[2]])) {
      try Trainer(
        network(units: 2), dataset(4), optimizer: .adam(), objective: Regression())
    }
    #expect(
      throws: TrainingError.dataKind(
        objective: "mean_squared_error", given: .label, expected: .value, dataset: "toy")
    ) {
      try Trainer(
        network(), Toy.dataset(6, side: 4), optimizer: .adam(), objective: Regression())
    }
  }

  @Test func estimatesAreJudgedByTheirDefinitions() {
    let result = Estimates(
      observed: [1, 2, 3, 4], estimated: [1, 3, 3, 3], indices: [0, 1, 2, 3])
    #expect(result.meanAbsoluteError == 0.5)
    #expect(abs(result.rootMeanSquaredError - 0.5.squareRoot()) < 1e-12)
    #expect(abs(result.determination - (1 - 2.0 / 5)) < 1e-12)
    #expect(result.bias == 0)
  }

  @Test func anAutoencoderLearnsToGiveImagesBack() throws {
    let input = try Node.input([12, 12, 3], name: "image")
    let code =
      try input
      .applying(Convolution(filters: 8, kernel: 3, stride: 2, padding: .same), name: "down")
      .applying(Activation.relu, name: "relu")
    let output =
      try code
      .applying(
        TransposedConvolution(filters: 3, window: Window(size: (2, 2), stride: (2, 2))), name: "up"
      )
      .applying(Activation.sigmoid, name: "pixels")
    let network = try Network(
      inputs: [input], outputs: [output], seed: 2, preprocessing: .symmetric)
    let fit = try Trainer(
      network, Toy.dataset(60), batch: 12, optimizer: .adam(.constant(0.01)),
      objective: ImageReconstruction())
    try fit.step()
    let first = try #require(fit.lastLoss)
    // The target is the image before the preprocessing: values of 0…1 against those of a sigmoid.
    #expect(first < 0.3)
    _ = try fit.train(Trainer.Plan(epochs: 20))
    let last = try #require(fit.lastLoss)
    #expect(last < 0.6 * first, "\(first) \(last)")
    #expect(throws: TrainingError.notAnAutoencoder(input: [12, 12, 3], outputs: [[6]])) {
      try Trainer(
        EmbeddingTests.network(), Toy.dataset(6), optimizer: .adam(),
        objective: ImageReconstruction())
    }
  }
}
