import Foundation
import Kernels
import Testing

/// A number that several threads change.
private final class Mutex: @unchecked Sendable {
  // Guarded by `lock`.
  private var value: Int
  private let lock = NSLock()
  init(_ value: Int) { self.value = value }

  func withLock<Result>(_ body: (inout Int) -> Result) -> Result {
    lock.lock()
    defer { lock.unlock() }
    return body(&value)
  }
}

extension KernelsTests {
  /// A chunk left out or done twice would be a wrong number somewhere in a network.
  @Test(arguments: [1, 2, 3, 4, 64])
  func everyChunkRunsOnce(_ threads: Int) {
    let before = Parallel.threads
    defer { Parallel.threads = before }
    Parallel.threads = threads
    #expect(Parallel.threads == threads)
    for chunks in [0, 1, 2, 7, 1000] {
      for _ in 0..<20 {
        var runs = [Int32](repeating: 0, count: chunks)
        runs.withUnsafeMutableBufferPointer { runs in
          // Every chunk writes its own place.
          nonisolated(unsafe) let place = runs
          Parallel.run(chunks: chunks) { place[$0] += 1 }
        }
        #expect(runs.allSatisfy { $0 == 1 })
      }
    }
  }

  /// Chunks that waited for each other would never end on one thread: the pool must be more.
  @Test func chunksRunAtTheSameTime() {
    let before = Parallel.threads
    defer { Parallel.threads = before }
    Parallel.threads = 2
    // While another test's work has the pool, a call runs inline, one chunk after the other: so it is
    // tried again until the pool is free.
    let deadline = ContinuousClock.now + .seconds(20)
    var meetings = 0
    while meetings < 2 && ContinuousClock.now < deadline {
      let (arrived, met) = (Mutex(0), Mutex(0))
      let patience = ContinuousClock.now + .milliseconds(200)
      Parallel.run(chunks: 2) { _ in
        arrived.withLock { $0 += 1 }
        while arrived.withLock({ $0 }) < 2 && ContinuousClock.now < patience { usleep(100) }
        // One after the other, only the second would find both.
        if arrived.withLock({ $0 }) == 2 { met.withLock { $0 += 1 } }
      }
      meetings = met.withLock { $0 }
    }
    #expect(meetings == 2)
  }

  @Test func nestedCallsRunInline() {
    var counts = [Int](repeating: 0, count: 8)
    counts.withUnsafeMutableBufferPointer { counts in
      nonisolated(unsafe) let place = counts
      Parallel.run(chunks: 8) { outer in
        Parallel.run(count: 100, grain: 7) { place[outer] += $0.count }
      }
    }
    #expect(counts.allSatisfy { $0 == 100 })
  }

  /// A trainer and a thread that prepares images may both call kernels.
  @Test func callsFromSeveralThreadsAllFinish() async {
    let sums = await withTaskGroup(of: Double.self) { group in
      for _ in 0..<8 {
        group.addTask {
          let ones = [Float](repeating: 1, count: 200_000)
          return (0..<10).reduce(0.0) { sum, _ in sum + Reduction.sum(count: ones.count, ones) }
        }
      }
      return await group.reduce(into: [Double]()) { $0.append($1) }
    }
    #expect(sums == [Double](repeating: 2_000_000, count: 8))
  }

  @Test func threadsAreBroughtIntoRange() {
    let before = Parallel.threads
    defer { Parallel.threads = before }
    Parallel.threads = 0
    #expect(Parallel.threads == 1)
    Parallel.threads = 1000
    #expect(Parallel.threads == Parallel.limit)
  }
}
