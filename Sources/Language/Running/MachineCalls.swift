/// Calls of closures.
extension Machine {
  func makeClosure(_ index: Int32, _ frame: FramePointer) -> Value {
    frame.pointee.program._withUnsafeGuaranteedRef { program in
      let code = program.functions[Int(index)]
      guard !code.captures.isEmpty else {
        return .function(FunctionValue(code, program, captures: nil))
      }
      let boxes = UnsafeMutablePointer<Box>.allocate(capacity: code.captures.count)
      code.captures.withUnsafeBufferPointer { captures in
        for place in captures.indices {
          let source = captures[place].isOwn ? frame.pointee.boxes : frame.pointee.captures
          (boxes + place).initialize(to: source.unsafelyUnwrapped[Int(captures[place].index)])
        }
      }
      return .function(FunctionValue(code, program, captures: boxes))
    }
  }

  /// `f(a, b)` without labels: the arguments are worked out where the function will find them.
  func call(
    _ callee: Int32, _ first: Int32, _ count: Int32, _ node: Int32, _ frame: FramePointer
  ) throws -> Value {
    if case .current = frame.pointee.nodes[Int(callee)], let function = frame.pointee.function,
      let entry = function._withUnsafeGuaranteedRef({ $0.entry })
    {
      // Whoever called it holds it until it returns.
      return try call(function, entry, first, count, node, frame)
    }
    let value = try evaluate(callee, frame)
    guard case .function(let function) = value else {
      throw notCallable(value, callee, node, frame)
    }
    guard let entry = function.entry else {
      var arguments: [(label: String?, value: Value, node: Int32)] = []
      for index in Int(first)..<Int(first + count) {
        let argument = frame.pointee.lists[index]
        arguments.append((nil, try evaluate(argument, frame), argument))
      }
      return try apply(function, labelled: arguments, node, frame)
    }
    return try withExtendedLifetime(function) {
      try call(.passUnretained(function), entry, first, count, node, frame)
    }
  }

  /// - Parameter function: held by the caller until this returns.
  private func call(
    _ function: Unmanaged<FunctionValue>, _ entry: UnsafeMutablePointer<FunctionCode.Entry>,
    _ first: Int32, _ count: Int32, _ node: Int32, _ frame: FramePointer
  ) throws -> Value {
    guard Int(count) <= entry.pointee.parameterCount else {
      throw countFault(entry, Int(count), node, frame)
    }
    let base = state.pointee.top
    try reserve(entry, node, frame)
    do {
      for index in 0..<Int(count) {
        let argument = try evaluate(frame.pointee.lists[Int(first) + index], frame)
        (base + index).initialize(to: argument)
        state.pointee.top = base + index + 1
      }
      return try enter(function, entry, base, Int(count), node, frame)
    } catch {
      unwind(to: base)
      throw error
    }
  }

  @inline(__always)
  private func reserve(
    _ entry: UnsafeMutablePointer<FunctionCode.Entry>, _ node: Int32, _ frame: FramePointer
  ) throws {
    guard state.pointee.top + entry.pointee.slotCount + 1 < stack + Machine.stackCapacity,
      state.pointee.boxTop + entry.pointee.boxCount < boxes + Machine.stackCapacity
    else {
      throw fault(.tooDeepCalls(limit: limits.calls), node, frame)
    }
  }

  @inline(__always)
  private func unwind(to base: UnsafeMutablePointer<Value?>) {
    while state.pointee.top > base {
      state.pointee.top -= 1
      // Quicker than `deinitialize`, which asks the type at run time how to.
      _ = state.pointee.top.move()
    }
  }

  @inline(__always)
  private func enter(
    _ function: FunctionValue, _ entry: UnsafeMutablePointer<FunctionCode.Entry>,
    _ base: UnsafeMutablePointer<Value?>, _ given: Int, _ node: Int32, _ caller: FramePointer,
    hasGaps: Bool = false
  ) throws -> Value {
    try withExtendedLifetime(function) {
      try enter(
        .passUnretained(function), entry, base, given, node, caller, hasGaps: hasGaps)
    }
  }

