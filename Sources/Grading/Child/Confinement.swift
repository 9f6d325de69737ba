import CConfinement
import Tensors

/// What keeps a submission from the rest of the machine.
enum Confinement {
  /// What fonts and the system's libraries read.
  private static let systemFiles = [
    "/usr/share", "/usr/local/share", "/usr/lib", "/lib", "/lib64", "/etc/fonts",
    "/etc/ld.so.cache",
    "/etc/localtime", "/var/cache/fontconfig", "/proc/self", "/sys/fs/cgroup", "/dev/null",
    "/dev/urandom", "/sys/devices/system/cpu",
  ]

  /// Puts the process that calls it under the limits of an order, for good. Its folder is the
  /// scratch folder.
  /// - Returns: the protections that are in force, in words.
  static func apply(_ order: RunOrder) -> [String] {
    let limits = order.limits
    Safety.shared.enter(
      Safety.Rules(
        scratch: ".", readable: order.readable, writtenBytes: Int(limits.writtenBytes),
        writtenFiles: Int(limits.writtenFiles)))
    // Tensors take at most three quarters, so that an error says what was too large before the
    // system refuses memory.
    MemoryBudget.shared.lower(to: Int(limits.memory) / 4 * 3)
    var system = confinement_limits(
      // Code, stacks and what the allocator keeps in hand are address space, but not in use.
      memory: UInt64(limits.memory) + 1 << 30, file_bytes: UInt64(limits.writtenBytes),
      seconds: UInt64((limits.seconds + limits.checkSeconds) * max(limits.threads, 1)) + 60,
      files: 64)
    let inForce = withPaths(systemFiles + order.readable) { readable in
      withPaths(["."]) { writable in confinement_apply(&system, readable, writable) }
    }
    var words = ["safe mode: data by name, files in a scratch folder"]
    func add(_ flag: Int, _ name: String) { if Int(inForce) & flag != 0 { words.append(name) } }
    add(CONFINEMENT_LIMITS, "limits of memory, time, files (setrlimit)")
    add(CONFINEMENT_FILES, "no other file (Landlock)")
    add(CONFINEMENT_CALLS, "no network, no other programs (seccomp)")
    return words
  }

  private static func withPaths<Result>(
    _ paths: [String], _ body: (UnsafePointer<UnsafePointer<CChar>?>) -> Result
  ) -> Result {
    var pointers: [UnsafePointer<CChar>?] = paths.map { path in
      strdup(path).map { UnsafePointer($0) }
    }
    pointers.append(nil)
    defer { for case let pointer? in pointers { free(UnsafeMutablePointer(mutating: pointer)) } }
    return pointers.withUnsafeBufferPointer { buffer in
      guard let base = buffer.baseAddress else { preconditionFailure("the list has an end") }
      return body(base)
    }
  }
}

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif
