import Kernels

/// Batch normalisation of each channel.
///
///     y = gamma · (x − mean) / √(variance + epsilon) + beta
///
/// Training uses mean and (biased) variance over N, H, W of the batch, and moves the moving ones:
/// moving = moving · momentum + batch · (1 − momentum). Inference, and a frozen layer, use the
/// moving ones. Any shape; channels are last. All as in Keras.
package struct BatchNormalization: Operation {
  package var momentum: Float
  package var epsilon: Float
  /// Of a layer that was fused with this one.
  var activation = Kernels.Activation.none

  package init(momentum: Float = 0.99, epsilon: Float = 1e-3) {
    self.momentum = momentum
    self.epsilon = epsilon
  }

  package var kind: String { "batch_norm" }

  package var attributes: [Attribute] {
    [Attribute("momentum", "\(momentum)"), Attribute("epsilon", "\(epsilon)")]
  }

  package var documentation: String {
    """
    Shifts and scales each channel to mean 0 and deviation 1 over the batch, then by gamma and
    beta, which are learned: y = gamma · (x − mean) / √(variance + epsilon) + beta.
    At inference the moving averages of training are used.
    Weights: gamma, beta, moving_mean, moving_variance [channels].
    Ioffe and Szegedy, "Batch Normalization", 2015.
    """
  }

  package func outputShape(_ check: ShapeCheck) throws(ShapeError) -> [Int] {
    let shape = try check.single()
    try check.attribute("momentum", momentum, in: 0...1)
    try check.attribute("epsilon", epsilon, in: 1e-12...1)
    return shape
  }

  package func weights(_ inputs: [[Int]]) -> [WeightSpecification] {
    let channels = inputs[0][inputs[0].count - 1]
    return [
      WeightSpecification("gamma", [channels], .ones),
      WeightSpecification("beta", [channels], .zeros),
      WeightSpecification("moving_mean", [channels], .zeros, isTrainable: false),
      WeightSpecification("moving_variance", [channels], .ones, isTrainable: false),
    ]
  }

  private func rows(_ shapes: OperationShapes, _ count: Int) -> Int {
    count * shapes.outputSize / shapes.outputChannels
  }

  package func needs(_ shapes: OperationShapes, count: Int) -> Needs {
    let channels = shapes.outputChannels
    var needs = Needs()
    needs.saved = 2 * channels
    needs.forwardScratch = Kernels.BatchNormalization.workspace(
      rows: rows(shapes, count), channels: channels)
    needs.backwardScratch = needs.forwardScratch
    needs.readsInputs = true
    needs.runsInPlace = true
    needs.canRecompute = true
    needs.gradientInPlace = true
    return needs
  }

  /// Whether this run uses the batch's own statistics.
  private func usesBatch(_ pass: Pass) -> Bool { pass.isTraining && !pass.isFrozen }

  package func forward(_ pass: Pass) {
    let (channels, rows) = (pass.shapes.outputChannels, rows(pass.shapes, pass.count))
    var (mean, variance) = (pass.weights[2], pass.weights[3])
    if usesBatch(pass) {
      (mean, variance) = (pass.saved, pass.saved + channels)
      Kernels.BatchNormalization.statistics(
        rows: rows, channels: channels, input: pass.inputs[0], mean: mean, variance: variance,
        workspace: pass.scratch)
      Kernels.BatchNormalization.updateMoving(
        channels: channels, momentum: momentum, mean: mean, variance: variance,
        movingMean: pass.weights[2], movingVariance: pass.weights[3])
    }
    normalize(pass, mean, variance)
  }

  package func recompute(_ pass: Pass) {
    let usesBatch = usesBatch(pass)
    normalize(
      pass, usesBatch ? pass.saved : pass.weights[2],
      usesBatch ? pass.saved + pass.shapes.outputChannels : pass.weights[3])
  }

  private func normalize(
    _ pass: Pass, _ mean: UnsafePointer<Float>, _ variance: UnsafePointer<Float>
  ) {
    Kernels.BatchNormalization.normalize(
      rows: rows(pass.shapes, pass.count), channels: pass.shapes.outputChannels,
      input: pass.inputs[0], mean: mean, variance: variance, gamma: pass.weights[0],
      beta: pass.weights[1], epsilon: epsilon, activation: activation, output: pass.output,
      workspace: pass.scratch)
  }

  package func backward(_ pass: Pass) {
    guard let outputGradient = pass.outputGradient else { return }
    let (channels, rows) = (pass.shapes.outputChannels, rows(pass.shapes, pass.count))
    let usesBatch = usesBatch(pass)
    Kernels.BatchNormalization.backward(
      rows: rows, channels: channels, input: pass.inputs[0], outputGradient: outputGradient,
      mean: usesBatch ? pass.saved : pass.weights[2],
      variance: usesBatch ? pass.saved + channels : pass.weights[3],
      statisticsAreFixed: !usesBatch, gamma: pass.weights[0], beta: pass.weights[1],
      epsilon: epsilon, activation: activation, gammaGradient: pass.weightGradients[0],
      betaGradient: pass.weightGradients[1], accumulateParameters: true,
      inputGradient: pass.inputGradients[0], accumulate: pass.accumulates[0],
      workspace: pass.scratch)
  }

  package func multiplyAccumulates(_ shapes: OperationShapes) -> Int { shapes.outputSize }

  package func fused(with next: any Operation) -> (any Operation)? {
    carrying(next, in: \.activation)
  }
}
