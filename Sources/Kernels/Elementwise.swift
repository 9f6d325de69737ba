/// Loops over values that do not depend on each other. Every output may be one of the inputs,
/// unless it accumulates.
package enum Elementwise {
  /// output = activation(input).
  package static func activate(
    count: Int, _ activation: Activation, input: UnsafePointer<Float>,
    output: UnsafeMutablePointer<Float>
  ) {
    preconditionFailure("in progress")
  }

  /// inputGradient (=, or +=) outputGradient · activation′, taken from the activation's *output*.
  package static func activationGradient(
    count: Int, _ activation: Activation, output: UnsafePointer<Float>,
    outputGradient: UnsafePointer<Float>, inputGradient: UnsafeMutablePointer<Float>,
    accumulate: Bool = false
  ) {
    preconditionFailure("in progress")
  }

  /// output = value.
  package static func fill(count: Int, value: Float, output: UnsafeMutablePointer<Float>) {
    preconditionFailure("in progress")
  }

  /// output = input.
  package static func copy(
    count: Int, input: UnsafePointer<Float>, output: UnsafeMutablePointer<Float>
  ) {
    preconditionFailure("in progress")
  }

  /// output = activation(a + b).
  package static func add(
    count: Int, a: UnsafePointer<Float>, b: UnsafePointer<Float>, activation: Activation = .none,
    output: UnsafeMutablePointer<Float>
  ) {
    preconditionFailure("in progress")
  }

  /// output = a · b.
  package static func multiply(
    count: Int, a: UnsafePointer<Float>, b: UnsafePointer<Float>,
    output: UnsafeMutablePointer<Float>
  ) {
    preconditionFailure("in progress")
  }

  /// output = factor · input + offset.
  package static func scale(
    count: Int, factor: Float, offset: Float = 0, input: UnsafePointer<Float>,
    output: UnsafeMutablePointer<Float>
  ) {
    preconditionFailure("in progress")
  }

  /// output += factor · input.
  package static func accumulate(
    count: Int, factor: Float = 1, input: UnsafePointer<Float>,
    output: UnsafeMutablePointer<Float>
  ) {
    preconditionFailure("in progress")
  }

  /// Adds `bias` `[channels]` to every row: output = activation(input + bias).
  package static func addBias(
    rows: Int, channels: Int, input: UnsafePointer<Float>, bias: UnsafePointer<Float>,
    activation: Activation = .none, output: UnsafeMutablePointer<Float>
  ) {
    preconditionFailure("in progress")
  }

  /// output (=, or +=) input / (1 − rate) where kept, else 0. Element i is kept where the i-th
  /// random number of `key` (Philox 4x32-10, counter i / 4) is at least `rate`; the mask is a
  /// pure function of (key, i), so the same call on the gradient is the backward pass.
  /// `rate` is in 0..<1.
  package static func dropout(
    count: Int, rate: Float, key: UInt64, input: UnsafePointer<Float>,
    output: UnsafeMutablePointer<Float>, accumulate: Bool = false
  ) {
    preconditionFailure("in progress")
  }

  /// output = exp(input), the same bits on every run: an own polynomial, within 2 units in the
  /// last place; below −87.3 it is 0, above 88.7 infinity.
  package static func exp(
    count: Int, input: UnsafePointer<Float>, output: UnsafeMutablePointer<Float>
  ) {
    preconditionFailure("in progress")
  }
}
