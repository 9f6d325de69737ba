import Foundation
import Tensors
import Testing
import Training

/// If one of these breaks, a rate from a Keras tutorial no longer does what it did there.
struct OptimizerTests {
  /// Values after each of ten steps on the gradient a · w − b.
  static func path(_ optimizer: Optimizer, _ w0: [Float], _ a: [Float], _ b: [Float]) throws
    -> [[Float]]
  {
    var (state, w) = (OptimizerState(parameterCount: 1), w0)
    return try (1...10).map { step in
      let gradient = w.indices.map { a[$0] * w[$0] - b[$0] }
      try state.prepare(0, count: w.count, optimizer)
      w.withUnsafeMutableBufferPointer { w in
        state.update(
          0, count: w.count, optimizer: optimizer,
          rate: Float(optimizer.schedule.rate(step: step - 1, stepsPerEpoch: 1)), step: step,
          gradient: gradient, value: w.baseAddress!)
      }
      return w
    }
  }

  @Test(
    .enabled(if: Fixtures.exist, "the reference dumps are not here"),
    arguments: ["sgd_momentum", "sgd_nesterov", "adam", "rmsprop"])
  func tenStepsAgreeWithKeras(name: String) throws {
    let file = try Safetensors.read(Fixtures.operations)
    func values(_ name: String) throws -> [Float] {
      try #require(file["optimisers/\(name)"]).values
    }
    let optimizer =
      switch name {
      case "sgd_momentum": try Optimizer.sgd(.constant(0.05), momentum: 0.9)
      case "sgd_nesterov": try Optimizer.sgd(.constant(0.05), momentum: 0.9, nesterov: true)
      case "adam": try Optimizer.adam(.constant(0.05))
      default: try Optimizer.rmsprop(.constant(0.05))
      }
    let path = try Self.path(optimizer, values("w0"), values("a"), values("b"))
    // Keras takes powers of beta in single precision, which changes Adam's steps by 3e-5 of them.
    for (given, expected) in zip(path.joined(), try values(name)) {
      #expect(abs(given - expected) <= (name == "adam" ? 1e-5 : 1e-6) * max(1, abs(expected)))
    }
  }

  static let a: [Float] = [0.3, 1, 2]
  static let b: [Float] = [1, -1, 0.5]
  static let w0: [Float] = [0.5, -2, 3]

  @Test func plainDescentIsItsFormula() throws {
    var w = Self.w0
    for given in try Self.path(Optimizer.sgd(.constant(0.1)), Self.w0, Self.a, Self.b) {
      w = w.indices.map { w[$0] - 0.1 * (Self.a[$0] * w[$0] - Self.b[$0]) }
      #expect(zip(given, w).allSatisfy { abs($0 - $1) < 1e-5 })
    }
  }

  @Test func rmspropWithMomentumIsItsFormula() throws {
    let optimizer = try Optimizer.rmsprop(.constant(0.1), rho: 0.8, momentum: 0.5)
    var (w, s, v) = (Self.w0.map { Double($0) }, [0.0, 0, 0], [0.0, 0, 0])
    for given in try Self.path(optimizer, Self.w0, Self.a, Self.b) {
      for i in 0..<3 {
        let g = Double(Self.a[i]) * w[i] - Double(Self.b[i])
        s[i] = 0.8 * s[i] + 0.2 * g * g
        v[i] = 0.5 * v[i] + 0.1 * g / sqrt(s[i] + 1e-7)
        w[i] -= v[i]
      }
      #expect(zip(given, w).allSatisfy { abs(Double($0) - $1) < 1e-4 })
    }
  }

  @Test func weightDecayShrinksWeightsWithoutGradients() throws {
    let optimizer = try Optimizer.adam(.constant(0.1), weightDecay: 0.5)
    let path = try Self.path(optimizer, [2, -4], [0, 0], [0, 0])
    #expect(path[0] == [1.9, -3.8])
    #expect(path.last!.map(abs).reduce(0, +) < 6 * 0.61)
  }

