import Imagery
import Networks

/// What pairs of images of a class teach: the network's output is a vector `[D]`, batches are sets of
/// pairs, and the score is the share of anchors that find their own positive.
package protocol PairObjective: Objective {
  /// The loss over the pairs of a batch, and the score; writes all of the gradient where one is
  /// wanted.
  /// - Parameter output: vectors `[rows, D]`.
  func compare(
    _ pairs: Pairs, rows: Int, _ output: OutputMap
  ) throws -> (loss: Double, score: Double)
}

extension PairObjective {
  package var score: ScoreKind? { ScoreKind("matches") }
  package var batches: BatchComposition { .pairs }

  package func outputs(of network: Network) throws -> [Node] {
    [try EmbeddingEnds(network).vector]
  }

  package func check(_ dataset: Dataset, _ network: Network) throws {
    try dataset.require(.label, for: name)
  }

  package func evaluate(_ batch: Batch, _ outputs: [OutputMap]) throws -> Measure {
    try evaluate(labels: batch.labels, outputs[0])
  }

  /// The mean over the sets of pairs, each as if alone.
  package func evaluate(labels: [Int], _ output: OutputMap) throws -> Measure {
    let (rows, count) = (labels.count, labels.count * output.shape[0])
    output.gradient?.update(repeating: 0, count: count)
    let sets = Pairs.sets(labels: labels)
    // Where damaged images left no pair whole, nothing is learned from the batch.
    guard !sets.isEmpty else { return Measure(loss: 0) }
    var (loss, score) = (0.0, 0.0)
    let share = 1 / Float(sets.count)
    try withUnsafeTemporaryAllocation(of: Float.self, capacity: max(count, 1)) { own in
      for pairs in sets {
        let part = OutputMap(
          output.values, shape: output.shape,
          gradient: output.gradient == nil ? nil : own.baseAddress)
        let result = try compare(pairs, rows: rows, part)
        loss += result.loss
        score += result.score
        guard let gradient = output.gradient else { continue }
        for i in 0..<count { gradient[i] += share * own[i] }
      }
    }
    return Measure(loss: loss / Double(sets.count), score: score / Double(sets.count))
  }
}

/// Learns vectors in which an image is most similar to another one of its class: see
/// `SimilarityLoss`. Batches are pairs; the network's output is a vector `[D]`.
package struct Similarity: PairObjective {
  package let loss: SimilarityLoss

  package init(temperature: Double = 0.3) {
    loss = SimilarityLoss(temperature: Float(temperature))
  }

  package var name: String { "similarity" }
  package var settings: String { "similarity \(loss.temperature)" }

  package func compare(
    _ pairs: Pairs, rows: Int, _ output: OutputMap
  ) throws -> (loss: Double, score: Double) {
    try loss.evaluate(
      pairs, rows: rows, dimension: output.shape[0], vectors: output.values,
      gradient: output.gradient)
  }
}

/// Learns vectors in which an image lies nearer to another one of its class than to those of other
/// classes: see `TripletLoss`. Batches are pairs; the network's output is a vector `[D]`.
package struct Triplet: PairObjective {
  package let loss: TripletLoss

  package init(margin: Double = 0.2, negatives: TripletLoss.Negatives = .semiHard) {
    loss = TripletLoss(margin: Float(margin), negatives: negatives)
  }

  package var name: String { "triplet" }
  package var settings: String { "triplet \(loss.margin) \(loss.negatives.rawValue)" }

  package func compare(
    _ pairs: Pairs, rows: Int, _ output: OutputMap
  ) throws -> (loss: Double, score: Double) {
    loss.evaluate(
      pairs, rows: rows, dimension: output.shape[0], vectors: output.values,
      gradient: output.gradient)
  }
}

/// The end of a network that gives one vector for an image.
struct EmbeddingEnds {
  let vector: Node

  /// - Throws: `TrainingError.notAnEmbedding`.
  init(_ network: Network) throws {
    guard network.inputs.count == 1, network.outputs.count == 1,
      network.outputs[0].shape.count == 1
    else { throw TrainingError.notAnEmbedding(outputs: network.outputs.map(\.shape)) }
    vector = network.outputs[0]
  }
}
