import Imagery
import Networks
import Tensors

/// Runs images through a network and keeps what one of its nodes gives, as vectors. The memory for
/// a batch is made once and used again.
package final class Embedder {
  package let network: Network
  /// Numbers of a vector.
  package let dimension: Int
  /// Whether vectors are scaled to length 1, as the course does before it looks for neighbours.
  package let isNormalized: Bool
  /// Images that go through the network together.
  package let batch: Int
  private let node: Node
  private let inference: Inference

  /// - Parameters:
  ///   - layer: the layer whose output is kept, all its values in one vector; nil for the network's
  ///     output.
  /// - Throws: `TrainingError.notAnEmbedding` for a network of several inputs or outputs,
  ///   `.invalidSetting` for a batch below 1, `NetworkError.unknownLayer`.
  package init(
    _ network: Network, layer: String? = nil, isNormalized: Bool = true, batch: Int = 32
  ) throws {
    guard batch >= 1, batch <= Execution.largestCount else {
      throw TrainingError.invalidSetting(
        name: "batch", given: Double(batch), expected: "a whole number from 1")
    }
    guard network.inputs.count == 1, layer != nil || network.outputs.count == 1 else {
      throw TrainingError.notAnEmbedding(outputs: network.outputs.map(\.shape))
    }
    node = try layer.map { try network.node($0) } ?? network.outputs[0]
    dimension = node.shape.reduce(1, *)
    self.network = network
    inference = Inference(network, outputs: [node])
    self.isNormalized = isNormalized
    self.batch = batch
  }

  /// The vectors of a batch `[N, H, W, C]`, as `[N, D]`, or of one image `[H, W, C]`, as `[1, D]`.
  /// - Throws: `TrainingError.imageShape`, `NetworkError.memory`.
  package func vectors(_ images: Tensor) throws -> Tensor {
    let expected = network.inputs[0].shape
    if images.shape == expected { return try vectors(images.reshaped([1] + expected)) }
    guard images.rank == expected.count + 1 else {
      throw TrainingError.imageShape(expected: expected, given: images.shape)
    }
    // A batch at a time, even where memory would hold all: what lies between layers stays in cache.
    let count = images.shape[0]
    let raw = try Tensor(uninitialized: [count, dimension]) { output in
      for start in stride(from: 0, to: count, by: batch) {
        let range = start..<min(start + batch, count)
        guard let values = try inference.run(images, range).outputValues().baseAddress
        else { continue }
        (output + start * dimension).update(from: values, count: range.count * dimension)
      }
    }
    return isNormalized ? try raw.rowsNormalized() : raw
  }

  /// The vectors of all images of a dataset, in its order; damaged ones are left out.
  /// - Parameters:
  ///   - progress: images done, of all; called after each batch.
  ///   - shouldStop: asked after each batch; if so, the result is nil.
  /// - Throws: `TrainingError.noImages`, `.imageShape`, `.notFinite`, and what the loader throws.
  package func embed(
    _ dataset: Dataset, progress: (_ done: Int, _ count: Int) -> Void = { _, _ in },
    shouldStop: () -> Bool = { false }
  ) throws -> Embeddings? {
    guard dataset.count > 0 else { throw TrainingError.noImages(dataset: dataset.name) }
    let loader = try Loader(dataset, batch: batch)
    defer { loader.stop() }
    var (labels, indices, parts) = ([Int](), [Int](), [Tensor]())
    while let batch = try loader.next() {
      parts.append(try vectors(batch.images))
      labels += batch.indices.map { dataset.label(at: $0) }
      indices += batch.indices
      progress(labels.count, dataset.count)
      if shouldStop() { return nil }
    }
    guard !labels.isEmpty else { throw TrainingError.noImages(dataset: dataset.name) }
    return try Embeddings(
      name: dataset.name, classes: dataset.classes, vectors: try Tensor.concatenate(parts),
      labels: labels, indices: indices, names: indices.map { dataset.name(at: $0) },
      problems: loader.problems)
  }
}
