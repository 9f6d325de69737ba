/// Calls of commands and methods.
extension Machine {
  func callCommand(_ index: Int32, _ node: Int32, _ frame: FramePointer) throws -> Value {
    try run(commandCall(index, frame), nil, node, frame)
  }

  private func commandCall(_ index: Int32, _ frame: FramePointer) -> CommandCall {
    frame.pointee.program._withUnsafeGuaranteedRef { $0.commandCalls[Int(index)] }
  }

  /// A function of one value needs no call around it, unless it has something to say.
  func callQuick(
    _ argument: Int32, _ index: Int32, _ node: Int32, _ frame: FramePointer
  ) throws -> Value {
    let value = try evaluate(argument, frame)
    let call = commandCall(index, frame)
    if let result = call.quick?(value) { return result }
    return try run(call, value, node, frame)
  }

  /// A call that was bound before anything ran. `receiver` is the value of its first argument, if
  /// that was worked out already.
  private func run(
    _ call: CommandCall, _ receiver: Value?, _ node: Int32, _ frame: FramePointer
  ) throws -> Value {
    if call.isCheck { return try check(call, receiver, node, frame) }
    if call.changesFields {
      let whole = try receiver ?? evaluate(call.single[0].node, frame)
      if case .record(let record) = whole, let places = call.places(in: record) {
        return try change(record, places, call, node, frame)
      }
      return try invoke(call, whole, node, frame)
    }
    return try invoke(call, receiver, node, frame)
  }

  /// `with` where no field is new.
  private func change(
    _ record: Record, _ places: [Int], _ call: CommandCall, _ node: Int32, _ frame: FramePointer
  ) throws -> Value {
    let draft = Record.Draft(copying: record)
    for index in places.indices {
      draft.replace(places[index], try evaluate(call.labels[index].node, frame))
    }
    return try checked(.record(draft.record()), node, frame)
  }

  private func invoke(
    _ call: CommandCall, _ receiver: Value?, _ node: Int32, _ frame: FramePointer
  ) throws -> Value {
    var arguments = [Value?](repeating: nil, count: call.command.parameters.count)
    var given: UInt64 = 0
    // The receiver is the first positional argument: a gathering parameter in front takes it.
    let isGathered = call.command.parameters.first?.gathering == .rest
    var isReceiver = receiver != nil && !isGathered
    for (parameter, argument) in call.single {
      arguments[parameter] = isReceiver ? receiver : try evaluate(argument, frame)
      given |= 1 << UInt64(parameter)
      isReceiver = false
    }
    isReceiver = receiver != nil && isGathered
    if !call.rest.isEmpty {
      var rest: [Value] = []
      for argument in call.rest {
        rest.append(isReceiver ? receiver ?? .none : try evaluate(argument, frame))
        isReceiver = false
      }
      gather(.rest, .list(List(rest)), call.command, &arguments, &given)
    }
    if !call.labels.isEmpty {
      var values: [Value] = []
      values.reserveCapacity(call.labels.count)
      for (_, argument) in call.labels { values.append(try evaluate(argument, frame)) }
      let changes =
        call.keys.map { Record(distinct: $0, values) }
        ?? Record(zip(call.labels, values).map { ($0.name, $1) })
      gather(.labels, .record(changes), call.command, &arguments, &given)
    }
    return try finish(call.reference, &arguments, given, node, frame) { label in
      guard let index = call.command.index(of: label) else { return nil }
      return call.single.first { $0.parameter == index }?.node
        ?? (call.command.parameters[index].gathering == .rest ? call.rest.first : nil)
    }
  }

  private func gather(
    _ gathering: Parameter.Gathering, _ value: Value, _ command: Command,
    _ arguments: inout [Value?], _ given: inout UInt64
  ) {
    guard let place = command.parameters.firstIndex(where: { $0.gathering == gathering }) else {
      return
    }
    arguments[place] = value
    given |= 1 << UInt64(place)
  }

