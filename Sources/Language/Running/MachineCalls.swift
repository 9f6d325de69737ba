/// Calls of closures.
extension Machine {
  func makeClosure(_ index: Int32, _ frame: FramePointer) -> Value {
    let program = frame.pointee.program.takeUnretainedValue()
    let code = program.functions[Int(index)]
    guard !code.captures.isEmpty else {
      return .function(FunctionValue(.closure(code, program, nil)))
    }
    let boxes = UnsafeMutablePointer<Box>.allocate(capacity: code.captures.count)
    for (place, capture) in code.captures.enumerated() {
      let source = capture.isOwn ? frame.pointee.boxes : frame.pointee.captures
      (boxes + place).initialize(to: source.unsafelyUnwrapped[Int(capture.index)])
    }
    return .function(FunctionValue(.closure(code, program, boxes)))
  }

  /// `f(a, b)` without labels: the arguments are worked out where the function will find them.
  func call(
    _ callee: Int32, _ first: Int32, _ count: Int32, _ node: Int32, _ frame: FramePointer
  ) throws -> Value {
    let value = try evaluate(callee, frame)
    guard case .function(let function) = value else {
      throw notCallable(value, callee, node, frame)
    }
    guard case .closure(let code, let program, let captures) = function.body else {
      var arguments: [(label: String?, value: Value, node: Int32)] = []
      for index in Int(first)..<Int(first + count) {
        let argument = frame.pointee.lists[index]
        arguments.append((nil, try evaluate(argument, frame), argument))
      }
      return try apply(function, labelled: arguments, node, frame)
    }
    guard Int(count) <= code.parameters.count else {
      throw countFault(code, Int(count), node, frame)
    }
    let base = state.pointee.top
    try reserve(code, node, frame)
    do {
      for index in 0..<Int(count) {
        let argument = try evaluate(frame.pointee.lists[Int(first) + index], frame)
        (base + index).initialize(to: argument)
        state.pointee.top = base + index + 1
      }
      return try enter(function, code, program, captures, base, Int(count), node, frame)
    } catch {
      unwind(to: base)
      throw error
    }
  }

  @inline(__always)
  private func reserve(_ code: FunctionCode, _ node: Int32, _ frame: FramePointer) throws {
    guard state.pointee.top + code.slotCount + 1 < stack + Machine.stackCapacity else {
      throw fault(.tooDeepCalls(limit: limits.calls), node, frame)
    }
  }

  @inline(__always)
  private func unwind(to base: UnsafeMutablePointer<Value?>) {
    let count = state.pointee.top - base
    if count > 0 { base.deinitialize(count: count) }
    state.pointee.top = base
  }

  /// Runs a closure whose first `given` arguments lie at `base`; leaves the stack as it was before
  /// them. After an error the caller unwinds.
  private func enter(
    _ function: FunctionValue, _ code: FunctionCode, _ program: Program,
    _ captures: UnsafeMutablePointer<Box>?, _ base: UnsafeMutablePointer<Value?>, _ given: Int,
    _ node: Int32, _ caller: FramePointer, hasGaps: Bool = false
  ) throws -> Value {
    try tick(node, caller)
    let calls = state.pointee.calls + 1
    let levels = state.pointee.levels + Int32(truncatingIfNeeded: code.height)
    guard calls <= limits.calls, levels <= limits.levels else {
      throw fault(.tooDeepCalls(limit: limits.calls), node, caller)
    }
    let unset = code.slotCount - given
    if unset > 0 { (base + given).initialize(repeating: nil, count: unset) }
    state.pointee.top = base + code.slotCount
    let frame = frames + Int(calls)
    frame.pointee = Frame(
      nodes: program.nodes, lists: program.lists, locals: base, boxes: nil, captures: captures,
      program: .passUnretained(program), function: .passUnretained(function))
    state.pointee.calls = calls
    state.pointee.levels = levels
    defer {
      state.pointee.calls = calls - 1
      state.pointee.levels = levels - Int32(truncatingIfNeeded: code.height)
    }
    if code.boxCount > 0 { makeBoxes(code, frame) }
    defer { if let boxes = frame.pointee.boxes { free(boxes, code.boxCount) } }
    if hasGaps || given < code.parameters.count {
      try fillDefaults(code, node, frame, caller)
    }
    let result: Value
    if code.isExpression {
      result = try evaluate(code.body, frame)
    } else if try execute(code.body, frame) == .returns {
      result = state.pointee.returned
      state.pointee.returned = .none
    } else {
      result = .none
    }
    base.deinitialize(count: code.slotCount)
    state.pointee.top = base
    return result
  }

  @inline(never)
  private func makeBoxes(_ code: FunctionCode, _ frame: FramePointer) {
    let boxes = UnsafeMutablePointer<Box>.allocate(capacity: code.boxCount)
    for index in 0..<code.boxCount { (boxes + index).initialize(to: Box(nil, graveyard)) }
    for (slot, box) in code.boxedParameters { boxes[box].value = frame.pointee.locals[slot] }
    frame.pointee.boxes = boxes
  }

