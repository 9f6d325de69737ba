import Kernels
import Testing

/// All tests of the room run one after the other: they set the number of threads.
@Suite(.serialized) struct KernelsTests {}

/// Reproducible values without a library: SplitMix64, uniform in −1…1.
struct Values {
  private var state: UInt64
  init(_ seed: UInt64) { state = seed }

  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var z = state
    z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
    z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
    return z ^ (z >> 31)
  }

  mutating func array(_ count: Int) -> [Float] {
    (0..<count).map { _ in Float(next() >> 40) / Float(1 << 23) - 1 }
  }
}

/// The largest difference, relative to the largest magnitude expected.
func relativeError(_ given: [Float], _ expected: [Double]) -> Double {
  #expect(given.count == expected.count)
  let scale = max(expected.map(abs).max() ?? 0, 1e-30)
  return zip(given, expected).map { abs(Double($0) - $1) / scale }.max() ?? 0
}

func isClose(_ given: [Float], _ expected: [Double], within tolerance: Double = 1e-5) -> Bool {
  given.allSatisfy(\.isFinite) && relativeError(given, expected) <= tolerance
}

func doubles(_ values: [Float]) -> [Double] { values.map(Double.init) }

/// Runs the work with 1, 2 and 4 threads and expects the same bits; returns the result.
func atEveryThreadCount(
  _ name: String, sourceLocation: SourceLocation = #_sourceLocation, _ work: () -> [Float]
) -> [Float] {
  let before = Parallel.threads
  defer { Parallel.threads = before }
  Parallel.threads = 1
  let alone = work().map(\.bitPattern)
  for threads in [2, 4] {
    Parallel.threads = threads
    let together = work().map(\.bitPattern)
    #expect(
      alone == together, "\(name): \(threads) threads give other bits than 1",
      sourceLocation: sourceLocation)
  }
  return alone.map(Float.init(bitPattern:))
}

/// Room for a kernel's intermediate results, filled with NaN so that nothing unwritten is used.
func workspace(_ count: Int) -> [Float] { [Float](repeating: .nan, count: max(1, count)) }
