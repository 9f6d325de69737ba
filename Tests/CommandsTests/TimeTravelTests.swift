import Foundation
import Kernels
import Testing
import Training

/// Going back and forth must give the same bytes of the whole state: for each of the models, at any
/// number of threads, and across a checkpoint.
@Suite(.serialized) struct TimeTravelTests {
  /// Statements that make `fit`, a trainer of each model in a small setting with all that has state:
  /// augmentation, dropout, batch norm, momentum, pairs.
  static let models: [(name: String, setup: String)] = [
    (
      "small_cnn",
      """
      data = load "coast/scenes" size: 48 count: 12
      net = small_cnn(classes: data.classes input: [48, 48, 3] filters: 4 dense: 8)
      fit = trainer(net, data.augment() batch: 4)
      """
    ),
    (
      "mobilenet_v2",
      """
      data = load "coast/scenes" size: 48 count: 12
      net = mobilenet_v2(classes: data.classes alpha: 0.35 input: [48, 48, 3])
      fit = trainer(net, data.augment() batch: 4 optimizer: rmsprop(rate: 0.0005 momentum: 0.9))
      """
    ),
    (
      "resnet50",
      """
      data = load "coast/scenes" size: 32 count: 6
      net = resnet50(classes: data.classes input: [32, 32, 3])
      fit = trainer(net, data batch: 2 optimizer: sgd(rate: 0.0001 momentum: 0.9))
      """
    ),
    (
      "retinanet",
      """
      data = load "coast/people" size: 64 count: 6
      net = retinanet("mobilenet_v2" classes: data.classes input: [64, 64, 3] width: 16)
      fit = trainer(net, data batch: 2 optimizer: adam(rate: 0.0001))
      """
    ),
    (
      "unet",
      """
      data = load "coast/cover" size: 32 count: 6
      net = unet(classes: data.classes input: [32, 32, 3] width: 4 depth: 3)
      fit = trainer(net, data.augment() batch: 2 loss: cross_entropy() + dice())
      """
    ),
    (
      "residual_unet",
      """
      data = load "coast/cover" size: 32 count: 6
      net = residual_unet(classes: data.classes input: [32, 32, 3] width: 4)
      fit = trainer(net, data batch: 2 optimizer: adam(rate: cosine(0.001 epochs: 50)))
      """
    ),
    (
      "embedding",
      """
      data = load "coast/scenes" size: 32 count: 16
      net = embedding(dimension: 4 input: [32, 32, 3] normalize: true)
      fit = trainer(net, data batch: 8)
      """
    ),
    (
      "autoencoder",
      """
      data = load "coast/scenes" size: 16 count: 12
      net = autoencoder(dimension: 4 input: [16, 16, 3] filters: [4, 8])
      fit = trainer(net, data batch: 4)
      """
    ),
  ]

  @Test(arguments: models.map(\.name))
  func forwardAgainGivesTheSameBytes(name: String) throws {
    let setup = try #require(Self.models.first { $0.name == name }).setup
    let usual = Parallel.threads
    defer { Parallel.threads = usual }
    var seen: Set<String> = []
    // With 1 and 4 here, and 2 and 1 for the trainer that goes on from the checkpoint.
    for threads in [1, 4] {
      Parallel.threads = threads
      let student = try Student()
      student.run(setup)
      /// The whole state, and all that is told of the past.
      func state() -> String { student.run("show fit.state.hash, fit.history") }
      student.run("step fit 3;")
      let early = state()
      #expect(!early.contains("error"), "\(early)")
      student.run("step fit 8;")
      let eleven = state()
      for back in [1, 7] {
        student.run("rewind fit \(back)")
        #expect(student.run("show fit.step") == "\(11 - back)\n")
        #expect(student.run("step fit \(back)").contains("step 11 "))
        #expect(state() == eleven, "\(back) steps back with \(threads) threads")
      }
      student.run("rewind fit to: 3")
      #expect(state() == early)

      // Saved in the past, read into a trainer of its own, and forward: other threads, the same.
      student.run("save fit \"HERE/a.ckpt\"")
      Parallel.threads = threads % 4 + 1
      let other = try Student()
      other.run(setup)
      let path = student.folder.path + "/a.ckpt"
      #expect(other.run("open \"\(path)\" into: fit").contains("after step 3"))
      other.run("step fit 8")
      #expect(other.run("show fit.state.hash, fit.history") == eleven)
      other.run("rewind fit 7; step fit 7")
      #expect(other.run("show fit.state.hash, fit.history") == eleven)
      seen.insert(eleven)
    }
    #expect(seen.count == 1)
  }

  /// A thousand steps back, with memory for some snapshots only and with files for the others. The
  /// large networks take minutes: their turn comes with CONCH_LONG_TESTS.
  @Test(
    arguments: ProcessInfo.processInfo.environment["CONCH_LONG_TESTS"] == nil
      ? ["small_cnn", "autoencoder"] : models.map(\.name))
  func aThousandStepsBackAndForth(name: String) throws {
    let student = try Student()
    let setup = try #require(Self.models.first { $0.name == name }).setup
    student.run(
      setup.replacingOccurrences(
        of: "batch:", with: "rewind_memory: 1 rewind_folder: \"HERE/past\" batch:"))
    student.run("step fit 5")
    let start = student.run("show fit.state.hash, fit.history")
    student.run("step fit 1000")
    let end = student.run("show fit.state.hash, fit.history")
    #expect(student.run("show fit.snapshots.bytes_in_files > 0") == "true\n")
    #expect(student.run("rewind fit 1000") == "Back after step 5.\n")
    #expect(student.run("show fit.state.hash, fit.history") == start)
    student.run("step fit 1000")
    #expect(student.run("show fit.state.hash, fit.history") == end)

    // What was in files goes when it is not needed any more.
    student.run("rewind fit to: 0\nfit = none")
    #expect(
      try FileManager.default.contentsOfDirectory(atPath: student.folder.path + "/past") == [])
  }
}
