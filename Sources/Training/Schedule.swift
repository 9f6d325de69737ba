#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// How the learning rate changes while a network learns.
package enum Schedule: Equatable, Sendable {
  /// The same rate at every step.
  case constant(Double)
  /// By epoch, as the course does: linearly from `start` to `maximum` over `ramp` epochs, `hold`
  /// epochs there, then `minimum + (maximum − minimum) · decay^n` in the n-th epoch after.
  case rampDecay(
    start: Double, maximum: Double, minimum: Double, ramp: Int, hold: Int, decay: Double)
  /// By step: `rates[0]` before step `boundaries[0]`, `rates[1]` before `boundaries[1]`, …, the
  /// last from there on: one rate more than boundaries, which ascend. Steps count from 0; the
  /// step that is a boundary's number is the last with the rate before it, as in Keras.
  case piecewise(boundaries: [Int], rates: [Double])
  /// By step, along half a cosine from `maximum` to `minimum` over `epochs` epochs, after a linear
  /// `ramp` from 0 over the given number of epochs; `minimum` after that.
  /// Loshchilov and Hutter, "SGDR", 2017, without restarts.
  case cosine(maximum: Double, minimum: Double, epochs: Int, ramp: Int)

  /// The course's schedule of weeks 1 and 3.
  package static let course = Schedule.rampDecay(
    start: 1e-5, maximum: 1e-3, minimum: 1e-5, ramp: 5, hold: 0, decay: 0.9)

  /// The rate of a step.
  /// - Parameters:
  ///   - step: steps before this one, all epochs together.
  ///   - stepsPerEpoch: at least 1.
  package func rate(step: Int, stepsPerEpoch: Int) -> Double {
    let epoch = step / max(stepsPerEpoch, 1)
    switch self {
    case .constant(let rate): return rate
    case .rampDecay(let start, let maximum, let minimum, let ramp, let hold, let decay):
      if epoch < ramp { return start + (maximum - start) / Double(ramp) * Double(epoch) }
      if epoch - ramp < hold { return maximum }
      return minimum + (maximum - minimum) * Schedule.power(decay, epoch - ramp - hold)
    case .piecewise(let boundaries, let rates):
      return rates[boundaries.firstIndex { step <= $0 } ?? boundaries.count]
    case .cosine(let maximum, let minimum, let epochs, let ramp):
      let passed = Double(step) / Double(max(stepsPerEpoch, 1))
      if passed < Double(ramp) { return maximum * passed / Double(ramp) }
      let part = min((passed - Double(ramp)) / Double(max(epochs - ramp, 1)), 1)
      return minimum + (maximum - minimum) * (1 + cos(.pi * part)) / 2
    }
  }

  /// base^exponent by squaring: the same on every machine.
  private static func power(_ base: Double, _ exponent: Int) -> Double {
    var (result, factor, rest) = (1.0, base, max(exponent, 0))
    while rest > 0 {
      if rest & 1 == 1 { result *= factor }
      factor *= factor
      rest >>= 1
    }
    return result
  }

  /// - Throws: `TrainingError.invalidSetting` for rates and lengths that make no sense.
  package func validate() throws {
    func require(
      _ holds: Bool, _ name: String, _ given: Double, _ expected: String
    ) throws(TrainingError) {
      guard holds else { throw .invalidSetting(name: name, given: given, expected: expected) }
    }
    func checkRate(_ rate: Double, _ name: String) throws(TrainingError) {
      try require(rate >= 0 && rate <= 1e6, name, rate, "a number from 0")
    }
    switch self {
    case .constant(let rate): try checkRate(rate, "rate")
    case .rampDecay(let start, let maximum, let minimum, let ramp, let hold, let decay):
      try checkRate(start, "start")
      try checkRate(maximum, "max")
      try checkRate(minimum, "min")
      try require(ramp >= 0, "ramp", Double(ramp), "a whole number from 0")
      try require(hold >= 0, "hold", Double(hold), "a whole number from 0")
      try require(decay >= 0 && decay <= 1, "decay", decay, "a number from 0 to 1")
    case .piecewise(let boundaries, let rates):
      for rate in rates { try checkRate(rate, "rates") }
      try require(
        rates.count == boundaries.count + 1, "rates", Double(rates.count),
        "one rate more than boundaries, here \(boundaries.count + 1)")
      for (earlier, later) in zip(boundaries, boundaries.dropFirst()) {
        try require(earlier < later, "boundaries", Double(later), "ascending steps")
      }
    case .cosine(let maximum, let minimum, let epochs, let ramp):
      try checkRate(maximum, "rate")
      try checkRate(minimum, "min")
      try require(epochs >= 1, "epochs", Double(epochs), "a whole number from 1")
      try require(ramp >= 0 && ramp <= epochs, "ramp", Double(ramp), "0 to \(epochs) epochs")
    }
  }
}
