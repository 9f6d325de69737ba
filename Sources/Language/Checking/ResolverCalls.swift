/// What a call is checked against: a command's parameters, or those of a function of the script.
struct Signature {
  struct Parameter {
    let label: String
    let kind: Kind
    let isRequired: Bool
    let gathering: Parameter.Gathering

    typealias Gathering = Language.Parameter.Gathering
  }

  let name: String
  let text: String
  let parameters: [Parameter]

  init(_ command: Command) {
    name = command.name
    text = command.signature
    parameters = command.parameters.map { parameter in
      let isOptional: Bool
      if case .none = parameter.fallback { isOptional = true } else { isOptional = false }
      return Parameter(
        label: parameter.label,
        kind: isOptional ? .optional(parameter.kind) : parameter.kind,
        isRequired: parameter.isRequired, gathering: parameter.gathering)
    }
  }

  init(name: String, text: String, parameters: [(label: String, isRequired: Bool)]) {
    self.name = name
    self.text = text
    self.parameters = parameters.map {
      Parameter(label: $0.label, kind: .any, isRequired: $0.isRequired, gathering: .one)
    }
  }
}

/// Which argument goes to which parameter.
struct Binding {
  var single: [(parameter: Int, argument: Int)] = []
  var rest: [Int] = []
  var labels: [Int] = []
}

/// Calls, checked where the function is known.
extension Resolver {
  func call(
    _ callee: Expression, _ arguments: [Argument], _ form: CallForm, _ span: Span
  ) -> Int32 {
    if case .name(let name) = callee {
      guard let node = lookUp(name.text) else {
        reportUnknown(name, wantsText: false)
        // An unknown command in command form: its words are not worth a complaint each.
        if form != .command { for argument in arguments { _ = expression(argument.value) } }
        return builder.add(.none, span)
      }
      if case .command(let index) = node,
        let reference = builder.commands[Int(index)].reference
      {
        return commandCall(reference, arguments, name.span, span)
      }
      if let signature = knownSignature(name.text) {
        _ = bind(arguments, signature, name.span, hasReceiver: false)
      }
    }
    let function = expression(callee)
    return plainCall(function, arguments, span)
  }

  private func plainCall(
    _ function: Int32, _ arguments: [Argument], _ span: Span
  ) -> Int32 {
    if arguments.allSatisfy({ $0.label == nil }) {
      let nodes = arguments.map { expression($0.value) }
      return builder.add(
        .call(function, first: builder.add(list: nodes), count: Int32(nodes.count)), span)
    }
    var list: [Int32] = []
    for argument in arguments {
      list.append(argument.label.map { builder.name($0.text) } ?? -1)
      list.append(expression(argument.value))
    }
    return builder.add(
      .callLabelled(function, first: builder.add(list: list), count: Int32(arguments.count)), span)
  }

  /// The parameters of a function of the script, where its name can mean nothing else.
  private func knownSignature(_ name: String) -> Signature? {
    var scope: Scope? = self.scope
    while let current = scope, !current.isTop {
      if current.names.isOwn(name) { return nil }
      scope = current.parent
    }
    if let function = finder.topFunctions[name], finder.top.assignments[name] == 1,
      assigned.contains(name) || !self.scope.isTop
    {
      return Signature(
        name: name,
        text: function.name == nil ? "\(name) = \(signature(function))" : signature(function),
        parameters: function.parameters.map { ($0.name.text, $0.fallback == nil) })
    }
    if finder.top.assignments[name] == nil, let slot = surroundings.existingSlot(of: name),
      case .function(let value)? = surroundings.value(in: slot)
    {
      if let command = value.command { return Signature(command) }
      guard let code = value.code else { return nil }
      return Signature(
        name: name, text: code.signature,
        parameters: code.parameters.map { ($0.name, $0.fallback < 0) })
    }
    return nil
  }

  /// `load "photos" size 96`: an unknown word that is a label of the command lacks its colon.
  private func labelWithoutColon(_ argument: Argument, _ signature: Signature) -> Int32? {
    guard argument.label == nil, case .name(let name) = argument.value, lookUp(name.text) == nil,
      signature.parameters.contains(where: { $0.label == name.text })
    else { return nil }
    report(
      .unknownName(name.text, remedy: "a label has a colon: `\(name.text): …`"), name.span)
    return builder.add(.none, name.span)
  }

