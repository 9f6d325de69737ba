import Commands
import Language

/// The commands that concern the session itself.
func sessionCommands(_ reference: SessionReference) -> [Command] {
  func session() throws -> Session {
    guard let session = reference.session else {
      throw Failure(code: "E0901", message: "the session is over")
    }
    return session
  }
  return [
    Command(
      "help", group: "Session",
      [
        Parameter(
          "about", .any, default: .none,
          help:
            "A command or another value, or a text: a topic, a command's name, or words to find.")
      ],
      result: .nothing, summary: "Explains a command, a topic or a value.",
      details: "At the prompt, `?name` and `name?` do the same, and words need no quotes.",
      examples: ["help", "help help", "help \"Session\"", "help \"learning rate\""]
    ) { call in
      let session = try session()
      let help = Help(session)
      let page = call.has("about") ? help.page(about: try call.value("about")) : help.overview()
      session.say(page)
      return .none
    },
    Command(
      "vars", group: "Session", [], result: .nothing,
      summary: "Lists the variables: name, kind, memory and the beginning of the value.",
      examples: ["rate = 0.1\nvars"]
    ) { _ in
      let session = try session()
      session.say(VariableTable.render(session.interpreter.variables, page: session.workspace.page))
      return .none
    },
    Command(
      "reset", group: "Session", [], result: .nothing,
      summary: "Forgets all variables; the seed and the settings stay.",
      examples: ["reset"]
    ) { _ in
      let session = try session()
      session.interpreter.removeAllVariables()
      session.dialogue?.forgetCells()
      return .none
    },
    Command(
      "seed", group: "Session",
      [
        Parameter(
          "number", .whole, default: .none,
          help: "A whole number from 0 to 9007199254740991; left out, the seed is only given.")
      ],
      result: .number,
      summary: "Sets the seed of all random numbers, and gives it.",
      details: "The same script with the same seed gives the same bytes, whatever the machine's "
        + "number of threads.",
      examples: ["seed 7", "show seed()"]
    ) { call in
      let session = try session()
      if let number = try call.optionalWhole("number", in: 0...9_007_199_254_740_991) {
        session.workspace.seed = UInt64(number)
        return .none
      }
      return .number(Double(session.workspace.seed))
    },
    Command(
      "time", group: "Session",
      [
        Parameter(
          "work", .function, default: .none,
          help: "A function without parameters, which is called once.")
      ],
      summary: "Says how long a function takes, or how long the entry before took.",
      details: "The value of the function is given back. The time is only shown, never a value, so "
        + "that a script's results cannot depend on it.",
      examples: ["time", "def work()\n  return 1 + 1\nend\ntime(work)"]
    ) { call in
      let session = try session()
      guard let work = try call.optionalFunction("work") else {
        session.say(
          session.lastDuration.map { "The entry before took \(duration($0))." }
            ?? "Nothing has run yet.")
        return .none
      }
      let start = ProgressLine.seconds()
      let value = try session.interpreter.call(work, [])
      session.say("It took \(duration(ProgressLine.seconds() - start)).")
      return value
    },
    Command(
      "quit", group: "Session", [], result: .nothing, summary: "Leaves; so does Ctrl-D."
    ) { _ in
      let session = try session()
      if session.dialogue?.maySayWhatIsLost() == true { return .none }
      session.wantsToQuit = true
      try session.interpreter.checkpoint()
      return .none
    },
  ]
}

/// Commands that leave nothing behind: what is only this is no cell, and no part of a saved session.
/// What a cell that is run again does is written down for itself.
let passingCommands: Set<String> = [
  "help", "vars", "cells", "rerun", "edit", "time", "quit",
]

/// Seconds in the unit that suits them, with three digits.
func duration(_ seconds: Double) -> String {
  func three(_ value: Double) -> String {
    let digits = value >= 100 ? 0 : value >= 10 ? 1 : 2
    let scale = digits == 0 ? 1.0 : digits == 1 ? 10.0 : 100.0
    let scaled = Int((min(max(value, 0), 1e12) * scale).rounded())
    let whole = scaled / Int(scale)
    guard digits > 0 else { return "\(whole)" }
    let fraction = String(scaled % Int(scale))
    return "\(whole)." + String(repeating: "0", count: digits - fraction.count) + fraction
  }
  if seconds < 1e-3 { return three(seconds * 1e6) + " µs" }
  if seconds < 1 { return three(seconds * 1e3) + " ms" }
  if seconds < 60 { return three(seconds) + " s" }
  let whole = Int(min(seconds, 1e12))
  let (minutes, rest) = (whole / 60, whole % 60)
  return "\(minutes) min \(rest) s"
}
