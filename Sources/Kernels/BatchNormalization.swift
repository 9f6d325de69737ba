/// Batch normalisation over rows (N·H·W) of `channels` values, with Keras's formulas
/// (Ioffe and Szegedy 2015): y = gamma · (x − mean) / sqrt(variance + epsilon) + beta.
package enum BatchNormalization {
  /// Floats of workspace that `statistics` and `backward` need at most; depends on the sizes only.
  package static func workspace(rows: Int, channels: Int) -> Int {
    preconditionFailure("in progress")
  }

  /// The mean and the biased variance of each channel, `[channels]` each. Sums are shifted by the
  /// first row and kept in double precision between chunks, so a mean far from 0 costs no digits.
  package static func statistics(
    rows: Int, channels: Int, input: UnsafePointer<Float>, mean: UnsafeMutablePointer<Float>,
    variance: UnsafeMutablePointer<Float>, workspace: UnsafeMutablePointer<Float>?
  ) {
    preconditionFailure("in progress")
  }

  /// moving = moving · momentum + batch · (1 − momentum), for mean and variance.
  package static func updateMoving(
    channels: Int, momentum: Float, mean: UnsafePointer<Float>, variance: UnsafePointer<Float>,
    movingMean: UnsafeMutablePointer<Float>, movingVariance: UnsafeMutablePointer<Float>
  ) {
    preconditionFailure("in progress")
  }

  /// output = activation(gamma · (x − mean) / sqrt(variance + epsilon) + beta); in training with
  /// the batch's statistics, at inference with the moving ones. `output` may be `input`. A nil
  /// gamma is 1, a nil beta 0.
  package static func normalize(
    rows: Int, channels: Int, input: UnsafePointer<Float>, mean: UnsafePointer<Float>,
    variance: UnsafePointer<Float>, gamma: UnsafePointer<Float>?, beta: UnsafePointer<Float>?,
    epsilon: Float, activation: Activation = .none, output: UnsafeMutablePointer<Float>,
    workspace: UnsafeMutablePointer<Float>?
  ) {
    preconditionFailure("in progress")
  }

  /// The affine map that `normalize` applies: scale = gamma / sqrt(variance + epsilon), shift =
  /// beta − mean · scale. Folded into a convolution at inference.
  package static func fold(
    channels: Int, mean: UnsafePointer<Float>, variance: UnsafePointer<Float>,
    gamma: UnsafePointer<Float>?, beta: UnsafePointer<Float>?, epsilon: Float,
    scale: UnsafeMutablePointer<Float>, shift: UnsafeMutablePointer<Float>
  ) {
    preconditionFailure("in progress")
  }

  /// output = activation(input · scale + shift), scale and shift `[channels]`. `output` may be
  /// `input`.
  package static func scaleShift(
    rows: Int, channels: Int, input: UnsafePointer<Float>, scale: UnsafePointer<Float>,
    shift: UnsafePointer<Float>, activation: Activation = .none,
    output: UnsafeMutablePointer<Float>
  ) {
    preconditionFailure("in progress")
  }

  /// The gradients of the training pass, whose mean and variance depend on the input. With
  /// `activation`, `outputGradient` is that of the activated output: the activation's derivative
  /// is recomputed from the input, so neither output needs to be kept. `gammaGradient` and
  /// `betaGradient` (nil where not wanted) are written, or added to where `accumulateParameters`;
  /// `inputGradient` is written, or added to where `accumulate`. It may be `outputGradient`
  /// unless it accumulates.
  package static func backward(
    rows: Int, channels: Int, input: UnsafePointer<Float>, outputGradient: UnsafePointer<Float>,
    mean: UnsafePointer<Float>, variance: UnsafePointer<Float>, gamma: UnsafePointer<Float>?,
    beta: UnsafePointer<Float>?, epsilon: Float, activation: Activation = .none,
    gammaGradient: UnsafeMutablePointer<Float>?, betaGradient: UnsafeMutablePointer<Float>?,
    accumulateParameters: Bool = false, inputGradient: UnsafeMutablePointer<Float>?,
    accumulate: Bool = false, workspace: UnsafeMutablePointer<Float>?
  ) {
    preconditionFailure("in progress")
  }

  /// The gradients where mean and variance are constants (a frozen layer, or inference): the
  /// input gradient is outputGradient · scale. Parameters as for `backward`.
  package static func backwardFrozen(
    rows: Int, channels: Int, input: UnsafePointer<Float>, outputGradient: UnsafePointer<Float>,
    mean: UnsafePointer<Float>, variance: UnsafePointer<Float>, gamma: UnsafePointer<Float>?,
    beta: UnsafePointer<Float>?, epsilon: Float, activation: Activation = .none,
    gammaGradient: UnsafeMutablePointer<Float>?, betaGradient: UnsafeMutablePointer<Float>?,
    accumulateParameters: Bool = false, inputGradient: UnsafeMutablePointer<Float>?,
    accumulate: Bool = false, workspace: UnsafeMutablePointer<Float>?
  ) {
    preconditionFailure("in progress")
  }
}