  func commandCall(
    _ reference: CommandReference, _ arguments: [Argument], _ nameSpan: Span, _ span: Span
  ) -> Int32 {
    let signature = Signature(reference.command)
    let binding = bind(arguments, signature, nameSpan, hasReceiver: false)
    var kinds = [Kind](repeating: .any, count: arguments.count)
    for (parameter, argument) in binding.single {
      kinds[argument] = signature.parameters[parameter].kind
    }
    if let rest = signature.parameters.first(where: { $0.gathering == .rest }) {
      for argument in binding.rest { kinds[argument] = rest.kind }
    }
    let nodes = zip(arguments, kinds).map { argument, kind in
      labelWithoutColon(argument, signature)
        ?? expression(argument.value, wantsText: kind.takesText)
    }
    let call = boundCall(reference, binding, arguments, nodes)
    builder.commandCalls.append(call)
    let index = Int32(builder.commandCalls.count - 1)
    if reference.command.quick != nil, nodes.count == 1, call.single.count == 1 {
      return builder.add(.callQuick(nodes[0], index), span)
    }
    return builder.add(.callCommand(index), span)
  }

  private func boundCall(
    _ reference: CommandReference, _ binding: Binding, _ arguments: [Argument], _ nodes: [Int32]
  ) -> CommandCall {
    CommandCall(
      reference,
      single: binding.single.map { ($0.parameter, nodes[$0.argument]) },
      rest: binding.rest.map { nodes[$0] },
      labels: binding.labels.map { (arguments[$0].label?.text ?? "", nodes[$0]) })
  }

  /// `a.b(…)`: checked as a call of `b` unless `b` may be a property that is a function.
  func method(
    _ receiver: Expression, _ name: Name, _ arguments: [Argument], _ span: Span
  ) -> Int32 {
    let receiverNode = expression(receiver)
    let found = lookUp(name.text)
    let mayBeProperty =
      surroundings.functionProperties.contains(name.text) || finder.recordKeys.contains(name.text)
    var command: CommandCall?
    var nodes: [Int32]?
    if case .command(let index)? = found,
      let known = builder.commands[Int(index)].reference
    {
      let all = [Argument(label: nil, value: receiver)] + arguments
      let before = errors
      let binding = bind(all, Signature(known.command), name.span, hasReceiver: true)
      if mayBeProperty { errors = before }
      let values = arguments.map { expression($0.value) }
      nodes = values
      if binding.single.count + binding.rest.count + binding.labels.count == all.count {
        command = boundCall(known, binding, all, [receiverNode] + values)
      }
    } else if !mayBeProperty, found != nil, let signature = knownSignature(name.text) {
      let all = [Argument(label: nil, value: receiver)] + arguments
      _ = bind(all, signature, name.span, hasReceiver: true)
    }
    let values = nodes ?? arguments.map { expression($0.value) }
    builder.methodCalls.append(
      MethodCall(
        receiver: receiverNode, name: name.text,
        function: found.map { builder.add($0, name.span) } ?? -1,
        arguments: zip(arguments, values).map { ($0.label?.text, $1) },
        command: command, nameSpan: name.span))
    return builder.add(.callMethod(Int32(builder.methodCalls.count - 1)), span)
  }

