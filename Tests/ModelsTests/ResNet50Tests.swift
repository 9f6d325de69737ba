import Models
import Networks
import Testing

@Suite struct ResNet50Tests {
  /// Counts of Keras, with its 1000 classes and without top.
  @Test func parametersAreThoseOfKeras() throws {
    let network = try ResNet50.network(input: [224, 224, 3])
    #expect(network.parameterCount == 25_636_712)
    #expect(network.outputs[0].shape == [1000])
    let features = try ResNet50.network(input: [224, 224, 3], includeTop: false)
    #expect(features.parameterCount == 23_587_712)
    #expect(features.trainableParameterCount == 23_534_592)
    #expect(features.outputs[0].shape == [7, 7, 2048])
    #expect(features.layers.count == 175)
    // The paper says 3.8 billion for the bare convolutions.
    #expect(abs(Double(network.multiplyAccumulates) / 3.86e9 - 1) < 0.05)
  }

  /// Maps of the sizes that Keras's have, at odd sizes too.
  @Test(arguments: [(32, 8, 4, 1), (33, 9, 5, 2), (97, 25, 13, 4), (400, 100, 50, 13)])
  func anySideWillDo(_ side: Int, _ second: Int, _ third: Int, _ last: Int) throws {
    let network = try ResNet50.network(input: [side, side, 3], includeTop: false)
    #expect(try network.layer("conv2_block3_out").outputShape == [second, second, 256])
    #expect(try network.layer("conv3_block4_out").outputShape == [third, third, 512])
    #expect(network.outputs[0].shape == [last, last, 2048])
  }

  /// The weights that the field publishes want their own colours.
  @Test func preprocessingFollowsTheChannels() throws {
    #expect(try ResNet50.network(input: [32, 32, 3]).preprocessing == .caffe)
    #expect(
      try ResNet50.network(input: [32, 32, 3], preprocessing: .torch).preprocessing == .torch)
    #expect(try ResNet50.network(input: [32, 32, 5]).preprocessing == .symmetric)
    #expect(throws: NetworkError.preprocessing("torch", channels: 5)) {
      try ResNet50.network(input: [32, 32, 5], preprocessing: .torch)
    }
  }

  @Test func sizesOutOfRangeAreNamed() {
    #expect(throws: ShapeError.self) { try ResNet50.network(input: [31, 96, 3]) }
    #expect(throws: ShapeError.self) { try ResNet50.network(input: [96]) }
    #expect(throws: ShapeError.self) { try ResNet50.network(input: [96, 96, 3], classes: 0) }
  }
}
