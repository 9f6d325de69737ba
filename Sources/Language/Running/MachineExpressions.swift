/// Values of nodes.
extension Machine {
  /// A number that is at hand: written out, or in a variable.
  @inline(__always)
  func quickNumber(_ node: Int32, _ frame: FramePointer) -> Double? {
    switch frame.pointee.nodes[Int(node)] {
    case .number(let number): return number
    case .local(let slot):
      if case .number(let number)? = frame.pointee.locals[Int(slot)] { return number }
      return nil
    case .global(let slot):
      noteRead(Int(slot))
      if case .number(let number)? = globals[Int(slot)] { return number }
      return nil
    case .captured(let index):
      if case .number(let number)? = frame.pointee.captures.unsafelyUnwrapped[Int(index)].value {
        return number
      }
      return nil
    default: return nil
    }
  }

  func evaluate(_ node: Int32, _ frame: FramePointer) throws -> Value {
    switch frame.pointee.nodes[Int(node)] {
    case .number(let number): return .number(number)
    case .local(let slot):
      if let value = frame.pointee.locals[Int(slot)] { return value }
      throw noValue(local: slot, node, frame)
    case .global(let slot):
      noteRead(Int(slot))
      if let value = globals[Int(slot)] { return value }
      throw noValue(global: slot, node, frame)
    case .constant(let index):
      return frame.pointee.program._withUnsafeGuaranteedRef { $0.constants[Int(index)] }
    case .none: return .none
    case .boolean(let flag): return .boolean(flag)
    case .boxed(let box):
      if let value = frame.pointee.boxes.unsafelyUnwrapped[Int(box)].value { return value }
      throw noValue(sourceText(node, frame), node, frame)
    case .captured(let index):
      if let value = frame.pointee.captures.unsafelyUnwrapped[Int(index)].value { return value }
      throw noValue(sourceText(node, frame), node, frame)

    case .add(let left, let right):
      if let x = quickNumber(left, frame), let y = quickNumber(right, frame) {
        return .number(x + y)
      }
      let a = try evaluate(left, frame)
      let b = try evaluate(right, frame)
      if case .number(let x) = a, case .number(let y) = b { return .number(x + y) }
      return try combine(.add, a, b, node, frame)
    case .subtract(let left, let right):
      if let x = quickNumber(left, frame), let y = quickNumber(right, frame) {
        return .number(x - y)
      }
      let a = try evaluate(left, frame)
      let b = try evaluate(right, frame)
      if case .number(let x) = a, case .number(let y) = b { return .number(x - y) }
      return try combine(.subtract, a, b, node, frame)
    case .multiply(let left, let right):
      if let x = quickNumber(left, frame), let y = quickNumber(right, frame) {
        return .number(x * y)
      }
      let a = try evaluate(left, frame)
      let b = try evaluate(right, frame)
      if case .number(let x) = a, case .number(let y) = b { return .number(x * y) }
      return try combine(.multiply, a, b, node, frame)
    case .divide(let left, let right):
      let a = try evaluate(left, frame)
      let b = try evaluate(right, frame)
      if case .number(let x) = a, case .number(let y) = b, y != 0 { return .number(x / y) }
      return try combine(.divide, a, b, node, frame)
    case .remainder(let left, let right):
      let a = try evaluate(left, frame)
      let b = try evaluate(right, frame)
      if case .number(let x) = a, case .number(let y) = b, y != 0 {
        return .number(Machine.remainder(x, y))
      }
      return try combine(.remainder, a, b, node, frame)
    case .binary(let operation, let left, let right):
      let a = try evaluate(left, frame)
      return try combine(operation, a, evaluate(right, frame), node, frame)
    case .compare, .and, .or, .not: return try logic(node, frame)
    case .negate(let operand):
      let value = try evaluate(operand, frame)
      if case .number(let number) = value { return .number(-number) }
      return try negate(value, node, frame)
    case .conditional(let condition, let then, let otherwise):
      return try evaluate(truth(condition, frame, "if") ? then : otherwise, frame)

    case .element(let receiver, let index): return try element(receiver, index, node, frame)
    case .call(let callee, let first, let count):
      return try call(callee, first, count, node, frame)
    case .callCommand(let index): return try callCommand(index, node, frame)
    case .callQuick(let argument, let index):
      return try callQuick(argument, index, node, frame)
    case .member(let receiver, let name):
      return try member(receiver, name, node, frame)
    default: return try rare(node, frame)
    }
  }

