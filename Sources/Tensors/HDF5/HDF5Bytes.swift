/// Where the bytes of an HDF5 file come from, with a limit on how many of them descriptions may
/// take: in a file from elsewhere, groups may contain themselves.
final class HDF5Bytes {
  typealias Read = (UnsafeMutableRawPointer, _ count: Int, _ offset: Int) throws -> Void

  /// Bytes of the file.
  let size: Int
  private let read: Read
  /// What offsets in the file count from, once the superblock has told.
  var base: UInt64 = 0
  /// Bytes of an address, and of a length, in this file.
  var addressSize = 8
  var lengthSize = 8
  private var descriptionsLeft = 1 << 26

  init(size: Int, read: @escaping Read) {
    (self.size, self.read) = (size, read)
  }

  /// All bits set: "there is none".
  var undefinedAddress: UInt64 {
    addressSize >= 8 ? .max : (1 << UInt64(8 * addressSize)) - 1
  }

  /// The file's bytes from an address on, to be taken apart.
  func description(at address: UInt64, count: UInt64) throws -> HDF5Cursor {
    let offset = try place(address, count)
    guard count <= UInt64(descriptionsLeft) else {
      throw HDF5Error.Problem.damaged(offset: address, what: "descriptions that never end")
    }
    descriptionsLeft -= Int(count)
    let bytes = try [UInt8](unsafeUninitializedCapacity: Int(count)) { buffer, filled in
      if let base = buffer.baseAddress, count > 0 {
        try read(UnsafeMutableRawPointer(base), Int(count), offset)
      }
      filled = Int(count)
    }
    return HDF5Cursor(
      bytes: bytes, origin: address, addressSize: addressSize, lengthSize: lengthSize)
  }

  /// Copies values from an address on.
  func copy(_ target: UnsafeMutableRawPointer, count: Int, at address: UInt64) throws {
    let offset = try place(address, UInt64(count))
    if count > 0 { try read(target, count, offset) }
  }

  /// The byte of the file where `count` bytes from `address` on begin.
  /// - Throws: unless all of them are in the file.
  func place(_ address: UInt64, _ count: UInt64) throws -> Int {
    let (start, overflow) = base.addingReportingOverflow(address)
    guard !overflow, start <= UInt64(size), count <= UInt64(size) - start else {
      throw HDF5Error.Problem.damaged(offset: address, what: "a place outside of the file")
    }
    return Int(start)
  }
}

/// Takes a piece of an HDF5 file apart, little-endian, never past its end.
struct HDF5Cursor {
  let bytes: [UInt8]
  /// The address of the first byte, for errors.
  let origin: UInt64
  let addressSize: Int
  let lengthSize: Int
  private(set) var position = 0

  init(bytes: [UInt8], origin: UInt64, addressSize: Int, lengthSize: Int) {
    (self.bytes, self.origin) = (bytes, origin)
    (self.addressSize, self.lengthSize) = (addressSize, lengthSize)
  }

  var left: Int { bytes.count - position }

  func damaged(_ what: String) -> HDF5Error.Problem {
    .damaged(offset: origin &+ UInt64(position), what: what)
  }

  mutating func skip(_ count: Int) throws(HDF5Error.Problem) {
    guard count >= 0, count <= left else { throw damaged("cut off") }
    position += count
  }

  /// Goes on to the next multiple of eight, counted from the first byte, or to the end.
  mutating func align() { position = min(bytes.count, (position + 7) / 8 * 8) }

  mutating func number(_ size: Int) throws(HDF5Error.Problem) -> UInt64 {
    guard size <= 8, size <= left else { throw damaged("cut off") }
    var value: UInt64 = 0
    for index in 0..<size { value |= UInt64(bytes[position + index]) << UInt64(8 * index) }
    position += size
    return value
  }

  mutating func byte() throws(HDF5Error.Problem) -> Int { Int(try number(1)) }
  mutating func short() throws(HDF5Error.Problem) -> Int { Int(try number(2)) }
  mutating func word() throws(HDF5Error.Problem) -> Int { Int(try number(4)) }
  mutating func address() throws(HDF5Error.Problem) -> UInt64 { try number(addressSize) }
  mutating func length() throws(HDF5Error.Problem) -> UInt64 { try number(lengthSize) }

  mutating func take(_ count: Int) throws(HDF5Error.Problem) -> HDF5Cursor {
    let start = position
    try skip(count)
    return HDF5Cursor(
      bytes: Array(bytes[start..<position]), origin: origin &+ UInt64(start),
      addressSize: addressSize, lengthSize: lengthSize)
  }

  /// Steps over the four letters that structures begin with.
  mutating func expect(_ signature: StaticString) throws(HDF5Error.Problem) {
    for index in 0..<signature.utf8CodeUnitCount {
      guard try byte() == Int(signature.utf8Start[index]) else {
        throw damaged("no \(signature) where one should be")
      }
    }
  }

  /// The text from `offset` on that a zero ends.
  func text(at offset: UInt64) throws(HDF5Error.Problem) -> String {
    guard offset < UInt64(bytes.count),
      let end = bytes[Int(offset)...].firstIndex(of: 0)
    else { throw damaged("a name that never ends") }
    return String(decoding: bytes[Int(offset)..<end], as: UTF8.self)
  }

  /// The rest as a text, up to the first zero.
  var text: String { String(decoding: bytes[position...].prefix { $0 != 0 }, as: UTF8.self) }
}
