/// Statements to nodes.
extension Resolver {
  func block(_ statements: [Statement], _ span: Span) -> Int32 {
    deeper { resolver in
      let nodes = statements.map { resolver.statement($0) }
      if nodes.count == 1 { return nodes[0] }
      let first = resolver.builder.add(list: nodes)
      return resolver.builder.add(.block(first: first, count: Int32(nodes.count)), span)
    }
  }

  func statement(_ statement: Statement) -> Int32 {
    deeper { $0.resolve(statement) }
  }

  private func resolve(_ statement: Statement) -> Int32 {
    let span = statement.span
    switch statement {
    case .expression(let value, let isHidden, _): return shown(value, isHidden, span)
    case .assign(let names, let value, _): return assign(names, value, span)
    case .compound(let name, let operation, let value, _):
      if lookUp(name.text) == nil { reportUnknown(name, wantsText: false) }
      if case .command? = lookUp(name.text) { reportUnknown(name, wantsText: false) }
      let node = expression(value)
      return builder.add(.compound(operation, target(name), node), span)
    case .conditional(let branches, let otherwise, _):
      return conditional(branches[...], otherwise, span)
    case .forEach(let names, let sequence, let body, _):
      return forEach(names, sequence, body, span)
    case .whileLoop(let condition, let body, _):
      prepareLoop(body)
      let node = expression(condition)
      return builder.add(.whileLoop(node, block(body, span)), span)
    case .repeatLoop(let count, let body, _):
      let node = expression(count)
      prepareLoop(body)
      return builder.add(.repeatLoop(node, block(body, span)), span)
    case .define(let function, _):
      guard let name = function.name else { preconditionFailure("def has a name") }
      let target = target(name)
      let node = self.function(function)
      return builder.add(assignment(target, node), span)
    case .returns(let value, _):
      let node = value.map { expression($0) } ?? builder.add(.none, span)
      return builder.add(.returns(node), span)
    case .breaks: return builder.add(.breaks, span)
    case .continues: return builder.add(.continues, span)
    case .attempt(let body, let problem, let handler, _):
      let attempted = block(body, span)
      let target = problem.map { self.target($0) } ?? .nowhere
      return builder.add(.attempt(attempted, target, block(handler, span)), span)
    }
  }

  private func assignment(_ target: Target, _ value: Int32) -> Node {
    !target.isNowhere && target.place == .local
      ? .assignLocal(Int32(target.index), value) : .assign(target, value)
  }

  private func shown(_ value: Expression, _ isHidden: Bool, _ span: Span) -> Int32 {
    checkMisuse(value)
    if case .name(let name) = value {
      let node = nameNode(name)
      if let call = loneCall(name, node) {
        return builder.add(isHidden || !scope.isTop ? .discard(call) : .show(call), span)
      }
      return builder.add(.showName(node, isHidden: isHidden || !scope.isTop), span)
    }
    let node = expression(value)
    return builder.add(isHidden || !scope.isTop ? .discard(node) : .show(node), span)
  }

  /// A lone command that needs nothing is a call.
  private func loneCall(_ name: Name, _ node: Int32) -> Int32? {
    guard case .command(let index) = builder.nodes[Int(node)],
      let reference = builder.commands[Int(index)].reference,
      reference.command.parameters.allSatisfy({ !$0.isRequired })
    else { return nil }
    return commandCall(reference, [], name.span, name.span)
  }

  private func assign(_ names: [Name], _ value: Expression, _ span: Span) -> Int32 {
    if names.count == 1 {
      // `xs = xs + [x]` is `xs += [x]`, which can append in place.
      if case .binary(let operation, .name(let left), let right, _) = value,
        left.text == names[0].text, Resolver.compounds.contains(operation),
        lookUp(left.text) != nil, !isCommand(left.text)
      {
        let node = expression(right)
        return builder.add(.compound(operation, target(names[0]), node), value.span)
      }
      checkMisuse(value)
      let node = expression(value)
      return builder.add(assignment(target(names[0]), node), span)
    }
    let node = expression(value)
    let targets = names.map { target($0).raw }
    let first = builder.add(list: targets)
    return builder.add(.takeApart(first: first, count: Int32(targets.count), node), span)
  }