  /// Nodes apart from the ones above, so that the frame of `evaluate` stays small.
  @inline(never)
  private func rare(_ node: Int32, _ frame: FramePointer) throws -> Value {
    switch frame.pointee.nodes[Int(node)] {
    case .interpolated(let first, let count): return try interpolate(first, count, node, frame)
    case .list(let first, let count): return try list(first, count, node, frame)
    case .record(let first, let count, let shape):
      let draft = frame.pointee.program._withUnsafeGuaranteedRef {
        Record.Draft($0.shapes[Int(shape)])
      }
      for index in Int(first)..<Int(first + count) {
        draft.append(try evaluate(frame.pointee.lists[index], frame))
      }
      return try checked(.record(draft.record()), node, frame)
    case .function(let index): return makeClosure(index, frame)
    case .blank:
      throw fault(
        .blankReached(title: interpreter.exerciseTitle(of: node, frame)), node, frame)
    case .range(let start, let end, let step):
      let (first, last, by) = try bounds(start, end, step, frame)
      return .range(Progression(start: first, end: last, step: by))
    case .globalOrCommand(let slot, let command):
      noteRead(Int(slot))
      if let value = globals[Int(slot)] { return value }
      return .function(
        frame.pointee.program._withUnsafeGuaranteedRef { $0.commands[Int(command)] })
    case .command(let index):
      return .function(frame.pointee.program._withUnsafeGuaranteedRef { $0.commands[Int(index)] })
    case .current:
      guard let function = frame.pointee.function else { return .none }
      return .function(function.takeUnretainedValue())
    case .callLabelled(let callee, let first, let count):
      return try callLabelled(callee, first, count, node, frame)
    case .callMethod(let index): return try callMethod(index, node, frame)
    case .slices(let receiver, let first, let count):
      return try slices(receiver, first, count, node, frame)
    default: preconditionFailure("statements have no value")
    }
  }

  /// A name without a value, which a variable of the script may have in mind.
  @inline(never)
  func noValue(_ name: String, _ node: Int32, _ frame: FramePointer) -> Fault {
    let isHidden = frame.pointee.function != nil && interpreter.variable(named: name) != nil
    return fault(
      .noValueYet(
        name: name,
        remedy: isHidden
          ? "a function has names of its own: take it as a parameter, and `return` the result" : nil
      ), node, frame)
  }

  @inline(never)
  private func noValue(local slot: Int32, _ node: Int32, _ frame: FramePointer) -> Fault {
    noValue(sourceText(node, frame), node, frame)
  }

  @inline(never)
  private func noValue(global slot: Int32, _ node: Int32, _ frame: FramePointer) -> Fault {
    noValue(interpreter.globalName(slot), node, frame)
  }

  private func list(
    _ first: Int32, _ count: Int32, _ node: Int32, _ frame: FramePointer
  ) throws -> Value {
    var elements: [Value] = []
    elements.reserveCapacity(Int(count))
    for index in Int(first)..<Int(first + count) {
      elements.append(try evaluate(frame.pointee.lists[index], frame))
    }
    return try checked(.list(List(elements)), node, frame)
  }

