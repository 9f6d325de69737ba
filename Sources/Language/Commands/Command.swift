/// One parameter of a command.
package struct Parameter {
  /// What happens when the argument is left out.
  package enum Default {
    case required
    /// `call.has` is false and `call.optional…` gives nil.
    case none
    /// The value that the body then sees.
    case value(Value)
  }

  /// How many arguments it takes.
  package enum Gathering: Sendable {
    case one
    /// All remaining positional arguments, as a list of values of the parameter's kind.
    case rest
    /// All labels that no other parameter has, as a record: `r.with(rate: 0.2)`.
    case labels
  }

  package let label: String
  package let kind: Kind
  package let fallback: Default
  package let gathering: Gathering
  package let help: String
  /// Of a text that names a file: which files those are.
  package let files: FileChoice?

  /// Files that a parameter takes, for completion.
  package struct FileChoice: Sendable {
    /// Ends of their names, such as `.h5`.
    package let endings: [String]
    /// Names that are no files and are taken all the same.
    package let others: [String]

    package init(_ endings: [String], others: [String] = []) {
      self.endings = endings
      self.others = others
    }

    package func takes(_ name: String) -> Bool {
      let name = name.lowercased()
      return endings.contains { name.hasSuffix($0) }
    }
  }

  /// - Parameters:
  ///   - fallback: what happens when it is left out.
  ///   - help: one sentence with units and range, for `help` and the reference.
  ///   - files: of a text that names a file, which files those are.
  package init(
    _ label: String, _ kind: Kind, default fallback: Default = .required,
    gathers gathering: Gathering = .one, help: String, files: FileChoice? = nil
  ) {
    self.files = files
    self.label = label
    self.kind = kind
    self.fallback = fallback
    self.gathering = gathering
    self.help = help
  }

  package var isRequired: Bool {
    guard case .required = fallback else { return false }
    return gathering == .one
  }

  /// `rate: 0.1`, `size…`, `net`.
  var signature: String {
    switch (gathering, fallback) {
    case (.rest, _): "\(label)…"
    case (.labels, _): "\(label): …"
    case (.one, .required): label
    case (.one, .none): "\(label): none"
    case (.one, .value(let value)): "\(label): \(value.display)"
    }
  }
}

/// A command: declared once, and the one source of its help, completion, checks and reference.
///
/// ```swift
/// Command(
///   "rewind", group: "Training",
///   [
///     Parameter("trainer", .object("trainer"), help: "The trainer to take back."),
///     Parameter("steps", .whole, default: .value(.number(1)), help: "How many steps."),
///   ],
///   result: .nothing, summary: "Goes back, bit for bit.", examples: ["rewind fit 5"]
/// ) { call in
///   try call.object("trainer", as: TrainerValue.self).rewind(call.whole("steps", in: 1...100_000))
///   return .none
/// }
/// ```
package struct Command {
  package typealias Body = (Call) throws -> Value

  package let name: String
  /// The topic under which help lists it.
  package let group: String
  package let parameters: [Parameter]
  /// What it gives back; `.nothing` lets the checker refuse `show (a)[0]`.
  package let result: Kind
  /// One line that begins with a verb.
  package let summary: String
  package let details: String
  /// Statements that run as tests.
  package let examples: [String]
  /// Whether a host object that is its first argument is asked first (`HostObject.apply`).
  package let defersToObjects: Bool
  /// For a function of one value: the same as the body without the call around it; nil where the
  /// body has something to say.
  let quick: ((Value) -> Value?)?
  /// Whether it is `with`, which the evaluator does without a call where it can.
  var changesFields = false
  package let body: Body

  package init(
    _ name: String, group: String, _ parameters: [Parameter], result: Kind = .any,
    summary: String, details: String = "", examples: [String] = [], defersToObjects: Bool = false,
    body: @escaping Body
  ) {
    self.name = name
    self.group = group
    self.parameters = parameters
    self.result = result
    self.summary = summary
    self.details = details
    self.examples = examples
    self.defersToObjects = defersToObjects
    quick = nil
    self.body = body
  }

  /// The command as a function of one value.
  init(_ command: Command, quick: @escaping (Value) -> Value?) {
    name = command.name
    group = command.group
    parameters = command.parameters
    result = command.result
    summary = command.summary
    details = command.details
    examples = command.examples
    defersToObjects = command.defersToObjects
    body = command.body
    self.quick = quick
  }

  /// `rewind(trainer, steps: 1)`.
  package var signature: String {
    "\(name)(\(parameters.map(\.signature).joined(separator: ", ")))"
  }

  func index(of label: String) -> Int? { parameters.firstIndex { $0.label == label } }
}
