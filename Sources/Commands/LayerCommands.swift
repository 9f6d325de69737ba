import Imagery
import Language
import Networks
import Tensors

/// The layers, as commands. Given an input they are applied to it; without one they are layers for
/// `sequential`. Activations also take a tensor, value by value.
func layerCommands(_ workspace: Workspace) -> [Command] {
  let size = Kind.oneOf([.whole, .listOf(.whole)])
  let filters = Parameter("filters", .whole, help: "How many filters: channels of the output.")
  let kernel = Parameter(
    "kernel", size, help: "Side of the window in pixels, or [height, width].")
  func stride(_ usual: Value) -> Parameter {
    Parameter("stride", size, default: .value(usual), help: "Pixels from window to window.")
  }
  let padding = Parameter(
    "padding", .oneOf([.choice(["same", "valid"]), .whole, .list]), default: .value(.text("valid")),
    help: "\"same\" (zeros around, so that stride 1 keeps the size), \"valid\" (none), a number of "
      + "pixels, or [[top, bottom], [left, right]].")
  let dilation = Parameter(
    "dilation", size, default: .value(.number(1)), help: "Pixels between the window's taps.")
  let bias = Parameter(
    "bias", .boolean, default: .value(.boolean(true)), help: "Whether a number is added a channel.")
  let activation = Parameter(
    "activation", .choice(["relu", "relu6", "leaky_relu", "sigmoid"]), default: .none,
    help: "What follows, as a layer of its own.")
  let initializer = Parameter(
    "initializer", .choice(["glorot_uniform", "he_uniform", "he_normal", "zeros", "ones"]),
    default: .value(.text("glorot_uniform")), help: "How the kernel's weights begin.")

  func window(_ call: Call, dilated: Bool = true) throws -> Window {
    Window(
      size: try call.pair("kernel"), stride: try call.pair("stride"),
      dilation: dilated ? try call.pair("dilation") : (1, 1), padding: try call.padding("padding"))
  }
  func poolWindow(_ call: Call) throws -> Window {
    let size = try call.pair("size")
    return Window(
      size: size, stride: call.has("stride") ? try call.pair("stride") : size,
      padding: try call.padding("padding"))
  }
  let pool = [
    Parameter("size", size, default: .value(.number(2)), help: "Side of the window in pixels."),
    Parameter("stride", size, default: .none, help: "Pixels from window to window; its size."),
    padding,
  ]

  return [
    Command(
      "input", group: "Layers",
      [
        Parameter(
          "shape", .whole, gathers: .rest, help: "Height, width and channels, or a vector's size."),
        Parameter("name", .text, default: .none, help: "The layer's name."),
      ],
      result: .object("symbol"), summary: "Where images enter a network.",
      examples: ["input(96, 96, 3)"]
    ) { call in
      let shape = try call.wholes("shape", in: 1...(1 << 24))
      let name = try call.optionalText("name")
      return try Failure.explaining { .object(SymbolValue(try Node.input(shape, name: name))) }
    },
    layer(
      "conv",
      [
        filters, kernel, stride(.number(1)), padding, dilation,
        Parameter(
          "groups", .whole, default: .value(.number(1)),
          help: "Parts into which the channels are divided, each convolved by itself."),
        bias, activation, initializer,
      ],
      summary: "A convolution: one window of weights for each filter, slid over the map.",
      example: "conv(input(96, 96, 3) filters: 32 kernel: 3 stride: 2)"
    ) { call in
      Convolution(
        filters: try call.whole("filters", in: 1...65_536), window: try window(call),
        groups: try call.whole("groups", in: 1...65_536), bias: try call.boolean("bias"),
        initializer: try call.initializer())
    },
    layer(
      "depthwise_conv",
      [
        kernel, stride(.number(1)), padding, dilation,
        Parameter("multiplier", .whole, default: .value(.number(1)), help: "Filters a channel."),
        bias, activation, initializer,
      ],
      summary: "A convolution of each channel by itself.",
      example: "depthwise_conv(input(48, 48, 32) kernel: 3 padding: \"same\")"
    ) { call in
      DepthwiseConvolution(
        window: try window(call), multiplier: try call.whole("multiplier", in: 1...4_096),
        bias: try call.boolean("bias"), initializer: try call.initializer())
    },
    layer(
      "separable_conv",
      [
        filters, kernel, stride(.number(1)), padding, dilation,
        Parameter("multiplier", .whole, default: .value(.number(1)), help: "Filters a channel."),
        bias, activation, initializer,
      ],
      summary: "A depthwise convolution that looks around, then a 1×1 one that mixes channels.",
      example: "separable_conv(input(48, 48, 32) filters: 64 kernel: 3)"
    ) { call in
      SeparableConvolution(
        filters: try call.whole("filters", in: 1...65_536), window: try window(call),
        multiplier: try call.whole("multiplier", in: 1...4_096), bias: try call.boolean("bias"),
        initializer: try call.initializer())
    },
    layer(
      "transposed_conv",
      [
        filters, kernel, stride(.number(1)), padding, bias, activation,
        initializer,
      ],
      summary: "A convolution the other way round: it makes maps larger.",
      example: "transposed_conv(input(8, 8, 4) filters: 2 kernel: 2 stride: 2)"
    ) { call in
      TransposedConvolution(
        filters: try call.whole("filters", in: 1...65_536),
        window: try window(call, dilated: false),
        bias: try call.boolean("bias"), initializer: try call.initializer())
    },
    layer(
      "dense",
      [
        Parameter("units", .whole, help: "How many numbers come out."), bias, activation,
        initializer,
      ],
      summary: "Joins every number that comes in to every one that goes out.",
      example: "dense(input(128) units: 4)"
    ) { call in
      Dense(
        units: try call.whole("units", in: 1...(1 << 24)), bias: try call.boolean("bias"),
        initializer: try call.initializer())
    },
    layer(
      "batch_norm",
      [
        Parameter(
          "momentum", .number, default: .value(.number(0.99)),
          help: "How much of the old moving statistics stays at each step, 0 to 1."),
        Parameter(
          "epsilon", .number, default: .value(.number(0.001)),
          help: "Added to the variance, so that nothing is divided by 0."),
      ],
      summary: "Brings each channel of a batch to mean 0 and deviation 1, then scales and shifts.",
      example: "batch_norm(input(24, 24, 8))"
    ) { call in
      BatchNormalization(
        momentum: Float(try call.number("momentum", in: 0...1)),
        epsilon: Float(try call.number("epsilon", in: 1e-12...1)))
    },
    activationLayer("relu", .relu, summary: "Sets what is below 0 to 0."),
    activationLayer("relu6", .relu6, summary: "Keeps values within 0 and 6."),
    activationLayer("sigmoid", .sigmoid, summary: "Maps any number into 0 to 1."),
    layer(
      "leaky_relu", tensors: onRows,
      [
        Parameter("slope", .number, default: .value(.number(0.2)), help: "Slope below 0, 0 to 1.")
      ],
      summary: "Makes what is below 0 small.", example: "leaky_relu(tensor([-1, 0, 1]))"
    ) { call in
      Activation.leakyRelu(slope: Float(try call.number("slope", in: 0...1)))
    },
    layer(
      "softmax", tensors: onRows, [],
      summary: "Turns scores into shares that add up to 1.", example: "softmax(tensor([1, 2, 3]))"
    ) { _ in Softmax() },
    layer(
      "max_pool", pool, summary: "Keeps the largest value of each window.",
      example: "max_pool(input(24, 24, 8))"
    ) { Pooling(.max, window: try poolWindow($0)) },
    layer(
      "average_pool", pool, summary: "Keeps the mean of each window.",
      example: "average_pool(input(24, 24, 8) size: 3 stride: 2)"
    ) { Pooling(.average, window: try poolWindow($0)) },
    layer(
      "global_average_pool", [], summary: "Keeps the mean of each whole channel.",
      example: "global_average_pool(input(7, 7, 64))"
    ) { _ in GlobalPooling(.average) },
    layer(
      "global_max_pool", [], summary: "Keeps the largest value of each whole channel.",
      example: "global_max_pool(input(7, 7, 64))"
    ) { _ in GlobalPooling(.max) },
    layer(
      "upsample", [Parameter("factor", size, default: .value(.number(2)), help: "How many times.")],
      summary: "Repeats every pixel.", example: "upsample(input(8, 8, 4))"
    ) { call in
      let factor = try call.pair("factor")
      return Upsample(height: factor.height, width: factor.width)
    },
    layer(
      "resize", tensors: resized,
      [Parameter("size", size, help: "The side, or [height, width], in pixels.")],
      summary: "Brings a map or an image to another size by bilinear interpolation.",
      details: "An image that shrinks is averaged over areas, so that nothing flickers.",
      example: "resize(input(8, 8, 4) size: [12, 12])"
    ) { call in
      let size = try call.pair("size")
      return Resize(height: size.height, width: size.width)
    },
    layer(
      "pad", tensors: onMap,
      [
        Parameter(
          "size", .oneOf([.whole, .list]),
          help: "Pixels on every side, or [[top, bottom], [left, right]].")
      ],
      summary: "Puts zeros around a map or an image.", example: "pad(input(8, 8, 4) size: 1)"
    ) { call in
      let (top, bottom, left, right) = try call.margins("size")
      return Margins(.pad, top: top, bottom: bottom, left: left, right: right)
    },
    layer(
      "crop", tensors: onMap,
      [
        Parameter(
          "size", .oneOf([.whole, .list]),
          help: "Pixels from every side, or [[top, bottom], [left, right]].")
      ],
      summary: "Takes the edges of a map or an image away.",
      example: "crop(input(8, 8, 4) size: 1)"
    ) { call in
      let (top, bottom, left, right) = try call.margins("size")
      return Margins(.crop, top: top, bottom: bottom, left: left, right: right)
    },
    layer(
      "flatten", [], summary: "Writes a map as one vector, row by row.",
      example: "flatten(input(4, 4, 8))"
    ) { _ in Flatten() },
    layer(
      "dropout", [Parameter("rate", .number, help: "The share of values set to 0, 0 to below 1.")],
      summary: "In training, sets some values to 0 at random.",
      example: "dropout(input(128) rate: 0.5)"
    ) { Dropout(rate: Float(try $0.number("rate", in: 0...0.999))) },
    layer(
      "l2_normalize", tensors: onRows, [], summary: "Scales each vector to length 1.",
      example: "l2_normalize(tensor([3, 4]))"
    ) { _ in L2Normalize() },
    joining(
      "add", summary: "Adds maps of one shape: a residual connection.",
      example: "x = input(8, 8, 4); add([x, relu(x)])", Add()),
    concatenate,
  ]
}