  private func interpolate(
    _ first: Int32, _ count: Int32, _ node: Int32, _ frame: FramePointer
  ) throws -> Value {
    let start = scratch.pointee.count
    defer { scratch.pointee.cut(to: start) }
    for index in Int(first)..<Int(first + count) {
      let part = frame.pointee.lists[index]
      if case .constant(let constant) = frame.pointee.nodes[Int(part)] {
        frame.pointee.program._withUnsafeGuaranteedRef {
          if case .text(let text) = $0.constants[Int(constant)] { scratch.pointee.append(text) }
        }
      } else if let number = quickNumber(part, frame) {
        scratch.pointee.append(number)
      } else {
        switch try evaluate(part, frame) {
        case .text(let text): scratch.pointee.append(text)
        case .number(let number): scratch.pointee.append(number)
        case let value: scratch.pointee.append(value.text)
        }
      }
      guard scratch.pointee.count - start <= limits.textSize else {
        throw fault(.textTooLong(limit: limits.textSize), node, frame)
      }
    }
    return try checked(.text(scratch.pointee.text(from: start)), node, frame)
  }

  // MARK: Conditions

  @inline(__always)
  static func holds(_ comparison: Comparison, _ x: Double, _ y: Double) -> Bool {
    switch comparison {
    case .equal: x == y
    case .notEqual: x != y
    case .less: x < y
    case .lessOrEqual: x <= y
    case .greater: x > y
    case .greaterOrEqual: x >= y
    }
  }

  /// The condition of `what`: a boolean, or an error.
  func truth(_ node: Int32, _ frame: FramePointer, _ what: StaticString) throws -> Bool {
    switch frame.pointee.nodes[Int(node)] {
    case .compare(let comparison, let left, let right):
      if let x = quickNumber(left, frame), let y = quickNumber(right, frame) {
        return Machine.holds(comparison, x, y)
      }
    case .boolean(let flag): return flag
    default: break
    }
    let value = try evaluate(node, frame)
    if case .boolean(let flag) = value { return flag }
    throw conditionFault(value, node, frame, what)
  }

  @inline(never)
  private func conditionFault(
    _ value: Value, _ node: Int32, _ frame: FramePointer, _ what: StaticString
  ) -> Fault {
    let text = sourceText(node, frame)
    let remedy: String? =
      switch value {
      case .number: "write `\(text) != 0`"
      case .list, .text: "write `\(text).count > 0`"
      case .none: "write `… != none`"
      default: nil
      }
    return fault(
      .conditionKind(what: "\(what)", given: Wording.given(value), remedy: remedy), node, frame)
  }

  @inline(never)
  private func logic(_ node: Int32, _ frame: FramePointer) throws -> Value {
    switch frame.pointee.nodes[Int(node)] {
    case .compare(let comparison, let left, let right):
      let a = try evaluate(left, frame)
      let b = try evaluate(right, frame)
      if case .number(let x) = a, case .number(let y) = b {
        return .boolean(Machine.holds(comparison, x, y))
      }
      return try combine(comparison.operation, a, b, node, frame)
    case .and(let left, let right):
      guard try truth(left, frame, "and") else { return .boolean(false) }
      return .boolean(try truth(right, frame, "and"))
    case .or(let left, let right):
      if try truth(left, frame, "or") { return .boolean(true) }
      return .boolean(try truth(right, frame, "or"))
    case .not(let operand): return .boolean(!(try truth(operand, frame, "not")))
    default: preconditionFailure("not a condition")
    }
  }

  // MARK: Ranges

  /// Start, end and step of a range, checked.
  func bounds(
    _ start: Int32, _ end: Int32, _ step: Int32, _ frame: FramePointer
  ) throws -> (Double, Double, Double) {
    let first = try bound(start, frame)
    let last = try bound(end, frame)
    guard step >= 0 else { return (first, last, 1) }
    let by = try bound(step, frame)
    guard by != 0 else { throw fault(.zeroStep, step, frame) }
    return (first, last, by)
  }

  private func bound(_ node: Int32, _ frame: FramePointer) throws -> Double {
    let value = try evaluate(node, frame)
    guard case .number(let number) = value, number.isFinite else {
      throw fault(.rangeKind(given: Wording.given(value)), node, frame)
    }
    return number
  }
}
