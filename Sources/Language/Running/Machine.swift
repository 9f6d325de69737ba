/// One activation: where its code and variables are. Behind a pointer, so that nothing is counted.
struct Frame {
  var nodes: UnsafeMutablePointer<Node>
  var lists: UnsafeMutablePointer<Int32>
  var locals: UnsafeMutablePointer<Value?>
  var boxes: UnsafeMutablePointer<Box>?
  var captures: UnsafeMutablePointer<Box>?
  var program: Unmanaged<Program>
  var function: Unmanaged<FunctionValue>?
}

typealias FramePointer = UnsafeMutablePointer<Frame>

/// How a statement ended.
enum Completion: UInt8 { case normal, breaks, continues, returns }

/// Walks resolved programs.
///
/// Variables of functions lie on one stack of values, by slot. What changes while it runs is behind
/// pointers, because every access to a class's variable would be checked for exclusivity.
final class Machine {
  struct State {
    var top: UnsafeMutablePointer<Value?>
    var boxTop: UnsafeMutablePointer<Box>
    /// Statements until the next look at budget, memory and cancellation.
    var ticks: Int32 = 0
    var calls: Int32 = 0
    var levels: Int32 = 0
    /// Number of the top-level statement that runs; globals remember the last that changed them.
    var epoch: Int32 = 0
    var returned: Value = .none
    /// The call of a command that runs: where errors of functions that it calls belong.
    var callNode: Int32 = 0
    var callFrame: FramePointer?
    /// Bytes of large values made since memory was last looked at.
    var allocated = 0
    /// Number of the cell that is traced, and of the first statement in it.
    var cell: Int32 = 0
    var cellStart: Int32 = 0
  }

  static let globalCapacity = 1 << 16
  static let stackCapacity = 1 << 18

  let limits: Limits
  let globals: UnsafeMutablePointer<Value?>
  let marks: UnsafeMutablePointer<Int32>
  /// The last traced cell that read each global.
  private let readers: UnsafeMutablePointer<Int32>
  let stack: UnsafeMutablePointer<Value?>
  let boxes: UnsafeMutablePointer<Box>
  let frames: FramePointer
  let state: UnsafeMutablePointer<State>
  /// Where texts are put together.
  let scratch: UnsafeMutablePointer<Scratch>
  /// Never released: a closure may outlive the machine, and boxes do not count who knows it.
  let graveyard = Unmanaged.passRetained(Graveyard())
  private let memoryLimit: Int
  private var refills = 0
  private var quantum = 0
  private(set) var statementsRun = 0
  /// Old values of globals that the running statement changed, newest last.
  private(set) var undo: [(slot: Int, value: Value?)] = []
  /// Set by the interpreter that owns the machine.
  unowned(unsafe) var interpreter: Interpreter!

  init(_ limits: Limits) {
    self.limits = limits
    globals = .allocate(capacity: Machine.globalCapacity)
    marks = .allocate(capacity: Machine.globalCapacity)
    readers = .allocate(capacity: Machine.globalCapacity)
    stack = .allocate(capacity: Machine.stackCapacity)
    boxes = .allocate(capacity: Machine.stackCapacity)
    frames = .allocate(capacity: limits.calls + 2)
    state = .allocate(capacity: 1)
    state.initialize(to: State(top: stack, boxTop: boxes))
    scratch = .allocate(capacity: 1)
    scratch.initialize(to: Scratch())
    memoryLimit = limits.memory ?? Memory.available / 5 * 4
  }

  deinit {
    for slot in 0..<globalCount { (globals + slot).deinitialize(count: 1) }
    globals.deallocate()
    marks.deallocate()
    readers.deallocate()
    stack.deallocate()
    boxes.deallocate()
    frames.deallocate()
    state.deinitialize(count: 1)
    state.deallocate()
    scratch.pointee.free()
    scratch.deallocate()
  }

  // MARK: Globals

  private(set) var globalCount = 0

  /// A new place for a global without a value; nil if there are too many.
  func addGlobal() -> Int32? {
    guard globalCount < Machine.globalCapacity else { return nil }
    (globals + globalCount).initialize(to: nil)
    marks[globalCount] = -1
    readers[globalCount] = 0
    globalCount += 1
    return Int32(globalCount - 1)
  }

  /// Remembers a global's value before the running statement changes it first.
  @inline(__always)
  func willChange(_ slot: Int) {
    if marks[slot] != state.pointee.epoch { log(slot) }
  }

  @inline(never)
  private func log(_ slot: Int) {
    marks[slot] = state.pointee.epoch
    undo.append((slot, globals[slot]))
  }

  // MARK: What a cell reads

  /// Globals that the traced cell has read before it changed them, in order, and how far the value
  /// had been changed then.
  private(set) var reads: [(slot: Int, changes: Int)] = []

  /// From now on reads belong to a new cell.
  func beginCell() {
    reads = []
    state.pointee.cell &+= 1
    state.pointee.cellStart = state.pointee.epoch &+ 1
  }

  /// A global is read: once a cell, that is written down.
  @inline(__always)
  func noteRead(_ slot: Int) {
    if readers[slot] != state.pointee.cell { logRead(slot) }
  }

  @inline(never)
  private func logRead(_ slot: Int) {
    readers[slot] = state.pointee.cell
    guard marks[slot] < state.pointee.cellStart, let value = globals[slot] else { return }
    reads.append((slot, value.changeCount))
  }

  // MARK: Statements

  /// Begins a top-level statement; returns what `rollBack` needs.
  func beginStatement() -> Int {
    state.pointee.epoch &+= 1
    return undo.count
  }