  private static let compounds: Set<BinaryOperation> = [.add, .subtract, .multiply, .divide]

  private func isCommand(_ name: String) -> Bool {
    switch lookUp(name) {
    case .command, .globalOrCommand: true
    default: false
    }
  }

  private func conditional(
    _ branches: ArraySlice<Branch>, _ otherwise: [Statement]?, _ span: Span
  ) -> Int32 {
    // From the last branch to the first, but names become known in reading order.
    var parts: [(condition: Int32, body: Int32, span: Span)] = []
    for branch in branches {
      let condition = expression(branch.condition)
      parts.append((condition, block(branch.body, span), branch.condition.span))
    }
    var node = otherwise.map { block($0, span) } ?? -1
    for part in parts.reversed() {
      node = builder.add(.branch(part.condition, part.body, node), part.span)
    }
    return node
  }

  private func forEach(
    _ names: [Name], _ sequence: Expression, _ body: [Statement], _ span: Span
  ) -> Int32 {
    let node = expression(sequence)
    let targets = names.map { target($0).raw }
    prepareLoop(body)
    let bodyNode = block(body, span)
    let position = targets.count == 2 ? targets[0] : -1
    let first = builder.add(list: [position, targets.last ?? -1, node, bodyNode])
    return builder.add(.forEach(first: first), span)
  }

  /// What a later line of a loop assigns may have a value on an earlier line.
  private func prepareLoop(_ body: [Statement]) {
    guard scope.isTop else { return }
    for statement in body {
      switch statement {
      case .assign(let names, _, _): for name in names { noteAssigned(name) }
      case .compound(let name, _, _, _): noteAssigned(name)
      case .forEach(let names, _, let body, _):
        for name in names { noteAssigned(name) }
        prepareLoop(body)
      case .conditional(let branches, let otherwise, _):
        for branch in branches { prepareLoop(branch.body) }
        prepareLoop(otherwise ?? [])
      case .whileLoop(_, let body, _), .repeatLoop(_, let body, _): prepareLoop(body)
      case .define(let function, _): if let name = function.name { noteAssigned(name) }
      case .attempt(let body, let problem, let handler, _):
        if let problem { noteAssigned(problem) }
        prepareLoop(body)
        prepareLoop(handler)
      case .expression, .returns, .breaks, .continues: break
      }
    }
  }

  /// `show -1`, `show [1, 2]` and `show (a)[0]` look like calls and are not.
  private func checkMisuse(_ value: Expression) {
    var expression = value
    var isDirect = false
    while true {
      switch expression {
      case .binary(_, let left, _, _), .logical(_, let left, _, _):
        expression = left
        isDirect = true
      case .range(let left, _, _), .conditional(_, let left, _):
        expression = left
      case .index(let left, _, let isSpaced, _):
        expression = left
        isDirect = isSpaced || isDirect
      case .member(let left, _), .method(let left, _, _, _):
        expression = left
        isDirect = false
        if case .name = left { return }
      case .call(.name(let name), _, .spacedParentheses, let span):
        guard span != value.span, let command = command(named: name.text),
          command.result == .nothing
        else { return }
        return reportMisuse(name, value)
      case .name(let name):
        guard isDirect, span(name.span, isBefore: value.span), command(named: name.text) != nil
        else { return }
        return reportMisuse(name, value)
      default: return
      }
    }
  }

  private func span(_ name: Span, isBefore whole: Span) -> Bool { name.end < whole.end }

  private func reportMisuse(_ name: Name, _ value: Expression) {
    let rest = Span(start: name.span.end, end: value.span.end)
    let argument = builder.source.slice(rest).drop { $0 == " " || $0 == "\t" }
    let shown = argument.count > 60 || argument.contains("\n") ? "…" : String(argument)
    report(
      .badCommandArgument(command: name.text, remedy: "\(name.text)(\(shown))"), value.span)
  }
}
