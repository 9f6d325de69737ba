#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// Operations on two tensors, value by value. Comparisons give 1 for true and 0 for false.
package enum BinaryOperation: CaseIterable, Sendable {
  case add, subtract, multiply, divide, power, maximum, minimum
  case equal, notEqual, less, lessOrEqual, greater, greaterOrEqual

  /// As it is written in the language.
  package var symbol: String {
    switch self {
    case .add: "+"
    case .subtract: "-"
    case .multiply: "*"
    case .divide: "/"
    case .power: "^"
    case .maximum: "max"
    case .minimum: "min"
    case .equal: "=="
    case .notEqual: "!="
    case .less: "<"
    case .lessOrEqual: "<="
    case .greater: ">"
    case .greaterOrEqual: ">="
    }
  }
}

/// Functions of one tensor, value by value. Logarithms are natural; outside their domain the
/// functions give NaN or infinity, as IEEE 754 says. `round` takes halves to the even neighbour.
package enum ElementFunction: CaseIterable, Sendable {
  case negate, absolute, exponential, logarithm, squareRoot, sigmoid, hyperbolicTangent
  case round, floor, ceiling, sign
}

extension Tensor {
  /// Applies the operation to each pair of values. Shapes are aligned at their last dimension;
  /// a dimension of 1, or missing in front, is repeated to fit the other tensor's.
  /// - Throws: `TensorError.incompatibleShapes`, `.tooLarge`.
  package static func combine(
    _ operation: BinaryOperation, _ left: Tensor, _ right: Tensor
  ) throws -> Tensor {
    switch operation {
    case .add: try zip(left, right, operation) { $0 + $1 }
    case .subtract: try zip(left, right, operation) { $0 - $1 }
    case .multiply: try zip(left, right, operation) { $0 * $1 }
    case .divide: try zip(left, right, operation) { $0 / $1 }
    case .power: try zip(left, right, operation) { $1 == 2 ? $0 * $0 : powf($0, $1) }
    // The order of comparison lets NaN through from either side.
    case .maximum: try zip(left, right, operation) { $0 > $1 || $0.isNaN ? $0 : $1 }
    case .minimum: try zip(left, right, operation) { $0 < $1 || $0.isNaN ? $0 : $1 }
    case .equal: try zip(left, right, operation) { $0 == $1 ? 1 : 0 }
    case .notEqual: try zip(left, right, operation) { $0 != $1 ? 1 : 0 }
    case .less: try zip(left, right, operation) { $0 < $1 ? 1 : 0 }
    case .lessOrEqual: try zip(left, right, operation) { $0 <= $1 ? 1 : 0 }
    case .greater: try zip(left, right, operation) { $0 > $1 ? 1 : 0 }
    case .greaterOrEqual: try zip(left, right, operation) { $0 >= $1 ? 1 : 0 }
    }
  }

  /// Applies the function to each value.
  package func applying(_ function: ElementFunction) throws -> Tensor {
    switch function {
    case .negate: try map { -$0 }
    case .absolute: try map { $0.magnitude }
    case .exponential: try map { expf($0) }
    case .logarithm: try map { logf($0) }
    case .squareRoot: try map { $0.squareRoot() }
    case .sigmoid: try map { 1 / (1 + expf(-$0)) }
    case .hyperbolicTangent: try map { tanhf($0) }
    case .round: try map { $0.rounded(.toNearestOrEven) }
    case .floor: try map { $0.rounded(.down) }
    case .ceiling: try map { $0.rounded(.up) }
    case .sign: try map { $0 > 0 ? 1 : $0 < 0 ? -1 : $0 }
    }
  }

  /// Values below `low` become `low`, values above `high` become `high`; NaN stays.
  /// - Throws: `TensorError.invalidArgument` unless low ≤ high.
  package func clipped(low: Float, high: Float) throws -> Tensor {
    guard low <= high else {
      throw TensorError.invalidArgument(
        operation: "clip", given: Double(high), expected: "a highest value not below the lowest")
    }
    return try map { $0 < low ? low : $0 > high ? high : $0 }
  }

