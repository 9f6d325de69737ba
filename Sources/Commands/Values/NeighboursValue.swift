import Figures
import Imagery
import Language
import Tensors
import Training

/// A model that takes images for what their nearest neighbours are: the result of `knn`.
package final class NeighboursValue: HostObject {
  package let classifier: NeighbourClassifier
  package let embeddings: EmbeddingsValue

  package init(_ classifier: NeighbourClassifier, _ embeddings: EmbeddingsValue) {
    self.classifier = classifier
    self.embeddings = embeddings
  }

  package var kind: String { "knn" }
  package var summary: String {
    "knn of \(classifier.k) neighbours among " + embeddings.summary
  }
  package var propertyNames: [String] { ["k", "classes", "count", "embeddings"] }

  package func property(_ name: String) -> Value? {
    switch name {
    case "k": .number(Double(classifier.k))
    case "classes": .texts(classifier.embeddings.classes)
    case "count": .number(Double(classifier.embeddings.count))
    case "embeddings": .object(embeddings)
    default: nil
    }
  }

  /// What the neighbours of an image `[H, W, C]`, or of each of a batch, say.
  func votes(_ images: Tensor) throws -> [NeighbourClassifier.Vote] {
    try classifier.votes(try embeddings.embedder().vectors(images)) ?? []
  }

  /// What `predict` gives: of an image `{label, confidence, distance, votes, neighbours}`, of a
  /// batch a list of them. `votes` has the part of the neighbours by class, the largest first.
  func predict(_ images: Tensor) throws -> Value {
    let answers = try votes(images).map { vote -> Value in
      let classes = classifier.embeddings.classes
      let counts = classes.indices.map { label in vote.labels.count { $0 == label } }
      let order = classes.indices.filter { counts[$0] > 0 }.sorted {
        (-counts[$0], $0 == vote.label ? 0 : 1, $0) < (-counts[$1], $1 == vote.label ? 0 : 1, $1)
      }
      return .record(
        Record([
          ("label", .text(classes[vote.label])), ("confidence", .number(vote.share)),
          ("distance", .number(vote.meanDistance)),
          (
            "votes",
            .record(
              Record(
                order.map {
                  (
                    key: classes[$0],
                    value: .number(Double(counts[$0]) / Double(vote.labels.count))
                  )
                }))
          ),
          ("neighbours", .texts(vote.neighbours.map { classifier.embeddings.names[$0] })),
        ]))
    }
    return images.rank == 3 && answers.count == 1 ? answers[0] : .list(of: answers)
  }

  /// What `evaluate` gives; none where the user stopped it.
  /// - Throws: `TrainingError.classCount`, and what embedding throws.
  func evaluate(_ data: Dataset, _ workspace: Workspace) throws -> NeighbourReportValue? {
    let others = try embeddings.embedder().embed(
      data, progress: { done, all in workspace.progress.update("embedding \(done)/\(all)") },
      shouldStop: { workspace.interruptCount() > 0 })
    workspace.progress.clear()
    guard let others else { return nil }
    let result = try classifier.evaluate(
      others, progress: { done, all in workspace.progress.update("comparing \(done)/\(all)") },
      shouldStop: { workspace.interruptCount() > 0 })
    workspace.progress.clear()
    guard let result else { return nil }
    workspace.warn(leftOut: result.problems)
    return NeighbourReportValue(result)
  }
}

