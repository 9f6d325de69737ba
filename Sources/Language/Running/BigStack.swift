#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// Runs the evaluator where its counted limits, not the thread's stack, decide how deep a script
/// may call.
enum BigStack {
  /// Room for `Limits.levels` levels of the largest evaluator frame, several times over.
  static let size = 96 << 20

  /// Runs `body` on a thread of its own and waits for it; false if there is none to be had.
  static func run(_ body: () -> Void) -> Bool {
    _ = Memory.prepared
    return withoutActuallyEscaping(body) { body in
      var attributes = pthread_attr_t()
      pthread_attr_init(&attributes)
      defer { pthread_attr_destroy(&attributes) }
      guard pthread_attr_setstacksize(&attributes, size) == 0 else { return false }
      let work = Unmanaged.passRetained(Work(body))
      #if canImport(Glibc)
        var thread = pthread_t()
        let result = pthread_create(
          &thread, &attributes,
          { argument in
            if let argument { Unmanaged<Work>.fromOpaque(argument).takeUnretainedValue().body() }
            return nil
          }, work.toOpaque())
        guard result == 0 else {
          work.release()
          return false
        }
        pthread_join(thread, nil)
      #else
        var thread: pthread_t?
        let result = pthread_create(
          &thread, &attributes,
          { argument in
            Unmanaged<Work>.fromOpaque(argument).takeUnretainedValue().body()
            return nil
          }, work.toOpaque())
        guard result == 0, let thread else {
          work.release()
          return false
        }
        pthread_join(thread, nil)
      #endif
      work.release()
      return true
    }
  }

  private final class Work {
    let body: () -> Void
    init(_ body: @escaping () -> Void) { self.body = body }
  }
}
