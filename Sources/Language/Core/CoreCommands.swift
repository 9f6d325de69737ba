/// Commands that need no tensor and no file. Other rooms' commands come after these.
package enum CoreCommands {
  package static var all: [Command] {
    NumberCommands.all + TextCommands.all + ListCommands.all + RecordCommands.all
      + ScriptCommands.all
  }

  /// Names that have a value from the start.
  package static let constants: [(name: String, number: Double)] = [
    ("pi", .pi), ("infinity", .infinity), ("nan", .nan),
  ]
}
