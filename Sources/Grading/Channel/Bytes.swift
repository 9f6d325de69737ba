import Language

/// Bytes that are put together for the channel: numbers little-endian, texts with their length.
struct ByteWriter {
  private(set) var bytes: [UInt8] = []

  mutating func byte(_ value: UInt8) { bytes.append(value) }

  mutating func count(_ value: Int) {
    let value = UInt32(clamping: value)
    for shift in stride(from: 0 as UInt32, to: 32, by: 8) {
      bytes.append(UInt8(truncatingIfNeeded: value >> shift))
    }
  }

  mutating func number(_ value: Double) {
    for shift in stride(from: 0 as UInt64, to: 64, by: 8) {
      bytes.append(UInt8(truncatingIfNeeded: value.bitPattern >> shift))
    }
  }

  mutating func floats(_ values: [Float]) {
    count(values.count)
    bytes.reserveCapacity(bytes.count + 4 * values.count)
    for value in values {
      let pattern = value.bitPattern
      bytes.append(UInt8(truncatingIfNeeded: pattern))
      bytes.append(UInt8(truncatingIfNeeded: pattern >> 8))
      bytes.append(UInt8(truncatingIfNeeded: pattern >> 16))
      bytes.append(UInt8(truncatingIfNeeded: pattern >> 24))
    }
  }

  mutating func data(_ value: [UInt8]) {
    count(value.count)
    bytes += value
  }

  mutating func text(_ value: String) {
    count(value.utf8.count)
    bytes += value.utf8
  }

  mutating func list<Element>(
    _ elements: [Element], _ write: (inout ByteWriter, Element) -> Void
  ) {
    count(elements.count)
    for element in elements { write(&self, element) }
  }
}

/// What came through the channel is not a message: too short, too long, too deep, or nonsense.
struct BrokenMessage: Error {}

/// Reads what a `ByteWriter` has written, from a process that is not trusted: every length is
/// compared with the bytes that are left before anything is made of it.
struct ByteReader {
  private let bytes: [UInt8]
  private var position = 0

  init(_ bytes: [UInt8]) { self.bytes = bytes }

  var isAtEnd: Bool { position == bytes.count }

  private mutating func take(_ count: Int) throws -> Int {
    guard count >= 0, count <= bytes.count - position else { throw BrokenMessage() }
    defer { position += count }
    return position
  }

  mutating func byte() throws -> UInt8 { bytes[try take(1)] }

  mutating func boolean() throws -> Bool {
    let value = try byte()
    guard value < 2 else { throw BrokenMessage() }
    return value == 1
  }

  mutating func count() throws -> Int {
    let start = try take(4)
    return (0..<4).reduce(0) { $0 | Int(bytes[start + $1]) << (8 * $1) }
  }

  mutating func number() throws -> Double {
    let start = try take(8)
    return Double(bitPattern: (0..<8).reduce(0) { $0 | UInt64(bytes[start + $1]) << (8 * $1) })
  }

  mutating func floats() throws -> [Float] {
    let count = try count()
    guard count <= (bytes.count - position) / 4 else { throw BrokenMessage() }
    let start = try take(4 * count)
    return (0..<count).map { index in
      let place = start + 4 * index
      return Float(
        bitPattern: UInt32(bytes[place]) | UInt32(bytes[place + 1]) << 8
          | UInt32(bytes[place + 2]) << 16 | UInt32(bytes[place + 3]) << 24)
    }
  }

  mutating func data() throws -> [UInt8] {
    let count = try count()
    let start = try take(count)
    return Array(bytes[start..<(start + count)])
  }

  mutating func text() throws -> String { String(decoding: try data(), as: UTF8.self) }

  mutating func list<Element>(_ read: (inout ByteReader) throws -> Element) throws -> [Element] {
    let count = try count()
    // Every element takes a byte at least.
    guard count <= bytes.count - position else { throw BrokenMessage() }
    var elements: [Element] = []
    for _ in 0..<count { elements.append(try read(&self)) }
    return elements
  }
}
