import Imagery
import Networks

/// How well a network does on a dataset by an objective: the same loss and score that training
/// shows, with the network as it is in use.
struct Validator {
  let objective: any Objective
  private let execution: Execution
  private let batch: Int

  /// - Throws: what `Objective.outputs` and `Execution` throw.
  init(_ network: Network, _ objective: any Objective, batch: Int) throws {
    self.objective = objective
    self.batch = batch
    execution = try Execution(
      network, count: batch, mode: .inference, outputs: try objective.outputs(of: network))
  }

  /// Whether layers were frozen or unfrozen since.
  var isCurrent: Bool { execution.isCurrent }

  /// Means over the images.
  /// - Parameters:
  ///   - progress: images done, of all; called after each batch.
  ///   - shouldStop: asked after each batch; if so, the result is nil.
  /// - Throws: `TrainingError.noImages`, and what the loader and the objective throw.
  func evaluate(
    _ dataset: Dataset, progress: (_ done: Int, _ count: Int) -> Void,
    shouldStop: () -> Bool
  ) throws -> (measure: Measure, problems: [ImageryError])? {
    let order =
      objective.batches == .shuffled
      ? Array(0..<dataset.count)
      : dataset.order(objective.batches, seed: 0, epoch: 0, batch: batch)
    let loader = try Loader(dataset, order: order, batch: batch)
    defer { loader.stop() }
    var (loss, score, done, scored) = (0.0, 0.0, 0, 0)
    while let batch = try loader.next() {
      try execution.setImages(batch.images)
      execution.forward()
      let measure = try objective.evaluate(
        batch, try execution.outputMaps(withGradients: false))
      loss += measure.loss * Double(batch.count)
      done += batch.count
      if let value = measure.score {
        score += value * Double(batch.count)
        scored += batch.count
      }
      progress(done, order.count)
      if shouldStop() { return nil }
    }
    guard done > 0 else { throw TrainingError.noImages(dataset: dataset.name) }
    let measure = Measure(
      loss: loss / Double(done), score: scored > 0 ? score / Double(scored) : nil)
    return (measure, loader.problems)
  }
}

extension Dataset {
  /// The positions of an epoch's images, batch after batch.
  func order(
    _ composition: BatchComposition, seed: UInt64, epoch: Int, batch: Int
  ) -> [Int] {
    switch composition {
    case .shuffled: order(seed: seed, epoch: epoch)
    case .pairs: pairOrder(seed: seed, epoch: epoch, batch: batch)
    }
  }
}
