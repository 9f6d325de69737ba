import Imagery
import Language
import Tensors

/// What is written about all submissions together.
enum Overview {
  static func write(
    _ results: [GradeResult], _ rubric: Rubric, _ submissions: [Submission], sheet: Source?,
    to folder: String
  ) throws {
    let similar = Similarity.pairs(submissions, sheet: sheet)
    try Reports.write("gradebook.csv", gradebook(results, rubric), folder)
    try Reports.write("similar.csv", Similarity.csv(similar), folder)
    try Reports.write(
      "index.html", OverviewPage.html(results, rubric, similar: similar), folder)
    if let archive = dolos(submissions) {
      try Files.writeAtomically("\(folder)/dolos.zip", archive)
    }
  }

  /// A row for each submission, a column for each check.
  static func gradebook(_ results: [GradeResult], _ rubric: Rubric) -> String {
    let columns = ["name", "points", "of", "ending", "notes"] + rubric.checks.map(\.title)
    var rows = [columns]
    for result in results {
      let points = zip(result.checks, result.outcomes).map {
        GradeResult.points($0.points * $1.share)
      }
      rows.append(
        [
          result.name, GradeResult.points(result.score), GradeResult.points(result.maximum),
          result.refusal ?? result.ending, result.notes.joined(separator: "; "),
        ] + points)
    }
    return rows.map { $0.map(Markup.field).joined(separator: ",") + "\r\n" }.joined()
  }

  /// The scripts for Dolos: `dolos run -l char -f web dolos.zip`.
  private static func dolos(_ submissions: [Submission]) -> [UInt8]? {
    let scripts = submissions.filter { $0.refusal == nil }
    var table = "filename,full_name\r\n"
    for one in scripts {
      table += "\(Markup.field(one.name + ".conch")),\(Markup.field(one.name))\r\n"
    }
    return ZipArchive.archive(
      [(name: "info.csv", bytes: Array(table.utf8))]
        + scripts.map { (name: $0.name + ".conch", bytes: $0.script) })
  }
}
