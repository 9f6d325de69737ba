import Networks

/// ResNet50 (He et al., "Deep Residual Learning for Image Recognition", 2015, table 1) with the
/// layer names of Keras. In Keras's edition the first 1×1 convolution of a block has the stride, in
/// PyTorch's the 3×3 one.
package enum ResNet50 {
  /// One row of the paper's table 1: `blocks` bottlenecks of `filters` inner channels and four
  /// times as many outputs, of which the first has the stride.
  private struct Stage {
    let name: String
    let filters: Int
    let blocks: Int
    let stride: Int
  }

  private static let stages = [
    Stage(name: "conv2", filters: 64, blocks: 3, stride: 1),
    Stage(name: "conv3", filters: 128, blocks: 4, stride: 2),
    Stage(name: "conv4", filters: 256, blocks: 6, stride: 2),
    Stage(name: "conv5", filters: 512, blocks: 3, stride: 2),
  ]

  /// The network for images `[H, W, C]`, both sides at least 32.
  ///
  /// - Parameters:
  ///   - classes: units of the top, a dense layer `predictions` on the mean over the map that
  ///     gives logits (1000 unless given).
  ///   - includeTop: without it the output is the map `conv5_block3_out`, `[H / 32, W / 32, 2048]`.
  ///   - convention: whose weights it takes.
  ///   - preprocessing: `.caffe` or `.torch` unless given, as its weights want it; `.symmetric` where
  ///     the images have not three channels.
  ///   - momentum: of the moving statistics of batch normalisation. Keras's 0.99 needs hundreds of
  ///     steps before inference works; courses train for tens to hundreds.
  ///   - epsilon: of batch normalisation, where it is not the convention's.
  /// - Throws: `ShapeError` for sizes outside these ranges, `NetworkError.memory`,
  ///   `.preprocessing`.
  package static func network(
    input: [Int], classes: Int? = nil, includeTop: Bool = true,
    convention: Convention = .keras, preprocessing: Preprocessing? = nil, momentum: Float = 0.9,
    epsilon: Float? = nil, seed: UInt64 = 0
  ) throws -> Network {
    let check = ShapeCheck(layer: "resnet50", inputs: [input])
    let map = try check.featureMap()
    try check.attribute("input height", map.height, in: 32...Limits.side)
    try check.attribute("input width", map.width, in: 32...Limits.side)

    let hasBias = convention == .keras

    func normalized(_ x: Node, _ name: String) throws -> Node {
      try x.applying(
        BatchNormalization(
          momentum: momentum, epsilon: epsilon ?? convention.epsilon(keras: 1.001e-5)), name: name)
    }

    /// Convolution `number` of a block and its normalisation.
    func unit(
      _ x: Node, _ block: String, _ number: Int, filters: Int, kernel: Int = 1, stride: Int = 1
    ) throws -> Node {
      let y = try x.applying(
        Convolution(
          filters: filters, kernel: kernel, stride: stride,
          padding: kernel == 1 ? .valid : .explicit(top: 1, bottom: 1, left: 1, right: 1),
          bias: hasBias),
        name: "\(block)_\(number)_conv")
      return try normalized(y, "\(block)_\(number)_bn")
    }

    /// A bottleneck: a 1×1 convolution to few channels, a 3×3 one, a 1×1 one to four times as
    /// many, and the sum with the input; the first of a stage brings the input to that shape by a
    /// 1×1 convolution of its own (figure 5, right; option B of section 3.3).
    func block(_ x: Node, _ name: String, filters: Int, stride: Int, isFirst: Bool) throws -> Node {
      let shortcut =
        isFirst ? try unit(x, name, 0, filters: 4 * filters, stride: stride) : x
      let strides = convention == .keras ? (stride, 1) : (1, stride)
      var y = try unit(x, name, 1, filters: filters, stride: strides.0)
      y = try y.applying(Activation.relu, name: "\(name)_1_relu")
      y = try unit(y, name, 2, filters: filters, kernel: 3, stride: strides.1)
      y = try y.applying(Activation.relu, name: "\(name)_2_relu")
      y = try unit(y, name, 3, filters: 4 * filters)
      y = try Layer(Add(), name: "\(name)_add")(shortcut, y)
      return try y.applying(Activation.relu, name: "\(name)_out")
    }

    let image = try Node.input(input, name: "input")
    var x = try image.applying(
      Margins(.pad, top: 3, bottom: 3, left: 3, right: 3), name: "conv1_pad")
    x = try x.applying(
      Convolution(filters: 64, kernel: 7, stride: 2, bias: hasBias), name: "conv1_conv")
    x = try normalized(x, "conv1_bn")
    x = try x.applying(Activation.relu, name: "conv1_relu")
    x = try x.applying(Margins(.pad, top: 1, bottom: 1, left: 1, right: 1), name: "pool1_pad")
    x = try x.applying(Pooling(.max, size: 3, stride: 2), name: "pool1_pool")
    for stage in stages {
      for number in 1...stage.blocks {
        x = try block(
          x, "\(stage.name)_block\(number)", filters: stage.filters,
          stride: number == 1 ? stage.stride : 1, isFirst: number == 1)
      }
    }
    if includeTop {
      x = try x.applying(GlobalPooling(.average), name: "avg_pool")
      x = try x.applying(Dense(units: classes ?? 1000), name: "predictions")
    }
    return try Network(
      inputs: [image], outputs: [x], seed: seed,
      preprocessing: preprocessing
        ?? convention.preprocessing(keras: .caffe, channels: map.channels))
  }
}
