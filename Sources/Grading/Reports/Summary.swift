import Tensors

/// What a teacher reads when a batch is through.
enum Summary {
  static func text(_ results: [GradeResult], _ rubric: Rubric, output: String) -> String {
    let maximum = rubric.points
    var lines = [
      "",
      "\(rubric.assignment.title): \(count(results.count, "submission")), "
        + "\(GradeResult.points(maximum)) points",
    ]
    let width = results.map(\.name.count).max() ?? 0
    for result in results {
      let name = result.name + String(repeating: " ", count: width - result.name.count)
      let points = GradeResult.points(result.score)
      let lead = String(repeating: " ", count: max(0, 7 - points.count))
      var words = result.ending == "finished" ? "" : "  \(result.ending)"
      if let refusal = result.refusal { words = "  \(refusal)" }
      if !result.notes.isEmpty { words += "  (\(count(result.notes.count, "note")))" }
      lines.append("  \(name) \(lead)\(points)\(words)")
    }
    let mean = results.reduce(0) { $0 + $1.score } / Double(max(results.count, 1))
    lines.append(
      "Mean \(GradeResult.points((mean * 100).rounded() / 100)). Reports: \(output)/index.html")
    return lines.map { Markup.plain($0) }.joined(separator: "\n") + "\n"
  }

  static func count(_ count: Int, _ noun: String) -> String {
    count == 1 ? "1 \(noun)" : "\(count) \(noun)s"
  }
}
