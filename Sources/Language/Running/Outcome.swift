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

/// What a run does after a top-level statement has failed.
package enum AfterFailure: Sendable {
  case stop
  case nextStatement
  /// As in a notebook: what stands in the same cell depends on it, what comes after may not.
  case nextCell
}

/// What one `check` found.
package struct CheckResult: Equatable, Sendable {
  package let description: String
  package let passed: Bool
  /// Why the condition could not be worked out, if it could not.
  package let problem: String?
  /// The code of that problem.
  package let problemCode: String?
  package let points: Double
  /// `visible`, `hidden`, …
  package let visibility: String
  /// `id` attribute of the cell it stands in, and its title.
  package let cellIdentifier: String?
  package let cellTitle: String?
  /// Line from 1.
  package let line: Int
}

extension CheckResult {
  /// The line that is printed for it.
  package var sentence: String { Wording.line(for: self) }
}

/// A variable as `vars` and completion see it.
package struct Variable {
  package let name: String
  package let value: Value

  package init(name: String, value: Value) {
    self.name = name
    self.value = value
  }
}
