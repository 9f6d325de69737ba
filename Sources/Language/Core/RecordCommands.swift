/// Commands on records.
enum RecordCommands {
  private static let group = "Records"
  private static var record: Parameter {
    Parameter("record", .record, help: "The record.")
  }

  private static var with: Command {
    var command = Command(
      "with", group: group,
      [
        record,
        Parameter("changes", .any, gathers: .labels, help: "Fields to replace or add."),
      ],
      result: .record, summary: "Gives a record with some fields changed.",
      examples: ["with({rate: 0.1, steps: 3} rate: 0.2)"]
    ) { call in
      .record(try call.record("record").with(call.record("changes")))
    }
    command.changesFields = true
    return command
  }

  static var all: [Command] {
    [
      with,
      Command(
        "keys", group: group, [record], result: .list, summary: "Gives the names of the fields.",
        examples: ["keys({rate: 0.1})"]
      ) { .texts(try $0.record("record").keys) },
      Command(
        "values", group: group, [record], result: .list, summary: "Gives the values of the fields.",
        examples: ["values({rate: 0.1})"]
      ) { .list(List(try $0.record("record").values)) },
    ]
  }
}
