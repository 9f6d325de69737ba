import CCodecs

/// A zip archive in memory (PKWARE's APPNOTE 6.3), as NumPy's `.npz` files are: members stored or
/// deflated, below 4 GB, on one disk, not encrypted.
package struct ZipArchive {
  package struct Member: Equatable, Sendable {
    package let name: String
    fileprivate let method: Int
    fileprivate let stored: Int
    /// Bytes once unpacked.
    package let size: Int
    fileprivate let checksum: UInt32
    fileprivate let header: Int
  }

  package let members: [Member]
  private let bytes: [UInt8]
  private let name: String

  private static let memberLimit = 100_000

  /// Reads the list of members at the archive's end.
  /// - Throws: `ImageryError.corrupt`, `.truncated`, `.unsupportedFormat`
  package init(_ bytes: [UInt8], name: String) throws {
    (self.bytes, self.name) = (bytes, name)
    guard let end = ZipArchive.endRecord(bytes) else {
      throw ImageryError(
        .truncated, name, given: "the beginning", expected: "a zip archive")
    }
    let count = ZipArchive.number(bytes, end + 10, 2)
    var at = ZipArchive.number(bytes, end + 16, 4)
    guard count <= ZipArchive.memberLimit, at != 0xFFFF_FFFF else {
      throw ImageryError(
        .unsupportedFormat, name, given: "an archive of more than 4 GB",
        expected: "smaller archives")
    }
    var members: [Member] = []
    for _ in 0..<count {
      guard at + 46 <= end, ZipArchive.number(bytes, at, 4) == 0x0201_4B50 else {
        throw ImageryError(.corrupt, name, given: "its list of members is broken")
      }
      let nameLength = ZipArchive.number(bytes, at + 28, 2)
      let others = ZipArchive.number(bytes, at + 30, 2) + ZipArchive.number(bytes, at + 32, 2)
      guard at + 46 + nameLength + others <= end else {
        throw ImageryError(.corrupt, name, given: "its list of members is broken")
      }
      let flags = ZipArchive.number(bytes, at + 8, 2)
      let member = Member(
        name: String(decoding: bytes[(at + 46)..<(at + 46 + nameLength)], as: UTF8.self),
        method: flags & 1 == 1 ? -1 : ZipArchive.number(bytes, at + 10, 2),
        stored: ZipArchive.number(bytes, at + 20, 4), size: ZipArchive.number(bytes, at + 24, 4),
        checksum: UInt32(ZipArchive.number(bytes, at + 16, 4)),
        header: ZipArchive.number(bytes, at + 42, 4))
      members.append(member)
      at += 46 + nameLength + others
    }
    self.members = members
  }

  /// The contents of a member, checked against its checksum.
  /// - Throws: `ImageryError`; `.fileTooLarge` if it has more bytes than `limit`.
  package func contents(of member: Member, limit: Int) throws -> [UInt8] {
    let label = "\(name)/\(member.name)"
    func corrupt(_ what: String) -> ImageryError { ImageryError(.corrupt, label, given: what) }
    guard member.method == 0 || member.method == 8 else {
      throw ImageryError(
        .unsupportedFormat, label,
        given: member.method < 0 ? "encrypted" : "packed by method \(member.method)",
        expected: "stored and deflated members")
    }
    guard member.size <= limit else {
      throw ImageryError(
        .fileTooLarge, label, given: "\(member.size) bytes", expected: "\(limit) bytes")
    }
    guard member.header <= bytes.count - 30,
      ZipArchive.number(bytes, member.header, 4) == 0x0403_4B50
    else { throw corrupt("its header is not where the list says") }
    // Only the lengths are taken from here: sizes may follow the data and be 0 in this place.
    let start =
      member.header + 30 + ZipArchive.number(bytes, member.header + 26, 2)
      + ZipArchive.number(bytes, member.header + 28, 2)
    guard start <= bytes.count, member.stored <= bytes.count - start else {
      throw ImageryError(
        .truncated, label, given: "\(max(bytes.count - start, 0))",
        expected: "\(member.stored) bytes")
    }
    let result: [UInt8]
    if member.method == 0 {
      guard member.stored == member.size else { throw corrupt("it says two sizes") }
      result = Array(bytes[start..<(start + member.stored)])
    } else {
      // Deflate makes at most 1032 bytes of one.
      guard member.size / 1032 <= member.stored else { throw corrupt("it claims too many bytes") }
      var outcome = conch_codec_outcome()
      result = [UInt8](unsafeUninitializedCapacity: member.size) { buffer, count in
        bytes.withUnsafeBufferPointer { source in
          guard let from = source.baseAddress, let to = buffer.baseAddress else { return }
          outcome = conch_codec_inflate(from + start, member.stored, to, member.size)
          count = outcome.status == CONCH_CODEC_OK ? member.size : 0
        }
      }
      guard outcome.status == CONCH_CODEC_OK else { throw corrupt("it cannot be unpacked") }
    }
    guard conch_codec_crc32(result, result.count) == member.checksum else {
      throw corrupt("its checksum is wrong")
    }
    return result
  }

  /// The record at the very end, which a comment of up to 65,535 bytes may follow.
  private static func endRecord(_ bytes: [UInt8]) -> Int? {
    guard bytes.count >= 22 else { return nil }
    let last = bytes.count - 22
    return stride(from: last, through: max(last - 65_535, 0), by: -1).first {
      number(bytes, $0, 4) == 0x0605_4B50
    }
  }

  /// A little-endian number; the caller has seen that it is there.
  private static func number(_ bytes: [UInt8], _ at: Int, _ size: Int) -> Int {
    (0..<size).reduce(0) { $0 | Int(bytes[at + $1]) << (8 * $1) }
  }
}

extension ZipArchive {
  /// An archive with these members stored as they are. Same members, same bytes: no times.
  /// - Parameter isExecutable: whether a member, by its name, is a program (on systems that have such
  ///   a mark).
  package static func archive(
    _ members: [(name: String, bytes: [UInt8])], isExecutable: (String) -> Bool = { _ in false }
  ) -> [UInt8]? {
    var file: [UInt8] = []
    var list: [UInt8] = []
    func number(_ value: Int, _ size: Int) -> [UInt8] {
      (0..<size).map { UInt8(truncatingIfNeeded: value >> (8 * $0)) }
    }
    for member in members {
      guard file.count + member.bytes.count < 0xFFFF_0000, members.count < 0xFFFF else {
        return nil
      }
      let name = Array(member.name.utf8)
      // Version 2.0, UTF-8 names, stored, 1 January 1980.
      let common =
        number(20, 2) + number(0x0800, 2) + number(0, 2) + number(0, 2) + number(0x21, 2)
        + number(Int(conch_codec_crc32(member.bytes, member.bytes.count)), 4)
        + number(member.bytes.count, 4) + number(member.bytes.count, 4) + number(name.count, 2)
        + number(0, 2)
      // Made on Unix, where the upper half of the attributes is the file's mode.
      let (maker, mode) = isExecutable(member.name) ? (3 << 8 | 20, 0o100755) : (20, 0)
      list += number(0x0201_4B50, 4) + number(maker, 2) + common + number(0, 2) + number(0, 2)
      list += number(0, 2) + number(mode << 16, 4) + number(file.count, 4) + name
      file += number(0x0403_4B50, 4) + common + name + member.bytes
    }
    let start = file.count
    return file + list + number(0x0605_4B50, 4) + number(0, 4) + number(members.count, 2)
      + number(members.count, 2) + number(list.count, 4) + number(start, 4) + number(0, 2)
  }
}
