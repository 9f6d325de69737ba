/// One step of a resolved program. Trivially copied: children are indices of other nodes, and
/// texts, functions and calls are indices of the program's tables, so that walking counts no
/// references.
enum Node {
  // Values.
  case none
  case boolean(Bool)
  case number(Double)
  case constant(Int32)
  case local(Int32)
  /// A variable of this function that its closures share.
  case boxed(Int32)
  /// A variable of a surrounding function.
  case captured(Int32)
  case global(Int32)
  /// A global that hides a command once it has a value.
  case globalOrCommand(Int32, Int32)
  case command(Int32)
  /// The function that is running.
  case current
  case interpolated(first: Int32, count: Int32)
  case list(first: Int32, count: Int32)
  /// The keys are those of a shape.
  case record(first: Int32, count: Int32, shape: Int32)
  case function(Int32)
  case blank

  // Operators.
  case negate(Int32)
  case not(Int32)
  case add(Int32, Int32)
  case subtract(Int32, Int32)
  case multiply(Int32, Int32)
  case divide(Int32, Int32)
  case remainder(Int32, Int32)
  case compare(Comparison, Int32, Int32)
  case binary(BinaryOperation, Int32, Int32)
  case and(Int32, Int32)
  case or(Int32, Int32)
  case conditional(Int32, Int32, Int32)
  /// The step is -1 where it is left out.
  case range(Int32, Int32, Int32)

  // Calls and access.
  case call(Int32, first: Int32, count: Int32)
  /// `count` pairs of name (or -1) and node.
  case callLabelled(Int32, first: Int32, count: Int32)
  case callCommand(Int32)
  /// A call of a command that is a function of one value: the argument, and the call.
  case callQuick(Int32, Int32)
  case callMethod(Int32)
  case member(Int32, name: Int32)
  case element(Int32, Int32)
  case slices(Int32, first: Int32, count: Int32)

  // Statements.
  case show(Int32)
  case showName(Int32, isHidden: Bool)
  case discard(Int32)
  case assignLocal(Int32, Int32)
  case assign(Target, Int32)
  case compound(BinaryOperation, Target, Int32)
  case takeApart(first: Int32, count: Int32, Int32)
  case block(first: Int32, count: Int32)
  /// The last is -1 without `else`.
  case branch(Int32, Int32, Int32)
  case whileLoop(Int32, Int32)
  case repeatLoop(Int32, Int32)
  /// At `first`: targets of index and value (or -1), sequence, body.
  case forEach(first: Int32)
  case returns(Int32)
  case breaks
  case continues
  /// Body, target of the problem (or -1), handler.
  case attempt(Int32, Target, Int32)
}

/// An order or equality, as a byte beside two children.
enum Comparison: UInt8 {
  case equal, notEqual, less, lessOrEqual, greater, greaterOrEqual

  var operation: BinaryOperation {
    switch self {
    case .equal: .equal
    case .notEqual: .notEqual
    case .less: .less
    case .lessOrEqual: .lessOrEqual
    case .greater: .greater
    case .greaterOrEqual: .greaterOrEqual
    }
  }
}

/// Where an assignment goes: a place and its number in four bytes.
struct Target {
  enum Place: Int32 { case local, boxed, global }

  let raw: Int32
  static let nowhere = Target(raw: -1)

  init(raw: Int32) { self.raw = raw }
  init(_ place: Place, _ index: Int32) { raw = index << 2 | place.rawValue }

  var isNowhere: Bool { raw < 0 }
  var place: Place { Place(rawValue: raw & 3) ?? .global }
  var index: Int { Int(raw >> 2) }
}

