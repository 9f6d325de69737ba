import Language
import Models
import Networks
import Tensors
import Training

/// Commands that build networks which tell classes of images apart, or see for other networks.
func modelCommands(_ workspace: Workspace) -> [Command] {
  let group = "Models"
  let (input, weights, seed) = (
    ModelParameters.input, ModelParameters.weights, ModelParameters.seed
  )
  let classes = Parameter(
    "classes", ModelParameters.classKind, default: .none,
    help: "Names of the classes, or how many; without it, no top.")
  let top = Parameter(
    "top", .boolean, default: .value(.boolean(true)),
    help: "Whether the layers that decide are there.")

  return [
    Command(
      "mobilenet_v2", group: group,
      [
        classes,
        Parameter(
          "alpha", .number, default: .value(.number(1)),
          help: "Width, 0.35 to 1.4: every number of channels times this."), input, weights,
        ModelParameters.strict, top, ModelParameters.convention, seed,
      ],
      result: .object("network"),
      summary: "Builds MobileNetV2: inverted residuals and linear bottlenecks.",
      details: """
        Sandler et al., "MobileNetV2", 2018. Any side from 32 pixels. Layers are named as in Keras.
        """,
      examples: ["mobilenet_v2(classes: 4 alpha: 0.35 input: [96, 96, 3])"]
    ) { call in
      try Failure.explaining {
        let names = try call.classes()
        let hasTop = try call.boolean("top") && names.count != nil
        let input = try call.wholes("input", in: 1...65_536)
        let alpha = try call.number("alpha")
        let file = try call.weightsFile(
          "`mobilenet_v2` of this alpha",
          published: .mobileNetV2(
            alpha: alpha, input: input, hasTop: hasTop && names.count == 1000))
        let network = try MobileNetV2.network(
          input: input, alpha: alpha, classes: names.count, includeTop: hasTop,
          convention: try call.convention(file), seed: try call.seed(workspace))
        return try built(network, "mobilenet_v2", names.names, call, workspace, weights: file)
      }
    },
    Command(
      "resnet50", group: group,
      [
        classes, input, weights, ModelParameters.strict, top, ModelParameters.convention,
        Parameter(
          "preprocessing", .choice(Preprocessing.allCases.map(\.rawValue)), default: .none,
          help: "How images are changed before they enter: \"caffe\" as Keras's weights want it, "
            + "\"torch\" as PyTorch's, unless given, and \"symmetric\" where there are not three channels."
        ),
        seed,
      ],
      result: .object("network"),
      summary: "Builds ResNet50: blocks whose input is added to their output.",
      details: """
        He et al., "Deep Residual Learning for Image Recognition", 2015. Any side from 32 pixels.
        Layers are named as in Keras.
        """,
      examples: ["resnet50(classes: 4 input: [32, 32, 3])"]
    ) { call in
      try Failure.explaining {
        let names = try call.classes()
        let hasTop = try call.boolean("top") && names.count != nil
        let file = try call.weightsFile(
          "`resnet50`", published: .resNet50(hasTop: hasTop && names.count == 1000))
        let network = try ResNet50.network(
          input: try call.wholes("input", in: 1...65_536), classes: names.count,
          includeTop: hasTop, convention: try call.convention(file),
          preprocessing: try call.optionalText("preprocessing").flatMap(Preprocessing.init),
          seed: try call.seed(workspace))
        return try built(network, "resnet50", names.names, call, workspace, weights: file)
      }
    },
    Command(
      "small_cnn", group: group,
      [
        classes, input,
        Parameter(
          "filters", .whole, default: .value(.number(30)),
          help: "Of the first convolution; the next have 2, 3, 4 times as many."),
        Parameter(
          "deep", .boolean, default: .value(.boolean(false)), help: "Six blocks, not four."),
        Parameter(
          "batch_norm", .boolean, default: .value(.boolean(false)),
          help: "After each convolution."),
        Parameter("dense", .whole, default: .value(.number(256)), help: "Units before the last."),
        Parameter("dropout", .number, default: .value(.number(0.5)), help: "0 to below 1."),
        weights, ModelParameters.strict, seed,
      ],
      result: .object("network"), summary: "Builds the course's small convolutional network.",
      examples: ["small_cnn(classes: 2 input: [96, 96, 3])"]
    ) { call in
      try Failure.explaining {
        let names = try call.classes()
        let network = try SmallConvolutionalNetwork.network(
          input: try call.wholes("input", in: 1...65_536), classes: names.count ?? 2,
          filters: try call.whole("filters", in: 1...4_096), isDeep: try call.boolean("deep"),
          hasBatchNormalization: try call.boolean("batch_norm"),
          dense: try call.whole("dense", in: 1...65_536),
          dropout: Float(try call.number("dropout", in: 0...0.999)),
          seed: try call.seed(workspace))
        return try built(network, "small_cnn", names.names, call, workspace)
      }
    },
  ]
}

/// Parameters that the commands for models share.
enum ModelParameters {
  static let classKind = Kind.oneOf([.listOf(.text), .whole])
  static var input: Parameter {
    Parameter("input", .listOf(.whole), help: "The images' [height, width, channels].")
  }
  static var weights: Parameter {
    Parameter(
      "weights", .text, default: .none,
      help: "A file of weights to begin with, of Keras (.h5) or PyTorch (.safetensors) too, or "
        + "\"imagenet\"; a head for another number of classes stays fresh.",
      files: .init([".safetensors", ".h5"], others: ["imagenet"]))
  }
  static var seed: Parameter {
    Parameter(
      "seed", .whole, default: .none, help: "Of the first weights; the session's, unless given.")
  }
}

extension Call {
  /// The classes that were given by name or by number.
  func classes() throws -> (count: Int?, names: [String]) {
    guard has("classes") else { return (nil, []) }
    if case .number = try value("classes") {
      return (try whole("classes", in: 1...100_000), [])
    }
    let names = try texts("classes")
    guard !names.isEmpty else {
      throw failure("classes", code: "E0534", "a network needs at least one class")
    }
    return (names.count, names)
  }
}
