/// Names of one function, found before anything is resolved: which are its own, and which of those
/// its inner functions share.
final class ScopeNames {
  /// Its own names in order: parameters, then what it assigns.
  private(set) var own: [String] = []
  private(set) var assignments: [String: Int] = [:]
  private var used: Set<String> = []
  private var inner: [(scope: ScopeNames, name: String?)] = []

  func assign(_ name: String) {
    if assignments[name] == nil { own.append(name) }
    assignments[name, default: 0] += 1
  }

  func use(_ name: String) { used.insert(name) }
  func add(_ scope: ScopeNames, name: String?) { inner.append((scope, name)) }
  func isOwn(_ name: String) -> Bool { assignments[name] != nil }

  /// Names that it takes from around it.
  lazy var free: Set<String> = {
    var result = used
    if let selfName { result.remove(selfName) }
    for inner in inner { result.formUnion(inner.scope.free) }
    for name in own { result.remove(name) }
    return result
  }()

  /// Its own names that inner functions use: they live in boxes.
  lazy var shared: Set<String> = {
    var result: Set<String> = []
    for inner in inner { result.formUnion(inner.scope.free) }
    return result.filter { isOwn($0) }
  }()

  /// Set where a function's own name can mean nothing but itself; it needs no box then, and no
  /// cycle of closure and box keeps it alive.
  var selfName: String?

  func settleSelfNames() {
    for inner in inner {
      if let name = inner.name, assignments[name] == 1, !inner.scope.isOwn(name) {
        inner.scope.selfName = name
      }
    }
  }
}

/// Finds the scopes of a script.
struct ScopeFinder {
  private(set) var scopes: [Span: ScopeNames] = [:]
  let top = ScopeNames()
  /// Functions that a name is given directly at the top level, by name.
  private(set) var topFunctions: [String: FunctionSyntax] = [:]
  /// Where a top-level name first gets a value.
  private(set) var firstPlaces: [String: Span] = [:]
  private(set) var recordKeys: Set<String> = []
  private var current: ScopeNames

  init(_ script: Script) {
    current = top
    visit(script.statements)
  }

  private mutating func assign(_ name: Name) {
    current.assign(name.text)
    if current === top, firstPlaces[name.text] == nil { firstPlaces[name.text] = name.span }
  }

  private mutating func visit(_ statements: [Statement]) {
    for statement in statements { visit(statement) }
  }

  private mutating func visit(_ statement: Statement) {
    switch statement {
    case .expression(let value, _, _): visit(value)
    case .assign(let names, let value, _):
      visit(value)
      if names.count == 1, current === top, case .function(let function) = value {
        topFunctions[names[0].text] = function
      }
      for name in names { assign(name) }
    case .compound(let name, _, let value, _):
      visit(value)
      current.use(name.text)
      assign(name)
    case .conditional(let branches, let otherwise, _):
      for branch in branches {
        visit(branch.condition)
        visit(branch.body)
      }
      visit(otherwise ?? [])
    case .forEach(let names, let sequence, let body, _):
      visit(sequence)
      for name in names { assign(name) }
      visit(body)
    case .whileLoop(let condition, let body, _), .repeatLoop(let condition, let body, _):
      visit(condition)
      visit(body)
    case .define(let function, _):
      if let name = function.name {
        assign(name)
        if current === top { topFunctions[name.text] = function }
      }
      visit(function)
    case .returns(let value, _): if let value { visit(value) }
    case .breaks, .continues: break
    case .attempt(let body, let problem, let handler, _):
      visit(body)
      if let problem { assign(problem) }
      visit(handler)
    }
  }

  private mutating func visit(_ function: FunctionSyntax) {
    let outer = current
    let scope = ScopeNames()
    scopes[function.span] = scope
    outer.add(scope, name: function.name?.text)
    current = scope
    for parameter in function.parameters {
      scope.assign(parameter.name.text)
      if let fallback = parameter.fallback { visit(fallback) }
    }
    switch function.body {
    case .block(let statements): visit(statements)
    case .expression(let value): visit(value)
    }
    scope.settleSelfNames()
    current = outer
  }

  private mutating func visit(_ arguments: [Argument]) {
    for argument in arguments { visit(argument.value) }
  }

  private mutating func visit(_ expression: Expression) {
    switch expression {
    case .none, .boolean, .number, .text, .blank: break
    case .interpolated(let parts, _):
      for case .value(let value) in parts { visit(value) }
    case .name(let name): current.use(name.text)
    case .list(let elements, _): for element in elements { visit(element) }
    case .record(let fields, _):
      for field in fields {
        recordKeys.insert(field.key.text)
        visit(field.value)
      }
    case .unary(_, let operand, _): visit(operand)
    case .binary(_, let left, let right, _), .logical(_, let left, let right, _):
      visit(left)
      visit(right)
    case .conditional(let condition, let then, let otherwise):
      visit(condition)
      visit(then)
      visit(otherwise)
    case .range(let start, let end, let step):
      visit(start)
      visit(end)
      if let step { visit(step) }
    case .function(let function): visit(function)
    case .call(let callee, let arguments, _, _):
      visit(callee)
      visit(arguments)
    case .method(let receiver, let name, let arguments, _):
      visit(receiver)
      current.use(name.text)
      visit(arguments)
    case .member(let receiver, _): visit(receiver)
    case .index(let receiver, let items, _, _):
      visit(receiver)
      for item in items {
        switch item {
        case .at(let value): visit(value)
        case .slice(let start, let end, let step):
          for bound in [start, end, step] { if let bound { visit(bound) } }
        case .ellipsis: break
        }
      }
    }
  }
}
