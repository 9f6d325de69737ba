import Kernels
import Testing

extension KernelsTests {
  static let normalizations: [(rows: Int, channels: Int)] = [
    (1, 1), (7, 3), (120, 9), (1000, 24), (999, 7), (300, 96), (513, 130), (3, 5000), (40000, 2),
  ]
  static let activations: [Activation] = [
    .none, .relu, .relu6, .leakyRelu(slope: 0.2), .sigmoid,
  ]

  /// Training normalises by these numbers at every layer; the backward pass has four terms that
  /// are easily confused.
  @Test(arguments: normalizations)
  func batchNormalizationEqualsItsDefinition(_ size: (rows: Int, channels: Int)) {
    let (rows, channels) = size
    let epsilon: Float = 1e-3
    var values = Values(11)
    // Channel means away from 0, and different.
    let x = values.array(rows * channels).enumerated().map {
      $1 * 2 + Float($0 % channels % 5)
    }
    let gamma = values.array(channels).map { 1 + $0 / 2 }
    let beta = values.array(channels).map { $0 + 0.5 }
    let dy = values.array(rows * channels)

    var mean = [Double](repeating: 0, count: channels)
    var variance = mean
    for i in 0..<x.count { mean[i % channels] += Double(x[i]) / Double(rows) }
    for i in 0..<x.count {
      let d = Double(x[i]) - mean[i % channels]
      variance[i % channels] += d * d / Double(rows)
    }
    var space = workspace(BatchNormalization.workspace(rows: rows, channels: channels))
    let statistics = atEveryThreadCount("statistics") {
      var both = [Float](repeating: .nan, count: 2 * channels)
      both.withUnsafeMutableBufferPointer { both in
        guard let base = both.baseAddress else { return }
        BatchNormalization.statistics(
          rows: rows, channels: channels, input: x, mean: base, variance: base + channels,
          workspace: &space)
      }
      return both
    }
    let (givenMean, givenVariance) = (
      Array(statistics[..<channels]), Array(statistics[channels...])
    )
    #expect(isClose(givenMean, mean, within: 1e-6))
    #expect(isClose(givenVariance, variance, within: 1e-5))

    for activation in Self.activations {
      let inverse = variance.map { 1 / ($0 + Double(epsilon)).squareRoot() }
      var y = [Double](repeating: 0, count: x.count)
      var dz = y
      var sums = [Double](repeating: 0, count: channels)
      var products = sums
      for i in 0..<x.count {
        let c = i % channels
        let normal = (Double(x[i]) - mean[c]) * inverse[c]
        let z = normal * Double(gamma[c]) + Double(beta[c])
        y[i] = activation.reference(z)
        dz[i] = Double(dy[i]) * activation.referenceDerivative(z)
        sums[c] += dz[i]
        products[c] += dz[i] * normal
      }
      let dx = (0..<x.count).map { i in
        let c = i % channels
        let normal = (Double(x[i]) - mean[c]) * inverse[c]
        return Double(gamma[c]) * inverse[c]
          * (dz[i] - sums[c] / Double(rows) - normal * products[c] / Double(rows))
      }
      let output = atEveryThreadCount("normalize") {
        var output = [Float](repeating: .nan, count: x.count)
        BatchNormalization.normalize(
          rows: rows, channels: channels, input: x, mean: givenMean, variance: givenVariance,
          gamma: gamma, beta: beta, epsilon: epsilon, activation: activation, output: &output,
          workspace: &space)
        return output
      }
      #expect(isClose(output, y))
      var parameters = [Float](repeating: .nan, count: 2 * channels)
      let gradient = atEveryThreadCount("backward") {
        var gradient = [Float](repeating: .nan, count: x.count)
        parameters.withUnsafeMutableBufferPointer { parameters in
          BatchNormalization.backward(
            rows: rows, channels: channels, input: x, outputGradient: dy, mean: givenMean,
            variance: givenVariance, gamma: gamma, beta: beta, epsilon: epsilon,
            activation: activation, gammaGradient: parameters.baseAddress,
            betaGradient: parameters.baseAddress.map { $0 + channels }, inputGradient: &gradient,
            workspace: &space)
        }
        return gradient
      }
      // With one row the gradient is a difference of equal numbers, so compare to dy's size.
      let worst = zip(gradient, dx).map { abs(Double($0) - $1) }.max() ?? 0
      #expect(worst < 2e-4, "\(activation) \(worst)")
      #expect(isClose(Array(parameters[..<channels]), products, within: 2e-4) || rows == 1)
      #expect(isClose(Array(parameters[channels...]), sums, within: 1e-4))

      var frozen = [Float](repeating: 1, count: x.count)
      BatchNormalization.backward(
        rows: rows, channels: channels, input: x, outputGradient: dy, mean: givenMean,
        variance: givenVariance, statisticsAreFixed: true, gamma: gamma, beta: beta,
        epsilon: epsilon,
        activation: activation, gammaGradient: nil, betaGradient: nil, inputGradient: &frozen,
        accumulate: true, workspace: &space)
      let frozenExpected = (0..<x.count).map {
        1 + dz[$0] * Double(gamma[$0 % channels]) * inverse[$0 % channels]
      }
      #expect(isClose(frozen, frozenExpected, within: 1e-4))
    }
  }

