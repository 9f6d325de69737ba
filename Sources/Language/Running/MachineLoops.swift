/// `repeat n times` and `for`: over ranges, lists, texts, records and what host objects offer.
extension Machine {
  func repeatLoop(
    _ count: Int32, _ body: Int32, _ node: Int32, _ frame: FramePointer
  ) throws -> Completion {
    let value = try evaluate(count, frame)
    guard case .number(let number) = value, number.rounded() == number, number >= 0 else {
      throw fault(.repeatCount(given: Wording.given(value)), count, frame)
    }
    var turn = 0.0
    while turn < number {
      try tick(node, frame)
      let completion = try execute(body, frame)
      if completion == .breaks { break }
      if completion == .returns { return .returns }
      turn += 1
    }
    return .normal
  }

  func forEach(
    _ first: Int32, _ node: Int32, _ frame: FramePointer
  ) throws -> Completion {
    let items = frame.pointee.lists + Int(first)
    let loop = Loop(
      position: Target(raw: items[0]), element: Target(raw: items[1]), body: items[3], node: node)
    let sequence = items[2]
    if case .range(let start, let end, let step) = frame.pointee.nodes[Int(sequence)] {
      let (first, last, by) = try bounds(start, end, step, frame)
      return try numbers(
        first, by, Progression.count(start: first, end: last, step: by), loop, frame)
    }
    switch try evaluate(sequence, frame) {
    case .range(let range): return try numbers(range.start, range.step, range.count, loop, frame)
    case .list(let list):
      for index in 0..<list.count {
        let completion = try turn(index, list.elements[index], loop, frame)
        if completion == .breaks { break }
        if completion == .returns { return .returns }
      }
    case .text(let text):
      for (index, scalar) in text.unicodeScalars.enumerated() {
        let completion = try turn(index, .text(String(scalar)), loop, frame)
        if completion == .breaks { break }
        if completion == .returns { return .returns }
      }
    case .record(let record): return try fields(record, loop, frame)
    case .object(let object):
      guard let count = object.count else {
        throw fault(
          .notIterable(given: Wording.withArticle(object.kind), remedy: nil), sequence, frame)
      }
      for index in 0..<count {
        let element: Value
        do {
          element = try object.element(at: index)
        } catch {
          throw located(error, command: nil, sequence, frame)
        }
        let completion = try turn(index, element, loop, frame)
        if completion == .breaks { break }
        if completion == .returns { return .returns }
      }
    case let value:
      var remedy: String?
      if case .number = value { remedy = "write `for i in 0..\(sourceText(sequence, frame))`" }
      throw fault(
        .notIterable(given: Wording.given(value), remedy: remedy), sequence, frame)
    }
    return .normal
  }

  private struct Loop {
    let position: Target
    let element: Target
    let body: Int32
    let node: Int32
  }

  @inline(__always)
  private func turn(
    _ index: Int, _ element: Value, _ loop: Loop, _ frame: FramePointer
  ) throws -> Completion {
    try tick(loop.node, frame)
    if !loop.position.isNowhere { assign(loop.position, .number(Double(index)), frame) }
    assign(loop.element, element, frame)
    return try execute(loop.body, frame)
  }

  private func numbers(
    _ start: Double, _ step: Double, _ count: Int, _ loop: Loop, _ frame: FramePointer
  ) throws -> Completion {
    var index = 0
    while index < count {
      let completion = try turn(index, .number(start + Double(index) * step), loop, frame)
      if completion == .breaks { break }
      if completion == .returns { return .returns }
      index += 1
    }
    return .normal
  }

  /// `for key in record`, or `for key, value in record`.
  private func fields(
    _ record: Record, _ loop: Loop, _ frame: FramePointer
  ) throws -> Completion {
    for (key, value) in record.fields {
      try tick(loop.node, frame)
      if loop.position.isNowhere {
        assign(loop.element, .text(key), frame)
      } else {
        assign(loop.position, .text(key), frame)
        assign(loop.element, value, frame)
      }
      let completion = try execute(loop.body, frame)
      if completion == .breaks { break }
      if completion == .returns { return .returns }
    }
    return .normal
  }
}
