import Tensors

/// The result as JUnit XML, in the strictest of its schemas (Ant's): continuous integration and
/// learning platforms read it. A check that could not be looked at is an error, one that was lost a
/// failure, one that was not attempted is skipped.
enum JUnitReport {
  static func text(_ result: GradeResult) -> String {
    let pairs = Array(zip(result.checks, result.outcomes))
    let failures = pairs.count { element(of: $0.1.status) == "failure" }
    let errors = pairs.count { element(of: $0.1.status) == "error" }
    let time = seconds(result.seconds)
    var lines = [
      #"<?xml version="1.0" encoding="UTF-8"?>"#, "<testsuites>",
      "  <testsuite" + attribute("package", "conch") + attribute("id", "0")
        + attribute("name", result.assignment) + attribute("timestamp", result.time)
        + attribute("hostname", "localhost") + attribute("tests", "\(pairs.count)")
        + attribute("failures", "\(failures)") + attribute("errors", "\(errors)")
        + attribute("time", time) + ">",
      "    <properties>",
      "      <property" + attribute("name", "submission") + attribute("value", result.name) + "/>",
      "      <property" + attribute("name", "points")
        + attribute("value", GradeResult.points(result.score)) + "/>",
      "      <property" + attribute("name", "max")
        + attribute("value", GradeResult.points(result.maximum)) + "/>",
      "    </properties>",
    ]
    for (check, outcome) in pairs {
      let head =
        "    <testcase" + attribute("name", check.title)
        + attribute("classname", check.cell ?? result.assignment) + attribute("time", "0")
      guard let element = element(of: outcome.status) else {
        lines.append(head + "/>")
        continue
      }
      let feedback = Feedback.lines(check, outcome)
      lines.append(head + ">")
      if element == "skipped" {
        lines.append("      <skipped/>")
      } else {
        lines.append(
          "      <\(element)" + attribute("message", feedback.first ?? "")
            + attribute("type", outcome.status.rawValue) + ">"
            + Markup.escaped(feedback.joined(separator: "\n")) + "</\(element)>")
      }
      lines.append("    </testcase>")
    }
    let said = (result.refusal.map { [$0] } ?? []) + result.notes + ["ending: \(result.ending)"]
    lines.append("    <system-out>\(Markup.escaped(said.joined(separator: "\n")))</system-out>")
    lines.append("    <system-err></system-err>")
    lines += ["  </testsuite>", "</testsuites>", ""]
    return lines.joined(separator: "\n")
  }

  private static func element(of status: CheckOutcome.Status) -> String? {
    switch status {
    case .passed: nil
    case .failed: "failure"
    case .error, .timeout, .limit: "error"
    case .skipped, .notAttempted: "skipped"
    }
  }

  private static func attribute(_ name: String, _ value: String) -> String {
    " \(name)=\"\(Markup.escaped(value).split(separator: "\n").joined(separator: "&#10;"))\""
  }

  /// The schema wants a plain decimal.
  private static func seconds(_ value: Double) -> String {
    GradeResult.points(max(0, value))
  }
}
