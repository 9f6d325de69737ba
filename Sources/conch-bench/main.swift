import Imagery
import Kernels
import Models
import Networks
import Tensors
import Training

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

// What `Scripts/bench` measures inside the program, as JSON lines: `conch-bench kernels`,
// `conch-bench training`.

/// One JSON object with the fields in order; numbers carry four digits.
func line(_ name: String, _ fields: [(String, Double)]) {
  let pairs = fields.map { "\"\($0.0)\": \(NumberText($0.1).significant(4))" }
  print("{\"name\": \"\(name)\", \(pairs.joined(separator: ", "))}")
}

func seconds() -> Double {
  var time = timespec()
  clock_gettime(CLOCK_MONOTONIC, &time)
  return Double(time.tv_sec) + Double(time.tv_nsec) / 1e9
}

/// The median of some runs, after one that is not counted.
func median(of runs: Int, _ body: () throws -> Void) rethrows -> Double {
  try body()
  var times: [Double] = []
  for _ in 0..<runs {
    let start = seconds()
    try body()
    times.append(seconds() - start)
  }
  return times.sorted()[runs / 2]
}

func kernels() {
  for row in KernelBenchmark.run() {
    line(
      row.name,
      [
        ("ms", row.seconds * 1e3), ("gflops", row.flops / row.seconds / 1e9),
        ("gb_per_s", row.bytes / row.seconds / 1e9),
      ])
  }
}

/// Training steps of the week's models, against the peak of one large matrix product.
func training() throws {
  let side = 1_024
  let a = [Float](repeating: 0.5, count: side * side)
  let b = [Float](repeating: 0.25, count: side * side)
  var c = [Float](repeating: 0, count: side * side)
  var room = [Float](
    repeating: 0, count: MatrixProduct.workspace(m: side, n: side, k: side))
  let product = median(of: 9) {
    MatrixProduct.multiply(m: side, n: side, k: side, a: a, b: b, c: &c, workspace: &room)
  }
  let peak = 2 * Double(side * side * side) / product
  let cases: [(name: String, network: Network, batch: Int)] = [
    (
      "mobilenet_v2_0.35_96_b32",
      try MobileNetV2.network(input: [96, 96, 3], alpha: 0.35, classes: 4), 32
    ),
    ("mobilenet_v2_1.0_224_b16", try MobileNetV2.network(input: [224, 224, 3], classes: 4), 16),
    (
      "small_cnn_96_b32", try SmallConvolutionalNetwork.network(input: [96, 96, 3], classes: 4), 32
    ),
  ]
  for item in cases {
    let execution = try Execution(item.network, count: item.batch, mode: .training)
    for (index, _) in execution.inputValues().enumerated() {
      execution.inputValues()[index] = Float(index % 17) / 17
    }
    let time = try median(of: 5) {
      execution.forward()
      if let gradient = execution.outputGradients() {
        for index in gradient.indices { gradient[index] = 0.01 }
      }
      try execution.backward()
    }
    // A backward pass multiplies twice as much as a forward one.
    let operations = 6 * Double(item.network.multiplyAccumulates * item.batch)
    line(
      item.name,
      [
        ("ms", time * 1e3), ("images_per_s", Double(item.batch) / time),
        ("gflops", operations / time / 1e9), ("share_of_sgemm", operations / time / peak),
      ])
  }
}

switch CommandLine.arguments.dropFirst().first {
case "kernels": kernels()
case "training": try training()
default:
  print("conch-bench kernels | training")
  exit(2)
}
