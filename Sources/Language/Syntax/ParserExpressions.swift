/// Expressions, loosest operators first.
extension Parser {
  /// `x => …`, or anything that binds tighter.
  mutating func expression() throws -> Expression {
    try nested { parser in
      if parser.isFunctionStart { return try parser.function() }
      let value = try parser.binary(0)
      guard parser.kind == .if else { return value }
      return try parser.ternary(value)
    }
  }

  private mutating func ternary(_ then: Expression) throws -> Expression {
    var below = height
    advance()
    let condition = try binary(0)
    below = max(below, height)
    if kind == .assign { throw error(.assignmentInCondition) }
    guard take(.else) else {
      throw error(.ternaryWithoutElse, at: then.span.joined(condition.span))
    }
    let otherwise = try expression()
    try grow(max(below, height), then.span)
    return .conditional(condition: condition, then: then, otherwise: otherwise)
  }

  private var isFunctionStart: Bool {
    switch kind {
    case .name: return kind(after: 1) == .arrow
    case .leftParenthesis:
      let close = Int(token.payload)
      return close > index && close + 1 < tokens.count && tokens[close + 1].kind == .arrow
        && !tokens[close + 1].startsLine
    default: return false
    }
  }

  private mutating func function() throws -> Expression {
    let start = token.start
    let parameters: [ParameterSyntax]
    if kind == .name {
      parameters = [ParameterSyntax(name: try name("a parameter"), fallback: nil)]
    } else {
      parameters = try self.parameters()
    }
    let head = Span(start: start, end: previousEnd)
    guard take(.arrow) else { throw expected("`=>`") }
    goOnAfterNewline()
    let body = try expression()
    try grow(height, body.span)
    return .function(
      FunctionSyntax(
        name: nil, parameters: parameters, body: .expression(body), head: head,
        span: Span(start: start, end: body.span.end)))
  }

  /// How tightly an infix sign binds; higher is tighter.
  private enum Level {
    static let or = 0
    static let and = 1
    static let not = 2
    static let comparison = 3
    static let range = 4
    static let sum = 5
    static let product = 6
  }

  private mutating func binary(_ level: Int) throws -> Expression {
    switch level {
    case Level.not: return try negation()
    case Level.range: return try range()
    case Level.product + 1: return try unary()
    default: break
    }
    var left = try binary(level + 1)
    var below = height
    while let operation = infix(level) {
      let sign = token.span
      advance()
      goOnAfterNewline()
      let right = try binary(level + 1)
      try grow(max(below, height), sign)
      below = height
      switch operation {
      case .logical(let logical): left = .logical(logical, left, right, sign: sign)
      case .value(let value): left = .binary(value, left, right, sign: sign)
      }
      if level == Level.comparison, infix(level) != nil {
        throw error(.chainedComparison(text(of: token)))
      }
    }
    height = below
    return left
  }

  private enum Infix {
    case logical(LogicalOperator)
    case value(BinaryOperation)
  }

  private func infix(_ level: Int) -> Infix? {
    switch (level, kind) {
    case (Level.or, .or): .logical(.or)
    case (Level.and, .and): .logical(.and)
    case (Level.comparison, .equal): .value(.equal)
    case (Level.comparison, .notEqual): .value(.notEqual)
    case (Level.comparison, .less): .value(.less)
    case (Level.comparison, .lessOrEqual): .value(.lessOrEqual)
    case (Level.comparison, .greater): .value(.greater)
    case (Level.comparison, .greaterOrEqual): .value(.greaterOrEqual)
    case (Level.comparison, .in): .value(.contains)
    case (Level.sum, .plus): .value(.add)
    case (Level.sum, .minus): .value(.subtract)
    case (Level.product, .star): .value(.multiply)
    case (Level.product, .slash): .value(.divide)
    case (Level.product, .doubleSlash): .value(.floorDivide)
    case (Level.product, .percent): .value(.remainder)
    case (Level.product, .at): .value(.matrixProduct)
    default: nil
    }
  }

  private mutating func negation() throws -> Expression {
    guard kind == .not else {
      let value = try binary(Level.comparison)
      if kind == .not, kind(after: 1) == .in {
        throw error(.foreignSyntax(found: "not in", remedy: "write `not (a in b)`"))
      }
      return value
    }
    let start = token.start
    advance()
    let operand = try nested { try $0.negation() }
    let span = Span(start: start, end: operand.span.end)
    try grow(height, span)
    return .unary(.not, operand, span)
  }

  private mutating func range() throws -> Expression {
    let start = try binary(Level.sum)
    guard kind == .range else { return start }
    var below = height
    advance()
    goOnAfterNewline()
    let end = try binary(Level.sum)
    below = max(below, height)
    var step: Expression?
    if kind == .name, text(of: token) == "by" {
      advance()
      step = try binary(Level.sum)
      below = max(below, height)
    }
    try grow(below, start.span)
    if kind == .range { throw expected("the end of the range", remedy: "a step is `0..10 by 2`") }
    return .range(start: start, end: end, step: step)
  }

  private mutating func unary() throws -> Expression {
    guard kind == .minus else { return try power() }
    let start = token.start
    advance()
    let operand = try nested { try $0.unary() }
    let span = Span(start: start, end: operand.span.end)
    if case .number(let number, _) = operand { return .number(-number, span) }
    try grow(height, span)
    return .unary(.minus, operand, span)
  }

  private mutating func power() throws -> Expression {
    let base = try postfix()
    guard kind == .caret else { return base }
    let below = height
    let sign = token.span
    advance()
    goOnAfterNewline()
    let exponent = try nested { try $0.unary() }
    try grow(max(below, height), sign)
    return .binary(.power, base, exponent, sign: sign)
  }

  private mutating func postfix() throws -> Expression {
    var value = try primary()
    while true {
      let below = height
      let isSpaced = token.start > previousEnd
      switch kind {
      case .leftParenthesis:
        let arguments = try arguments()
        let span = Span(start: value.span.start, end: previousEnd)
        try grow(max(below, height), span)
        value = .call(value, arguments, isSpaced ? .spacedParentheses : .parentheses, span)
      case .leftBracket:
        let items = try indexItems()
        let span = Span(start: value.span.start, end: previousEnd)
        try grow(max(below, height), span)
        value = .index(value, items, spaced: isSpaced, span)
      case .dot:
        advance()
        guard token.kind == .name, !token.startsLine else {
          throw expected("the name of a property", remedy: dotRemedy)
        }
        let name = try name("the name of a property")
        if kind == .leftParenthesis, token.start == previousEnd {
          let arguments = try arguments()
          let span = Span(start: value.span.start, end: previousEnd)
          try grow(max(below, height), span)
          value = .method(value, name, arguments, span)
        } else {
          try grow(below, name.span)
          value = .member(value, name)
        }
      default: return value
      }
    }
  }

  private var dotRemedy: String? {
    guard index >= 2, tokens[index - 2].kind == .number else { return nil }
    return "write `\(text(of: tokens[index - 2])).0`, or leave the point out"
  }
}
