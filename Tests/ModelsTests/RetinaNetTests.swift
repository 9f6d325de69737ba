import Models
import Networks
import Tensors
import Testing

@Suite struct RetinaNetTests {
  private func onResNet50(_ side: Int = 64, classes: Int) throws -> Network {
    let backbone = try ResNet50.network(input: [side, side, 3])
    return try RetinaNet.network(
      backbone: backbone, taps: try #require(RetinaNet.Taps(of: backbone)), classes: classes)
  }

  /// Small enough for a laptop.
  private func light(_ input: [Int] = [64, 96, 3], seed: UInt64 = 3) throws -> (Network, Network) {
    let backbone = try MobileNetV2.network(input: input, alpha: 0.35, classes: 2, seed: seed)
    let detector = try RetinaNet.network(
      backbone: backbone, taps: try #require(RetinaNet.Taps(of: backbone)), classes: 2, width: 16,
      seed: seed)
    return (backbone, detector)
  }

  /// The counts of the course.
  @Test(arguments: [(1, 36_409_517), (80, 38_048_372)])
  func parametersAreThoseOfTheCourse(_ classes: Int, _ expected: Int) throws {
    let network = try onResNet50(classes: classes)
    #expect(network.parameterCount == expected)
    #expect(network.parameterCount - network.trainableParameterCount == 53_120)
  }

  /// The course's numbers of anchors where the sides divide, and ours.
  @Test(arguments: [
    (512, 512, 49_104), (640, 640, 76_725), (800, 800, 120_087), (768, 1408, 202_554),
    (64, 96, 9 * (8 * 12 + 4 * 6 + 2 * 3 + 1 * 2 + 1)),
  ]) func anchorsOfTheLevels(_ height: Int, _ width: Int, _ anchors: Int) throws {
    let (_, detector) = try light([height, width, 3])
    #expect(detector.outputs.map(\.shape) == [[anchors, 2], [anchors, 4]])
    // What the detector's anchors are laid out by.
    let places = RetinaNet.strides.reduce(0) { sum, stride in
      sum + ((height + stride - 1) / stride) * ((width + stride - 1) / stride)
    }
    #expect(anchors == RetinaNet.anchorsPerPlace * places)
  }

  @Test func sidesMustDivide() throws {
    // At 90 the maps halve by chance, but the image would end between two anchors.
    for input in [[100, 96, 3], [96, 80, 3], [90, 96, 3]] {
      let error = try #require(throws: ShapeError.self) { _ = try light(input) }
      #expect(error.rule == .sidesDivisible(by: 32))
      #expect(
        error.description
          == "`retinanet` needs images whose height and width divide by 32, but its input is \(input)"
      )
    }
    #expect(throws: NetworkError.self) {
      try RetinaNet.network(
        backbone: try light().0, taps: RetinaNet.Taps("a", "b", "c"), classes: 1)
    }
    let (backbone, _) = try light()
    let error = try #require(throws: ShapeError.self) {
      _ = try RetinaNet.network(
        backbone: backbone,
        taps: RetinaNet.Taps("block_6_expand_relu", "out_relu", "out_relu"), classes: 1)
    }
    #expect(
      error.description
        == "layer `lateral_4` needs a map of 4×6, but its input is [2, 3, 1280]")
    let vectors = try Node.input([8])
    let dense = try Network(inputs: [vectors], outputs: [try vectors.applying(Dense(units: 2))])
    #expect(throws: ShapeError.self) {
      try RetinaNet.network(
        backbone: dense, taps: RetinaNet.Taps("dense", "dense", "dense"), classes: 1)
    }
    #expect(RetinaNet.Taps(of: dense) == nil)
  }

  /// A detector on what a classifier has learnt, not on what chance drew.
  @Test func theBackboneKeepsWhatItKnows() throws {
    let backbone = try MobileNetV2.network(input: [64, 64, 3], alpha: 0.35, classes: 4, seed: 1)
    backbone.setTrainable(false, layersAt: 0..<40)
    let detector = try RetinaNet.network(
      backbone: backbone, taps: try #require(RetinaNet.Taps(of: backbone)), classes: 1, width: 8,
      seed: 99)
    #expect(detector.preprocessing == .symmetric)
    for name in ["Conv1/kernel", "block_13_expand/kernel", "Conv_1_bn/gamma"] {
      let old = try #require(backbone.parameters.first { $0.name == name })
      let new = try #require(detector.parameters.first { $0.name == name })
      #expect(try old.value().isIdentical(to: try new.value()))
    }
    #expect(try !detector.layer("Conv1").isTrainable)
    #expect(try detector.layer("out_relu").isTrainable)
    #expect(!detector.layers.contains { $0.name == "predictions" })
  }

  /// At the start all is background with probability 0.99, so that the first steps do not explode.
  @Test func headsStartAtThePrior() throws {
    let (_, detector) = try light()
    #expect(
      try detector.layer("class_out").parameter("bias").value().values.allSatisfy {
        abs($0 + 4.595_12) < 1e-5
      })
    // The paper's 0.01 is for 256 channels; this head has 16.
    for (name, expected) in [("class_1", Float(0.16)), ("class_out", 0.01)] {
      let kernel = try detector.layer(name).parameter("kernel").value().values
      let deviation = kernel.reduce(0) { $0 + $1 * $1 } / Float(kernel.count)
      #expect(abs(deviation.squareRoot() / expected - 1) < 0.1)
    }
    let execution = try Execution(detector, count: 1, mode: .inference)
    let logits = try execution.forward([try Tensor(shape: [1, 64, 96, 3], repeating: 0.5)])[0]
    #expect(logits.values.allSatisfy { abs($0 + 4.595) < 0.5 })
  }

  /// The lists begin with the level of the finest map: anchors are laid out in this order.
  @Test func anchorsComeByLevelRowAndColumn() throws {
    let (_, detector) = try light()
    let names = (3...7).map { "box_list_\($0)" }
    let join = try detector.node("boxes")
    #expect(join.inputs.map(\.shape[0]) == [864, 216, 54, 18, 9])
    #expect(
      join.inputs.map { detector.layer(ofNodeAt: detector.position(of: $0)!).name } == names)
  }

  /// The shared heads learn from every level: a few steps towards one answer come nearer to it.
  @Test func trainingMovesTheOutputsWhereTheyShouldGo() throws {
    let (_, detector) = try light([64, 64, 3])
    var stream = RandomStream(seed: 8, name: "images")
    let images = try Tensor(
      shape: [2, 64, 64, 3], values: (0..<2 * 64 * 64 * 3).map { _ in stream.uniform(in: -1..<1) })
    let execution = try Execution(detector, count: 2, mode: .training)
    func step() throws -> Float {
      let outputs = try execution.forward([images])
      // Half the sum of squares of what the outputs differ from 0.5.
      let differences = try outputs.map { output in
        try Tensor(shape: output.shape, values: output.values.map { $0 - 0.5 })
      }
      try execution.backward(differences)
      let squares = try detector.parameters.filter(\.canLearn).reduce(Float(0)) { sum, parameter in
        try parameter.gradient().values.reduce(sum) { $0 + $1 * $1 }
      }
      let rate = 0.5 / max(squares.squareRoot(), 1)
      for parameter in detector.parameters where parameter.canLearn {
        let gradients = try parameter.gradients()
        for i in 0..<parameter.count { parameter.changingValues[i] -= rate * gradients[i] }
      }
      return differences.reduce(0) { $1.values.reduce($0) { $0 + $1 * $1 / 2 } }
    }
    let first = try step()
    var last = first
    for _ in 0..<8 { last = try step() }
    #expect(last < 0.7 * first, "\(first) → \(last)")
  }
}
