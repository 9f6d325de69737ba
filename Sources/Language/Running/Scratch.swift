/// Bytes of texts that are being put together: one piece of memory that all of them use, the inner
/// ones behind the outer ones.
struct Scratch {
  private var bytes: UnsafeMutablePointer<UInt8>
  private var capacity: Int
  private(set) var count = 0

  private static let usualCapacity = 1 << 12

  init() {
    capacity = Scratch.usualCapacity
    bytes = .allocate(capacity: capacity)
  }

  mutating func free() { bytes.deallocate() }

  /// Forgets what was written after the first `count` bytes.
  @inline(__always)
  mutating func cut(to count: Int) {
    self.count = count
    if count == 0, capacity > 1 << 20 { resize(to: Scratch.usualCapacity) }
  }

  private mutating func resize(to capacity: Int) {
    let larger = UnsafeMutablePointer<UInt8>.allocate(capacity: capacity)
    larger.update(from: bytes, count: count)
    bytes.deallocate()
    bytes = larger
    self.capacity = capacity
  }

  @inline(__always)
  private mutating func reserve(_ room: Int) {
    if capacity - count < room { resize(to: max(2 * capacity, count + room)) }
  }

  @inline(__always)
  mutating func append(_ text: String) {
    var text = text
    let length = text.utf8.count
    reserve(length)
    text.withUTF8 { source in
      if let first = source.baseAddress { (bytes + count).update(from: first, count: length) }
    }
    count += length
  }

  /// As `NumberFormat.shortest`.
  @inline(__always)
  mutating func append(_ number: Double) {
    guard abs(number) < 9_007_199_254_740_992, Double(Int64(number)) == number else {
      return append(NumberFormat.shortest(number))
    }
    append(whole: Int64(number))
  }

  private mutating func append(whole number: Int64) {
    reserve(20)
    var rest = number.magnitude
    var width = number < 0 ? 2 : 1
    while rest >= 10 {
      rest /= 10
      width += 1
    }
    if number < 0 { bytes[count] = 45 }
    rest = number.magnitude
    var place = count + width
    repeat {
      place -= 1
      bytes[place] = UInt8(truncatingIfNeeded: 48 + rest % 10)
      rest /= 10
    } while rest > 0
    count += width
  }

  /// What was written after the first `start` bytes.
  @inline(__always)
  func text(from start: Int) -> String {
    String(decoding: UnsafeBufferPointer(start: bytes + start, count: count - start), as: UTF8.self)
  }
}