// MARK: How a layer becomes a command

private let symbolKind = Kind.object("symbol")

/// What a layer command does when it is given numbers.
private typealias OnTensor = (Layer, Tensor) throws -> Tensor

private func layer(
  _ name: String, tensors: OnTensor? = nil, _ parameters: [Parameter], summary: String,
  details: String = "", example: String, operation: @escaping (Call) throws -> any Operation
) -> Command {
  let kinds: [Kind] =
    tensors == nil ? [symbolKind] : [symbolKind, .object("tensor"), .object("image")]
  let input = Parameter(
    "input", .oneOf(kinds), default: .none,
    help: "What the layer is applied to; without it, a layer for `sequential`.")
  let naming = Parameter("name", .text, default: .none, help: "The layer's name.")
  return Command(
    name, group: "Layers", [input] + parameters + [naming], summary: summary, details: details,
    examples: [example]
  ) { call in
    try Failure.explaining {
      let activation =
        parameters.contains { $0.label == "activation" }
        ? try call.optionalText("activation").flatMap(Activation.named) : nil
      let layer = Layer(
        try operation(call), name: try call.optionalText("name"), activation: activation)
      guard case .object(let object) = call.optionalValue("input") ?? .none else {
        return .object(LayerValue(layer))
      }
      if let tensors, let value = object as? TensorValue {
        return TensorValue.value(try tensors(layer, value.tensor), isImage: value.isImage)
      }
      let node = try call.object("input", as: SymbolValue.self).node
      return .object(SymbolValue(try layer.apply([node])))
    }
  }
}

