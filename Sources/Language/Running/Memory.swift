#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// What the process uses of the machine's memory.
enum Memory {
  /// Bytes that the machine has, or that its container allows.
  static let available: Int = {
    let pages = sysconf(Int32(_SC_PHYS_PAGES))
    let physical = pages > 0 ? pages * pageSize : 4 << 30
    guard
      let text = read("/sys/fs/cgroup/memory.max")
        ?? read(
          "/sys/fs/cgroup/memory/memory.limit_in_bytes"),
      let limit = Int(text.prefix { $0.isNumber }), limit > 0
    else { return physical }
    return min(physical, limit)
  }()

  /// Bytes in use now; 0 where the system does not say.
  static var resident: Int {
    #if canImport(Glibc)
      guard let text = read("/proc/self/statm") else { return 0 }
      let fields = text.split(separator: " ")
      return fields.count > 1 ? (Int(fields[1]) ?? 0) * pageSize : 0
    #else
      var info = mach_task_basic_info()
      var count = mach_msg_type_number_t(
        MemoryLayout<mach_task_basic_info>.size / MemoryLayout<natural_t>.size)
      let result = withUnsafeMutablePointer(to: &info) { pointer in
        pointer.withMemoryRebound(to: integer_t.self, capacity: Int(count)) {
          task_info(mach_task_self_, task_flavor_t(MACH_TASK_BASIC_INFO), $0, &count)
        }
      }
      return result == KERN_SUCCESS ? Int(info.resident_size) : 0
    #endif
  }

  /// Gives freed memory back to the system, so that `resident` counts what is in use.
  static func trim() {
    #if canImport(Glibc)
      // Not in Swift's view of glibc, and absent from other C libraries.
      guard let symbol = dlsym(nil, "malloc_trim") else { return }
      typealias Trim = @convention(c) (Int) -> Int32
      _ = unsafeBitCast(symbol, to: Trim.self)(0)
    #endif
  }

  /// Tells the allocator that one thread makes most of the small values.
  ///
  /// glibc gives every thread but the first an arena that grows by a page a system call; in the
  /// shared arena building lists is a fifth quicker. Setting one value ends glibc's own adjusting
  /// of the others, so they are set to where it would end.
  static let prepared: Bool = {
    #if canImport(Glibc)
      guard let symbol = dlsym(nil, "mallopt") else { return false }
      typealias Option = @convention(c) (Int32, Int32) -> Int32
      let set = unsafeBitCast(symbol, to: Option.self)
      let (arenas, mapped, trimmed, padding): (Int32, Int32, Int32, Int32) = (-8, -3, -1, -2)
      return set(arenas, 1) == 1 && set(mapped, 32 << 20) == 1 && set(trimmed, 64 << 20) == 1
        && set(padding, 1 << 20) == 1
    #else
      return true
    #endif
  }()

  private static var pageSize: Int { max(4096, sysconf(Int32(_SC_PAGESIZE))) }

  private static func read(_ path: String) -> String? {
    let descriptor = open(path, O_RDONLY)
    guard descriptor >= 0 else { return nil }
    defer { close(descriptor) }
    var buffer = [UInt8](repeating: 0, count: 256)
    #if canImport(Glibc)
      let count = Glibc.read(descriptor, &buffer, buffer.count)
    #else
      let count = Darwin.read(descriptor, &buffer, buffer.count)
    #endif
    return count > 0 ? String(decoding: buffer[..<count], as: UTF8.self) : nil
  }
}
