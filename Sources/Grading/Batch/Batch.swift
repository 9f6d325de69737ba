import CConfinement
import CTerminal
import Commands
import Language
import Notebook
import Tensors

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// Grades many submissions: a few processes at once, a result beside each that was finished, and
/// everybody in the summary once.
///
/// What is finished is known by its key, which stands for the submission, the rubric and the program.
/// So a batch that was ended, however it was, goes on where it was, and a submission that has not
/// changed is not run again.
package final class Batch {
  private let request: GradeRequest
  private let executable: String
  private let say: (String) -> Void
  private let complain: (String) -> Void
  private let progress: ProgressLine

  /// - Parameters:
  ///   - executable: the program itself.
  ///   - say: writes to standard output.
  ///   - complain: writes to standard error.
  package init(
    _ request: GradeRequest, executable: String, isTerminal: Bool,
    columns: @escaping () -> Int = { 80 }, say: @escaping (String) -> Void,
    complain: @escaping (String) -> Void
  ) {
    self.request = request
    self.executable = executable
    self.say = say
    self.complain = complain
    progress = ProgressLine(isTerminal: isTerminal, columns: columns, write: say)
  }

  /// One submission, and where its results are.
  private struct Work {
    let submission: Submission
    let folder: String
    let key: String
  }

  private struct Running {
    let process: Int32
    let work: Int
    let deadline: Double
  }

  /// - Returns: the process's exit status.
  package func run() -> Int32 {
    do {
      return try grade()
    } catch {
      let (text, status) = Complaint.of(error)
      complain(text)
      return status
    }
  }

  private func grade() throws -> Int32 {
    let grader = try Grader(rubric: request.rubric, executable: executable)
    try Judge.check(grader.rubric)
    let handIn = try HandIn(request.paths, sheet: grader.sheetName, areSingle: request.isOne)
    let build = BuildIdentity.of(executable)
    let fingerprint = grader.fingerprint(build: build)
    let all = try work(handIn.submissions, fingerprint)
    var results = [GradeResult?](repeating: nil, count: all.count)
    for index in all.indices { results[index] = finished(all[index]) }
    let chosen = all.indices.filter { index in
      let name = all[index].submission.name
      guard request.only.isEmpty || request.only.contains(name) else { return false }
      if request.isFailedOnly { return results[index].map { $0.score < $0.maximum } ?? true }
      return results[index] == nil || !request.only.isEmpty
    }
    for name in request.only where !all.contains(where: { $0.submission.name == name }) {
      let near = Spelling.nearest(to: name, among: all.map(\.submission.name))
      throw Failure(
        code: "E0914", message: "there is no submission called “\(name)”",
        remedy: near.map { "did you mean “\($0)”?" })
    }
    let broken = try run(chosen, of: all, grader, build, &results)
    progress.clear()
    let everybody = zip(all, results).map { work, result in
      result
        ?? grader.ungraded(
          work.submission, key: work.key, why: broken[work.submission.name] ?? "not graded yet")
    }
    try Overview.write(
      everybody, grader.rubric, handIn.submissions, sheet: grader.sheet, to: request.output)
    say(Summary.text(everybody, grader.rubric, output: request.output))
    if interrupts_pending() > 0 {
      complain("Interrupted. The same command goes on with those that are not graded yet.\n")
      return ExitStatus.interrupted
    }
    if !broken.isEmpty { return ExitStatus.graderBroke }
    return everybody.allSatisfy { $0.score >= $0.maximum } ? ExitStatus.full : ExitStatus.pointsLost
  }

  private func work(_ submissions: [Submission], _ fingerprint: String) throws -> [Work] {
    try Files.makeFolder(request.output)
    Batch.clear(request.output)
    return submissions.map { submission in
      Work(
        submission: submission, folder: "\(request.output)/\(submission.name)",
        key: Grader.key(submission, fingerprint: fingerprint))
    }
  }

  /// The result that is there already, if it is of this submission, rubric and program.
  private func finished(_ work: Work) -> GradeResult? {
    guard let bytes = try? Files.read("\(work.folder)/\(JudgeProgram.resultName)", limit: 64 << 20),
      let json = try? JSON.parse(bytes), let result = GradeResult(json), result.key == work.key
    else { return nil }
    return result
  }

  // MARK: Processes

  /// - Returns: why the grader broke, by submission.
  private func run(
    _ chosen: [Int], of all: [Work], _ grader: Grader, _ build: String,
    _ results: inout [GradeResult?]
  ) throws -> [String: String] {
    var waiting = chosen[...]
    var running: [Running] = []
    var broken: [String: String] = [:]
    var done = 0
    let start = Clock.seconds()
    let places = workers(grader.rubric.assignment.limits)
    let patience = grader.patience
    defer { for one in running { stop(one.process) } }

    func finish(_ index: Int, broke reason: String?) {
      let work = all[index]
      let result = reason == nil ? finished(work) : nil
      results[index] = result
      if result == nil {
        broken[work.submission.name] = reason ?? "no result was written"
        complain(
          "conch: \(work.submission.name) could not be graded: \(Markup.plain(reason ?? "no result"))\n"
        )
      }
      done += 1
      progress.milestone(
        line(done, chosen.count, work.submission.name, result, since: start))
    }

    while !waiting.isEmpty || !running.isEmpty {
      if interrupts_pending() > 0 { break }
      while running.count < places, let index = waiting.popFirst() {
        results[index] = nil
        do {
          let process = try begin(all[index], build)
          running.append(
            Running(process: process, work: index, deadline: Clock.seconds() + patience))
        } catch {
          finish(index, broke: "\(error)")
        }
      }
      var hasEnded = false
      for place in running.indices.reversed() {
        let one = running[place]
        let ending = confinement_wait(one.process, 1)
        if ending.finished == 0 {
          guard Clock.seconds() > one.deadline else { continue }
          stop(one.process)
          running.remove(at: place)
          finish(one.work, broke: "grading took too long")
        } else {
          running.remove(at: place)
          let isWell = ending.signal == 0 && ending.status == 0
          finish(
            one.work,
            broke: isWell
              ? nil
              : "the judge ended with \(ending.signal > 0 ? "signal \(ending.signal)" : "status \(ending.status)")"
          )
        }
        hasEnded = true
      }
      if !hasEnded {
        progress.update(
          "\(done) of \(chosen.count) graded  "
            + running.map { all[$0.work].submission.name }.joined(separator: ", "))
        usleep(3_000)
      }
    }
    return broken
  }

  /// Takes away what a process that was killed has not finished writing.
  private static func clear(_ folder: String) {
    for name in Entry.names(in: folder) where name.hasSuffix(".part") {
      unlink("\(folder)/\(name)")
    }
  }

  /// Starts the judge of one submission; a copy of what was handed in lies beside its results.
  private func begin(_ work: Work, _ build: String) throws -> Int32 {
    try Files.makeFolder(work.folder)
    Batch.clear(work.folder)
    // An older result must not be taken for the new one.
    unlink("\(work.folder)/\(JudgeProgram.resultName)")
    let submission = work.submission
    try Files.writeAtomically("\(work.folder)/\(JudgeProgram.scriptName)", submission.script)
    let task = JudgeProgram.Task(
      rubric: request.rubric, folder: work.folder, submission: submission, key: work.key,
      build: build)
    let words = ["conch", JudgeProgram.word] + task.arguments
    var arguments: [UnsafeMutablePointer<CChar>?] = words.map { strdup($0) } + [nil]
    defer { for argument in arguments { free(argument) } }
    let process = confinement_start_helper(executable, &arguments)
    guard process > 0 else {
      throw GraderBroke(what: "no process can be started (\(String(cString: strerror(errno))))")
    }
    return process
  }

  private func stop(_ process: Int32) {
    confinement_kill(process)
    _ = confinement_wait(process, 0)
  }

  /// Processes at once: a core for each thread of a submission, and memory for what it may use.
  private func workers(_ limits: RunLimits) -> Int {
    if let workers = request.workers { return workers }
    let cores = max(1, Int(sysconf(Int32(_SC_NPROCESSORS_ONLN))) / max(1, Int(limits.threads)))
    // Three fifths of the machine's memory are for tensors; most scripts use little of theirs.
    let memory = max(1, MemoryBudget.shared.limit / max(1, Int(limits.memory)))
    return min(cores, memory)
  }

  /// `12/500 alice  8 of 10 points  3 min left`.
  private func line(
    _ done: Int, _ count: Int, _ name: String, _ result: GradeResult?, since start: Double
  ) -> String {
    let points =
      result.map {
        "\(GradeResult.points($0.score)) of \(GradeResult.points($0.maximum)) points"
          + ($0.ending == "finished" ? "" : "  \($0.ending)")
      } ?? "could not be graded"
    let left = (Clock.seconds() - start) / Double(done) * Double(count - done)
    return "\(done)/\(count) \(Markup.plain(name))  \(points)"
      + (done < count && left >= 1 ? "  \(duration(left)) left" : "")
  }

  private func duration(_ seconds: Double) -> String {
    seconds < 90 ? "\(Int(seconds.rounded())) s" : "\(Int((seconds / 60).rounded())) min"
  }
}
