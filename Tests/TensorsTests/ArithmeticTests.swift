import Foundation
import Tensors
import Testing

struct ArithmeticTests {
  static let shapes: [([Int], [Int], [Int])] = [
    ([2, 3], [2, 3], [2, 3]), ([2, 3], [], [2, 3]), ([], [], []), ([2, 3], [3], [2, 3]),
    ([2, 1], [3], [2, 3]), ([2, 5, 4, 3], [3], [2, 5, 4, 3]),
    ([5, 1, 3], [2, 1, 4, 1], [2, 5, 4, 3]),
    ([0, 3], [3], [0, 3]), ([0, 3], [1], [0, 3]), ([1], [2, 2], [2, 2]),
  ]

  @Test(arguments: shapes)
  func shapesAreBroadcastAsInNumPy(left: [Int], right: [Int], shape: [Int]) throws {
    let (a, b) = (try random(left, "a"), try random(right, "b"))
    let y = try Tensor.combine(.subtract, a, b)
    #expect(y.shape == shape)
    func own(_ index: [Int], _ shape: [Int]) -> [Int] {
      zip(index.suffix(shape.count), shape).map { $1 == 1 ? 0 : $0 }
    }
    for index in indices(of: shape) {
      #expect(
        value(y, at: index) == value(a, at: own(index, left)) - value(b, at: own(index, right)))
    }
    #expect(try Tensor.combine(.subtract, b, a).shape == shape)
  }

  @Test func shapesThatDoNotFitAreNamed() throws {
    #expect(throws: TensorError.incompatibleShapes(operation: "+", left: [2, 3], right: [2])) {
      try Tensor.combine(.add, random([2, 3], "a"), random([2], "b"))
    }
  }

  static let operations: [(BinaryOperation, @Sendable (Float, Float) -> Float)] = [
    (.add, { $0 + $1 }), (.subtract, { $0 - $1 }), (.multiply, { $0 * $1 }), (.divide, { $0 / $1 }),
    (.power, { pow($0, $1) }), (.equal, { $0 == $1 ? 1 : 0 }), (.notEqual, { $0 != $1 ? 1 : 0 }),
    (.less, { $0 < $1 ? 1 : 0 }), (.lessOrEqual, { $0 <= $1 ? 1 : 0 }),
    (.greater, { $0 > $1 ? 1 : 0 }), (.greaterOrEqual, { $0 >= $1 ? 1 : 0 }),
    (.maximum, { $0.isNaN || $1.isNaN ? .nan : max($0, $1) }),
    (.minimum, { $0.isNaN || $1.isNaN ? .nan : min($0, $1) }),
  ]

  @Test func everyOperationIsItsScalarTwin() throws {
    #expect(Self.operations.count == BinaryOperation.allCases.count)
    let special: [Float] = [0, 1, -1, 2.5, .nan, .infinity, -.infinity, 3, 1e-30]
    let (a, b) = (
      try Tensor(shape: [9, 1], values: special), try Tensor(shape: [1, 9], values: special)
    )
    for (operation, twin) in Self.operations {
      let y = try Tensor.combine(operation, a, b)
      for (i, left) in special.enumerated() {
        for (j, right) in special.enumerated() {
          let (given, expected) = (y[flat: i * 9 + j], twin(left, right))
          #expect(
            given == expected || given.isNaN && expected.isNaN, "\(operation) \(left) \(right)")
        }
      }
    }
  }

  static let functions: [(ElementFunction, @Sendable (Double) -> Double)] = [
    (.negate, { -$0 }), (.absolute, { abs($0) }), (.exponential, { exp($0) }),
    (.logarithm, { log($0) }), (.squareRoot, { sqrt($0) }), (.sigmoid, { 1 / (1 + exp(-$0)) }),
    (.hyperbolicTangent, { tanh($0) }), (.round, { $0.rounded(.toNearestOrEven) }),
    (.floor, { floor($0) }), (.ceiling, { ceil($0) }), (.sign, { $0 > 0 ? 1 : $0 < 0 ? -1 : 0 }),
  ]

  @Test func everyFunctionIsItsScalarTwin() throws {
    #expect(Self.functions.count == ElementFunction.allCases.count)
    let inputs: [Float] = [0, 0.5, 1.5, 2.5, -0.5, -2.25, 7, 1e-3, 88]
    for (function, twin) in Self.functions {
      let y = try Tensor(inputs).applying(function)
      for (x, given) in zip(inputs, y.values) {
        let expected = Float(twin(Double(x)))
        #expect(
          given == expected || abs(given - expected) <= 1e-6 * abs(expected)
            || given.isNaN && expected.isNaN, "\(function) \(x)")
      }
    }
  }

  @Test func clippingAndChoosing() throws {
    let x = try Tensor([-1, 0.5, 2, .nan])
    let clipped = try x.clipped(low: 0, high: 1).values
    #expect(clipped[..<3] == [0, 0.5, 1])
    #expect(clipped[3].isNaN)
    #expect(throws: TensorError.self) { try x.clipped(low: 1, high: 0) }
    let chosen = try Tensor.choose(
      Tensor(shape: [2, 1], values: [1, 0]), Tensor([1, 2, 3]), Tensor(9))
    #expect(chosen.shape == [2, 3])
    #expect(chosen.values == [1, 2, 3, 9, 9, 9])
  }

  /// The definition, in double precision.
  static func reduced(_ reduction: TensorReduction, _ x: [Double]) -> Double {
    let n = Double(x.count)
    let mean = x.reduce(0, +) / n
    switch reduction {
    case .sum: return x.reduce(0, +)
    case .mean: return mean
    case .maximum: return x.max() ?? .nan
    case .minimum: return x.min() ?? .nan
    case .argmax: return Double(x.firstIndex(of: x.max() ?? 0) ?? -1)
    case .argmin: return Double(x.firstIndex(of: x.min() ?? 0) ?? -1)
    case .standardDeviation: return sqrt(x.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / n)
    case .norm: return sqrt(x.reduce(0) { $0 + $1 * $1 })
    }
  }

  @Test(arguments: TensorReduction.allCases)
  func reductionsAreTheirDefinitions(reduction: TensorReduction) throws {
    let x = try random([3, 4, 5], "reduced")
    func close(_ a: Float, _ b: Double) -> Bool { abs(Double(a) - b) <= 1e-6 * max(1, abs(b)) }
    let all = try x.reduce(reduction)
    #expect(all.shape == [])
    #expect(close(all[flat: 0], Self.reduced(reduction, x.values.map { Double($0) })))
    for axis in [0, 1, 2, -1] {
      let resolved = axis < 0 ? axis + 3 : axis
      let y = try x.reduce(reduction, axis: axis)
      let kept = try x.reduce(reduction, axis: axis, keepDimension: true)
      #expect(kept.shape == x.shape.enumerated().map { $0 == resolved ? 1 : $1 })
      #expect(kept.values == y.values)
      for index in indices(of: y.shape) {
        let column = (0..<x.shape[resolved]).map { entry in
          var whole = index
          whole.insert(entry, at: resolved)
          return Double(value(x, at: whole))
        }
        #expect(close(value(y, at: index), Self.reduced(reduction, column)))
      }
    }
    let two = try x.reduce(reduction, axes: [2, 0])
    for j in 0..<4 {
      let part = (0..<3).flatMap { i in (0..<5).map { Double(value(x, at: [i, j, $0])) } }
      #expect(close(two[flat: j], Self.reduced(reduction, part)))
    }
    #expect(throws: TensorError.axisOutOfRange(axis: 3, rank: 3)) {
      try x.reduce(reduction, axis: 3)
    }
  }

  @Test func emptyTensorsHaveASumButNoMean() throws {
    let empty = try Tensor(shape: [0, 3])
    #expect(try empty.reduce(.sum)[flat: 0] == 0)
    #expect(try empty.reduce(.sum, axis: 0).values == [0, 0, 0])
    #expect(try empty.reduce(.maximum, axis: 1).shape == [0])
    for reduction in [TensorReduction.mean, .maximum, .argmin, .standardDeviation] {
      #expect(throws: TensorError.emptyTensor(operation: reduction.name, shape: [0, 3])) {
        try empty.reduce(reduction)
      }
    }
  }

  @Test func notANumberIsNotOverlooked() throws {
    let x = try Tensor([1, .nan, 3])
    for reduction in [TensorReduction.sum, .mean, .maximum, .minimum, .standardDeviation, .norm] {
      #expect(try x.reduce(reduction)[flat: 0].isNaN)
    }
    #expect(try x.reduce(.argmax)[flat: 0] == 1)
    #expect(try x.reduce(.argmin)[flat: 0] == 1)
  }

  static let products: [([Int], [Int], [Int])] = [
    ([2, 3], [3, 4], [2, 4]), ([3], [3, 4], [4]), ([2, 3], [3], [2]), ([3], [3], []),
    ([5, 2, 3], [3, 4], [5, 2, 4]), ([5, 2, 3], [5, 3, 4], [5, 2, 4]),
    ([40, 70], [70, 50], [40, 50]),
    ([2, 0], [0, 3], [2, 3]), ([0, 2], [2, 3], [0, 3]),
  ]

  @Test(arguments: products)
  func matrixProductsAreTheirDefinition(left: [Int], right: [Int], shape: [Int]) throws {
    let (a, b) = (try random(left, "left"), try random(right, "right"))
    let y = try Tensor.matrixProduct(a, b)
    #expect(y.shape == shape)
    let k = left[left.count - 1]
    let full =
      (left.count == 1 ? [1] : Array(left.dropLast())) + [right.count == 1 ? 1 : right.last!]
    for (flat, index) in indices(of: full).enumerated() {
      var sum = 0.0
      for inner in 0..<k {
        let leftIndex = left.count == 1 ? [inner] : Array(index.dropLast()) + [inner]
        let column = right.count == 1 ? [] : [index[index.count - 1]]
        let batch = right.count > 2 ? Array(index.dropLast(2)) : []
        sum +=
          Double(value(a, at: leftIndex)) * Double(value(b, at: batch + [inner] + column))
      }
      #expect(abs(Double(y[flat: flat]) - sum) < 1e-4)
    }
  }

  @Test(arguments: [([2, 3], [2, 3]), ([], [3]), ([3], []), ([5, 2, 3], [4, 3, 4])])
  func matricesThatDoNotFitAreNamed(left: [Int], right: [Int]) throws {
    #expect(throws: TensorError.incompatibleShapes(operation: "@", left: left, right: right)) {
      try Tensor.matrixProduct(random(left, "a"), random(right, "b"))
    }
  }

  @Test func histogramsAndQuantiles() throws {
    let x = try Tensor([0, 0.5, 1, 1.5, 2, .nan, .infinity])
    let (counts, edges) = try x.histogram(bins: 2)
    #expect(counts == [2, 3])
    #expect(edges == [0, 1, 2])
    #expect(try x.histogram(bins: 2, range: 0...1).counts == [1, 2])
    #expect(try Tensor([3, 3]).histogram(bins: 1).edges == [2.5, 3.5])
    #expect(throws: TensorError.self) { try x.histogram(bins: 0) }
    #expect(try x.quantiles([0, 0.25, 0.5, 0.9, 1]) == [0, 0.5, 1, 1.8, 2])
    #expect(throws: TensorError.self) { try x.quantiles([.nan]) }
    #expect(throws: TensorError.self) { try Tensor([.nan]).quantiles([0.5]) }
    #expect(try Tensor([2, .nan, -1, 0]).sorted().values[..<3] == [-1, 0, 2])
  }

  @Test func oneHotRows() throws {
    #expect(try Tensor.oneHot([2, 0], classes: 3).values == [0, 0, 1, 1, 0, 0])
    #expect(throws: TensorError.indexOutOfRange(index: 3, axis: 1, size: 3)) {
      try Tensor.oneHot([3], classes: 3)
    }
    #expect(throws: TensorError.self) { try Tensor.oneHot([0], classes: -1) }
  }
}
