/// Runs sources, one after the other, on the same variables.
///
/// One interpreter belongs to one thread at a time. `run` moves to a thread with a large stack of
/// its own and waits for it, so commands and callbacks are called there.
package final class Interpreter {
  package let limits: Limits
  /// Names of host objects' properties that are functions, which the checker must know.
  package var functionProperties: Set<String>
  /// Prints text; lines end with `\n`.
  package var output: (String) -> Void
  /// Called instead of printing when a value is shown; nil prints it.
  package var onShow: ((Value, ShowStyle) throws -> Void)?
  /// Called before each top-level statement.
  package var onStatement: ((StatementEvent) throws -> Void)?
  /// What follows when a top-level statement fails.
  package var afterFailure = AfterFailure.stop
  /// Called with each failure that does not stop the run.
  package var onFailure: ((Diagnostic) -> Void)?
  /// Called with each `check`; nil prints a line for those that are visible.
  package var onCheck: ((CheckResult) -> Void)?
  /// Asked at calls and at the end of each turn of a loop, every few hundred statements.
  package var isCancelled: () -> Bool = { false }
  /// Statements and turns of loops that one `run` may use; nil for no limit.
  package var statementBudget: Int?
  /// All results of `check` so far, in order.
  package internal(set) var checks: [CheckResult] = []
  /// All commands in order of declaration.
  package private(set) var commands: [Command] = []

  private var commandValues: [String: FunctionValue] = [:]
  private var slots: [String: Int32] = [:]
  private var slotNames: [String] = []
  /// Slots of variables in order of definition.
  private var order: [Int] = []
  private var listed: Set<Int> = []
  private var hidden: Set<Int> = []
  private var answerSlot = 0
  private let machine: Machine
  private var runs = 0
  private var cells: (source: Source, cells: [Cell])?
  /// Top-level statements of the last run that came to their end.
  package private(set) var finishedStatements = 0
  /// What `takeBack` needs; nil where nobody may ask for it, so that no old value is kept alive.
  private var pastValues: PastValues?
  private var isTakingBack = false
  private var isTracing = false
  /// Slots that the traced cell has changed.
  private var written: Set<Int> = []

  /// - Parameters:
  ///   - commands: added to the core commands; a later command replaces one of the same name.
  ///   - functionProperties: names of host objects' properties that are functions (`output`), for
  ///     which the checker cannot know whether `x.output(…)` means the command.
  package init(
    commands: [Command] = [], functionProperties: Set<String> = [],
    limits: Limits = .standard, output: @escaping (String) -> Void
  ) {
    self.limits = limits
    machine = Machine(limits)
    self.functionProperties = functionProperties
    self.output = output
    machine.interpreter = self
    var places: [String: Int] = [:]
    for command in CoreCommands.all + commands {
      if let place = places[command.name] {
        self.commands[place] = command
      } else {
        places[command.name] = self.commands.count
        self.commands.append(command)
      }
      commandValues[command.name] = FunctionValue(command: command)
    }
    answerSlot = Int(slot(of: "ans") ?? 0)
    hidden.insert(answerSlot)
    for (name, number) in CoreCommands.constants {
      guard let slot = slot(of: name) else { continue }
      machine.globals[Int(slot)] = .number(number)
      hidden.insert(Int(slot))
    }
  }

  // MARK: Running

  /// Checks a source whole, then runs it. A script and an entry at the prompt differ only in their
  /// source: variables and `ans` stay.
  @discardableResult
  package func run(_ source: Source) -> Outcome {
    guard runs == 0 else { return runHere(source) }
    var outcome = Outcome.finished
    let hasThread = BigStack.run { outcome = self.runHere(source) }
    guard hasThread else {
      return .failed([Diagnostic(Failure(.outOfMemory), source: source, span: Span(0, 0))])
    }
    return outcome
  }

  /// All errors that can be found without running, at most five; empty if there is none.
  package func check(_ source: Source) -> [Diagnostic] { prepare(source).diagnostics }

  private func prepare(_ source: Source) -> (program: Program?, diagnostics: [Diagnostic]) {
    let script = Parser.parse(source, limits: limits)
    var errors = script.errors
    var program: Program?
    if errors.isEmpty { (program, errors) = Resolver.resolve(script, in: self) }
    return (
      program, errors.map { Diagnostic(Failure($0.fact), source: source, span: $0.span) }
    )
  }

  private func runHere(_ source: Source) -> Outcome {
    if runs == 0 { finishedStatements = 0 }
    let (program, diagnostics) = prepare(source)
    guard let program else { return .failed(diagnostics) }
    if runs == 0 { machine.startBudget() }
    runs += 1
    defer { runs -= 1 }
    let frame = FramePointer.allocate(capacity: 1)
    defer { frame.deallocate() }
    let state = machine.state
    let entry = (state.pointee.top, state.pointee.calls, state.pointee.levels)
    let levels = state.pointee.levels + Int32(program.height)
    frame.initialize(
      to: Frame(
        nodes: program.nodes, lists: program.lists, locals: state.pointee.top, boxes: nil,
        captures: nil, program: .passUnretained(program), function: nil))
    let eventCells = onStatement == nil && afterFailure != .nextCell ? [] : cells(of: source)
    var failures: [Diagnostic] = []
    /// The index of the cell of the statement, in a run that has cells.
    var cell: Int?
    var failedCell: Int?
    for node in program.statements {
      let mark = machine.beginStatement()
      let span = program.spans[Int(node)]
      if !eventCells.isEmpty {
        // Statements come in order, so the search goes on where it ended.
        var next = cell.map { $0 + 1 } ?? 0
        while next < eventCells.count, eventCells[next].span.start <= span.start {
          cell = next
          next += 1
        }
        if let failedCell, failedCell == cell { continue }
      }
      do {
        if let onStatement {
          do {
            try onStatement(
              StatementEvent(source: source, span: span, cell: cell.map { eventCells[$0] }))
          } catch {
            throw machine.located(error, command: nil, node, frame)
          }
        }
        state.pointee.levels = levels
        try machine.tick(node, frame)
        _ = try machine.execute(node, frame)
        settle(machine.commit(to: mark))
        if runs == 1 { finishedStatements += 1 }
      } catch {
        let fault = machine.located(error, command: nil, node, frame)
        (state.pointee.top, state.pointee.calls, state.pointee.levels) = entry
        if fault.isInterruption {
          settle(machine.commit(to: mark))
          return .interrupted(
            Diagnostic(
              fault.failure, source: fault.source, span: fault.span, nothingChanged: false))
        }
        machine.rollBack(to: mark)
        let diagnostic = Diagnostic(fault.failure, source: fault.source, span: fault.span)
        guard afterFailure != .stop, afterFailure == .nextStatement || cell != nil else {
          return .failed([diagnostic])
        }
        onFailure?(diagnostic)
        if failures.count < 5 { failures.append(diagnostic) }
        failedCell = afterFailure == .nextCell ? cell : nil
      }
      state.pointee.levels = entry.2
    }
    return failures.isEmpty ? .finished : .failed(failures)
  }

  /// After a statement: the order of definition, what `takeBack` needs, and what the traced cell
  /// has changed.
  private func settle(_ changes: [(slot: Int, value: Value?)]) {
    list(changes.map(\.slot))
    let visible = changes.filter { !hidden.contains($0.slot) }
    guard !visible.isEmpty else { return }
    if isTracing {
      // A value that came out the same is no change.
      for (slot, old) in visible where machine.globals[slot] != old { written.insert(slot) }
    }
    // Statements within a statement (`time(work)`) are taken back with it.
    if runs == 1, !isTakingBack { pastValues?.append(visible) }
    isTakingBack = false
  }

  /// Keeps the order of definition after a statement changed some variables.
  private func list(_ changed: [Int]) {
    for slot in changed where !hidden.contains(slot) {
      if machine.globals[slot] == nil {
        guard listed.remove(slot) != nil else { continue }
        order.removeAll { $0 == slot }
      } else if listed.insert(slot).inserted {
        order.append(slot)
      }
    }
  }

  /// Calls a function from a command's body.
  package func call(_ function: FunctionValue, _ arguments: [Value]) throws -> Value {
    let state = machine.state
    guard let frame = state.pointee.callFrame else {
      preconditionFailure("functions are called from commands that run")
    }
    return try machine.apply(function, arguments, state.pointee.callNode, frame)
  }

  /// The same with one argument, which commands such as `map` do often.
  package func call(_ function: FunctionValue, _ argument: Value) throws -> Value {
    let state = machine.state
    guard let frame = state.pointee.callFrame else {
      preconditionFailure("functions are called from commands that run")
    }
    return try machine.apply(function, one: argument, state.pointee.callNode, frame)
  }

  /// Commands that work long call this between steps: it throws when cancelled.
  package func checkpoint() throws {
    if isCancelled() { throw Interruption() }
  }

  // MARK: Showing

  /// Shows a value as `show` does, through `onShow`.
  package func show(_ value: Value, _ style: ShowStyle = .show) throws {
    if let onShow { return try onShow(value, style) }
    output((style == .show ? value.text : value.display) + "\n")
  }

  /// Shows the value of a statement, and keeps it as `ans`.
  func showStatement(_ value: Value) throws {
    try show(value, .value)
    machine.willChange(answerSlot)
    machine.globals[answerSlot] = value
  }

  /// The last value that a statement showed.
  package var answer: Value? { machine.globals[answerSlot] }

  /// A value as text, if a text may be as long.
  func text(of value: Value) throws -> String {
    let text = value.text
    try checkTextSize(text.utf8.count)
    return text
  }

  func checkTextSize(_ size: Int) throws {
    guard size <= limits.textSize else { throw Failure(.textTooLong(limit: limits.textSize)) }
  }

  // MARK: Checks and cells

  func cells(of source: Source) -> [Cell] {
    if let cells, cells.source === source { return cells.cells }
    let result = Cells.split(source)
    cells = (source, result)
    return result
  }

  private func cell(at offset: Int32, of source: Source) -> Cell? {
    cells(of: source).last { $0.span.start <= offset }
  }

  /// The title of the cell that a blank stands in.
  func exerciseTitle(of node: Int32, _ frame: FramePointer) -> String? {
    let program = frame.pointee.program.takeUnretainedValue()
    let title = cell(at: program.spans[Int(node)].start, of: program.source)?.title ?? ""
    return title.isEmpty ? nil : title
  }

  /// Records a check of the statement that runs.
  func record(
    check description: String, passed: Bool, problem: Failure?, points: Double, visibility: String,
    at place: (source: Source, node: Int32, frame: FramePointer)? = nil
  ) {
    let state = machine.state
    guard let frame = place?.frame ?? state.pointee.callFrame else { return }
    let program = frame.pointee.program.takeUnretainedValue()
    let offset = program.spans[Int(place?.node ?? state.pointee.callNode)].start
    let cell = cell(at: offset, of: program.source)
    let result = CheckResult(
      description: description, passed: passed, problem: problem?.message,
      problemCode: problem?.code, points: points, visibility: visibility, cellIdentifier: cell?.id,
      cellTitle: cell.flatMap { $0.title.isEmpty ? nil : $0.title },
      line: program.source.line(of: offset))
    checks.append(result)
    if let onCheck { return onCheck(result) }
    guard visibility == "visible" else { return }
    output(Wording.line(for: result) + "\n")
  }

  // MARK: Names

  package func command(named name: String) -> Command? { commandValues[name]?.command }

  /// Variables in the order in which they were defined, without constants and `ans`.
  package var variables: [Variable] {
    order.compactMap { slot in
      machine.globals[slot].map { Variable(name: slotNames[slot], value: $0) }
    }
  }

  package func variable(named name: String) -> Value? {
    slots[name].flatMap { machine.globals[Int($0)] }
  }

  /// Gives a variable its value from outside a script. One that is not listed is there like a
  /// constant: `reset` and `vars` pass it over.
  package func define(_ name: String, _ value: Value, isListed: Bool = true) {
    guard let slot = slot(of: name) else { return }
    if !isListed { hidden.insert(Int(slot)) }
    if runs > 0 { machine.willChange(Int(slot)) }
    machine.globals[Int(slot)] = value
    if runs == 0 { list([Int(slot)]) }
  }

  /// Forgets all variables and `ans`; the commands stay.
  package func removeAllVariables() {
    for slot in order + [answerSlot] {
      if runs > 0 { machine.willChange(slot) }
      machine.globals[slot] = nil
    }
    if runs == 0 {
      order = []
      listed = []
    }
  }

  func globalName(_ slot: Int32) -> String { slotNames[Int(slot)] }

  // MARK: Looking back

  /// What a cell has read and changed.
  package struct Trace {
    /// Variables that it read before it changed them, in order; `changes` says how far what they
    /// hold had been changed in place by then (`HostObject.changeCount`).
    package let reads: [(name: String, changes: Int)]
    /// Variables that it gave a value, or took theirs away, sorted.
    package let writes: [String]
  }

  /// Runs `body`, which runs sources, and says what they have read and changed: whatever happens
  /// within functions counts, what stands in a branch that was not taken does not.
  package func traced<Result>(_ body: () -> Result) -> (result: Result, trace: Trace) {
    machine.beginCell()
    written = []
    isTracing = true
    let result = body()
    isTracing = false
    let reads = machine.reads.filter { !hidden.contains($0.slot) }
    return (
      result,
      Trace(
        reads: reads.map { (slotNames[$0.slot], $0.changes) },
        writes: written.map { slotNames[$0] }.sorted())
    )
  }

  /// From now on old values are kept, as far as they are small, for `takeBack`.
  package func keepPastValues() { if pastValues == nil { pastValues = PastValues() } }
  package var keepsPastValues: Bool { pastValues != nil }

  /// Gives the variables that the last assignment changed the values they had before, and names
  /// them; nil if there is nothing to take back. To be called from a command.
  package func takeBack() -> [String]? {
    guard let last = pastValues?.popLast() else { return nil }
    isTakingBack = true
    for (slot, value) in last {
      machine.willChange(slot)
      machine.globals[slot] = value
    }
    return last.map { slotNames[$0.slot] }
  }
}

extension Interpreter: Surroundings {
  func commandValue(named name: String) -> FunctionValue? { commandValues[name] }

  var knownNames: [String] {
    order.filter { machine.globals[$0] != nil }.map { slotNames[$0] } + commands.map(\.name)
      + CoreCommands.constants.map(\.name)
  }

  func slot(of name: String) -> Int32? {
    if let slot = slots[name] { return slot }
    guard let slot = machine.addGlobal() else { return nil }
    slots[name] = slot
    slotNames.append(name)
    return slot
  }

  func value(in slot: Int32) -> Value? { machine.globals[Int(slot)] }

  func existingSlot(of name: String) -> Int32? {
    guard let slot = slots[name] else { return nil }
    return machine.globals[Int(slot)] != nil || Int(slot) == answerSlot ? slot : nil
  }
}
