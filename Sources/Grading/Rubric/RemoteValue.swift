import Language

/// A value that lies in the submission's process and cannot be brought here: a network, a dataset, a
/// trainer. What is asked of it is asked there.
final class RemoteValue: HostObject {
  let inquiry: Inquiry
  private let remoteKind: String
  let summary: String
  private let interrogation: Interrogation

  init(_ kind: String, _ summary: String, _ inquiry: Inquiry, _ interrogation: Interrogation) {
    remoteKind = kind
    self.summary = summary
    self.inquiry = inquiry
    self.interrogation = interrogation
  }

  /// The value that stands here for what was sent.
  static func value(
    _ sent: SentValue, _ inquiry: Inquiry, _ interrogation: Interrogation
  ) -> Value {
    switch sent {
    case .function(let name): function(name, inquiry, interrogation)
    case .object(let kind, let summary):
      .object(RemoteValue(kind, summary, inquiry, interrogation))
    default: .none
    }
  }

  /// A function that is called in the submission's process.
  static func function(
    _ name: String, _ inquiry: Inquiry, _ interrogation: Interrogation
  ) -> Value {
    .function(
      FunctionValue(
        command: Command(
          name, group: "Submission",
          [
            Parameter("arguments", .any, gathers: .rest, help: "What it is called with."),
            Parameter("labels", .any, gathers: .labels, help: "Labelled arguments."),
          ], summary: "A function of the submission."
        ) { call in
          var arguments: [(label: String?, value: Value)] = try call.list("arguments").map {
            (nil, $0)
          }
          arguments += try call.record("labels").fields.map { ($0.key, $0.value) }
          return try interrogation.ask(inquiry.called(with: arguments, interrogation))
        }))
  }

  /// What `kind` says: a rubric can tell a submission's network from its own.
  var kind: String { "submitted \(remoteKind)" }

  func property(_ name: String) throws -> Value? {
    try interrogation.ask(inquiry.followed(by: ".\(name)"))
  }

  func index(_ items: [IndexItem]) throws -> Value {
    try interrogation.ask(inquiry.indexed(by: items, interrogation))
  }
}

/// `answers` in a rubric: the variables that a submission has left.
final class AnswersValue: HostObject {
  private let interrogation: Interrogation

  init(_ interrogation: Interrogation) { self.interrogation = interrogation }

  var kind: String { "answers" }
  var summary: String { "the variables of the submission" }

  func property(_ name: String) throws -> Value? {
    try interrogation.ask(.variable(name))
  }
}

/// `conch` in a rubric: the language's own commands, run in the submission's process, whatever the
/// script has made of their names: `conch.evaluate(answers.net, conch.load("coast/scenes"))`.
final class RemoteCommands: HostObject {
  private let interrogation: Interrogation
  private let commands: [Command]

  init(_ interrogation: Interrogation, _ commands: [Command]) {
    self.interrogation = interrogation
    self.commands = commands
  }

  var kind: String { "commands" }
  var summary: String { "the commands of the language, in the submission's process" }

  func property(_ name: String) throws -> Value? {
    guard commands.contains(where: { $0.name == name }) else {
      let near = Spelling.nearest(to: name, among: commands.map(\.name))
      throw GradingError.unknownCommand(
        name: name, remedy: near.map { "did you mean `\($0)`?" }
      ).failure
    }
    return RemoteValue.function(name, .command(name, interrogation), interrogation)
  }
}
