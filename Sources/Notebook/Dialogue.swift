import Commands
import Figures
import Language

/// A session with somebody who types: it reads entries, runs them as cells, and remembers what is
/// needed to look back: which cells ran and which are stale, and the journal.
package final class Dialogue {
  let session: Session
  let lines: LineSource
  private(set) var cells: CellLog
  /// What has been run so far, as it would be written down.
  private(set) var entries: [Journal.Entry] = []
  private let journal: Journal?
  private let guide: LessonGuide?
  /// What commands have asked for while they ran: it is done after them.
  private var wishes: [Wish] = []
  /// Guesses that the cell in hand asked for.
  private var guesses: [String] = []
  private var hasWarned = false
  private var isResuming = false
  /// Where an edited entry is remembered.
  private let remember: (String) -> Void

  private enum Wish {
    case bringUpToDate
    case rerun(Int)
    case edit(Int?)
  }

  /// - Parameters:
  ///   - journal: where it is written down what ran; nil for nowhere.
  ///   - lesson: a script that is gone through cell by cell.
  ///   - remember: takes entries that were written in an editor, for the history.
  package init(
    _ session: Session, _ lines: LineSource, journal: Journal? = nil, lesson: Lesson? = nil,
    remember: @escaping (String) -> Void = { _ in }
  ) {
    self.session = session
    self.lines = lines
    self.journal = journal
    self.remember = remember
    cells = CellLog(reserved: lesson?.steps.count ?? 0)
    guide = lesson.map { LessonGuide($0, session) }
    guide?.dialogue = self
    session.dialogue = self
    session.workspace.canGoOn = lines.isInteractive
    session.interpreter.keepPastValues()
    session.interpreter.define(
      "session", .object(SessionValue(self)), isListed: false)
  }

  /// Reads entries until the end of input or `quit`. Without a person, the first error ends it.
  package func run() -> Session.Status {
    guide?.begin()
    while !session.wantsToQuit {
      switch lines.next(guide == nil ? .entry : .lessonEntry) {
      case .givenUp: continue
      case .end:
        if maySayWhatIsLost() { continue }
        journal?.leave()
        return .finished
      case .text(let text):
        session.console.clearInterrupts()
        let status = answer(text)
        // A Ctrl-C that ended work is not meant for the next entry as well.
        session.console.clearInterrupts()
        if status != .finished && !lines.isInteractive { return status }
      }
    }
    journal?.leave()
    return .finished
  }

  /// Asks for something else than an entry, while a cell runs or before it does.
  func ask(_ request: Request) -> Reply {
    session.progress.clear()
    return lines.next(request)
  }

  /// Asks for a guess, which is held against the result when the cell has ended. Whoever has none
  /// goes on without.
  func guess() {
    guard lines.isInteractive, !session.isMuted else { return }
    if case .text(let guess) = ask(.guess), !guess.isBlank { guesses.append(guess) }
  }

  // MARK: Entries

  private func answer(_ text: String) -> Session.Status {
    var status = Session.Status.finished
    if let guide, let answer = guide.take(text) {
      hasWarned = false
      status = answer
    } else if HelpRequest.topic(of: text) != nil {
      status = session.run(entry: text)
    } else {
      status = run(entry: text)
    }
    while !wishes.isEmpty, !session.wantsToQuit {
      let granted = grant(wishes.removeFirst())
      if granted != .finished {
        wishes = []
        status = granted
      }
    }
    return status
  }

  private func run(entry text: String) -> Session.Status {
    let source = Source(name: Session.promptName, text: text)
    guard !isPassing(source) else {
      let (status, trace) = session.interpreter.traced { session.run(cell: source) }
      cells.note(trace, variables: session.interpreter.variables)
      return status
    }
    hasWarned = false
    return run(CellLog.Cell(number: cells.newNumber(), text: text), source)
  }

  /// Runs a cell, again or for the first time, and takes note of it.
  @discardableResult
  func run(_ cell: CellLog.Cell, _ source: Source, looks: [Int] = []) -> Session.Status {
    guesses = []
    if !isResuming { journal?.begin(cell.text) }
    let (status, trace) = session.interpreter.traced {
      session.run(cell: source, interruptedAt: looks)
    }
    cells.note(cell, trace, status, variables: session.interpreter.variables)
    let entry = kept(cell, source, status)
    if !entry.kept.isEmpty || entry.interrupted != nil { entries.append(entry) }
    if !isResuming { journal?.end(entry) }
    for guess in guesses { session.say("You said: \(guess)") }
    return status
  }

  /// What of a cell came to its end, as a text that can be run again.
  private func kept(
    _ cell: CellLog.Cell, _ source: Source, _ status: Session.Status
  ) -> Journal.Entry {
    var entry = Journal.Entry(kept: "", title: cell.title, place: cell.place)
    guard let outline = Outline(of: source) else { return entry }
    let finished = session.interpreter.finishedStatements
    func text(_ parts: some Sequence<Outline.Part>) -> String {
      parts.map { source.slice($0.span) }.joined(separator: "\n")
    }
    switch status {
    case .finished:
      let lasting = outline.parts.filter { !isPassing($0) }
      // The whole, with its comments, where nothing is left out.
      entry.kept = lasting.count == outline.parts.count ? cell.text : text(lasting)
    case .failed: entry.kept = text(outline.parts.prefix(finished).filter { !isPassing($0) })
    case .interrupted:
      // Run again to the same place, it must be the same to the last statement.
      entry.kept = text(outline.parts.prefix(finished))
      entry.interrupted = text(outline.parts.dropFirst(finished).prefix(1))
      entry.looks = session.interrupts.seen
    }
    return entry
  }

  /// Whether a statement leaves nothing behind but what it shows of the session.
  private func isPassing(_ part: Outline.Part) -> Bool {
    guard let name = part.call, session.interpreter.variable(named: name) == nil else {
      return false
    }
    return passingCommands.contains(name) || (name == "save" && part.argument == "session")
  }

  private func isPassing(_ source: Source) -> Bool {
    guard let outline = Outline(of: source) else { return false }
    return outline.parts.allSatisfy { isPassing($0) }
  }

  /// Forgets which cells ran: `reset` has taken away what they made.
  func forgetCells() { cells.removeAll() }

  // MARK: What commands ask for

  func wishToBringUpToDate() { wishes.append(.bringUpToDate) }
  func wishToRerun(_ number: Int) { wishes.append(.rerun(number)) }
  func wishToEdit(_ number: Int?) { wishes.append(.edit(number)) }

  private func grant(_ wish: Wish) -> Session.Status {
    switch wish {
    case .rerun(let number):
      guard let cell = cells[number] else { return .finished }
      return rerun(cell)
    case .bringUpToDate:
      guard !cells.stale.isEmpty else {
        if let guide, guide.canRerun { return guide.rerun() }
        session.say("Nothing is stale: every cell shows what it would show now.")
        return .finished
      }
      var done: Set<Int> = []
      while let next = cells.stale.first(where: { !done.contains($0.cell.number) })?.cell {
        done.insert(next.number)
        let status = rerun(next)
        if status != .finished { return status }
      }
      return .finished
    case .edit(let number): return edit(number)
    }
  }

  private func rerun(_ cell: CellLog.Cell) -> Session.Status {
    let style = session.workspace.page.style
    session.say(style.dim("── \(cell.number)  \(cell.name)"))
    return run(cell, source(of: cell))
  }

  private func source(of cell: CellLog.Cell) -> Source {
    guide.flatMap { guide in cell.place.map { guide.lesson.source(of: $0, text: cell.text) } }
      ?? Source(name: Session.promptName, text: cell.text)
  }

  private func edit(_ number: Int?) -> Session.Status {
    let cell =
      number.map { cells[$0] } ?? guide?.cellAtHand ?? cells.cells.last
      ?? CellLog.Cell(number: cells.newNumber(), text: "")
    guard var cell else { return .finished }
    switch TextEditor.edit(cell.text) {
    case .text(let text):
      guard text != cell.text else {
        session.say("Nothing was changed.")
        return .finished
      }
      cell.text = text
      if cell.place == nil { remember(text) }
      session.say(CodeListing.render(text, page: session.workspace.page))
      let status = run(cell, source(of: cell))
      if let place = cell.place { guide?.noteEdited(place, status) }
      return status
    case .problem(let sentence):
      session.say(sentence)
      return .finished
    }
  }

  // MARK: Leaving

  /// Says once what would be lost by leaving now; false if there is nothing, or it has been said.
  func maySayWhatIsLost() -> Bool {
    guard lines.isInteractive, !hasWarned else { return false }
    let lost = session.workspace.unsavedTrainers(among: session.interpreter.variables)
    guard let first = lost.first else { return false }
    hasWarned = true
    let names = lost.map { "`\($0.name)` (\(plural($0.steps, "step")))" }
      .joined(separator: ", ")
    let sentence =
      "Not saved: what \(names) \(lost.count == 1 ? "has" : "have") learned. "
      + "`save \(first.name) \"\(first.name).ckpt\"` keeps it; leave once more to go without."
    for line in wrapped(sentence, to: session.console.columns()) { session.say(line) }
    return true
  }

  // MARK: Coming back

  /// Runs again what a past session had finished, without showing it again.
  package func resume(_ past: Journal.Past) {
    session.say("Running \(plural(past.entries.count, "cell")) of the last session again …")
    let progress = ProgressLine(
      isTerminal: session.console.isTerminal, columns: session.console.columns,
      write: session.console.write)
    let problem = quietly { () -> String? in
      for (index, entry) in past.entries.enumerated() {
        session.console.clearInterrupts()
        progress.show("\(index + 1)/\(past.entries.count)  \(CellLog.Cell.name(of: entry.kept))")
        if let problem = run(again: entry, index) { return problem }
      }
      return nil
    }
    progress.clear()
    session.console.clearInterrupts()
    // Only now: a crash on the way here must leave the old journal the one that counts.
    for entry in entries { journal?.end(entry) }
    guide?.goOn(after: entries.compactMap(\.place).max())
    if let problem {
      session.say(problem + " What came before it is here.")
    } else {
      session.say("Everything is as it was; `vars` and `cells` show it.")
      // The new journal has all of it now.
      if journal != nil { Journal.remove(past.path) }
    }
    if let text = past.unfinished {
      session.say("This had not come to its end, and was left out:")
      session.say(CodeListing.render(text, page: session.workspace.page))
    }
  }

  /// Runs work that was seen before: it shows nothing and writes no file again.
  private func quietly<Result>(_ work: () -> Result) -> Result {
    isResuming = true
    session.isMuted = true
    session.workspace.isRehearsal = true
    session.workspace.takeFigure = { _ in }
    defer {
      isResuming = false
      session.isMuted = false
      session.workspace.isRehearsal = false
      session.workspace.takeFigure = nil
    }
    return work()
  }

  /// Returns what went wrong.
  private func run(again entry: Journal.Entry, _ index: Int) -> String? {
    let text = [entry.kept, entry.interrupted ?? ""].filter { !$0.isEmpty }.joined(separator: "\n")
    let cell = CellLog.Cell(
      number: entry.place.map { $0 + 1 } ?? cells.newNumber(), place: entry.place,
      title: entry.title, text: text)
    let status = run(cell, source(of: cell), looks: entry.looks)
    let isAsBefore = status == (entry.interrupted == nil ? .finished : .interrupted)
    if status == .interrupted, entry.interrupted == nil || session.interrupts.seen != entry.looks {
      return "Interrupted at cell \(index + 1), `\(cell.name)`."
    }
    return isAsBefore ? nil : "Cell \(index + 1), `\(cell.name)`, does not end as it did."
  }
}

func plural(_ count: Int, _ word: String) -> String { "\(count) \(word)\(count == 1 ? "" : "s")" }
