import CConfinement
import Figures
import Kernels
import Language
import Notebook
import Tensors

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// The process in which a submission runs. It is told what to run, tells what happens, and then
/// answers questions about what the script has left; it judges nothing, and is told nothing of what
/// is expected.
///
/// Each check is answered by a copy of the process as it was when the script had ended, so that no
/// check can spoil the next one or tell it anything: neither by what it changes, nor by taking too
/// long, nor by crashing.
package enum ChildProgram {
  /// The word that starts it; nobody types it.
  package static let word = "--confined"

  /// - Returns: the process's exit status.
  package static func run() -> Int32 {
    let channel = Channel(Int32(CONFINEMENT_CHANNEL))
    guard let bytes = try? channel.receive(), case .run(let order)? = try? Order(bytes) else {
      return 2
    }
    let child = Child(order, channel)
    return child.run()
  }
}

private final class Child {
  private let order: RunOrder
  private let channel: Channel
  /// On the monotonic clock; the work in hand ends then.
  private var deadline = 0.0
  private var keptOutput = 0
  private var sentPictures = 0

  /// Pictures that are sent on, in bytes.
  private static let pictureLimit = 12 << 20

  init(_ order: RunOrder, _ channel: Channel) {
    self.order = order
    self.channel = channel
  }

  func run() -> Int32 {
    // Threads are started when they are first needed, and after the limits.
    if order.limits.threads > 0 { Parallel.threads = Int(order.limits.threads) }
    let protections = Confinement.apply(order)
    do {
      try channel.send(Report.confined(protections).bytes)
      deadline = Clock.seconds() + order.limits.seconds
      let recorder = Recorder { [unowned self] event, picture in tell(event, picture) }
      let session = session(recorder)
      runScript(session, recorder)
      recorder.isListening = false
      session.wantsToQuit = false
      try channel.send(Report.ran.bytes)
      try serve(session)
      return 0
    } catch {
      // The judge has gone; there is nobody to tell.
      return 1
    }
  }

  private func session(_ recorder: Recorder) -> Session {
    let page = TerminalPage(columns: 80, rows: 24, colour: .monochrome)
    let console = Console(
      page: page, isTerminal: false, errorStyle: TerminalStyle(.monochrome),
      write: { recorder.output($0) }, writeError: { _ in },
      interruptCount: { [unowned self] in Clock.seconds() < deadline ? 0 : 2 })
    var limits = Limits.standard
    limits.memory = Int(order.limits.memory)
    // A text of a quarter of the memory leaves room for its copies.
    limits.textSize = min(limits.textSize, max(1 << 20, Int(order.limits.memory) / 16))
    let session = Session(
      console: console, options: Invocation.Options(threads: nil, quick: order.isQuick),
      limits: limits)
    let statements = Int(order.limits.statements)
    session.interpreter.statementBudget = statements > 0 ? statements : nil
    session.interpreter.afterFailure = order.goesOn ? .nextCell : .stop
    recorder.listen(to: session)
    return session
  }

  private func runScript(_ session: Session, _ recorder: Recorder) {
    Safety.shared.watch()
    session.defineScriptNames(arguments: order.arguments)
    let source = Source(name: order.name, bytes: order.source)
    session.workspace.figureFiles = .init(stem: RecordedRun.stem)
    recorder.finish(ending(of: run(source, session, recorder), session, recorder))
  }

  /// Runs the script; where a mistake keeps all of it from running, its cells one by one, because a
  /// mistake in one shall not cost the others.
  private func run(_ source: Source, _ session: Session, _ recorder: Recorder) -> Outcome {
    var hasBegun = false
    let tell = session.onStatement
    session.onStatement = { event in
      hasBegun = true
      try tell?(event)
    }
    let outcome = session.execute(source)
    guard order.goesOn, !hasBegun, case .failed = outcome, let cells = apart(source) else {
      return outcome
    }
    for cell in cells {
      switch session.execute(cell) {
      case .finished: break
      case .failed(let diagnostics): problems(diagnostics, recorder)
      case .interrupted(let diagnostic): return .interrupted(diagnostic)
      }
    }
    return outcome
  }

