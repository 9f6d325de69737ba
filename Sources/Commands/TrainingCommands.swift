import Imagery
import Language
import Networks
import Tensors
import Training

/// Commands that train networks.
func trainingCommands(_ workspace: Workspace) -> [Command] {
  let group = "Training"
  let fit = Parameter("fit", .object("trainer"), help: "A trainer.")
  let net = Parameter("net", .object("network"), help: "A network.")
  let data = Parameter("data", .object("dataset"), help: "Images with what is known of them.")
  let validate = Parameter(
    "validate", .object("dataset"), default: .none,
    help: "Images to judge by after each epoch; never learned from.")

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
          seed: try call.seed(workspace))
        return .object(TrainerValue(trainer, net: net, data: data))
      }
    },
    Command(
      "step", group: group,
      [fit, Parameter("count", .whole, default: .value(.number(1)), help: "How many steps.")],
      result: .nothing, summary: "Takes optimiser steps, and says what each did.",
      details: "A step shows the network a batch, compares, computes gradients backwards, and "
        + "corrects every weight a little.", examples: []
    ) { call in
      let trainer = try call.object("fit", as: TrainerValue.self).trainer
      let count = try call.whole("count", in: 1...1_000_000)
      let known = trainer.problems.count
      let words = TrainingWords(trainer.objective)
      return try Failure.explaining {
        defer { workspace.warn(leftOut: trainer.problems.dropFirst(known)) }
        for number in 0..<count {
          guard let step = try trainer.step(shouldAbandon: { workspace.interruptCount() > 1 })
          else {
            workspace.say("Stopped: back at the start of step \(trainer.step + 1).")
            break
          }
          // Of many steps, the first ones, then every tenth of them.
          if count <= 20 || (number + 1) % max(1, count / 10) == 0 {
            workspace.say(
              "step \(step.step)  \(words.facts(step))  "
                + "gradient norm \(TrainingWords.number(try trainer.network.parameters.gradientNorm()))"
            )
          } else {
            workspace.progress.update("step \(step.step)  \(words.facts(step))")
          }
          if workspace.interruptCount() > 0 {
            workspace.say(
              "Stopped after step \(step.step)"
                + (workspace.canGoOn ? "; `step` goes on from there." : "."))
            break
          }
        }
        workspace.progress.clear()
        try call.interpreter.checkpoint()
        return .none
      }
    },
    Command(
      "rewind", group: group,
      [fit, Parameter("steps", .whole, default: .value(.number(1)), help: "How many steps back.")],
      result: .nothing, summary: "Goes back some steps, bit for bit.",
      details: "From the nearest snapshot it steps forward again, so that everything is as it was.",
      examples: []
    ) { call in
      let trainer = try call.object("fit", as: TrainerValue.self).trainer
      let steps = try call.whole("steps", in: 1...1_000_000)
      return try Failure.explaining {
        if try trainer.rewind(steps: steps, shouldStop: { workspace.interruptCount() > 0 }) {
          workspace.say("Back after step \(trainer.step).")
        } else {
          workspace.say("Stopped: still after step \(trainer.step).")
        }
        return .none
      }
    },
    Command(
      "epoch", group: group, [fit, validate], result: .nothing,
      summary: "Trains to the end of an epoch: once through all images.", examples: []
    ) { call in
      let value = try call.object("fit", as: TrainerValue.self)
      let validation = try call.optionalObject("validate", as: DatasetValue.self)?.data
      return try train(
        value.trainer, Trainer.Plan(epochs: 1, validation: validation), call, workspace)
    },
    Command(
      "train", group: group,
      [
        fit, Parameter("epochs", .whole, default: .value(.number(1)), help: "How many epochs."),
        validate,
        Parameter(
          "patience", .whole, default: .none,
          help: "Stops after so many epochs without a lower loss (of `validate`, if given)."),
        Parameter(
          "keep_best", .boolean, default: .value(.boolean(false)),
          help: "Whether the weights of the best epoch come back at the end."),
      ],
      result: .nothing, summary: "Trains for some epochs.",
      details: """
        Ctrl-C ends after the step in hand and keeps everything: `resume fit` goes on. A second
        Ctrl-C goes back to the start of that step.
        """, examples: []
    ) { call in
      let value = try call.object("fit", as: TrainerValue.self)
      let validation = try call.optionalObject("validate", as: DatasetValue.self)?.data
      if let validation {
        try call.require(
          validation, "validate", toHave: value.trainer.dataset.classes, of: "training data")
      }
      let plan = Trainer.Plan(
        epochs: try call.whole("epochs", in: 1...1_000_000), validation: validation,
        patience: try call.optionalWhole("patience", in: 1...1_000_000),
        keepBest: try call.boolean("keep_best"))
      return try train(value.trainer, plan, call, workspace)
    },
    Command(
      "resume", group: group, [fit], result: .nothing,
      summary: "Goes on with training that Ctrl-C ended.", examples: []
    ) { call in
      let trainer = try call.object("fit", as: TrainerValue.self).trainer
      return try train(trainer, nil, call, workspace)
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

/// Trains with progress, and says how to go on where it was ended; a nil plan resumes.
private func train(
  _ trainer: Trainer, _ plan: Trainer.Plan?, _ call: Call, _ workspace: Workspace
) throws -> Value {
  let known = trainer.problems.count
  let words = TrainingWords(trainer.objective)
  let watch = Trainer.Watch(
    progress: { progress in
      if case .epochDone(let epoch) = progress.phase {
        workspace.progress.milestone(words.line(epoch, of: progress.epochs))
      } else {
        workspace.progress.update(words.line(progress))
      }
    },
    shouldStop: { workspace.interruptCount() > 0 },
    shouldAbandon: { workspace.interruptCount() > 1 })
  defer { workspace.warn(leftOut: trainer.problems.dropFirst(known)) }
  let outcome = try Failure.explaining {
    try plan.map { try trainer.train($0, watch: watch) } ?? trainer.resume(watch: watch)
  }
  workspace.progress.clear()
  let step = trainer.step
  switch outcome {
  case .finished(let best):
    if let best { workspace.say("Kept the weights of epoch \(best), the best.") }
  case .stoppedEarly(let epoch, let best):
    workspace.say(
      "Stopped early after epoch \(epoch): the loss was not getting lower."
        + (best.map { " Kept the weights of epoch \($0)." } ?? ""))
  case .interrupted:
    workspace.say(
      "Stopped after step \(step)"
        + (workspace.canGoOn ? "; nothing is lost. `resume fit` goes on." : "."))
    try call.interpreter.checkpoint()
  case .abandoned:
    workspace.say(
      "Stopped: back at the start of step \(step + 1)."
        + (workspace.canGoOn ? " `resume fit` goes on from there." : ""))
    try call.interpreter.checkpoint()
  }
  return .none
}
