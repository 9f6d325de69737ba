import Models
import Networks
import Tensors
import Testing

@Suite struct EmbeddingNetworkTests {
  /// The counts of the course, at its 400 pixels.
  @Test(arguments: [
    (EmbeddingNetwork.Size.small, 8, 94_280), (.small, 16, 95_312), (.large, 16, 392_528),
    (.large, 8, 390_472),
  ]) func parametersAreThoseOfTheCourse(
    _ size: EmbeddingNetwork.Size, _ dimension: Int, _ expected: Int
  ) throws {
    let network = try EmbeddingNetwork.network(
      input: [400, 400, 3], dimension: dimension, size: size)
    #expect(network.parameterCount == expected)
    #expect(network.outputs[0].shape == [dimension])
  }

  @Test func theSmallestImagesThatFit() throws {
    for (side, size) in [(15, EmbeddingNetwork.Size.small), (31, .large)] {
      _ = try EmbeddingNetwork.network(input: [side, side, 1], dimension: 2, size: size)
      #expect(throws: ShapeError.self) {
        try EmbeddingNetwork.network(input: [side - 1, side, 1], dimension: 2, size: size)
      }
    }
  }

  @Test func aTrunkKeepsWhatItKnows() throws {
    let trunk = try MobileNetV2.network(
      input: [32, 32, 3], alpha: 0.35, includeTop: false, seed: 5)
    trunk.setTrainable(false, layersAt: 0..<10)
    let network = try EmbeddingNetwork.network(trunk: trunk, dimension: 8, normalizes: true)
    #expect(network.parameterCount == trunk.parameterCount + 1280 * 8 + 8)
    #expect(network.preprocessing == .symmetric)
    #expect(try !network.layer("Conv1").isTrainable)
    #expect(
      try network.layer("Conv1").parameter("kernel").value()
        == trunk.layer("Conv1").parameter("kernel").value())
    // In training, where the batch's own statistics keep fresh features from vanishing.
    var stream = RandomStream(seed: 3, name: "images")
    let images = try Tensor(
      shape: [2, 32, 32, 3], values: (0..<2 * 32 * 32 * 3).map { _ in stream.uniform() })
    let result = try Execution(network, count: 2, mode: .training).forward([images])[0]
    #expect(result.shape == [2, 8])
    for row in [result.values.prefix(8), result.values.suffix(8)] {
      #expect(abs(row.reduce(0) { $0 + $1 * $1 } - 1) < 1e-5)
    }
  }
}

@Suite struct AutoencoderTests {
  @Test func theImageGoesThroughTheCode() throws {
    let network = try Autoencoder.network(input: [32, 48, 3], dimension: 6, filters: [8, 16, 24])
    #expect(try network.layer("code").outputShape == [6])
    #expect(try network.layer("encoder_3").outputShape == [4, 6, 24])
    #expect(network.outputs[0].shape == [32, 48, 3])
    #expect(network.layers[network.layers.count - 1].kind == "sigmoid")
    // Nothing but the code leads on.
    let code = try network.node("code")
    let after = network.nodes.filter { node in node.inputs.contains { $0 === code } }
    #expect(after.count == 1 && after[0].operation is Dense)
    #expect(
      try Autoencoder.network(input: [8, 8, 1], dimension: 2, filters: [4]).outputs[0].shape
        == [8, 8, 1])
  }

  @Test func sidesMustDivide() {
    #expect(throws: ShapeError.self) { try Autoencoder.network(input: [36, 32, 3], dimension: 4) }
    #expect(throws: ShapeError.self) {
      try Autoencoder.network(input: [32, 32, 3], dimension: 4, filters: [])
    }
    #expect(throws: ShapeError.self) { try Autoencoder.network(input: [32, 32, 3], dimension: 0) }
  }
}
