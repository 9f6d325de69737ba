/// `a.b` and `a[…]`.
extension Machine {
  @inline(never)
  func member(
    _ receiver: Int32, _ nameIndex: Int32, _ node: Int32, _ frame: FramePointer
  ) throws -> Value {
    let value = try evaluate(receiver, frame)
    if case .record(let record) = value {
      let field = frame.pointee.program._withUnsafeGuaranteedRef { program in
        record.value(of: program.names[Int(nameIndex)], hint: &program.hints[Int(node)])
      }
      if let field { return field }
    }
    return try rareMember(value, receiver, nameIndex, node, frame)
  }

  @inline(never)
  private func rareMember(
    _ value: Value, _ receiver: Int32, _ nameIndex: Int32, _ node: Int32, _ frame: FramePointer
  ) throws -> Value {
    let name = name(nameIndex, frame)
    do {
      if let property = try value.property(name) { return property }
    } catch {
      throw located(error, command: nil, node, frame)
    }
    if case .list(let list) = value, list.isEmpty, name == "first" || name == "last" {
      throw fault(.indexOutOfRange(index: name, count: 0, what: "this list"), node, frame)
    }
    var remedy = Spelling.nearest(to: name, among: value.propertyNames).map {
      "did you mean `\($0)`?"
    }
    if remedy == nil, interpreter.command(named: name) != nil {
      remedy = "write `\(sourceText(receiver, frame)).\(name)()`"
    }
    if remedy == nil,
      let near = Spelling.nearest(to: name, among: interpreter.commands.map(\.name))
    {
      remedy = "did you mean `\(sourceText(receiver, frame)).\(near)()`?"
    }
    let names = value.propertyNames
    let note =
      names.isEmpty || names.count > 30
      ? nil : "It has \(names.map { "`\($0)`" }.joined(separator: ", "))."
    throw fault(.noProperty(kind: value.kind, name: name, remedy: remedy, note: note), node, frame)
  }

  func element(
    _ receiver: Int32, _ index: Int32, _ node: Int32, _ frame: FramePointer
  ) throws -> Value {
    if let number = quickNumber(index, frame), number >= 0, number < 9e15 {
      let place = Int(number)
      switch frame.pointee.nodes[Int(receiver)] {
      case .local(let slot):
        if case .list(let list)? = frame.pointee.locals[Int(slot)], place < list.count,
          Double(place) == number
        {
          return list.elements[place]
        }
      case .global(let slot):
        noteRead(Int(slot))
        if case .list(let list)? = globals[Int(slot)], place < list.count, Double(place) == number {
          return list.elements[place]
        }
      default: break
      }
    }
    let whole = try evaluate(receiver, frame)
    return try take(whole, evaluate(index, frame), index, node, frame)
  }

  @inline(never)
  private func take(
    _ whole: Value, _ index: Value, _ indexNode: Int32, _ node: Int32, _ frame: FramePointer
  ) throws -> Value {
    switch (whole, index) {
    case (.object(let object), _):
      let item: IndexItem
      if case .range(let range) = index { item = .range(range) } else { item = .at(index) }
      do {
        return try checked(object.index([item]), node, frame)
      } catch {
        throw located(error, command: nil, node, frame)
      }
    case (.record(let record), .text(let key)):
      if let value = record[key] { return value }
      let near = Spelling.nearest(to: key, among: record.keys)
      throw fault(
        .noProperty(
          kind: "record", name: key, remedy: near.map { "did you mean `\"\($0)\"`?" }, note: nil),
        indexNode, frame)
    case (.list(let list), .number(let number)):
      return list.elements[try place(number, list.count, "this list", indexNode, frame)]
    case (.text(let text), .number(let number)):
      return .text(try character(number, text, indexNode, frame))
    case (.range(let range), .number(let number)):
      return .number(range[try place(number, range.count, "this range", indexNode, frame)])
    case (.list, .range(let range)), (.text, .range(let range)), (.range, .range(let range)):
      let slice = Slice(
        start: try wholeNumber(range.start, indexNode, frame),
        end: try wholeNumber(range.end, indexNode, frame),
        step: try wholeNumber(range.step, indexNode, frame))
      return try cut(whole, slice, node, frame)
    case (.list, _), (.text, _), (.range, _), (.record, _):
      throw fault(.indexKind(given: Wording.given(index)), indexNode, frame)
    default: throw fault(.cannotIndex(kind: whole.kind), node, frame)
    }
  }

  private func wholeNumber(_ number: Double, _ node: Int32, _ frame: FramePointer) throws -> Int {
    guard number.rounded() == number, abs(number) < 9e15 else {
      throw fault(.badSlice(Wording.given(.number(number))), node, frame)
    }
    return Int(number)
  }

