import Figures
import Language
import Notebook
import Tensors

/// What became of one check of one submission.
package struct CheckOutcome: Equatable, Sendable {
  package enum Status: String, Sendable, CaseIterable {
    case passed, failed, error, timeout, limit, skipped
    case notAttempted = "not attempted"
  }

  package var status: Status
  /// The part of the points that is earned, from 0 to 1.
  package var share: Double
  /// What went wrong, in a sentence.
  package var message: String
  /// What was asked of the submission, and what it answered.
  package var exchanges: [Exchange]

  /// A question and its answer as a student may read them: `votes()`, `["marsh", "beach"]`.
  package struct Exchange: Equatable, Sendable {
    package let asked: String
    package let answer: String

    private static let errorLead = "error: "

    var isError: Bool { answer.hasPrefix(Self.errorLead) }

    static func failed(_ asked: String, _ message: String) -> Exchange {
      Exchange(asked: asked, answer: errorLead + message)
    }
  }

  package init(
    _ status: Status, share: Double = 0, message: String = "", exchanges: [Exchange] = []
  ) {
    self.status = status
    self.share = share
    self.message = message
    self.exchanges = exchanges
  }
}

/// Runs a rubric against a submission that has run. The rubric never leaves this process.
final class Judge {
  private let rubric: Rubric
  private let record: RunRecord
  private let interrogation: Interrogation
  private let submission: Submission
  /// By the line of the check.
  private var outcomes: [Int: CheckOutcome] = [:]
  /// Of the statement that runs: what is earned, and what a comparison has said.
  private var earned: Double?
  private var difference: String?
  /// Why a statement that prepares something could not be carried out.
  private var preparation: CheckOutcome?

  init(_ rubric: Rubric, _ submission: Submission, _ record: RunRecord, _ child: ChildProcess) {
    self.rubric = rubric
    self.record = record
    self.submission = submission
    interrogation = Interrogation(child)
    interrogation.obstacle = Judge.obstacle(record)
  }

  /// Why nothing can be asked, where the script never came to run or did not survive.
  private static func obstacle(_ record: RunRecord) -> Failure? {
    switch record.ending {
    case .told:
      let hasBegun = record.events.contains {
        if case .statement = $0 { true } else { false }
      }
      guard !hasBegun else { return nil }
      for case .problem(_, let message, let line, _) in record.events {
        return GradingError.scriptNeverRan("line \(line): \(message)").failure
      }
      return nil
    case .killed: return GradingError.scriptKilled.failure
    case .limit(let what): return GradingError.checkLimit(what).failure
    case .crashed(let signal): return GradingError.scriptCrashed(signal: signal).failure
    }
  }

  /// Looks for mistakes in a rubric that can be found without a submission.
  /// - Throws: `RubricMistakes`
  static func check(_ rubric: Rubric) throws {
    let session = session(RubricCommands.check(nil)) { _ in }
    for name in ["answers", "conch", "shown", "submission"] {
      session.interpreter.define(name, .none)
    }
    let mistakes = session.interpreter.check(rubric.source)
    guard mistakes.isEmpty else { throw RubricMistakes(text: Diagnostic.render(mistakes)) }
  }

  /// The outcomes, in the order of the rubric's checks.
  func judge() -> [CheckOutcome] {
    let session = Judge.session(RubricCommands.check { [unowned self] in earned = $0 }) {
      [unowned self] in difference = $0
    }
    let interpreter = session.interpreter
    interpreter.define("answers", .object(AnswersValue(interrogation)))
    interpreter.define("conch", .object(RemoteCommands(interrogation, interpreter.commands)))
    interpreter.define("shown", .list(of: Judge.shown(record)))
    interpreter.define("submission", submission.record(record))
    interpreter.afterFailure = .nextStatement
    interpreter.onCheck = { [unowned self] in failed($0) }
    interpreter.onFailure = { [unowned self] in failed($0) }
    session.onStatement = { [unowned self] in try begin($0) }
    _ = session.execute(rubric.source)
    settle()
    interrogation.end()
    return rubric.checks.map { check in
      outcomes[check.line] ?? CheckOutcome(.error, message: "the rubric did not come to this check")
    }
  }

  /// A session for a rubric, which prints nothing.
  private static func session(
    _ check: Command, explain: @escaping (String) -> Void
  ) -> Session {
    let console = Console(
      page: TerminalPage(columns: 80, rows: 24, colour: .monochrome), isTerminal: false,
      errorStyle: TerminalStyle(.monochrome), write: { _ in }, writeError: { _ in })
    let session = Session(
      console: console,
      commands: [check, RubricCommands.assignment] + RubricCommands.comparisons(explain))
    // `answers.mean(…)` may be a function of the submission, with parameters of its own.
    session.interpreter.functionProperties.formUnion(session.interpreter.commands.map(\.name))
    return session
  }

