import Figures
import Language
import Tensors
import Training

/// How many objects each image of a dataset has, and how many were found: the result of
/// `count_objects`.
package final class CountsValue: HostObject {
  private let counts: ObjectCounts
  private let dataset: String
  private let threshold: Float
  /// What was counted: a class, or "objects".
  private let what: String

  init(_ results: DetectionResults, threshold: Float, label: Int?) {
    counts = ObjectCounts(results, threshold: threshold, label: label)
    dataset = results.dataset
    self.threshold = threshold
    let only = results.classes.count == 1 ? 0 : nil
    what = (label ?? only).map { className($0, results.classes) } ?? "objects"
  }

  package var kind: String { "counts" }

  package var summary: String {
    func n(_ value: Double?) -> String { value.map { NumberText($0).significant(3) } ?? "unknown" }
    let (observed, estimated) = (
      counts.observed.reduce(0, +), counts.estimated.reduce(0, +)
    )
    return
      ("counts of \(what) in \(counts.observed.count) images of \(dataset), from a probability "
      + "of \(NumberText(threshold).significant(3)) on").withVisibleControls
      + "\n  observed \(observed), estimated \(estimated)"
      + "\n  an image: mean error \(n(counts.meanError)), mean size of the error "
      + "\(n(counts.meanAbsoluteError)), correlation \(n(counts.correlation))"
  }

  package var propertyNames: [String] {
    ["observed", "estimated", "mean_error", "mean_absolute_error", "correlation", "threshold"]
  }

  package func property(_ name: String) -> Value? {
    func number(_ value: Double?) -> Value { value.map { .number($0) } ?? .none }
    return switch name {
    case "observed": .numbers(counts.observed)
    case "estimated": .numbers(counts.estimated)
    case "mean_error": number(counts.meanError)
    case "mean_absolute_error": number(counts.meanAbsoluteError)
    case "correlation": number(counts.correlation)
    case "threshold": .number(Double(decimal: threshold))
    default: nil
    }
  }
}

extension CountsValue: Drawable {
  /// A point for each image, and the line where both counts are equal.
  func figure(_ workspace: Workspace) -> Figure {
    Figure(
      "Counts of \(what.withVisibleControls)",
      Scatter(
        groups: [
          .init(
            "images", x: counts.observed.map(Double.init), y: counts.estimated.map(Double.init))
        ], xLabel: "observed", yLabel: "estimated", showsIdentity: true))
  }
}