/// A call of a known command, bound to its parameters before anything ran.
final class CommandCall {
  let reference: CommandReference
  /// Parameter and node, in the order in which they are written.
  let single: [(parameter: Int, node: Int32)]
  /// Nodes that the parameter of kind `rest` gathers.
  let rest: [Int32]
  /// Labels that the parameter of kind `labels` gathers.
  let labels: [(name: String, node: Int32)]
  /// The labels, if they are all different.
  let keys: [String]?
  let isCheck: Bool
  let quick: ((Value) -> Value?)?
  /// Whether it is `with` and needs no more than a copy of a record that has all its labels.
  let changesFields: Bool
  /// The keys of the record that it was last about, and the places of its labels in them.
  @exclusivity(unchecked) private var lastKeys: [String] = []
  @exclusivity(unchecked) private var lastPlaces: [Int] = []

  var command: Command { reference.command }

  init(
    _ reference: CommandReference, single: [(parameter: Int, node: Int32)], rest: [Int32],
    labels: [(name: String, node: Int32)]
  ) {
    self.reference = reference
    self.single = single
    self.rest = rest
    self.labels = labels
    isCheck = reference.command.name == "check"
    quick = reference.command.quick
    let keys = labels.map(\.name)
    let isDistinct = !keys.indices.contains { keys[..<$0].contains(keys[$0]) }
    self.keys = isDistinct ? keys : nil
    changesFields =
      reference.command.changesFields && isDistinct && single.count == 1 && rest.isEmpty
      && (1...8).contains(keys.count)
  }

  /// Where the labels are in a record; nil if it lacks one.
  func places(in record: Record) -> [Int]? {
    if record.hasKeys(lastKeys), !lastPlaces.isEmpty { return lastPlaces }
    let keys = record.keys
    let places = labels.compactMap { keys.firstIndex(of: $0.name) }
    guard places.count == labels.count else { return nil }
    lastKeys = keys
    lastPlaces = places
    return places
  }
}

/// `a.b(…)`: which of its two meanings it has is known only when it runs.
final class MethodCall {
  let receiver: Int32
  let name: String
  /// The function or command `b`, or -1 if there is none of that name.
  let function: Int32
  let arguments: [(label: String?, node: Int32)]
  /// The same as a call of the command, if it is one.
  let command: CommandCall?
  let nameSpan: Span
  /// The keys of the record that was last found to have no field of this name.
  @exclusivity(unchecked) private var lackingKeys: [String]?

  /// The field of this name.
  func field(of record: Record) -> Value? {
    if let lackingKeys, record.hasKeys(lackingKeys) { return nil }
    if let value = record[name] { return value }
    lackingKeys = record.keys
    return nil
  }

  init(
    receiver: Int32, name: String, function: Int32,
    arguments: [(label: String?, node: Int32)], command: CommandCall?, nameSpan: Span
  ) {
    self.receiver = receiver
    self.name = name
    self.function = function
    self.arguments = arguments
    self.command = command
    self.nameSpan = nameSpan
  }
}

/// A resolved source: its nodes, and the tables that they index.
final class Program {
  let source: Source
  let nodes: UnsafeMutablePointer<Node>
  let lists: UnsafeMutablePointer<Int32>
  /// Of each node that asks a record for a field: the place where it was last found.
  let hints: UnsafeMutablePointer<Int32>
  private let nodeCount: Int
  private let listCount: Int
  let spans: [Span]
  let constants: [Value]
  let names: [String]
  /// Keys of records that are written out.
  let shapes: [[String]]
  let functions: [FunctionCode]
  let commands: [FunctionValue]
  let commandCalls: [CommandCall]
  let methodCalls: [MethodCall]
  /// Top-level statements.
  let statements: [Int32]
  /// Levels that evaluating a top-level statement takes.
  let height: Int

