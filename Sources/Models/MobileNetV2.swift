import Networks

/// MobileNetV2 (Sandler et al., "MobileNetV2: Inverted Residuals and Linear Bottlenecks", 2018),
/// with the layer names, weights and padding of Keras.
package enum MobileNetV2 {
  /// One row of the paper's table 2: `repeats` blocks with `channels` outputs each, of which the
  /// first has the stride.
  private struct Stage {
    let expansion: Int
    let channels: Int
    let repeats: Int
    let stride: Int
  }

  private static let stages = [
    Stage(expansion: 1, channels: 16, repeats: 1, stride: 1),
    Stage(expansion: 6, channels: 24, repeats: 2, stride: 2),
    Stage(expansion: 6, channels: 32, repeats: 3, stride: 2),
    Stage(expansion: 6, channels: 64, repeats: 4, stride: 2),
    Stage(expansion: 6, channels: 96, repeats: 3, stride: 1),
    Stage(expansion: 6, channels: 160, repeats: 3, stride: 2),
    Stage(expansion: 6, channels: 320, repeats: 1, stride: 1),
  ]

  /// The network for images `[H, W, C]`, both sides at least 32, which it takes as −1…1
  /// (`Preprocessing.symmetric`), or as torchvision does.
  ///
  /// - Parameters:
  ///   - alpha: the width, 0.35…1.4: every number of channels is multiplied by it.
  ///   - classes: units of the top, a dense layer `predictions` on the mean over the map that
  ///     gives logits (1000 unless given).
  ///   - includeTop: without it the output is the map `out_relu`, `[H / 32, W / 32, 1280]`.
  ///   - convention: whose weights it takes.
  ///   - momentum: of the moving statistics of batch normalisation. Keras's 0.999 needs thousands
  ///     of steps before inference works; courses train for tens to hundreds.
  /// - Throws: `ShapeError` for sizes outside these ranges, `NetworkError.memory`.
  package static func network(
    input: [Int], alpha: Double = 1, classes: Int? = nil, includeTop: Bool = true,
    convention: Convention = .keras, momentum: Float = 0.9, seed: UInt64 = 0
  ) throws -> Network {
    let check = ShapeCheck(layer: "mobilenet_v2", inputs: [input])
    let map = try check.featureMap()
    try check.attribute("input height", map.height, in: 32...Limits.side)
    try check.attribute("input width", map.width, in: 32...Limits.side)
    try check.attribute("alpha", Float(alpha), in: 0.35...1.4)

    func normalized(_ x: Node, _ name: String) throws -> Node {
      try x.applying(
        BatchNormalization(momentum: momentum, epsilon: convention.epsilon(keras: 1e-3)),
        name: name)
    }

    let padding =
      convention == .keras
      ? Padding.same : Padding.explicit(top: 1, bottom: 1, left: 1, right: 1)

    /// A bottleneck: expand by a 1×1 convolution, filter each channel, project to few channels
    /// without activation, and add the input where the shapes allow it (section 3.3).
    func block(_ x: Node, _ number: Int, _ stage: Stage, stride: Int) throws -> Node {
      let prefix = number == 0 ? "expanded_conv_" : "block_\(number)_"
      let channels = channelCount(Double(stage.channels) * alpha)
      var y = x
      if number > 0 {
        y = try y.applying(
          Convolution(filters: x.shape[2] * stage.expansion, kernel: 1, bias: false),
          name: prefix + "expand")
        y = try normalized(y, prefix + "expand_BN")
        y = try y.applying(Activation.relu6, name: prefix + "expand_relu")
      }
      // Where the stride is 2, Keras pads below and to the right, PyTorch on all sides.
      let pads = stride == 2 && convention == .keras
      if pads {
        y = try y.applying(
          Margins(.pad, top: y.shape[0] % 2, bottom: 1, left: y.shape[1] % 2, right: 1),
          name: prefix + "pad")
      }
      y = try y.applying(
        DepthwiseConvolution(
          kernel: 3, stride: stride, padding: pads ? .valid : padding, bias: false),
        name: prefix + "depthwise")
      y = try normalized(y, prefix + "depthwise_BN")
      y = try y.applying(Activation.relu6, name: prefix + "depthwise_relu")
      y = try y.applying(
        Convolution(filters: channels, kernel: 1, bias: false), name: prefix + "project")
      y = try normalized(y, prefix + "project_BN")
      guard stride == 1, x.shape == y.shape else { return y }
      return try Layer(Add(), name: prefix + "add")(x, y)
    }

    let image = try Node.input(input, name: "input")
    var x = try image.applying(
      Convolution(
        filters: channelCount(32 * alpha), kernel: 3, stride: 2, padding: padding, bias: false),
      name: "Conv1")
    x = try normalized(x, "bn_Conv1")
    x = try x.applying(Activation.relu6, name: "Conv1_relu")
    var number = 0
    for stage in stages {
      for index in 0..<stage.repeats {
        x = try block(x, number, stage, stride: index == 0 ? stage.stride : 1)
        number += 1
      }
    }
    x = try x.applying(
      Convolution(
        filters: alpha > 1 ? channelCount(1280 * alpha) : 1280, kernel: 1, bias: false),
      name: "Conv_1")
    x = try normalized(x, "Conv_1_bn")
    x = try x.applying(Activation.relu6, name: "out_relu")
    if includeTop {
      x = try x.applying(GlobalPooling(.average), name: "global_average_pooling2d")
      x = try x.applying(Dense(units: classes ?? 1000), name: "predictions")
    }
    return try Network(
      inputs: [image], outputs: [x], seed: seed,
      preprocessing: convention.preprocessing(keras: .symmetric, channels: map.channels))
  }

  /// The nearest multiple of 8 that is not below nine tenths of `wanted`, and at least 8.
  static func channelCount(_ wanted: Double) -> Int {
    let nearest = max(8, Int(wanted + 4) / 8 * 8)
    return Double(nearest) < 0.9 * wanted ? nearest + 8 : nearest
  }
}
