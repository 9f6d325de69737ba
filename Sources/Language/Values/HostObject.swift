/// A value that another room brings into the language: a tensor, a network, a trainer, a figure.
///
/// Requirements without a sensible meaning for a type keep their defaults, which say "no".
/// Errors are thrown as `Failure`; the evaluator adds the place.
package protocol HostObject: AnyObject {
  /// One word that students know: `tensor`, `network`.
  var kind: String { get }
  /// What a statement prints that is this value alone; fits a screen, without a final newline.
  var summary: String { get }

  /// What Tab offers after `a.`, in order.
  var propertyNames: [String] { get }
  /// The value of `a.name`, or nil if there is no such property.
  func property(_ name: String) throws -> Value?

  /// `a[…]`. Negative numbers count from the end; the object checks bounds.
  func index(_ items: [IndexItem]) throws -> Value
  /// `a op other` (or `other op a` when `isLeft` is false), or nil if the kinds do not combine.
  func binary(_ operation: BinaryOperation, _ other: Value, isLeft: Bool) throws -> Value?
  /// `-a`, or nil.
  func negated() throws -> Value?
  /// Whether two objects are the same value; asked by `==` when `binary` gives nil.
  func isEqual(_ other: any HostObject) -> Bool

  /// Elements that `for` visits, or nil if it cannot.
  var count: Int? { get }
  func element(at index: Int) throws -> Value

  /// Lets a shared core command (`abs`, `sum`, `map`, `shuffle`, …) defer to the object that is its
  /// first argument; nil for a command that the object does not know.
  func apply(_ command: String, _ call: Call) throws -> Value?

  /// Bytes that the object holds, for `vars`.
  var memorySize: Int { get }

  /// A number that differs once the object has been changed in place, as training changes a network;
  /// 0 for objects that never change.
  var changeCount: Int { get }
}

extension HostObject {
  package var propertyNames: [String] { [] }
  package func property(_ name: String) throws -> Value? { nil }
  package func index(_ items: [IndexItem]) throws -> Value {
    throw Failure(.cannotIndex(kind: kind))
  }
  package func binary(_ operation: BinaryOperation, _ other: Value, isLeft: Bool) throws -> Value? {
    nil
  }
  package func negated() throws -> Value? { nil }
  package func isEqual(_ other: any HostObject) -> Bool { self === other }
  package var count: Int? { nil }
  package func element(at index: Int) throws -> Value {
    throw Failure(.cannotIndex(kind: kind))
  }
  package func apply(_ command: String, _ call: Call) throws -> Value? { nil }
  package var memorySize: Int { 0 }
  package var changeCount: Int { 0 }
}

/// One place between the commas of `x[…]`.
package enum IndexItem {
  case at(Value)
  /// `start:end:step`; a missing bound is nil. The step is never 0.
  case slice(start: Int?, end: Int?, step: Int?)
  /// A range value used as an index, `x[0..10]`.
  case range(Progression)
  /// `...`: as many whole dimensions as are missing.
  case ellipsis
}

/// An infix operator that values of other rooms may define.
package enum BinaryOperation: UInt8, CaseIterable, Sendable {
  case add, subtract, multiply, divide, floorDivide, remainder, matrixProduct, power
  case equal, notEqual, less, lessOrEqual, greater, greaterOrEqual, contains

  /// How it is written; `contains` is `in`.
  package var symbol: String {
    switch self {
    case .add: "+"
    case .subtract: "-"
    case .multiply: "*"
    case .divide: "/"
    case .floorDivide: "//"
    case .remainder: "%"
    case .matrixProduct: "@"
    case .power: "^"
    case .equal: "=="
    case .notEqual: "!="
    case .less: "<"
    case .lessOrEqual: "<="
    case .greater: ">"
    case .greaterOrEqual: ">="
    case .contains: "in"
    }
  }
}
