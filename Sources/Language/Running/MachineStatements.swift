/// Statements.
extension Machine {
  func execute(_ node: Int32, _ frame: FramePointer) throws -> Completion {
    switch frame.pointee.nodes[Int(node)] {
    case .block(let first, let count):
      let end = Int(first + count)
      var place = Int(first)
      while place < end {
        try tick(node, frame)
        let completion = try execute(frame.pointee.lists[place], frame)
        if completion != .normal { return completion }
        place += 1
      }
      return .normal
    case .assignLocal(let slot, let value):
      let result = try evaluate(value, frame)
      frame.pointee.locals[Int(slot)] = result
      return .normal
    case .assign(let target, let value):
      assign(target, try evaluate(value, frame), frame)
      return .normal
    case .compound(let operation, let target, let value):
      try compound(operation, target, value, node, frame)
      return .normal
    case .branch(let first, let second, let third):
      var (condition, then, otherwise) = (first, second, third)
      while try !truth(condition, frame, "if") {
        if otherwise < 0 { return .normal }
        guard case .branch(let first, let second, let third) = frame.pointee.nodes[Int(otherwise)]
        else {
          return try execute(otherwise, frame)
        }
        (condition, then, otherwise) = (first, second, third)
      }
      return try execute(then, frame)
    case .whileLoop(let condition, let body):
      while try truth(condition, frame, "while") {
        try tick(node, frame)
        let completion = try execute(body, frame)
        if completion == .breaks { break }
        if completion == .returns { return .returns }
      }
      return .normal
    case .returns(let value):
      state.pointee.returned = try evaluate(value, frame)
      return .returns
    case .discard(let value):
      _ = try evaluate(value, frame)
      return .normal
    case .breaks: return .breaks
    case .continues: return .continues
    case .repeatLoop, .forEach, .show, .showName, .takeApart, .attempt:
      return try executeRare(node, frame)
    default:
      _ = try evaluate(node, frame)
      return .normal
    }
  }

  @inline(never)
  private func executeRare(_ node: Int32, _ frame: FramePointer) throws -> Completion {
    switch frame.pointee.nodes[Int(node)] {
    case .repeatLoop(let count, let body): return try repeatLoop(count, body, node, frame)
    case .forEach(let first): return try forEach(first, node, frame)
    case .show(let value):
      try show(evaluate(value, frame), node, frame)
      return .normal
    case .showName(let name, let isHidden):
      var value = try evaluate(name, frame)
      // A lone name of a function that needs no argument calls it.
      if case .function(let function) = value, function.needsNoArgument {
        value = try apply(function, [], node, frame)
      }
      if !isHidden { try show(value, node, frame) }
      return .normal
    case .takeApart(let first, let count, let value):
      try takeApart(first, count, value, node, frame)
      return .normal
    case .attempt(let body, let problem, let handler):
      do {
        return try execute(body, frame)
      } catch let fault as Fault where fault.isCatchable {
        if !problem.isNowhere { assign(problem, Machine.problem(fault.failure), frame) }
      }
      return try execute(handler, frame)
    default: preconditionFailure("not a statement")
    }
  }

  private static func problem(_ failure: Failure) -> Value {
    .record(
      Record([
        ("message", .text(failure.message)), ("code", .text(failure.code)),
        ("remedy", failure.remedy.map { .text($0) } ?? .none),
      ]))
  }

  private func show(_ value: Value, _ node: Int32, _ frame: FramePointer) throws {
    if value.isNone { return }
    do {
      try interpreter.showStatement(value)
    } catch {
      throw located(error, command: nil, node, frame)
    }
  }

  // MARK: Assignment

  @inline(__always)
  func assign(_ target: Target, _ value: Value, _ frame: FramePointer) {
    switch target.place {
    case .local: frame.pointee.locals[target.index] = value
    case .boxed: frame.pointee.boxes.unsafelyUnwrapped[target.index].value = value
    case .global:
      willChange(target.index)
      globals[target.index] = value
    }
  }

  private func takeApart(
    _ first: Int32, _ count: Int32, _ value: Int32, _ node: Int32, _ frame: FramePointer
  ) throws {
    let whole = try evaluate(value, frame)
    let count = Int(count)
    var parts: [Value] = []
    switch whole {
    case .list(let list):
      guard list.count == count else {
        throw fault(.takeApartCount(names: count, values: list.count), node, frame)
      }
      parts = list.elements
    case .range(let range):
      guard range.count == count else {
        throw fault(.takeApartCount(names: count, values: range.count), node, frame)
      }
      parts = (0..<count).map { .number(range[$0]) }
    case .object(let object):
      guard let size = object.count else {
        throw fault(.cannotTakeApart(given: Wording.given(whole)), node, frame)
      }
      guard size == count else {
        throw fault(.takeApartCount(names: count, values: size), node, frame)
      }
      do {
        for index in 0..<count { parts.append(try object.element(at: index)) }
      } catch {
        throw located(error, command: nil, node, frame)
      }
    default: throw fault(.cannotTakeApart(given: Wording.given(whole)), node, frame)
    }
    for index in 0..<count {
      assign(Target(raw: frame.pointee.lists[Int(first) + index]), parts[index], frame)
    }
  }

