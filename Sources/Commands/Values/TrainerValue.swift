import Figures
import Language
import Tensors
import Training

/// A trainer in the language: a network, its data, and how far training is.
package final class TrainerValue: HostObject {
  package let trainer: Trainer
  package let net: NetworkValue
  package let data: DatasetValue

  package init(_ trainer: Trainer, net: NetworkValue, data: DatasetValue) {
    self.trainer = trainer
    self.net = net
    self.data = data
  }

  package var kind: String { "trainer" }

  package var summary: String {
    let optimizer = trainer.optimizer.method.name
    var lines = [
      "trainer of \(net.title): \(trainer.dataset.count) images, \(trainer.batch) a step, "
        + "\(trainer.stepsPerEpoch) steps an epoch, \(optimizer)"
    ]
    if let last = trainer.history.steps.last {
      lines.append("  after step \(last.step) (epoch \(last.epoch)): \(TrainingWords.facts(last))")
    } else {
      lines.append("  not trained yet")
    }
    return lines.joined(separator: "\n")
  }

  package var propertyNames: [String] {
    ["step", "epoch", "loss", "rate", "history", "epochs", "net", "data", "state"]
  }

  package func property(_ name: String) throws -> Value? {
    switch name {
    case "step": return .number(Double(trainer.step))
    case "epoch": return .number(Double(trainer.epoch))
    case "loss": return trainer.lastLoss.map { .number($0) } ?? Value.none
    case "rate": return .number(trainer.rate)
    case "history":
      return .list(
        of: trainer.history.steps.map { step in
          .record(
            Record([
              ("step", .number(Double(step.step))), ("epoch", .number(Double(step.epoch))),
              ("loss", .number(step.loss)), ("accuracy", .number(step.accuracy)),
              ("rate", .number(step.rate)),
            ]))
        })
    case "epochs":
      return .list(
        of: trainer.history.epochs.map { epoch in
          .record(
            Record([
              ("epoch", .number(Double(epoch.epoch))), ("loss", .number(epoch.loss)),
              ("accuracy", .number(epoch.accuracy)),
              ("validation_loss", epoch.validationLoss.map { .number($0) } ?? .none),
              ("validation_accuracy", epoch.validationAccuracy.map { .number($0) } ?? .none),
            ]))
        })
    case "net": return .object(net)
    case "data": return .object(data)
    case "state":
      return try Failure.explaining {
        .record(
          Record([
            ("hash", .text(try trainer.stateHash())), ("step", .number(Double(trainer.step))),
          ]))
      }
    default: return nil
    }
  }
}

extension TrainerValue: Drawable {
  /// Loss and accuracy over the training so far.
  func figure(_ workspace: Workspace) throws -> Figure {
    let history = trainer.history
    func panel(
      _ name: String, _ step: (History.Step) -> Double, _ epoch: (History.Epoch) -> Double,
      _ validation: (History.Epoch) -> Double?, _ includes: ClosedRange<Double>?
    ) -> TrainingCurves.Panel {
      let checked = history.epochs.map(validation)
      return TrainingCurves.Panel(
        name, steps: history.steps.map(step), training: history.epochs.map(epoch),
        validation: checked.contains { $0 != nil } ? checked.map { $0 ?? .nan } : [],
        includes: includes)
    }
    let curves = TrainingCurves(
      panels: [
        panel("loss", { $0.loss }, { $0.loss }, { $0.validationLoss }, nil),
        panel("accuracy", { $0.accuracy }, { $0.accuracy }, { $0.validationAccuracy }, 0...1),
      ], stepsPerEpoch: trainer.stepsPerEpoch)
    return Figure("Training of \(net.title)", curves)
  }
}

/// How training is told in words: progress lines, epochs, steps.
enum TrainingWords {
  static func facts(_ step: History.Step) -> String {
    "loss \(number(step.loss)), accuracy \(percent(step.accuracy)), rate \(number(step.rate))"
  }

  static func line(_ epoch: History.Epoch, of last: Int) -> String {
    var text =
      "epoch \(epoch.epoch)/\(last)  loss \(number(epoch.loss))  accuracy \(percent(epoch.accuracy))"
    if let loss = epoch.validationLoss, let accuracy = epoch.validationAccuracy {
      text += "  validation loss \(number(loss))  accuracy \(percent(accuracy))"
      if epoch.isBest { text += "  best so far" }
    }
    return text
  }

  static func line(_ progress: Trainer.Progress) -> String {
    var text = "epoch \(progress.epoch)/\(progress.epochs)"
    switch progress.phase {
    case .training, .epochDone: text += "  step \(progress.step)/\(progress.steps)"
    case .validating(let done, let count): text += "  validating \(done)/\(count)"
    }
    text += "  loss \(number(progress.loss))  accuracy \(percent(progress.accuracy))"
    text += "  rate \(number(progress.rate))"
    if progress.imagesPerSecond > 0 {
      text += "  \(NumberText(progress.imagesPerSecond).significant(3)) images/s"
    }
    if let left = progress.secondsLeft { text += "  \(time(left)) left" }
    return text
  }

  static func number(_ value: Double) -> String { NumberText(value).significant(4) }
  static func percent(_ share: Double) -> String { NumberText(100 * share).fixed(1) + " %" }

  private static func time(_ seconds: Double) -> String {
    guard seconds.isFinite, seconds < 1e7 else { return "long" }
    let whole = Int(seconds.rounded(.up))
    return whole < 60 ? "\(whole) s" : "\(whole / 60) min \(whole % 60) s"
  }
}
