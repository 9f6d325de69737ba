import Figures
import Language
import Tensors
import Training

/// A trainer in the language: a network, its data, and how far training is.
package final class TrainerValue: HostObject {
  package let trainer: Trainer
  package let net: NetworkValue
  package let data: DatasetValue
  /// What is watched, and when to stop.
  let observation = Observation()

  package init(_ trainer: Trainer, net: NetworkValue, data: DatasetValue) {
    self.trainer = trainer
    self.net = net
    self.data = data
  }

  package var kind: String { "trainer" }

  /// Training is where it is by its step; the network counts for itself.
  package var changeCount: Int { trainer.step &* 31 &+ net.changeCount }

  package var summary: String {
    let optimizer = trainer.optimizer.method.name
    var lines = [
      "trainer of \(net.title): \(trainer.dataset.count) images, \(trainer.batch) a step, "
        + "\(trainer.stepsPerEpoch) steps an epoch, \(optimizer)"
    ]
    if let last = trainer.history.steps.last {
      lines.append(
        "  after step \(last.step) (epoch \(last.epoch)): "
          + TrainingWords(trainer.objective).facts(last))
    } else {
      lines.append("  not trained yet")
    }
    let past = trainer.rewindable
    if past.snapshots > 0 {
      let disk = past.disk > 0 ? ", \(Self.megabytes(past.disk)) MB in files" : ""
      lines.append(
        "  can go back to step \(past.earliest): \(counted(past.snapshots, "snapshot")), "
          + "\(Self.megabytes(past.memory)) of \(past.budget.memory >> 20) MB\(disk)")
    }
    return lines.joined(separator: "\n")
  }

  private static func megabytes(_ bytes: Int) -> String {
    NumberText(Double(bytes) / 1_048_576).significant(3)
  }

  package var propertyNames: [String] {
    [
      "step", "epoch", "loss", "rate", "history", "epochs", "watched", "snapshots", "net", "data",
      "state",
    ]
  }

  package func property(_ name: String) throws -> Value? {
    switch name {
    case "step": return .number(Double(trainer.step))
    case "epoch": return .number(Double(trainer.epoch))
    case "loss": return trainer.lastLoss.map { .number($0) } ?? Value.none
    case "rate": return .number(trainer.rate)
    case "history": return .list(of: trainer.history.steps.map { .record(record(of: $0)) })
    case "watched":
      return .record(
        Record(
          observation.watches.map { watch in
            (key: watch.name, value: .list(of: watch.values.map { .number($0.value) }))
          }))
    case "snapshots":
      let past = trainer.rewindable
      return .record(
        Record([
          ("count", .number(Double(past.snapshots))), ("earliest", .number(Double(past.earliest))),
          ("bytes", .number(Double(past.memory))), ("limit", .number(Double(past.budget.memory))),
          ("bytes_in_files", .number(Double(past.disk))),
        ]))
    case "epochs":
      return .list(
        of: trainer.history.epochs.map { epoch in
          .record(
            Record(
              [
                ("epoch", .number(Double(epoch.epoch))), ("loss", .number(epoch.loss)),
              ] + score("", epoch.score) + [
                ("validation_loss", epoch.validationLoss.map { .number($0) } ?? .none)
              ] + score("validation_", epoch.validationScore)))
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

  package var memorySize: Int { trainer.rewindable.memory }

  /// What a step did, as `fit.history` has it and `until:` is asked with.
  func record(of step: History.Step) -> Record {
    Record(
      [
        ("step", .number(Double(step.step))), ("epoch", .number(Double(step.epoch))),
        ("loss", .number(step.loss)),
      ] + score("", step.score) + [
        ("rate", .number(step.rate)), ("gradient_norm", .number(step.gradientNorm)),
      ])
  }

  /// The objective's score as a field, `mean_iou` for "mean IoU"; none where there is no such thing.
  private func score(_ prefix: String, _ value: Double?) -> [(key: String, value: Value)] {
    guard let score = trainer.objective.score else { return [] }
    let key = prefix + score.name.lowercased().split(separator: " ").joined(separator: "_")
    return [(key, value.map { .number($0) } ?? .none)]
  }
}

extension TrainerValue: Drawable {
  /// Loss and score over the training so far.
  func figure(_ workspace: Workspace) throws -> Figure {
    let history = trainer.history
    func panel(
      _ name: String, _ step: (History.Step) -> Double?, _ epoch: (History.Epoch) -> Double?,
      _ validation: (History.Epoch) -> Double?, _ includes: ClosedRange<Double>?
    ) -> TrainingCurves.Panel {
      let checked = history.epochs.map(validation)
      return TrainingCurves.Panel(
        name, steps: history.steps.map { step($0) ?? .nan },
        training: history.epochs.map { epoch($0) ?? .nan },
        validation: checked.contains { $0 != nil } ? checked.map { $0 ?? .nan } : [],
        includes: includes)
    }
    var panels = [panel("loss", { $0.loss }, { $0.loss }, { $0.validationLoss }, nil)]
    if let score = trainer.objective.score {
      panels.append(
        panel(
          score.name, { $0.score }, { $0.score }, { $0.validationScore },
          score.isShare ? 0...1 : nil))
    }
    for watch in observation.watches where !watch.values.isEmpty {
      var values = [Double](repeating: .nan, count: history.steps.count)
      for (step, value) in watch.values where step >= 1 && step <= values.count {
        values[step - 1] = value
      }
      panels.append(TrainingCurves.Panel(watch.name, steps: values))
    }
    let curves = TrainingCurves(panels: panels, stepsPerEpoch: trainer.stepsPerEpoch)
    return Figure("Training of \(net.title)", curves)
  }
}

/// How training is told in words: progress lines, epochs, steps.
struct TrainingWords {
  private let score: ScoreKind?

  init(_ objective: any Objective) { score = objective.score }

  func facts(_ step: History.Step) -> String {
    "loss \(Self.number(step.loss)),\(scored(step.score, before: " ", after: ",")) "
      + "rate \(Self.number(step.rate))"
  }

  func line(_ epoch: History.Epoch, of last: Int) -> String {
    var text = "epoch \(epoch.epoch)\(of(last))  loss \(Self.number(epoch.loss))"
    text += scored(epoch.score)
    if let loss = epoch.validationLoss {
      text += "  validation loss \(Self.number(loss))" + scored(epoch.validationScore)
      if epoch.isBest { text += "  best so far" }
    }
    return text
  }

  func line(_ progress: Trainer.Progress) -> String {
    var text = "epoch \(progress.epoch)\(of(progress.epochs))"
    switch progress.phase {
    case .training, .epochDone: text += "  step \(progress.step)/\(progress.steps)"
    case .validating(let done, let count): text += "  validating \(done)/\(count)"
    }
    text += "  loss \(Self.number(progress.loss))" + scored(progress.score)
    text += "  rate \(Self.number(progress.rate))"
    if progress.imagesPerSecond > 0 {
      text += "  \(NumberText(progress.imagesPerSecond).significant(3)) images/s"
    }
    if let left = progress.secondsLeft, progress.epochs < Self.withoutEnd {
      text += "  \(Self.time(left)) left"
    }
    return text
  }

  /// Epochs of a training that goes on until something is reached.
  static let withoutEnd = 1_000_000

  private func of(_ last: Int) -> String { last < Self.withoutEnd ? "/\(last)" : "" }

  /// The score with its name; nothing where there is none.
  private func scored(_ value: Double?, before: String = "  ", after: String = "") -> String {
    guard let score, let value else { return "" }
    let number = score.isShare ? Self.percent(value) : Self.number(value)
    return before + score.name + " " + number + after
  }

  static func number(_ value: Double) -> String { NumberText(value).significant(4) }
  static func percent(_ share: Double) -> String { NumberText(100 * share).fixed(1) + " %" }

  private static func time(_ seconds: Double) -> String {
    guard seconds.isFinite, seconds < 1e7 else { return "long" }
    let whole = Int(seconds.rounded(.up))
    return whole < 60 ? "\(whole) s" : "\(whole / 60) min \(whole % 60) s"
  }
}