  /// Runs a closure whose first `given` arguments lie at `base`; leaves the stack as it was before
  /// them. After an error the caller unwinds.
  ///
  /// - Parameter function: held by the caller until this returns.
  private func enter(
    _ function: Unmanaged<FunctionValue>, _ entry: UnsafeMutablePointer<FunctionCode.Entry>,
    _ base: UnsafeMutablePointer<Value?>, _ given: Int, _ node: Int32, _ caller: FramePointer,
    hasGaps: Bool = false
  ) throws -> Value {
    try tick(node, caller)
    let calls = state.pointee.calls + 1
    let levels = state.pointee.levels + entry.pointee.height
    guard calls <= limits.calls, levels <= limits.levels,
      let nodes = entry.pointee.nodes, let lists = entry.pointee.lists,
      let program = entry.pointee.program
    else { throw fault(.tooDeepCalls(limit: limits.calls), node, caller) }
    let slotCount = entry.pointee.slotCount
    var slot = given
    while slot < slotCount {
      (base + slot).initialize(to: nil)
      slot += 1
    }
    state.pointee.top = base + slotCount
    let frame = frames + Int(calls)
    frame.pointee = Frame(
      nodes: nodes, lists: lists, locals: base, boxes: nil,
      captures: function._withUnsafeGuaranteedRef { $0.captures },
      program: program, function: function)
    state.pointee.calls = calls
    state.pointee.levels = levels
    defer {
      state.pointee.calls = calls - 1
      state.pointee.levels = levels - entry.pointee.height
    }
    if entry.pointee.boxCount > 0 { makeBoxes(entry, frame) }
    defer { if let boxes = frame.pointee.boxes { free(boxes, entry.pointee.boxCount) } }
    if hasGaps || given < entry.pointee.parameterCount {
      try fillDefaults(entry, node, frame, caller)
    }
    let result: Value
    if entry.pointee.isExpression {
      result = try evaluate(entry.pointee.body, frame)
    } else if try execute(entry.pointee.body, frame) == .returns {
      var returned = Value.none
      swap(&returned, &state.pointee.returned)
      result = returned
    } else {
      result = .none
    }
    while slot > 0 {
      slot -= 1
      _ = (base + slot).move()
    }
    state.pointee.top = base
    return result
  }

  @inline(never)
  private func makeBoxes(
    _ entry: UnsafeMutablePointer<FunctionCode.Entry>, _ frame: FramePointer
  ) {
    let boxes = state.pointee.boxTop
    state.pointee.boxTop = boxes + entry.pointee.boxCount
    for index in 0..<entry.pointee.boxCount { (boxes + index).initialize(to: Box(nil, graveyard)) }
    entry.pointee.code._withUnsafeGuaranteedRef { code in
      for (slot, box) in code.boxedParameters { boxes[box].value = frame.pointee.locals[slot] }
    }
    frame.pointee.boxes = boxes
  }

  @inline(never)
  private func free(_ boxes: UnsafeMutablePointer<Box>, _ count: Int) {
    for index in 0..<count { _ = (boxes + index).move() }
    state.pointee.boxTop = boxes
  }

