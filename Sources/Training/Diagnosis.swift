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

extension Trainer {
  /// Where a loss that is not finite came from: looks for the first weight that is not finite, and
  /// runs the batch once more, keeping every layer's output, to find the first of those.
  func diagnose(_ batch: Batch, loss: Double) -> TrainingError {
    let parameter = network.parameters.first { !Finiteness.holds($0.values) }
    return .lossNotFinite(
      step: step + 1, loss: loss, layer: firstLayerNotFinite(batch), parameter: parameter?.name)
  }

  /// Nil too where there is no memory for looking.
  private func firstLayerNotFinite(_ batch: Batch) -> String? {
    let nodes = network.nodes
    guard
      let execution = try? Execution(
        network, count: batch.count, mode: .training, outputs: outputs, keeping: nodes),
      (try? execution.setImages(batch.images)) != nil
    else { return nil }
    execution.draw = UInt64(step)
    execution.forward()
    for (position, node) in nodes.enumerated() {
      guard let value = try? execution.value(of: node) else { continue }
      let isFinite = value.withUnsafePointer {
        Finiteness.holds(UnsafeBufferPointer(start: $0, count: value.count))
      }
      if !isFinite { return network.layer(ofNodeAt: position).name }
    }
    return nil
  }
}
