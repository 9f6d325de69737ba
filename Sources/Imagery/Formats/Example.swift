/// A `tf.train.Example`: features by name, each a list of bytes, floats or whole numbers. Read from
/// and written in protocol buffers' wire format (protobuf.dev, "Encoding"), of which it needs four
/// messages and three wire types.
struct Example {
  enum Feature: Equatable {
    /// Where the pieces lie in the record.
    case bytes([Range<Int>])
    case floats([Float])
    case integers([Int])
  }

  private let record: [UInt8]
  let features: [String: Feature]

  struct Malformed: Error {}

  /// - Throws: `Example.Malformed`
  init(_ record: [UInt8]) throws {
    self.record = record
    var features: [String: Feature] = [:]
    var example = WireReader(record, 0..<record.count)
    while let (field, value) = try example.next() {
      // Example.features = 1
      guard field == 1, case .bytes(let range) = value else { continue }
      var list = WireReader(record, range)
      while let (field, value) = try list.next() {
        // Features.feature = 1, a map: entries of key = 1 and value = 2
        guard field == 1, case .bytes(let range) = value else { continue }
        var entry = WireReader(record, range)
        var (key, feature): (String, Feature?) = ("", nil)
        while let (field, value) = try entry.next() {
          guard case .bytes(let range) = value else { continue }
          if field == 1 { key = String(decoding: record[range], as: UTF8.self) }
          if field == 2 { feature = try Example.feature(record, range) }
        }
        if let feature { features[key] = feature }
      }
    }
    self.features = features
  }

  private static func feature(_ record: [UInt8], _ range: Range<Int>) throws -> Feature? {
    var result: Feature?
    var reader = WireReader(record, range)
    while let (field, value) = try reader.next() {
      // Feature.bytes_list = 1, .float_list = 2, .int64_list = 3; each has value = 1, repeated.
      guard case .bytes(let range) = value else { continue }
      var list = WireReader(record, range)
      var (pieces, floats, integers): ([Range<Int>], [Float], [Int]) = ([], [], [])
      while let (inner, value) = try list.next() {
        guard inner == 1 else { continue }
        switch (field, value) {
        case (1, .bytes(let piece)): pieces.append(piece)
        case (2, .fixed32(let bits)): floats.append(Float(bitPattern: bits))
        case (2, .bytes(let packed)):
          var reader = WireReader(record, packed)
          while !reader.isAtEnd { floats.append(Float(bitPattern: try reader.fixed32())) }
        case (3, .varint(let bits)): integers.append(Int(truncatingIfNeeded: bits))
        case (3, .bytes(let packed)):
          var reader = WireReader(record, packed)
          while !reader.isAtEnd { integers.append(Int(truncatingIfNeeded: try reader.varint())) }
        default: throw Malformed()
        }
      }
      switch field {
      case 1: result = .bytes(pieces)
      case 2: result = .floats(floats)
      case 3: result = .integers(integers)
      default: continue
      }
    }
    return result
  }

  /// The one piece of bytes of that name, as a place in the record.
  func piece(_ name: String) -> Range<Int>? {
    if case .bytes(let pieces)? = features[name], pieces.count == 1 { pieces[0] } else { nil }
  }

  func text(_ name: String) -> String? { texts(name)?.first }

  func texts(_ name: String) -> [String]? {
    guard case .bytes(let pieces)? = features[name] else { return nil }
    return pieces.map { String(decoding: record[$0], as: UTF8.self) }
  }

  /// Numbers of either kind; empty where there is no such feature.
  func floats(_ name: String) -> [Float] {
    switch features[name] {
    case .floats(let values): values
    case .integers(let values): values.map(Float.init)
    default: []
    }
  }

  func integers(_ name: String) -> [Int]? {
    if case .integers(let values)? = features[name] { values } else { nil }
  }
}

/// Goes through the fields of one message.
private struct WireReader {
  enum Value {
    case varint(UInt64)
    case fixed64
    case bytes(Range<Int>)
    case fixed32(UInt32)
  }

  private let record: [UInt8]
  private var at: Int
  private let end: Int

  init(_ record: [UInt8], _ range: Range<Int>) {
    (self.record, at, end) = (record, range.lowerBound, range.upperBound)
  }

  var isAtEnd: Bool { at >= end }

  mutating func varint() throws -> UInt64 {
    var value: UInt64 = 0
    for shift in stride(from: UInt64(0), to: 70, by: 7) {
      guard at < end else { throw Example.Malformed() }
      let byte = record[at]
      at += 1
      value |= UInt64(byte & 0x7F) << shift
      if byte < 0x80 { return value }
    }
    throw Example.Malformed()
  }

  mutating func fixed32() throws -> UInt32 {
    guard end - at >= 4 else { throw Example.Malformed() }
    defer { at += 4 }
    return (0..<4).reduce(UInt32(0)) { $0 | UInt32(record[at + $1]) << UInt32(8 * $1) }
  }

  /// The next field's number and value, or nil at the end.
  mutating func next() throws -> (field: Int, value: Value)? {
    guard at < end else { return nil }
    let key = try varint()
    let field = Int(key >> 3 & 0x1FFF_FFFF)
    switch key & 7 {
    case 0: return (field, .varint(try varint()))
    case 1:
      guard end - at >= 8 else { throw Example.Malformed() }
      at += 8
      return (field, .fixed64)
    case 2:
      let length = try varint()
      guard length <= UInt64(end - at) else { throw Example.Malformed() }
      let start = at
      at += Int(length)
      return (field, .bytes(start..<at))
    case 5: return (field, .fixed32(try fixed32()))
    default: throw Example.Malformed()
    }
  }
}

/// Writes an Example, features in the order of their names.
struct ExampleWriter {
  private var features: [(name: String, bytes: [UInt8])] = []

  mutating func add(_ name: String, bytes values: [[UInt8]]) {
    add(name, field: 1, values.flatMap { ExampleWriter.message(1, $0) })
  }

  mutating func add(_ name: String, floats values: [Float]) {
    let packed = values.flatMap { value in
      (0..<4).map { UInt8(truncatingIfNeeded: value.bitPattern >> UInt32(8 * $0)) }
    }
    add(name, field: 2, ExampleWriter.message(1, packed))
  }

  mutating func add(_ name: String, integers values: [Int]) {
    let packed = values.flatMap { ExampleWriter.varint(UInt64(bitPattern: Int64($0))) }
    add(name, field: 3, ExampleWriter.message(1, packed))
  }

  private mutating func add(_ name: String, field: Int, _ list: [UInt8]) {
    features.append((name, ExampleWriter.message(field, list)))
  }

  var bytes: [UInt8] {
    let sorted = features.sorted { $0.name < $1.name }
    let entries = sorted.flatMap { feature in
      ExampleWriter.message(
        1,
        ExampleWriter.message(1, Array(feature.name.utf8))
          + ExampleWriter.message(2, feature.bytes))
    }
    return ExampleWriter.message(1, entries)
  }

  private static func message(_ field: Int, _ bytes: [UInt8]) -> [UInt8] {
    varint(UInt64(field << 3 | 2)) + varint(UInt64(bytes.count)) + bytes
  }

  private static func varint(_ value: UInt64) -> [UInt8] {
    var (rest, bytes): (UInt64, [UInt8]) = (value, [])
    while rest >= 0x80 {
      bytes.append(UInt8(truncatingIfNeeded: rest) | 0x80)
      rest >>= 7
    }
    return bytes + [UInt8(rest)]
  }
}
