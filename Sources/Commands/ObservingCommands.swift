import Figures
import Language
import Networks
import Tensors
import Training

/// Commands that look at training while it runs, and try out what else could be.
func observingCommands(_ workspace: Workspace) -> [Command] {
  let group = "Training"
  let fit = Parameter("fit", .object("trainer"), help: "A trainer.")
  let example = trainerExample

  return [
    Command(
      "watch", group: group,
      [
        fit, Parameter("name", .text, help: "What it is called in the report."),
        Parameter("function", .function, help: "Takes the trainer, gives a number."),
      ],
      result: .nothing, summary: "Adds a number to the report of every step.",
      details: """
        `fit.watched` has the numbers so far, and `show fit` draws them. The same name again replaces
        it; `unwatch` takes it away. Functions are not saved in checkpoints.
        """,
      examples: [
        example
          + "watch fit \"stem gradient\" f => f.net[\"conv_1\"].gradient.norm\nstep fit 2\nfit.watched"
      ]
    ) { call in
      let value = try call.object("fit", as: TrainerValue.self)
      value.observation.add(
        Observation.Watch(name: try call.text("name"), function: try call.function("function")))
      return .none
    },
    Command(
      "stop_when", group: group,
      [
        fit,
        Parameter(
          "condition", .oneOf([.function, .choice(["nan"])]),
          help: "Takes the trainer, gives true to stop; or \"nan\", the first number that is none."),
        Parameter("name", .text, default: .none, help: "What it is called when it stops."),
      ],
      result: .nothing, summary: "Ends training after the step at which a condition becomes true.",
      details: """
        `resume fit` goes on, and the condition stops again only when it was false in between. "nan"
        stops before a step whose loss or gradient is not a number, and names the layer and the
        operation where it arose. Without it that is an error.
        """,
      examples: [
        example + "stop_when fit f => f.loss < 1.3\nstop_when fit \"nan\"\ntrain fit epochs: 3"
      ]
    ) { call in
      let value = try call.object("fit", as: TrainerValue.self)
      let condition: Observation.Stop.Condition
      var name = "nan"
      if case .function(let function) = try call.value("condition") {
        condition = .function(function)
        name = function.name ?? function.signature
      } else {
        condition = .notANumber
      }
      value.observation.add(
        Observation.Stop(name: try call.optionalText("name") ?? name, condition: condition))
      return .none
    },
    Command(
      "unwatch", group: group,
      [
        fit,
        Parameter(
          "name", .text, default: .none, help: "Of a watch or a condition; all without it."),
      ],
      result: .nothing, summary: "Takes watches and conditions to stop at away.",
      examples: [example + "watch fit \"rate\" f => f.rate\nunwatch fit"]
    ) { call in
      let observation = try call.object("fit", as: TrainerValue.self).observation
      let name = try call.optionalText("name")
      if !observation.remove(name), let name {
        let known = observation.watches.map(\.name) + observation.stops.map(\.name)
        throw call.failure(
          "name", code: "E0742", "nothing is watched under the name `\(name)`",
          remedy: known.isEmpty ? nil : "there are \(known.joined(separator: ", "))")
      }
      return .none
    },
    Command(
      "fork", group: group,
      [
        fit,
        Parameter(
          "rate", .number, default: .none, help: "A learning rate for the new one, constant."),
        Parameter("optimizer", .object("optimizer"), default: .none, help: "Or another optimiser."),
      ],
      result: .object("trainer"),
      summary: "Makes a second trainer that goes on from here by itself.",
      details: """
        It has a copy of the network: what either learns, the other does not see. `compare` draws both.
        """,
      examples: [example + "step fit 2\nfast = fork(fit rate: 0.01)\nstep fast\nstep fit"]
    ) { call in
      let value = try call.object("fit", as: TrainerValue.self)
      var optimizer = try call.optionalObject("optimizer", as: OptimizerValue.self)?.optimizer
      if let rate = try call.optionalNumber("rate") {
        guard optimizer == nil else {
          throw call.failure(
            "rate", code: "E0743", "`fork` takes a `rate` or an `optimizer`, not both",
            remedy:
              "write the rate into the optimizer: adam(rate: \(NumberText(rate).significant(4)))")
        }
        let own = value.trainer.optimizer
        optimizer = try Failure.explaining {
          try Optimizer(own.method, schedule: .constant(rate), weightDecay: own.weightDecay)
        }
      }
      return try Failure.explaining {
        let trainer = try value.trainer.fork(optimizer: optimizer)
        let net = NetworkValue(
          trainer.network, title: value.net.title, classes: value.net.classes,
          anchors: value.net.anchors)
        return .object(TrainerValue(trainer, net: net, data: value.data))
      }
    },
    Command(
      "compare", group: "Looking",
      [
        Parameter("fits", .object("trainer"), gathers: .rest, help: "Two trainers or more."),
        Parameter(
          "names", .listOf(.text), default: .none, help: "What they are called in the figure."),
      ],
      result: .object("figure"), summary: "Draws how several trainings went, in one figure.",
      examples: [
        example
          + "step fit 2\nfast = fork(fit rate: 0.01)\nstep fast 3\nstep fit 3\ncompare(fit, fast)"
      ]
    ) { call in
      let fits = try call.list("fits").compactMap { value -> TrainerValue? in
        if case .object(let object) = value { object as? TrainerValue } else { nil }
      }
      guard fits.count >= 2 else {
        throw call.failure("fits", code: "E0744", "it takes two trainers to compare")
      }
      var names = comparedNames(fits)
      if call.has("names") {
        names = try call.texts("names")
        guard names.count == fits.count else {
          throw call.failure(
            "names", code: "E0745", "there are \(fits.count) trainers and \(names.count) names")
        }
      }
      return .object(FigureValue(comparison(fits, names)))
    },
  ]
}

