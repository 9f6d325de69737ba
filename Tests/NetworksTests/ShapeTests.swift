import Networks
import Testing

/// Shapes are known, and wrong ones named, before anything runs.
@Suite struct ShapeTests {
  @Test(arguments: [
    (Padding.same, 1, 224, 224), (.same, 2, 224, 112), (.same, 2, 7, 4), (.valid, 1, 7, 5),
    (.valid, 2, 8, 3), (.explicit(top: 1, bottom: 1, left: 1, right: 1), 2, 8, 4),
  ]) func convolutionSizes(_ padding: Padding, _ stride: Int, _ side: Int, _ expected: Int) throws {
    let x = try Node.input([side, side, 3])
    let y = try x.applying(Convolution(filters: 8, kernel: 3, stride: stride, padding: padding))
    #expect(y.shape == [expected, expected, 8])
  }

  struct Mistake: CustomTestStringConvertible {
    let operation: any Operation
    let inputs: [[Int]]
    let rule: ShapeError.Rule
    let sentence: String
    var testDescription: String { sentence }
  }

  static let mistakes: [Mistake] = [
    Mistake(
      operation: Convolution(filters: 8, kernel: 3), inputs: [[16]], rule: .rank(3),
      sentence: "layer `here` needs a feature map [height, width, channels], but its input is [16]"
    ),
    Mistake(
      operation: Dense(units: 2), inputs: [[4, 4, 3]], rule: .rank(1),
      sentence: "layer `here` needs a vector [features], but its input is [4, 4, 3]"),
    Mistake(
      operation: Convolution(filters: 8, kernel: 7), inputs: [[5, 9, 1]],
      rule: .windowFits(window: [7, 7], padded: [5, 9]),
      sentence: "the 7×7 window of layer `here` does not fit in its padded input of 5×9"),
    Mistake(
      operation: Convolution(filters: 0, kernel: 3), inputs: [[8, 8, 1]],
      rule: .attribute("filters", given: 0, expected: 1...16_777_216),
      sentence: "`filters` of layer `here` must be at least 1, not 0"),
    Mistake(
      operation: Convolution(filters: 4, kernel: 3, groups: 2), inputs: [[8, 8, 3]],
      rule: .channelsDivisible(by: 2, attribute: "groups"),
      sentence:
        "`groups` of layer `here` needs a multiple of 2 channels, but its input is [8, 8, 3]"
    ),
    Mistake(
      operation: Add(), inputs: [[8, 8, 3], [8, 8, 4]], rule: .sameShapes,
      sentence: "layer `here` needs inputs of one shape, but got [8, 8, 3] and [8, 8, 4]"),
    Mistake(
      operation: Concatenate(), inputs: [[8, 8, 3], [4, 8, 3]], rule: .sameShapesExcept(axis: 2),
      sentence: "layer `here` needs inputs that differ only along axis 2, "
        + "but got [8, 8, 3] and [4, 8, 3]"),
    Mistake(
      operation: Concatenate(axis: 0), inputs: [[8, 8, 3], [8, 8, 4]],
      rule: .sameShapesExcept(axis: 0),
      sentence: "layer `here` needs inputs that differ only along axis 0, "
        + "but got [8, 8, 3] and [8, 8, 4]"),
    Mistake(
      operation: Concatenate(axis: 3), inputs: [[8, 8, 3], [8, 8, 3]],
      rule: .attribute("axis", given: 3, expected: -3...2),
      sentence: "`axis` of layer `here` must be from -3 to 2, not 3"),
    Mistake(
      operation: Reshape([-1, 5]), inputs: [[8, 8, 3]], rule: .reshapes(to: [-1, 5]),
      sentence: "layer `here` cannot bring its values to the shape [-1, 5], "
        + "but its input is [8, 8, 3]"),
    Mistake(
      operation: Reshape([-1, -1]), inputs: [[8]], rule: .reshapes(to: [-1, -1]),
      sentence: "layer `here` cannot bring its values to the shape [-1, -1], "
        + "but its input is [8]"),
    Mistake(
      operation: Reshape([1 << 30, 1 << 30]), inputs: [[8]], rule: .valueCount(limit: 1 << 30),
      sentence: "layer `here` would hold more than 1073741824 values, but its input is [8]"),
    Mistake(
      operation: Add(), inputs: [[8]], rule: .inputCount(2...Int.max),
      sentence: "layer `here` takes 2 or more inputs, not 1"),
    Mistake(
      operation: Activation.relu, inputs: [[8], [8]], rule: .inputCount(1...1),
      sentence: "layer `here` takes 1 input, not 2"),
    Mistake(
      operation: Dropout(rate: 1), inputs: [[8]],
      rule: .attribute("rate", given: 1, expected: 0...Double(Float(0.999))),
      sentence: "`rate` of layer `here` must be from 0 to 0.9990000128746033, not 1"),
    Mistake(
      operation: Margins(.crop, top: 2, bottom: 2, left: 0, right: 0), inputs: [[4, 4, 1]],
      rule: .cropLeavesSomething(top: 2, bottom: 2, left: 0, right: 0),
      sentence: "layer `here` would crop everything away: 2 rows above and 2 below, "
        + "0 columns left and 0 right, but its input is [4, 4, 1]"),
    Mistake(
      operation: Dense(units: 1 << 24), inputs: [[1 << 20]], rule: .valueCount(limit: 1 << 30),
      sentence: "layer `here` would hold more than 1073741824 values, but its input is [1048576]"),
    Mistake(
      operation: Upsample(height: 1024, width: 1024), inputs: [[1 << 10, 1 << 10, 64]],
      rule: .valueCount(limit: 1 << 30),
      sentence: "layer `here` would hold more than 1073741824 values, "
        + "but its input is [1024, 1024, 64]"),
  ]

