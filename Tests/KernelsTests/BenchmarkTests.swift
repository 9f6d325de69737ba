import Foundation
import Kernels
import Testing

extension KernelsTests {
  /// The bench must stay runnable. `CONCH_BENCH_KERNELS` set to a pattern ("" for all) prints it;
  /// with `CONCH_BENCH_ONE_THREAD`, in processor time of one thread.
  @Test func benchmarkRuns() {
    let pattern = ProcessInfo.processInfo.environment["CONCH_BENCH_KERNELS"]
    if pattern == nil {
      #expect(KernelBenchmark.run(matching: "1×1 96→576 at 14", repeats: 1).count == 3)
      return
    }
    if ProcessInfo.processInfo.environment["CONCH_BENCH_ONE_THREAD"] != nil { Parallel.threads = 1 }
    KernelBenchmark.run(matching: pattern == "" ? nil : pattern) { row in
      print(
        row.name.padding(toLength: 44, withPad: " ", startingAt: 0),
        String(
          format: "%8.3f ms %7.1f GFLOP/s %6.1f GB/s", row.seconds * 1e3,
          row.flops / row.seconds / 1e9, row.bytes / row.seconds / 1e9))
    }
  }
}
