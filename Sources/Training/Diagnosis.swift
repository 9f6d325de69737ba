import Imagery
import Networks
import Tensors

/// Whether numbers are numbers.
enum Finiteness {
  /// No NaN and no infinity among the values.
  static func holds(_ values: UnsafeMutableBufferPointer<Float>) -> Bool {
    // A product with 0 is 0 for finite numbers and NaN for all others: no branch in the loop.
    var lanes = SIMD8<Float>()
    let whole = values.count / 8 * 8
    for start in stride(from: 0, to: whole, by: 8) {
      var group = SIMD8<Float>()
      for lane in 0..<8 { group[lane] = values[start + lane] }
      lanes += group * 0
    }
    for index in whole..<values.count where !values[index].isFinite { return false }
    return lanes.sum() == 0
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
        network, count: batch.count, mode: .training, outputs: [ends.scores], keeping: nodes),
      (try? execution.setImages(batch.images)) != nil
    else { return nil }
    execution.draw = UInt64(step)
    execution.forward()
    for (position, node) in nodes.enumerated() {
      guard var value = try? execution.value(of: node) else { continue }
      let isFinite = value.withUnsafeMutablePointer { [count = value.count] in
        Finiteness.holds(UnsafeMutableBufferPointer(start: $0, count: count))
      }
      if !isFinite { return network.layer(ofNodeAt: position).name }
    }
    return nil
  }
}
