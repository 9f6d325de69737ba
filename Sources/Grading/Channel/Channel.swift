#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// Messages over a descriptor, each with its length before it, and none longer than `limit`.
///
/// Nothing else is written to the descriptor, and nobody waits on it without end: a process that says
/// nothing, too much or nonsense is treated as one that has ended.
final class Channel {
  enum Problem: Error, Equatable {
    /// The other side has ended, or closed the channel.
    case closed
    case timeout
    case tooLong
  }

  /// Bytes of one message.
  static let limit = 64 << 20

  private let descriptor: Int32
  private var isOpen = true

  init(_ descriptor: Int32) { self.descriptor = descriptor }

  deinit { close() }

  func close() {
    guard isOpen else { return }
    isOpen = false
    #if canImport(Glibc)
      _ = Glibc.close(descriptor)
    #else
      _ = Darwin.close(descriptor)
    #endif
  }

  /// - Throws: `Problem`
  func send(_ message: [UInt8]) throws {
    guard message.count <= Channel.limit else { throw Problem.tooLong }
    var header = ByteWriter()
    header.count(message.count)
    try write(header.bytes)
    try write(message)
  }

  private func write(_ bytes: [UInt8]) throws {
    var sent = 0
    while sent < bytes.count {
      let count = bytes.withUnsafeBytes { buffer in
        guard let base = buffer.baseAddress else { return 0 }
        // A closed channel is an error here, not a signal that ends the process.
        #if canImport(Glibc)
          return Glibc.send(descriptor, base + sent, bytes.count - sent, Int32(MSG_NOSIGNAL))
        #else
          return Darwin.send(descriptor, base + sent, bytes.count - sent, 0)
        #endif
      }
      if count > 0 {
        sent += count
      } else if errno != EINTR {
        throw Problem.closed
      }
    }
  }

  /// The next message.
  /// - Parameter deadline: on the monotonic clock, in seconds; nil waits as long as it takes.
  /// - Throws: `Problem`
  func receive(until deadline: Double? = nil) throws -> [UInt8] {
    var header = ByteReader(try read(4, until: deadline))
    guard let length = try? header.count(), length <= Channel.limit else { throw Problem.tooLong }
    return try read(length, until: deadline)
  }

  private func read(_ count: Int, until deadline: Double?) throws -> [UInt8] {
    var bytes: [UInt8] = []
    // Memory grows with what arrives, not with what was promised.
    var block = [UInt8](repeating: 0, count: min(count, 1 << 16))
    while bytes.count < count {
      try wait(until: deadline)
      let wanted = min(count - bytes.count, block.count)
      let received = block.withUnsafeMutableBytes { buffer in
        recv(descriptor, buffer.baseAddress, wanted, 0)
      }
      if received == 0 { throw Problem.closed }
      if received < 0 {
        guard errno == EINTR else { throw Problem.closed }
        continue
      }
      bytes += block[..<received]
    }
    return bytes
  }

  private func wait(until deadline: Double?) throws {
    guard let deadline else { return }
    while true {
      let left = deadline - Clock.seconds()
      guard left > 0 else { throw Problem.timeout }
      var waiting = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
      let result = poll(&waiting, 1, Int32(min(left * 1000 + 1, 1e6)))
      if result > 0 { return }
      if result < 0 && errno != EINTR { throw Problem.closed }
    }
  }
}

/// The monotonic clock.
enum Clock {
  static func seconds() -> Double {
    var time = timespec()
    clock_gettime(CLOCK_MONOTONIC, &time)
    return Double(time.tv_sec) + Double(time.tv_nsec) / 1e9
  }

  /// The time of day in universal time: `2026-11-26T07:00:00`.
  static func date() -> String {
    var now = time(nil)
    var parts = tm()
    gmtime_r(&now, &parts)
    func two(_ number: Int32) -> String { number < 10 ? "0\(number)" : "\(number)" }
    return "\(parts.tm_year + 1900)-\(two(parts.tm_mon + 1))-\(two(parts.tm_mday))"
      + "T\(two(parts.tm_hour)):\(two(parts.tm_min)):\(two(parts.tm_sec))"
  }
}
