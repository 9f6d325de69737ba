import Tensors

/// The result as Gradescope's autograder reads it (results.json).
enum GradescopeReport {
  static func text(_ result: GradeResult) -> String {
    var output: [String] = []
    if let refusal = result.refusal { output.append("It could not be run: \(refusal).") }
    output += result.notes.map { "Note: \($0)." }
    let tests = zip(result.checks, result.outcomes).enumerated().map { index, pair in
      test(pair.0, pair.1, number: index + 1)
    }
    let json = JSON.object([
      "output": .text(Markup.plain(output.joined(separator: "\n"))),
      "output_format": .text("text"), "test_output_format": .text("text"),
      "test_name_format": .text("text"), "visibility": .text("visible"),
      "stdout_visibility": .text("hidden"),
      "execution_time": .number((result.seconds * 1000).rounded() / 1000),
      "tests": .array(tests),
    ])
    return json.indented(by: 2) + "\n"
  }

  private static func test(
    _ check: Rubric.Check, _ outcome: CheckOutcome, number: Int
  ) -> JSON {
    .object([
      "name": .text(Markup.plain(check.title)), "number": .text("\(number)"),
      "score": .number(rounded(check.points * outcome.share)), "max_score": .number(check.points),
      "status": .text(outcome.status == .passed ? "passed" : "failed"),
      "output": .text(Feedback.lines(check, outcome).joined(separator: "\n")),
      "visibility": .text(check.visibility), "tags": .array([.text(outcome.status.rawValue)]),
    ])
  }

  private static func rounded(_ value: Double) -> Double { (value * 1e6).rounded() / 1e6 }
}
