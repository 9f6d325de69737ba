import Language
import Notebook
import Tensors

/// The process that grades one submission of a batch and writes its reports: what goes wrong with one
/// leaves the others standing, and the batch too.
package enum JudgeProgram {
  /// The word that starts it; nobody types it.
  package static let word = "--judge"

  /// What it is told on the command line, in this order.
  struct Task {
    var rubric: String
    var folder: String
    var name: String
    var fileName: String
    var key: String
    var build: String
    /// Why there is nothing to run; empty if there is.
    var refusal: String
    var notes: [String]

    var arguments: [String] { [rubric, folder, name, fileName, key, build, refusal] + notes }

    init(rubric: String, folder: String, submission: Submission, key: String, build: String) {
      self.rubric = rubric
      self.folder = folder
      name = submission.name
      fileName = submission.fileName
      self.key = key
      self.build = build
      refusal = submission.refusal ?? ""
      notes = submission.notes
    }

    init?(_ arguments: [String]) {
      guard arguments.count >= 7 else { return nil }
      rubric = arguments[0]
      folder = arguments[1]
      name = arguments[2]
      fileName = arguments[3]
      key = arguments[4]
      build = arguments[5]
      refusal = arguments[6]
      notes = Array(arguments[7...])
    }
  }

  /// The script as it was handed in, in the folder of its results.
  static let scriptName = "submission.conch"
  /// The result; written last, so that it says that the others are there.
  static let resultName = "grade.json"

  /// - Returns: the process's exit status.
  package static func run(_ arguments: [String], executable: String) -> Int32 {
    guard let task = Task(arguments) else { return 2 }
    do {
      let grader = try Grader(rubric: task.rubric, executable: executable)
      guard
        let script = FileBytes.read(
          "\(task.folder)/\(scriptName)", limit: Limits.standard.sourceSize + 1)
      else { throw GraderBroke(what: "the copy of the submission cannot be read") }
      var submission = Submission(
        name: task.name, script: script, fileName: task.fileName,
        refusal: task.refusal.isEmpty ? nil : task.refusal)
      submission.notes = task.notes
      let (result, record) = try grader.grade(submission, key: task.key)
      let head = TranscriptFile.Head(
        build: task.build, script: task.fileName, arguments: [],
        isQuick: grader.rubric.assignment.isQuick, goesOn: true, seed: 0,
        source: String(decoding: record.script, as: UTF8.self))
      try Reports.write(result, record, head, to: task.folder)
      return 0
    } catch {
      Output.write(Complaint.of(error).text, to: 2)
      return ExitStatus.graderBroke
    }
  }
}

/// How grading ended, for scripts that start it.
package enum ExitStatus {
  /// Everybody has all points.
  package static let full: Int32 = 0
  /// Everybody was graded, and somebody lost points.
  package static let pointsLost: Int32 = 1
  package static let usage: Int32 = 2
  /// Somebody could not be graded, and that is not their fault.
  package static let graderBroke: Int32 = 3
  package static let interrupted: Int32 = 130
}
