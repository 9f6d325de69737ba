import Commands
import Kernels
import Language
import Notebook
import Tensors

/// `conch run FILE --record TRANSCRIPT`: runs a script as always, and writes down what happens.
package struct RunRequest: Equatable {
  package var path = ""
  package var arguments: [String] = []
  package var record: String?
  package var options: Invocation.Options

  package static let usage = "conch run FILE [arguments] --record TRANSCRIPT"

  /// - Parameter words: what follows `run`.
  package init(_ words: [String], _ options: Invocation.Options) throws(Invocation.UsageError) {
    self.options = options
    var rest = words[...]
    var positional: [String] = []
    while let word = rest.popFirst() {
      switch word {
      case "--record":
        guard let file = rest.popFirst() else {
          throw Invocation.UsageError(
            "`--record` needs a file", remedy: "write conch run FILE --record FILE.transcript")
        }
        record = file
      case "--quick": self.options.quick = true
      default: positional.append(word)
      }
    }
    guard let file = positional.first else {
      throw Invocation.UsageError("`run` needs a file", remedy: "write \(RunRequest.usage)")
    }
    path = file
    arguments = Array(positional.dropFirst())
  }
}

package enum RecordedRun {
  /// - Parameters:
  ///   - bytes: the script.
  ///   - executable: the program itself, by which transcripts are known.
  ///   - console: plain: what is recorded must not depend on a terminal.
  /// - Returns: how the run ended.
  /// - Throws: `FileError` if the transcript cannot be written.
  package static func run(
    _ bytes: [UInt8], _ request: RunRequest, to transcript: String, executable: String,
    console: Console
  ) throws -> Session.Status {
    let name = HandIn.fileName(request.path)
    // Before hours of training, not after them.
    if !Files.exists(transcript) { try Files.writeAtomically(transcript, []) }
    var events: [Event] = []
    let recorder = Recorder { event, _ in events.append(event) }
    var console = console
    let write = console.write
    console.write = { text in
      write(text)
      recorder.output(text)
    }
    let session = Session(console: console, options: request.options)
    let seed = Int(clamping: session.workspace.seed)
    recorder.listen(to: session)
    Safety.shared.watch()
    session.defineScriptNames(arguments: request.arguments)
    // Errors name the script's file, not where it lies.
    let source = Source(name: name, bytes: bytes)
    session.workspace.figureFiles = .init(stem: stem)
    let outcome = session.execute(source)
    let status = session.finish(outcome)
    for diagnostic in outcome.diagnostics where !session.wantsToQuit {
      recorder.problem(diagnostic)
    }
    recorder.finish(ending(outcome, session))
    let head = TranscriptFile.Head(
      build: BuildIdentity.of(executable), script: name, arguments: request.arguments,
      isQuick: request.options.quick, goesOn: false, seed: seed,
      source: String(decoding: bytes, as: UTF8.self))
    try Files.writeAtomically(transcript, TranscriptFile(head: head, events: events).bytes)
    return status
  }

  /// Figures of recorded runs are called alike, whatever the script is called.
  static let stem = "figure"

  private static func ending(_ outcome: Outcome, _ session: Session) -> Event.Ending {
    switch outcome {
    case .finished: .finished
    case .failed: session.wantsToQuit ? .finished : .failed
    case .interrupted: session.wantsToQuit ? .finished : .interrupted
    }
  }
}
