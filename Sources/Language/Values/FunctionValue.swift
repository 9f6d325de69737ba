/// A function as a value: a closure of the script, or a command.
package final class FunctionValue {
  enum Body {
    case closure(FunctionCode, Program, UnsafeMutablePointer<Box>?)
    case command(Command)
  }

  let body: Body

  init(_ body: Body) { self.body = body }

  deinit {
    guard case .closure(let code, _, let boxes?) = body else { return }
    boxes.deinitialize(count: code.captures.count)
    boxes.deallocate()
  }

  /// A command as a value; also how a host object offers a property that can be called.
  package convenience init(command: Command) { self.init(.command(command)) }

  /// Its name, or nil for `x => …`.
  package var name: String? {
    switch body {
    case .closure(let code, _, _): code.name
    case .command(let command): command.name
    }
  }

  package var command: Command? {
    if case .command(let command) = body { return command }
    return nil
  }

  /// Labels of its parameters, in order.
  package var labels: [String] {
    switch body {
    case .closure(let code, _, _): code.parameters.map(\.name)
    case .command(let command): command.parameters.map(\.label)
    }
  }

  /// Whether it can be called with nothing.
  package var needsNoArgument: Bool {
    switch body {
    case .closure(let code, _, _): code.parameters.allSatisfy { $0.fallback >= 0 }
    case .command(let command): command.parameters.allSatisfy { !$0.isRequired }
    }
  }

  /// `warm(step, top: 0.1)`, or the source of an anonymous function.
  package var signature: String {
    switch body {
    case .closure(let code, _, _): code.signature
    case .command(let command): command.signature
    }
  }
}

/// A variable that a closure shares with the function that made it.
final class Box {
  var value: Value?
  private let graveyard: Graveyard

  init(_ value: Value?, _ graveyard: Graveyard) {
    self.value = value
    self.graveyard = graveyard
  }

  deinit {
    switch value {
    case .list, .record, .function: graveyard.bury(value)
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
