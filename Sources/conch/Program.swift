import CTerminal
import Commands
import Figures
import Grading
import Kernels
import Language
import Notebook

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// What each way of starting Conch does.
enum Program {
  static let version = "0.1.0"

  /// The process's exit status.
  static func run(_ arguments: [String]) -> Int32 {
    // The program starts itself for what must not touch the process that judges it.
    switch arguments.first {
    case ChildProgram.word: return ChildProgram.run()
    case JudgeProgram.word:
      return JudgeProgram.run(Array(arguments.dropFirst()), executable: executable)
    default: break
    }
    do {
      return try run(Invocation.parse(arguments))
    } catch let error as Invocation.UsageError {
      Output.write(error.text + "\n", to: 2)
      return 2
    } catch {
      let (text, status) = Complaint.of(error)
      Output.write(text, to: 2)
      return status
    }
  }

  private static func run(_ invocation: Invocation) throws -> Int32 {
    switch invocation {
    case .help:
      Output.write(Invocation.usage + "\n", to: 1)
      return 0
    case .version:
      Output.write("conch \(version)\n", to: 1)
      return 0
    case .check(let paths):
      let session = Session(console: console())
      session.defineScriptNames(arguments: [])
      var status = Session.Status.finished
      for path in paths where session.check(try source(path)) == .failed { status = .failed }
      return status.rawValue
    case .format(let paths, let onlyChecks):
      var status: Int32 = 0
      for path in paths { status = max(status, try format(path, onlyChecks)) }
      return status
    case .grading(let command, let words, let options):
      return try run(command, words, options)
    case .script(let path, let arguments, let options):
      return run(try source(path), arguments, options, path: path)
    case .statements(let text, let arguments, let options):
      return run(Source(name: "-c", text: text), arguments, options, path: nil)
    case .standardInput(let arguments, let options):
      guard let bytes = FileBytes.read(from: 0, limit: sourceLimit) else {
        throw Invocation.UsageError("cannot read standard input (\(reason()))")
      }
      return run(Source(name: "-", bytes: bytes), arguments, options, path: nil)
    case .prompt(let options, let resumes):
      return try prompt(options, resumes: resumes)
    case .lesson(let name, let options):
      guard let name else {
        return listLessons()
      }
      let path = try lessonPath(name)
      return prompt(options, lesson: Lesson(try source(path), path: path))
    case .export(let path, let format, let output, let options):
      return export(try source(path), path, format, output, options)
    case .importNotebook(let path, let output):
      return try importNotebook(path, output)
    }
  }

  private static func run(
    _ command: Invocation.GradingCommand, _ words: [String], _ options: Invocation.Options
  ) throws -> Int32 {
    terminal_guard()
    interrupts_count(3)
    switch command {
    case .grade:
      let isTerminal = isatty(1) == 1
      return Batch(
        try GradeRequest(words), executable: executable, isTerminal: isTerminal,
        columns: { isTerminal ? max(1, Int(terminal_columns(1))) : 80 },
        say: { Output.write($0, to: 1) }, complain: { Output.write($0, to: 2) }
      ).run()
    case .run:
      let request = try RunRequest(words, options)
      let source = try source(request.path)
      guard let transcript = request.record else {
        return run(source, request.arguments, request.options, path: request.path)
      }
      if let threads = options.threads { Parallel.threads = threads }
      let printed = StandardOutput()
      var plain = console(printed)
      plain.page = TerminalPage(columns: 80, rows: 24, colour: .monochrome)
      plain.isTerminal = false
      plain.columns = { 80 }
      return try RecordedRun.run(
        source.bytes, request, to: transcript, executable: executable, console: plain
      ).rawValue
    case .replay:
      let request = try ReplayRequest(words, options)
      return Replay.run(
        request, executable: executable,
        progress: ProgressLine(
          isTerminal: isatty(1) == 1, columns: { max(1, Int(terminal_columns(1))) },
          write: { Output.write($0, to: 1) }),
        say: { Output.write($0, to: 1) }, complain: { Output.write($0, to: 2) })
    case .bundle:
      let request = try BundleRequest(words)
      try Bundle.write(request, executable: executable)
      Output.write("Written: \(request.output)\n", to: 1)
      return 0
    }
  }

