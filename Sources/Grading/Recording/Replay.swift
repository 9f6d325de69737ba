import Commands
import Language
import Notebook
import Tensors

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// `conch replay TRANSCRIPT`: runs again what a transcript tells of, and says what differs.
///
/// The script runs confined, as a submission does: a transcript may come from anybody. It reads what
/// lies in the current folder, and what it writes is thrown away.
package struct ReplayRequest: Equatable {
  package var path = ""
  package var tolerance: Double?
  package var threads: Int?

  package static let usage = "conch replay TRANSCRIPT [--tolerance NUMBER]"

  package init(_ words: [String], _ options: Invocation.Options) throws(Invocation.UsageError) {
    threads = options.threads
    var rest = words[...]
    while let word = rest.popFirst() {
      if word == "--tolerance" {
        guard let text = rest.popFirst(), let number = Double(text), (0...1e6).contains(number)
        else { throw Invocation.UsageError("`--tolerance` needs a number from 0 on") }
        tolerance = number
      } else if word.hasPrefix("--") || !path.isEmpty {
        throw Invocation.UsageError(
          "`\(word)` is not expected here", remedy: "write \(ReplayRequest.usage)")
      } else {
        path = word
      }
    }
    guard !path.isEmpty else {
      throw Invocation.UsageError(
        "`replay` needs a transcript", remedy: "write \(ReplayRequest.usage)")
    }
  }
}

package enum Replay {
  /// Of runs by different builds, which may round differently.
  private static let usualTolerance = 1e-3

  /// - Returns: the process's exit status: 0 if nothing differs, 1 if something does.
  package static func run(
    _ request: ReplayRequest, executable: String, progress: ProgressLine,
    say: (String) -> Void, complain: (String) -> Void
  ) -> Int32 {
    do {
      let transcript = try TranscriptFile(Files.read(request.path), name: request.path)
      let isSameBuild = transcript.head.build == BuildIdentity.of(executable)
      let tolerance = request.tolerance ?? (isSameBuild ? 0 : usualTolerance)
      let record = try again(transcript, request, executable, progress)
      progress.clear()
      let differences = TranscriptComparison(tolerance: tolerance)
        .differences(transcript.events, record.events)
      for difference in differences { say(Markup.plain(difference) + "\n") }
      if case .told = record.ending {
      } else {
        say("The run did not come to its end.\n")
        return 1
      }
      guard differences.isEmpty else { return 1 }
      let how =
        tolerance == 0
        ? "to the byte"
        : "within \(Value.number(tolerance).display)"
          + (isSameBuild ? "" : "; it was recorded by another build")
      say("The same \(Summary.count(record.events.count, "event")), \(how).\n")
      return 0
    } catch {
      let (text, status) = Complaint.of(error)
      complain(text)
      return status
    }
  }

  private static func again(
    _ transcript: TranscriptFile, _ request: ReplayRequest, _ executable: String,
    _ progress: ProgressLine
  ) throws -> RunRecord {
    let head = transcript.head
    let scratch = try ScratchFolder()
    let readable = try offer(transcript, in: scratch)
    var limits = RunLimits()
    limits.seconds = 1e7
    limits.statements = 0
    limits.memory = Double(MemoryBudget.shared.limit) / 3 * 4
    limits.outputBytes = 1e9
    limits.writtenBytes = 1e11
    limits.writtenFiles = 1e6
    limits.threads = Double(request.threads ?? 0)
    let order = RunOrder(
      name: head.script, source: Array(head.source.utf8), arguments: head.arguments,
      isQuick: head.isQuick, goesOn: head.goesOn, limits: limits, readable: readable)
    do {
      let child = try ChildProcess(executable: executable, order, folder: scratch.path)
      defer { child.end() }
      return child.run { event in
        if case .statement(let line, _) = event { progress.update("line \(line)") }
      }
    } catch let error as ChildProcess.StartFailure {
      throw GraderBroke(what: "no process can be started (\(error.reason))")
    }
  }

  /// Offers what lies in the current folder under its own names, but not what the run is to write.
  /// - Returns: what may be read.
  private static func offer(
    _ transcript: TranscriptFile, in scratch: ScratchFolder
  ) throws -> [String] {
    var written: Set<String> = []
    for case .wrote(let name, _) in transcript.events {
      written.insert(String(name.split(separator: "/").first ?? ""))
    }
    guard let here = realpath(".", nil) else { return [] }
    defer { free(here) }
    let folder = String(cString: here)
    for name in Entry.names(in: folder) where !written.contains(name) {
      try scratch.link(name, to: "\(folder)/\(name)")
    }
    // Data that the script names from the root on.
    var readable = [folder]
    for case .read(let name, _, _) in transcript.events where name.hasPrefix("/") {
      readable.append(name)
    }
    return readable
  }
}
