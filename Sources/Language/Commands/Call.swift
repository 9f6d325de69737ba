/// The arguments of one call of a command, already bound to its parameters and of their kinds.
///
/// Every accessor throws a `Failure` that names the command and the parameter, and the evaluator
/// adds the argument's place, so that all commands say the same sentence.
package struct Call {
  let reference: CommandReference
  package let interpreter: Interpreter
  /// One value a parameter; nil where the argument was left out and there is no default value.
  package let arguments: [Value?]
  /// Which arguments were written out.
  let given: UInt64

  package var command: Command { reference.command }

  /// Whether the argument was given, and not as `none`.
  package func has(_ label: String) -> Bool {
    guard let index = command.index(of: label), given & (1 << UInt64(index)) != 0 else {
      return false
    }
    return arguments[index].map { !$0.isNone } ?? false
  }

  package func value(_ label: String) throws -> Value {
    guard let value = optionalValue(label) else {
      throw Failure(.missingArgument(command: command.name, parameter: label))
    }
    return value
  }

  /// Nil when it was left out or is `none`.
  package func optionalValue(_ label: String) -> Value? {
    guard let index = command.index(of: label) else {
      preconditionFailure("`\(command.name)` declares no parameter `\(label)`")
    }
    guard let value = arguments[index], !value.isNone else { return nil }
    return value
  }

  package func number(_ label: String) throws -> Double {
    guard case .number(let number) = try value(label) else {
      throw mismatch(label, .number)
    }
    return number
  }

  /// - Parameter range: both ends are allowed; a number outside (or NaN) is an error.
  package func number(_ label: String, in range: ClosedRange<Double>) throws -> Double {
    let number = try number(label)
    guard range.contains(number) else {
      throw outside(label, NumberFormat.range(range), number)
    }
    return number
  }

  package func whole(_ label: String) throws -> Int {
    try whole(label, in: Call.exactIntegers)
  }

  package func whole(_ label: String, in range: ClosedRange<Int>) throws -> Int {
    let number = try number(label)
    guard number.rounded() == number else { throw mismatch(label, .whole) }
    guard number >= Double(range.lowerBound), number <= Double(range.upperBound),
      let whole = Int(exactly: number)
    else { throw outside(label, NumberFormat.range(range), number) }
    return whole
  }

  package func text(_ label: String) throws -> String {
    guard case .text(let text) = try value(label) else { throw mismatch(label, .text) }
    return text
  }

  package func boolean(_ label: String) throws -> Bool {
    guard case .boolean(let flag) = try value(label) else { throw mismatch(label, .boolean) }
    return flag
  }

  package func list(_ label: String) throws -> List {
    switch try value(label) {
    case .list(let list): return list
    case .range(let range): return List(try range.elements(limits: interpreter.limits))
    default: throw mismatch(label, .list)
    }
  }

  /// A list (or range) of numbers.
  package func numbers(_ label: String) throws -> [Double] {
    guard let numbers = try list(label).numbers else { throw mismatch(label, .listOf(.number)) }
    return numbers
  }

  /// A list of whole numbers, each within `range`.
  package func wholes(_ label: String, in range: ClosedRange<Int>) throws -> [Int] {
    try numbers(label).map { number in
      guard number.rounded() == number else { throw mismatch(label, .listOf(.whole)) }
      guard let whole = Int(exactly: number), range.contains(whole) else {
        throw outside(label, NumberFormat.range(range), number)
      }
      return whole
    }
  }

  package func texts(_ label: String) throws -> [String] {
    try list(label).map { element in
      guard case .text(let text) = element else { throw mismatch(label, .listOf(.text)) }
      return text
    }
  }

  package func record(_ label: String) throws -> Record {
    guard case .record(let record) = try value(label) else { throw mismatch(label, .record) }
    return record
  }

  package func range(_ label: String) throws -> Progression {
    guard case .range(let range) = try value(label) else { throw mismatch(label, .range) }
    return range
  }

  package func function(_ label: String) throws -> FunctionValue {
    guard case .function(let function) = try value(label) else { throw mismatch(label, .function) }
    return function
  }

  /// The host object that was given, as its Swift type.
  package func object<Object: HostObject>(_ label: String, as type: Object.Type) throws -> Object {
    guard case .object(let object) = try value(label), let typed = object as? Object else {
      throw mismatch(label, declaredKind(label))
    }
    return typed
  }

  package func optionalNumber(_ label: String) throws -> Double? {
    try optionalValue(label) == nil ? nil : number(label)
  }

  package func optionalNumber(_ label: String, in range: ClosedRange<Double>) throws -> Double? {
    try optionalValue(label) == nil ? nil : number(label, in: range)
  }

  package func optionalWhole(_ label: String, in range: ClosedRange<Int>) throws -> Int? {
    try optionalValue(label) == nil ? nil : whole(label, in: range)
  }

  package func optionalText(_ label: String) throws -> String? {
    try optionalValue(label) == nil ? nil : text(label)
  }

  package func optionalBoolean(_ label: String) throws -> Bool? {
    try optionalValue(label) == nil ? nil : boolean(label)
  }

  package func optionalList(_ label: String) throws -> List? {
    try optionalValue(label) == nil ? nil : list(label)
  }

  package func optionalNumbers(_ label: String) throws -> [Double]? {
    try optionalValue(label) == nil ? nil : numbers(label)
  }

  package func optionalRecord(_ label: String) throws -> Record? {
    try optionalValue(label) == nil ? nil : record(label)
  }

  package func optionalFunction(_ label: String) throws -> FunctionValue? {
    try optionalValue(label) == nil ? nil : function(label)
  }

  package func optionalObject<Object: HostObject>(
    _ label: String, as type: Object.Type
  ) throws -> Object? {
    try optionalValue(label) == nil ? nil : object(label, as: type)
  }

  /// A failure at the argument of `label`: "`steps` of `rewind` needs … and got …".
  package func mismatch(_ label: String, _ expected: Kind) -> Failure {
    Failure(
      .argumentKind(
        command: command.name, parameter: label, expected: expected.phrase,
        given: optionalValue(label).map(Wording.given) ?? "none"),
      argument: label)
  }

  /// A failure at the argument of `label` with the room's own sentence.
  package func failure(
    _ label: String, code: String, _ message: String, remedy: String? = nil
  ) -> Failure {
    Failure(code: code, message: message, remedy: remedy, argument: label)
  }

  private func outside(_ label: String, _ range: String, _ number: Double) -> Failure {
    Failure(
      .argumentRange(
        command: command.name, parameter: label, expected: range,
        given: NumberFormat.shortest(number)),
      argument: label)
  }

  private func declaredKind(_ label: String) -> Kind {
    command.index(of: label).map { command.parameters[$0].kind } ?? .any
  }

  static let exactIntegers = -9_007_199_254_740_991...9_007_199_254_740_991
}
