import Commands
import Figures
import Language

/// Where a session writes, and how it hears of interrupts.
package struct Console {
  /// The room and the looks of standard output.
  package var page: TerminalPage
  /// Whether standard output is a terminal: cells are announced, and progress redraws its line.
  package var isTerminal: Bool
  /// Whether errors may be coloured.
  package var errorStyle: TerminalStyle
  package var write: (String) -> Void
  package var writeError: (String) -> Void
  /// Ctrl-C pressed since `clearInterrupts`: 1 ends after the step in hand, 2 gives the step up.
  package var interruptCount: () -> Int
  package var clearInterrupts: () -> Void
  /// The width of the window now.
  package var columns: () -> Int

  package init(
    page: TerminalPage, isTerminal: Bool, errorStyle: TerminalStyle,
    write: @escaping (String) -> Void, writeError: @escaping (String) -> Void,
    interruptCount: @escaping () -> Int = { 0 }, clearInterrupts: @escaping () -> Void = {},
    columns: (() -> Int)? = nil
  ) {
    self.page = page
    self.isTerminal = isTerminal
    self.errorStyle = errorStyle
    self.write = write
    self.writeError = writeError
    self.interruptCount = interruptCount
    self.clearInterrupts = clearInterrupts
    self.columns = columns ?? { page.columns }
  }
}

