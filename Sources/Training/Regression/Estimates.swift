import Imagery
import Networks

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// Numbers that a network gave for images, beside those that are known.
package struct Estimates: Equatable, Sendable {
  package let observed: [Double]
  package let estimated: [Double]
  /// Where each image is in the dataset.
  package let indices: [Int]
  /// Damaged images, left out.
  package let problems: [ImageryError]

  /// - Precondition: as many of each, and at least one.
  package init(
    observed: [Double], estimated: [Double], indices: [Int], problems: [ImageryError] = []
  ) {
    precondition(
      !observed.isEmpty && observed.count == estimated.count && observed.count == indices.count,
      "an estimate for each observation")
    self.observed = observed
    self.estimated = estimated
    self.indices = indices
    self.problems = problems
  }

  package var count: Int { observed.count }
  private var differences: [Double] { zip(estimated, observed).map { $0 - $1 } }
  private func mean(_ values: [Double]) -> Double { values.reduce(0, +) / Double(count) }

  /// The mean of |estimated − observed|.
  package var meanAbsoluteError: Double { mean(differences.map(\.magnitude)) }
  /// The square root of the mean of (estimated − observed)².
  package var rootMeanSquaredError: Double { mean(differences.map { $0 * $0 }).squareRoot() }
  /// The mean of estimated − observed: above 0 where too much is estimated.
  package var bias: Double { mean(differences) }

  /// R²: 1 − Σ (estimated − observed)² / Σ (observed − mean)²; 0 for a network that always gives the
  /// mean, below 0 for a worse one, NaN where all observations are equal.
  package var determination: Double {
    let middle = mean(observed)
    let spread = observed.reduce(0) { $0 + ($1 - middle) * ($1 - middle) }
    return 1 - differences.reduce(0) { $0 + $1 * $1 } / spread
  }
}

extension Regression {
  /// Runs all images of a dataset through a network; nil if stopped.
  /// - Parameter progress: images done, of all; called after each batch.
  /// - Throws: `TrainingError.notARegression`, `.dataKind`, `.noImages`, `.imageShape`,
  ///   `.notFinite`, and what the loader throws.
  package static func estimates(
    _ network: Network, _ dataset: Dataset, batch: Int = 32,
    progress: (_ done: Int, _ count: Int) -> Void = { _, _ in },
    shouldStop: () -> Bool = { false }
  ) throws -> Estimates? {
    let objective = Regression()
    _ = try objective.outputs(of: network)
    try objective.check(dataset, network)
    let embedder = try Embedder(network, isNormalized: false, batch: batch)
    guard dataset.count > 0 else { throw TrainingError.noImages(dataset: dataset.name) }
    let loader = try Loader(dataset, batch: batch)
    defer { loader.stop() }
    var (observed, estimated, indices) = ([Double](), [Double](), [Int]())
    while let batch = try loader.next() {
      let outputs = try embedder.vectors(batch.images)
      for (row, annotation) in batch.annotations.enumerated() {
        guard case .value(let value) = annotation else {
          throw TrainingError.dataKind(
            objective: objective.name, given: annotation.kind, expected: .value,
            dataset: dataset.name)
        }
        observed.append(value)
        estimated.append(Double(outputs[flat: row]))
        indices.append(batch.indices[row])
      }
      progress(observed.count, dataset.count)
      if shouldStop() { return nil }
    }
    guard !observed.isEmpty else { throw TrainingError.noImages(dataset: dataset.name) }
    if let bad = estimated.firstIndex(where: { !$0.isFinite }) {
      throw TrainingError.notFinite(row: bad)
    }
    return Estimates(
      observed: observed, estimated: estimated, indices: indices, problems: loader.problems)
  }
}
