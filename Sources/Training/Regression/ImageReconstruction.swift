import Imagery
import Networks

/// Learns to give the image itself back, through something narrower than it: an autoencoder. The
/// network's output is as large as its input, of values 0…1 (as a sigmoid gives them), and is
/// compared with the image as it is before the network's preprocessing, by the mean squared error.
/// Hinton & Salakhutdinov, "Reducing the Dimensionality of Data with Neural Networks", Science 2006.
package struct ImageReconstruction: Objective {
  package init() {}

  package var name: String { "reconstruction" }
  package var score: ScoreKind? { nil }

  /// - Throws: `TrainingError.notAnAutoencoder`.
  package func outputs(of network: Network) throws -> [Node] {
    guard network.inputs.count == 1, network.outputs.count == 1,
      network.outputs[0].shape == network.inputs[0].shape
    else {
      throw TrainingError.notAnAutoencoder(
        input: network.inputs[0].shape, outputs: network.outputs.map(\.shape))
    }
    return [network.outputs[0]]
  }

  /// Any images will do: labels are not looked at.
  package func check(_ dataset: Dataset, _ network: Network) throws {}

  package func evaluate(_ batch: Batch, _ outputs: [OutputMap]) throws -> Measure {
    let output = outputs[0]
    let loss = try MeanSquaredError().evaluate(
      shape: [batch.count] + output.shape, output: output.values, target: .values(batch.images),
      gradient: output.gradient)
    return Measure(loss: loss, score: nil)
  }
}
