import Figures
import Imagery
import Language
import Networks
import Tensors
import Training

/// How examples of commands that take a trainer begin: small enough to train while help is tested.
let trainerExample = """
  coast = load "coast/scenes" size: 48 count: 16
  net = small_cnn(classes: coast.classes input: [48, 48, 3] filters: 4 dense: 8)
  fit = trainer(net, coast batch: 8)

  """

/// Commands that take a trainer forwards and backwards.
func steppingCommands(_ workspace: Workspace) -> [Command] {
  let group = "Training"
  let fit = Parameter("fit", .object("trainer"), help: "A trainer.")
  let validate = Parameter(
    "validate", .object("dataset"), default: .none,
    help: "Images to judge by after each epoch; never learned from.")
  let until = Parameter(
    "until", .function, default: .none,
    help: "Asked after each step with its record, as in `fit.history`; ends training when true.")
  let example = trainerExample

  return [
    Command(
      "step", group: group,
      [
        fit, Parameter("count", .whole, default: .value(.number(1)), help: "How many steps."),
        Parameter(
          "ratios", .boolean, default: .value(.boolean(false)),
          help: "Whether to list how much each layer was changed, beside its weights."),
      ],
      result: .nothing, summary: "Takes optimiser steps, and says what each did.",
      details: """
        A step shows the network a batch, compares, computes gradients backwards, and corrects every
        weight a little. An update of about a thousandth of the weights is healthy.
        """,
      examples: [example + "step fit 2\nstep fit ratios: true"]
    ) { call in
      try step(
        try call.object("fit", as: TrainerValue.self),
        count: try call.whole("count", in: 1...1_000_000),
        showsRatios: try call.boolean("ratios"), call, workspace)
    },
    Command(
      "rewind", group: group,
      [
        fit, Parameter("steps", .whole, default: .none, help: "How many steps back; 1 without it."),
        Parameter(
          "to", .whole, default: .none, help: "Or after which step to be, 0 the beginning."),
      ],
      result: .nothing, summary: "Goes back some steps, bit for bit.",
      details: """
        Weights, optimiser, moving statistics, order of the data and random draws are as they were.
        From the nearest snapshot it steps forward again; `fit` says how far back they reach.
        """,
      examples: [example + "step fit 5\nrewind fit 2\nrewind fit to: 1"]
    ) { call in
      let value = try call.object("fit", as: TrainerValue.self)
      let trainer = value.trainer
      if call.has("steps"), call.has("to") {
        throw call.failure(
          "to", code: "E0597", "`rewind` takes how many steps or `to` which step, not both")
      }
      let target =
        try call.optionalWhole("to", in: 0...Call.largestStep)
        ?? trainer.step - (try call.optionalWhole("steps", in: 1...Call.largestStep) ?? 1)
      guard target <= trainer.step else {
        throw call.failure(
          "to", code: "E0598", "step \(target) is ahead: \(trainer.step) steps are taken",
          remedy: "write step fit \(target - trainer.step)")
      }
      return try Failure.explaining {
        let isBack = try trainer.rewind(
          to: target,
          progress: { step in
            workspace.progress.update("forward again: step \(step) of \(target)")
          }, shouldStop: { workspace.interruptCount() > 0 })
        value.observation.forget(after: trainer.step)
        workspace.say(
          isBack ? "Back after step \(trainer.step)." : "Stopped: still after step \(trainer.step)."
        )
        return .none
      }
    },
    Command(
      "epoch", group: group, [fit, validate], result: .nothing,
      summary: "Trains to the end of an epoch: once through all images.",
      examples: [example + "epoch fit"]
    ) { call in
      let value = try call.object("fit", as: TrainerValue.self)
      let plan = Trainer.Plan(epochs: 1, validation: try validation(value, call))
      return try train(value, plan, until: nil, call, workspace)
    },
    Command(
      "train", group: group,
      [
        fit,
        Parameter(
          "epochs", .whole, default: .none,
          help: "How many epochs; 1 unless given, with `until` as many as it takes."), validate,
        Parameter(
          "patience", .whole, default: .none,
          help: "Stops after so many epochs without a lower loss (of `validate`, if given)."),
        Parameter(
          "keep_best", .boolean, default: .value(.boolean(false)),
          help: "Whether the weights of the best epoch come back at the end."), until,
        Parameter(
          "curves", .boolean, default: .value(.boolean(true)),
          help: "Whether a terminal shows loss and score as they change."),
      ],
      result: .nothing, summary: "Trains for some epochs, or until something is reached.",
      details: """
        Ctrl-C ends after the step in hand and keeps everything: `resume fit` goes on. A second
        Ctrl-C goes back to the start of that step.
        """,
      examples: [example + "train fit epochs: 2\ntrain fit epochs: 20 until: r => r.loss < 1.2"]
    ) { call in
      let value = try call.object("fit", as: TrainerValue.self)
      let until = try call.optionalFunction("until")
      let plan = Trainer.Plan(
        epochs: try call.optionalWhole("epochs", in: 1...1_000_000)
          ?? (until == nil ? 1 : TrainingWords.withoutEnd),
        validation: try validation(value, call),
        patience: try call.optionalWhole("patience", in: 1...1_000_000),
        keepBest: try call.boolean("keep_best"))
      value.observation.drawsCurves = try call.boolean("curves")
      return try train(value, plan, until: until, call, workspace)
    },
    Command(
      "resume", group: group,
      [
        fit,
        Parameter(
          "from", .text, default: .none,
          help: "A checkpoint, as from `save fit \"a.ckpt\"`, that is read before."), validate,
        until,
      ],
      result: .nothing,
      summary: "Goes on with training that was ended early, here or in a checkpoint.",
      details: """
        The trainer that a checkpoint is read into must be put together as the one that was saved: same
        network, data, batch, optimiser, loss and seed. What does not match is named, and nothing is
        changed.
        """,
      examples: [
        example + "stop_when fit f => f.step == 3\ntrain fit epochs: 4\nresume fit"
      ]
    ) { call in
      let value = try call.object("fit", as: TrainerValue.self)
      if let path = try call.optionalText("from") {
        let validation = try validation(value, call)
        let pending = try Failure.explaining {
          try Checkpoint.load(into: value.trainer, from: path, validation: validation)
        }
        value.observation.forgetAll()
        workspace.say("Read \(path): after step \(value.trainer.step).")
        switch pending {
        case .ready: break
        case .none:
          workspace.say("It was not saved in the midst of a training: `train fit` begins one.")
          return .none
        case .needsValidation(let dataset):
          throw Failure.explaining(TrainingError.validationNeeded(path: path, dataset: dataset))
        }
      } else if call.has("validate") {
        throw call.failure(
          "validate", code: "E0599", "`validate` is for a checkpoint: this training has its own",
          remedy: "write resume fit")
      }
      let kept = value.observation.until
      return try train(
        value, nil, until: try call.optionalFunction("until") ?? kept, call, workspace)
    },
  ]
}

