import Tensors

/// The files that are written about a submission, each whole or not at all.
enum Reports {
  /// - Parameter head: of the transcript.
  static func write(
    _ result: GradeResult, _ record: RunRecord, _ head: TranscriptFile.Head, to folder: String
  ) throws {
    try write("results.json", GradescopeReport.text(result), folder)
    try write("results.xml", JUnitReport.text(result), folder)
    try write("report.html", StudentPage.html(result, record), folder)
    try Files.writeAtomically(
      "\(folder)/transcript", TranscriptFile(head: head, events: record.events).bytes)
    // Last: that it is there says that the others are.
    try write(JudgeProgram.resultName, result.json.indented(by: 2) + "\n", folder)
  }

  static func write(_ name: String, _ text: String, _ folder: String) throws {
    try Files.writeAtomically("\(folder)/\(name)", Array(text.utf8))
  }
}