/// What tells trainers apart: their optimisers where those differ, else their numbers.
private func comparedNames(_ fits: [TrainerValue]) -> [String] {
  let words = fits.map { fit in
    let optimizer = fit.trainer.optimizer
    return "\(optimizer.method.name), \(ScheduleValue.words(optimizer.schedule))"
  }
  return words.enumerated().map { index, word in
    words.count { $0 == word } == 1 ? word : "\(index + 1): \(word)"
  }
}

/// A panel for the loss of each step, one for the score, and one for validation where there was any.
private func comparison(_ fits: [TrainerValue], _ names: [String]) -> Figure {
  func panel(
    _ label: String, scale: Double = 1, _ points: (History) -> [(step: Int, value: Double?)]
  ) -> Figure? {
    let series = zip(fits, names).enumerated().map { index, one in
      let known = points(one.0.trainer.history).filter { $0.value != nil }
      return LinePlot.Series(
        one.1, x: known.map { Double($0.step) }, y: known.map { scale * ($0.value ?? .nan) },
        stroke: known.count == 1 ? .marks : .line, colour: index)
    }
    guard series.contains(where: { !$0.x.isEmpty }) else { return nil }
    return Figure("", LinePlot(series: series, xLabel: "step", yLabel: label))
  }
  let score = fits[0].trainer.objective.score
  let share = score?.isShare == true
  let figures = [
    panel("loss") { $0.steps.map { ($0.step, $0.loss) } },
    score.flatMap { score in
      panel(share ? "\(score.name), %" : score.name, scale: share ? 100 : 1) {
        $0.steps.map { ($0.step, $0.score) }
      }
    },
    panel("validation loss") { $0.epochs.map { ($0.step, $0.validationLoss) } },
  ].compactMap { $0 }
  return Figure(
    "Trainings compared",
    Composition(figures.isEmpty ? [Figure("", LinePlot(series: []))] : figures))
}
