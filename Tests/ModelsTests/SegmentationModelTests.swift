import Models
import Networks
import Testing

@Suite struct UNetTests {
  /// The page's bottleneck: six banks bring 512 pixels to 16.
  @Test func sixBanksReachTheBottleneckOfThePage() throws {
    let network = try UNet.network(input: [512, 512, 3], width: 4)
    #expect(try network.layer("encoder_6_relu_2").outputShape == [16, 16, 128])
    #expect(try network.layer("decoder_1_join").outputShape == [512, 512, 8])
    #expect(network.outputs[0].shape == [512, 512, 1])
  }

  @Test(arguments: [(1, 2, 3), (4, 3, 6), (2, 5, 1)])
  func classesDepthAndBandsAreFree(_ classes: Int, _ depth: Int, _ bands: Int) throws {
    let network = try UNet.network(
      input: [32, 48, bands], classes: classes, width: 3, depth: depth)
    #expect(network.outputs[0].shape == [32, 48, classes])
    #expect(network.layers.filter { $0.kind == "max_pool" }.count == depth - 1)
    #expect(network.layers.filter { $0.kind == "transposed_conv" }.count == depth - 1)
  }

  @Test func sidesMustDivide() throws {
    let error = try #require(throws: ShapeError.self) {
      _ = try UNet.network(input: [96, 100, 3], depth: 5)
    }
    #expect(error.rule == .sidesDivisible(by: 16))
    #expect(
      error.description
        == "`unet` needs images whose height and width divide by 16, but its input is [96, 100, 3]")
    #expect(throws: ShapeError.self) { try UNet.network(input: [96, 96, 3], depth: 1) }
    #expect(throws: ShapeError.self) { try UNet.network(input: [512, 512, 3], depth: 9) }
    #expect(throws: ShapeError.self) { try UNet.network(input: [96, 96, 3], classes: 0) }
    #expect(throws: ShapeError.self) { try UNet.network(input: [96, 96], width: 4) }
  }
}

@Suite struct ResidualUNetTests {
  /// The counts of the course, at its 768 pixels.
  @Test(arguments: [
    (4, 1, 298_669), (4, 4, 298_696), (8, 1, 1_185_401), (8, 4, 1_185_452), (16, 1, 4_723_057),
    (16, 4, 4_723_156), (32, 1, 18_855_137), (32, 4, 18_855_332),
  ]) func parametersAreThoseOfTheCourse(_ width: Int, _ classes: Int, _ expected: Int) throws {
    let network = try ResidualUNet.network(
      input: [768, 768, 3], classes: classes, width: width)
    #expect(network.parameterCount == expected)
    #expect(try network.layer("bridge_2_conv").outputShape == [48, 48, 16 * width])
    #expect(network.layers.filter { $0.kind == "conv" }.count == 30)
    if width == 4, classes == 1 { #expect(network.trainableParameterCount == 296_845) }
  }

  @Test func sidesMustDivide() throws {
    #expect(throws: ShapeError.self) { try ResidualUNet.network(input: [96, 100, 3]) }
    #expect(try ResidualUNet.network(input: [16, 32, 5]).outputs[0].shape == [16, 32, 1])
  }
}