  /// An index from either end as a place from the start.
  private func place(
    _ number: Double, _ count: Int, _ what: String, _ node: Int32, _ frame: FramePointer
  ) throws -> Int {
    guard number.rounded() == number else {
      throw fault(.indexKind(given: Wording.given(.number(number))), node, frame)
    }
    guard abs(number) < 9e15, Int(number) < count, Int(number) >= -count else {
      throw fault(
        .indexOutOfRange(index: NumberFormat.shortest(number), count: count, what: what), node,
        frame)
    }
    return number < 0 ? Int(number) + count : Int(number)
  }

  private func character(
    _ number: Double, _ text: String, _ node: Int32, _ frame: FramePointer
  ) throws -> String {
    let scalars = text.unicodeScalars
    let count = TextSearch.length(text)
    let place = try place(number, count, "this text", node, frame)
    // Of plain ASCII the place is known at once.
    if text.utf8.count == count {
      return String(scalars[text.utf8.index(text.startIndex, offsetBy: place)])
    }
    return String(scalars[scalars.index(scalars.startIndex, offsetBy: place)])
  }

  // MARK: Slices

  struct Slice {
    var start: Int?
    var end: Int?
    var step: Int?

    /// Places that it takes out of `count`, as in Python.
    func places(in count: Int) -> StrideTo<Int> {
      let step = step ?? 1
      func clamp(_ bound: Int, _ low: Int, _ high: Int) -> Int {
        min(max(bound < 0 ? bound + count : bound, low), high)
      }
      if step > 0 {
        return stride(
          from: clamp(start ?? 0, 0, count), to: clamp(end ?? count, 0, count), by: step)
      }
      let last = end.map { clamp($0, -1, count - 1) } ?? -1
      return stride(from: clamp(start ?? (count - 1), -1, count - 1), to: last, by: step)
    }
  }

  func slices(
    _ receiver: Int32, _ first: Int32, _ count: Int32, _ node: Int32, _ frame: FramePointer
  ) throws -> Value {
    let whole = try evaluate(receiver, frame)
    var items: [IndexItem] = []
    for index in 0..<Int(count) {
      let list = frame.pointee.lists + (Int(first) + 4 * index)
      switch list[0] {
      case 0:
        let value = try evaluate(list[1], frame)
        if case .range(let range) = value {
          items.append(.range(range))
        } else {
          items.append(.at(value))
        }
      case 1:
        let step = try sliceBound(list[3], frame)
        if step == 0 { throw fault(.zeroStep, list[3], frame) }
        items.append(
          .slice(
            start: try sliceBound(list[1], frame), end: try sliceBound(list[2], frame), step: step))
      default: items.append(.ellipsis)
      }
    }
    if case .object(let object) = whole {
      do {
        return try checked(object.index(items), node, frame)
      } catch {
        throw located(error, command: nil, node, frame)
      }
    }
    switch whole {
    case .list, .text, .range: break
    default: throw fault(.cannotIndex(kind: whole.kind), node, frame)
    }
    guard items.count == 1 else {
      throw fault(.indexCount(kind: whole.kind, given: items.count), node, frame)
    }
    guard case .slice(let start, let end, let step) = items[0] else { return whole }
    return try cut(whole, Slice(start: start, end: end, step: step), node, frame)
  }

  private func sliceBound(_ node: Int32, _ frame: FramePointer) throws -> Int? {
    guard node >= 0 else { return nil }
    let value = try evaluate(node, frame)
    guard case .number(let number) = value else {
      if value.isNone { return nil }
      throw fault(.badSlice(Wording.given(value)), node, frame)
    }
    return try wholeNumber(number, node, frame)
  }

  private func cut(
    _ whole: Value, _ slice: Slice, _ node: Int32, _ frame: FramePointer
  ) throws -> Value {
    switch whole {
    case .list(let list):
      let places = slice.places(in: list.count)
      if slice.step ?? 1 == 1 {
        guard let first = places.first(where: { _ in true }) else { return .list(List([])) }
        let count = list.elements.count
        let last = min(count, (slice.end.map { $0 < 0 ? $0 + count : $0 }) ?? count)
        return .list(List(Array(list.elements[first..<max(first, last)])))
      }
      return .list(List(places.map { list.elements[$0] }))
    case .text(let text):
      let scalars = Array(text.unicodeScalars)
      var output = String.UnicodeScalarView()
      output.append(contentsOf: slice.places(in: scalars.count).lazy.map { scalars[$0] })
      return .text(String(output))
    case .range(let range):
      guard range.count <= limits.listCount else {
        throw fault(.listTooLong(limit: limits.listCount), node, frame)
      }
      return .list(List(slice.places(in: range.count).map { .number(range[$0]) }))
    default: return whole
    }
  }
}
