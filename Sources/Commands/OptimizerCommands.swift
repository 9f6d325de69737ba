import Language
import Training

/// Commands that make optimisers, and schedules of their rate.
func optimizerCommands(_ workspace: Workspace) -> [Command] {
  let group = "Training"
  func rate(_ usual: Double) -> Parameter {
    Parameter(
      "rate", .oneOf([.number, .object("schedule")]), default: .value(.number(usual)),
      help: "The learning rate, or a schedule of it.")
  }
  func number(_ label: String, _ usual: Double, _ help: String) -> Parameter {
    Parameter(label, .number, default: .value(.number(usual)), help: help)
  }
  func optimizer(
    _ name: String, _ parameters: [Parameter], summary: String, example: String,
    _ make: @escaping (Call) throws -> Optimizer
  ) -> Command {
    Command(
      name, group: group, parameters, result: .object("optimizer"), summary: summary,
      examples: [example]
    ) { call in try Failure.explaining { .object(OptimizerValue(try make(call))) } }
  }
  func schedule(
    _ name: String, _ parameters: [Parameter], summary: String, example: String,
    _ make: @escaping (Call) throws -> Schedule
  ) -> Command {
    Command(
      name, group: group, parameters, result: .object("schedule"), summary: summary,
      examples: [example]
    ) { call in
      try Failure.explaining {
        let schedule = try make(call)
        try schedule.validate()
        return .object(ScheduleValue(schedule))
      }
    }
  }
  let decay = number("weight_decay", 0, "Part of every weight taken off a step, times the rate.")
  let optimizers = [
    optimizer(
      "adam",
      [
        rate(0.001), number("beta1", 0.9, "Memory of the gradients' mean."),
        number("beta2", 0.999, "Memory of their squares."), decay,
      ], summary: "Steps scaled by the recent size of each weight's gradient.",
      example: "adam(rate: 0.001)"
    ) { call in
      try .adam(
        try call.schedule("rate"), beta1: Float(try call.number("beta1")),
        beta2: Float(try call.number("beta2")), weightDecay: Float(try call.number("weight_decay")))
    },
    optimizer(
      "sgd",
      [
        rate(0.01), number("momentum", 0, "How much of the last step goes on, 0 to below 1."),
        Parameter(
          "nesterov", .boolean, default: .value(.boolean(false)), help: "Looks ahead first."),
        decay,
      ], summary: "Steps straight down the gradient, with momentum if asked.",
      example: "sgd(rate: 0.01 momentum: 0.9)"
    ) { call in
      try .sgd(
        try call.schedule("rate"), momentum: Float(try call.number("momentum")),
        nesterov: try call.boolean("nesterov"),
        weightDecay: Float(try call.number("weight_decay")))
    },
    optimizer(
      "rmsprop",
      [
        rate(0.001), number("rho", 0.9, "Memory of the gradients' squares."),
        number("momentum", 0, "How much of the last step goes on."), decay,
      ], summary: "Steps scaled by the root of the mean squared gradient.",
      example: "rmsprop(rate: 0.001)"
    ) { call in
      try .rmsprop(
        try call.schedule("rate"), rho: Float(try call.number("rho")),
        momentum: Float(try call.number("momentum")),
        weightDecay: Float(try call.number("weight_decay")))
    },
  ]
  let schedules = [
    schedule(
      "constant", [number("rate", 0.001, "The rate.")], summary: "A rate that stays.",
      example: "constant(0.01)"
    ) { .constant(try $0.number("rate")) },
    schedule(
      "ramp_decay",
      [
        number("start", 1e-5, "In the first epoch."), number("peak", 1e-3, "After the ramp."),
        number("end", 1e-5, "What it comes down to."),
        Parameter("ramp", .whole, default: .value(.number(5)), help: "Epochs up."),
        Parameter("hold", .whole, default: .value(.number(0)), help: "Epochs at the peak."),
        number("decay", 0.9, "Factor an epoch after that."),
      ], summary: "The course's schedule: up in a line, then down by a factor an epoch.",
      example: "ramp_decay()[5]"
    ) { call in
      .rampDecay(
        start: try call.number("start"), maximum: try call.number("peak"),
        minimum: try call.number("end"), ramp: try call.whole("ramp", in: 0...1_000_000),
        hold: try call.whole("hold", in: 0...1_000_000), decay: try call.number("decay"))
    },
    schedule(
      "piecewise",
      [
        Parameter("boundaries", .listOf(.whole), help: "Steps at which the rate changes."),
        Parameter("rates", .listOf(.number), help: "One more than boundaries."),
      ], summary: "Rates that change at given steps.",
      example: "piecewise([100, 200], [0.01, 0.001, 0.0001])"
    ) { call in
      .piecewise(
        boundaries: try call.wholes("boundaries", in: 0...(1 << 40)),
        rates: try call.numbers("rates"))
    },
    schedule(
      "cosine",
      [
        number("rate", 1e-3, "At the top."), number("end", 0, "At the bottom."),
        Parameter("epochs", .whole, help: "Epochs from top to bottom."),
        Parameter("ramp", .whole, default: .value(.number(0)), help: "Epochs up from 0 before."),
      ], summary: "A rate that falls along half a cosine.", example: "cosine(0.01 epochs: 20)"
    ) { call in
      .cosine(
        maximum: try call.number("rate"), minimum: try call.number("end"),
        epochs: try call.whole("epochs", in: 1...1_000_000),
        ramp: try call.whole("ramp", in: 0...1_000_000))
    },
  ]
  return optimizers + schedules
}

extension Call {
  fileprivate func schedule(_ label: String) throws -> Schedule {
    if case .number(let rate) = try value(label) { return .constant(rate) }
    return try object(label, as: ScheduleValue.self).schedule
  }
}
