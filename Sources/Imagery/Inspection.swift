/// Looking at many images on several threads.
extension Dataset {
  /// Calls `body` for 0..<count on several threads and returns, for each, what it gave or the fault
  /// of the file that it threw.
  /// - Throws: anything else that `body` throws; `ImageryError.cancelled`
  static func inspect<Found: Sendable>(
    _ count: Int, name: String, progress: ((Int, Int) -> Bool)?,
    _ body: @escaping @Sendable (Int) throws -> Found
  ) throws -> [Result<Found, ImageryError>] {
    let inspection = Inspection(count, body)
    let workers = Workers(count: min(Workers.usual, count)) { inspection.work() }
    defer { workers.join() }
    if workers.started == 0 { inspection.work() }
    var told = 0
    while told < count {
      told = inspection.wait(beyond: told)
      if let progress, !progress(told, count) {
        inspection.stop()
        throw ImageryError(.cancelled, name)
      }
    }
    return try inspection.found()
  }
}

/// The shared state of the threads that look at a folder's images.
// Sendable by hand: everything mutable is touched only inside `monitor`.
private final class Inspection<Found: Sendable>: @unchecked Sendable {
  private let count: Int
  private let body: @Sendable (Int) throws -> Found
  private let monitor = Monitor()
  private var next = 0
  private var done = 0
  private var results: [Result<Found, any Error>?]

  init(_ count: Int, _ body: @escaping @Sendable (Int) throws -> Found) {
    self.count = count
    self.body = body
    results = Array(repeating: nil, count: count)
  }

  func work() {
    while let index = claim() {
      let result = Result { try body(index) }
      monitor.withLock {
        results[index] = result
        done += 1
        monitor.wakeAll()
      }
    }
  }

  private func claim() -> Int? {
    monitor.withLock {
      guard next < count else { return nil }
      next += 1
      return next - 1
    }
  }

  /// Waits until more than `told` are done; returns how many.
  func wait(beyond told: Int) -> Int {
    monitor.withLock {
      while done <= told { monitor.wait() }
      return done
    }
  }

  func stop() { monitor.withLock { next = count } }

  /// - Throws: the first error, in order, that is not about one file.
  func found() throws -> [Result<Found, ImageryError>] {
    try monitor.withLock {
      try results.compactMap { $0 }.map { result in
        switch result {
        case .success(let found): return .success(found)
        case .failure(let error as ImageryError) where error.isAboutOneFile: return .failure(error)
        case .failure(let error): throw error
        }
      }
    }
  }
}
