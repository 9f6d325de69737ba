/// Expressions to nodes.
extension Resolver {
  func expression(_ expression: Expression, wantsText: Bool = false) -> Int32 {
    deeper { $0.resolve(expression, wantsText) }
  }

  private func resolve(_ value: Expression, _ wantsText: Bool) -> Int32 {
    let span = value.span
    switch value {
    case .none: return builder.add(.none, span)
    case .boolean(let flag, _): return builder.add(.boolean(flag), span)
    case .number(let number, _): return builder.add(.number(number), span)
    case .text(let text, _): return builder.add(.constant(builder.constant(.text(text))), span)
    case .blank: return builder.add(.blank, span)
    case .interpolated(let parts, _): return interpolated(parts, span)
    case .name(let name): return nameNode(name, wantsText: wantsText)
    case .list(let elements, _):
      let nodes = elements.map { expression($0) }
      return builder.add(
        .list(first: builder.add(list: nodes), count: Int32(nodes.count)), span)
    case .record(let fields, _): return record(fields, span)
    case .unary(let sign, let operand, _):
      let node = expression(operand)
      return builder.add(sign == .minus ? .negate(node) : .not(node), span)
    case .binary(let operation, let left, let right, _):
      let first = expression(left)
      let second = expression(right)
      return builder.add(operationNode(operation, first, second), span)
    case .logical(let sign, let left, let right, _):
      let first = expression(left)
      let second = expression(right)
      return builder.add(sign == .and ? .and(first, second) : .or(first, second), span)
    case .conditional(let condition, let then, let otherwise):
      let nodes = [expression(condition), expression(then), expression(otherwise)]
      return builder.add(.conditional(nodes[0], nodes[1], nodes[2]), span)
    case .range(let start, let end, let step):
      let first = expression(start)
      let second = expression(end)
      let third = step.map { expression($0) } ?? -1
      return builder.add(.range(first, second, third), span)
    case .function(let function): return self.function(function)
    case .call(let callee, let arguments, let form, _):
      return call(callee, arguments, form, span)
    case .method(let receiver, let name, let arguments, _):
      return method(receiver, name, arguments, span)
    case .member(let receiver, let name):
      let node = expression(receiver)
      return builder.add(
        .member(node, name: builder.name(name.text)), receiver.span.joined(name.span))
    case .index(let receiver, let items, _, _): return index(receiver, items, span)
    }
  }

  private func operationNode(_ operation: BinaryOperation, _ a: Int32, _ b: Int32) -> Node {
    switch operation {
    case .add: .add(a, b)
    case .subtract: .subtract(a, b)
    case .multiply: .multiply(a, b)
    case .divide: .divide(a, b)
    case .remainder: .remainder(a, b)
    case .equal: .compare(.equal, a, b)
    case .notEqual: .compare(.notEqual, a, b)
    case .less: .compare(.less, a, b)
    case .lessOrEqual: .compare(.lessOrEqual, a, b)
    case .greater: .compare(.greater, a, b)
    case .greaterOrEqual: .compare(.greaterOrEqual, a, b)
    case .floorDivide, .matrixProduct, .power, .contains: .binary(operation, a, b)
    }
  }

  private func interpolated(_ parts: [TextPart], _ span: Span) -> Int32 {
    let nodes = parts.map { part in
      switch part {
      case .chunk(let text): builder.add(.constant(builder.constant(.text(text))), span)
      case .value(let value): expression(value)
      }
    }
    return builder.add(
      .interpolated(first: builder.add(list: nodes), count: Int32(nodes.count)), span)
  }

  private func record(_ fields: [(key: Name, value: Expression)], _ span: Span) -> Int32 {
    var items: [Int32] = []
    var keys: [String] = []
    for field in fields {
      if keys.contains(field.key.text) { report(.repeatedField(field.key.text), field.key.span) }
      keys.append(field.key.text)
      items.append(expression(field.value))
    }
    let shape = builder.shapes.firstIndex(of: keys) ?? builder.shapes.count
    if shape == builder.shapes.count { builder.shapes.append(keys) }
    return builder.add(
      .record(
        first: builder.add(list: items), count: Int32(fields.count), shape: Int32(shape)), span)
  }

  private func index(
    _ receiver: Expression, _ items: [IndexSyntax], _ span: Span
  ) -> Int32 {
    let node = expression(receiver)
    if items.count == 1, case .at(let value) = items[0] {
      return builder.add(.element(node, expression(value)), span)
    }
    // Each item is a kind and three nodes.
    var list: [Int32] = []
    for item in items {
      switch item {
      case .at(let value): list += [0, expression(value), -1, -1]
      case .ellipsis: list += [2, -1, -1, -1]
      case .slice(let start, let end, let step):
        list.append(1)
        for bound in [start, end, step] { list.append(bound.map { expression($0) } ?? -1) }
      }
    }
    let first = builder.add(list: list)
    return builder.add(.slices(node, first: first, count: Int32(items.count)), span)
  }
}