extension Call {
  fileprivate static let largestStep = 1 << 40
}

private func validation(_ value: TrainerValue, _ call: Call) throws -> Dataset? {
  guard let data = try call.optionalObject("validate", as: DatasetValue.self)?.data else {
    return nil
  }
  try call.require(data, "validate", toHave: value.trainer.dataset.classes, of: "training data")
  return data
}

/// Single steps, each with what it did; of many, the first ones, then every tenth of them.
private func step(
  _ value: TrainerValue, count: Int, showsRatios: Bool, _ call: Call, _ workspace: Workspace
) throws -> Value {
  let trainer = value.trainer
  let known = trainer.problems.count
  let words = TrainingWords(trainer.objective)
  defer { workspace.warn(trainer, leftOutSince: known) }
  for number in 0..<count {
    let start = ProgressLine.seconds()
    var updates: [LayerUpdate] = []
    let measuring = showsRatios ? { updates = $0 } : nil
    let taken = try value.haltingAtNotANumber(workspace) {
      try trainer.step(
        shouldAbandon: { workspace.interruptCount() > 1 }, measuring: measuring)
    }
    guard case .done(let step) = taken else { break }
    guard let step else {
      workspace.say("Stopped: back at the start of step \(trainer.step + 1).")
      break
    }
    // No clock reaches what a script prints.
    let time =
      workspace.isInteractive
      ? "  \(NumberText(1000 * (ProgressLine.seconds() - start)).significant(3)) ms" : ""
    let observed = try value.observation.observe(step, value, call.interpreter)
    let line = "step \(step.step)  \(words.facts(step))"
    if count <= 20 || (number + 1) % max(1, count / 10) == 0 {
      workspace.say(
        "\(line)  gradient norm \(TrainingWords.number(step.gradientNorm))\(time)")
      for one in observed.watched { workspace.say("  " + one) }
      if showsRatios { workspace.say(table(updates, workspace)) }
    } else {
      workspace.progress.update(([line] + observed.watched).joined(separator: "  "))
    }
    if let reason = observed.halt {
      workspace.say("Stopped after step \(step.step): \(reason).")
      break
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

/// How much each layer was changed by a step.
private func table(_ updates: [LayerUpdate], _ workspace: Workspace) -> String {
  func number(_ value: Double) -> String { NumberText(value).significant(3) }
  let rows = updates.map { update in
    [
      update.layer, number(update.weightNorm), number(update.gradientNorm),
      number(update.updateNorm), update.ratio.map { NumberText($0).significant(2) } ?? "",
    ]
  }
  let columns: [TextTable.Column] = [
    .init("layer"), .init("weights", .right), .init("gradient", .right), .init("update", .right),
    .init("update / weights", .right),
  ]
  return TextTable(columns: columns, rows: rows)
    .rendered(width: workspace.page.columns, style: workspace.page.style)
}

/// Trains with progress, and says how to go on where it was ended; a nil plan resumes.
private func train(
  _ value: TrainerValue, _ plan: Trainer.Plan?, until: FunctionValue?, _ call: Call,
  _ workspace: Workspace
) throws -> Value {
  let trainer = value.trainer
  let known = trainer.problems.count
  let words = TrainingWords(trainer.objective)
  let observation = value.observation
  observation.until = until
  var observed = Observation.Result()
  var curves = observation.drawsCurves ? LiveCurves(trainer, workspace) : nil
  let watch = Trainer.Watch(
    progress: { progress in
      if case .epochDone(let epoch) = progress.phase {
        workspace.progress.milestone(words.line(epoch, of: progress.epochs))
      } else {
        workspace.progress.update(
          ([([words.line(progress)] + observed.watched).joined(separator: "  ")]
            + (curves?.lines() ?? [])).joined(separator: "\n"))
      }
    },
    shouldStop: { workspace.interruptCount() > 0 },
    shouldAbandon: { workspace.interruptCount() > 1 },
    afterStep: { step in
      observed = try observation.observe(step, value, call.interpreter)
      return observed.halt != nil
    })
  defer {
    workspace.progress.clear()
    workspace.warn(trainer, leftOutSince: known)
  }
  let result = try value.haltingAtNotANumber(workspace) {
    try plan.map { try trainer.train($0, watch: watch) } ?? trainer.resume(watch: watch)
  }
  workspace.progress.clear()
  guard case .done(let outcome) = result else { return .none }
  let step = trainer.step
  if outcome != .interrupted, outcome != .abandoned, outcome != .halted { observation.until = nil }
  switch outcome {
  case .finished(let best):
    if let best { workspace.say("Kept the weights of epoch \(best), the best.") }
    if until != nil { workspace.say("All epochs are done, and `until` was not reached.") }
  case .stoppedEarly(let epoch, let best):
    workspace.say(
      "Stopped early after epoch \(epoch): the loss was not getting lower."
        + (best.map { " Kept the weights of epoch \($0)." } ?? ""))
  case .halted where observed.isReached:
    trainer.endRun()
    observation.until = nil
    workspace.say(
      "Reached after step \(step): "
        + (trainer.history.steps.last.map { words.facts($0) } ?? "") + ".")
  case .halted:
    workspace.say(
      "Stopped after step \(step): \(observed.halt ?? "")."
        + (workspace.canGoOn ? " `resume fit` goes on." : ""))
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

extension Workspace {
  /// Tells of images that could not be read, and of snapshots that could not be kept.
  fileprivate func warn(_ trainer: Trainer, leftOutSince known: Int) {
    warn(leftOut: trainer.problems.dropFirst(known))
    if let problem = trainer.rewindable.problem,
      toldProblems.insert(ObjectIdentifier(trainer)).inserted
    {
      let reason = (Failure.explaining(problem) as? Failure)?.message ?? ""
      say("warning: snapshots for going back are not kept in the folder: \(reason)")
    }
  }
}
