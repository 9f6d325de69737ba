import Foundation
import Networks
import Tensors
import Testing
import Training

struct CheckpointTests {
  @Test func trainingGoesOnFromAFileAsIfNothingHadHappened() throws {
    let folder = try Toy.Folder()
    let path = folder.file("state.safetensors")
    let validation = try Toy.dataset(12, seed: 5)
    let trainer = try Toy.trainer()
    _ = try trainer.train(.init(epochs: 1, validation: validation))
    try trainer.network.setTrainable(false, layersNamed: ["conv_1"])
    for _ in 0..<2 { try trainer.step() }
    try Checkpoint.save(trainer, to: path)

    let other = try Toy.trainer()
    try Checkpoint.load(into: other, from: path)
    #expect(try other.stateHash() == trainer.stateHash())
    #expect(other.history == trainer.history)
    #expect(other.step == 7)
    for _ in 0..<9 {
      try trainer.step()
      try other.step()
    }
    #expect(try other.stateHash() == trainer.stateHash())
    #expect(other.history == trainer.history)
    #expect(try other.rewind(steps: 9))
    #expect(try Toy.trainer(seed: 1).network.layer("conv_1").isTrainable)
    #expect(try !other.network.layer("conv_1").isTrainable)
  }

  @Test func aCheckpointIsAlsoAFileOfWeights() throws {
    let folder = try Toy.Folder()
    let trainer = try Toy.trainer()
    try trainer.step()
    try Checkpoint.save(trainer, to: folder.file("state"))
    let network = try Toy.network(seed: 9)
    #expect(try Weights.load(into: network, from: folder.file("state")).isComplete)
    let (a, b) = (network.parameters[0], trainer.network.parameters[0])
    #expect(try a.value().isIdentical(to: b.value()))
  }

  @Test func whatDoesNotFitIsNamedAndChangesNothing() throws {
    let folder = try Toy.Folder()
    let path = folder.file("state")
    let trainer = try Toy.trainer()
    try trainer.step()
    try Checkpoint.save(trainer, to: path)
    let hash = try Toy.trainer().stateHash()

    do {
      try Checkpoint.load(into: Toy.trainer(seed: 2), from: path)
      Issue.record("a checkpoint of another seed was read")
    } catch TrainingError.snapshotDiffers(let difference) { #expect(difference.name == "network") }

    // The same classes in the same order, and other pixels.
    let other = try Trainer(
      Toy.network(), Toy.dataset(60, seed: 2), batch: 12, optimizer: .adam(.constant(0.01)), seed: 1
    )
    do {
      try Checkpoint.load(into: other, from: path)
      Issue.record("a checkpoint of other images was read")
    } catch TrainingError.snapshotDiffers(let difference) { #expect(difference.name == "data") }

    try Weights.save(trainer.network, to: folder.file("weights"))
    let file = try Safetensors.read(path)
    var changed = file
    changed["head/bias"] = try Tensor([1, 2, 3])
    var missing = file
    missing["head/bias"] = nil
    var half = file
    half["optimizer/1/head/bias"] = nil
    var noCounter = file
    noCounter.metadata.removeAll { $0.key == "step" }
    var badHistory = file
    badHistory.metadata = badHistory.metadata.map {
      $0.key == "history" ? ($0.key, "{\"steps\":[[1]],\"epochs\":[]}") : $0
    }
    for (name, tensors) in [
      ("changed", changed), ("missing", missing), ("half", half), ("counter", noCounter),
      ("history", badHistory),
    ] { try Safetensors.write(tensors, to: folder.file(name)) }
    for name in ["weights", "changed", "missing", "half", "counter", "history"] {
      let fresh = try Toy.trainer()
      do {
        try Checkpoint.load(into: fresh, from: folder.file(name))
        Issue.record("\(name) was read")
      } catch TrainingError.notACheckpoint(let given, _) { #expect(given == folder.file(name)) }
      #expect(try fresh.stateHash() == hash)
    }
  }
}