/// One interpreter, what it prints, and how a run ends: the same for a script, an entry at the
/// prompt and standard input.
package final class Session {
  package let interpreter: Interpreter
  package let console: Console
  package let progress: ProgressLine
  package let options: Invocation.Options
  /// What the commands share: seed, figures, output.
  package let workspace = Workspace()
  /// Set by `quit`.
  package var wantsToQuit = false
  /// How long the entry before took, in seconds.
  package private(set) var lastDuration: Double?
  /// Who types, at the prompt and in lessons; nil in scripts.
  weak var dialogue: Dialogue?
  let interrupts: Interrupts
  /// Takes problems as facts before they are put into words.
  var onProblem: (([Diagnostic]) -> Void)?
  /// While set, nothing is shown: what is run again was seen before.
  var isMuted = false
  /// Called before each top-level statement of a script.
  package var onStatement: ((StatementEvent) throws -> Void)?
  private let announcer: CellAnnouncer
  private let answers: Answers

  /// Whether a command that was interrupted has itself said how to go on.
  private final class Answers {
    var hasAnswered = false
  }

  /// What stands before the line number of an error at the prompt.
  static let promptName = "prompt"

  /// How a run ended, as the process's exit status.
  package enum Status: Int32 {
    case finished = 0
    case failed = 1
    case interrupted = 130
  }

  /// - Parameter commands: added to those that every session has; they may replace some.
  package init(
    console: Console, options: Invocation.Options = Invocation.Options(),
    limits: Limits = .standard, commands: [Command] = []
  ) {
    self.console = console
    self.options = options
    let interrupts = Interrupts(console.interruptCount)
    self.interrupts = interrupts
    // Commands reach the session through this, since they are made before it is.
    let reference = SessionReference()
    let write: (String) -> Void = { text in
      if reference.session?.isMuted != true { console.write(text) }
    }
    let progress = ProgressLine(
      isTerminal: console.isTerminal, columns: console.columns, write: write)
    self.progress = progress
    workspace.page = console.page
    workspace.isInteractive = console.isTerminal
    workspace.isQuick = options.quick
    let answers = Answers()
    self.answers = answers
    workspace.write = { text in
      if interrupts.isRaised { answers.hasAnswered = true }
      write(text)
    }
    workspace.interruptCount = interrupts.count
    workspace.progress = progress
    announcer = CellAnnouncer(page: console.page)
    interpreter = Interpreter(
      commands: allCommands(workspace) + sessionCommands(reference) + cellCommands(reference)
        + commands,
      functionProperties: functionProperties, limits: limits,
      output: { text in
        progress.clear()
        write(text)
      })
    reference.session = self
    interpreter.isCancelled = { [unowned self] in
      wantsToQuit || interrupts.count() > 0
    }
    workspace.checkpoint = { [unowned self] in try interpreter.checkpoint() }
  }

  /// What every script finds defined: its `arguments`, and whether its short form is asked for.
  package func defineScriptNames(arguments: [String]) {
    interpreter.define("arguments", .texts(arguments))
    interpreter.define("quick", .boolean(options.quick))
  }

  // MARK: Running

  /// Runs a script whole. Its cells are announced on a terminal.
  ///
  /// - Parameter figures: the beginning of the names of the figures' files; nil numbers them on from
  ///   those that are there.
  package func run(_ source: Source, figures: String? = nil) -> Status {
    workspace.figureFiles = FigureFiles(stem: figures)
    // A saved session may have taken something back.
    if source.text.contains("undo"),
      Outline(of: source)?.parts.contains(where: { $0.call == "undo" }) == true
    {
      interpreter.keepPastValues()
    }
    let cells = console.isTerminal ? announcer.cells(of: source) : nil
    let status = finish(execute(source, cells))
    guard status == .finished else { return status }
    // Work that ended early at the last statement has ended well, but not as the script was meant.
    if interrupts.isRaised, !wantsToQuit {
      sayInterrupted("in \(source.name)")
      return .interrupted
    }
    cells?.announce(upTo: .max, say: say)
    return status
  }

  /// Runs a script whole, and says nothing about how it ended.
  package func execute(_ source: Source) -> Outcome { execute(source, nil) }

  private func execute(_ source: Source, _ cells: CellAnnouncer.Announcements?) -> Outcome {
    if cells != nil || onStatement != nil {
      interpreter.onStatement = { [unowned self] event in
        cells?.announce(upTo: event.span.start, say: say)
        try onStatement?(event)
      }
    }
    defer { interpreter.onStatement = nil }
    return timed(source)
  }

  /// Runs one entry of the prompt. Help can be asked for in the short forms `?name` and `name?`.
  package func run(entry text: String) -> Status {
    if let topic = HelpRequest.topic(of: text) {
      begin()
      say(Help(self).page(for: topic))
      return .finished
    }
    return run(cell: Source(name: Self.promptName, text: text))
  }

  /// Runs a cell: an entry, or a part of a lesson.
  ///
  /// - Parameter interruptedAt: where Ctrl-C is to be seen again (`Interrupts`).
  func run(cell source: Source, interruptedAt looks: [Int] = []) -> Status {
    begin(interruptedAt: looks)
    return finish(timed(source))
  }

  private func begin(interruptedAt looks: [Int] = []) {
    // The window may have another width by now.
    workspace.page.columns = max(1, console.columns())
    answers.hasAnswered = false
    interrupts.begin(planned: looks)
  }

  /// Reads entries until the end of input or `quit`. Without a person, the first error ends it.
  package func run(from lines: LineSource) -> Status { Dialogue(self, lines).run() }

  /// Errors of a script that can be found without running it.
  package func check(_ source: Source) -> Status {
    let diagnostics = interpreter.check(source)
    guard !diagnostics.isEmpty else { return .finished }
    report(diagnostics)
    return .failed
  }

  private func timed(_ source: Source) -> Outcome {
    let start = ProgressLine.seconds()
    let outcome = interpreter.run(source)
    lastDuration = ProgressLine.seconds() - start
    return outcome
  }

  /// Says how a run ended, and what was wrong.
  package func finish(_ outcome: Outcome) -> Status {
    workspace.progress.clear()
    switch outcome {
    case .finished: return .finished
    case .failed(let diagnostics):
      report(diagnostics)
      return wantsToQuit ? .finished : .failed
    case .interrupted(let diagnostic):
      if wantsToQuit { return .finished }
      if !interrupts.isRaised {
        report([diagnostic])
        return .failed
      }
      let (line, _) = diagnostic.position
      // At the prompt, one sentence is enough.
      if !answers.hasAnswered || diagnostic.source.name != Self.promptName {
        sayInterrupted("at \(diagnostic.source.name):\(line)")
      }
      return .interrupted
    }
  }

  private func sayInterrupted(_ place: String) {
    guard !isMuted else { return }
    console.writeError(
      console.errorStyle.yellow("Interrupted") + " \(place)."
        + (workspace.canGoOn ? " What was finished before is kept.\n" : "\n"))
  }

  /// Writes errors, marked so that code and place catch the eye.
  package func report(_ diagnostics: [Diagnostic]) {
    guard !isMuted else { return }
    onProblem?(diagnostics)
    workspace.progress.clear()
    let style = console.errorStyle
    // Beside the line of the source stand its number, a bar, and a mark where it was cut.
    let message = Diagnostic.render(
      diagnostics, width: console.isTerminal ? console.columns() - 12 : 100)
    guard style.isEnabled else { return console.writeError(message) }
    let lines = message.split(separator: "\n", omittingEmptySubsequences: false)
    var output: [String] = []
    for line in lines {
      if let mark = line.firstRange(of: ": error "), line.first != " " {
        output.append(
          style.dim(String(line[..<mark.lowerBound])) + ": "
            + style.bold(style.red(String(line[mark.lowerBound...].dropFirst(2)))))
      } else if let bar = line.firstRange(of: " | "),
        line[bar.upperBound...].drop(while: { $0 == " " }).first == "^"
      {
        let rest = line[bar.upperBound...]
        let lead = rest.prefix { $0 == " " }
        let carets = rest.dropFirst(lead.count).prefix { $0 == "^" }
        output.append(
          style.dim(String(line[..<bar.upperBound])) + lead + style.bold(style.red(String(carets)))
            + style.green(String(rest.dropFirst(lead.count + carets.count))))
      } else {
        output.append(String(line))
      }
    }
    console.writeError(output.joined(separator: "\n"))
  }

  /// Writes lines, after taking away a progress line that is in the way.
  package func say(_ text: String) {
    workspace.progress.clear()
    if !isMuted { console.write(text + "\n") }
  }

  // MARK: For the line editor

  /// The innermost construct that `text` leaves open, `...` where only an operand is missing; nil
  /// when it can be run, or can never be.
  package func openConstruct(in text: String) -> String? {
    guard case .incomplete(let open) = Parser.completeness(of: text) else { return nil }
    return open.last ?? "..."
  }

  package func completion(of text: String, at cursor: Int) -> Completion {
    if text.first == "?", cursor > 0 {
      let rest = Completer(interpreter: interpreter).completion(
        of: String(text.dropFirst()), at: cursor - 1)
      return Completion(
        rest.range.lowerBound + 1..<rest.range.upperBound + 1, rest.candidates)
    }
    return Completer(interpreter: interpreter).completion(of: text, at: cursor)
  }
}

/// Lets the session's commands find it.
final class SessionReference {
  weak var session: Session?
}
