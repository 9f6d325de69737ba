import Foundation
import Kernels
import Testing

extension Activation {
  /// The definition, in double precision.
  func reference(_ x: Double) -> Double {
    switch self {
    case .none: x
    case .relu: max(x, 0)
    case .relu6: min(max(x, 0), 6)
    case .leakyRelu(let slope): x > 0 ? x : x * Double(slope)
    case .sigmoid: 1 / (1 + exp(-x))
    }
  }

  func referenceDerivative(_ x: Double) -> Double {
    switch self {
    case .none: 1
    case .relu: x > 0 ? 1 : 0
    case .relu6: x > 0 && x < 6 ? 1 : 0
    case .leakyRelu(let slope): x > 0 ? 1 : Double(slope)
    case .sigmoid: reference(x) * (1 - reference(x))
    }
  }
}

extension KernelsTests {
  static let counts = [0, 1, 5, 16, 100, 70001]

  @Test(arguments: counts)
  func activationsEqualTheirDefinitions(_ count: Int) {
    var values = Values(21)
    let x = values.array(count).map { $0 * 8 }
    let dy = values.array(count)
    for activation in Self.activations {
      let y = atEveryThreadCount("activate") {
        var y = [Float](repeating: .nan, count: count)
        Elementwise.activate(count: count, activation, input: x, output: &y)
        return y
      }
      #expect(isClose(y, x.map { activation.reference(Double($0)) }, within: 1e-6))
      var gradient = [Float](repeating: .nan, count: count)
      Elementwise.activationGradient(
        count: count, activation, output: y, outputGradient: dy, inputGradient: &gradient)
      let expected = zip(x, dy).map { activation.referenceDerivative(Double($0)) * Double($1) }
      #expect(isClose(gradient, expected, within: 1e-6))
      Elementwise.activationGradient(
        count: count, activation, output: y, outputGradient: dy, inputGradient: &gradient,
        accumulate: true)
      #expect(isClose(gradient, expected.map { 2 * $0 }, within: 1e-6))
    }
  }

  /// A NaN that an activation swallowed would hide a diverged network.
  @Test func notANumberPassesThrough() {
    for activation in Self.activations {
      var y: [Float] = [0, 0]
      Elementwise.activate(count: 2, activation, input: [.nan, 1], output: &y)
      #expect(y[0].isNaN && !y[1].isNaN)
    }
  }

  @Test(arguments: counts)
  func arithmeticEqualsItsDefinition(_ count: Int) {
    var values = Values(22)
    let a = values.array(count)
    let b = values.array(count)
    var y = [Float](repeating: .nan, count: count)
    Elementwise.add(count: count, a: a, b: b, output: &y)
    #expect(y == zip(a, b).map { $0 + $1 })
    Elementwise.add(count: count, a: a, b: b, activation: .relu, output: &y)
    #expect(y == zip(a, b).map { max(0, $0 + $1) })
    Elementwise.multiply(count: count, a: a, b: b, output: &y)
    #expect(y == zip(a, b).map { $0 * $1 })
    Elementwise.scale(count: count, factor: 2, offset: -1, input: a, output: &y)
    #expect(isClose(y, a.map { 2 * Double($0) - 1 }, within: 1e-6))
    Elementwise.copy(count: count, input: b, output: &y)
    #expect(y == b)
    Elementwise.accumulate(count: count, factor: 0.5, input: a, output: &y)
    #expect(isClose(y, zip(a, b).map { 0.5 * Double($0) + Double($1) }, within: 1e-6))
    Elementwise.fill(count: count, value: 3, output: &y)
    #expect(y.allSatisfy { $0 == 3 })
  }

  @Test func biasIsAddedToEveryRow() {
    var values = Values(23)
    let (rows, channels) = (301, 70)
    let x = values.array(rows * channels)
    let bias = values.array(channels)
    let expected = x.indices.map { max(0, Double(x[$0]) + Double(bias[$0 % channels])) }
    let y = atEveryThreadCount("bias") {
      var y = x
      Elementwise.addBias(
        rows: rows, channels: channels, input: x, bias: bias, activation: .relu, output: &y)
      return y
    }
    #expect(isClose(y, expected))
  }

  /// exp carries softmax and sigmoid: right to the last digits over the whole range.
  @Test func exponentialIsExact() {
    var x: [Float] = [0, 1, -1, 88.7, -87.3, 89, -88, .infinity, -.infinity, 1e-8]
    x += stride(from: -87, to: 88, by: 0.01).map { Float($0) }
    var y = x
    Elementwise.exp(count: x.count, input: x, output: &y)
    for (given, argument) in zip(y, x) {
      let expected = exp(Double(argument))
      if argument > 88.73 {
        #expect(given == .infinity)
      } else if argument < -87.34 {
        #expect(given == 0)
      } else {
        #expect(abs(Double(given) - expected) <= 2.4e-7 * expected, "exp(\(argument))")
      }
    }
  }

  /// The mask must be the same on the way back, keep the wanted share, and not depend on chunks.
  @Test func dropoutIsAFunctionOfKeyAndIndex() {
    let count = 70003
    let ones = [Float](repeating: 1, count: count)
    let once = atEveryThreadCount("dropout") {
      var y = ones
      Elementwise.dropout(count: count, rate: 0.3, key: 99, input: ones, output: &y)
      return y
    }
    let kept = once.filter { $0 != 0 }
    #expect(abs(Double(kept.count) / Double(count) - 0.7) < 0.01)
    #expect(kept.allSatisfy { abs($0 - 1 / 0.7) < 1e-6 })
    var short = [Float](repeating: 1, count: 1000)
    Elementwise.dropout(count: 1000, rate: 0.3, key: 99, input: short, output: &short)
    #expect(short == Array(once[..<1000]))
    var other = ones
    Elementwise.dropout(count: count, rate: 0.3, key: 100, input: ones, output: &other)
    #expect(other != once)
    var all = ones
    Elementwise.dropout(count: count, rate: 0, key: 1, input: ones, output: &all)
    #expect(all == ones)
    Elementwise.dropout(
      count: count, rate: 0.3, key: 99, input: ones, output: &all, accumulate: true)
    #expect(all == zip(ones, once).map { $0 + $1 })
  }

  /// Philox 4x32-10's published vector for counter 0 and key 0 is 0x6627e8d5…: an element is kept
  /// exactly where its number reaches the threshold.
  @Test func dropoutDrawsPhilox() {
    let numbers: [UInt32] = [0x6627_e8d5, 0xe169_c58d, 0xbc57_ac4c, 0x9b00_dbd8]
    for (index, number) in numbers.enumerated() {
      for (rate, keeps) in [
        (Float(number >> 8) * 0x1p-24 * 0.999, true), (Float(number >> 8) * 0x1p-24 * 1.001, false),
      ] {
        var y = [Float](repeating: 1, count: 256)
        Elementwise.dropout(count: 256, rate: rate, key: 0, input: y, output: &y)
        #expect((y[64 * index] != 0) == keeps)
      }
    }
  }
}
