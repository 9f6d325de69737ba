/// How a value comes to be shown.
package enum ShowStyle: Sendable {
  /// A statement that is this value alone: printed so that it could be typed again.
  case value
  /// The `show` command: text as it is.
  case show
}

/// What became of one source.
package enum Outcome {
  case finished
  /// The errors found before anything ran, or the one that ended the run. Variables are as they
  /// were before the failed statement.
  case failed([Diagnostic])
  /// `isCancelled` or the statement budget ended it; variables keep what they had then.
  case interrupted(Diagnostic)

  package var diagnostics: [Diagnostic] {
    switch self {
    case .finished: []
    case .failed(let diagnostics): diagnostics
    case .interrupted(let diagnostic): [diagnostic]
    }
  }
}

/// One top-level statement that is about to run.
package struct StatementEvent {
  package let source: Source
  package let span: Span
  /// The cell it stands in.
  package let cell: Cell?
}

/// What one `check` found.
package struct CheckResult: Equatable, Sendable {
  package let description: String
  package let passed: Bool
  /// Why the condition could not be worked out, if it could not.
  package let problem: String?
  package let points: Double
  /// `visible`, `hidden`, …
  package let visibility: String
  /// `id` attribute of the cell it stands in, and its title.
  package let cellIdentifier: String?
  package let cellTitle: String?
  /// Line from 1.
  package let line: Int
}

/// A variable as `vars` and completion see it.
package struct Variable {
  package let name: String
  package let value: Value
}

/// Runs sources, one after the other, on the same variables.
///
/// One interpreter belongs to one thread at a time. `run` moves to a thread with a large stack of
/// its own and waits for it, so commands and callbacks are called there.
package final class Interpreter {
  package let limits: Limits
  /// Prints text; lines end with `\n`.
  package var output: (String) -> Void
  /// Called instead of printing when a value is shown; nil prints it.
  package var onShow: ((Value, ShowStyle) throws -> Void)?
  /// Called before each top-level statement.
  package var onStatement: ((StatementEvent) throws -> Void)?
  /// Called with each `check`; nil prints a line for those that are visible.
  package var onCheck: ((CheckResult) -> Void)?
  /// Asked at calls and at the end of each turn of a loop, every few hundred statements.
  package var isCancelled: () -> Bool = { false }
  /// Statements and turns of loops that one `run` may use; nil for no limit.
  package var statementBudget: Int?
  /// All results of `check` so far, in order.
  package internal(set) var checks: [CheckResult] = []

  /// - Parameters:
  ///   - commands: added to the core commands; a later command replaces one of the same name.
  ///   - functionProperties: names of host objects' properties that are functions (`output`), for
  ///     which the checker cannot know whether `x.output(…)` means the command.
  package init(
    commands: [Command] = [], functionProperties: Set<String> = [],
    limits: Limits = .standard, output: @escaping (String) -> Void
  ) {
    self.limits = limits
    self.output = output
  }

  /// Checks a source whole, then runs it. A script and an entry at the prompt differ only in their
  /// source: variables and `ans` stay.
  @discardableResult
  package func run(_ source: Source) -> Outcome { preconditionFailure("in progress") }

  /// All errors that can be found without running, at most five; empty if there is none.
  package func check(_ source: Source) -> [Diagnostic] { preconditionFailure("in progress") }

  /// All commands in order of declaration.
  package var commands: [Command] { preconditionFailure("in progress") }
  package func command(named name: String) -> Command? { preconditionFailure("in progress") }

  /// Variables in the order in which they were defined, without constants and `ans`.
  package var variables: [Variable] { preconditionFailure("in progress") }
  package func variable(named name: String) -> Value? { preconditionFailure("in progress") }
  package func define(_ name: String, _ value: Value) { preconditionFailure("in progress") }
  package func removeAllVariables() { preconditionFailure("in progress") }
  /// The last value that a statement showed.
  package var answer: Value? { preconditionFailure("in progress") }

  /// Calls a function from a command's body.
  package func call(_ function: FunctionValue, _ arguments: [Value]) throws -> Value {
    preconditionFailure("in progress")
  }

  /// Commands that work long call this between steps: it throws when cancelled.
  package func checkpoint() throws { preconditionFailure("in progress") }

  /// Shows a value as `show` does, through `onShow`.
  package func show(_ value: Value, _ style: ShowStyle = .show) throws {
    preconditionFailure("in progress")
  }
}
