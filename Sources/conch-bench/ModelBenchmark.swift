import Models
import Networks
import Tensors

/// Times whole networks: forward and backward of a training step
/// (without loss and optimiser), and inference.
enum ModelBenchmark {
  /// One measured network. Seconds are the best of the repeats, for the whole batch.
  struct Row: Sendable {
    let name: String
    /// Images in the batch.
    let count: Int
    let forwardSeconds: Double
    let backwardSeconds: Double
    let inferenceSeconds: Double
    /// Multiplications with an addition for one image forward; backward takes twice as many.
    let multiplyAccumulates: Int
    /// Memory of the plans, without weights.
    let trainingBytes: Int
    let inferenceBytes: Int

    var trainingImagesPerSecond: Double {
      Double(count) / (forwardSeconds + backwardSeconds)
    }
    var inferenceImagesPerSecond: Double { Double(count) / inferenceSeconds }
    /// Floating-point operations per second in training, two for a multiplication with its
    /// addition.
    var trainingOperationsPerSecond: Double {
      6 * Double(multiplyAccumulates) * trainingImagesPerSecond
    }
  }

  private struct Case: Sendable {
    let name: String
    let count: Int
    let network: @Sendable () throws -> Network
  }

  private static let cases: [Case] = [
    Case(name: "mobilenet_v2 0.35 at 96", count: 32) {
      try MobileNetV2.network(input: [96, 96, 3], alpha: 0.35, classes: 4)
    },
    Case(name: "mobilenet_v2 1.0 at 96", count: 32) {
      try MobileNetV2.network(input: [96, 96, 3], classes: 4)
    },
    Case(name: "mobilenet_v2 1.0 at 224", count: 8) {
      try MobileNetV2.network(input: [224, 224, 3], classes: 4)
    },
    Case(name: "small network at 96", count: 32) {
      try SmallConvolutionalNetwork.network(input: [96, 96, 3], classes: 4)
    },
  ]

  /// Runs all, or those whose name contains `pattern`.
  /// - Throws: `NetworkError.memory`.
  static func run(matching pattern: String? = nil, repeats: Int = 5) throws -> [Row] {
    try cases.filter { $0.name.contains(pattern ?? "") }.map { entry in
      let network = try entry.network()
      let training = try Execution(network, count: entry.count, mode: .training)
      fill(training)
      var (forward, backward) = (Double.infinity, Double.infinity)
      for _ in 0...max(repeats, 1) {
        let start = Clock.seconds()
        training.forward()
        let middle = Clock.seconds()
        training.outputGradients()?.update(repeating: 1 / Float(entry.count))
        try training.backward()
        forward = min(forward, middle - start)
        backward = min(backward, Clock.seconds() - middle)
      }
      let inference = try Execution(network, count: entry.count, mode: .inference)
      fill(inference)
      var alone = Double.infinity
      for _ in 0...max(repeats, 1) {
        let start = Clock.seconds()
        inference.forward()
        alone = min(alone, Clock.seconds() - start)
      }
      return Row(
        name: entry.name, count: entry.count, forwardSeconds: forward, backwardSeconds: backward,
        inferenceSeconds: alone, multiplyAccumulates: network.multiplyAccumulates,
        trainingBytes: training.memoryInBytes, inferenceBytes: inference.memoryInBytes)
    }
  }

  private static func fill(_ execution: Execution) {
    var stream = RandomStream(seed: 1, name: "benchmark")
    let values = execution.inputValues()
    for index in values.indices { values[index] = stream.uniform(in: -1..<1) }
  }
}