  /// Finds each argument's parameter, and says what does not fit.
  func bind(
    _ arguments: [Argument], _ signature: Signature, _ nameSpan: Span, hasReceiver: Bool
  ) -> Binding {
    var binding = Binding()
    let rest = signature.parameters.firstIndex { $0.gathering == .rest }
    let open = signature.parameters.firstIndex { $0.gathering == .labels }
    let places = signature.parameters.indices.filter { signature.parameters[$0].gathering == .one }
    var taken: Set<Int> = []
    var position = 0
    var sawLabel = false
    for (index, argument) in arguments.enumerated() {
      if let label = argument.label {
        sawLabel = true
        guard let place = signature.parameters.firstIndex(where: { $0.label == label.text }),
          signature.parameters[place].gathering != .labels
        else {
          if open != nil {
            binding.labels.append(index)
          } else {
            report(unknownLabel(label.text, signature), label.span)
          }
          continue
        }
        guard taken.insert(place).inserted else {
          report(.repeatedLabel(command: signature.name, label: label.text), label.span)
          continue
        }
        if signature.parameters[place].gathering == .rest {
          checkLiteral(argument.value, .listOf(signature.parameters[place].kind), place, signature)
        } else {
          checkLiteral(argument.value, signature.parameters[place].kind, place, signature)
        }
        binding.single.append((place, index))
      } else {
        if sawLabel {
          report(.positionalAfterLabel(command: signature.name), argument.span)
          continue
        }
        // Positional arguments come in the order of the signature; those after a gathering
        // parameter need their labels.
        let next = position < places.count ? places[position] : nil
        if let next, rest.map({ next < $0 }) ?? true {
          position += 1
          taken.insert(next)
          binding.single.append((next, index))
          if !(hasReceiver && index == 0) {
            checkLiteral(argument.value, signature.parameters[next].kind, next, signature)
          }
        } else if let rest {
          binding.rest.append(index)
          checkLiteral(argument.value, signature.parameters[rest].kind, rest, signature)
        } else {
          let given = arguments.filter { $0.label == nil }.count
          report(
            .positionalCount(
              command: signature.name, allowed: places.count, given: given,
              signature: signature.text), argument.span)
          return binding
        }
      }
    }
    for place in places where signature.parameters[place].isRequired && !taken.contains(place) {
      report(
        .missingArgument(
          command: signature.name, parameter: signature.parameters[place].label), nameSpan)
      break
    }
    return binding
  }

  private func unknownLabel(_ label: String, _ signature: Signature) -> Fact {
    let labels = signature.parameters.filter { $0.gathering != .labels }.map(\.label)
    return .unknownLabel(
      command: signature.name, label: label,
      suggestion: Spelling.nearest(to: label, among: labels))
  }

  // MARK: Literals

  /// Says when a written-out argument cannot be of the parameter's kind.
  private func checkLiteral(
    _ value: Expression, _ kind: Kind, _ place: Int, _ signature: Signature
  ) {
    guard Literals.fits(value, kind) == false else { return }
    var remedy: String?
    if case .text(let text, _) = value {
      if let choices = kind.choices {
        remedy = Spelling.nearest(to: text, among: choices).map { "did you mean `\"\($0)\"`?" }
      } else if kind.accepts(.number(0)), Double(text) != nil {
        remedy = "leave out the quotes: `\(text)`"
      }
    }
    report(
      .literalKind(
        command: signature.name, parameter: signature.parameters[place].label,
        expected: kind.phrase, given: Literals.describe(value), remedy: remedy), value.span)
  }
}

/// What is known of a value from how it is written.
enum Literals {
  /// Whether a written-out value is of a kind; nil where only running can tell.
  static func fits(_ value: Expression, _ kind: Kind) -> Bool? {
    switch kind {
    case .any: return true
    case .optional(let inner):
      if case .none = value { return true }
      return fits(value, inner)
    case .oneOf(let kinds):
      let answers = kinds.map { fits(value, $0) }
      return answers.contains(true) ? true : answers.contains { $0 == nil } ? nil : false
    default: break
    }
    switch value {
    case .number(let number, _): return kind.accepts(.number(number))
    case .text(let text, _): return kind.accepts(.text(text))
    case .interpolated: return kind.takesText ? nil : false
    case .boolean(let flag, _): return kind.accepts(.boolean(flag))
    case .none: return kind.accepts(.none)
    case .list(let elements, _):
      switch kind {
      case .list: return true
      case .listOf(let inner):
        return elements.contains { fits($0, inner) == false } ? false : nil
      default: return false
      }
    case .record: return kind == .record
    case .function: return kind == .function
    case .range:
      switch kind {
      case .range, .listOf: return nil
      case .list: return nil
      default: return false
      }
    default: return nil
    }
  }

  static func describe(_ value: Expression) -> String {
    switch value {
    case .number(let number, _): Wording.given(.number(number))
    case .text(let text, _): Wording.given(.text(text))
    case .boolean(let flag, _): Wording.given(.boolean(flag))
    case .none: "none"
    case .interpolated: "a text"
    case .list(let elements, _): "a list of \(Wording.count(elements.count, "element"))"
    case .record: "a record"
    case .range: "a range"
    default: "a function"
    }
  }
}
