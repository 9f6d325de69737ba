import Networks
import Tensors
import Testing

/// In use, kernels are packed and normalisations folded into them once, until weights change.
@Suite struct PreparedWeightsTests {
  private func network() throws -> Network {
    let image = try Node.input([24, 24, 16], name: "image")
    let x =
      try image
      .applying(Convolution(filters: 32, kernel: 3, padding: .same), name: "conv")
      .applying(BatchNormalization(), name: "norm").applying(Activation.relu6, name: "relu")
      .applying(DepthwiseConvolution(kernel: 3, padding: .same, bias: false), name: "depthwise")
      .applying(BatchNormalization(), name: "depthwise_norm")
      .applying(Convolution(filters: 32, kernel: 3, padding: .same, bias: false), name: "second")
      .applying(BatchNormalization(), name: "second_norm")
      .applying(
        TransposedConvolution(filters: 8, window: Window(size: (2, 2), stride: (2, 2))), name: "up")
    let network = try Network(inputs: [image], outputs: [x], seed: 4)
    var stream = RandomStream(seed: 6, name: "statistics")
    for parameter in network.parameters where parameter.shape.count == 1 {
      for i in 0..<parameter.count {
        parameter.changingValues[i] = stream.uniform(in: 0.5..<1.5)
      }
    }
    return network
  }

  private func image(_ count: Int) throws -> Tensor {
    var stream = RandomStream(seed: 5, name: "image")
    return try Tensor(
      shape: [count, 24, 24, 16], values: (0..<count * 24 * 24 * 16).map { _ in stream.normal() })
  }

  /// A kept node keeps a normalisation by itself, so nothing is folded.
  private func unfolded(_ network: Network, _ image: Tensor) throws -> Tensor {
    let kept = network.nodes.filter { $0 !== network.outputs[0] }
    let execution = try Execution(
      network, count: image.shape[0], mode: .inference, keeping: kept)
    return try execution.forward(image)
  }

  @Test func foldedNormalisationsSayTheSame() throws {
    let (network, image) = (try network(), try image(2))
    let execution = try Execution(network, count: 2, mode: .inference)
    #expect(execution.parts.map(\.layers.count) == [3, 2, 2, 1])
    expectClose(
      try execution.forward(image).values, try unfolded(network, image).values.map(Double.init),
      tolerance: 1e-5)
  }

  @Test func anImageHasTheSameOutputAloneAndAmongOthers() throws {
    let (network, images) = (try network(), try image(3))
    let execution = try Execution(network, count: 3, mode: .inference)
    let all = try execution.forward(images)
    let one = images.count / 3
    let alone = try execution.forward(
      Tensor(shape: [1, 24, 24, 16], values: Array(images.values[one..<2 * one])))
    #expect(alone.values == Array(all.values[alone.count..<2 * alone.count]))
  }

  @Test func changedWeightsAreSeen() throws {
    let (network, image) = (try network(), try image(1))
    let execution = try Execution(network, count: 1, mode: .inference)
    let before = try execution.forward(image)
    #expect(try execution.forward(image) == before)
    for name in ["second/kernel", "norm/moving_mean", "up/kernel"] {
      let parameter = try #require(network.parameters.first { $0.name == name })
      let old = try parameter.value()
      try parameter.set(Tensor(shape: parameter.shape, values: old.values.map { $0 * 0.5 }))
      let after = try execution.forward(image)
      #expect(after != before)
      expectClose(
        after.values, try unfolded(network, image).values.map(Double.init), tolerance: 1e-5)
      try parameter.set(old)
      #expect(try execution.forward(image) == before)
    }
    // A run in training moves the statistics.
    let training = try Execution(network, count: 1, mode: .training)
    _ = try training.forward(image)
    #expect(try execution.forward(image) != before)
  }
}
