import Imagery
import Networks

/// Learns vectors in which an image is most similar to another one of its class: see
/// `SimilarityLoss`. Batches are pairs; the network's output is a vector `[D]`.
package struct Similarity: Objective {
  package let loss: SimilarityLoss

  package init(temperature: Double = 0.3) {
    loss = SimilarityLoss(temperature: Float(temperature))
  }

  package var name: String { "similarity" }
  package var settings: String { "similarity \(loss.temperature)" }
  package var score: ScoreKind? { EmbeddingEnds.score }
  package var batches: BatchComposition { .pairs }

  package func outputs(of network: Network) throws -> [Node] {
    [try EmbeddingEnds(network).vector]
  }

  package func check(_ dataset: Dataset, _ network: Network) throws {
    try dataset.require(.label, for: name)
  }

  package func evaluate(_ batch: Batch, _ outputs: [OutputMap]) throws -> Measure {
    let pairs = Pairs(labels: batch.labels)
    let output = outputs[0]
    guard pairs.count > 0 else { return output.nothingToCompare(batch.count) }
    let (loss, score) = try loss.evaluate(
      pairs, rows: batch.count, dimension: output.shape[0], vectors: output.values,
      gradient: output.gradient)
    return Measure(loss: loss, score: score)
  }
}

/// Learns vectors in which an image lies nearer to another one of its class than to those of other
/// classes: see `TripletLoss`. Batches are pairs; the network's output is a vector `[D]`.
package struct Triplet: Objective {
  package let loss: TripletLoss

  package init(margin: Double = 0.2, negatives: TripletLoss.Negatives = .semiHard) {
    loss = TripletLoss(margin: Float(margin), negatives: negatives)
  }

  package var name: String { "triplet" }
  package var settings: String { "triplet \(loss.margin) \(loss.negatives.rawValue)" }
  package var score: ScoreKind? { EmbeddingEnds.score }
  package var batches: BatchComposition { .pairs }

  package func outputs(of network: Network) throws -> [Node] {
    [try EmbeddingEnds(network).vector]
  }

  package func check(_ dataset: Dataset, _ network: Network) throws {
    try dataset.require(.label, for: name)
  }

  package func evaluate(_ batch: Batch, _ outputs: [OutputMap]) throws -> Measure {
    let pairs = Pairs(labels: batch.labels)
    let output = outputs[0]
    guard pairs.count > 0 else { return output.nothingToCompare(batch.count) }
    let (loss, score) = loss.evaluate(
      pairs, rows: batch.count, dimension: output.shape[0], vectors: output.values,
      gradient: output.gradient)
    return Measure(loss: loss, score: score)
  }
}

/// The end of a network that gives one vector for an image.
struct EmbeddingEnds {
  let vector: Node

  /// The share of anchors that find their own positive.
  static let score = ScoreKind("matches")

  /// - Throws: `TrainingError.notAnEmbedding`.
  init(_ network: Network) throws {
    guard network.inputs.count == 1, network.outputs.count == 1,
      network.outputs[0].shape.count == 1
    else { throw TrainingError.notAnEmbedding(outputs: network.outputs.map(\.shape)) }
    vector = network.outputs[0]
  }
}

extension OutputMap {
  /// Of a batch in which damaged images left no pair whole: nothing is learned from it.
  fileprivate func nothingToCompare(_ rows: Int) -> Measure {
    gradient?.update(repeating: 0, count: rows * shape[0])
    return Measure(loss: 0)
  }
}