  /// A command called with values whose parameters are found only now.
  func run(
    _ reference: CommandReference, binding written: [(label: String?, value: Value, node: Int32)],
    _ node: Int32, _ frame: FramePointer
  ) throws -> Value {
    let command = reference.command
    var arguments = [Value?](repeating: nil, count: command.parameters.count)
    var given: UInt64 = 0
    var places: [Int: Int32] = [:]
    var rest: [Value] = []
    var fields: [(key: String, value: Value)] = []
    let single = command.parameters.indices.filter { command.parameters[$0].gathering == .one }
    let gathers = command.parameters.firstIndex { $0.gathering == .rest }
    var position = 0
    for argument in written {
      var place: Int?
      if let label = argument.label {
        place = command.index(of: label)
        if place == nil {
          guard command.parameters.contains(where: { $0.gathering == .labels }) else {
            throw fault(
              .unknownLabel(
                command: command.name, label: label,
                suggestion: Spelling.nearest(to: label, among: command.parameters.map(\.label))),
              argument.node, frame)
          }
          fields.append((label, argument.value))
          continue
        }
      } else if position < single.count, gathers.map({ single[position] < $0 }) ?? true {
        place = single[position]
        position += 1
      } else if gathers != nil {
        rest.append(argument.value)
        continue
      }
      guard let place else {
        throw fault(
          .positionalCount(
            command: command.name, allowed: single.count,
            given: written.filter { $0.label == nil }.count, signature: command.signature),
          argument.node, frame)
      }
      guard arguments[place] == nil else {
        throw fault(
          .repeatedLabel(command: command.name, label: command.parameters[place].label),
          argument.node, frame)
      }
      arguments[place] = argument.value
      given |= 1 << UInt64(place)
      places[place] = argument.node
    }
    if !rest.isEmpty { gather(.rest, .list(List(rest)), command, &arguments, &given) }
    if !fields.isEmpty { gather(.labels, .record(Record(fields)), command, &arguments, &given) }
    for place in single where arguments[place] == nil && command.parameters[place].isRequired {
      throw fault(
        .missingArgument(command: command.name, parameter: command.parameters[place].label), node,
        frame)
    }
    return try finish(reference, &arguments, given, node, frame) { label in
      command.index(of: label).flatMap { places[$0] }
    }
  }

  /// Checks kinds, fills defaults in and runs the body.
  private func finish(
    _ reference: CommandReference, _ arguments: inout [Value?], _ given: UInt64, _ node: Int32,
    _ frame: FramePointer, _ place: (String) -> Int32?
  ) throws -> Value {
    if state.pointee.calls + 1 > limits.calls {
      throw fault(.tooDeepCalls(limit: limits.calls), node, frame)
    }
    do {
      let outer = (state.pointee.callNode, state.pointee.callFrame)
      state.pointee.callNode = node
      state.pointee.callFrame = frame
      state.pointee.levels += Machine.commandLevels
      defer {
        state.pointee.levels -= Machine.commandLevels
        (state.pointee.callNode, state.pointee.callFrame) = outer
      }
      let object =
        reference.command.defersToObjects
        ? Machine.receiver(arguments, reference.command.parameters) : nil
      for index in reference.command.parameters.indices {
        if let value = arguments[index] {
          if object == nil { try Machine.checkKind(value, index, reference) }
        } else {
          arguments[index] = Machine.fallback(reference.command.parameters[index])
        }
      }
      let call = Call(
        reference: reference, interpreter: interpreter, arguments: arguments, given: given)
      if let object {
        if let result = try object.apply(reference.command.name, call) {
          return try checked(result, node, frame)
        }
        for index in reference.command.parameters.indices {
          if let value = arguments[index] { try Machine.checkKind(value, index, reference) }
        }
      }
      return try checked(reference.command.body(call), node, frame)
    } catch {
      let argument = (error as? Failure)?.argument.flatMap(place)
      throw located(error, command: reference.command.name, argument ?? node, frame)
    }
  }

  private static func fallback(_ parameter: Parameter) -> Value? {
    switch (parameter.gathering, parameter.fallback) {
    case (.rest, _): .list(List([]))
    case (.labels, _): .record(Record([]))
    case (.one, .value(let value)): value
    default: nil
    }
  }

  /// Levels that the body of a command takes on the evaluator's stack.
  private static let commandLevels: Int32 = 8

  /// The host object that a shared command is about.
  private static func receiver(
    _ arguments: [Value?], _ parameters: [Parameter]
  ) -> (any HostObject)? {
    guard let first = arguments.first else { return nil }
    if case .object(let object)? = first { return object }
    if case .list(let list)? = first, parameters[0].gathering == .rest,
      case .object(let object)? = list.first
    {
      return object
    }
    return nil
  }

  @inline(__always)
  private static func checkKind(
    _ value: Value, _ index: Int, _ reference: CommandReference
  ) throws {
    switch (reference.command.parameters[index].kind, value) {
    case (.any, _), (.number, .number), (.text, .text): return
    default: try checkRareKind(value, index, reference)
    }
  }