  @inline(never)
  private func free(_ boxes: UnsafeMutablePointer<Box>, _ count: Int) {
    boxes.deinitialize(count: count)
    boxes.deallocate()
  }

  @inline(never)
  private func fillDefaults(
    _ code: FunctionCode, _ node: Int32, _ frame: FramePointer, _ caller: FramePointer
  ) throws {
    for index in code.parameters.indices where frame.pointee.locals[index] == nil {
      guard code.parameters[index].fallback >= 0 else {
        throw fault(
          .missingArgument(
            command: code.name ?? code.signature, parameter: code.parameters[index].name), node,
          caller)
      }
      let value = try evaluate(code.parameters[index].fallback, frame)
      frame.pointee.locals[index] = value
      // A later default may use this parameter, from its box if it has one.
      if let boxed = code.boxedParameters.first(where: { $0.slot == index }) {
        frame.pointee.boxes.unsafelyUnwrapped[boxed.box].value = value
      }
    }
  }

  @inline(never)
  func countFault(
    _ code: FunctionCode, _ given: Int, _ node: Int32, _ frame: FramePointer
  ) -> Fault {
    fault(
      .positionalCount(
        command: code.name ?? "this function", allowed: code.parameters.count, given: given,
        signature: code.signature), node, frame)
  }

  @inline(never)
  private func notCallable(
    _ value: Value, _ callee: Int32, _ node: Int32, _ frame: FramePointer
  ) -> Fault {
    if case .global(let slot) = frame.pointee.nodes[Int(callee)],
      interpreter.command(named: interpreter.globalName(slot)) != nil
    {
      return fault(
        .notACommand(name: interpreter.globalName(slot), kind: value.kind, line: nil), callee, frame
      )
    }
    return fault(.notCallable(given: Wording.given(value), remedy: nil), callee, frame)
  }

  func callLabelled(
    _ callee: Int32, _ first: Int32, _ count: Int32, _ node: Int32, _ frame: FramePointer
  ) throws -> Value {
    let value = try evaluate(callee, frame)
    guard case .function(let function) = value else {
      throw notCallable(value, callee, node, frame)
    }
    var arguments: [(label: String?, value: Value, node: Int32)] = []
    for index in 0..<Int(count) {
      let place = Int(first) + 2 * index
      let label = frame.pointee.lists[place]
      let argument = frame.pointee.lists[place + 1]
      arguments.append(
        (label < 0 ? nil : name(label, frame), try evaluate(argument, frame), argument))
    }
    return try apply(function, labelled: arguments, node, frame)
  }

  /// Calls any function with values that are already there.
  func apply(
    _ function: FunctionValue, _ arguments: [Value], _ node: Int32, _ frame: FramePointer
  ) throws -> Value {
    guard case .closure(let code, let program, let captures) = function.body else {
      return try apply(function, labelled: arguments.map { (nil, $0, node) }, node, frame)
    }
    guard arguments.count <= code.parameters.count else {
      throw countFault(code, arguments.count, node, frame)
    }
    let base = state.pointee.top
    try reserve(code, node, frame)
    for (index, argument) in arguments.enumerated() {
      (base + index).initialize(to: argument)
    }
    state.pointee.top = base + arguments.count
    do {
      return try enter(function, code, program, captures, base, arguments.count, node, frame)
    } catch {
      unwind(to: base)
      throw error
    }
  }

  /// Calls any function with values of which some are labelled.
  func apply(
    _ function: FunctionValue, labelled arguments: [(label: String?, value: Value, node: Int32)],
    _ node: Int32, _ frame: FramePointer
  ) throws -> Value {
    switch function.body {
    case .command(let command): return try run(command, binding: arguments, node, frame)
    case .closure(let code, let program, let captures):
      var values = [Value?](repeating: nil, count: code.parameters.count)
      var position = 0
      for argument in arguments {
        var place = position
        if let label = argument.label {
          guard let found = code.parameters.firstIndex(where: { $0.name == label }) else {
            throw fault(
              .unknownLabel(
                command: code.name ?? "this function", label: label,
                suggestion: Spelling.nearest(to: label, among: code.parameters.map(\.name))),
              argument.node, frame)
          }
          place = found
        } else {
          position += 1
        }
        guard place < values.count else { throw countFault(code, arguments.count, node, frame) }
        guard values[place] == nil else {
          throw fault(
            .repeatedLabel(
              command: code.name ?? "this function", label: code.parameters[place].name),
            argument.node, frame)
        }
        values[place] = argument.value
      }
      let base = state.pointee.top
      try reserve(code, node, frame)
      for (index, value) in values.enumerated() { (base + index).initialize(to: value) }
      state.pointee.top = base + values.count
      do {
        return try enter(
          function, code, program, captures, base, values.count, node, frame,
          hasGaps: values.contains { $0 == nil })
      } catch {
        unwind(to: base)
        throw error
      }
    }
  }
}
