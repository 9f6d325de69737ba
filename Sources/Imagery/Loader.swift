import Tensors

/// Batches made ahead of time on other threads, in a given order.
///
/// What comes out depends on the dataset, the order and the epoch only, never on the threads. An
/// image that turns out to be damaged is left out of its batch, which is then smaller, and listed
/// in `problems`; with `strict` it ends the iteration with its error instead.
// Not Sendable: it belongs to the thread that calls `next`.
package final class Loader {
  private let prefetcher: Prefetcher
  private let workers: Workers
  private let strict: Bool
  private let dataset: Dataset
  /// How many batches there are.
  package let count: Int
  private var taken = 0
  private var hasGiven = false
  /// Damaged images met so far, each once, in the order of delivery.
  package private(set) var problems: [ImageryError] = []
  /// Names of those, so that each is told once.
  private var told = Set<String>()

  /// - Parameters:
  ///   - order: positions in the dataset, in the order wanted; nil is the dataset's own.
  ///   - batch: samples a batch, from 1.
  ///   - keepPartial: whether a smaller last batch is given.
  ///   - epoch: from 0, for augmentation.
  ///   - ahead: batches that are prepared while one is used, 1…16.
  ///   - threads: nil for as many as there are processors, 0 to work without.
  /// - Throws: `ImageryError.invalidArgument`, `.indexOutOfRange`
  package init(
    _ dataset: Dataset, order: [Int]? = nil, batch: Int, keepPartial: Bool = true, epoch: Int = 0,
    strict: Bool = false, ahead: Int = 2, threads: Int? = nil
  ) throws {
    guard batch > 0 else {
      throw ImageryError(
        .invalidArgument, "batch", given: "\(batch)", expected: "a whole number from 1")
    }
    let order = order ?? Array(0..<dataset.count)
    for position in order where position < 0 || position >= dataset.count {
      throw ImageryError(
        .indexOutOfRange, "image", given: "\(position)",
        expected: "there are \(dataset.count), counted from 0")
    }
    let whole = order.count / batch
    // A partial batch that is not given is not decoded either.
    let places = keepPartial ? order.count : whole * batch
    count = keepPartial && order.count % batch != 0 ? whole + 1 : whole
    prefetcher = Prefetcher(
      dataset, order: Array(order.prefix(places)), batch: min(batch, max(places, 1)), epoch: epoch,
      ahead: min(max(ahead, 1), 16))
    self.dataset = dataset
    self.strict = strict
    let threads = min(max(threads ?? Workers.usual, 0), 64)
    workers = Workers(count: min(threads, places)) { [prefetcher] in prefetcher.work() }
  }

  deinit { stop() }

  /// The next batch, or nil after the last and after `stop`. A batch in which every image is
  /// damaged is passed over.
  /// - Throws: what is wrong with an image if `strict`; `ImageryError.damagedFiles` at the end if no
  ///   image at all could be read; `.differentSizes`; `TensorError.tooLarge`. After an error the
  ///   loader is stopped.
  package func next() throws -> Batch? {
    do {
      while taken < count {
        let results = prefetcher.take(batch: taken, waiting: workers.started > 0)
        guard let results else { return nil }
        taken += 1
        let samples = try results.compactMap { try sample($0.result, at: $0.position) }
        if samples.isEmpty { continue }
        hasGiven = true
        return try Batch(samples, of: dataset.name)
      }
      if !hasGiven && !problems.isEmpty {
        // The folder was moved, or a disk pulled out: an epoch of nothing must not pass for one.
        throw ImageryError(
          .damagedFiles, dataset.name, given: "no image could be read", causes: problems)
      }
      return nil
    } catch {
      stop()
      throw error
    }
  }

  /// Ends the threads and waits for them: each finishes at most the image in its hands.
  package func stop() {
    (taken, hasGiven) = (count, true)
    prefetcher.stop()
    workers.join()
  }

  /// The sample, or nil if it is damaged and that is allowed.
  private func sample(
    _ result: Result<Sample, any Error>, at position: Int
  ) throws -> (position: Int, sample: Sample)? {
    switch result {
    case .success(let sample):
      return (position, sample)
    case .failure(let error as ImageryError) where error.isAboutOneFile && !strict:
      if told.insert(error.subject).inserted { problems.append(error) }
      return nil
    case .failure(let error):
      throw error
    }
  }
}

/// What the threads of a loader share: the order, and a ring of samples made ahead.
// Sendable by hand: everything mutable is touched only inside `monitor`.
private final class Prefetcher: @unchecked Sendable {
  private let dataset: Dataset
  private let order: [Int]
  private let batch: Int
  private let epoch: Int
  private let monitor = Monitor()
  /// Samples made and not yet taken, by place in `order` modulo the ring's size.
  private var ring: [Result<Sample, any Error>?]
  /// The next place that nobody has begun.
  private var nextPlace = 0
  /// Places below this are taken: those of a ring's size from here may be made.
  private var takenPlaces = 0
  private var stopped = false

  init(_ dataset: Dataset, order: [Int], batch: Int, epoch: Int, ahead: Int) {
    self.dataset = dataset
    self.order = order
    self.batch = batch
    self.epoch = epoch
    // No overflow: `batch` is at most the number of places.
    ring = Array(repeating: nil, count: min(batch * (ahead + 1), max(order.count, 1)))
  }

  /// One thread's life: makes the sample of the next place that the ring has room for.
  func work() {
    while let place = claim() {
      let result = make(place)
      monitor.withLock {
        guard !stopped else { return }
        ring[place % ring.count] = result
        monitor.wakeAll()
      }
    }
  }

  private func claim() -> Int? {
    monitor.withLock {
      while true {
        if stopped || nextPlace >= order.count { return nil }
        if nextPlace - takenPlaces < ring.count {
          nextPlace += 1
          return nextPlace - 1
        }
        monitor.wait()
      }
    }
  }

  private func make(_ place: Int) -> Result<Sample, any Error> {
    Result { try dataset.sample(at: order[place], epoch: epoch) }
  }

  /// The results of one batch, or nil if stopped. Without threads to wait for, they are made here.
  func take(
    batch number: Int, waiting: Bool
  ) -> [(position: Int, result: Result<Sample, any Error>)]? {
    var results: [(position: Int, result: Result<Sample, any Error>)] = []
    results.reserveCapacity(batch)
    for place in (number * batch)..<min((number + 1) * batch, order.count) {
      guard let result = waiting ? wait(for: place) : make(place) else { return nil }
      results.append((order[place], result))
    }
    return results
  }

  private func wait(for place: Int) -> Result<Sample, any Error>? {
    monitor.withLock {
      while true {
        if stopped { return nil }
        let slot = place % ring.count
        if let result = ring[slot] {
          ring[slot] = nil
          takenPlaces = place + 1
          monitor.wakeAll()
          return result
        }
        monitor.wait()
      }
    }
  }

  func stop() {
    monitor.withLock {
      stopped = true
      ring = []
      monitor.wakeAll()
    }
  }
}
