import Imagery
import Tensors

/// Takes an image for what most of its nearest neighbours are (k nearest neighbours). It learns
/// nothing: it remembers. Cover & Hart, "Nearest Neighbor Pattern Classification", 1967.
package struct NeighbourClassifier: Sendable {
  package let embeddings: Embeddings
  /// How many neighbours vote: at most as many as there are.
  package let k: Int
  private let search: NearestNeighbours

  /// What the neighbours of one image say.
  package struct Vote: Equatable, Sendable {
    /// The class with the most votes; of several, that of the nearest neighbour among theirs.
    package let label: Int
    /// The neighbours, nearest first: rows of the embeddings.
    package let neighbours: [Int]
    /// Euclidean.
    package let distances: [Float]
    /// Their classes.
    package let labels: [Int]

    /// The part of the neighbours that are of the class, 0…1: the confidence.
    package var share: Double {
      Double(labels.count { $0 == label }) / Double(max(labels.count, 1))
    }
    package var isUnanimous: Bool { labels.allSatisfy { $0 == label } }
    /// The mean distance of the neighbours: how far the image is from anything known.
    package var meanDistance: Double {
      distances.reduce(0.0) { $0 + Double($1) } / Double(max(distances.count, 1))
    }
  }

  /// - Throws: `TrainingError.invalidSetting` for a k below 1, `.noImages` for no embeddings.
  package init(_ embeddings: Embeddings, k: Int = 3) throws {
    guard k >= 1 else {
      throw TrainingError.invalidSetting(
        name: "k", given: Double(k), expected: "a whole number from 1")
    }
    guard embeddings.count > 0 else { throw TrainingError.noImages(dataset: embeddings.name) }
    self.embeddings = embeddings
    self.k = min(k, embeddings.count)
    search = try NearestNeighbours(embeddings.vectors)
  }

  /// What the neighbours of each query `[M, D]` say; nil if stopped.
  /// - Throws: as `NearestNeighbours.search`.
  package func votes(
    _ queries: Tensor, progress: (_ done: Int, _ count: Int) -> Void = { _, _ in },
    shouldStop: () -> Bool = { false }
  ) throws -> [Vote]? {
    guard
      let found = try search.search(queries, k: k, progress: progress, shouldStop: shouldStop)
    else { return nil }
    return (0..<found.queries).map { query in
      let neighbours = found.of(query)
      let labels = neighbours.map { embeddings.labels[$0.index] }
      return Vote(
        label: NeighbourClassifier.majority(labels), neighbours: neighbours.map(\.index),
        distances: neighbours.map(\.distance), labels: labels)
    }
  }

  /// The most frequent; of equally frequent ones that which comes first.
  /// - Precondition: there is a label.
  static func majority(_ labels: [Int]) -> Int {
    var best = (label: labels[0], votes: 0)
    for label in labels {
      let votes = labels.count { $0 == label }
      if votes > best.votes { best = (label, votes) }
    }
    return best.label
  }

  /// Compares with the labels of other embeddings, which must have the same classes; nil if stopped.
  /// - Throws: `TrainingError.classCount` for another number of classes, and as `votes`.
  package func evaluate(
    _ others: Embeddings, progress: (_ done: Int, _ count: Int) -> Void = { _, _ in },
    shouldStop: () -> Bool = { false }
  ) throws -> NeighbourEvaluation? {
    guard others.classes.count == embeddings.classes.count else {
      throw TrainingError.classCount(
        outputs: embeddings.classes.count, classes: others.classes.count)
    }
    guard others.count > 0 else { throw TrainingError.noImages(dataset: others.name) }
    guard let votes = try votes(others.vectors, progress: progress, shouldStop: shouldStop) else {
      return nil
    }
    var confusion = Confusion(classes: embeddings.classes)
    for (vote, label) in zip(votes, others.labels) {
      confusion.add(truth: label, prediction: vote.label)
    }
    return NeighbourEvaluation(
      dataset: others.name, k: k, confusion: confusion, labels: others.labels, votes: votes,
      indices: others.indices, problems: others.problems)
  }
}

/// How well neighbours tell the classes of a dataset, and how sure they were.
package struct NeighbourEvaluation: Sendable {
  package let dataset: String
  package let k: Int
  package let confusion: Confusion
  /// The true class of each image, what its neighbours said, and its place in the dataset.
  package let labels: [Int]
  package let votes: [NeighbourClassifier.Vote]
  package let indices: [Int]
  /// Damaged images, left out.
  package let problems: [ImageryError]

  package var count: Int { labels.count }
  package var classes: [String] { confusion.classes }
  package var accuracy: Double { confusion.accuracy }
  package var isRight: [Bool] { zip(votes, labels).map { $0.label == $1 } }

  /// How many images' neighbours all agreed, and the part of those that is right; nil for none.
  package var unanimous: (count: Int, accuracy: Double?) {
    let right = zip(votes, isRight).filter { $0.0.isUnanimous }.map(\.1)
    return (
      right.count,
      right.isEmpty ? nil : Double(right.count { $0 }) / Double(right.count)
    )
  }
}
