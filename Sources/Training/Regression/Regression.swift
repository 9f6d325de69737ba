import Imagery
import Networks
import Tensors

/// Learns a number for each image, such as a grain size. The network's output is one number `[1]`,
/// without an activation after it.
package struct Regression: Objective {
  package enum Error: String, Sendable, CaseIterable {
    /// The mean of (x − y)²: large mistakes rule.
    case squared = "mean_squared_error"
    /// The mean of |x − y|: outliers do not rule.
    case absolute = "mean_absolute_error"
  }

  package let error: Error

  package init(_ error: Error = .squared) { self.error = error }

  package var name: String { error.rawValue }
  package var score: ScoreKind? { ScoreKind("mean error", isShare: false) }

  /// - Throws: `TrainingError.notARegression`.
  package func outputs(of network: Network) throws -> [Node] {
    guard network.inputs.count == 1, network.outputs.count == 1, network.outputs[0].shape == [1]
    else { throw TrainingError.notARegression(outputs: network.outputs.map(\.shape)) }
    return [network.outputs[0]]
  }

  package func check(_ dataset: Dataset, _ network: Network) throws {
    try dataset.require(.value, for: name)
  }

  /// The score is the mean of |x − y|, in the unit of the values.
  package func evaluate(_ batch: Batch, _ outputs: [OutputMap]) throws -> Measure {
    let values = try batch.annotations.map { annotation -> Float in
      guard case .value(let value) = annotation else {
        throw TrainingError.dataKind(
          objective: name, given: annotation.kind, expected: .value, dataset: "the batch")
      }
      return Float(value)
    }
    let output = outputs[0]
    let target = try Tensor(shape: [batch.count, 1], values: values)
    let loss: any Loss =
      switch error {
      case .squared: MeanSquaredError()
      case .absolute: MeanAbsoluteError()
      }
    let value = try loss.evaluate(
      shape: [batch.count, 1], output: output.values, target: .values(target),
      gradient: output.gradient)
    let absolute = try MeanAbsoluteError().evaluate(
      shape: [batch.count, 1], output: output.values, target: .values(target), gradient: nil)
    return Measure(loss: value, score: absolute)
  }
}
