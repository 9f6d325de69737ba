import Language
import Tensors

/// A tensor in the language. An image is a tensor `[H, W, C]` that came from a picture: it computes
/// like any other, but is shown as a picture.
package final class TensorValue: HostObject {
  package let tensor: Tensor
  package let isImage: Bool

  package init(_ tensor: Tensor, isImage: Bool = false) {
    self.tensor = tensor
    self.isImage = isImage
  }

  /// The tensor as a value: one without dimensions is a plain number.
  package static func value(_ tensor: Tensor, isImage: Bool = false) -> Value {
    tensor.rank == 0
      ? .number(Double(decimal: tensor[flat: 0])) : .object(TensorValue(tensor, isImage: isImage))
  }

  package var kind: String { isImage ? "image" : "tensor" }

  package var summary: String {
    guard isImage else { return tensor.summary }
    let facts = tensor.statistics()
    let range =
      facts.finiteCount > 0
      ? "  \(NumberText(facts.minimum).significant(3)) to \(NumberText(facts.maximum).significant(3))"
        + ", mean \(NumberText(facts.mean).significant(3))" : ""
    return "image [\(tensor.shape.map(String.init).joined(separator: ", "))]\(range)"
  }

  package var propertyNames: [String] {
    ["shape", "count", "sum", "mean", "std", "min", "max", "norm"]
  }

  /// `x.mean` is the mean of all values; `x.mean(axis: 0)` is the command.
  package func property(_ name: String) throws -> Value? {
    switch name {
    case "shape": return .numbers(tensor.shape)
    case "count": return .number(Double(tensor.count))
    default:
      guard let reduction = TensorValue.reductions[name] else { return nil }
      return try Failure.explaining { TensorValue.value(try tensor.reduce(reduction)) }
    }
  }

  package var count: Int? { tensor.rank > 0 ? tensor.shape[0] : nil }

  package func element(at index: Int) throws -> Value {
    try Failure.explaining { TensorValue.value(try tensor.slice([.at(index)])) }
  }

  package func index(_ items: [IndexItem]) throws -> Value {
    try Failure.explaining {
      let part = try tensor.slice(try items.map(TensorValue.place))
      let keepsChannels = part.rank == 3 && part.shape[2] == tensor.shape.last
      return TensorValue.value(part, isImage: isImage && keepsChannels)
    }
  }

  private static func place(_ item: IndexItem) throws -> TensorIndex {
    switch item {
    case .ellipsis: return .ellipsis
    case .slice(let start, let end, let step): return .range(from: start, to: end, by: step ?? 1)
    case .range(let range):
      guard let start = Int(exactly: range.start), let end = Int(exactly: range.end),
        let step = Int(exactly: range.step)
      else { throw notWhole(.range(range)) }
      return .range(from: start, to: end, by: step)
    case .at(let value):
      guard case .number(let number) = value, let position = Int(exactly: number) else {
        throw notWhole(value)
      }
      return .at(position)
    }
  }

  private static func notWhole(_ value: Value) -> Failure {
    Failure(
      code: "E0501", message: "an index must be a whole number, not \(value.display)")
  }

  package func binary(
    _ operation: Language.BinaryOperation, _ other: Value, isLeft: Bool
  ) throws -> Value? {
    let operand: Tensor
    switch other {
    case .number(let number): operand = Tensor(Float(number))
    case .object(let object):
      guard let value = object as? TensorValue else { return nil }
      operand = value.tensor
    default: return nil
    }
    let (left, right) = isLeft ? (tensor, operand) : (operand, tensor)
    return try Failure.explaining {
      switch operation {
      case .contains: return nil
      case .matrixProduct: return TensorValue.value(try Tensor.matrixProduct(left, right))
      case .floorDivide: return TensorValue.value(try floorQuotient(left, right))
      case .remainder:
        let whole = try Tensor.combine(.multiply, try floorQuotient(left, right), right)
        return TensorValue.value(try Tensor.combine(.subtract, left, whole))
      default:
        guard let operation = TensorValue.elementwise[operation] else { return nil }
        return TensorValue.value(try Tensor.combine(operation, left, right))
      }
    }
  }

  private static let elementwise: [Language.BinaryOperation: Tensors.BinaryOperation] = [
    .add: .add, .subtract: .subtract, .multiply: .multiply, .divide: .divide, .power: .power,
    .equal: .equal, .notEqual: .notEqual, .less: .less, .lessOrEqual: .lessOrEqual,
    .greater: .greater, .greaterOrEqual: .greaterOrEqual,
  ]

  private func floorQuotient(_ left: Tensor, _ right: Tensor) throws -> Tensor {
    try Tensor.combine(.divide, left, right).applying(.floor)
  }

  package func negated() throws -> Value? {
    try Failure.explaining {
      TensorValue.value(try Tensor.combine(.multiply, tensor, Tensor(Float(-1))))
    }
  }

  /// What numbers and lists have too, value by value or along an axis.
  package func apply(_ command: String, _ call: Call) throws -> Value? {
    try Failure.explaining {
      if let function = TensorValue.functions[command] {
        guard command != "round" || !call.has("digits"), command != "log" || !call.has("base")
        else {
          throw Failure(
            code: "E0519", message: "of a tensor, `\(command)` takes nothing but the tensor")
        }
        return TensorValue.value(try tensor.applying(function))
      }
      if let reduction = TensorValue.reductions[command] {
        let axis = try call.optionalWhole("axis", in: -64...64)
        return TensorValue.value(try tensor.reduce(reduction, axis: axis))
      }
      guard command == "clip" else { return nil }
      return .object(
        TensorValue(
          try tensor.clipped(
            low: Float(try call.number("low")), high: Float(try call.number("high"))),
          isImage: isImage))
    }
  }

  private static let functions: [String: ElementFunction] = [
    "abs": .absolute, "exp": .exponential, "log": .logarithm, "sqrt": .squareRoot, "round": .round,
    "floor": .floor, "ceil": .ceiling, "tanh": .hyperbolicTangent, "sign": .sign,
  ]
  private static let reductions: [String: TensorReduction] = [
    "sum": .sum, "mean": .mean, "min": .minimum, "max": .maximum, "argmin": .argmin,
    "argmax": .argmax, "std": .standardDeviation, "norm": .norm,
  ]

  package func isEqual(_ other: any HostObject) -> Bool {
    (other as? TensorValue).map { $0.tensor == tensor } ?? false
  }

  package var memorySize: Int { tensor.count * MemoryLayout<Float>.stride }
}

extension Double {
  /// The number that a float32 is written as: 0.1 for the float nearest to 0.1, which as a 64-bit
  /// number would be 0.10000000149011612. It becomes the same float again.
  init(decimal value: Float) { self = Double(value.description) ?? Double(value) }
}
