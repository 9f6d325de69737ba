import Foundation
import Networks
import Tensors
import Testing

/// Whole models against dumps of Keras: outputs at inference and in training, and the gradient of
/// every weight. If one fails, weights trained elsewhere mean something else here.
@Suite struct FixtureTests {
  @Test(arguments: Fixture.all) func agreesWithKeras(_ fixture: Fixture) throws {
    let tensors = try Safetensors.read(fixture.path)
    guard let network = try fixture.network(tensors) else {
      print("skipped fixture \(fixture.name): no model \(fixture.family) yet")
      return
    }
    try FixtureWeights.fill(network)
    try checkWeights(network, fixture)
    let x = try #require(tensors["x"])

    let inference = try Execution(network, count: x.shape[0], mode: .inference)
    for (index, output) in try inference.forward([x]).enumerated() {
      expectClose(output, try #require(tensors["inference/y\(index)"]), "inference/y\(index)")
    }

    let training = try Execution(network, count: x.shape[0], mode: .training)
    let upstream = try network.outputs.indices.map { try #require(tensors["training/dy\($0)"]) }
    let outputs = try training.forward([x])
    let expected = try outputs.indices.map { try #require(tensors["training/y\($0)"]) }
    #expect(outputs.map(\.shape) == expected.map(\.shape))
    let disagreement = zip(outputs, expected).reduce(Float(0)) { max($0, distance($1.0, $1.1)) }
    if disagreement > 1e-4 {
      // Batch statistics over very few values make a network that magnifies rounding.
      let moved = try movement(of: training, x, by: 1e-6, draw: 0, from: outputs)
      #expect(disagreement <= 1e-4 + 3 * moved, "training outputs")
      if moved > 1e-2 {
        print("\(fixture.name): training cannot be compared, rounding moves it by \(moved)")
        return
      }
      _ = try training.forward([x])
    }

    try training.backward(upstream)
    let gradients = try trainable(network).map { try $0.gradient().values }
    let errors = try errors(of: gradients, network, tensors)
    if let worst = errors.max(), worst <= 1e-4 { return }
    let noise = try roundingNoise(
      training, x, upstream, moving: outputs, by: disagreement, around: gradients, tensors)
    for ((error, noise), parameter) in zip(zip(errors, noise), trainable(network)) {
      #expect(error <= 1e-4 + 3 * noise, "gradient of \(parameter.name), noise \(noise)")
      #expect(noise < 0.1, "the gradient of \(parameter.name) says nothing")
    }
  }

  private func trainable(_ network: Network) -> [Parameter] {
    network.parameters.filter(\.canLearn)
  }

  /// What the gradients are worth in float32: how much they change when the image changes so
  /// little that the outputs move no more than those of the two frameworks differ.
  ///
  /// A network with kinks (ReLU6) and a normalisation over few values jumps: in
  /// mobilenet_v2_a100_s64 the last maps are 2×2, and one value in 10,240 that lies within rounding
  /// of 0 moves gradients by per cent: against double precision that dump is itself 2 % off.
  private func roundingNoise(
    _ training: Execution, _ x: Tensor, _ upstream: [Tensor], moving outputs: [Tensor],
    by disagreement: Float, around gradients: [[Float]], _ tensors: NamedTensors
  ) throws -> [Float] {
    let parameters = trainable(training.network)
    let norms = try norms(parameters, tensors)
    var noise = [Float](repeating: 0, count: gradients.count)
    for draw in 0..<8 {
      var size: Float = 1e-7
      while size < 1e-4,
        try movement(of: training, x, by: size, draw: draw, from: outputs) < disagreement
      { size *= 2 }
      try training.backward(upstream)
      for (index, parameter) in parameters.enumerated() {
        let difference = zip(try parameter.gradient().values, gradients[index]).map { $0 - $1 }
        noise[index] = max(noise[index], norm(difference) / norms.allowed[index])
      }
    }
    return noise
  }

  /// How far the outputs go when every value of the image changes by up to `size` of itself.
  private func movement(
    of training: Execution, _ x: Tensor, by size: Float, draw: Int, from outputs: [Tensor]
  ) throws -> Float {
    var stream = RandomStream(seed: UInt64(draw), name: "noise")
    let changed = try Tensor(
      shape: x.shape, values: x.values.map { $0 * (1 + size * (2 * stream.uniform() - 1)) })
    return zip(try training.forward([changed]), outputs).reduce(Float(0)) {
      max($0, distance($1.0, $1.1))
    }
  }

  /// The largest difference relative to the largest value of `b`.
  private func distance(_ a: Tensor, _ b: Tensor) -> Float {
    let scale = b.values.reduce(Float.leastNormalMagnitude) { max($0, abs($1)) }
    return zip(a.values, b.values).reduce(Float(0)) { worst, pair in
      let error = abs(pair.0 - pair.1)
      return error.isNaN ? .infinity : max(worst, error)
    } / scale
  }

  private func expectClose(_ actual: Tensor, _ expected: Tensor, _ name: String) {
    #expect(actual.shape == expected.shape)
    let error = distance(actual, expected)
    #expect(error <= 1e-4, "\(name) is off by \(error)")
  }

  private func norm(_ values: [Float]) -> Float {
    Float(values.reduce(0) { $0 + Double($1) * Double($1) }.squareRoot())
  }

  /// The norms of the dump, and what errors are relative to: the norm and a hundredth of the
  /// largest one, because a gradient that is mathematically zero is rounding noise on both sides.
  private func norms(
    _ parameters: [Parameter], _ tensors: NamedTensors
  ) throws -> (expected: [Float], allowed: [Float]) {
    let expected = try parameters.map {
      try #require(tensors["gradient_norm/\($0.name)"]).values[0]
    }
    let floor = 1e-2 * (expected.max() ?? 0)
    return (expected, expected.map { $0 + floor })
  }

  /// For each weight, how far the norm and the first elements of its gradient are from the dump's.
  private func errors(
    of gradients: [[Float]], _ network: Network, _ tensors: NamedTensors
  ) throws -> [Float] {
    let parameters = trainable(network)
    let norms = try norms(parameters, tensors)
    return try parameters.indices.map { index in
      var error = abs(norm(gradients[index]) - norms.expected[index])
      let head = try #require(tensors["gradient_head/\(parameters[index].name)"]).values
      for (a, b) in zip(gradients[index], head) { error = max(error, abs(a - b)) }
      #expect(error.isFinite)
      return error / norms.allowed[index]
    }
  }

  /// Names, shapes, order and counts, as `index.json` has them.
  private func checkWeights(_ network: Network, _ fixture: Fixture) throws {
    // New dumps may come without the list.
    let path = URL(fileURLWithPath: Fixture.folder + "/index.json")
    guard let data = try? Data(contentsOf: path) else { return }
    let index = try #require(try JSONSerialization.jsonObject(with: data) as? [String: Any])
    let models = try #require(index["models"] as? [String: Any])
    guard let model = models[fixture.name] as? [String: Any] else { return }
    #expect(network.parameters.map { "\($0.name) \($0.shape)" } == model["weights"] as? [String])
    #expect(network.parameterCount == model["parameters"] as? Int)
    #expect(network.trainableParameterCount == model["trainable"] as? Int)
  }
}
