import Kernels
import Networks
import Tensors

/// How gradients change weights: a method, its settings, and a schedule for its rate. The formulas
/// and defaults are Keras 3's.
package struct Optimizer: Equatable, Sendable {
  package enum Method: Equatable, Sendable {
    /// Steepest descent, with momentum 0..<1 (0: none), as Nesterov proposed if asked.
    case sgd(momentum: Float, nesterov: Bool)
    /// Kingma and Ba, "Adam", 2015.
    case adam(beta1: Float, beta2: Float, epsilon: Float)
    /// Tieleman and Hinton 2012.
    case rmsprop(rho: Float, momentum: Float, epsilon: Float)

    package var name: String {
      switch self {
      case .sgd: "sgd"
      case .adam: "adam"
      case .rmsprop: "rmsprop"
      }
    }
  }

  package let method: Method
  package let schedule: Schedule
  /// The part of every weight that is taken off at each step, times the rate (decoupled, as in
  /// Loshchilov and Hutter 2019); 0 for none.
  package let weightDecay: Float

  /// - Throws: `TrainingError.invalidSetting`.
  package init(_ method: Method, schedule: Schedule, weightDecay: Float = 0) throws {
    try schedule.validate()
    func require(_ holds: Bool, _ name: String, _ given: Float, _ expected: String) throws {
      guard holds else {
        throw TrainingError.invalidSetting(name: name, given: Double(given), expected: expected)
      }
    }
    func checkShare(_ value: Float, _ name: String) throws {
      try require(value >= 0 && value < 1, name, value, "a number from 0 to below 1")
    }
    switch method {
    case .sgd(let momentum, let nesterov):
      try checkShare(momentum, "momentum")
      try require(
        momentum > 0 || !nesterov, "momentum", momentum, "a number above 0 for `nesterov`")
    case .adam(let beta1, let beta2, let epsilon):
      try checkShare(beta1, "beta1")
      try checkShare(beta2, "beta2")
      try require(epsilon > 0 && epsilon < 1, "epsilon", epsilon, "a number above 0")
    case .rmsprop(let rho, let momentum, let epsilon):
      try checkShare(rho, "rho")
      try checkShare(momentum, "momentum")
      try require(epsilon > 0 && epsilon < 1, "epsilon", epsilon, "a number above 0")
    }
    try require(
      weightDecay >= 0 && weightDecay <= 1, "weight_decay", weightDecay, "a number from 0 to 1")
    (self.method, self.schedule, self.weightDecay) = (method, schedule, weightDecay)
  }

  package static func adam(
    _ schedule: Schedule = .constant(0.001), beta1: Float = 0.9, beta2: Float = 0.999,
    epsilon: Float = 1e-7, weightDecay: Float = 0
  ) throws -> Optimizer {
    try Optimizer(
      .adam(beta1: beta1, beta2: beta2, epsilon: epsilon), schedule: schedule,
      weightDecay: weightDecay)
  }

  package static func sgd(
    _ schedule: Schedule = .constant(0.01), momentum: Float = 0, nesterov: Bool = false,
    weightDecay: Float = 0
  ) throws -> Optimizer {
    try Optimizer(
      .sgd(momentum: momentum, nesterov: nesterov), schedule: schedule, weightDecay: weightDecay)
  }

  package static func rmsprop(
    _ schedule: Schedule = .constant(0.001), rho: Float = 0.9, momentum: Float = 0,
    epsilon: Float = 1e-7, weightDecay: Float = 0
  ) throws -> Optimizer {
    try Optimizer(
      .rmsprop(rho: rho, momentum: momentum, epsilon: epsilon), schedule: schedule,
      weightDecay: weightDecay)
  }

  /// Values of memory that the method keeps for each weight.
  var slotCount: Int {
    switch method {
    case .sgd(let momentum, _): momentum > 0 ? 1 : 0
    case .adam: 2
    case .rmsprop(_, let momentum, _): momentum > 0 ? 2 : 1
    }
  }
}

/// What an optimiser remembers of earlier gradients, for each weight that was ever trained. Copies
/// share memory until the next update, so that a snapshot costs nothing by itself.
package struct OptimizerState: Sendable {
  /// By the weight's place in `Network.parameters`; empty until its first update, and kept while
  /// its layer is frozen.
  private(set) var slots: [[Tensor]]

  init(slots: [[Tensor]]) { self.slots = slots }

  package init(parameterCount: Int) { slots = [[Tensor]](repeating: [], count: parameterCount) }

  /// Makes the memory that the next update of a weight needs, so that the update cannot fail.
  package mutating func prepare(_ index: Int, count: Int, _ optimizer: Optimizer) throws {
    guard slots[index].count < optimizer.slotCount else { return }
    slots[index] = try (0..<optimizer.slotCount).map { _ in try Tensor(shape: [count]) }
  }

  /// One step of one weight.
  /// - Parameter step: 1 for the trainer's first step.
  package mutating func update(
    _ index: Int, count: Int, optimizer: Optimizer, rate: Float, step: Int,
    gradient: UnsafePointer<Float>, value: UnsafeMutablePointer<Float>
  ) {
    if optimizer.weightDecay > 0 {
      let share = optimizer.weightDecay * rate
      for i in 0..<count { value[i] -= share * value[i] }
    }
    withSlots(index) { first, second in
      switch optimizer.method {
      case .sgd(let momentum, let nesterov):
        OptimizerUpdate.sgd(
          count: count, rate: rate, momentum: momentum, nesterov: nesterov, gradient: gradient,
          velocity: first, value: value)
      case .adam(let beta1, let beta2, let epsilon):
        guard let first, let second else { return }
        OptimizerUpdate.adam(
          count: count, rate: rate, beta1: beta1, beta2: beta2, epsilon: epsilon, step: step,
          gradient: gradient, firstMoment: first, secondMoment: second, value: value)
      case .rmsprop(let rho, let momentum, let epsilon):
        guard let first else { return }
        OptimizerUpdate.rmsprop(
          count: count, rate: rate, rho: rho, momentum: momentum, epsilon: epsilon,
          gradient: gradient, meanSquare: first, velocity: second, value: value)
      }
    }
  }

  private mutating func withSlots(
    _ index: Int, _ body: (UnsafeMutablePointer<Float>?, UnsafeMutablePointer<Float>?) -> Void
  ) {
    switch slots[index].count {
    case 0: body(nil, nil)
    case 1: slots[index][0].withUnsafeMutablePointer { body($0, nil) }
    default:
      // Two elements of one array cannot be borrowed at once: the second is taken out meanwhile.
      guard var second = slots[index].popLast() else { return }
      slots[index][0].withUnsafeMutablePointer { first in
        second.withUnsafeMutablePointer { body(first, $0) }
      }
      slots[index].append(second)
    }
  }
}
