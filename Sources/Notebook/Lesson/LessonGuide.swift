import Figures
import Language

/// Goes through a lesson cell by cell: the prose, the code, Enter runs it, and anything else is typed
/// in between.
final class LessonGuide {
  let lesson: Lesson
  unowned var dialogue: Dialogue!
  private let session: Session
  /// The step that Enter runs; `steps.count` behind the last.
  private var position = 0
  /// How each step went that was run.
  private var endings: [Int: Session.Status] = [:]
  /// Answers to a step's blanks, by the step.
  private var answers: [Int: [String]] = [:]
  private var lastRun: Int?
  private var hasGivenHint = false

  init(_ lesson: Lesson, _ session: Session) {
    self.lesson = lesson
    self.session = session
  }

  private var style: TerminalStyle { session.workspace.page.style }
  private var codeCount: Int { lesson.steps.count { $0.code != nil } }

  // MARK: Where the lesson is

  func begin() {
    if position == 0 {
      remark(
        "Enter runs a cell; `next`, `back`, `rerun`, `skip`, `where` move about; anything else is "
          + "typed in between.")
    }
    show()
  }

  /// After a session was brought back.
  func goOn(after place: Int?) {
    guard let place else { return }
    position = min(place + 1, lesson.steps.count)
    for entry in dialogue.entries {
      if let place = entry.place { endings[place] = .finished }
    }
  }

  /// The cell that is shown, for the editor.
  var cellAtHand: CellLog.Cell? {
    guard position < lesson.steps.count, lesson.steps[position].code != nil else { return nil }
    return cell(position, text: answered(position) ?? lesson.code(of: position))
  }

  private func cell(_ place: Int, text: String) -> CellLog.Cell {
    CellLog.Cell(
      number: place + 1, place: place, title: lesson.title(of: place), text: text)
  }

  // MARK: The student's words

  /// Does what a word of the guide asks for; nil if the entry is something else.
  func take(_ entry: String) -> Session.Status? {
    let words = entry.split(separator: " ").map(String.init)
    guard words.count <= 2, session.interpreter.variable(named: words.first ?? "") == nil else {
      return nil
    }
    let count = words.count == 2 ? Int(words[1]) : 1
    guard let count, (1...10_000).contains(count) else { return nil }
    switch words.first {
    case nil: return next()
    case "next" where words.count == 1: return next()
    case "back": move(by: -count)
    case "skip": move(by: count)
    case "where" where words.count == 1: session.say(overview())
    default: return nil
    }
    return .finished
  }

  private func move(by steps: Int) {
    position = min(max(0, position + steps), lesson.steps.count)
    show()
  }

  private func next() -> Session.Status {
    guard position < lesson.steps.count else {
      sayEnd()
      return .finished
    }
    guard lesson.steps[position].code != nil else {
      move(by: 1)
      return .finished
    }
    return run(position)
  }

  /// Whether a step has run that can run again.
  var canRerun: Bool { lastRun != nil }

  /// Runs the last step again; the lesson stays where it is.
  func rerun() -> Session.Status {
    guard let place = lastRun else { return .finished }
    session.say(heading(place))
    let text = dialogue.cells[place + 1]?.text ?? lesson.code(of: place)
    let status = perform(place, text: text)
    endings[place] = status
    return status
  }

  /// After a step ran as the student had edited it.
  func noteEdited(_ place: Int, _ status: Session.Status) {
    lastRun = place
    endings[place] = status
    guard status == .finished, place == position else { return }
    move(by: 1)
  }

  // MARK: Running

  private func run(_ place: Int) -> Session.Status {
    let exercise = Exercise(lesson, place)
    var text = answered(place) ?? lesson.code(of: place)
    if let exercise {
      guard let filled = fill(exercise, place) else {
        remark("The blank stays open. `skip` goes on without it.")
        return .finished
      }
      text = filled
    }
    let checks = session.interpreter.checks.count
    let status = perform(place, text: text)
    endings[place] = status
    guard status == .finished else {
      sayHint("Enter tries again, `edit` changes the cell, `skip` goes on.")
      return status
    }
    if exercise != nil, session.interpreter.checks.dropFirst(checks).contains(where: { !$0.passed })
    {
      session.say(style.yellow("Not yet.") + " Enter asks again, `skip` goes on.")
      return status
    }
    position = place + 1
    show()
    return status
  }