/// How well neighbours tell the classes of a dataset: what `evaluate` gives of a `knn`.
package final class NeighbourReportValue: HostObject {
  package let evaluation: NeighbourEvaluation

  package init(_ evaluation: NeighbourEvaluation) { self.evaluation = evaluation }

  package var kind: String { "report" }

  /// The mean distance to the neighbours, of right answers and of wrong ones; nil for none.
  private var distances: (right: Double?, wrong: Double?) {
    func mean(_ wanted: Bool) -> Double? {
      let found = zip(evaluation.votes, evaluation.isRight).filter { $0.1 == wanted }
        .map(\.0.meanDistance)
      return found.isEmpty ? nil : found.reduce(0, +) / Double(found.count)
    }
    return (mean(true), mean(false))
  }

  package var summary: String {
    let unanimous = evaluation.unanimous
    let others = zip(evaluation.votes, evaluation.isRight).filter { !$0.0.isUnanimous }.map(\.1)
    func row(_ name: String, _ right: [Bool], _ count: Int, _ accuracy: Double?) -> [String] {
      [
        "  " + name, "\(count)",
        TrainingWords.percent(Double(count) / Double(max(evaluation.count, 1))),
        accuracy.map(TrainingWords.percent) ?? "",
      ]
    }
    let table = TextTable(
      columns: [
        .init("  neighbours"), .init("images", .right), .init("of all", .right),
        .init("right", .right),
      ],
      rows: [
        row("all", [], evaluation.count, evaluation.accuracy),
        row("of one mind", [], unanimous.count, unanimous.accuracy),
        row(
          "divided", others, others.count,
          others.isEmpty ? nil : Double(others.count { $0 }) / Double(others.count)),
      ])
    let (right, wrong) = distances
    func number(_ value: Double?) -> String { value.map(TrainingWords.number) ?? "none" }
    return "report on \(evaluation.count) images of \(evaluation.dataset) by \(evaluation.k) "
      .withVisibleControls
      + "neighbours: accuracy \(TrainingWords.percent(evaluation.accuracy)), "
      + "mean true positive rate "
      + TrainingWords.percent(evaluation.confusion.meanTruePositiveRate)
      + "\n" + table.rendered(width: 80)
      + "\n  mean distance to the neighbours: \(number(right)) where right, \(number(wrong)) where wrong"
  }

  package var propertyNames: [String] {
    [
      "accuracy", "mean_true_positive_rate", "recall", "precision", "confusion", "counts", "labels",
      "predictions", "confidences", "distances", "right", "unanimous", "distance", "classes",
      "count",
    ]
  }

  package func property(_ name: String) -> Value? {
    let confusion = evaluation.confusion
    func optional(_ number: Double?) -> Value { number.map { .number($0) } ?? .none }
    switch name {
    case "accuracy": return .number(evaluation.accuracy)
    case "mean_true_positive_rate": return .number(confusion.meanTruePositiveRate)
    case "recall": return .byName(evaluation.classes, confusion.recall)
    case "precision": return .byName(evaluation.classes, confusion.precision)
    case "confusion": return .object(FigureValue(figure))
    case "counts": return .list(of: confusion.counts.map { .numbers($0) })
    case "labels": return .texts(evaluation.labels.map { evaluation.classes[$0] })
    case "predictions": return .texts(evaluation.votes.map { evaluation.classes[$0.label] })
    case "confidences": return .list(of: evaluation.votes.map { .number($0.share) })
    case "distances": return .list(of: evaluation.votes.map { .number($0.meanDistance) })
    case "right": return .list(of: evaluation.isRight.map { .boolean($0) })
    case "unanimous":
      let (count, accuracy) = evaluation.unanimous
      return .record(
        Record([("count", .number(Double(count))), ("accuracy", optional(accuracy))]))
    case "distance":
      return .record(
        Record([("right", optional(distances.right)), ("wrong", optional(distances.wrong))]))
    case "classes": return .texts(evaluation.classes)
    case "count": return .number(Double(evaluation.count))
    default: return nil
    }
  }

  private var figure: Figure {
    Figure(
      "Accuracy \(TrainingWords.percent(evaluation.accuracy))",
      Heatmap.confusion(counts: evaluation.confusion.counts, classes: evaluation.classes))
  }
}

extension NeighbourReportValue: Drawable {
  func figure(_ workspace: Workspace) -> Figure { figure }
}
