import Figures
import Language
import Training

/// Numbers estimated from images beside the known ones: the result of `estimate`.
package final class EstimatesValue: HostObject {
  package let estimates: Estimates

  package init(_ estimates: Estimates) { self.estimates = estimates }

  package var kind: String { "estimates" }

  package var summary: String {
    func n(_ value: Double) -> String { TrainingWords.number(value) }
    return "estimates for \(estimates.count) images: mean absolute error "
      + "\(n(estimates.meanAbsoluteError)), root mean squared error "
      + "\(n(estimates.rootMeanSquaredError)), bias \(n(estimates.bias)), "
      + "R² \(n(estimates.determination))"
  }

  package var propertyNames: [String] {
    [
      "observed", "estimated", "mean_absolute_error", "root_mean_squared_error", "bias",
      "determination", "count",
    ]
  }

  package func property(_ name: String) -> Value? {
    switch name {
    case "observed": .list(of: estimates.observed.map { .number($0) })
    case "estimated": .list(of: estimates.estimated.map { .number($0) })
    case "mean_absolute_error": .number(estimates.meanAbsoluteError)
    case "root_mean_squared_error": .number(estimates.rootMeanSquaredError)
    case "bias": .number(estimates.bias)
    case "determination": .number(estimates.determination)
    case "count": .number(Double(estimates.count))
    default: nil
    }
  }
}

extension EstimatesValue: Drawable {
  func figure(_ workspace: Workspace) -> Figure {
    Figure(
      "Mean absolute error \(TrainingWords.number(estimates.meanAbsoluteError))",
      Scatter(
        groups: [.init("images", x: estimates.observed, y: estimates.estimated)],
        xLabel: "observed", yLabel: "estimated", showsIdentity: true))
  }
}
