import Tensors

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// One block of memory for everything that a plan writes, or for all weights of a network. It
/// does not move, is on huge pages where the system has them (page faults otherwise take a third
/// of a training step), and counts in the same budget as the tensors of scripts.
final class Arena {
  /// Aligned to a cache line.
  let base: UnsafeMutablePointer<Float>
  let count: Int
  // Never copied or handed out, so its storage stays unique and where it is.
  private var tensor: Tensor

  /// - Throws: `NetworkError.memory` if the budget has no room for `count` float32 values.
  init(count: Int) throws(NetworkError) {
    self.count = count
    do {
      var tensor = try Tensor(uninitialized: [max(count, 1)]) { _ in }
      base = tensor.withUnsafeMutablePointer { $0 }
      self.tensor = tensor
    } catch {
      let budget = MemoryBudget.shared
      let (bytes, overflow) = count.multipliedReportingOverflow(by: 4)
      throw .memory(
        bytes: overflow ? .max : bytes, available: max(0, budget.limit - budget.bytesInUse))
    }
    Arena.adviseHugePages(base, bytes: count * MemoryLayout<Float>.stride)
  }

  /// Asks for huge pages on the whole ones inside; a hint, so failure does not matter.
  private static func adviseHugePages(_ base: UnsafeMutablePointer<Float>, bytes: Int) {
    #if os(Linux)
      let page = 2 << 20
      let address = UInt(bitPattern: base)
      let first = (address + UInt(page) - 1) / UInt(page) * UInt(page)
      let last = (address + UInt(bytes)) / UInt(page) * UInt(page)
      guard last > first, let start = UnsafeMutableRawPointer(bitPattern: first) else { return }
      _ = madvise(start, Int(last - first), MADV_HUGEPAGE)
    #endif
  }
}
