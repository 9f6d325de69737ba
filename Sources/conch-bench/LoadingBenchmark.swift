import Imagery
import Kernels
import Models
import Tensors
import Training

/// Whether data holds training back: the same steps with images that are decoded and resized as they
/// are needed, and with images that are kept; augmented both. Where the processors are busy
/// anyway, the difference should be no more than the work itself.
enum LoadingBenchmark {
  /// - Parameter folder: photographs, a folder per class.
  static func run(_ folder: String, side: Int = 224, batch: Int = 16, rounds: Int = 4) throws {
    let kept = try Dataset.folder(
      folder, frame: ImageFrame(side: side), verification: .headers
    ).augmented(.usual, seed: 1)
    let sets = [kept, kept.cached(limit: 0)]
    let trainers = try sets.map { set in
      try Trainer(
        try MobileNetV2.network(
          input: [side, side, 3], alpha: 1, classes: set.classes.count, convention: .keras),
        set, batch: batch, optimizer: .sgd(.constant(0.001), momentum: 0.9))
    }
    let steps = max(2, kept.count / batch)
    for trainer in trainers { for _ in 0..<steps { try trainer.step() } }
    var seconds = [Double](repeating: 0, count: 2)
    for _ in 0..<rounds {
      for (index, trainer) in trainers.enumerated() {
        let start = Clock.seconds()
        for _ in 0..<steps { try trainer.step() }
        seconds[index] += Clock.seconds() - start
      }
    }
    let alone = try sets.map { set in
      let start = Clock.seconds()
      let loader = try Loader(set, batch: batch, keepPartial: false, threads: 0)
      while try loader.next() != nil {}
      return (Clock.seconds() - start) / Double(max(1, loader.count))
    }
    let decoding = alone[1] - alone[0]
    let perStep = seconds.map { $0 / Double(rounds * steps) }
    line(
      "mobilenet_v2_\(side)_b\(batch)",
      [
        ("kept_ms", perStep[0] * 1e3), ("decoded_ms", perStep[1] * 1e3),
        ("difference", perStep[1] / perStep[0] - 1),
        ("decoding_alone_on_one_thread_ms", decoding * 1e3),
        // What is left of the difference when its share of both processors' work is taken off.
        ("waiting", (perStep[1] - perStep[0] - decoding / Double(Parallel.threads)) / perStep[1]),
      ])
  }
}