  /// Tells how a run ended, and what was wrong with it.
  private func ending(
    of outcome: Outcome, _ session: Session, _ recorder: Recorder
  ) -> Event.Ending {
    if session.wantsToQuit { return .finished }
    switch outcome {
    case .finished: return .finished
    case .failed(let diagnostics):
      problems(diagnostics, recorder)
      return .failed
    case .interrupted(let diagnostic):
      if Clock.seconds() >= deadline { return .timeout }
      recorder.problem(diagnostic)
      return .statements
    }
  }

  /// Those that did not end the run were told when they happened.
  private func problems(_ diagnostics: [Diagnostic], _ recorder: Recorder) {
    for diagnostic in diagnostics where !recorder.hasTold(diagnostic) {
      recorder.problem(diagnostic)
    }
  }

  /// The cells of a source, each as a source in which the other lines are empty, so that places stay
  /// what they are; nil if there is but one, or too much to cut.
  private func apart(_ source: Source) -> [Source]? {
    guard source.firstInvalidOffset == nil, source.bytes.count <= Limits.standard.sourceSize else {
      return nil
    }
    let cells = Cells.split(source)
    guard cells.count > 1, cells.count * source.bytes.count <= 100 << 20 else { return nil }
    return cells.map { cell in
      let lines = Int(cell.span.start)..<Int(cell.span.end)
      var bytes = [UInt8](repeating: 32, count: source.bytes.count)
      for (offset, byte) in source.bytes.enumerated() where byte == 10 || lines.contains(offset) {
        bytes[offset] = byte
      }
      return Source(name: source.name, bytes: bytes)
    }
  }

  private func tell(_ event: Event, _ picture: [UInt8]?) {
    if case .output(let text) = event {
      let room = Int(order.limits.outputBytes) - keptOutput
      keptOutput += text.utf8.count
      guard room > 0 else { return }
      if text.utf8.count > room {
        let part = String(decoding: Array(text.utf8.prefix(room)), as: UTF8.self)
        send(
          .event(Array(Event.output(part + "\n… (the rest of the output is left out)\n").line.utf8))
        )
        return
      }
    }
    let line = Array(event.line.utf8)
    guard line.count < 4 << 20 else { return }
    send(.event(line))
    if let picture, sentPictures + picture.count <= Child.pictureLimit {
      sentPictures += picture.count
      send(.picture(picture))
    }
  }

  private func send(_ report: Report) {
    do {
      try channel.send(report.bytes)
    } catch {
      // Without a judge the run has no purpose.
      exit(1)
    }
  }

  // MARK: Questions

  private func serve(_ session: Session) throws {
    while true {
      guard case .beginCopy(let seconds) = try Order(channel.receive()) else { continue }
      // The copy ends the work in hand by itself; the system ends it where it cannot.
      let process = confinement_copy(seconds + 2)
      if process == 0 {
        deadline = Clock.seconds() + seconds
        answer(session)
      }
      guard process > 0 else {
        try channel.send(Report.copyEnded(signal: 0, peak: 0).bytes)
        continue
      }
      let ending = confinement_wait(process, 0)
      try channel.send(
        Report.copyEnded(signal: Int(ending.signal), peak: Double(ending.peak)).bytes)
    }
  }

  /// What a copy does.
  private func answer(_ session: Session) -> Never {
    let respondent = Respondent(session) { [unowned self] in Clock.seconds() >= deadline }
    send(.copyBegan)
    while true {
      guard let bytes = try? channel.receive(), let order = try? Order(bytes) else { _exit(1) }
      switch order {
      case .ask(let question): send(respondent.answer(to: question))
      case .endCopy: _exit(0)
      default: _exit(1)
      }
    }
  }
}
