import Networks
import Tensors
import Testing

/// Normalised maps that are cheap to make again do not wait for the backward run.
@Suite struct RecomputationTests {
  /// Convolutions of 144 multiplications a value, a pool and a joint that read the same map.
  private func network() throws -> Network {
    let image = try Node.input([12, 12, 16], name: "image")
    func block(_ x: Node, _ name: String) throws -> Node {
      try x.applying(
        Convolution(filters: 16, kernel: 3, padding: .same, bias: false), name: "\(name)_conv"
      )
      .applying(BatchNormalization(), name: "\(name)_norm")
      .applying(Activation.relu, name: "\(name)_relu")
    }
    let fine = try block(try block(image, "one"), "two")
    let coarse = try block(
      try fine.applying(Pooling(.max, size: 2), name: "pool"), "three")
    let larger = try coarse.applying(Upsample(height: 2, width: 2), name: "up")
    let joined = try Layer(Concatenate(), name: "join")(fine, larger)
    let end = try block(try block(joined, "four"), "five")
    return try Network(inputs: [image], outputs: [end], seed: 8)
  }

  private func run(keeping: Bool) throws -> (gradients: [[Float]], moved: [[Float]], bytes: Int) {
    let network = try network()
    let kept = keeping ? network.nodes.filter { $0.operation is Activation } : []
    let execution = try Execution(network, count: 3, mode: .training, keeping: kept)
    for seed in 1...2 as ClosedRange<UInt64> {
      var stream = RandomStream(seed: seed, name: "image")
      let values = execution.inputValues()
      for i in values.indices { values[i] = stream.normal() }
      execution.forward()
      let gradients = try #require(execution.outputGradients())
      for i in gradients.indices { gradients[i] = stream.normal() }
      try execution.backward()
    }
    return (
      try network.parameters.map { Array(try $0.gradients()) },
      network.parameters.map { Array($0.values) }, execution.memoryInBytes
    )
  }

  @Test func gradientsAreTheSameToTheBit() throws {
    let (without, with) = (try run(keeping: true), try run(keeping: false))
    #expect(with.gradients == without.gradients && with.moved == without.moved)
    #expect(with.bytes < without.bytes * 9 / 10)
    #expect(with.gradients.joined().contains { $0 != 0 })
  }
}
