import Imagery
import Networks
import Tensors

/// A trainer's whole state in one safetensors file: the weights under their names, so that the
/// file is also a file of weights; the optimiser's memory as "optimizer/0/Conv1/kernel"; of a
/// training on its way the best weights as "best/Conv1/kernel"; counters, settings and history in
/// the metadata. Training goes on from it to the bit.
package enum Checkpoint {
  static let format = "conch checkpoint 2"
  private static let optimizerPrefix = "optimizer/"
  private static let bestPrefix = "best/"

  /// Whether a tensor in such a file is other than the network's weights as they are.
  static func isNoWeight(_ name: String) -> Bool {
    name.hasPrefix(optimizerPrefix) || name.hasPrefix(bestPrefix)
  }

  /// Writes the state atomically.
  /// - Throws: `FileError`, `TensorError.tooLarge`.
  package static func save(_ trainer: Trainer, to path: String) throws {
    let pixels = TrainerSettings.pixels(of: trainer.dataset)
    try write(
      try trainer.snapshot(), of: trainer.network, to: path,
      notes: pixels.map { [("pixels", $0)] } ?? [])
  }

  static func write(
    _ snapshot: Snapshot, of network: Network, to path: String,
    notes: [(key: String, value: String)] = []
  ) throws {
    var file = NamedTensors(metadata: [
      ("format", format), ("step", "\(snapshot.step)"), ("hash", snapshot.hash),
      ("history", text(snapshot.history)),
      ("frozen", text(snapshot.isTrainable.indices.filter { !snapshot.isTrainable[$0] })),
    ])
    file.metadata += snapshot.settings.values.map { ("setting " + $0.name, $0.value) } + notes
    func add(_ prefix: String, _ weights: Tensor) throws {
      var offset = 0
      for parameter in network.parameters {
        let part = TensorIndex.range(from: offset, to: offset + parameter.count, by: 1)
        file[prefix + parameter.name] = try weights.slice([part]).reshaped(parameter.shape)
        offset += parameter.count
      }
    }
    try add("", snapshot.weights)
    for (index, parameter) in network.parameters.enumerated() {
      for (number, slot) in snapshot.optimizerState.slots[index].enumerated() {
        file["\(optimizerPrefix)\(number)/\(parameter.name)"] = slot
      }
    }
    if let run = snapshot.run {
      file.metadata.append(("training", text(run)))
      if let best = run.bestWeights { try add(bestPrefix, best) }
    }
    try Safetensors.write(file, to: path)
  }

  /// What a file says of the training that it was saved in the midst of.
  package enum Pending: Equatable, Sendable {
    case none
    /// `Trainer.resume` goes on with it.
    case ready
    /// It was judged by images that were not given, of this name.
    case needsValidation(dataset: String)
  }

  /// Brings a trainer with the same settings to the state of the file.
  /// - Parameter validation: what the training was judged by, which no file holds; the trainer's own
  ///   is taken where it has the same.
  /// - Throws: `FileError`, `SafetensorsError`, `TrainingError.snapshotDiffers`,
  ///   `.notACheckpoint`; the trainer is then as it was.
  @discardableResult
  package static func load(
    into trainer: Trainer, from path: String, validation: Dataset? = nil
  ) throws -> Pending {
    var (snapshot, notes, saved) = try read(path, for: trainer)
    if let given = notes["pixels"], let own = TrainerSettings.pixels(of: trainer.dataset),
      given != own
    {
      throw TrainingError.snapshotDiffers(
        .init(name: "data", expected: "other images, \(own)", given: "images, \(given)"))
    }
    var pending = Pending.none
    if let saved {
      let candidates = [validation, trainer.run?.plan.validation].compactMap { $0 }
      let found = candidates.first { TrainerSettings.description(of: $0) == saved.validation }
      if let wanted = saved.validation, found == nil, let validation {
        throw TrainingError.snapshotDiffers(
          .init(
            name: "validation data", expected: TrainerSettings.description(of: validation),
            given: wanted))
      }
      if saved.validation != nil, found == nil {
        pending = .needsValidation(dataset: saved.validationName)
      } else {
        snapshot.run = saved.run(validation: found)
        pending = .ready
      }
    }
    try trainer.restore(snapshot)
    return pending
  }

  /// - Throws: as `load`.
  static func read(
    _ path: String, for trainer: Trainer
  ) throws -> (snapshot: Snapshot, notes: [String: String], run: SavedRun?) {
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

    func weights(_ prefix: String) throws -> Tensor {
      let parts = try trainer.network.parameters.map { parameter in
        guard let tensor = file[prefix + parameter.name], tensor.shape == parameter.shape else {
          throw damaged("it has no \(prefix)\(parameter.name) of the right shape")
        }
        return try tensor.reshaped([parameter.count])
      }
      return parts.isEmpty ? try Tensor([]) : try Tensor.concatenate(parts)
    }
    var slots: [[Tensor]] = []
    for parameter in trainer.network.parameters {
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
      step: step, history: history, weights: try weights(""),
      optimizerState: OptimizerState(slots: slots), isTrainable: isTrainable, run: nil,
      settings: trainer.settings)
    guard snapshot.hash == notes["hash"] else { throw damaged("its values have been changed") }
    guard let training = notes["training"] else { return (snapshot, notes, nil) }
    guard var run = savedRun(training) else { throw damaged("its training cannot be read") }
    if let hash = run.bestHash {
      let best = try weights(bestPrefix)
      guard Self.hash(best) == hash else { throw damaged("its best weights have been changed") }
      run.bestWeights = best
    }
    return (snapshot, notes, run)
  }

  // MARK: A training on its way as JSON

  /// A `Trainer.Run` as a file has it, without the images that it is judged by.
  struct SavedRun {
    let epochs: Int
    let patience: Int?
    let keepBest: Bool
    let lastEpoch: Int
    let closedEpoch: Int
    let bestLoss: Double
    let bestEpoch: Int?
    /// As `TrainerSettings.description`; nil without validation.
    let validation: String?
    let validationName: String
    let bestHash: String?
    var bestWeights: Tensor?

    func run(validation: Dataset?) -> Trainer.Run {
      Trainer.Run(
        plan: Trainer.Plan(
          epochs: epochs, validation: validation, patience: patience, keepBest: keepBest),
        lastEpoch: lastEpoch, closedEpoch: closedEpoch, bestLoss: bestLoss, bestEpoch: bestEpoch,
        bestWeights: bestWeights)
    }
  }

  private static func text(_ run: Trainer.Run) -> String {
    let validation = run.plan.validation
    let described = validation.map { JSON.quoted(TrainerSettings.description(of: $0)) } ?? "null"
    return "[\(run.plan.epochs),\(text(run.plan.patience.map(Double.init))),\(run.plan.keepBest),"
      + "\(run.lastEpoch),\(run.closedEpoch),\(text(run.bestLoss)),"
      + "\(text(run.bestEpoch.map(Double.init))),\(described),"
      + "\(JSON.quoted(validation?.name ?? "")),"
      + "\(run.bestWeights.map { JSON.quoted(hash($0)) } ?? "null")]"
  }

  private static func savedRun(_ text: String) -> SavedRun? {
    guard let row = (try? JSON.parse(text.utf8))?.elements, row.count == 10,
      let epochs = row[0].count, case .boolean(let keepBest) = row[2], let lastEpoch = row[3].count,
      let closedEpoch = row[4].count, case .text(let name) = row[8]
    else { return nil }
    func words(_ value: JSON) -> String? { if case .text(let words) = value { words } else { nil } }
    return SavedRun(
      epochs: epochs, patience: row[1].count, keepBest: keepBest, lastEpoch: lastEpoch,
      closedEpoch: closedEpoch, bestLoss: row[5].real ?? .infinity, bestEpoch: row[6].count,
      validation: words(row[7]), validationName: name, bestHash: words(row[9]))
  }

  private static func hash(_ weights: Tensor) -> String {
    var hasher = StateHasher()
    hasher.add(weights)
    return hasher.text
  }

  // MARK: History as JSON. Doubles are written so that they read back exactly.

  private static func text(_ history: History) -> String {
    let steps = history.steps.map {
      "[\($0.step),\($0.epoch),\($0.loss),\(text($0.score)),\($0.rate),\($0.gradientNorm),\($0.count)]"
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
      guard let row = step.elements, row.count == 7, let number = row[0].whole,
        let epoch = row[1].whole, let loss = row[2].real, let rate = row[4].real,
        let gradientNorm = row[5].real, let count = row[6].whole, count > 0, count < 1 << 20
      else { return nil }
      history.steps.append(
        History.Step(
          step: number, epoch: epoch, loss: loss, score: row[3].real, rate: rate,
          gradientNorm: gradientNorm, count: count))
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

  /// A whole number from 0, small enough to count with.
  fileprivate var count: Int? { real.flatMap { $0 >= 0 && $0 < 1e9 ? Int(exactly: $0) : nil } }

  fileprivate var real: Double? {
    switch self {
    case .number(let number): number
    case .integer(let number): Double(number)
    default: nil
    }
  }
}