  @inline(never)
  private func fillDefaults(
    _ entry: UnsafeMutablePointer<FunctionCode.Entry>, _ node: Int32, _ frame: FramePointer,
    _ caller: FramePointer
  ) throws {
    let code = entry.pointee.code.takeUnretainedValue()
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
      if entry.pointee.boxCount > 0,
        let boxed = code.boxedParameters.first(where: { $0.slot == index })
      {
        frame.pointee.boxes.unsafelyUnwrapped[boxed.box].value = value
      }
    }
  }

  @inline(never)
  func countFault(
    _ entry: UnsafeMutablePointer<FunctionCode.Entry>, _ given: Int, _ node: Int32,
    _ frame: FramePointer
  ) -> Fault {
    let code = entry.pointee.code.takeUnretainedValue()
    return fault(
      .positionalCount(
        command: code.name ?? "this function", allowed: code.parameters.count, given: given,
        signature: code.signature), node, frame)
  }

  @inline(never)
  private func notCallable(
    _ value: Value, _ callee: Int32, _ node: Int32, _ frame: FramePointer
  ) -> Fault {
    // A variable hides the command of the same name.
    switch frame.pointee.nodes[Int(callee)] {
    case .global(let slot), .globalOrCommand(let slot, _):
      let name = interpreter.globalName(slot)
      guard interpreter.command(named: name) != nil else { break }
      return fault(.notACommand(name: name, kind: value.kind), callee, frame)
    default: break
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
    if let entry = function.entry {
      return try callLabelled(function, entry, first, count, node, frame)
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

  /// Works the arguments out where the closure will find them.
  private func callLabelled(
    _ function: FunctionValue, _ entry: UnsafeMutablePointer<FunctionCode.Entry>, _ first: Int32,
    _ count: Int32, _ node: Int32, _ frame: FramePointer
  ) throws -> Value {
    let base = state.pointee.top
    try reserve(entry, node, frame)
    makeRoom(entry, base)
    do {
      for index in 0..<Int(count) {
        let item = Int(first) + 2 * index
        let label = frame.pointee.lists[item]
        let argument = frame.pointee.lists[item + 1]
        let place = try self.place(
          label < 0 ? nil : name(label, frame), index, Int(count), entry, argument, node, frame)
        let value = try evaluate(argument, frame)
        guard base[place] == nil else { throw repeated(place, entry, argument, frame) }
        base[place] = value
      }
      return try enter(
        function, entry, base, entry.pointee.parameterCount, node, frame,
        hasGaps: Int(count) < entry.pointee.parameterCount)
    } catch {
      unwind(to: base)
      throw error
    }
  }

  private func makeRoom(
    _ entry: UnsafeMutablePointer<FunctionCode.Entry>, _ base: UnsafeMutablePointer<Value?>
  ) {
    for index in 0..<entry.pointee.parameterCount { (base + index).initialize(to: nil) }
    state.pointee.top = base + entry.pointee.parameterCount
  }

  /// The parameter of an argument.
  private func place(
    _ label: String?, _ position: Int, _ count: Int,
    _ entry: UnsafeMutablePointer<FunctionCode.Entry>, _ argument: Int32, _ node: Int32,
    _ frame: FramePointer
  ) throws -> Int {
    guard let label else {
      guard position < entry.pointee.parameterCount else {
        throw countFault(entry, count, node, frame)
      }
      return position
    }
    let code = entry.pointee.code.takeUnretainedValue()
    for (index, parameter) in code.parameters.enumerated() where parameter.name == label {
      return index
    }
    throw fault(
      .unknownLabel(
        command: code.name ?? "this function", label: label,
        suggestion: Spelling.nearest(to: label, among: code.parameters.map(\.name))),
      argument, frame)
  }

  private func repeated(
    _ place: Int, _ entry: UnsafeMutablePointer<FunctionCode.Entry>, _ argument: Int32,
    _ frame: FramePointer
  ) -> Fault {
    let code = entry.pointee.code.takeUnretainedValue()
    return fault(
      .repeatedLabel(
        command: code.name ?? "this function", label: code.parameters[place].name),
      argument, frame)
  }

  // MARK: Calls with values

  /// Calls any function with one value.
  func apply(
    _ function: FunctionValue, one argument: Value, _ node: Int32, _ frame: FramePointer
  ) throws -> Value {
    guard let entry = function.entry, entry.pointee.parameterCount > 0 else {
      return try apply(function, [argument], node, frame)
    }
    let base = state.pointee.top
    try reserve(entry, node, frame)
    base.initialize(to: argument)
    state.pointee.top = base + 1
    do {
      return try enter(function, entry, base, 1, node, frame)
    } catch {
      unwind(to: base)
      throw error
    }
  }

  /// Calls any function with values that are already there.
  func apply(
    _ function: FunctionValue, _ arguments: [Value], _ node: Int32, _ frame: FramePointer
  ) throws -> Value {
    try apply(function, labelled: arguments.map { (nil, $0, node) }, node, frame)
  }

  /// Calls any function with values of which some are labelled.
  func apply(
    _ function: FunctionValue, labelled arguments: [(label: String?, value: Value, node: Int32)],
    _ node: Int32, _ frame: FramePointer
  ) throws -> Value {
    if let reference = function.reference {
      return try run(reference, binding: arguments, node, frame)
    }
    guard let entry = function.entry else { return .none }
    let base = state.pointee.top
    try reserve(entry, node, frame)
    makeRoom(entry, base)
    do {
      for (index, argument) in arguments.enumerated() {
        let place = try self.place(
          argument.label, index, arguments.count, entry, argument.node, node, frame)
        guard base[place] == nil else { throw repeated(place, entry, argument.node, frame) }
        base[place] = argument.value
      }
      return try enter(
        function, entry, base, entry.pointee.parameterCount, node, frame,
        hasGaps: arguments.count < entry.pointee.parameterCount)
    } catch {
      unwind(to: base)
      throw error
    }
  }
}
