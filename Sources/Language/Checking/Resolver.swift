/// What a source finds around it: commands, constants, and variables of earlier sources.
protocol Surroundings: AnyObject {
  var limits: Limits { get }
  var functionProperties: Set<String> { get }
  func commandValue(named name: String) -> FunctionValue?
  /// Everything that a name may have been meant to be, most likely first.
  var knownNames: [String] { get }
  /// The place of a global, made if it is new; nil if there are too many.
  func slot(of name: String) -> Int32?
  func value(in slot: Int32) -> Value?
  /// The place of a global that already has a value.
  func existingSlot(of name: String) -> Int32?
}

/// Syntax to nodes: every name gets its slot, every known call is bound to its parameters, and
/// whatever can be known to be wrong is said before anything runs.
final class Resolver {
  /// A function while it is being resolved.
  final class Scope {
    let names: ScopeNames
    let parent: Scope?
    var slots: [String: Int32] = [:]
    var boxes: [String: Int32] = [:]
    var localNames: [String] = []
    var captures: [FunctionCode.Capture] = []
    var captureIndices: [String: Int32] = [:]
    var level = 0
    var height = 0

    init(_ names: ScopeNames, parent: Scope?) {
      self.names = names
      self.parent = parent
      guard parent != nil else { return }
      for name in names.own {
        if names.shared.contains(name) {
          boxes[name] = Int32(boxes.count)
        }
        // A parameter needs its slot even if it then moves to a box.
        slots[name] = Int32(localNames.count)
        localNames.append(name)
      }
    }

    var isTop: Bool { parent == nil }
  }

  let surroundings: any Surroundings
  let finder: ScopeFinder
  var builder: ProgramBuilder
  var scope: Scope
  var errors: [SyntaxError] = []
  /// Names that have a value at this point of the top level, or may have.
  var assigned: Set<String> = []
  /// First line on which a global gets a value.
  var assignmentLines: [String: Int] = [:]

  /// The program, or what is wrong with it.
  static func resolve(
    _ script: Script, in surroundings: any Surroundings
  ) -> (program: Program?, errors: [SyntaxError]) {
    let resolver = Resolver(script, surroundings)
    let statements = script.statements.map { resolver.statement($0) }
    let errors = Array(resolver.errors.prefix(Parser.errorLimit))
    guard errors.isEmpty, script.errors.isEmpty else { return (nil, errors) }
    return (
      Program(resolver.builder, statements: statements, height: resolver.scope.height), []
    )
  }

  private init(_ script: Script, _ surroundings: any Surroundings) {
    self.surroundings = surroundings
    finder = ScopeFinder(script)
    builder = ProgramBuilder(script.source)
    scope = Scope(finder.top, parent: nil)
  }

  func report(_ fact: Fact, _ span: Span) {
    guard errors.count < 20 else { return }
    // One complaint a place: a bad name is not also a bad argument.
    if let last = errors.last, last.span == span { return }
    errors.append(SyntaxError(fact: fact, span: span))
  }

  func line(_ span: Span) -> Int { builder.source.line(of: span.start) }

  func deeper<Result>(_ body: (Resolver) -> Result) -> Result {
    scope.level += 1
    scope.height = max(scope.height, scope.level)
    let result = body(self)
    scope.level -= 1
    return result
  }

  // MARK: Names

  /// Notes that a top-level name has a value from here on.
  func noteAssigned(_ name: Name) {
    guard scope.isTop else { return }
    assigned.insert(name.text)
    if assignmentLines[name.text] == nil { assignmentLines[name.text] = line(name.span) }
  }

  func target(_ name: Name) -> Target {
    noteAssigned(name)
    if scope.isTop {
      guard let slot = surroundings.slot(of: name.text) else {
        report(.tooManyNames(limit: 1 << 16), name.span)
        return .nowhere
      }
      return Target(.global, slot)
    }
    if let box = scope.boxes[name.text] { return Target(.boxed, box) }
    guard let slot = scope.slots[name.text] else { return .nowhere }
    return Target(.local, slot)
  }

  /// The box of an outer function's variable, taken along by every function in between.
  func capture(_ name: String, by scope: Scope) -> Int32? {
    if let index = scope.captureIndices[name] { return index }
    guard let parent = scope.parent, !parent.isTop else { return nil }
    let capture: FunctionCode.Capture
    if let box = parent.boxes[name] {
      capture = .init(isOwn: true, index: box)
    } else if let index = self.capture(name, by: parent) {
      capture = .init(isOwn: false, index: index)
    } else {
      return nil
    }
    scope.captures.append(capture)
    scope.captureIndices[name] = Int32(scope.captures.count - 1)
    return Int32(scope.captures.count - 1)
  }

