import Figures
import Language
import Training

/// How well masks are found in a dataset: the result of `mean_iou`.
package final class SegmentationReportValue: HostObject {
  package let report: SegmentationReport
  private let overlaps: ClassOverlaps

  package init(_ report: SegmentationReport) {
    self.report = report
    overlaps = report.overlaps
  }

  package var kind: String { "report" }

  package var summary: String {
    func share(_ value: Double?) -> String { value.map(TrainingWords.percent) ?? "" }
    let (iou, dice) = (overlaps.intersectionOverUnion, overlaps.dice)
    let rows = report.classes.indices.map { index in
      [
        "  " + report.classes[index],
        share(Double(overlaps.truths[index]) / Double(max(1, overlaps.total))), share(iou[index]),
        share(dice[index]),
      ]
    }
    let table = TextTable(
      columns: [
        .init("  class"), .init("of all pixels", .right), .init("IoU", .right),
        .init("Dice", .right),
      ], rows: rows)
    return "report on \(report.count) images of \(report.dataset): "
      + "mean IoU \(TrainingWords.percent(overlaps.meanIntersectionOverUnion)), "
      + "mean Dice \(TrainingWords.percent(overlaps.meanDice)), "
      + "pixel accuracy \(TrainingWords.percent(overlaps.pixelAccuracy))\n"
      + table.rendered(width: 80)
  }

  package var propertyNames: [String] {
    [
      "mean_iou", "dice", "pixel_accuracy", "iou_by_class", "dice_by_class", "confusion", "counts",
      "classes", "count",
    ]
  }

  package func property(_ name: String) -> Value? {
    switch name {
    case "mean_iou": return .number(overlaps.meanIntersectionOverUnion)
    case "dice": return .number(overlaps.meanDice)
    case "pixel_accuracy": return .number(overlaps.pixelAccuracy)
    case "iou_by_class": return .byName(report.classes, overlaps.intersectionOverUnion)
    case "dice_by_class": return .byName(report.classes, overlaps.dice)
    case "confusion": return .object(FigureValue(figure))
    case "counts": return .list(of: report.confusion.counts.map { .numbers($0) })
    case "classes": return .texts(report.classes)
    case "count": return .number(Double(report.count))
    default: return nil
    }
  }

  private var figure: Figure {
    Figure(
      "Mean IoU \(TrainingWords.percent(overlaps.meanIntersectionOverUnion))",
      Heatmap.confusion(counts: report.confusion.counts, classes: report.classes))
  }
}

extension SegmentationReportValue: Drawable {
  func figure(_ workspace: Workspace) -> Figure { figure }
}
