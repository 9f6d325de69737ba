import Imagery
import Language
import Networks
import Tensors
import Training

/// Commands that set training up.
func trainingCommands(_ workspace: Workspace) -> [Command] {
  let group = "Training"
  let net = Parameter("net", .object("network"), help: "A network.")
  let data = Parameter("data", .object("dataset"), help: "Images with what is known of them.")

  return [
    Command(
      "trainer", group: group,
      [
        net, data,
        Parameter("batch", .whole, default: .value(.number(32)), help: "Images a step."),
        Parameter(
          "optimizer", .object("optimizer"), default: .none, help: "adam(rate: 0.001) without it."),
        Parameter(
          "class_weights", .oneOf([.record, .listOf(.number)]), default: .none,
          help: "How much a mistake on each class counts, as from `class_weights`."),
        Parameter(
          "loss", .oneOf([.object("loss"), .choice(LossDescription.usual.map(\.name))]),
          default: .none,
          help: "What is made small, such as dice() + 0.5 * binary_cross_entropy(); what fits the "
            + "data, unless given."),
        Parameter(
          "match_best", .boolean, default: .value(.boolean(false)),
          help: "With boxes: whether an object that no anchor overlaps by half is learned by its "
            + "best one."),
        Parameter(
          "per_image", .boolean, default: .value(.boolean(false)),
          help: "With boxes: whether losses are divided by the anchors of objects in each image, "
            + "not in the batch, and images without objects left out, as in the course's code."),
        Parameter("seed", .whole, default: .none, help: "Of order and dropout; the session's."),
        Parameter(
          "rewind_memory", .whole, default: .value(.number(512)),
          help: "Megabytes of memory for going back with `rewind`."),
        Parameter(
          "rewind_folder", .text, default: .none,
          help: "A folder for what that memory has no room for, up to 8 GB; it is cleared up when "
            + "the trainer is let go."),
      ],
      result: .object("trainer"), summary: "Puts together a network, data and an optimiser.",
      details: """
        What the data come with says what is taught: a class for each image (cross_entropy, or
        similarity for an embedding, whose batches are sets of one pair a class), boxes (focal +
        smooth_l1), a class for each pixel (cross_entropy; binary_cross_entropy for one output), a
        number for each image (mean_squared_error). An autoencoder learns from the images themselves.
        """,
      examples: [
        """
        coast = load "coast/scenes" size: 48 count: 16
        net = small_cnn(classes: coast.classes input: [48, 48, 3] filters: 4 dense: 8)
        fit = trainer(net, coast batch: 8)
        step fit
        """
      ]
    ) { call in
      let net = try call.object("net", as: NetworkValue.self)
      let data = try call.object("data", as: DatasetValue.self)
      try call.require(data.data, "data", toHave: net.classes, of: "network")
      return try Failure.explaining {
        let optimizer =
          try call.optionalObject("optimizer", as: OptimizerValue.self)?.optimizer ?? .adam()
        let weights = try call.classWeights("class_weights", classes: data.data.classes)
        let trainer = try Trainer(
          net.network, data.data, batch: try call.whole("batch", in: 1...65_536),
          optimizer: optimizer,
          objective: try net.objective(
            for: data.data, try call.losses("loss"), classWeights: weights, call),
          seed: try call.seed(workspace),
          rewind: RewindBudget(
            memory: try call.whole("rewind_memory", in: 0...1_000_000) << 20,
            folder: try call.optionalText("rewind_folder")))
        return .object(TrainerValue(trainer, net: net, data: data))
      }
    },
    Command(
      "class_weights", group: group, [data], result: .record,
      summary: "Weights that make rare classes count as much as common ones.",
      details: "images / (classes · images of the class), for `trainer`.",
      examples: ["class_weights(load(\"coast/scenes\" size: 32 count: 20 weights: [4, 1, 1, 1]))"]
    ) { call in
      let data = try call.object("data", as: DatasetValue.self).data
      guard data.kind == .label else {
        throw call.failure(
          "data", code: "E0577", "`\(data.name)` has \(Failure.words(data.kind)), not of each image"
        )
      }
      let weights = ClassWeights.balanced(data.counts)
      return .record(
        Record(zip(data.classes, weights).map { (key: $0, value: .number(Double(decimal: $1))) }))
    },
    freezing("freeze", workspace), freezing("unfreeze", workspace),
  ]
}