  @inline(never)
  private static func checkRareKind(
    _ value: Value, _ index: Int, _ reference: CommandReference
  ) throws {
    let command = reference.command
    let parameter = command.parameters[index]
    switch (parameter.gathering, parameter.kind, value) {
    case (.labels, _, _): return
    case (.rest, let kind, .list(let list)):
      guard let wrong = list.first(where: { !kind.accepts($0) }) else { return }
      throw kindFailure(wrong, parameter, command)
    case (_, let kind, let value):
      if kind.accepts(value) { return }
      if value.isNone {
        switch parameter.fallback {
        case .none: return
        case .value(let fallback): if fallback.isNone { return }
        case .required: break
        }
      }
      throw kindFailure(value, parameter, command)
    }
  }

  private static func kindFailure(
    _ value: Value, _ parameter: Parameter, _ command: Command
  ) -> Failure {
    var given = Wording.given(value)
    if case .list(let list) = value, case .listOf(let kind) = parameter.kind,
      let wrong = list.first(where: { !kind.accepts($0) })
    {
      given = "a list with \(Wording.given(wrong))"
    }
    return Failure(
      .argumentKind(
        command: command.name, parameter: parameter.label, expected: parameter.kind.phrase,
        given: given), argument: parameter.label)
  }

  // MARK: Checks

  /// `check "…" condition` records what goes wrong with the condition instead of stopping.
  private func check(
    _ call: CommandCall, _ receiver: Value?, _ node: Int32, _ frame: FramePointer
  ) throws -> Value {
    do {
      return try invoke(call, receiver, node, frame)
    } catch let fault as Fault where fault.isCatchable {
      func argument(_ label: String) -> Value? {
        guard let index = call.command.index(of: label),
          let argument = call.single.first(where: { $0.parameter == index })?.node
        else { return nil }
        return try? evaluate(argument, frame)
      }
      var description = "check"
      if case .text(let text)? = argument("what") ?? receiver { description = text }
      var points = 1.0
      if case .number(let number)? = argument("points") { points = number }
      var visibility = "visible"
      if case .text(let text)? = argument("visibility") { visibility = text }
      interpreter.record(
        check: description, passed: false, problem: fault.failure, points: points,
        visibility: visibility, at: (fault.source, node, frame))
      return .none
    }
  }

  // MARK: Methods

  func callMethod(_ index: Int32, _ node: Int32, _ frame: FramePointer) throws -> Value {
    let method = frame.pointee.program._withUnsafeGuaranteedRef { $0.methodCalls[Int(index)] }
    let receiver = try evaluate(method.receiver, frame)
    let property: Value?
    switch receiver {
    case .record(let record): property = method.field(of: record)
    case .object(let object):
      do {
        property = try object.property(method.name)
      } catch {
        throw located(error, command: nil, node, frame)
      }
    default: property = nil
    }
    if case .function(let function)? = property {
      return try apply(function, labelled: written(method, nil, frame), node, frame)
    }
    if let call = method.command { return try run(call, receiver, node, frame) }
    if method.function >= 0 {
      let value = try evaluate(method.function, frame)
      if case .function(let function) = value {
        return try apply(function, labelled: written(method, receiver, frame), node, frame)
      }
      throw fault(.notCallable(given: Wording.given(value), remedy: nil), node, frame)
    }
    if property != nil {
      let fact = Fact.notCallable(
        given: "`\(method.name)`",
        remedy: "write `\(sourceText(method.receiver, frame)).\(method.name)`")
      throw fault(fact, at: method.nameSpan, frame)
    }
    let near = Spelling.nearest(
      to: method.name, among: receiver.propertyNames + interpreter.commands.map(\.name))
    let fact = Fact.noProperty(
      kind: receiver.kind, name: method.name, remedy: near.map { "did you mean `\($0)`?" },
      note: nil)
    throw fault(fact, at: method.nameSpan, frame)
  }

  private func written(
    _ method: MethodCall, _ receiver: Value?, _ frame: FramePointer
  ) throws -> [(label: String?, value: Value, node: Int32)] {
    var result: [(label: String?, value: Value, node: Int32)] = []
    if let receiver { result.append((nil, receiver, method.receiver)) }
    for (label, argument) in method.arguments {
      result.append((label, try evaluate(argument, frame), argument))
    }
    return result
  }
}
