import Kernels
import Networks
import Tensors

/// Times the parts of a workload beside what the machine allows: the floor of a part is the longer
/// of its operations at the rate of a large matrix product and its bytes at the rate of adding two
/// long vectors. Where the distance is large is work to be done; below the floor is Winograd's.
enum LayerBenchmark {
  static func run(_ name: String, repeats: Int = 7) throws {
    let workload = Workload.named(name)
    let network = try workload.network()
    let execution = try Execution(
      network, count: workload.batch, mode: workload.isTraining ? .training : .inference)
    Workload.fill(execution.inputValues())
    let parts = execution.parts
    var forward = [Double](repeating: .infinity, count: parts.count)
    var backward = [Double](repeating: .infinity, count: parts.count)
    for _ in 0..<repeats {
      var last = Clock.seconds()
      func note(_ times: inout [Double], _ part: Int) {
        let now = Clock.seconds()
        times[part] = min(times[part], now - last)
        last = now
      }
      execution.forward { note(&forward, $0) }
      guard workload.isTraining else { continue }
      for output in network.outputs.indices {
        execution.outputGradients(output)?.update(repeating: 1e-3)
      }
      last = Clock.seconds()
      try execution.backward { note(&backward, $0) }
    }
    let (flops, bytes) = (KernelBenchmark.productRate * 1e9, KernelBenchmark.bandwidth)
    for (index, part) in parts.enumerated() {
      let images = Double(workload.batch)
      let sizes = part.shapes.inputs.map { $0.reduce(1, *) }.reduce(0, +) + part.shapes.outputSize
      let moved = 4 * (images * Double(sizes) + Double(part.weights))
      let operations = 2 * images * Double(part.multiplyAccumulates)
      let floor = max(operations / flops, moved / bytes)
      var fields = [("forward_ms", forward[index] * 1e3), ("floor_ms", floor * 1e3)]
      var over = forward[index] - floor
      if backward[index].isFinite {
        // Twice the operations; what was read and written, and the gradients of both.
        let floor = max(2 * operations / flops, 2 * moved / bytes)
        fields += [("backward_ms", backward[index] * 1e3), ("backward_floor_ms", floor * 1e3)]
        over += backward[index] - floor
      }
      fields.append(("over_ms", over * 1e3))
      let shape = part.shapes.output.map { "\($0)" }.joined(separator: "×")
      line("\(part.layers[0]) (\(part.kinds.joined(separator: ", "))) \(shape)", fields)
    }
  }
}