  private func compound(
    _ operation: BinaryOperation, _ target: Target, _ value: Int32, _ node: Int32,
    _ frame: FramePointer
  ) throws {
    switch target.place {
    case .local:
      try compound(operation, frame.pointee.locals + target.index, value, node, frame)
    case .global:
      noteRead(target.index)
      willChange(target.index)
      try compound(operation, globals + target.index, value, node, frame)
    case .boxed:
      let box = frame.pointee.boxes.unsafelyUnwrapped[target.index]
      let operand = try evaluate(value, frame)
      guard let old = box.value else {
        throw noValue(firstWord(node, frame), node, frame)
      }
      box.value = try combine(operation, old, operand, node, frame)
    }
  }

  private func firstWord(_ node: Int32, _ frame: FramePointer) -> String {
    String(sourceText(node, frame).prefix { $0 == "_" || $0.isLetter || $0.isNumber })
  }

  /// `x op= value` where `x` is in place. Lists and texts that nobody else holds grow in place.
  private func compound(
    _ operation: BinaryOperation, _ place: UnsafeMutablePointer<Value?>, _ value: Int32,
    _ node: Int32, _ frame: FramePointer
  ) throws {
    if operation == .add, case .list? = place.pointee,
      case .list(let first, 1) = frame.pointee.nodes[Int(value)]
    {
      let element = try evaluate(frame.pointee.lists[Int(first)], frame)
      if case .list(let list)? = place.pointee {
        try checkGrowth(list, element, node, frame)
        Machine.append(element, to: place)
        return
      }
    }
    let operand: Value
    if let number = quickNumber(value, frame) {
      operand = .number(number)
    } else {
      operand = try evaluate(value, frame)
    }
    if case .number(let y) = operand, case .number(let x)? = place.pointee {
      switch operation {
      case .add: place.pointee = .number(x + y)
      case .subtract: place.pointee = .number(x - y)
      case .multiply: place.pointee = .number(x * y)
      default: place.pointee = try combine(operation, .number(x), operand, node, frame)
      }
      return
    }
    if operation == .add {
      if case .text(let tail) = operand, case .text(let text)? = place.pointee {
        guard text.utf8.count + tail.utf8.count <= limits.textSize else {
          throw fault(.textTooLong(limit: limits.textSize), node, frame)
        }
        try account(tail.utf8.count, node, frame)
        Machine.append(tail, to: place)
        return
      }
      if case .list(let tail) = operand, case .list(var list)? = place.pointee {
        try checkGrowth(list, tail, node, frame)
        place.pointee = nil
        list.append(tail)
        place.pointee = .list(list)
        return
      }
    }
    guard let old = place.pointee else {
      throw noValue(firstWord(node, frame), node, frame)
    }
    place.pointee = try combine(operation, old, operand, node, frame)
  }

  // The variable lets go while its value grows, so that list or text have one owner and need not be
  // copied.

  @inline(__always)
  private static func append(_ element: Value, to place: UnsafeMutablePointer<Value?>) {
    guard case .list(var list)? = place.move() else {
      preconditionFailure("the caller has seen the list")
    }
    list.append(element)
    place.initialize(to: .list(list))
  }

  @inline(__always)
  private static func append(_ tail: String, to place: UnsafeMutablePointer<Value?>) {
    guard case .text(var text)? = place.move() else {
      preconditionFailure("the caller has seen the text")
    }
    text += tail
    place.initialize(to: .text(text))
  }

  private func checkGrowth(
    _ list: List, _ tail: List, _ node: Int32, _ frame: FramePointer
  ) throws {
    try account(tail.count &* 24, node, frame)
    guard list.count + tail.count <= limits.listCount else {
      throw fault(.listTooLong(limit: limits.listCount), node, frame)
    }
    guard max(list.depth, tail.depth) <= limits.valueDepth else {
      throw fault(.valueTooDeep(limit: limits.valueDepth), node, frame)
    }
    guard list.weight + tail.weight <= limits.valueWeight else {
      throw fault(.valueTooLarge, node, frame)
    }
  }

  @inline(__always)
  private func checkGrowth(
    _ list: List, _ element: Value, _ node: Int32, _ frame: FramePointer
  ) throws {
    guard list.count < limits.listCount else {
      throw fault(.listTooLong(limit: limits.listCount), node, frame)
    }
    guard element.depth < limits.valueDepth else {
      throw fault(.valueTooDeep(limit: limits.valueDepth), node, frame)
    }
    guard list.weight + element.weight <= limits.valueWeight else {
      throw fault(.valueTooLarge, node, frame)
    }
  }
}