  @Test func settingsWithoutSenseAreErrors() {
    func fails(_ name: String, _ make: () throws -> Optimizer) {
      do {
        _ = try make()
        Issue.record("\(name) was accepted")
      } catch TrainingError.invalidSetting(let setting, _, _) {
        #expect(setting == name)
      } catch { Issue.record("\(error)") }
    }
    fails("rate") { try .adam(.constant(-1)) }
    fails("rate") { try .adam(.constant(.nan)) }
    fails("beta1") { try .adam(beta1: 1) }
    fails("epsilon") { try .adam(epsilon: 0) }
    fails("momentum") { try .sgd(momentum: 1) }
    fails("momentum") { try .sgd(nesterov: true) }
    fails("rho") { try .rmsprop(rho: -0.1) }
    fails("weight_decay") { try .sgd(weightDecay: .infinity) }
    fails("rates") { try .sgd(.piecewise(boundaries: [3], rates: [0.1])) }
    fails("boundaries") { try .sgd(.piecewise(boundaries: [3, 3], rates: [1, 2, 3])) }
    fails("decay") {
      try .sgd(.rampDecay(start: 0, maximum: 1, minimum: 0, ramp: 1, hold: 0, decay: 2))
    }
  }
}

struct ScheduleTests {
  /// Values of the course's own function.
  static let course: [(epoch: Int, rate: Double)] = [
    (0, 1e-5), (1, 2.08e-4), (2, 4.06e-4), (3, 6.04e-4), (4, 8.02e-4), (5, 1e-3), (6, 9.01e-4),
    (10, 5.946e-4), (20, 2.138e-4), (50, 1.864e-5),
  ]

  @Test(arguments: course)
  func rampAndDecayIsTheCourses(epoch: Int, rate: Double) {
    for step in [0, 6] {
      let given = Schedule.course.rate(step: epoch * 7 + step, stepsPerEpoch: 7)
      #expect(abs(given - rate) < 5e-4 * rate)
    }
  }

  static let week2: [(epoch: Int, rate: Double)] = [
    (0, 1e-6), (1, 2.08e-5), (2, 4.06e-5), (5, 1e-4), (6, 8.02e-5), (10, 3.344e-5), (20, 4.483e-6),
    (50, 1.004e-6),
  ]

  @Test(arguments: week2)
  func theSecondWeeksToo(epoch: Int, rate: Double) {
    let schedule = Schedule.rampDecay(
      start: 1e-6, maximum: 1e-4, minimum: 1e-6, ramp: 5, hold: 0, decay: 0.8)
    #expect(abs(schedule.rate(step: epoch, stepsPerEpoch: 1) - rate) < 5e-4 * rate)
  }

  @Test func holdingKeepsTheTop() {
    let schedule = Schedule.rampDecay(
      start: 0, maximum: 1, minimum: 0, ramp: 2, hold: 3, decay: 0.5)
    let rates = (0..<8).map { schedule.rate(step: $0, stepsPerEpoch: 1) }
    #expect(rates == [0, 0.5, 1, 1, 1, 1, 0.5, 0.25])
  }

  @Test func piecesChangeAfterTheirBoundary() {
    let schedule = Schedule.piecewise(boundaries: [2, 4], rates: [3, 2, 1])
    #expect((0..<7).map { schedule.rate(step: $0, stepsPerEpoch: 100) } == [3, 3, 3, 2, 2, 1, 1])
  }

  @Test func theCosineFallsFromTopToBottom() {
    let schedule = Schedule.cosine(maximum: 1, minimum: 0.2, epochs: 5, ramp: 1)
    let rates = (0..<14).map { schedule.rate(step: $0, stepsPerEpoch: 2) }
    #expect(rates[..<3] == [0, 0.5, 1])
    #expect(abs(rates[6] - 0.6) < 1e-12)
    #expect(zip(rates[2...], rates[3...]).allSatisfy { $0 >= $1 })
    #expect(abs(rates[10] - 0.2) < 1e-12 && rates[13] == rates[10])
  }
}
