import Networks
import Tensors

/// A trainer's whole state in one safetensors file: the weights under their names, so that the
/// file is also a file of weights; the optimiser's memory as "optimizer/0/Conv1/kernel"; counters,
/// settings and history in the metadata. Training goes on from it to the bit.
package enum Checkpoint {
  static let format = "conch checkpoint 1"
  static let optimizerPrefix = "optimizer/"

  /// Writes the state atomically.
  /// - Throws: `FileError`, `TensorError.tooLarge`.
  package static func save(_ trainer: Trainer, to path: String) throws {
    let snapshot = try trainer.snapshot()
    var file = NamedTensors(metadata: [
      ("format", format), ("step", "\(snapshot.step)"), ("hash", snapshot.hash),
      ("history", text(snapshot.history)),
      ("frozen", text(snapshot.isTrainable.indices.filter { !snapshot.isTrainable[$0] })),
    ])
    file.metadata += trainer.settings.values.map { ("setting " + $0.name, $0.value) }
    for (index, parameter) in trainer.network.parameters.enumerated() {
      file[parameter.name] = try parameter.value()
      for (number, slot) in snapshot.optimizerState.slots[index].enumerated() {
        file["\(optimizerPrefix)\(number)/\(parameter.name)"] = slot
      }
    }
    try Safetensors.write(file, to: path)
  }

  /// Brings a trainer with the same settings to the state of the file.
  /// - Throws: `FileError`, `SafetensorsError`, `TrainingError.snapshotDiffers`,
  ///   `.notACheckpoint`; the trainer is then as it was.
  package static func load(into trainer: Trainer, from path: String) throws {
    let file = try Safetensors.read(path)
    func damaged(_ what: String) -> TrainingError { .notACheckpoint(path: path, what: what) }
    let notes = Dictionary(file.metadata.map { ($0.key, $0.value) }) { first, _ in first }
    guard notes["format"] == format else { throw damaged("its format is not \"\(format)\"") }
    let settings = trainer.settings.values.compactMap { name, _ in
      notes["setting " + name].map { (name: name, value: $0) }
    }
    if let difference = trainer.settings.firstDifference(from: settings) {
      throw TrainingError.snapshotDiffers(difference)
    }
    guard let step = notes["step"].flatMap({ Int($0) }), step >= 0, step < 1 << 50,
      let history = notes["history"].flatMap(history(_:)),
      let frozen = notes["frozen"].flatMap({ numbers($0) })
    else { throw damaged("its counters cannot be read") }

    var slots: [[Tensor]] = []
    var weights: [Tensor] = []
    for parameter in trainer.network.parameters {
      guard let tensor = file[parameter.name], tensor.shape == parameter.shape else {
        throw damaged("it has no \(parameter.name) of the right shape")
      }
      weights.append(try tensor.reshaped([parameter.count]))
      var own: [Tensor] = []
      while let slot = file["\(optimizerPrefix)\(own.count)/\(parameter.name)"] {
        guard slot.shape == [parameter.count], own.count < trainer.optimizer.slotCount else {
          throw damaged("the optimizer's memory of \(parameter.name) does not fit")
        }
        own.append(slot)
      }
      guard own.isEmpty || own.count == trainer.optimizer.slotCount else {
        throw damaged("the optimizer's memory of \(parameter.name) is not whole")
      }
      slots.append(own)
    }
    let isTrainable = trainer.network.layers.indices.map { !frozen.contains($0) }
    let snapshot = Snapshot(
      step: step, history: history,
      weights: weights.isEmpty ? try Tensor([]) : try Tensor.concatenate(weights),
      optimizerState: OptimizerState(slots: slots), isTrainable: isTrainable, run: nil,
      settings: trainer.settings)
    guard snapshot.hash == notes["hash"] else { throw damaged("its values have been changed") }
    try trainer.restore(snapshot)
  }

  // MARK: History as JSON. Doubles are written so that they read back exactly.

  private static func text(_ history: History) -> String {
    let steps = history.steps.map {
      "[\($0.step),\($0.epoch),\($0.loss),\(text($0.score)),\($0.rate),\($0.count)]"
    }
    let epochs = history.epochs.map { epoch in
      "[\(epoch.epoch),\(epoch.step),\(epoch.loss),\(text(epoch.score)),\(epoch.rate),"
        + "\(text(epoch.validationLoss)),\(text(epoch.validationScore)),\(epoch.isBest)]"
    }
    return "{\"steps\":[\(steps.joined(separator: ","))],"
      + "\"epochs\":[\(epochs.joined(separator: ","))]}"
  }

  private static func text(_ number: Double?) -> String {
    number.map { $0.isFinite ? "\($0)" : "null" } ?? "null"
  }

  private static func text(_ numbers: [Int]) -> String {
    "[\(numbers.map { String($0) }.joined(separator: ","))]"
  }

  private static func numbers(_ text: String) -> Set<Int>? {
    guard let value = try? JSON.parse(text.utf8), case .array(let elements) = value else {
      return nil
    }
    let numbers = elements.compactMap(\.whole)
    return numbers.count == elements.count ? Set(numbers) : nil
  }

  private static func history(_ text: String) -> History? {
    guard let value = try? JSON.parse(text.utf8), let steps = value["steps"]?.elements,
      let epochs = value["epochs"]?.elements
    else { return nil }
    var history = History()
    for step in steps {
      guard let row = step.elements, row.count == 6, let number = row[0].whole,
        let epoch = row[1].whole, let loss = row[2].real, let rate = row[4].real,
        let count = row[5].whole, count > 0, count < 1 << 20
      else { return nil }
      history.steps.append(
        History.Step(
          step: number, epoch: epoch, loss: loss, score: row[3].real, rate: rate, count: count))
    }
    for epoch in epochs {
      guard let row = epoch.elements, row.count == 8, let number = row[0].whole,
        let step = row[1].whole, let loss = row[2].real, let rate = row[4].real,
        case .boolean(let isBest) = row[7]
      else { return nil }
      history.epochs.append(
        History.Epoch(
          epoch: number, step: step, loss: loss, score: row[3].real, rate: rate,
          validationLoss: row[5].real, validationScore: row[6].real, isBest: isBest))
    }
    return history
  }
}

extension JSON {
  fileprivate var elements: [JSON]? {
    if case .array(let elements) = self { elements } else { nil }
  }

  fileprivate var whole: Int? { if case .integer(let number) = self { number } else { nil } }

  fileprivate var real: Double? {
    switch self {
    case .number(let number): number
    case .integer(let number): Double(number)
    default: nil
    }
  }
}
