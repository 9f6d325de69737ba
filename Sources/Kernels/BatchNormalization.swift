import CKernels

/// Batch normalisation over rows (N·H·W) of `channels` values, with Keras's formulas
/// (Ioffe and Szegedy 2015): y = gamma · (x − mean) / sqrt(variance + epsilon) + beta.
package enum BatchNormalization {
  /// Floats of workspace that every function here needs at most; depends on the sizes only.
  package static func workspace(rows: Int, channels: Int) -> Int {
    RowParts(rows: rows, columns: channels).workspace(sumsPerColumn: 2) + 4 * channels
  }

  /// The mean and the biased variance of each channel, `[channels]` each. Sums are shifted by the
  /// first row and kept in double precision between runs of rows, so a mean far from 0 costs no
  /// digits.
  package static func statistics(
    rows: Int, channels: Int, input: UnsafePointer<Float>, mean: UnsafeMutablePointer<Float>,
    variance: UnsafeMutablePointer<Float>, workspace: UnsafeMutablePointer<Float>?
  ) {
    guard rows > 0 else {
      conch_fill(channels, 0, mean)
      conch_fill(channels, 0, variance)
      return
    }
    RowParts(rows: rows, columns: channels).sum(sumsPerColumn: 2, workspace: workspace) {
      rows, block, sums in
      conch_moments(
        rows.count, block.count, channels,
        input + (rows.lowerBound * channels + block.lowerBound), input + block.lowerBound, sums,
        sums + channels)
    } result: { channel, sums in
      let shifted = sums.0 / Double(rows)
      mean[channel] = Float(Double(input[channel]) + shifted)
      // Rounding can bring a variance of nothing below 0; a NaN stays one.
      let value = sums.1 / Double(rows) - shifted * shifted
      variance[channel] = value < 0 ? 0 : Float(value)
    }
  }

  /// moving = moving · momentum + batch · (1 − momentum), for mean and variance.
  package static func updateMoving(
    channels: Int, momentum: Float, mean: UnsafePointer<Float>, variance: UnsafePointer<Float>,
    movingMean: UnsafeMutablePointer<Float>, movingVariance: UnsafeMutablePointer<Float>
  ) {
    let rest = complement(of: momentum)
    for c in 0..<channels {
      movingMean[c] = movingMean[c] * momentum + mean[c] * rest
      movingVariance[c] = movingVariance[c] * momentum + variance[c] * rest
    }
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
    guard let scale = workspace else { preconditionFailure("normalising needs a workspace") }
    writeScale(channels, variance, gamma, epsilon, to: scale)
    forEachBlock(rows, channels) { rows, block in
      let (start, first) = (rows.lowerBound * channels + block.lowerBound, block.lowerBound)
      conch_normalize(
        rows.count, block.count, channels, input + start, mean + first, scale + first,
        beta.map { $0 + first }, activation.code, activation.slope, output + start)
    }
  }

  /// The affine map that `normalize` applies: scale = gamma / sqrt(variance + epsilon), shift =
  /// beta − mean · scale. Folded into a convolution at inference.
  package static func fold(
    channels: Int, mean: UnsafePointer<Float>, variance: UnsafePointer<Float>,
    gamma: UnsafePointer<Float>?, beta: UnsafePointer<Float>?, epsilon: Float,
    scale: UnsafeMutablePointer<Float>, shift: UnsafeMutablePointer<Float>
  ) {
    writeScale(channels, variance, gamma, epsilon, to: scale)
    for c in 0..<channels { shift[c] = (beta?[c] ?? 0) - mean[c] * scale[c] }
  }

  /// output = activation(input · scale + shift), scale and shift `[channels]`. `output` may be
  /// `input`.
  package static func scaleShift(
    rows: Int, channels: Int, input: UnsafePointer<Float>, scale: UnsafePointer<Float>,
    shift: UnsafePointer<Float>, activation: Activation = .none,
    output: UnsafeMutablePointer<Float>
  ) {
    forEachBlock(rows, channels) { rows, block in
      let (start, first) = (rows.lowerBound * channels + block.lowerBound, block.lowerBound)
      conch_normalize(
        rows.count, block.count, channels, input + start, nil, scale + first, shift + first,
        activation.code, activation.slope, output + start)
    }
  }

  /// The gradients of the training pass, whose mean and variance depend on the input:
  ///
  ///     dz = dy · activation′,  x̂ = (x − mean) / sqrt(variance + epsilon)
  ///     dgamma = Σ dz · x̂,  dbeta = Σ dz
  ///     dx = gamma / sqrt(variance + epsilon) · (dz − dbeta / rows − x̂ · dgamma / rows)
  ///
  /// Where mean and variance are constants (a frozen layer, or inference; `statisticsAreFixed`),
  /// dx is only gamma / sqrt(variance + epsilon) · dz.
  ///
  /// With `activation`, `outputGradient` is that of the activated output: the activation's
  /// derivative is recomputed from the input, so neither output needs to be kept.
  /// `gammaGradient` and `betaGradient` (nil where not wanted) are written, or added to where
  /// `accumulateParameters`; `inputGradient` is written, or added to where `accumulate`. It may be
  /// `outputGradient` unless it accumulates.
  package static func backward(
    rows: Int, channels: Int, input: UnsafePointer<Float>, outputGradient: UnsafePointer<Float>,
    mean: UnsafePointer<Float>, variance: UnsafePointer<Float>, statisticsAreFixed: Bool = false,
    gamma: UnsafePointer<Float>?, beta: UnsafePointer<Float>?, epsilon: Float,
    activation: Activation = .none, gammaGradient: UnsafeMutablePointer<Float>?,
    betaGradient: UnsafeMutablePointer<Float>?, accumulateParameters: Bool = false,
    inputGradient: UnsafeMutablePointer<Float>?, accumulate: Bool = false,
    workspace: UnsafeMutablePointer<Float>?
  ) {
    guard rows > 0 else {
      if !accumulateParameters {
        if let gammaGradient { conch_fill(channels, 0, gammaGradient) }
        if let betaGradient { conch_fill(channels, 0, betaGradient) }
      }
      return
    }
    guard let scale = workspace else { preconditionFailure("this gradient needs a workspace") }
    let (offset, factor) = (scale + channels, scale + 2 * channels)
    let (code, slope) = (activation.code, activation.slope)
    writeScale(channels, variance, gamma, epsilon, to: scale)
    if !statisticsAreFixed || gammaGradient != nil || betaGradient != nil {
      RowParts(rows: rows, columns: channels).sum(
        sumsPerColumn: 2, workspace: scale + 4 * channels
      ) { rows, block, sums in
        let (start, first) = (rows.lowerBound * channels + block.lowerBound, block.lowerBound)
        conch_normalize_sums(
          rows.count, block.count, channels, input + start, outputGradient + start, mean + first,
          scale + first, beta.map { $0 + first }, code, slope, sums, sums + channels)
      } result: { channel, sums in
        let inverse = 1 / (Double(variance[channel]) + Double(epsilon)).squareRoot()
        let (betaSum, gammaSum) = (sums.0, sums.1 * inverse)
        if let betaGradient {
          let sum = Float(betaSum)
          betaGradient[channel] = accumulateParameters ? betaGradient[channel] + sum : sum
        }
        if let gammaGradient {
          let sum = Float(gammaSum)
          gammaGradient[channel] = accumulateParameters ? gammaGradient[channel] + sum : sum
        }
        let perRow = Double(scale[channel]) / Double(rows)
        offset[channel] = Float(perRow * betaSum)
        factor[channel] = Float(perRow * gammaSum * inverse)
      }
    }
    guard let inputGradient else { return }
    forEachBlock(rows, channels) { rows, block in
      let (start, first) = (rows.lowerBound * channels + block.lowerBound, block.lowerBound)
      conch_normalize_gradient(
        rows.count, block.count, channels, input + start, outputGradient + start, mean + first,
        scale + first, beta.map { $0 + first }, statisticsAreFixed ? nil : offset + first,
        statisticsAreFixed ? nil : factor + first, code, slope, inputGradient + start, accumulate)
    }
  }

  /// gamma / sqrt(variance + epsilon).
  private static func writeScale(
    _ channels: Int, _ variance: UnsafePointer<Float>, _ gamma: UnsafePointer<Float>?,
    _ epsilon: Float, to scale: UnsafeMutablePointer<Float>
  ) {
    for c in 0..<channels { scale[c] = (gamma?[c] ?? 1) / (variance[c] + epsilon).squareRoot() }
  }

  /// Ranges of rows in parallel, and in them blocks of channels that a C loop takes at once.
  private static func forEachBlock(
    _ rows: Int, _ channels: Int, _ body: (_ rows: Range<Int>, _ channels: Range<Int>) -> Void
  ) {
    guard channels > 0 else { return }
    Parallel.run(count: rows, grain: max(1, (1 << 15) / channels)) { rows in
      for first in stride(from: 0, to: channels, by: Int(CONCH_COLUMN_BLOCK)) {
        body(rows, first..<min(channels, first + Int(CONCH_COLUMN_BLOCK)))
      }
    }
  }
}
