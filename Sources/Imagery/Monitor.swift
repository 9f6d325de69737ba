#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// A lock with a condition: state that several threads share lives inside `withLock`.
// Sendable by hand: the two pthread objects are made for use from any thread.
final class Monitor: @unchecked Sendable {
  private let mutex = UnsafeMutablePointer<pthread_mutex_t>.allocate(capacity: 1)
  private let condition = UnsafeMutablePointer<pthread_cond_t>.allocate(capacity: 1)

  init() {
    pthread_mutex_init(mutex, nil)
    pthread_cond_init(condition, nil)
  }

  deinit {
    pthread_cond_destroy(condition)
    pthread_mutex_destroy(mutex)
    condition.deallocate()
    mutex.deallocate()
  }

  func withLock<Result>(_ body: () throws -> Result) rethrows -> Result {
    pthread_mutex_lock(mutex)
    defer { pthread_mutex_unlock(mutex) }
    return try body()
  }

  /// Waits, inside `withLock`, until another thread calls `wakeAll`.
  func wait() { pthread_cond_wait(condition, mutex) }

  func wakeAll() { pthread_cond_broadcast(condition) }
}

/// Threads that all run one closure, and are waited for.
// Sendable by hand: `threads` is changed only by the thread that made the value.
final class Workers: @unchecked Sendable {
  private var threads: [pthread_t] = []

  /// How many are worth starting to decode images: one a processor, at most 8.
  static var usual: Int { min(max(Int(sysconf(Int32(_SC_NPROCESSORS_ONLN))), 1), 8) }

  private final class Task {
    let body: @Sendable () -> Void
    init(_ body: @escaping @Sendable () -> Void) { self.body = body }
  }

  /// Starts up to `count` threads; `started` says how many the system gave, possibly none.
  init(count: Int, _ body: @escaping @Sendable () -> Void) {
    for _ in 0..<count {
      let task = Unmanaged.passRetained(Task(body))
      #if canImport(Glibc)
        var thread = pthread_t()
        let status = pthread_create(&thread, nil, { Workers.run($0) }, task.toOpaque())
        if status == 0 { threads.append(thread) } else { task.release() }
      #else
        var thread: pthread_t?
        let status = pthread_create(&thread, nil, { Workers.run($0) }, task.toOpaque())
        if status == 0, let thread { threads.append(thread) } else { task.release() }
      #endif
    }
  }

  private static func run(_ argument: UnsafeMutableRawPointer?) -> UnsafeMutableRawPointer? {
    guard let argument else { return nil }
    Unmanaged<Task>.fromOpaque(argument).takeRetainedValue().body()
    return nil
  }

  var started: Int { threads.count }

  /// Waits until every thread has returned.
  func join() {
    for thread in threads { pthread_join(thread, nil) }
    threads = []
  }
}
