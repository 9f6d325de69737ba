import Figures
import Language
import Tensors
import Training

/// An optimiser with its settings: `adam(rate: 0.001)`.
package final class OptimizerValue: HostObject {
  package let optimizer: Optimizer

  package init(_ optimizer: Optimizer) { self.optimizer = optimizer }

  package var kind: String { "optimizer" }
  package var summary: String {
    "optimizer \(optimizer.method.name), \(ScheduleValue.words(optimizer.schedule))"
  }
}

/// A learning rate that changes while a network learns.
package final class ScheduleValue: HostObject {
  package let schedule: Schedule

  package init(_ schedule: Schedule) { self.schedule = schedule }

  package var kind: String { "schedule" }
  package var summary: String { "schedule: " + ScheduleValue.words(schedule) }

  /// The rate of an epoch, from 0: `schedule[3]`.
  package func index(_ items: [IndexItem]) throws -> Value {
    guard items.count == 1, case .at(.number(let number)) = items[0],
      let epoch = Int(exactly: number), (0...1_000_000).contains(epoch)
    else {
      throw Failure(
        code: "E0571", message: "a schedule is asked for an epoch, a whole number from 0")
    }
    return .number(schedule.rate(step: epoch * 100, stepsPerEpoch: 100))
  }

  static func words(_ schedule: Schedule) -> String {
    func n(_ value: Double) -> String { TrainingWords.number(value) }
    switch schedule {
    case .constant(let rate): return "rate \(n(rate))"
    case .rampDecay(let start, let maximum, let minimum, let ramp, let hold, let decay):
      return "rate from \(n(start)) up to \(n(maximum)) over \(ramp) epochs, held for \(hold), "
        + "then times \(n(decay)) an epoch down to \(n(minimum))"
    case .piecewise(let boundaries, let rates):
      return "rates \(rates.map(n).joined(separator: ", ")) changing at steps "
        + boundaries.map(String.init).joined(separator: ", ")
    case .cosine(let maximum, let minimum, let epochs, let ramp):
      return "rate from \(n(maximum)) along a cosine to \(n(minimum)) over \(epochs) epochs"
        + (ramp > 0 ? ", after a ramp of \(ramp)" : "")
    }
  }
}

extension ScheduleValue: Drawable {
  func figure(_ workspace: Workspace) -> Figure {
    let epochs =
      switch schedule {
      case .cosine(_, _, let epochs, _): min(epochs + 5, 1_000)
      default: 30
      }
    let rates = (0..<epochs).map { schedule.rate(step: $0 * 100, stepsPerEpoch: 100) }
    return Figure(
      "Learning rate",
      LinePlot(
        series: [.init("rate", y: rates, stroke: .lineAndMarks)], xLabel: "epoch", yLabel: "rate"))
  }
}