  // MARK: Statement by statement

  private var current: Rubric.Check?

  private func begin(_ event: StatementEvent) throws {
    settle()
    let line = event.source.line(of: event.span.start)
    let check = rubric.checks.first { $0.line == line }
    interrogation.begin(seconds: check?.seconds ?? rubric.assignment.limits.checkSeconds)
    difference = nil
    earned = nil
    current = check
    for need in check?.needs ?? [] {
      let needed = rubric.checks.first { $0.title == need }
      if let needed, outcomes[needed.line]?.status != .passed {
        throw GradingError.skipped(needs: need).failure
      }
    }
  }

  /// Notes what the check that ran has earned.
  private func settle() {
    defer { current = nil }
    guard let current, let earned else { return }
    let exchanges = interrogation.exchanges
    outcomes[current.line] =
      earned == 1
      ? CheckOutcome(.passed, share: 1, exchanges: exchanges)
      : CheckOutcome(.failed, share: earned, message: difference ?? "", exchanges: exchanges)
  }

  /// A check whose condition could not be worked out.
  private func failed(_ check: CheckResult) {
    guard let current else { return }
    let failure = Failure(
      code: check.problemCode ?? "", message: check.problem ?? "")
    outcomes[current.line] = outcome(of: failure)
    self.current = nil
  }

  /// A statement that failed: one that prepares, or a check that may not run.
  private func failed(_ diagnostic: Diagnostic) {
    guard let current else {
      preparation = outcome(of: diagnostic.failure)
      return
    }
    outcomes[current.line] = outcome(of: diagnostic.failure)
    self.current = nil
  }

  private func outcome(of failure: Failure) -> CheckOutcome {
    let exchanges = interrogation.exchanges
    func outcome(_ status: CheckOutcome.Status, _ failure: Failure) -> CheckOutcome {
      CheckOutcome(status, message: failure.message, exchanges: exchanges)
    }
    // What a question met is the cause, whatever the rubric made of it.
    if let problem = interrogation.problem { return outcome(status(of: problem), problem) }
    if failure.code == Judge.code(.skipped(needs: "")) { return outcome(.skipped, failure) }
    // The rubric's own mistakes; the student is not to blame.
    let rubricCodes = [
      Judge.code(.notSendable(kind: "")), Judge.code(.unknownCommand(name: "", remedy: nil)),
      Judge.code(.shareIsNaN),
    ]
    if rubricCodes.contains(failure.code) { return outcome(.error, failure) }
    if Judge.namesMissing.contains(failure.code), let preparation { return preparation }
    return outcome(.failed, failure)
  }

  /// A name of the rubric that has no value, because what was to give it one failed.
  private static let namesMissing: Set<String> = ["E0201", "E0202", "E0312"]

  private static func code(_ error: GradingError) -> String { error.failure.code }

  private func status(of problem: Failure) -> CheckOutcome.Status {
    switch problem.code {
    case Judge.code(.checkTimeout(seconds: 0)), Judge.code(.scriptKilled): .timeout
    case Judge.code(.checkLimit("")), Judge.code(.answerTooLarge), "E0401", "E0402", "E0403",
      "E0404", "E0405", "E0406", "E0503":
      .limit
    case "E0310": .notAttempted
    case Judge.code(.notInScript(name: "")):
      switch record.ending {
      case .told(.timeout): .timeout
      case .told(.statements): .limit
      default: isMissingByError ? .error : .notAttempted
      }
    default: .error
    }
  }

  /// Whether an error of the script, other than a blank that is left, may be why a name has no value.
  private var isMissingByError: Bool {
    record.events.contains { event in
      if case .problem(let code, _, _, _) = event { code != "E0310" } else { false }
    }
  }

  // MARK: What a rubric sees of the run

  /// What was shown, in order: `{kind, text, line}`.
  private static func shown(_ record: RunRecord) -> [Value] {
    var line = 0.0
    return record.events.compactMap { event -> Value? in
      func entry(_ kind: String, _ text: String, _ title: String = "") -> Value {
        .record(
          Record([
            ("kind", .text(kind)), ("text", .text(text)), ("title", .text(title)),
            ("line", .number(line)),
          ]))
      }
      switch event {
      case .statement(let number, _):
        line = Double(number)
        return nil
      case .output(let text): return entry("text", text)
      case .value(let kind, _): return entry(kind, "")
      case .figure(let title, let summary, let description, _):
        return entry("figure", "\(summary). \(description)", title)
      default: return nil
      }
    }
  }
}
