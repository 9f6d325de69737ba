import Imagery
import Kernels
import Networks
import Tensors
import Testing
import Training

@Suite(.serialized)
struct TrainerTests {
  @Test func aSmallNetworkLearnsToTellPatternsApart() throws {
    let trainer = try Toy.trainer(count: 120)
    let test = try Toy.dataset(60, seed: 99)
    let before = try #require(try Classifier(trainer.network).evaluate(test))
    #expect(try trainer.train(.init(epochs: 15, validation: test)) == .finished(bestEpoch: nil))
    let after = try #require(try Classifier(trainer.network).evaluate(test))
    #expect(after.accuracy > 0.95)
    #expect(after.loss < 0.3 * before.loss)
    #expect(trainer.step == 150)
    #expect(trainer.history.steps.count == 150)
    let record = try #require(trainer.history.epochs.last)
    #expect(record.epoch == 15)
    #expect(record.step == 150)
    #expect(record.validationLoss == after.loss)
    #expect(record.validationScore == after.accuracy)
    #expect(record.loss < trainer.history.epochs[0].loss)
  }

  @Test func threadsAndRunsDoNotChangeABit() throws {
    let usual = Parallel.threads
    defer { Parallel.threads = usual }
    var hashes: Set<String> = []
    var losses: Set<[Double]> = []
    for threads in [1, 2, 4, 2] {
      Parallel.threads = threads
      let trainer = try Toy.trainer()
      for _ in 0..<12 { try trainer.step() }
      hashes.insert(try trainer.stateHash())
      losses.insert(trainer.history.steps.map(\.loss))
    }
    #expect(hashes.count == 1)
    #expect(losses.count == 1)
    #expect(try Toy.trainer(seed: 2).stateHash() != Toy.trainer(seed: 1).stateHash())
  }

  @Test func interruptedAndResumedEqualsUninterrupted() throws {
    let validation = try Toy.dataset(12, seed: 5)
    let plan = Trainer.Plan(epochs: 4, validation: validation, patience: 3, keepBest: true)
    let whole = try Toy.trainer()
    let outcome = try whole.train(plan)
    for stop in [0, 1, 5, 7, 13] {
      let trainer = try Toy.trainer()
      var watch = Trainer.Watch()
      watch.shouldStop = { trainer.step >= stop }
      #expect(try trainer.train(plan, watch: watch) == .interrupted)
      #expect(trainer.step == stop)
      #expect(trainer.canResume)
      #expect(try trainer.resume() == outcome)
      #expect(!trainer.canResume)
      #expect(try trainer.stateHash() == whole.stateHash())
      #expect(trainer.history == whole.history)
    }
  }

  @Test func aStopDuringValidationIsMadeUpForWhenResumed() throws {
    let plan = Trainer.Plan(epochs: 2, validation: try Toy.dataset(24, seed: 5))
    let whole = try Toy.trainer()
    _ = try whole.train(plan)
    let trainer = try Toy.trainer()
    var isValidating = false
    var watch = Trainer.Watch()
    watch.progress = { if case .validating = $0.phase { isValidating = true } }
    watch.shouldStop = { isValidating }
    #expect(try trainer.train(plan, watch: watch) == .interrupted)
    #expect(trainer.history.epochs[0].validationLoss == nil)
    #expect(try trainer.resume() == .finished(bestEpoch: nil))
    #expect(trainer.history == whole.history)
  }

  @Test func anAbandonedStepLeavesNoTrace() throws {
    let trainer = try Toy.trainer()
    for _ in 0..<3 { try trainer.step() }
    let hash = try trainer.stateHash()
    for question in 1...3 {
      var asked = 0
      let record = try trainer.step(shouldAbandon: {
        asked += 1
        return asked == question
      })
      #expect(record == nil)
      #expect(try trainer.stateHash() == hash)
      #expect(trainer.history.steps.count == 3)
    }
    let other = try Toy.trainer()
    for _ in 0..<4 { try other.step() }
    try trainer.step()
    #expect(try trainer.stateHash() == other.stateHash())

    var watch = Trainer.Watch()
    watch.shouldAbandon = { trainer.step == 6 }
    #expect(try trainer.train(.init(epochs: 2), watch: watch) == .abandoned)
    #expect(trainer.step == 6)
    #expect(trainer.canResume)
  }

