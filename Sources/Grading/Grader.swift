import Language
import Notebook
import Tensors

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// Grades one submission: restores its locked cells, runs it in a confined process, and lets the
/// rubric judge what it has left.
package struct Grader {
  package let rubric: Rubric
  /// The program, which is started again for the confined process.
  private let executable: String
  private let integrity: Integrity?
  /// Name in the scratch folder, and where it is.
  private let data: [(name: String, path: String)]
  private let rubricFolder: String
  private let sheetBytes: [UInt8]

  /// - Parameters:
  ///   - path: of the rubric; what its `assignment` names lies beside it.
  /// - Throws: `Failure`
  package init(rubric path: String, executable: String) throws {
    let limit = Limits.standard.sourceSize + 1
    guard let bytes = FileBytes.read(path, limit: limit) else {
      throw Failure(code: "E0911", message: "the rubric `\(path)` cannot be read")
    }
    rubric = try Rubric(Source(name: path, bytes: bytes))
    self.executable = executable
    let folder = path.lastIndex(of: "/").map { String(path[..<$0]) } ?? "."
    rubricFolder = folder.isEmpty ? "/" : folder
    if let sheet = rubric.assignment.sheet {
      guard let bytes = FileBytes.read("\(rubricFolder)/\(sheet)", limit: limit) else {
        throw Failure(code: "E0912", message: "the sheet `\(sheet)` is not beside the rubric")
      }
      sheetBytes = bytes
      integrity = Integrity(sheet: Source(name: sheet, bytes: bytes))
    } else {
      sheetBytes = []
      integrity = nil
    }
    data = try rubric.assignment.data.map { [rubricFolder] name in
      let path = "\(rubricFolder)/\(name)"
      guard let real = realpath(path, nil) else {
        throw Failure(code: "E0913", message: "the data `\(name)` is not beside the rubric")
      }
      defer { free(real) }
      return (HandIn.fileName(name), String(cString: real))
    }
  }

  package var sheetName: String? { rubric.assignment.sheet.map(HandIn.fileName) }

  /// Stands for everything but the submission that a result depends on.
  package func fingerprint(build: String) -> String {
    var hash = SHA256()
    hash.add(build)
    hash.add(rubric.source.bytes)
    hash.add(sheetBytes)
    // Of data, what there is and how large: not the contents, which may be gigabytes.
    for (name, path) in data {
      hash.add(name)
      for file in Entry.tree(path) {
        var status = stat()
        if stat(path + file, &status) == 0 { hash.add("\(file) \(status.st_size)") }
      }
    }
    return hash.digest
  }

  /// The key of a submission's result.
  package static func key(_ submission: Submission, fingerprint: String) -> String {
    var hash = SHA256()
    hash.add(fingerprint)
    hash.add(submission.name)
    hash.add(submission.refusal ?? "")
    hash.add(submission.script)
    return hash.digest
  }

  /// What lies beside the rubric and is needed: by what name the rubric calls it, and where it is.
  func files() -> [(name: String, path: String)] {
    let sheet = rubric.assignment.sheet.map { [(name: $0, path: "\(rubricFolder)/\($0)")] } ?? []
    return sheet + zip(rubric.assignment.data, data).map { ($0, $1.path) }
  }

  /// The sheet's source, if the assignment has one.
  var sheet: Source? {
    rubric.assignment.sheet.map { Source(name: $0, bytes: sheetBytes) }
  }

  /// Seconds after which a submission's judge must have come to its end.
  var patience: Double {
    let limits = rubric.assignment.limits
    return limits.seconds + 60
      + rubric.checks.reduce(0) { $0 + ($1.seconds ?? limits.checkSeconds) + 10 }
  }

  /// The row of a submission that was not run.
  func ungraded(_ submission: Submission, key: String, why: String) -> GradeResult {
    result(
      submission, key: key, ending: why, RunRecord(),
      rubric.checks.map { _ in CheckOutcome(.error, message: why) })
  }

  /// - Throws: `GraderBroke` where the machine, not the submission, is to blame.
  package func grade(_ submission: Submission, key: String) throws -> (GradeResult, RunRecord) {
    if let refusal = submission.refusal {
      return (ungraded(submission, key: key, why: refusal), RunRecord())
    }
    var submission = submission
    if let integrity {
      let (script, notes) = integrity.restored(submission.script, name: submission.fileName)
      submission.script = script
      submission.notes += notes
    }
    let scratch = try ScratchFolder()
    for (name, path) in data { try scratch.link(name, to: path) }
    let order = RunOrder(
      name: submission.fileName, source: submission.script, isQuick: rubric.assignment.isQuick,
      limits: rubric.assignment.limits, readable: data.map(\.path))
    let child: ChildProcess
    do {
      child = try ChildProcess(executable: executable, order, folder: scratch.path)
    } catch let error as ChildProcess.StartFailure {
      throw GraderBroke(what: "no process can be started (\(error.reason))")
    }
    defer { child.end() }
    let record = child.run()
    // Nothing at all from a child means that it was never there.
    if record.protections.isEmpty, case .crashed = record.ending {
      throw GraderBroke(what: "the confined process does not start")
    }
    let outcomes = Judge(rubric, submission, record, child).judge()
    return (
      result(submission, key: key, ending: Grader.words(record.ending), record, outcomes), record
    )
  }

  private func result(
    _ submission: Submission, key: String, ending: String, _ record: RunRecord,
    _ outcomes: [CheckOutcome]
  ) -> GradeResult {
    GradeResult(
      name: submission.name, key: key, assignment: rubric.assignment.title, ending: ending,
      refusal: submission.refusal, checks: rubric.checks, outcomes: outcomes,
      notes: submission.notes, protections: record.protections, seconds: record.seconds,
      time: Clock.date())
  }

  private static func words(_ ending: RunRecord.Ending) -> String {
    switch ending {
    case .told(.finished): "finished"
    case .told(.failed): "with errors"
    case .told(.interrupted): "interrupted"
    case .told(.timeout), .killed: "timeout"
    case .told(.statements): "limit: statements"
    case .limit(let what): "limit: \(what)"
    case .crashed(let signal): signal == 0 ? "ended by itself" : "ended by signal \(signal)"
    }
  }
}

/// Grading itself has failed; it says nothing about the student.
package struct GraderBroke: Error {
  package let what: String
}
