#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// Times the kernels on the shapes of the models, for `Scripts/bench kernels`.
package enum KernelBenchmark {
  /// One measured kernel. Seconds are the best of the repeats.
  package struct Row: Sendable {
    package var name: String
    /// Floating-point operations, a multiplication with its addition counted as two.
    package var flops: Double
    /// Bytes that must at least be moved: every input and output once.
    package var bytes: Double
    package var seconds: Double
  }

  /// Runs all, or those whose name contains `pattern`; a row is handed to `each` when measured.
  @discardableResult
  package static func run(
    matching pattern: String? = nil, repeats: Int = 5, each: (Row) -> Void = { _ in }
  ) -> [Row] {
    var rows: [Row] = []
    for entry in entries where pattern.map({ entry.name.contains($0) }) ?? true {
      // Aligned as tensors and arenas are.
      let memory = UnsafeMutableRawPointer.allocate(
        byteCount: entry.floats * MemoryLayout<Float>.stride, alignment: 64)
      defer { memory.deallocate() }
      let floats = memory.bindMemory(to: Float.self, capacity: entry.floats)
      // Values spread over −0.5…0.5; zeros would hide what denormals or branches cost.
      for i in 0..<entry.floats { floats[i] = Float(i &* 2_654_435_761 & 0xFFFF) / 65536 - 0.5 }
      var best = Double.infinity
      for _ in 0...max(1, repeats) {
        let start = now()
        entry.work(floats)
        best = min(best, now() - start)
      }
      rows.append(Row(name: entry.name, flops: entry.flops, bytes: entry.bytes, seconds: best))
      each(rows[rows.count - 1])
    }
    return rows
  }

  /// GFLOP/s of a large matrix product: what there is to be had.
  package static var productRate: Double {
    run(matching: "product 2048").first.map { $0.flops / $0.seconds / 1e9 } ?? .nan
  }

  /// Bytes per second of adding two maps that no cache holds.
  package static var bandwidth: Double {
    run(matching: "sum of two maps").first.map { $0.bytes / $0.seconds } ?? .nan
  }

  private struct Entry {
    let name: String
    let flops: Double
    let bytes: Double
    /// Floats of memory that the work is given.
    let floats: Int
    let work: (UnsafeMutablePointer<Float>) -> Void
  }

  /// With one thread, its own processor time: other programs then disturb the figures less.
  private static func now() -> Double {
    var time = timespec()
    clock_gettime(Parallel.threads == 1 ? CLOCK_THREAD_CPUTIME_ID : CLOCK_MONOTONIC, &time)
    return Double(time.tv_sec) + Double(time.tv_nsec) * 1e-9
  }

  // MARK: What is measured

  private static var entries: [Entry] {
    convolutions.flatMap { convolution($0.0, $0.1) } + products + maps
  }

  private static func square(
    _ side: Int, _ channels: Int, _ filters: Int, kernel: Int, stride: Int = 1, groups: Int = 1,
    batch: Int = 16
  ) -> ConvolutionGeometry {
    let output = (side + stride - 1) / stride
    return ConvolutionGeometry(
      batch: batch, inputHeight: side, inputWidth: side, inputChannels: channels,
      outputHeight: output, outputWidth: output, outputChannels: filters, kernelHeight: kernel,
      kernelWidth: kernel, strideY: stride, strideX: stride,
      paddingTop: max(0, (output - 1) * stride + kernel - side) / 2,
      paddingLeft: max(0, (output - 1) * stride + kernel - side) / 2, groups: groups)
  }

  private static var convolutions: [(String, ConvolutionGeometry)] {
    [
      ("first 3×3/2 3→32 at 224", square(224, 3, 32, kernel: 3, stride: 2)),
      ("depthwise 3×3 32 at 112", square(112, 32, 32, kernel: 3, groups: 32)),
      ("depthwise 3×3/2 96 at 112", square(112, 96, 96, kernel: 3, stride: 2, groups: 96)),
      ("depthwise 3×3 144 at 56", square(56, 144, 144, kernel: 3, groups: 144)),
      ("depthwise 3×3 576 at 14", square(14, 576, 576, kernel: 3, groups: 576)),
      (
        "depthwise 3×3 576 at 14, one image", square(14, 576, 576, kernel: 3, groups: 576, batch: 1)
      ),
      ("1×1 16→96 at 112", square(112, 16, 96, kernel: 1)),
      ("1×1 24→144 at 56", square(56, 24, 144, kernel: 1)),
      ("1×1 144→24 at 56", square(56, 144, 24, kernel: 1)),
      ("1×1 96→576 at 14", square(14, 96, 576, kernel: 1)),
      ("1×1 576→96 at 14", square(14, 576, 96, kernel: 1)),
      ("1×1 320→1280 at 7", square(7, 320, 1280, kernel: 1)),
      ("3×3 16→16 at 256", square(256, 16, 16, kernel: 3, batch: 4)),
      ("3×3 64→64 at 64", square(64, 64, 64, kernel: 3, batch: 4)),
      ("3×3 256→256 at 32", square(32, 256, 256, kernel: 3, batch: 2)),
    ]
  }

  /// Forward, input gradient and kernel gradient of a convolution.
  private static func convolution(_ name: String, _ g: ConvolutionGeometry) -> [Entry] {
    let space = max(
      Convolution.forwardWorkspace(g), Convolution.inputGradientWorkspace(g),
      Convolution.kernelGradientWorkspace(g))
    let (input, output, kernel) = (0, g.inputCount, g.inputCount + g.outputCount)
    let workspace = kernel + g.kernelCount
    let flops = 2 * Double(g.multiplications)
    let bytes = 4 * Double(g.inputCount + g.outputCount + g.kernelCount)
    func entry(_ pass: String, _ work: @escaping (UnsafeMutablePointer<Float>) -> Void) -> Entry {
      Entry(
        name: "\(name), \(pass)", flops: flops, bytes: bytes, floats: workspace + space, work: work)
    }
    return [
      entry("forward") {
        Convolution.forward(
          g, input: $0 + input, kernel: $0 + kernel, bias: nil, output: $0 + output,
          workspace: $0 + workspace)
      },
      entry("input gradient") {
        Convolution.inputGradient(
          g, outputGradient: $0 + output, kernel: $0 + kernel, inputGradient: $0 + input,
          workspace: $0 + workspace)
      },
      entry("kernel gradient") {
        Convolution.kernelGradient(
          g, input: $0 + input, outputGradient: $0 + output, kernelGradient: $0 + kernel,
          workspace: $0 + workspace)
      },
    ]
  }

  private static var products: [Entry] {
    let side = 2048
    let count = side * side
    return [
      Entry(name: "handing 16 empty chunks to the threads", flops: 0, bytes: 0, floats: 1) { _ in
        Parallel.run(chunks: 16) { _ in }
      },
      Entry(
        name: "product 2048×2048×2048", flops: 2 * Double(side * count), bytes: 12 * Double(count),
        floats: 3 * count + MatrixProduct.workspace(m: side, n: side, k: side)
      ) {
        MatrixProduct.multiply(
          m: side, n: side, k: side, a: $0, b: $0 + count, c: $0 + 2 * count,
          workspace: $0 + 3 * count)
      },
    ]
  }

  /// Passes over a map of 16 × 112 × 112 × 96, which no cache holds.
  private static var maps: [Entry] {
    let (rows, channels) = (16 * 112 * 112, 96)
    let count = rows * channels
    let space = BatchNormalization.workspace(rows: rows, channels: channels)
    func entry(
      _ name: String, maps: Double, _ work: @escaping (UnsafeMutablePointer<Float>) -> Void
    ) -> Entry {
      Entry(
        name: name, flops: 0, bytes: maps * 4 * Double(count),
        floats: 3 * count + 4 * channels + space, work: work)
    }
    // Three maps, then mean, variance, gamma and beta, then the workspace.
    let numbers = 3 * count
    return [
      entry("batch norm statistics", maps: 1) {
        BatchNormalization.statistics(
          rows: rows, channels: channels, input: $0, mean: $0 + numbers,
          variance: $0 + numbers + channels, workspace: $0 + numbers + 4 * channels)
      },
      entry("batch norm normalize relu6", maps: 2) {
        BatchNormalization.normalize(
          rows: rows, channels: channels, input: $0, mean: $0 + numbers,
          variance: $0 + numbers + channels, gamma: $0 + numbers + 2 * channels,
          beta: $0 + numbers + 3 * channels, epsilon: 1, activation: .relu6, output: $0 + count,
          workspace: $0 + numbers + 4 * channels)
      },
      entry("batch norm backward relu6", maps: 5) {
        BatchNormalization.backward(
          rows: rows, channels: channels, input: $0, outputGradient: $0 + count,
          mean: $0 + numbers, variance: $0 + numbers + channels,
          gamma: $0 + numbers + 2 * channels, beta: $0 + numbers + 3 * channels, epsilon: 1,
          activation: .relu6, gammaGradient: nil, betaGradient: nil,
          inputGradient: $0 + 2 * count, workspace: $0 + numbers + 4 * channels)
      },
      entry("sum of two maps", maps: 3) {
        Elementwise.add(count: count, a: $0, b: $0 + count, output: $0 + 2 * count)
      },
      entry("relu6 in place", maps: 2) {
        Elementwise.activate(count: count, .relu6, input: $0, output: $0)
      },
      entry("exp", maps: 2) { Elementwise.exp(count: count, input: $0, output: $0 + count) },
      entry("dropout", maps: 2) {
        Elementwise.dropout(count: count, rate: 0.2, key: 7, input: $0, output: $0 + count)
      },
      entry("statistics", maps: 1) { _ = Reduction.statistics(count: count, $0) },
      entry("adam", maps: 3.5) {
        OptimizerUpdate.adam(
          count: count / 2, rate: 0.001, step: 1, gradient: $0, firstMoment: $0 + count / 2,
          secondMoment: $0 + count, value: $0 + 3 * count / 2)
      },
      entry("max pool 2×2", maps: 1.25) {
        Pooling.maxForward(
          PoolingGeometry(
            batch: 16, inputHeight: 112, inputWidth: 112, channels: channels, outputHeight: 56,
            outputWidth: 56, windowHeight: 2, windowWidth: 2, strideY: 2, strideX: 2),
          input: $0, output: $0 + count)
      },
      entry("max pool 2×2 gradient", maps: 2.25) {
        Pooling.maxBackward(
          PoolingGeometry(
            batch: 16, inputHeight: 112, inputWidth: 112, channels: channels, outputHeight: 56,
            outputWidth: 56, windowHeight: 2, windowWidth: 2, strideY: 2, strideX: 2),
          input: $0, outputGradient: $0 + count, inputGradient: $0 + 2 * count)
      },
    ]
  }
}
