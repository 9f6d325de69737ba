import CKernels

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// One step of an optimiser on one parameter, with Keras 3's formulas and order of operations.
package enum OptimizerUpdate {
  /// velocity = momentum · velocity − rate · g; value += velocity, or with `nesterov`
  /// value += momentum · velocity − rate · g. Without momentum pass nil for `velocity`:
  /// value −= rate · g.
  package static func sgd(
    count: Int, rate: Float, momentum: Float = 0, nesterov: Bool = false,
    gradient: UnsafePointer<Float>, velocity: UnsafeMutablePointer<Float>?,
    value: UnsafeMutablePointer<Float>
  ) {
    Parallel.run(count: count, grain: grain) { r in
      conch_sgd(
        r.count, rate, momentum, nesterov, gradient + r.lowerBound,
        velocity.map { $0 + r.lowerBound }, value + r.lowerBound)
    }
  }

  /// Kingma and Ba 2015: m += (g − m)(1 − beta1); v += (g² − v)(1 − beta2);
  /// value −= alpha · m / (sqrt(v) + epsilon), alpha = rate · sqrt(1 − beta2ᵗ) / (1 − beta1ᵗ).
  ///
  /// - Parameter step: t, 1 for the first step
  package static func adam(
    count: Int, rate: Float, beta1: Float = 0.9, beta2: Float = 0.999, epsilon: Float = 1e-7,
    step: Int, gradient: UnsafePointer<Float>, firstMoment: UnsafeMutablePointer<Float>,
    secondMoment: UnsafeMutablePointer<Float>, value: UnsafeMutablePointer<Float>
  ) {
    // As Keras does, in single precision: the powers, then alpha.
    let t = Float(step)
    let alpha = rate * (1 - powf(beta2, t)).squareRoot() / (1 - powf(beta1, t))
    Parallel.run(count: count, grain: grain) { r in
      conch_adam(
        r.count, alpha, complement(of: beta1), complement(of: beta2), epsilon,
        gradient + r.lowerBound, firstMoment + r.lowerBound,
        secondMoment + r.lowerBound, value + r.lowerBound)
    }
  }

  /// s = rho · s + (1 − rho) g²; value −= rate · g / sqrt(s + epsilon). With `momentum`,
  /// b = momentum · b + rate · g / sqrt(s + epsilon); value −= b.
  package static func rmsprop(
    count: Int, rate: Float, rho: Float = 0.9, momentum: Float = 0, epsilon: Float = 1e-7,
    gradient: UnsafePointer<Float>, meanSquare: UnsafeMutablePointer<Float>,
    velocity: UnsafeMutablePointer<Float>?, value: UnsafeMutablePointer<Float>
  ) {
    Parallel.run(count: count, grain: grain) { r in
      conch_rmsprop(
        r.count, rate, rho, complement(of: rho), momentum, epsilon, gradient + r.lowerBound,
        meanSquare + r.lowerBound,
        velocity.map { $0 + r.lowerBound }, value + r.lowerBound)
    }
  }

  private static let grain = 1 << 14
}
