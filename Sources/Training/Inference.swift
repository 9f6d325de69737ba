import Networks
import Tensors

/// A network in use, for batches of any size: made ready anew where a batch is larger than any
/// before, or where layers were frozen or unfrozen since.
final class Inference {
  private let network: Network
  private let outputs: [Node]
  private var execution: Execution?

  /// - Parameter outputs: the nodes whose values are wanted.
  init(_ network: Network, outputs: [Node]) {
    self.network = network
    self.outputs = outputs
  }

  /// Runs images `[N, H, W, C]` of values 0…1, N from 1; the result has the outputs' values until
  /// the next run.
  /// - Parameter range: which of the images; nil for all.
  /// - Throws: `TrainingError.imageShape`, `NetworkError.memory`, `.batchCount`.
  func run(_ images: Tensor, _ range: Range<Int>? = nil) throws -> Execution {
    let execution = try ready(for: range?.count ?? images.shape.first ?? 0)
    try execution.setImages(images, range)
    execution.forward()
    return execution
  }

  private func ready(for count: Int) throws -> Execution {
    if let execution, execution.isCurrent, execution.capacity >= count { return execution }
    // The old memory goes first, so that both need not fit.
    let capacity = max(count, execution?.capacity ?? 0)
    execution = nil
    let made = try Execution(network, count: capacity, mode: .inference, outputs: outputs)
    execution = made
    return made
  }
}
