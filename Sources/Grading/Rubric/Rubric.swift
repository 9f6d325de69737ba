import Language
import Tensors

/// Errors in a rubric as the language tells them.
package struct RubricMistakes: Error {
  package let text: String
}

/// A rubric: a script that asks questions of a submission, and what can be known of it without
/// running it. Every student is asked the same checks, for the same points.
package struct Rubric {
  package struct Check: Equatable, Sendable {
    package let title: String
    package let points: Double
    /// `visible`, `hidden`, `after_due_date` or `after_published`.
    package let visibility: String
    /// Seconds that it may take; nil for the assignment's.
    package let seconds: Double?
    /// Titles of checks that must be passed first.
    package let needs: [String]
    /// What to tell a student who does not pass it.
    package let hint: String
    package let line: Int
    /// Title of the rubric's cell that it stands in.
    package let cell: String?
  }

  /// What the `assignment` statement says.
  package struct Assignment: Equatable, Sendable {
    package var title: String
    /// The sheet that students were given, with the cells that are locked; a path beside the rubric.
    package var sheet: String?
    /// Files and folders that a submission may read, beside the rubric.
    package var data: [String] = []
    package var isQuick = false
    package var limits = RunLimits()
  }

  package let source: Source
  package let assignment: Assignment
  package let checks: [Check]

  package var points: Double { checks.reduce(0) { $0 + $1.points } }
  package var hasHidden: Bool { checks.contains { $0.visibility != "visible" } }

  /// - Throws: `RubricMistakes`, `Failure` that says what is wrong with the rubric.
  package init(_ source: Source) throws {
    self.source = source
    let (calls, elsewhere, mistakes) = StatedCall.find(
      [RubricCommands.check(nil), RubricCommands.assignment], in: source)
    guard mistakes.isEmpty else { throw RubricMistakes(text: Diagnostic.render(mistakes)) }
    if let misplaced = elsewhere.first {
      throw GradingError.misplaced(command: misplaced.command, line: misplaced.line).failure
    }
    let cells = Cells.split(source)
    var checks: [Check] = []
    var assignment = Assignment(title: Rubric.stem(source.name))
    for call in calls {
      if call.command == "assignment" {
        assignment = try Rubric.assignment(call, assignment)
      } else {
        let cell = cells.last { $0.span.start <= call.span.start }
        checks.append(try Rubric.check(call, cell: cell, before: checks))
      }
    }
    guard !checks.isEmpty else { throw GradingError.noChecks.failure }
    self.assignment = assignment
    self.checks = checks
  }

  private static func check(
    _ call: StatedCall, cell: Cell?, before: [Check]
  ) throws -> Check {
    let title = try text("what", call) ?? ""
    let needs: [String]
    switch call.literal("needs") {
    case .text(let one)?: needs = [one]
    case .list(let list)?:
      needs = try list.map {
        guard case .text(let text) = $0 else { throw notLiteral("needs", call) }
        return text
      }
    default:
      if call.isGiven("needs") { throw notLiteral("needs", call) }
      needs = []
    }
    guard before.last?.line != call.line else {
      throw GradingError.checksOnOneLine(line: call.line).failure
    }
    guard !before.contains(where: { $0.title == title }) else {
      throw GradingError.checkTwice(description: title, line: call.line).failure
    }
    for need in needs where !before.contains(where: { $0.title == need }) {
      throw GradingError.unknownNeed(description: title, needs: need).failure
    }
    return Check(
      title: title, points: try number("points", call) ?? 1,
      visibility: try text("visibility", call) ?? "visible", seconds: try number("seconds", call),
      needs: needs, hint: try text("hint", call) ?? "", line: call.line,
      cell: cell.flatMap { $0.title.isEmpty ? nil : $0.title })
  }

  private static func assignment(
    _ call: StatedCall, _ initial: Assignment
  ) throws -> Assignment {
    var result = initial
    result.title = try text("title", call) ?? result.title
    result.sheet = try text("sheet", call)
    switch call.literal("data") {
    case .text(let one)?: result.data = [one]
    case .list(let list)?:
      result.data = try list.map {
        guard case .text(let text) = $0 else { throw notLiteral("data", call) }
        return text
      }
    default: if call.isGiven("data") { throw notLiteral("data", call) }
    }
    if case .boolean(let flag)? = call.literal("quick") { result.isQuick = flag }
    result.limits.seconds = try number("seconds", call) ?? result.limits.seconds
    result.limits.checkSeconds = try number("check_seconds", call) ?? result.limits.checkSeconds
    result.limits.statements = try number("statements", call) ?? result.limits.statements
    result.limits.threads = max(1, try number("threads", call) ?? result.limits.threads).rounded()
    if let megabytes = try number("memory", call) { result.limits.memory = megabytes * 1_048_576 }
    return result
  }

  private static func text(_ label: String, _ call: StatedCall) throws -> String? {
    guard call.isGiven(label) else { return nil }
    guard case .text(let text)? = call.literal(label) else { throw notLiteral(label, call) }
    return text
  }

  private static func number(_ label: String, _ call: StatedCall) throws -> Double? {
    guard call.isGiven(label) else { return nil }
    guard case .number(let number)? = call.literal(label), number >= 0, number < 1e9 else {
      throw notLiteral(label, call)
    }
    return number
  }

  private static func notLiteral(_ label: String, _ call: StatedCall) -> Failure {
    GradingError.notLiteral(command: call.command, parameter: label, line: call.line).failure
  }

  private static func stem(_ path: String) -> String {
    let name = path.split(separator: "/").last.map(String.init) ?? path
    return name.lastIndex(of: ".").map { String(name[..<$0]) } ?? name
  }
}
