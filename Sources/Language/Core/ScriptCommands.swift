/// Commands about the script itself.
enum ScriptCommands {
  private static let group = "Session"

  static var all: [Command] {
    [
      Command(
        "show", group: group,
        [Parameter("values", .any, gathers: .rest, help: "What to show.")],
        result: .nothing, summary: "Shows values; text as it is.",
        examples: ["show \"loss {0.5}\""]
      ) { call in
        for value in try call.list("values") { try call.interpreter.show(value) }
        return .none
      },
      Command(
        "check", group: group,
        [
          Parameter("what", .text, help: "What it shows, in a few words."),
          Parameter("condition", .boolean, help: "What must be true."),
          Parameter("points", .number, default: .value(.number(1)), help: "What it is worth."),
          Parameter(
            "visibility", .choice(["visible", "hidden", "after_due_date", "after_published"]),
            default: .value(.text("visible")), help: "Who sees the result, and when."),
        ],
        result: .nothing, summary: "Records whether something holds, and goes on either way.",
        examples: ["check \"two and two\" 2 + 2 == 4 points: 2"]
      ) { call in
        call.interpreter.record(
          check: try call.text("what"), passed: try call.boolean("condition"), problem: nil,
          points: try call.number("points", in: 0...1e6), visibility: try call.text("visibility"))
        return .none
      },
      Command(
        "fail", group: group,
        [Parameter("message", .text, help: "What went wrong.")],
        result: .nothing, summary: "Ends the statement with an error.",
        examples: ["try fail \"no data\" catch problem show problem.message end"]
      ) { call in throw Failure(.scriptFailure(try call.text("message"))) },
      Command(
        "kind", group: group, [Parameter("value", .any, help: "Anything.")], result: .text,
        summary: "Tells what kind of value it is.", examples: ["kind(3)"]
      ) { .text(($0.arguments[0] ?? .none).kind) },
    ]
  }
}