  @Test(arguments: mistakes) func mistakesNameTheLayerAndTheRule(_ mistake: Mistake) throws {
    let nodes = try mistake.inputs.map { try Node.input($0) }
    let error = try #require(throws: ShapeError.self) {
      _ = try Layer(mistake.operation, name: "here").apply(nodes)
    }
    #expect(error == ShapeError(layer: "here", rule: mistake.rule, received: mistake.inputs))
    #expect(error.description == mistake.sentence)
  }

  @Test func unnamedLayersAreCalledByTheirKind() throws {
    let x = try Node.input([4])
    let error = try #require(throws: ShapeError.self) { _ = try x.applying(GlobalPooling(.max)) }
    #expect(error.layer == "global_max_pool")
  }

  @Test func endlessNetworksAreRefused() throws {
    var x = try Node.input([1])
    #expect(throws: ShapeError.self) {
      while true { x = try x.applying(Activation.relu) }
    }
    #expect(x.depth == Limits.depth)
  }
}

/// What a unit of a map can see of the image.
@Suite struct ReceptiveFieldTests {
  private func field(_ build: (Node) throws -> Node) throws -> ReceptiveField {
    let x = try Node.input([64, 64, 3])
    let y = try build(x)
    let network = try Network(inputs: [x], outputs: [y])
    return network.receptiveField(of: network.layers[network.layers.count - 1])
  }

  @Test func twoThreesMakeAFive() throws {
    let found = try field { x in
      try x.applying(Convolution(filters: 1, kernel: 3, padding: .same))
        .applying(Convolution(filters: 1, kernel: 3, padding: .same))
    }
    #expect(found.rows == .init(first: -2, last: 2, step: 1))
    #expect(found.rows.size == 5)
    #expect(found.columns.center == 0)
  }

  @Test func stridesWidenTheSteps() throws {
    // 3×3 stride 2 (padded below and right on even sides), pooling 2, then 3×3: 3, 5, 13.
    let found = try field { x in
      try x.applying(Convolution(filters: 1, kernel: 3, stride: 2, padding: .same))
        .applying(Pooling(.max, size: 2))
        .applying(Convolution(filters: 1, kernel: 3))
    }
    #expect(found.rows == .init(first: 0, last: 12, step: 4))
  }

  @Test func dilationAndJoinsCount() throws {
    let found = try field { x in
      let wide = try x.applying(Convolution(filters: 3, kernel: 3, dilation: 3, padding: .same))
      return try Layer(Add())(x, wide)
    }
    #expect(found.rows == .init(first: -3, last: 3, step: 1))
    #expect(!found.isWholeInput)
  }

  @Test func globalLayersSeeAll() throws {
    let found = try field { x in
      try x.applying(Pooling(.average, size: 4)).applying(GlobalPooling(.average))
    }
    #expect(found.isWholeInput)
    #expect(found.rows == .init(first: 0, last: 63, step: 4))
  }
}
