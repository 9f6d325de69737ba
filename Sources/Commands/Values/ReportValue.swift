import Figures
import Imagery
import Language
import Tensors
import Training

/// How well a network does on a dataset: the result of `evaluate`.
package final class ReportValue: HostObject {
  package let evaluation: Evaluation

  package init(_ evaluation: Evaluation) { self.evaluation = evaluation }

  package var kind: String { "report" }

  package var summary: String {
    let confusion = evaluation.confusion
    let rows = evaluation.classes.indices.map { index in
      [
        evaluation.classes[index], "\(confusion.counts[index].reduce(0, +))",
        confusion.recall[index].map(TrainingWords.percent) ?? "",
        confusion.precision[index].map(TrainingWords.percent) ?? "",
      ]
    }
    let table = TextTable(
      columns: [
        .init("  class"), .init("images", .right), .init("recognised", .right),
        .init("of those called so, right", .right),
      ], rows: rows.map { ["  " + $0[0]] + $0.dropFirst() })
    return "report on \(evaluation.count) images of \(evaluation.dataset): "
      + "accuracy \(TrainingWords.percent(evaluation.accuracy)), "
      + "mean true positive rate \(TrainingWords.percent(evaluation.meanTruePositiveRate)), "
      + "loss \(TrainingWords.number(evaluation.loss))\n" + table.rendered(width: 80)
  }

  package var propertyNames: [String] {
    [
      "accuracy", "loss", "mean_true_positive_rate", "recall", "precision", "confusion", "counts",
      "labels", "predictions", "probabilities", "classes", "count",
    ]
  }

  package func property(_ name: String) -> Value? {
    let confusion = evaluation.confusion
    switch name {
    case "accuracy": return .number(evaluation.accuracy)
    case "loss": return .number(evaluation.loss)
    case "mean_true_positive_rate": return .number(evaluation.meanTruePositiveRate)
    case "recall": return .byName(evaluation.classes, confusion.recall)
    case "precision": return .byName(evaluation.classes, confusion.precision)
    case "confusion":
      return .object(
        FigureValue(
          Figure(
            "Accuracy \(TrainingWords.percent(evaluation.accuracy))",
            Heatmap.confusion(counts: confusion.counts, classes: evaluation.classes))))
    case "counts": return .list(of: confusion.counts.map { .numbers($0) })
    case "labels": return .texts(evaluation.labels.map { evaluation.classes[$0] })
    case "predictions": return .texts(evaluation.predictions.map { evaluation.classes[$0] })
    case "probabilities": return .object(TensorValue(evaluation.probabilities))
    case "classes": return .texts(evaluation.classes)
    case "count": return .number(Double(evaluation.count))
    default: return nil
    }
  }
}

extension ReportValue: Drawable {
  func figure(_ workspace: Workspace) throws -> Figure {
    Figure(
      "Accuracy \(TrainingWords.percent(evaluation.accuracy))",
      Heatmap.confusion(counts: evaluation.confusion.counts, classes: evaluation.classes))
  }
}

extension Value {
  /// A record with a number for each name, and none where there is no number.
  static func byName(_ names: [String], _ numbers: [Double?]) -> Value {
    .record(Record(zip(names, numbers).map { (key: $0, value: $1.map { .number($0) } ?? .none) }))
  }
}