  init(_ builder: ProgramBuilder, statements: [Int32], height: Int) {
    source = builder.source
    nodeCount = builder.nodes.count
    nodes = .allocate(capacity: max(1, nodeCount))
    for (index, node) in builder.nodes.enumerated() { (nodes + index).initialize(to: node) }
    hints = .allocate(capacity: max(1, nodeCount))
    hints.initialize(repeating: 0, count: max(1, nodeCount))
    listCount = builder.lists.count
    lists = .allocate(capacity: max(1, listCount))
    for (index, item) in builder.lists.enumerated() { (lists + index).initialize(to: item) }
    spans = builder.spans
    constants = builder.constants
    names = builder.names
    shapes = builder.shapes
    functions = builder.functions
    commands = builder.commands
    commandCalls = builder.commandCalls
    methodCalls = builder.methodCalls
    self.statements = statements
    self.height = height
    for code in functions {
      code.entry.pointee.nodes = nodes
      code.entry.pointee.lists = lists
      code.entry.pointee.program = .passUnretained(self)
    }
  }

  deinit {
    nodes.deallocate()
    lists.deallocate()
    hints.deallocate()
  }
}

/// A program while it is being made.
struct ProgramBuilder {
  let source: Source
  var nodes: [Node] = []
  var spans: [Span] = []
  var lists: [Int32] = []
  var constants: [Value] = []
  var names: [String] = []
  var shapes: [[String]] = []
  var functions: [FunctionCode] = []
  var commands: [FunctionValue] = []
  var commandCalls: [CommandCall] = []
  var methodCalls: [MethodCall] = []
  private var nameIndices: [String: Int32] = [:]

  init(_ source: Source) { self.source = source }

  mutating func add(_ node: Node, _ span: Span) -> Int32 {
    nodes.append(node)
    spans.append(span)
    return Int32(nodes.count - 1)
  }

  mutating func add(list items: [Int32]) -> Int32 {
    lists += items
    return Int32(lists.count - items.count)
  }

  mutating func name(_ text: String) -> Int32 {
    if let index = nameIndices[text] { return index }
    names.append(text)
    nameIndices[text] = Int32(names.count - 1)
    return Int32(names.count - 1)
  }

  mutating func constant(_ value: Value) -> Int32 {
    constants.append(value)
    return Int32(constants.count - 1)
  }
}

/// A function of the script, ready to run.
final class FunctionCode {
  struct Parameter {
    let name: String
    /// Node of the default, or -1.
    let fallback: Int32
  }

  /// A box that a closure takes along: one of the function that makes it, or one that this function
  /// itself took along.
  struct Capture {
    let isOwn: Bool
    let index: Int32
  }

  /// What a call needs, without references to count.
  struct Entry {
    var nodes: UnsafeMutablePointer<Node>?
    var lists: UnsafeMutablePointer<Int32>?
    var program: Unmanaged<Program>?
    let code: Unmanaged<FunctionCode>
    let parameterCount: Int
    let slotCount: Int
    let boxCount: Int
    let captureCount: Int
    let body: Int32
    /// Levels that one call takes on the evaluator's stack.
    let height: Int32
    let isExpression: Bool
  }

  /// Where the program writes its nodes once they are whole.
  let entry: UnsafeMutablePointer<Entry>
  let name: String?
  let signature: String
  let parameters: [Parameter]
  /// Parameters that closures share: slot and box.
  let boxedParameters: [(slot: Int, box: Int)]
  let captures: [Capture]

  init(
    name: String?, signature: String, parameters: [Parameter], slotCount: Int, boxCount: Int,
    boxedParameters: [(slot: Int, box: Int)], captures: [Capture], body: Int32, isExpression: Bool,
    height: Int
  ) {
    self.name = name
    self.signature = signature
    self.parameters = parameters
    self.boxedParameters = boxedParameters
    self.captures = captures
    entry = .allocate(capacity: 1)
    entry.initialize(
      to: Entry(
        nodes: nil, lists: nil, program: nil, code: .passUnretained(self),
        parameterCount: parameters.count, slotCount: slotCount, boxCount: boxCount,
        captureCount: captures.count,
        body: body,
        height: Int32(clamping: height), isExpression: isExpression))
  }

  deinit { entry.deallocate() }
}
