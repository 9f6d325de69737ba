import Language
import Models
import Networks
import Tensors
import Training

/// Commands that build networks, whole or from layers.
func modelCommands(_ workspace: Workspace) -> [Command] {
  let group = "Models"
  let classes = Parameter(
    "classes", .oneOf([.listOf(.text), .whole]), default: .none,
    help: "Names of the classes, or how many; without it, no top.")
  let input = Parameter(
    "input", .listOf(.whole), help: "The images' [height, width, channels].")
  let weights = Parameter(
    "weights", .text, default: .none,
    help: "A file of weights to begin with; a head for another number of classes stays fresh.")
  let seed = Parameter(
    "seed", .whole, default: .none, help: "Of the first weights; the session's, unless given.")

  return [
    Command(
      "mobilenet_v2", group: group,
      [
        classes,
        Parameter(
          "alpha", .number, default: .value(.number(1)),
          help: "Width, 0.35 to 1.4: every number of channels times this."), input, weights,
        Parameter(
          "top", .boolean, default: .value(.boolean(true)),
          help: "Whether the layers that decide are there."), seed,
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
        let hasTop = try call.boolean("top")
        let network = try MobileNetV2.network(
          input: try call.wholes("input", in: 1...65_536), alpha: try call.number("alpha"),
          classes: names.count, includeTop: hasTop && names.count != nil,
          seed: try call.seed(workspace))
        return try built(network, "mobilenet_v2", names.names, call, workspace)
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
        weights, seed,
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
    Command(
      "network", group: group,
      [
        Parameter("input", .object("symbol"), help: "Where images enter."),
        Parameter("output", .object("symbol"), help: "What the last layer gives."),
        Parameter("classes", .listOf(.text), default: .none, help: "Names of what it tells apart."),
        weights, seed,
      ],
      result: .object("network"), summary: "Makes a network of everything between two symbols.",
      examples: [
        "x = input(32, 32, 3); y = conv(x filters: 8 kernel: 3); network(x, y)"
      ]
    ) { call in
      try Failure.explaining {
        let input = try call.object("input", as: SymbolValue.self).node
        let output = try call.object("output", as: SymbolValue.self).node
        let network = try Network(
          inputs: [input], outputs: [output], seed: try call.seed(workspace))
        return try built(
          network, "network", try call.has("classes") ? call.texts("classes") : [], call, workspace)
      }
    },
    Command(
      "sequential", group: group,
      [
        Parameter("layers", .list, help: "Layers without their input, one after the other."),
        Parameter(
          "input", .listOf(.whole), help: "The images' [height, width, channels]."),
        Parameter("classes", .listOf(.text), default: .none, help: "Names of what it tells apart."),
        weights, seed,
      ],
      result: .object("network"), summary: "Makes a network of layers in a row.",
      examples: [
        "sequential([conv(filters: 8 kernel: 3), relu(), global_average_pool(), dense(units: 4)] "
          + "input: [32, 32, 3])"
      ]
    ) { call in
      let layers = try call.list("layers").map { element in
        guard case .object(let object) = element, let value = object as? LayerValue else {
          throw call.mismatch("layers", .listOf(.object("layer")))
        }
        return value.layer
      }
      return try Failure.explaining {
        let input = try Node.input(try call.wholes("input", in: 1...65_536))
        var output = input
        for layer in layers { output = try layer.apply([output]) }
        let network = try Network(
          inputs: [input], outputs: [output], seed: try call.seed(workspace))
        return try built(
          network, "sequential", try call.has("classes") ? call.texts("classes") : [], call,
          workspace)
      }
    },
    Command(
      "new_head", group: group,
      [
        Parameter("net", .object("network"), help: "A network that tells other classes apart."),
        Parameter(
          "classes", .oneOf([.listOf(.text), .whole]),
          help: "Names of the new classes, or how many."),
        seed,
      ],
      result: .object("network"),
      summary: "Gives a trained network a fresh last layer for other classes.",
      details: "All other weights are copies: the network that was given stays as it is.",
      examples: [
        "new_head(small_cnn(classes: 2 input: [64, 64, 3]), [\"sand\", \"rock\", \"mud\"]).output"
      ]
    ) { call in
      let net = try call.object("net", as: NetworkValue.self)
      return try Failure.explaining {
        let names = try call.classes()
        let old = net.network.outputs[0]
        guard let dense = old.operation as? Dense, let before = old.inputs.first else {
          throw call.failure("net", code: "E0533", "the network does not end with a dense layer")
        }
        let name = net.network.layers.last?.name
        let head = Dense(
          units: names.count ?? 2, bias: dense.hasBias, initializer: dense.initializer)
        let network = try Network(
          inputs: net.network.inputs, outputs: [try before.applying(head, name: name)],
          seed: try call.seed(workspace), preprocessing: net.network.preprocessing,
          reusing: [net.network])
        return .object(NetworkValue(network, title: net.title, classes: names.names))
      }
    },
  ]
}

extension Call {
  /// The classes that were given by name or by number.
  fileprivate func classes() throws -> (count: Int?, names: [String]) {
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

/// The network as a value, with the weights of a file if one was named.
private func built(
  _ network: Network, _ title: String, _ classes: [String], _ call: Call, _ workspace: Workspace
) throws -> Value {
  if let path = try call.optionalText("weights") {
    let report = try Weights.load(into: network, from: path, strict: false)
    try report.requireAllButHead(of: network, path: path)
    if let left = report.unexpected.first {
      workspace.say("`\(left)` of `\(path)` is left out: this network has no such layer")
    }
    for difference in report.mismatched {
      workspace.say(
        "`\(difference.name)` stays fresh: it is \(difference.expected) here and "
          + "\(difference.given) in `\(path)`")
    }
  }
  return .object(NetworkValue(network, title: title, classes: classes))
}

extension WeightsReport {
  /// Only the head may differ: its shape, for another set of classes, or the file has one and the
  /// network was built without.
  fileprivate func requireAllButHead(of network: Network, path: String) throws {
    let head = network.layers.last { !$0.parameters.isEmpty }?.name ?? ""
    guard missing.isEmpty, mismatched.allSatisfy({ $0.name.hasPrefix(head + "/") }),
      unexpected.allSatisfy({ $0.hasPrefix("predictions/") })
    else { throw TrainingError.weightsDiffer(path: path, self) }
  }
}