  /// `yes` where the condition is not 0, `no` where it is; all three are broadcast together.
  package static func choose(_ condition: Tensor, _ yes: Tensor, _ no: Tensor) throws -> Tensor {
    let shape = try broadcastShape(
      condition.shape, broadcastShape(yes.shape, no.shape, operation: "where"), operation: "where")
    let (condition, yes, no) = try (
      condition.broadcast(to: shape), yes.broadcast(to: shape), no.broadcast(to: shape)
    )
    return try Tensor(uninitialized: shape) { output in
      condition.withUnsafePointer { c in
        yes.withUnsafePointer { y in
          no.withUnsafePointer { n in
            for i in 0..<condition.count { output[i] = c[i] != 0 ? y[i] : n[i] }
          }
        }
      }
    }
  }

  @inline(__always)
  func map(_ function: (Float) -> Float) throws -> Tensor {
    try Tensor(uninitialized: shape) { output in
      withUnsafePointer { input in
        for i in 0..<count { output[i] = function(input[i]) }
      }
    }
  }

  /// One loop per way in which a row can be repeated, so that each can be vectorised.
  @inline(__always)
  private static func zip(
    _ left: Tensor, _ right: Tensor, _ operation: BinaryOperation,
    _ function: (Float, Float) -> Float
  ) throws -> Tensor {
    let shape = try broadcastShape(left.shape, right.shape, operation: operation.symbol)
    // Rows as long as can be: a whole tensor where nothing, or one number, is repeated.
    var (rows, leftSteps, rightSteps) = (shape, [Int](), [Int]())
    if left.shape == right.shape || left.count == 1 || right.count == 1, !shape.contains(0) {
      rows = [try count(of: shape)]
      leftSteps = [left.count == 1 ? 0 : 1]
      rightSteps = [right.count == 1 ? 0 : 1]
    } else {
      leftSteps = broadcastSteps(of: left.shape, in: shape)
      rightSteps = broadcastSteps(of: right.shape, in: shape)
    }
    return try Tensor(uninitialized: shape) { output in
      left.withUnsafePointer { leftBase in
        right.withUnsafePointer { rightBase in
          forEachRow(shape: rows, steps: [leftSteps, rightSteps]) { row, length, offsets, steps in
            let y = output + row * length
            let (a, b) = (leftBase + offsets[0], rightBase + offsets[1])
            switch (steps[0] != 0, steps[1] != 0) {
            case (true, true): for i in 0..<length { y[i] = function(a[i], b[i]) }
            case (true, false):
              let b0 = b[0]
              for i in 0..<length { y[i] = function(a[i], b0) }
            case (false, true):
              let a0 = a[0]
              for i in 0..<length { y[i] = function(a0, b[i]) }
            case (false, false): y.update(repeating: function(a[0], b[0]), count: length)
            }
          }
        }
      }
    }
  }

  /// The shape of two tensors together: aligned at the end, sizes equal or one of them 1.
  /// - Throws: `TensorError.incompatibleShapes`.
  package static func broadcastShape(
    _ left: [Int], _ right: [Int], operation: String
  ) throws -> [Int] {
    let rank = max(left.count, right.count)
    var shape = [Int](repeating: 1, count: rank)
    for axis in 0..<rank {
      let a = axis - (rank - left.count) >= 0 ? left[axis - (rank - left.count)] : 1
      let b = axis - (rank - right.count) >= 0 ? right[axis - (rank - right.count)] : 1
      guard a == b || a == 1 || b == 1 else {
        throw TensorError.incompatibleShapes(operation: operation, left: left, right: right)
      }
      shape[axis] = a == 1 ? b : a
    }
    return shape
  }

  /// The distances a tensor moves for one index along each dimension of a shape that it is
  /// broadcast to: 0 where it is repeated.
  static func broadcastSteps(of shape: [Int], in target: [Int]) -> [Int] {
    let own = strides(of: shape)
    let lead = target.count - shape.count
    return target.indices.map { axis in
      axis < lead || shape[axis - lead] == 1 ? 0 : own[axis - lead]
    }
  }
}