  private func perform(_ place: Int, text: String) -> Session.Status {
    lastRun = place
    return dialogue.run(cell(place, text: text), lesson.source(of: place, text: text))
  }

  private func sayHint(_ hint: String) {
    guard !hasGivenHint else { return }
    hasGivenHint = true
    remark(hint)
  }

  private func remark(_ text: String) {
    for line in wrapped(text, to: session.workspace.page.columns) { session.say(style.dim(line)) }
  }

  // MARK: Exercises

  /// The cell with the answers in it, as far as there are any.
  private func answered(_ place: Int) -> String? {
    guard let given = answers[place], let exercise = Exercise(lesson, place) else { return nil }
    return exercise.filled(with: given)
  }

  /// Asks for each blank; nil when the student gives up.
  private func fill(_ exercise: Exercise, _ place: Int) -> String? {
    let earlier = answers[place] ?? []
    var given: [String] = []
    for number in 0..<exercise.count {
      let before = number < earlier.count && !earlier[number].isEmpty ? earlier[number] : nil
      session.say(exercise.question(number, before: before, style))
      while true {
        guard case .text(let answer) = dialogue.ask(.blank) else { return nil }
        // Enter alone keeps the answer before, or the blank.
        let taken = answer.isBlank ? before ?? "" : answer
        let problems =
          taken.isEmpty
          ? [] : exercise.problems(given + [taken], session.interpreter)
        if problems.isEmpty {
          given.append(taken)
          break
        }
        session.report(problems)
      }
    }
    answers[place] = given
    return exercise.filled(with: given)
  }

  // MARK: Showing

  private func heading(_ place: Int) -> String {
    let title = "\(number(of: place)) \(lesson.title(of: place))"
    let width = min(session.workspace.page.columns, 80)
    let shown = truncated(title, to: max(1, width - 6))
    let rule = String(repeating: "─", count: max(2, width - displayWidth(shown) - 4))
    return style.dim("── ") + style.bold(shown) + " " + style.dim(rule)
  }

  /// `3/24`, counted in cells of code.
  private func number(of place: Int) -> String { "\(place + 1)/\(codeCount)" }

  private func show() {
    session.workspace.page.columns = max(1, session.console.columns())
    guard position < lesson.steps.count else { return sayEnd() }
    let step = lesson.steps[position]
    let announcer = CellAnnouncer(page: session.workspace.page)
    for cell in step.prose { announcer.announce(cell, of: lesson.source) { session.say($0) } }
    guard step.code != nil else {
      position += 1
      return sayEnd()
    }
    session.say("\n" + heading(position))
    session.say(
      CodeListing.render(
        answered(position) ?? lesson.code(of: position), page: session.workspace.page))
    if Exercise(lesson, position) != nil {
      remark("An exercise: try things first if you like; Enter asks for the answer.")
    }
  }

  private func sayEnd() {
    position = lesson.steps.count
    session.say("\n" + style.bold("The end of the lesson."))
    remark(marks() + "Everything is still here; `back` goes back, Ctrl-D leaves.")
  }

  /// The points so far, the last result of each check counting.
  private func marks() -> String {
    var last: [String: CheckResult] = [:]
    for check in session.interpreter.checks {
      last["\(check.line) \(check.description)"] = check
    }
    guard !last.isEmpty else { return "" }
    let passed = last.values.count { $0.passed }
    return "\(passed) of \(last.count) checks hold. "
  }

  private func overview() -> String {
    let shown = lesson.steps.indices.filter { lesson.steps[$0].code != nil }
    return shown.map { place in
      let mark =
        switch endings[place] {
        case .finished: style.green("✓")
        case .failed, .interrupted: style.red("✗")
        case nil: " "
        }
      let here = place == position ? style.bold("▶") : " "
      let title = lesson.title(of: place)
      let digits = String(repeating: " ", count: place + 1 < 10 ? 1 : 0) + "\(place + 1)"
      return "\(here) \(mark) \(digits)  "
        + truncated(
          title.isEmpty ? CellLog.Cell.name(of: lesson.code(of: place)) : title,
          to: max(8, session.workspace.page.columns - 10))
    }.joined(separator: "\n")
  }
}
