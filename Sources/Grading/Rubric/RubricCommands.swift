import Commands
import Language
import Tensors

/// The commands that a rubric has besides those of the language.
enum RubricCommands {
  private static let group = "Grading"

  /// - Parameter settle: takes the share of the points that is earned, from 0 to 1.
  static func check(_ settle: ((Double) -> Void)?) -> Command {
    Command(
      "check", group: group,
      [
        Parameter("what", .text, help: "What it shows, in a few words; its title in reports."),
        Parameter(
          "condition", .oneOf([.boolean, .number]),
          help: "What must be true; or the share of the points that is earned, from 0 to 1."),
        Parameter("points", .number, default: .value(.number(1)), help: "What it is worth."),
        Parameter(
          "visibility", .choice(["visible", "hidden", "after_due_date", "after_published"]),
          default: .value(.text("visible")), help: "Whether and when students see the result."),
        Parameter("seconds", .number, default: .none, help: "How long it may take."),
        Parameter(
          "needs", .oneOf([.text, .listOf(.text)]), default: .none,
          help: "Titles of checks before it that must be passed first."),
        Parameter(
          "hint", .text, default: .value(.text("")),
          help: "What to tell a student who does not pass it."),
      ],
      result: .nothing, summary: "Asks something of a submission, for points.",
      examples: []
    ) { call in
      switch try call.value("condition") {
      case .boolean(let flag): settle?(flag ? 1 : 0)
      case .number(let share):
        guard !share.isNaN else { throw GradingError.shareIsNaN.failure }
        settle?(min(max(share, 0), 1))
      default: throw call.mismatch("condition", .boolean)
      }
      return .none
    }
  }

  /// What it says is read before anything runs (`Rubric`).
  static var assignment: Command {
    Command(
      "assignment", group: group,
      [
        Parameter("title", .text, help: "The name of the assignment."),
        Parameter(
          "sheet", .text, default: .none,
          help: "The script that students were given; its locked cells are restored."),
        Parameter(
          "data", .oneOf([.text, .listOf(.text)]), default: .none,
          help: "Files and folders beside the rubric that submissions may read."),
        Parameter(
          "quick", .boolean, default: .value(.boolean(false)), help: "What `quick` is in scripts."),
        Parameter("seconds", .number, default: .none, help: "How long a script may take."),
        Parameter("check_seconds", .number, default: .none, help: "How long a check may take."),
        Parameter("statements", .number, default: .none, help: "Statements that a script may run."),
        Parameter("threads", .number, default: .none, help: "Threads of the engine for a script."),
        Parameter("memory", .number, default: .none, help: "Memory that a script may use, in MiB."),
      ],
      result: .nothing, summary: "Says what is graded, and under which limits."
    ) { _ in .none }
  }

  /// - Parameter explain: takes what is different, in words.
  static func comparisons(_ explain: @escaping (String) -> Void) -> [Command] {
    [
      Command(
        "same", group: group,
        [
          Parameter("given", .any, help: "What the submission has."),
          Parameter("expected", .any, help: "What it should have."),
          Parameter(
            "tolerance", .number, default: .value(.number(1e-6)),
            help: "How far numbers may be apart, beside 1 or beside the expected number."),
        ],
        result: .boolean, summary: "Compares two values, and remembers the first difference.",
        examples: []
      ) { call in
        let tolerance = try call.number("tolerance", in: 0...1e9)
        let difference = Comparison(tolerance: tolerance).difference(
          call.arguments[0] ?? .none, call.arguments[1] ?? .none)
        if let difference { explain(difference) }
        return .boolean(difference == nil)
      },
      Command(
        "share", group: group,
        [
          Parameter("value", .number, help: "A number that is better the further it goes."),
          Parameter("from", .number, help: "Where the points begin."),
          Parameter("to", .number, help: "Where all points are earned; may be below `from`."),
        ],
        result: .number, summary: "The share of the way from one number to another, from 0 to 1.",
        examples: []
      ) { call in
        let (value, from) = (try call.number("value"), try call.number("from"))
        let to = try call.number("to")
        guard from != to else {
          throw call.failure("to", code: "E0937", "`from` and `to` are equal")
        }
        let share = (value - from) / (to - from)
        if share < 1 {
          explain("\(Value.number(value).display) of \(Value.number(to).display)")
        }
        return .number(share.isNaN ? 0 : min(max(share, 0), 1))
      },
    ]
  }
}
