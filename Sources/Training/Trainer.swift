import Imagery
import Networks
import Tensors

/// Teaches a network with a dataset. Its one primitive is `step`; everything else is written with
/// it. A step is a pure function of the state: weights, optimiser memory and the number of steps
/// taken, from which data order, augmentation and dropout follow. So the same seed gives the same
/// bits, whatever the number of threads, and whether or not training was interrupted.
///
/// Each epoch goes through the dataset in a new order. The images left over when it is cut into
/// whole batches wait for a later epoch: a batch of one would spoil batch normalisation.
package final class Trainer {
  package let network: Network
  package let dataset: Dataset
  package let optimizer: Optimizer
  package let objective: any Objective
  package let seed: UInt64
  /// Images a step: at most those of the dataset; of pairs, whole sets (see `PairBatches`).
  package let batch: Int
  /// Whole batches in the dataset; of pairs, as many as show each image once as an anchor.
  package let stepsPerEpoch: Int
  /// Steps taken.
  package internal(set) var step = 0
  package internal(set) var history = History()
  /// Damaged images that were left out, each once.
  package internal(set) var problems: [ImageryError] = []
  /// The training that was begun with `train`, until it is done.
  var run: Run?

  /// Made for the validations of one call of `train` or `resume`, and let go after it.
  var validator: Validator?

  let settings: TrainerSettings
  /// What a step runs to.
  let outputs: [Node]
  var optimizerState: OptimizerState
  private var execution: Execution?
  /// The way back.
  var ring: SnapshotRing
  /// Of weights and frozen layers, as the last step or `restore` left them; nil before the first.
  private var knownVersion: [Int]?
  /// Makes the batches of `loaderEpoch` (from 0), the next being that of step `loaderStep`.
  private var loader: Loader?
  private var loaderEpoch = 0
  private var loaderStep = 0
  /// Positions in the dataset, in the order of `orderEpoch`.
  private var order: [Int] = []
  private var orderEpoch = 0

  /// - Parameters:
  ///   - batch: images a step, from 1.
  ///   - objective: what is taught; telling classes apart unless given.
  ///   - seed: of the data order and of dropout.
  ///   - rewind: the room for going back.
  /// - Throws: `TrainingError.noImages`, `.noPairs`, `.invalidSetting`, and what the objective has
  ///   against the network or the dataset.
  package init(
    _ network: Network, _ dataset: Dataset, batch: Int = 32, optimizer: Optimizer,
    objective: any Objective = Classification(), seed: UInt64 = 0,
    rewind: RewindBudget = RewindBudget()
  ) throws {
    guard batch >= 1, batch <= 1 << 16 else {
      throw TrainingError.invalidSetting(
        name: "batch", given: Double(batch), expected: "a whole number from 1 to 65536")
    }
    guard dataset.count > 0 else { throw TrainingError.noImages(dataset: dataset.name) }
    outputs = try objective.outputs(of: network)
    try objective.check(dataset, network)
    self.network = network
    self.dataset = dataset
    self.optimizer = optimizer
    self.objective = objective
    self.seed = seed
    switch objective.batches {
    case .shuffled:
      self.batch = min(batch, dataset.count)
      stepsPerEpoch = dataset.count / self.batch
    case .pairs:
      guard let batches = dataset.pairBatches(of: batch) else {
        throw TrainingError.noPairs(dataset: dataset.name)
      }
      self.batch = batches.size
      stepsPerEpoch = batches.count
    }
    optimizerState = OptimizerState(parameterCount: network.parameters.count)
    ring = SnapshotRing(rewind)
    settings = TrainerSettings(network, dataset, self.batch, optimizer, objective, seed)
  }

  deinit { loader?.stop() }

  /// The epoch that the next step belongs to, from 1.
  package var epoch: Int { step / stepsPerEpoch + 1 }
  /// Whether the next step begins an epoch.
  package var isAtEpochStart: Bool { step % stepsPerEpoch == 0 }
  /// The learning rate of the next step.
  package var rate: Double { optimizer.schedule.rate(step: step, stepsPerEpoch: stepsPerEpoch) }
  /// The loss of the last step; nil before the first.
  package var lastLoss: Double? { history.steps.last?.loss }

  // MARK: One step

  /// Takes one step: a batch forward, the loss, the gradients backward, and the optimiser.
  /// - Parameters:
  ///   - shouldAbandon: asked between these parts; if so, the trainer goes back to where it was
  ///     before the step.
  ///   - measuring: gets how much the step changed each layer.
  /// - Returns: what it did, or nil if it was abandoned.
  /// - Throws: `TrainingError.lossNotFinite`, `.gradientNotFinite`, `.nothingToTrain`,
  ///   `.imageShape`, `.noReadableImages`; what the loader and the network throw. The state is
  ///   then what it was before the step.
  @discardableResult
  package func step(
    shouldAbandon: () -> Bool = { false }, measuring: (([LayerUpdate]) -> Void)? = nil
  ) throws -> History.Step? {
    guard network.trainableParameterCount > 0 else { throw TrainingError.nothingToTrain }
    keepForRewind()
    let batch = try nextBatch()
    let statistics = MovingStatistics(network)
    do {
      guard let record = try learn(from: batch, shouldAbandon, measuring) else {
        statistics.restore()
        knownVersion = version
        forgetLoader()
        return nil
      }
      step += 1
      history.steps.append(record)
      knownVersion = version
      if isAtEpochStart { appendEpoch(rate: record.rate) }
      return record
    } catch {
      statistics.restore()
      knownVersion = version
      forgetLoader()
      throw error
    }
  }

  /// All of a step but the counting. Weights change only at the end, where nothing can fail.
  private func learn(
    from batch: Batch, _ shouldAbandon: () -> Bool, _ measuring: (([LayerUpdate]) -> Void)?
  ) throws -> History.Step? {
    let execution = try currentExecution()
    try execution.setImages(batch.images)
    execution.draw = UInt64(step)
    let maps = try execution.outputMaps(withGradients: true)
    if shouldAbandon() { return nil }
    execution.forward()
    if shouldAbandon() { return nil }

    let measure = try objective.evaluate(batch, maps)
    guard measure.loss.isFinite else { throw diagnose(batch, loss: measure.loss) }
    try execution.backward()
    if shouldAbandon() { return nil }

    let rate = self.rate
    let gradientNorm = try checkedGradientNorm(batch)
    try prepareOptimizer()
    let before = try measuring.map { _ in try LayerUpdate.Before(network) }
    try update(rate: Float(rate))
    if let measuring, let before { measuring(try before.updates(network)) }
    return History.Step(
      step: step + 1, epoch: epoch, loss: measure.loss, score: measure.score, rate: rate,
      gradientNorm: gradientNorm, count: batch.count)
  }

  /// - Throws: `TrainingError.gradientNotFinite`.
  private func checkedGradientNorm(_ batch: Batch) throws -> Double {
    var sum = 0.0
    for parameter in network.parameters where parameter.isTrainable {
      let square = try parameter.gradientSumOfSquares()
      guard square.isFinite else { throw diagnoseGradient(batch, of: parameter.name) }
      sum += square
    }
    return sum.squareRoot()
  }

  private func prepareOptimizer() throws {
    for (index, parameter) in network.parameters.enumerated() where parameter.isTrainable {
      try optimizerState.prepare(index, count: parameter.count, optimizer)
    }
  }

  private func update(rate: Float) throws {
    for (index, parameter) in network.parameters.enumerated() where parameter.isTrainable {
      guard let value = parameter.changingValues.baseAddress,
        let gradient = try parameter.gradients().baseAddress
      else { continue }
      optimizerState.update(
        index, count: parameter.count, optimizer: optimizer, rate: rate, step: step + 1,
        gradient: gradient, value: value)
    }
  }

  private func appendEpoch(rate: Double) {
    let mean = history.mean(ofEpoch: epoch - 1)
    history.epochs.append(
      History.Epoch(epoch: epoch - 1, step: step, loss: mean.loss, score: mean.score, rate: rate))
  }

  /// The execution for a batch, made anew where layers were frozen or unfrozen.
  private func currentExecution() throws -> Execution {
    if let execution, execution.isCurrent { return execution }
    execution = nil
    let made = try Execution(network, count: batch, mode: .training, outputs: outputs)
    execution = made
    return made
  }

  // MARK: Data

  /// The batch of the next step. The order of an epoch, and what augmentation does, depend on the
  /// epoch's number only.
  private func nextBatch() throws -> Batch {
    let epochIndex = step / stepsPerEpoch
    if order.isEmpty || orderEpoch != epochIndex {
      (order, orderEpoch) = (
        dataset.order(objective.batches, seed: seed, epoch: epochIndex, batch: batch), epochIndex
      )
    }
    let first = step % stepsPerEpoch * batch
    if loader == nil || loaderEpoch != epochIndex || loaderStep != step {
      loader?.stop()
      let rest = order[first..<stepsPerEpoch * batch]
      loader = try Loader(dataset, order: Array(rest), batch: batch, epoch: epochIndex)
      (loaderEpoch, loaderStep) = (epochIndex, step)
    }
    let wanted = order[first..<first + batch]
    let made = try loader?.next()
    note(loader?.problems ?? [])
    // A batch of which nothing is left is passed over by the loader, which would shift the others.
    guard let made, wanted.contains(made.indices[0]) else {
      forgetLoader()
      throw TrainingError.noReadableImages(
        step: step + 1, names: wanted.map { dataset.name(at: $0) })
    }
    loaderStep += 1
    return made
  }

  /// Remembers damaged images, each once.
  func note(_ found: [ImageryError]) {
    for problem in found where !problems.contains(problem) { problems.append(problem) }
  }

  private func forgetLoader() {
    loader?.stop()
    loader = nil
  }

  // MARK: State

  /// The state now.
  /// - Throws: `TensorError.tooLarge`.
  package func snapshot() throws -> Snapshot {
    let count = network.parameters.reduce(0) { $0 + $1.count }
    let weights = try Tensor(uninitialized: [count]) { target in
      var offset = 0
      for parameter in network.parameters {
        if let source = parameter.values.baseAddress {
          (target + offset).update(from: source, count: parameter.count)
        }
        offset += parameter.count
      }
    }
    return Snapshot(
      step: step, history: history, weights: weights, optimizerState: optimizerState,
      isTrainable: network.layers.map(\.isTrainable), run: run, settings: settings)
  }

  /// Sixteen hexadecimal digits that differ when anything differs that the next step depends on.
  package func stateHash() throws -> String { try snapshot().hash }

  /// Takes the snapshots that `rewind` needs: every few steps, and where weights or frozen layers
  /// were changed from outside since the last step.
  private func keepForRewind() {
    let isChanged = knownVersion != version
    guard isChanged || ring.isDue(step: step) else { return }
    if let snapshot = try? snapshot() {
      ring.append(snapshot, followsChange: isChanged, of: network)
    } else {
      // No memory is left: learning goes before going back.
      ring.removeAll()
    }
  }

  private var version: [Int] { [network.weightsVersion, network.trainabilityVersion] }

  /// Goes back, or forward, to a state of this trainer, or of one with the same settings. What lies
  /// before it can be gone back to where this trainer has come the same way.
  /// - Throws: `TrainingError.snapshotDiffers`.
  package func restore(_ snapshot: Snapshot) throws {
    if let difference = settings.firstDifference(from: snapshot.settings.values) {
      throw TrainingError.snapshotDiffers(difference)
    }
    let isOnTheWay =
      step >= snapshot.step && history.prefix(snapshot.step).steps == snapshot.history.steps
    set(snapshot)
    // Weights may have been changed before that state was saved, which steps do not repeat.
    ring.drop(after: isOnTheWay ? step - 1 : -1)
    knownVersion = nil
  }

  /// As `restore`, of a state of this trainer's own past.
  func set(_ snapshot: Snapshot) {
    setWeights(snapshot.weights)
    for (layer, isTrainable) in zip(network.layers, snapshot.isTrainable) {
      network.setTrainable(isTrainable, layer)
    }
    optimizerState = snapshot.optimizerState
    step = snapshot.step
    history = snapshot.history
    run = snapshot.run
    ring.drop(after: step)
    knownVersion = version
    forgetLoader()
  }

  /// Sets all weights of the network from one tensor, as in `Snapshot.weights`.
  func setWeights(_ weights: Tensor) {
    weights.withUnsafePointer { source in
      var offset = 0
      for parameter in network.parameters {
        parameter.changingValues.baseAddress?.update(from: source + offset, count: parameter.count)
        offset += parameter.count
      }
    }
  }

  /// Sets what validation found in the record of the last epoch.
  func amendLastEpoch(_ change: (inout History.Epoch) -> Void) {
    guard !history.epochs.isEmpty else { return }
    change(&history.epochs[history.epochs.count - 1])
  }
}

/// The weights that a forward run in training changes by itself, as they were.
private struct MovingStatistics {
  private let parameters: [Parameter]
  private let values: [[Float]]

  init(_ network: Network) {
    parameters = network.parameters.filter { !$0.canLearn }
    values = parameters.map { Array($0.values) }
  }

  func restore() {
    for (parameter, old) in zip(parameters, values) {
      _ = parameter.changingValues.update(fromContentsOf: old)
    }
  }
}
