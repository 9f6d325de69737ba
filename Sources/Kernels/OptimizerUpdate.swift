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
    preconditionFailure("in progress")
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
    preconditionFailure("in progress")
  }

  /// s = rho · s + (1 − rho) g²; value −= rate · g / sqrt(s + epsilon). With `momentum`,
  /// b = momentum · b + rate · g / sqrt(s + epsilon); value −= b.
  package static func rmsprop(
    count: Int, rate: Float, rho: Float = 0.9, momentum: Float = 0, epsilon: Float = 1e-7,
    gradient: UnsafePointer<Float>, meanSquare: UnsafeMutablePointer<Float>,
    velocity: UnsafeMutablePointer<Float>?, value: UnsafeMutablePointer<Float>
  ) {
    preconditionFailure("in progress")
  }
}
