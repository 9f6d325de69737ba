/// A function as a value: a closure of the script, or a command.
package final class FunctionValue {
  /// Of a closure: the program that its code is part of, and that keeps the code.
  private let program: Program?
  /// What `code` needs to run, in trivial form; nil for a command.
  let entry: UnsafeMutablePointer<FunctionCode.Entry>?
  /// Boxes that the closure took along.
  let captures: UnsafeMutablePointer<Box>?
  let reference: CommandReference?

  init(_ code: FunctionCode, _ program: Program, captures: UnsafeMutablePointer<Box>?) {
    self.program = program
    entry = code.entry
    self.captures = captures
    reference = nil
  }

  init(_ reference: CommandReference) {
    program = nil
    entry = nil
    captures = nil
    self.reference = reference
  }

  /// Of a closure: its code.
  var code: FunctionCode? { entry.map { $0.pointee.code.takeUnretainedValue() } }

  deinit {
    guard let entry, let captures else { return }
    for index in 0..<entry.pointee.captureCount { _ = (captures + index).move() }
    captures.deallocate()
  }

  /// A command as a value; also how a host object offers a property that can be called.
  package convenience init(command: Command) { self.init(CommandReference(command)) }

  /// Its name, or nil for `x => …`.
  package var name: String? { code?.name ?? command?.name }

  package var command: Command? { reference?.command }

  /// Labels of its parameters, in order.
  package var labels: [String] {
    code?.parameters.map(\.name) ?? command?.parameters.map(\.label) ?? []
  }

  /// Whether it can be called with nothing.
  package var needsNoArgument: Bool {
    code?.parameters.allSatisfy { $0.fallback >= 0 }
      ?? command?.parameters.allSatisfy { !$0.isRequired } ?? false
  }

  /// `warm(step, top: 0.1)`, or the source of an anonymous function.
  package var signature: String { code?.signature ?? command?.signature ?? "" }
}

/// A command behind one reference: calls pass it on without copying what it consists of.
final class CommandReference {
  let command: Command
  init(_ command: Command) { self.command = command }
}

/// A variable that a closure shares with the function that made it.
final class Box {
  var value: Value?
  private let graveyard: Unmanaged<Graveyard>

  init(_ value: Value?, _ graveyard: Unmanaged<Graveyard>) {
    self.value = value
    self.graveyard = graveyard
  }

  deinit {
    switch value {
    case .list, .record, .function: graveyard._withUnsafeGuaranteedRef { $0.bury(value) }
    default: break
    }
  }
}

/// Destroys what boxes held, one after the other: closures that hold closures that hold closures
/// would otherwise be destroyed by as many nested calls, and end the process.
final class Graveyard {
  private var pending: [Value] = []
  private var isDigging = false

  func bury(_ value: consuming Value?) {
    guard let value else { return }
    pending.append(value)
    guard !isDigging else { return }
    isDigging = true
    while pending.popLast() != nil {}
    isDigging = false
  }
}