/// `freeze net to: "layer"`: all layers before it, or all, or those named.
private func freezing(_ name: String, _ workspace: Workspace) -> Command {
  let isFreezing = name == "freeze"
  return Command(
    name, group: "Training",
    [
      Parameter("net", .object("network"), help: "A network."),
      Parameter(
        "layers", .oneOf([.text, .whole, .listOf(.text)]), default: .none,
        help: "A layer's name, several, or how many from the start (-2: all but the last two)."),
      Parameter(
        "to", .text, default: .none, help: "All layers up to this one, and this one too."),
    ],
    result: .nothing,
    summary: isFreezing
      ? "Keeps weights as they are while others learn." : "Lets frozen weights learn again.",
    details: "Without more than the network, all its layers. A frozen batch_norm uses its moving "
      + "statistics, as in Keras.",
    examples: [
      "net = small_cnn(classes: 2 input: [64, 64, 3]); \(name) net to: \"conv_2\""
    ]
  ) { call in
    let value = try call.object("net", as: NetworkValue.self)
    let network = value.network
    return try Failure.explaining {
      if let last = try call.optionalText("to") {
        network.setTrainable(!isFreezing, firstLayers: try network.layer(last).index + 1)
      } else if let layers = call.optionalValue("layers") {
        switch layers {
        case .text(let name): try network.setTrainable(!isFreezing, layersNamed: [name])
        case .number:
          network.setTrainable(
            !isFreezing, firstLayers: try call.whole("layers", in: -100_000...100_000))
        default: try network.setTrainable(!isFreezing, layersNamed: try call.texts("layers"))
        }
      } else {
        network.setTrainable(!isFreezing, firstLayers: network.layers.count)
      }
      workspace.say(value.summary)
      return .none
    }
  }
}

extension Call {
  /// Weights in the classes' order, given by name or in that order.
  fileprivate func classWeights(_ label: String, classes: [String]) throws -> [Float]? {
    guard let given = optionalValue(label) else { return nil }
    let weights: [Double]
    if case .record(let record) = given {
      weights = try classes.map { name in
        guard case .number(let weight)? = record[name] else {
          throw failure(label, code: "E0572", "there is no weight for the class `\(name)`")
        }
        return weight
      }
    } else {
      weights = try numbers(label)
    }
    // A weight below 0 would reward mistakes; without any above 0 nothing is learned.
    guard weights.allSatisfy({ (0...1e6).contains($0) }), weights.contains(where: { $0 > 0 }) else {
      throw failure(
        label, code: "E0573", "a class's weight is from 0 to 1000000, and not every one 0",
        remedy: "write class_weights(data) for weights that balance it")
    }
    return weights.map { Float($0) }
  }

  /// Refuses a dataset whose classes are others, or in another order, than those that the outputs
  /// stand for: it would be learned and judged under wrong names, and nothing would show it. Where
  /// even their number differs, or there are no names, the engine says what is wrong.
  func require(
    _ data: Dataset, _ label: String, toHave classes: [String], of owner: String
  ) throws {
    guard classes.count == data.classes.count, classes != data.classes else { return }
    func list(_ names: [String]) -> String {
      names.prefix(8).joined(separator: ", ") + (names.count > 8 ? ", …" : "")
    }
    throw failure(
      label, code: "E0574",
      "the \(owner) has the classes \(list(classes)), in this order; `\(data.name)` has "
        + list(data.classes),
      remedy: owner == "network"
        ? "write new_head(net, data.classes) to learn other classes"
        : "write regroup(data, {\(classes[0]): […], …}) to bring them together")
  }
}