  /// Gives every global that the statement changed its value back.
  func rollBack(to mark: Int) {
    while undo.count > mark, let (slot, value) = undo.popLast() { globals[slot] = value }
  }

  /// Forgets old values, once no statement around this one can fail.
  func commit(to mark: Int) -> [(slot: Int, value: Value?)] {
    let changed = Array(undo[mark...])
    if mark == 0 { undo.removeAll(keepingCapacity: true) }
    return changed
  }

  // MARK: Budget, cancellation, memory

  func startBudget() {
    statementsRun = 0
    quantum = 0
    state.pointee.ticks = 0
  }

  @inline(__always)
  func tick(_ node: Int32, _ frame: FramePointer) throws {
    state.pointee.ticks &-= 1
    if state.pointee.ticks < 0 { try refill(node, frame) }
  }

  @inline(never)
  private func refill(_ node: Int32, _ frame: FramePointer) throws {
    statementsRun += quantum
    quantum = 512
    if let budget = interpreter.statementBudget {
      guard statementsRun < budget else {
        quantum = 0
        state.pointee.ticks = 0
        throw interruption(.budgetSpent(statements: budget), node, frame)
      }
      quantum = min(quantum, budget - statementsRun)
    }
    // The statement that asked is the first of the new quantum.
    state.pointee.ticks = Int32(quantum - 1)
    if interpreter.isCancelled() { throw interruption(.interrupted, node, frame) }
    refills += 1
    if refills & 31 == 0 { try checkMemory(node, frame) }
  }

  /// Notes that `bytes` were allocated for one value, and looks at memory when they add up.
  @inline(__always)
  func account(_ bytes: Int, _ node: Int32, _ frame: FramePointer) throws {
    guard bytes > 4096 else { return }
    state.pointee.allocated &+= bytes
    if state.pointee.allocated > 32 << 20 { try checkMemory(node, frame) }
  }

  @inline(never)
  private func checkMemory(_ node: Int32, _ frame: FramePointer) throws {
    state.pointee.allocated = 0
    guard Memory.resident > memoryLimit else { return }
    Memory.trim()
    guard Memory.resident > memoryLimit else { return }
    throw fault(.outOfMemory, node, frame)
  }

  // MARK: Errors

  @inline(never)
  func fault(_ fact: Fact, _ node: Int32, _ frame: FramePointer) -> Fault {
    fault(Failure(fact), node, frame)
  }

  @inline(never)
  func fault(_ failure: Failure, _ node: Int32, _ frame: FramePointer) -> Fault {
    let program = frame.pointee.program.takeUnretainedValue()
    return Fault(failure: failure, source: program.source, span: program.spans[Int(node)])
  }

  @inline(never)
  func fault(_ fact: Fact, at span: Span, _ frame: FramePointer) -> Fault {
    Fault(
      failure: Failure(fact), source: frame.pointee.program.takeUnretainedValue().source,
      span: span)
  }

  @inline(never)
  func interruption(_ fact: Fact, _ node: Int32, _ frame: FramePointer) -> Fault {
    var fault = fault(fact, node, frame)
    fault.isCatchable = false
    fault.isInterruption = true
    return fault
  }

  /// Gives an error of a command or host object its place.
  @inline(never)
  func located(
    _ error: any Error, command: String?, _ node: Int32, _ frame: FramePointer
  ) -> Fault {
    switch error {
    case let fault as Fault: fault
    case let failure as Failure: fault(failure, node, frame)
    case is Interruption: interruption(.interrupted, node, frame)
    default: fault(.foreignError(command: command, description: "\(error)"), node, frame)
    }
  }

  func name(_ index: Int32, _ frame: FramePointer) -> String {
    frame.pointee.program._withUnsafeGuaranteedRef { $0.names[Int(index)] }
  }

  /// The source text of a node, for remedies.
  func sourceText(_ node: Int32, _ frame: FramePointer) -> String {
    let program = frame.pointee.program.takeUnretainedValue()
    let text = program.source.slice(program.spans[Int(node)])
    return text.utf8.count > 40 || text.utf8.contains(10) ? "…" : text
  }

  // MARK: Limits of values

  /// A value that was just put together, if it is not too deep or large.
  @inline(__always)
  func checked(_ value: Value, _ node: Int32, _ frame: FramePointer) throws -> Value {
    switch value {
    case .none, .boolean, .number, .range, .function, .object: return value
    case .text(let text):
      if text.utf8.count > 4096 { try checkSize(value, node, frame) }
    case .list(let list):
      if list.weight > 200 || list.depth > 50 { try checkSize(value, node, frame) }
    case .record(let record):
      if record.weight > 170 || record.depth > 50 { try checkSize(value, node, frame) }
    }
    return value
  }

  @inline(never)
  private func checkSize(_ value: Value, _ node: Int32, _ frame: FramePointer) throws {
    if case .text(let text) = value {
      guard text.utf8.count <= limits.textSize else {
        throw fault(.textTooLong(limit: limits.textSize), node, frame)
      }
    }
    if case .list(let list) = value, list.count > limits.listCount {
      throw fault(.listTooLong(limit: limits.listCount), node, frame)
    }
    guard value.depth <= limits.valueDepth else {
      throw fault(.valueTooDeep(limit: limits.valueDepth), node, frame)
    }
    guard value.weight <= limits.valueWeight else { throw fault(.valueTooLarge, node, frame) }
    try account(value.weight &* 24, node, frame)
  }
}

/// Thrown by `Interpreter.checkpoint`; the evaluator gives it its place.
struct Interruption: Error {}
