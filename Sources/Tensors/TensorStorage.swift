#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// The memory of a tensor: `count` floats, aligned to 64 bytes (a cache line, and the widest
/// vector register). Counted in `MemoryBudget` while it lives.
final class TensorStorage {
  let base: UnsafeMutablePointer<Float>
  private let bytes: Int

  /// - Throws: `TensorError.tooLarge` if the budget has no room, or the system no memory.
  init(count: Int, shape: [Int]) throws {
    bytes = TensorStorage.bytes(for: count)
    let available = MemoryBudget.shared.reserve(bytes)
    guard available >= bytes else {
      throw TensorError.tooLarge(shape: shape, bytes: bytes, available: available)
    }
    guard let base = TensorStorage.allocate(bytes) else {
      MemoryBudget.shared.release(bytes)
      throw TensorError.tooLarge(shape: shape, bytes: bytes, available: available)
    }
    self.base = base
  }

  /// For copies on write and single numbers, which cannot throw: the budget is charged and may go
  /// over, so that the next tensor made by a script is refused instead.
  init(uncheckedCount count: Int) {
    bytes = TensorStorage.bytes(for: count)
    MemoryBudget.shared.charge(bytes)
    guard let base = TensorStorage.allocate(bytes) else {
      preconditionFailure("the budget leaves a reserve, so the system still has memory for a copy")
    }
    self.base = base
  }

  deinit {
    free(base)
    MemoryBudget.shared.release(bytes)
  }

  /// Whole cache lines, so that vector loops may read past the last value.
  private static func bytes(for count: Int) -> Int {
    max(64, (count * MemoryLayout<Float>.stride + 63) / 64 * 64)
  }

  private static func allocate(_ bytes: Int) -> UnsafeMutablePointer<Float>? {
    var pointer: UnsafeMutableRawPointer?
    guard posix_memalign(&pointer, 64, bytes) == 0 else { return nil }
    return pointer?.bindMemory(to: Float.self, capacity: bytes / MemoryLayout<Float>.stride)
  }
}

/// How many bytes all tensors together may hold, so that no script can exhaust the machine.
// Sendable by hand: `allowed` and `used` are read and written only while `mutex` is held.
package final class MemoryBudget: @unchecked Sendable {
  package static let shared = MemoryBudget(limit: MemoryBudget.systemLimit())

  /// Bytes that tensors may hold together.
  package var limit: Int {
    pthread_mutex_lock(mutex)
    defer { pthread_mutex_unlock(mutex) }
    return allowed
  }
  private var allowed: Int
  private var used = 0
  private let mutex: UnsafeMutablePointer<pthread_mutex_t>

  init(limit: Int) {
    allowed = limit
    mutex = .allocate(capacity: 1)
    pthread_mutex_init(mutex, nil)
  }

  deinit {
    pthread_mutex_destroy(mutex)
    mutex.deallocate()
  }

  /// Bytes that tensors hold now.
  package var bytesInUse: Int {
    pthread_mutex_lock(mutex)
    defer { pthread_mutex_unlock(mutex) }
    return used
  }

  /// Allows less from now on; never more.
  package func lower(to bytes: Int) {
    pthread_mutex_lock(mutex)
    allowed = min(allowed, max(bytes, 0))
    pthread_mutex_unlock(mutex)
  }

  /// Takes `bytes` if that many are left; returns what was available before.
  func reserve(_ bytes: Int) -> Int {
    pthread_mutex_lock(mutex)
    defer { pthread_mutex_unlock(mutex) }
    let available = max(0, allowed - used)
    if bytes <= available { used += bytes }
    return available
  }

  func charge(_ bytes: Int) {
    pthread_mutex_lock(mutex)
    used += bytes
    pthread_mutex_unlock(mutex)
  }

  func release(_ bytes: Int) {
    pthread_mutex_lock(mutex)
    used -= bytes
    pthread_mutex_unlock(mutex)
  }

  /// Three fifths of the machine's memory, or of the container's where that is less: the rest is
  /// for the engine's arena, decoded images and the system.
  private static func systemLimit() -> Int {
    let pages = max(Int(sysconf(Int32(_SC_PHYS_PAGES))), 1)
    let pageSize = max(Int(sysconf(Int32(_SC_PAGESIZE))), 1)
    let (product, overflow) = pages.multipliedReportingOverflow(by: pageSize)
    var memory = overflow ? Int.max : product
    for path in ["/sys/fs/cgroup/memory.max", "/sys/fs/cgroup/memory/memory.limit_in_bytes"] {
      if let limit = wholeNumber(inFile: path), limit > 0 { memory = min(memory, limit) }
    }
    return memory / 5 * 3
  }

  /// The decimal number a small file holds, or nil ("max" means no limit).
  private static func wholeNumber(inFile path: String) -> Int? {
    let descriptor = open(path, O_RDONLY)
    guard descriptor >= 0 else { return nil }
    defer { close(descriptor) }
    var buffer = [UInt8](repeating: 0, count: 32)
    let length = read(descriptor, &buffer, buffer.count)
    guard length > 0 else { return nil }
    let digits = buffer[..<length].prefix { $0 >= 48 && $0 <= 57 }
    return Int(String(decoding: digits, as: UTF8.self))
  }
}
