import Imagery
import Networks
import Tensors

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

extension Trainer {
  /// What `train` is asked for.
  package struct Plan: Sendable {
    /// Ends of epochs to reach; a begun epoch is the first.
    package var epochs: Int
    /// Looked at after each epoch, never learned from.
    package var validation: Dataset?
    /// Epochs without a lower loss (validation's, where there is one) after which to stop; nil:
    /// never.
    package var patience: Int?
    /// Whether the weights of the epoch with the lowest loss come back at the end.
    package var keepBest: Bool

    package init(
      epochs: Int, validation: Dataset? = nil, patience: Int? = nil, keepBest: Bool = false
    ) {
      self.epochs = epochs
      self.validation = validation
      self.patience = patience
      self.keepBest = keepBest
    }
  }

  /// How far training is, for a progress line.
  package struct Progress: Sendable {
    package enum Phase: Sendable, Equatable {
      case training
      /// Images of the validation dataset done.
      case validating(done: Int, count: Int)
      /// The epoch is complete, and this is its record.
      case epochDone(History.Epoch)
    }
    package let phase: Phase
    /// Steps of this epoch done, and in all.
    package let step: Int
    package let steps: Int
    /// Which epoch, from 1, and which is the last.
    package let epoch: Int
    package let epochs: Int
    /// Means of this epoch so far.
    package let loss: Double
    package let score: Double?
    /// Of the last step.
    package let rate: Double
    /// Learned from in this call, a second; 0 before the first step.
    package let imagesPerSecond: Double
    /// Until the last epoch is done, without validation; nil before the first step.
    package let secondsLeft: Double?
  }

  /// Looks that training takes outward, at each step.
  package struct Watch {
    package var progress: (Progress) -> Void
    /// Whether to end after the step in hand.
    package var shouldStop: () -> Bool
    /// Whether to give the step in hand up and go back to its beginning.
    package var shouldAbandon: () -> Bool
    /// Looks at a step that was taken, before `progress` tells of it: whether to end after it.
    package var afterStep: (History.Step) throws -> Bool

    package init(
      progress: @escaping (Progress) -> Void = { _ in },
      shouldStop: @escaping () -> Bool = { false },
      shouldAbandon: @escaping () -> Bool = { false },
      afterStep: @escaping (History.Step) throws -> Bool = { _ in false }
    ) {
      self.progress = progress
      self.shouldStop = shouldStop
      self.shouldAbandon = shouldAbandon
      self.afterStep = afterStep
    }
  }

  /// How a training ended. After the three last, `resume` goes on with it.
  package enum Outcome: Equatable, Sendable {
    /// `bestEpoch` is the epoch whose weights the network has now, where they were asked for.
    case finished(bestEpoch: Int?)
    /// No lower loss for `patience` epochs.
    case stoppedEarly(epoch: Int, bestEpoch: Int?)
    case interrupted
    case abandoned
    /// `Watch.afterStep` asked for it.
    case halted
  }

  /// A training on its way.
  struct Run: Sendable {
    let plan: Plan
    let lastEpoch: Int
    /// The last epoch that was validated and compared.
    var closedEpoch: Int
    var bestLoss = Double.infinity
    var bestEpoch: Int?
    var bestWeights: Tensor?
  }

  /// Whether there is an interrupted training that `resume` would go on with.
  package var canResume: Bool { run != nil }

  /// Gives up the training that was interrupted; all that was learned stays.
  package func endRun() { run = nil }

  /// Trains to the end of so many epochs.
  /// - Throws: `TrainingError.invalidSetting`, what the objective has against the validation data,
  ///   and what `step` throws.
  package func train(_ plan: Plan, watch: Watch = Watch()) throws -> Outcome {
    guard plan.epochs >= 1, plan.epochs <= 1_000_000 else {
      throw TrainingError.invalidSetting(
        name: "epochs", given: Double(plan.epochs), expected: "a whole number from 1")
    }
    if let patience = plan.patience, patience < 1 {
      throw TrainingError.invalidSetting(
        name: "patience", given: Double(patience), expected: "a whole number from 1")
    }
    if let validation = plan.validation {
      guard validation.count > 0 else { throw TrainingError.noImages(dataset: validation.name) }
      try objective.check(validation, network)
    }
    let done = step / stepsPerEpoch
    run = Run(plan: plan, lastEpoch: done + plan.epochs, closedEpoch: done)
    return try resume(watch: watch)
  }

  /// Trains to the end of the epoch that the next step belongs to.
  package func epoch(watch: Watch = Watch()) throws -> Outcome {
    try train(Plan(epochs: 1), watch: watch)
  }

