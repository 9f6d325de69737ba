import Foundation
import Imagery
import Tensors
import Testing

/// A source with faults: some images are damaged, some of another size.
private struct FaultySource: SampleSource {
  let classes = ["a", "b"]
  let count: Int
  var damaged: Set<Int> = []
  var larger: Set<Int> = []
  var fatal: Set<Int> = []
  var delay: UInt32 = 0
  func label(at index: Int) -> Int { index % 2 }
  func name(at index: Int) -> String { "item\(index)" }
  func image(at index: Int, frame: ImageFrame?) throws -> Tensor {
    if delay > 0 { usleep(delay) }
    if damaged.contains(index) { throw ImageryError(.corrupt, name(at: index)) }
    if fatal.contains(index) { throw ImageryError(.outOfMemory, name(at: index)) }
    let side = larger.contains(index) ? 5 : 4
    return try Tensor(shape: [side, side, 3], repeating: Float(index) / Float(count))
  }
}

private func batches(_ loader: Loader) throws -> [Batch] {
  var result: [Batch] = []
  while let batch = try loader.next() { result.append(batch) }
  return result
}

@Suite struct LoaderTests {
  /// Training would differ from run to run.
  @Test func batchesAreTheSameForAnyNumberOfThreads() throws {
    let data = try Dataset(FaultySource(count: 50), name: "f", cacheLimit: 0)
      .augmented(.usual, seed: 9)
    let order = data.order(seed: 4, epoch: 2)
    let alone = try batches(Loader(data, order: order, batch: 8, epoch: 2, threads: 0))
    #expect(alone.count == 7 && alone[6].count == 2)
    #expect(alone.flatMap(\.indices) == order)
    for threads in [1, 2, 5] {
      let loader = try Loader(data, order: order, batch: 8, epoch: 2, ahead: 1, threads: threads)
      let many = try batches(loader)
      #expect(many.map(\.indices) == alone.map(\.indices))
      #expect(many.map(\.labels) == alone.map(\.labels))
      for (a, b) in zip(many, alone) { #expect(a.images.values == b.images.values) }
      #expect(try loader.next() == nil)
    }
  }

  @Test func partialBatchesAreKeptOrDropped() throws {
    let data = try toyDataset([5, 5])
    #expect(try batches(Loader(data, batch: 4)).map(\.count) == [4, 4, 2])
    #expect(try batches(Loader(data, batch: 4, keepPartial: false)).map(\.count) == [4, 4])
    #expect(try Loader(data, batch: 4, keepPartial: false).count == 2)
    #expect(try batches(Loader(data, batch: Int.max)).map(\.count) == [10])
    #expect(try batches(Loader(data, batch: 99, keepPartial: false)).isEmpty)
    #expect(try batches(Loader(data, order: [], batch: 4)).isEmpty)
    #expect(reason { try Loader(data, batch: 0) } == .invalidArgument)
    #expect(reason { try Loader(data, order: [10], batch: 1) } == .indexOutOfRange)
  }

  /// One broken photograph met in the night must not lose the training.
  @Test(arguments: [0, 3])
  func damagedImagesAreLeftOutAndTold(_ threads: Int) throws {
    let source = FaultySource(count: 12, damaged: [1, 4, 5, 6, 7])
    let data = Dataset(source, name: "f")
    let loader = try Loader(data, order: Array(0..<12) + [1], batch: 4, threads: threads)
    let found = try batches(loader)
    #expect(found.map(\.indices) == [[0, 2, 3], [8, 9, 10, 11]])
    #expect(loader.problems.map(\.subject) == ["item1", "item4", "item5", "item6", "item7"])
    let strict = try Loader(data, batch: 4, strict: true, threads: threads)
    #expect(reason { try strict.next() } == .corrupt)
    #expect(try strict.next() == nil)
  }

  /// When the disk is pulled out, an epoch without images must not look like a finished one.
  @Test func nothingReadableIsAnError() throws {
    let data = Dataset(FaultySource(count: 6, damaged: [0, 1, 2, 3, 4, 5]), name: "f")
    let loader = try Loader(data, batch: 4)
    #expect(reason { try loader.next() } == .damagedFiles)
    #expect(try loader.next() == nil)
  }

  @Test func otherErrorsReachTheConsumer() throws {
    let data = Dataset(FaultySource(count: 12, fatal: [5]), name: "f")
    let loader = try Loader(data, batch: 4)
    #expect(try loader.next()?.count == 4)
    #expect(reason { try loader.next() } == .outOfMemory)
    let mixed = Dataset(FaultySource(count: 12, larger: [2]), name: "f")
    let error = #expect(throws: ImageryError.self) { try Loader(mixed, batch: 4).next() }
    #expect(error?.reason == .differentSizes && error?.message.contains("size:") == true)
    let framed = mixed.resized(to: try ImageFrame(side: 4))
    #expect(try batches(Loader(framed, batch: 4)).count == 3)
  }

  /// Ctrl-C, an error in training, or a loader that is simply let go must end its threads.
  @Test func stoppingEndsTheThreads() throws {
    let data = Dataset(FaultySource(count: 10_000, delay: 200), name: "slow", cacheLimit: 0)
    let loader = try Loader(data, batch: 8, threads: 4)
    #expect(try loader.next() != nil)
    loader.stop()
    loader.stop()
    #expect(try loader.next() == nil)
    for _ in 0..<20 { _ = try Loader(data, batch: 64, threads: 4) }
    for _ in 0..<20 { _ = try Loader(data, batch: 2, threads: 4).next() }
  }
}