  /// The node for a name's value, or nil if nothing is called so.
  func lookUp(_ name: String) -> Node? {
    if !scope.isTop {
      if let box = scope.boxes[name] { return .boxed(box) }
      if let slot = scope.slots[name] { return .local(slot) }
      if scope.names.selfName == name { return .current }
      if let index = capture(name, by: scope) { return .captured(index) }
    }
    let isAssigned = scope.isTop ? assigned.contains(name) : finder.top.isOwn(name)
    if let slot = surroundings.existingSlot(of: name) { return .global(slot) }
    if let command = surroundings.commandValue(named: name) {
      if isAssigned, let slot = surroundings.slot(of: name) {
        return .globalOrCommand(slot, commandIndex(command))
      }
      return .command(commandIndex(command))
    }
    if isAssigned, let slot = surroundings.slot(of: name) { return .global(slot) }
    return nil
  }

  private func commandIndex(_ command: FunctionValue) -> Int32 {
    if let index = builder.commands.firstIndex(where: { $0 === command }) { return Int32(index) }
    builder.commands.append(command)
    return Int32(builder.commands.count - 1)
  }

  /// The command that a name certainly means here.
  func command(named name: String) -> Command? {
    guard case .command(let index)? = lookUp(name) else { return nil }
    return builder.commands[Int(index)].command
  }

  func nameNode(_ name: Name, wantsText: Bool = false) -> Int32 {
    if let node = lookUp(name.text) { return builder.add(node, name.span) }
    reportUnknown(name, wantsText: wantsText)
    return builder.add(.none, name.span)
  }

  func reportUnknown(_ name: Name, wantsText: Bool) {
    if let line = laterLine(name.text) {
      return report(.usedBeforeAssignment(name: name.text, line: line), name.span)
    }
    report(.unknownName(name.text, remedy: remedy(for: name.text, wantsText: wantsText)), name.span)
  }

  private func laterLine(_ name: String) -> Int? {
    guard scope.isTop, finder.top.isOwn(name) else { return nil }
    return finder.firstPlaces[name].map { line($0) }
  }

  private func remedy(for name: String, wantsText: Bool) -> String? {
    let known = candidates()
    let meaning = Foreign.meaning(name)
    if let word = meaning?.name, known.contains(word) || Token.keywords[word] != nil {
      return "did you mean `\(word)`?"
    }
    if let remedy = meaning?.remedy { return remedy }
    // Where a text belongs, a word that is not the name of a variable lacks its quotes.
    if wantsText { return "text is quoted: `\"\(name)\"`" }
    return Spelling.nearest(to: name, among: known).map { "did you mean `\($0)`?" }
  }

  /// Everything that is known here, nearest first.
  private func candidates() -> [String] {
    var result: [String] = []
    var scope: Scope? = self.scope
    while let current = scope, !current.isTop {
      result += current.names.own
      scope = current.parent
    }
    result += self.scope.isTop ? assigned.sorted() : finder.top.own
    return result + surroundings.knownNames
  }

  // MARK: Functions

  func function(_ function: FunctionSyntax) -> Int32 {
    guard let names = finder.scopes[function.span] else {
      preconditionFailure("every function was visited")
    }
    let inner = Scope(names, parent: scope)
    let outer = scope
    scope = inner
    var parameters: [FunctionCode.Parameter] = []
    for parameter in function.parameters {
      let fallback = parameter.fallback.map { self.expression($0) } ?? -1
      parameters.append(.init(name: parameter.name.text, fallback: fallback))
    }
    let body: Int32
    var isExpression = false
    switch function.body {
    case .block(let statements): body = block(statements, function.span)
    case .expression(let value):
      body = expression(value)
      isExpression = true
    }
    scope = outer
    let boxed = function.parameters.indices.compactMap { index in
      inner.boxes[function.parameters[index].name.text].map { (slot: index, box: Int($0)) }
    }
    builder.functions.append(
      FunctionCode(
        name: function.name?.text, signature: signature(function), parameters: parameters,
        slotCount: inner.localNames.count, boxCount: inner.boxes.count, boxedParameters: boxed,
        captures: inner.captures, body: body,
        isExpression: isExpression, height: inner.height + 3))
    return builder.add(.function(Int32(builder.functions.count - 1)), function.span)
  }

  /// `warm(step, top: 0.1)` as written, or the whole of `x => x + 1`.
  func signature(_ function: FunctionSyntax) -> String {
    let span =
      function.name.map { Span(start: $0.span.start, end: function.head.end) } ?? function.span
    let text = builder.source.slice(span)
    return text.utf8.count <= 200 ? text : String(text.prefix(200)) + "…"
  }
}