  /// Goes on with an interrupted training, as if it had not been interrupted.
  /// - Throws: `TrainingError.nothingToResume`.
  package func resume(watch: Watch = Watch()) throws -> Outcome {
    guard let lastEpoch = run?.lastEpoch else { throw TrainingError.nothingToResume }
    var pace = Pace(firstStep: step)
    defer { validator = nil }
    while true {
      if let run, isAtEpochStart, step / stepsPerEpoch > run.closedEpoch {
        guard try close(epoch: step / stepsPerEpoch, pace, watch) else { return .interrupted }
      }
      if let outcome = ending(lastEpoch: lastEpoch) { return outcome }
      if watch.shouldStop() { return .interrupted }
      guard let record = try step(shouldAbandon: watch.shouldAbandon) else { return .abandoned }
      pace.images += record.count
      let isHalted = try watch.afterStep(record)
      watch.progress(progress(.training, epoch: record.epoch, pace))
      if isHalted { return .halted }
    }
  }

  /// The outcome, if this training is at its end: then it is over.
  private func ending(lastEpoch: Int) -> Outcome? {
    guard let run, isAtEpochStart else { return nil }
    let epoch = step / stepsPerEpoch
    let isEarly =
      run.plan.patience.map { patience in
        run.closedEpoch - (run.bestEpoch ?? lastEpoch - run.plan.epochs) >= patience
      } ?? false
    guard epoch >= lastEpoch || isEarly else { return nil }
    if let best = run.bestWeights { setWeights(best) }
    self.run = nil
    let kept = run.plan.keepBest ? run.bestEpoch : nil
    return epoch >= lastEpoch
      ? .finished(bestEpoch: kept) : .stoppedEarly(epoch: epoch, bestEpoch: kept)
  }

  /// Validates after an epoch and compares it with the best so far.
  /// - Returns: false if it was asked to stop meanwhile; nothing was noted then.
  private func close(epoch: Int, _ pace: Pace, _ watch: Watch) throws -> Bool {
    guard let plan = run?.plan else { return true }
    var measure: Measure?
    if let validation = plan.validation {
      let current = validator.flatMap { $0.isCurrent ? $0 : nil }
      let validator = try current ?? Validator(network, objective, batch: batch)
      self.validator = validator
      let result = try validator.evaluate(
        validation,
        progress: { done, count in
          let phase = Progress.Phase.validating(done: done, count: count)
          watch.progress(progress(phase, epoch: epoch, pace))
        }, shouldStop: { watch.shouldStop() || watch.shouldAbandon() })
      guard let result else { return false }
      measure = result.measure
      note(result.problems)
    }
    let loss = measure?.loss ?? history.epochs.last?.loss ?? .infinity
    let isBest = loss < (run?.bestLoss ?? .infinity)
    if isBest {
      let weights = plan.keepBest ? try snapshot().weights : nil
      run?.bestLoss = loss
      run?.bestEpoch = epoch
      run?.bestWeights = weights
    }
    run?.closedEpoch = epoch
    amendLastEpoch { record in
      record.validationLoss = measure?.loss
      record.validationScore = measure?.score
      record.isBest = isBest
    }
    if let record = history.epochs.last {
      watch.progress(progress(.epochDone(record), epoch: epoch, pace))
    }
    return true
  }

  private func progress(_ phase: Progress.Phase, epoch: Int, _ pace: Pace) -> Progress {
    let mean = history.mean(ofEpoch: epoch)
    let lastEpoch = run?.lastEpoch ?? epoch
    let seconds = pace.seconds
    let taken = step - pace.firstStep
    let left = max(lastEpoch * stepsPerEpoch - step, 0)
    return Progress(
      phase: phase, step: step - (epoch - 1) * stepsPerEpoch, steps: stepsPerEpoch, epoch: epoch,
      epochs: lastEpoch, loss: mean.loss, score: mean.score, rate: history.steps.last?.rate ?? rate,
      imagesPerSecond: seconds > 0 ? Double(pace.images) / seconds : 0,
      secondsLeft: taken > 0 ? seconds / Double(taken) * Double(left) : nil)
  }
}

/// How fast a call goes. Only progress lines see it: no clock reaches the state or the history.
private struct Pace {
  let firstStep: Int
  var images = 0
  private let start = Pace.now()

  init(firstStep: Int) { self.firstStep = firstStep }

  var seconds: Double { Pace.now() - start }

  private static func now() -> Double {
    var time = timespec()
    clock_gettime(CLOCK_MONOTONIC, &time)
    return Double(time.tv_sec) + Double(time.tv_nsec) * 1e-9
  }
}
