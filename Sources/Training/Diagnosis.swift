import Imagery
import Kernels
import Networks
import Tensors

/// Whether numbers are numbers.
enum Finiteness {
  /// No NaN and no infinity among the values. Squares of float32 values and their sums cannot
  /// overflow in the double precision that they are added in.
  static func holds(_ values: UnsafeBufferPointer<Float>) -> Bool {
    guard let base = values.baseAddress else { return true }
    return Reduction.sumOfSquares(count: values.count, base).isFinite
  }
}

/// Where a number that is none arose.
package struct Origin: Equatable, Sendable {
  /// The first layer to give one; nil: the input, or the comparison with what is known.
  package let layer: String?
  /// What that layer does, such as "conv".
  package let operation: String?

  package init(layer: String?, operation: String?) {
    (self.layer, self.operation) = (layer, operation)
  }
}

extension Trainer {
  /// Where a loss that is not finite came from: looks for the first weight that is not finite, and
  /// runs the batch once more, keeping every layer's output, to find the first of those.
  func diagnose(_ batch: Batch, loss: Double) -> TrainingError {
    .lossNotFinite(
      step: step + 1, loss: loss, origin: firstOutputNotFinite(batch),
      parameter: firstWeightNotFinite)
  }

  /// The first weight that is not finite, moving statistics included.
  package var firstWeightNotFinite: String? {
    network.parameters.first { !Finiteness.holds($0.values) }?.name
  }

  /// Without a layer where there is no memory for looking.
  private func firstOutputNotFinite(_ batch: Batch) -> Origin {
    let nodes = network.nodes
    guard
      let execution = try? Execution(
        network, count: batch.count, mode: .training, outputs: outputs, keeping: nodes),
      (try? execution.setImages(batch.images)) != nil
    else { return Origin(layer: nil, operation: nil) }
    execution.draw = UInt64(step)
    execution.forward()
    let first = nodes.first { (try? execution.value(of: $0)).map { !$0.isFinite } ?? false }
    return origin(first)
  }

  private func origin(_ node: Node?) -> Origin {
    let position = node.flatMap { network.position(of: $0) }
    return Origin(
      layer: position.map { network.layer(ofNodeAt: $0).name }, operation: node?.operation.kind)
  }

  /// Where a gradient that is not finite came from: runs the batch once more, keeping the gradient of
  /// every layer's output, and follows them backwards to the first layer whose own is finite, and
  /// that of its inputs or of its weights is not.
  func diagnoseGradient(_ batch: Batch, of parameter: String) -> TrainingError {
    .gradientNotFinite(
      step: step + 1, parameter: parameter, origin: firstGradientNotFinite(batch))
  }

  private func firstGradientNotFinite(_ batch: Batch) -> Origin {
    let nodes = network.nodes
    guard
      let execution = try? Execution(
        network, count: batch.count, mode: .training, outputs: outputs, gradientsOf: nodes),
      (try? execution.setImages(batch.images)) != nil
    else { return Origin(layer: nil, operation: nil) }
    execution.draw = UInt64(step)
    execution.forward()
    guard let maps = try? execution.outputMaps(withGradients: true),
      (try? objective.evaluate(batch, maps)) != nil, (try? execution.backward()) != nil
    else { return Origin(layer: nil, operation: nil) }
    func isFinite(_ node: Node) -> Bool {
      (try? execution.gradient(of: node)).map(\.isFinite) ?? true
    }
    guard outputs.allSatisfy(isFinite) else { return Origin(layer: nil, operation: objective.name) }
    for (position, node) in nodes.enumerated().reversed() {
      let weights = network.layer(ofNodeAt: position).parameters.filter(\.isTrainable)
      let areWeightsFinite = weights.allSatisfy {
        (try? $0.gradientSumOfSquares().isFinite) ?? true
      }
      if !areWeightsFinite || !node.inputs.allSatisfy(isFinite) { return origin(node) }
    }
    return Origin(layer: nil, operation: nil)
  }
}

extension Tensor {
  fileprivate var isFinite: Bool {
    withUnsafePointer { Finiteness.holds(UnsafeBufferPointer(start: $0, count: count)) }
  }
}