  /// The file that this program is.
  private static var executable: String {
    #if canImport(Glibc)
      if let path = realpath("/proc/self/exe", nil) {
        defer { free(path) }
        return String(cString: path)
      }
    #endif
    guard let path = realpath(CommandLine.arguments[0], nil) else {
      return CommandLine.arguments[0]
    }
    defer { free(path) }
    return String(cString: path)
  }

  /// One byte more than a source may have, so that a longer one is noticed.
  private static let sourceLimit = Limits.standard.sourceSize + 1

  static func source(_ path: String) throws(Invocation.UsageError) -> Source {
    guard let bytes = FileBytes.read(path, limit: sourceLimit) else {
      throw Invocation.cannotOpen(path, reason: reason())
    }
    return Source(name: path, bytes: bytes)
  }

  static func reason() -> String { String(cString: strerror(errno)).lowercased() }

  private static func run(
    _ source: Source, _ arguments: [String], _ options: Invocation.Options, path: String?
  ) -> Int32 {
    terminal_guard()
    terminal_hide_interrupts()
    interrupts_count(3)
    let printed = StandardOutput()
    let session = session(console(printed), options)
    session.defineScriptNames(arguments: arguments)
    let status = session.run(source, figures: path.map(Lesson.stem))
    if let reason = printed.failure {
      Output.write("conch: some of what was shown could not be written (\(reason))\n", to: 2)
      if status == .finished { return Session.Status.failed.rawValue }
    }
    if status == .interrupted, let path {
      Output.write("`conch \(path)` begins again from the start.\n", to: 2)
    }
    return status.rawValue
  }

  private static func session(_ console: Console, _ options: Invocation.Options) -> Session {
    if let threads = options.threads { Parallel.threads = threads }
    let session = Session(console: console, options: options)
    session.workspace.findGraphics = findGraphics
    if isatty(1) == 1 { session.workspace.rows = { max(1, Int(terminal_rows(1))) } }
    return session
  }

  // MARK: The prompt

  private static func prompt(
    _ options: Invocation.Options, resumes: Bool
  ) throws(Invocation.UsageError) -> Int32 {
    guard resumes else { return prompt(options) }
    guard let folder = Journal.defaultFolder(), let past = Journal.last(in: folder) else {
      throw Invocation.UsageError("there is no session to resume", remedy: "`conch` begins one")
    }
    var options = options
    options.quick = options.quick || past.isQuick
    return prompt(
      options,
      lesson: try past.lesson.map { path throws(Invocation.UsageError) in
        Lesson(try source(path), path: path)
      }, past: past)
  }

  private static func prompt(
    _ options: Invocation.Options, lesson: Lesson? = nil, past: Journal.Past? = nil
  ) -> Int32 {
    let isTerminal = isatty(0) == 1 && isatty(1) == 1
    terminal_use_utf8()
    terminal_guard()
    terminal_hide_interrupts()
    // Never a limit here: what was learned in a session is not lost to an impatient hand.
    interrupts_count(0)
    let console = console()
    let session = session(console, options)
    if let lesson {
      session.defineScriptNames(arguments: [])
      guard session.check(lesson.source) == .finished else { return 1 }
      session.workspace.figureFiles = FigureFiles(stem: lesson.stem)
    }
    guard isTerminal else {
      let dialogue = Dialogue(
        session, PlainSource(session: session, isInteractive: false), lesson: lesson)
      if let past { dialogue.resume(past) }
      return dialogue.run().rawValue
    }
    let style = console.page.style
    session.say(
      style.bold("Conch \(version)") + style.dim("  `help` for help, Ctrl-D to leave"))
    let folder = Journal.defaultFolder()
    if past == nil, let folder, Journal.hasCrashed(in: folder) {
      session.say(style.dim("The last session broke off: `conch --resume` brings it back."))
    }
    let history = History(path: History.defaultPath())
    let dialogue = Dialogue(
      session, lines(session, history, style),
      journal: folder.map {
        Journal(
          folder: $0, lesson: lesson.map { absolute($0.path) }, isQuick: options.quick)
      }, lesson: lesson, remember: history.add)
    if let past { dialogue.resume(past) }
    _ = dialogue.run()
    return 0
  }

