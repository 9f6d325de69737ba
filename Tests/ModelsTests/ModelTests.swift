import Models
import Networks
import Tensors
import Testing

import enum Kernels.Parallel

@Suite struct MobileNetV2Tests {
  /// Counts of Keras, with its 1000 classes and without top.
  @Test(arguments: [
    (0.35, 1_691_208, 410_208), (0.5, 1_987_224, 706_224), (0.75, 2_663_064, 1_382_064),
    (1.0, 3_538_984, 2_257_984), (1.3, 5_431_048, 3_766_048), (1.4, 6_156_712, 4_363_712),
  ]) func parametersAreThoseOfKeras(_ alpha: Double, _ whole: Int, _ body: Int) throws {
    let network = try MobileNetV2.network(input: [224, 224, 3], alpha: alpha)
    #expect(network.parameterCount == whole)
    let features = try MobileNetV2.network(input: [224, 224, 3], alpha: alpha, includeTop: false)
    #expect(features.parameterCount == body)
    #expect(features.outputs[0].shape == [7, 7, alpha == 1.3 ? 1664 : alpha == 1.4 ? 1792 : 1280])
    if alpha == 1 {
      #expect(network.trainableParameterCount == 3_504_872)
      #expect(features.layers.count == 154)
      #expect(try features.layer(at: 80).name == "block_8_add")
      // The paper says 300 million; the batch normalisations are counted here.
      #expect(abs(Double(network.multiplyAccumulates) / 300e6 - 1) < 0.1)
    }
  }

  @Test(arguments: [(32, 1), (33, 2), (96, 3), (97, 4), (400, 13)])
  func anySideWillDo(_ side: Int, _ map: Int) throws {
    let network = try MobileNetV2.network(input: [side, side, 3], includeTop: false)
    #expect(network.outputs[0].shape == [map, map, 1280])
  }

  @Test func sizesOutOfRangeAreNamed() {
    #expect(throws: ShapeError.self) { try MobileNetV2.network(input: [31, 96, 3]) }
    #expect(throws: ShapeError.self) { try MobileNetV2.network(input: [96, 96, 3], alpha: 0.1) }
    #expect(throws: ShapeError.self) { try MobileNetV2.network(input: [96]) }
    #expect(throws: ShapeError.self) { try MobileNetV2.network(input: [96, 96, 3], classes: 0) }
  }

  /// The course's transfer learning: a frozen body under a dense head, then from layer 80 on.
  @Test(arguments: [(2, 2_586_434, 328_450), (4, 2_586_948, 328_964), (11, 2_588_747, 330_763)])
  func aHeadOnAFrozenBody(_ classes: Int, _ total: Int, _ trainable: Int) throws {
    let body = try MobileNetV2.network(input: [224, 224, 3], includeTop: false)
    let head = try body.outputs[0].applying(GlobalPooling(.average))
      .applying(Dense(units: 256), name: "hidden", activation: .relu)
      .applying(Dropout(rate: 0.5))
      .applying(Dense(units: classes), name: "predictions")
    let network = try Network(
      inputs: body.inputs, outputs: [head], preprocessing: body.preprocessing, reusing: [body])
    #expect(network.parameterCount == total)
    network.setTrainable(false, layersAt: 0..<body.layers.count)
    #expect(network.trainableParameterCount == trainable)
    if classes == 2 {
      network.setTrainable(true, layersAt: 80..<body.layers.count)
      // As with 3 classes in the course, 2,367,491, less one unit of 257.
      #expect(network.trainableParameterCount == 2_367_491 - 257)
    }
  }

  /// One training step is the same bytes whatever the number of threads: otherwise `rewind`,
  /// grading and the lessons' numbers depend on the machine.
  @Test func aTrainingStepDoesNotDependOnThreads() throws {
    let before = Parallel.threads
    defer { Parallel.threads = before }
    var values: [Float] = []
    var stream = RandomStream(seed: 5, name: "images")
    for _ in 0..<4 * 96 * 96 * 3 { values.append(stream.uniform(in: -1..<1)) }
    let images = try Tensor(shape: [4, 96, 96, 3], values: values)
    let upstream = try Tensor(shape: [4, 4], values: values.prefix(16).map { $0 })
    func step(threads: Int) throws -> [Tensor] {
      Parallel.threads = threads
      let network = try MobileNetV2.network(input: [96, 96, 3], alpha: 0.35, classes: 4, seed: 2)
      let execution = try Execution(
        network, count: 4, mode: .training, gradientsOf: network.inputs)
      var results = [try execution.forward(images)]
      try execution.backward([upstream])
      results.append(try execution.gradient(of: network.inputs[0]))
      return results + (try network.parameters.flatMap { [try $0.value(), try $0.gradient()] })
    }
    let single = try step(threads: 1)
    for threads in [2, 4] {
      let several = try step(threads: threads)
      #expect(zip(single, several).allSatisfy { $0.isIdentical(to: $1) }, "\(threads) threads")
    }
  }
}

@Suite struct SmallConvolutionalNetworkTests {
  /// The counts of the course.
  @Test(arguments: [
    (2, false, false, 256, 194_600), (2, false, true, 256, 195_800),
    (2, false, false, 128, 178_856),
    (3, true, false, 256, 615_547), (3, true, true, 256, 618_067),
  ]) func parametersAreThoseOfTheCourse(
    _ classes: Int, _ isDeep: Bool, _ normalizes: Bool, _ dense: Int, _ expected: Int
  ) throws {
    let network = try SmallConvolutionalNetwork.network(
      input: [400, 400, 3], classes: classes, isDeep: isDeep, hasBatchNormalization: normalizes,
      dense: dense)
    #expect(network.parameterCount == expected)
    let last = try network.layer("pool_\(isDeep ? 6 : 4)")
    #expect(last.outputShape == (isDeep ? [4, 4, 180] : [23, 23, 120]))
  }

  @Test func theSmallestImagesThatFit() throws {
    #expect(throws: ShapeError.self) {
      try SmallConvolutionalNetwork.network(input: [45, 45, 3], classes: 2)
    }
    _ = try SmallConvolutionalNetwork.network(input: [46, 46, 3], classes: 2)
    _ = try SmallConvolutionalNetwork.network(input: [190, 190, 3], classes: 2, isDeep: true)
  }
}