private func activationLayer(_ name: String, _ activation: Activation, summary: String) -> Command {
  layer(
    name, tensors: onRows, [], summary: summary, example: "\(name)(tensor([-1, 0, 8]))"
  ) { _ in activation }
}

/// A layer without weights, run on tensors of `shape` of which `tensor` has `count`.
private func run(
  _ layer: Layer, on tensor: Tensor, shape: [Int], count: Int
) throws -> Tensor {
  let input = try Node.input(shape)
  let network = try Network(inputs: [input], outputs: [try layer.apply([input])])
  let execution = try Execution(network, count: count, mode: .inference)
  return try execution.forward(try tensor.reshaped([count] + shape))
}

/// Each row of a tensor by itself: its last dimension are the channels.
private func onRows(_ layer: Layer, _ tensor: Tensor) throws -> Tensor {
  guard tensor.count > 0, let channels = tensor.shape.last else { return tensor }
  return try run(layer, on: tensor, shape: [channels], count: tensor.count / channels)
    .reshaped(tensor.shape)
}

/// A tensor `[H, W, C]` as one map.
private func onMap(_ layer: Layer, _ tensor: Tensor) throws -> Tensor {
  let result = try run(layer, on: tensor, shape: tensor.shape, count: 1)
  return try result.reshaped(Array(result.shape.dropFirst()))
}

