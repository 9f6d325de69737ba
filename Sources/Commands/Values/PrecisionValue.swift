import Figures
import Language
import Tensors
import Training

/// How well objects are found in a dataset: the result of `average_precision`.
package final class PrecisionValue: HostObject {
  private let results: DetectionResults
  private let precision: AveragePrecision

  init(_ results: DetectionResults) {
    self.results = results
    precision = AveragePrecision(results)
  }

  package var kind: String { "report" }

  package var summary: String {
    func percent(_ value: Double?) -> String { value.map(TrainingWords.percent) ?? "" }
    let rows = results.classes.indices.map { label in
      [
        "  " + results.classes[label].withVisibleControls, "\(precision.counts[label])",
        percent(precision.average(ofClass: label)),
        percent(precision.average(ofClass: label, atOverlap: 0.5)),
        percent(precision.average(ofClass: label, atOverlap: 0.75)),
      ]
    }
    let table = TextTable(
      columns: [
        .init("  class"), .init("objects", .right), .init("AP", .right), .init("AP50", .right),
        .init("AP75", .right),
      ], rows: rows)
    return "report on \(results.images.count) images of \(results.dataset): ".withVisibleControls
      + "AP \(percent(precision.average())), AP50 \(percent(precision.average(atOverlap: 0.5))), "
      + "AP75 \(percent(precision.average(atOverlap: 0.75)))\n" + table.rendered(width: 80)
  }

  package var propertyNames: [String] {
    [
      "ap", "ap50", "ap75", "by_class", "by_size", "recall", "voc", "voc_2007",
      "precision_recall", "classes", "count",
    ]
  }

  package func property(_ name: String) -> Value? {
    func number(_ value: Double?) -> Value { value.map { .number($0) } ?? .none }
    func record(_ fields: [(String, Double?)]) -> Value {
      .record(Record(fields.map { (key: $0.0, value: number($0.1)) }))
    }
    func mean(_ values: [Double?]) -> Double? {
      let known = values.compactMap { $0 }
      return known.isEmpty ? nil : known.reduce(0, +) / Double(known.count)
    }
    switch name {
    case "ap": return number(precision.average())
    case "ap50": return number(precision.average(atOverlap: 0.5))
    case "ap75": return number(precision.average(atOverlap: 0.75))
    case "by_class":
      let classes = results.classes.enumerated().map { label, name in
        (
          key: name,
          value: record([
            ("ap", precision.average(ofClass: label)),
            ("ap50", precision.average(ofClass: label, atOverlap: 0.5)),
            ("ap75", precision.average(ofClass: label, atOverlap: 0.75)),
          ])
        )
      }
      return .record(Record(classes))
    case "by_size":
      return record([
        ("small", precision.average(.small)), ("medium", precision.average(.medium)),
        ("large", precision.average(.large)),
      ])
    case "recall": return number(precision.recall())
    case "voc": return number(mean(PascalPrecision.average(results)))
    case "voc_2007":
      return number(mean(PascalPrecision.average(results, curve: .elevenPoints)))
    case "precision_recall": return .object(FigureValue(curve))
    case "classes": return .texts(results.classes)
    case "count": return .number(Double(results.images.count))
    default: return nil
    }
  }

  /// A line for each class that has objects: how many of those found are right, over how many of
  /// those there are found.
  private var curve: Figure {
    let series = results.classes.indices.compactMap { label in
      precision.precision(ofClass: label).map {
        LinePlot.Series(
          results.classes[label].withVisibleControls, x: AveragePrecision.recalls, y: $0,
          colour: label)
      }
    }
    let ap50 = precision.average(atOverlap: 0.5).map { ", AP50 " + TrainingWords.percent($0) } ?? ""
    return Figure(
      "Precision over recall at an overlap of 0.5" + ap50,
      LinePlot(series: series, xLabel: "recall", yLabel: "precision", yIncludes: 0...1))
  }
}

extension PrecisionValue: Drawable {
  func figure(_ workspace: Workspace) -> Figure { curve }
}
