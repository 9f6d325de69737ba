import CKernels

/// The one pool of threads of the program.
///
/// Work is cut into chunks by the caller. How it is cut depends on the problem only, never on the
/// number of threads, and every chunk writes its own place, so results are the same, bit for bit,
/// whatever `threads` is. Chunks are handed out in order, each to the next free thread; the calling
/// thread works too. A call inside a chunk, or while another thread has the pool, runs inline.
package enum Parallel {
  /// The largest number of threads that can be asked for.
  package static let limit = Int(CONCH_THREAD_LIMIT)

  /// The number of processors that the system offers, 1…`limit`.
  package static let cores = Int(conch_processor_count())

  /// How many threads work on a call of `run`, the caller included. Values outside 1…`limit` are
  /// brought into it. The default is `cores`.
  package static var threads: Int {
    get { Int(conch_parallel_threads()) }
    set { conch_parallel_set_threads(Int32(min(max(newValue, 1), limit))) }
  }

  /// Calls `body` once for each chunk index in 0..<`chunks`, on all threads, and returns when all
  /// are done. A call costs a few microseconds; one chunk costs nothing extra.
  package static func run(chunks: Int, _ body: (_ chunk: Int) -> Void) {
    if chunks <= 1 {
      if chunks == 1 { body(0) }
      return
    }
    withoutActuallyEscaping(body) { escapable in
      withUnsafePointer(to: escapable) { pointer in
        conch_parallel_run(
          chunks,
          { chunk, context in
            guard let context else { return }
            context.assumingMemoryBound(to: ((Int) -> Void).self).pointee(chunk)
          }, UnsafeMutableRawPointer(mutating: pointer))
      }
    }
  }

  /// Calls `body` for consecutive ranges that cover 0..<`count`, each `grain` long except the last.
  package static func run(count: Int, grain: Int, _ body: (_ range: Range<Int>) -> Void) {
    guard count > 0 else { return }
    let grain = max(1, grain)
    run(chunks: (count + grain - 1) / grain) { chunk in
      body(chunk * grain..<min(count, (chunk + 1) * grain))
    }
  }

  /// Floats in a thread's `scratch`.
  static let scratchCount = Int(CONCH_SCRATCH_FLOATS)

  /// The calling thread's own cache-sized buffer, aligned to 64 bytes, kept for the thread's life.
  /// It belongs to the kernel that runs on the thread; a kernel never calls another while it
  /// holds values in it.
  static var scratch: UnsafeMutablePointer<Float> { conch_scratch() }
}