  /// A mean far from zero must not eat the variance's digits.
  @Test func varianceSurvivesALargeMean() {
    var values = Values(5)
    let x = values.array(3000).map { 4096 + $0 }
    let mean = doubles(x).reduce(0, +) / 3000
    let expected = doubles(x).map { ($0 - mean) * ($0 - mean) }.reduce(0, +) / 3000
    var (givenMean, givenVariance): ([Float], [Float]) = ([.nan], [.nan])
    var space = workspace(BatchNormalization.workspace(rows: 3000, channels: 1))
    BatchNormalization.statistics(
      rows: 3000, channels: 1, input: x, mean: &givenMean, variance: &givenVariance,
      workspace: &space)
    #expect(isClose(givenVariance, [expected], within: 1e-5))
  }

  /// Without gamma and beta, folded, and with moving statistics.
  @Test func foldedNormalizationIsTheSame() {
    var values = Values(6)
    let (rows, channels) = (50, 12)
    let x = values.array(rows * channels)
    let mean = values.array(channels)
    let variance = values.array(channels).map { $0 + 1.5 }
    var space = workspace(BatchNormalization.workspace(rows: rows, channels: channels))
    var (scale, shift) = (mean, mean)
    var (direct, folded) = (x, x)
    BatchNormalization.normalize(
      rows: rows, channels: channels, input: x, mean: mean, variance: variance, gamma: nil,
      beta: nil, epsilon: 0.01, activation: .relu6, output: &direct, workspace: &space)
    BatchNormalization.fold(
      channels: channels, mean: mean, variance: variance, gamma: nil, beta: nil, epsilon: 0.01,
      scale: &scale, shift: &shift)
    BatchNormalization.scaleShift(
      rows: rows, channels: channels, input: x, scale: scale, shift: shift, activation: .relu6,
      output: &folded)
    #expect(isClose(folded, doubles(direct)))
    var (movingMean, movingVariance): ([Float], [Float]) = (
      [Float](repeating: 1, count: channels), [Float](repeating: 2, count: channels)
    )
    BatchNormalization.updateMoving(
      channels: channels, momentum: 0.9, mean: mean, variance: variance, movingMean: &movingMean,
      movingVariance: &movingVariance)
    #expect(isClose(movingMean, mean.map { 0.9 + 0.1 * Double($0) }, within: 1e-6))
    #expect(isClose(movingVariance, variance.map { 1.8 + 0.1 * Double($0) }, within: 1e-6))
  }
}