private func resized(_ layer: Layer, _ tensor: Tensor) throws -> Tensor {
  guard let resize = layer.operation as? Resize else { return tensor }
  return try Image.resized(
    tensor, to: try ImageFrame(height: resize.height, width: resize.width, fit: .stretch))
}

private func joining(
  _ name: String, summary: String, example: String, _ operation: any Operation
) -> Command {
  Command(
    name, group: "Layers",
    [
      Parameter("inputs", .listOf(symbolKind), help: "What the layers before give."),
      Parameter("name", .text, default: .none, help: "The layer's name."),
    ],
    result: symbolKind, summary: summary, examples: [example]
  ) { call in
    let nodes = try call.nodes("inputs")
    let layer = Layer(operation, name: try call.optionalText("name"))
    return try Failure.explaining { .object(SymbolValue(try layer.apply(nodes))) }
  }
}

/// Joins maps along their channels or another axis, tensors along any, and lists end to end.
private var concatenate: Command {
  Command(
    "concatenate", group: "Layers",
    [
      Parameter("inputs", .list, help: "Maps of one height and width, tensors, or lists."),
      Parameter(
        "axis", .whole, default: .none,
        help: "Which dimension grows: for maps their channels, for tensors the first, unless given."
      ),
      Parameter("name", .text, default: .none, help: "The layer's name."),
    ],
    summary: "Joins maps along their channels, or maps and tensors along another axis.",
    examples: [
      "x = input(8, 8, 4); concatenate([x, relu(x)])",
      "x = input(8, 8, 4); concatenate([x, relu(x)] axis: 0)",
      "concatenate([ones(1, 2), zeros(3, 2)]).shape",
      "concatenate([[1, 2], [3]])",
    ]
  ) { call in
    let inputs = try call.list("inputs")
    if let lists = inputs.allLists { return .list(of: lists.flatMap { $0.elements }) }
    if case .object(let object)? = inputs.first, object is SymbolValue {
      let nodes = try call.nodes("inputs")
      let axis = try call.optionalWhole("axis", in: -64...64) ?? -1
      let layer = Layer(Concatenate(axis: axis), name: try call.optionalText("name"))
      return try Failure.explaining { .object(SymbolValue(try layer.apply(nodes))) }
    }
    let tensors = try call.tensors("inputs")
    let axis = try call.optionalWhole("axis", in: -64...64) ?? 0
    return try Failure.explaining { TensorValue.value(try Tensor.concatenate(tensors, axis: axis)) }
  }
}

extension List {
  fileprivate var allLists: [List]? {
    var lists: [List] = []
    for element in self {
      guard case .list(let list) = element else { return nil }
      lists.append(list)
    }
    return lists.isEmpty ? nil : lists
  }
}
