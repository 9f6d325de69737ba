import Language
import Tensors

/// What is written about all submissions together.
enum Overview {
  static func write(
    _ results: [GradeResult], _ rubric: Rubric, _ submissions: [Submission], sheet: Source?,
    to folder: String
  ) throws {
    try Reports.write("gradebook.csv", gradebook(results, rubric), folder)
  }

  /// A row for each submission, a column for each check.
  static func gradebook(_ results: [GradeResult], _ rubric: Rubric) -> String {
    let columns = ["name", "points", "of", "ending", "notes"] + rubric.checks.map(\.title)
    var rows = [columns]
    for result in results {
      rows.append(
        [
          result.name, GradeResult.points(result.score), GradeResult.points(result.maximum),
          result.refusal ?? result.ending, result.notes.joined(separator: "; "),
        ]
          + zip(result.checks, result.outcomes).map {
            GradeResult.points($0.points * $1.share)
          })
    }
    return rows.map { $0.map(Markup.field).joined(separator: ",") + "\r\n" }.joined()
  }
}