  @Test func rewindingAndSteppingAgainGivesTheSameBits() throws {
    let trainer = try Toy.trainer()
    var hashes = [try trainer.stateHash()]
    for _ in 0..<21 {
      try trainer.step()
      hashes.append(try trainer.stateHash())
    }
    let history = trainer.history
    for back in [0, 1, 5, 8, 3] {
      let target = trainer.step - back
      #expect(try trainer.rewind(steps: back))
      #expect(trainer.step == target)
      #expect(try trainer.stateHash() == hashes[target])
      #expect(trainer.history.steps == Array(history.steps.prefix(target)))
    }
    while trainer.step < 21 { try trainer.step() }
    #expect(try trainer.stateHash() == hashes[21])
    #expect(trainer.history == history)
    #expect(try trainer.rewind(steps: 21))
    #expect(try trainer.stateHash() == hashes[0])
    #expect(throws: TrainingError.cannotRewind(to: -1, from: 0, earliest: 0)) {
      try trainer.rewind(steps: 1)
    }
    #expect(throws: TrainingError.self) { try trainer.rewind(steps: -1) }
    #expect(throws: TrainingError.self) { try trainer.rewind(steps: .min) }
  }

  @Test func rewindingKnowsWhatWasChangedBetweenSteps() throws {
    let trainer = try Toy.trainer()
    var hashes: [String] = []
    for step in 0..<20 {
      if step == 6 { try trainer.network.setTrainable(false, layersBefore: "depthwise") }
      if step == 9 { try trainer.network.layer("head").parameter("bias").set(Tensor([1, 2, 3])) }
      if step == 13 { try trainer.network.setTrainable(true, layersNamed: ["norm_1"]) }
      hashes.append(try trainer.stateHash())
      try trainer.step()
    }
    for target in [15, 13, 12, 9, 8, 6, 5, 0] {
      #expect(try trainer.rewind(steps: trainer.step - target))
      #expect(try trainer.stateHash() == hashes[target], "step \(target)")
    }
  }

  @Test func littleMemoryShortensTheWayBack() throws {
    let trainer = try Toy.trainer(rewindLimit: 40_000)
    var hashes: [String] = []
    for _ in 0..<60 {
      hashes.append(try trainer.stateHash())
      try trainer.step()
    }
    #expect(try trainer.rewind(steps: 5))
    #expect(try trainer.stateHash() == hashes[55])
    let tiny = try Toy.trainer(rewindLimit: 0)
    for _ in 0..<20 { try tiny.step() }
    #expect(throws: TrainingError.self) { try tiny.rewind(steps: 15) }
    #expect(try tiny.rewind(steps: 2))
    #expect(try tiny.stateHash() == hashes[18])
  }

  @Test func snapshotsReturnAndOnlyWhereTheyFit() throws {
    let trainer = try Toy.trainer()
    for _ in 0..<4 { try trainer.step() }
    let snapshot = try trainer.snapshot()
    for _ in 0..<4 { try trainer.step() }
    let later = try trainer.stateHash()
    try trainer.restore(snapshot)
    #expect(try trainer.stateHash() == snapshot.hash)
    for _ in 0..<4 { try trainer.step() }
    #expect(try trainer.stateHash() == later)
    do {
      try Toy.trainer(batch: 10).restore(snapshot)
      Issue.record("a snapshot of another trainer was taken")
    } catch TrainingError.snapshotDiffers(let difference) {
      #expect((difference.name, difference.expected, difference.given) == ("batch", "10", "12"))
    }
  }

  @Test func frozenLayersStayAndOthersLearn() throws {
    let trainer = try Toy.trainer()
    try trainer.step()
    try trainer.network.setTrainable(false, layersBefore: "conv_2")
    let before = try trainer.network.parameters.map { try $0.value() }
    for _ in 0..<3 { try trainer.step() }
    for (parameter, old) in zip(trainer.network.parameters, before) {
      let isSame = try parameter.value() == old
      let isFrozen = ["conv_1", "norm_1", "depthwise"].contains { parameter.name.hasPrefix($0) }
      #expect(isSame == isFrozen, "\(parameter.name)")
    }
    trainer.network.setTrainable(true, firstLayers: -1)
    try trainer.step()
    #expect(try trainer.network.parameters[0].value() != before[0])
    trainer.network.setTrainable(false, firstLayers: .max)
    #expect(throws: TrainingError.nothingToTrain) { try trainer.step() }
    #expect(throws: NetworkError.self) {
      try trainer.network.setTrainable(false, layersNamed: ["conv_9"])
    }
  }

  @Test func aLossThatIsNotANumberNamesStepAndLayer() throws {
    let trainer = try Toy.trainer()
    try trainer.step()
    let kernel = try trainer.network.layer("conv_2").parameter("kernel")
    kernel.changingValues[3] = .nan
    let hash = try trainer.stateHash()
    do {
      try trainer.step()
      Issue.record("a step was taken")
    } catch TrainingError.lossNotFinite(let step, let loss, let origin, let parameter) {
      #expect(step == 2)
      #expect(loss.isNaN)
      #expect(origin == Origin(layer: "conv_2", operation: "conv"))
      #expect(parameter == "conv_2/kernel")
    }
    #expect(try trainer.stateHash() == hash)
    #expect(trainer.step == 1)
  }

  @Test func aGradientThatIsNotFiniteIsNamedAndNotTaken() throws {
    let input = try Node.input([2, 2, 3])
    let hidden = try input.applying(Flatten()).applying(Dense(units: 1), name: "hidden")
    let network = try Network(
      inputs: [input], outputs: [hidden.applying(Dense(units: 3), name: "head")])
    try network.layer("hidden").parameter("kernel").set(Tensor(shape: [12, 1]))
    try network.layer("head").parameter("kernel")
      .set(Tensor(shape: [1, 3], values: [3e38, -3e38, 3e38]))
    let white = try Tensor(shape: [2, 2, 3], repeating: 1)
    let source = try MemorySource(
      images: [white, white], labels: [1, 1], classes: ["a", "b", "c"])
    let trainer = try Trainer(network, Dataset(source, name: "white"), optimizer: .sgd())
    let hash = try trainer.stateHash()
    // What comes back to `hidden` is just below the largest number, and twice that is summed there.
    let origin = Origin(layer: "hidden", operation: "dense")
    #expect(
      throws: TrainingError.gradientNotFinite(step: 1, parameter: "hidden/kernel", origin: origin)
    ) { try trainer.step() }
    #expect(try trainer.stateHash() == hash)
  }

  @Test func trainingEndsEarlyAndKeepsTheBestWeights() throws {
    let validation = try Toy.dataset(12, seed: 5)
    // A rate that ruins what it has reached.
    let schedule = Schedule.piecewise(boundaries: [24], rates: [0.01, 3])
    let trainer = try Trainer(
      Toy.network(), Toy.dataset(60), batch: 12, optimizer: .sgd(schedule, momentum: 0.9), seed: 1)
    let outcome = try trainer.train(
      .init(epochs: 50, validation: validation, patience: 2, keepBest: true))
    guard case .stoppedEarly(let epoch, let best?) = outcome else {
      Issue.record("\(outcome)")
      return
    }
    #expect(epoch == best + 2)
    #expect(trainer.step == epoch * 5)
    let evaluation = try #require(try Classifier(trainer.network).evaluate(validation))
    #expect(evaluation.loss == trainer.history.epochs[best - 1].validationLoss)
    #expect(trainer.history.epochs.last { $0.isBest }?.epoch == best)
  }

  @Test func progressTellsWhereTrainingIs() throws {
    let trainer = try Toy.trainer()
    var seen: [Trainer.Progress] = []
    var watch = Trainer.Watch()
    watch.progress = { seen.append($0) }
    _ = try trainer.train(.init(epochs: 2, validation: Toy.dataset(24, seed: 3)), watch: watch)
    let steps = seen.filter { $0.phase == .training }
    #expect(steps.map(\.step) == [1, 2, 3, 4, 5, 1, 2, 3, 4, 5])
    #expect(steps.map(\.epoch) == [1, 1, 1, 1, 1, 2, 2, 2, 2, 2])
    #expect(steps.allSatisfy { $0.steps == 5 && $0.epochs == 2 && $0.rate == 0.01 })
    #expect(steps.allSatisfy { $0.imagesPerSecond > 0 && $0.secondsLeft != nil })
    #expect(steps.last?.secondsLeft == 0)
    #expect(seen.contains { $0.phase == .validating(done: 24, count: 24) })
    let epochs = trainer.history.epochs
    #expect(seen.filter { $0.phase == .epochDone(epochs[1]) }.count == 1)
  }

  @Test func everyImageIsSeenOnceAnEpoch() throws {
    // 60 images and batches of 7: four are left over, others each time.
    let trainer = try Toy.trainer(batch: 7)
    #expect(trainer.stepsPerEpoch == 8)
    let orders = (0..<2).map { trainer.dataset.order(seed: trainer.seed, epoch: $0) }
    #expect(orders.allSatisfy { $0.sorted() == Array(0..<60) })
    #expect(orders[0] != orders[1])
    #expect(try Toy.trainer(count: 5, batch: 32).stepsPerEpoch == 1)
  }

  @Test func whatDoesNotFitIsSaidBeforeTraining() throws {
    let data = try Toy.dataset(6)
    let optimizer = try Optimizer.adam()
    #expect(throws: TrainingError.classCount(outputs: 4, classes: 3)) {
      try Trainer(Toy.network(classes: 4), data, optimizer: optimizer)
    }
    #expect(throws: TrainingError.classWeightCount(given: 2, classes: 3)) {
      try Trainer(
        Toy.network(), data, optimizer: optimizer,
        objective: Classification(CrossEntropy(classWeights: [1, 2])))
    }
    #expect(throws: TrainingError.self) {
      try Trainer(Toy.network(), data, batch: 0, optimizer: optimizer)
    }
    #expect(throws: TrainingError.imageShape(expected: [16, 16, 3], given: [12, 12, 3])) {
      try Trainer(Toy.network(side: 16), data, optimizer: optimizer).step()
    }
    let input = try Node.input([12, 12, 3])
    let map = try input.applying(Convolution(filters: 3, kernel: 3))
    #expect(throws: TrainingError.notAClassifier(outputs: [[10, 10, 3]])) {
      try Trainer(Network(inputs: [input], outputs: [map]), data, optimizer: optimizer)
    }
    let trainer = try Toy.trainer()
    #expect(throws: TrainingError.nothingToResume) { try trainer.resume() }
    #expect(throws: TrainingError.self) { try trainer.train(.init(epochs: 0)) }
    #expect(throws: TrainingError.self) { try trainer.train(.init(epochs: 1, patience: 0)) }
  }
}