  /// A session may be brought back from another folder.
  private static func absolute(_ path: String) -> String {
    guard let resolved = realpath(path, nil) else { return path }
    defer { free(resolved) }
    return String(cString: resolved)
  }

  private static func lines(
    _ session: Session, _ history: History, _ style: TerminalStyle
  ) -> LineSource {
    let terminal = environment("TERM")
    if terminal.isEmpty || terminal == "dumb" {
      return PlainSource(session: session, isInteractive: true)
    }
    guard let editor = PromptEditor(session: session, history: history, style: style) else {
      return PlainSource(session: session, isInteractive: true)
    }
    let settings = environment("HOME") + "/.editrc"
    if !editor.readSettings(settings) {
      session.say(
        "`~/.editrc` has a line that libedit does not know; what follows it is left out.")
    }
    return editor
  }

  // MARK: Surroundings

  private static func environment(_ name: String) -> String {
    getenv(name).map { String(cString: $0) } ?? ""
  }

  /// Colours as the terminal of a descriptor has them: none in a pipe, with `NO_COLOR`, or `dumb`.
  private static func colours(of descriptor: Int32) -> ColourDepth {
    let terminal = environment("TERM")
    guard isatty(descriptor) == 1, environment("NO_COLOR").isEmpty, !terminal.isEmpty,
      terminal != "dumb"
    else { return .monochrome }
    let colours = environment("COLORTERM")
    return colours == "truecolor" || colours == "24bit" || terminal.hasSuffix("-direct")
      ? .trueColour : .palette256
  }

  /// `COLORFGBG` is `foreground;background`; 7 and 15 are light.
  private static var background: TerminalBackground {
    let last = environment("COLORFGBG").split(separator: ";").last
    return last == "7" || last == "15" ? .light : .dark
  }

  /// Asks the terminal what pictures it can show, once a figure is to be drawn: while a statement
  /// runs, no line is being read.
  private static func findGraphics() -> Workspace.Graphics? {
    guard let question = TerminalQuestion.text(environment) else { return .init(nil, nil) }
    var bytes = [UInt8](repeating: 0, count: 1024)
    let count = terminal_ask(question, &bytes, bytes.count, 1_000)
    // Another time, perhaps.
    guard count >= 0 else { return nil }
    let answers = TerminalQuestion.answers(in: Array(bytes.prefix(Int(count))))
    terminal_give_back(answers.typed, answers.typed.count)
    return .init(TerminalQuestion.graphics(environment, answers), answers.background)
  }

  static func console(_ output: StandardOutput = StandardOutput()) -> Console {
    let isTerminal = isatty(1) == 1
    let columns = { isTerminal ? max(1, Int(terminal_columns(1))) : 80 }
    let page = TerminalPage(
      columns: columns(), rows: isTerminal ? max(1, Int(terminal_rows(1))) : 24,
      colour: colours(of: 1), background: background)
    return Console(
      page: page, isTerminal: isTerminal && environment("TERM") != "dumb",
      errorStyle: TerminalStyle(colours(of: 2)),
      write: { output.write($0) }, writeError: { Output.write($0, to: 2) },
      interruptCount: { Int(interrupts_pending()) }, clearInterrupts: { interrupts_clear() },
      columns: columns)
  }
}

/// Standard output, and whether it took everything: on a full disk a result must not be lost without
/// a word. What a program runs on meanwhile (training, files of weights) is worth going on for.
final class StandardOutput {
  /// Why something could not be written; nil while all is well, or nobody listens.
  private(set) var failure: String?

  func write(_ text: String) {
    guard !Output.write(text, to: 1), failure == nil, errno != EPIPE, errno != EBADF else { return }
    failure = String(cString: strerror(errno)).lowercased()
  }
}
