import Tensors

/// A file of records as TensorFlow writes it (TFRecord): for each its length in 8 bytes, a checksum
/// of the length, the bytes, and a checksum of the bytes.
enum RecordFile {
  private static let recordLimit = 1 << 28

  /// Calls `body` with each sound record, its number from 0, and where it begins in the file.
  /// Damaged records are left out; after a damaged length nothing more can be found.
  /// - Returns: what is wrong with the file.
  /// - Throws: `ImageryError` if the file cannot be opened; what `body` throws.
  static func records(
    _ path: String, name: String,
    _ body: (_ number: Int, _ start: Int, _ bytes: [UInt8]) throws -> Void
  ) throws -> [ImageryError] {
    var problems: [ImageryError] = []
    do {
      let file = try ReadableFile(path)
      var (at, number) = (0, 0)
      while at < file.size {
        func label() -> String { "\(name), record \(number)" }
        guard file.size - at >= 16 else {
          problems.append(
            ImageryError(.truncated, name, given: "\(number)", expected: "all records"))
          break
        }
        let head = try file.bytes(12, at: at)
        let length = little(head[0..<8])
        guard little(head[8..<12]) == UInt64(Checksum.masked(head[0..<8])) else {
          problems.append(
            ImageryError(
              .corrupt, label(),
              given: at == 0
                ? "it is no file of records"
                : "the checksum of its length is wrong, and the rest "
                  + "of the file cannot be read"))
          break
        }
        guard length <= UInt64(recordLimit) else {
          problems.append(
            ImageryError(
              .fileTooLarge, label(), given: "\(length) bytes", expected: "\(recordLimit) bytes"))
          break
        }
        guard Int(length) <= file.size - at - 16 else {
          problems.append(
            ImageryError(
              .truncated, label(), given: "\(file.size - at - 12)",
              expected: "\(length) bytes"))
          break
        }
        let bytes = try file.bytes(Int(length) + 4, at: at + 12)
        let contents = bytes.dropLast(4)
        if little(bytes.suffix(4)) == UInt64(Checksum.masked(contents)) {
          try body(number, at + 12, Array(contents))
        } else {
          problems.append(
            ImageryError(.corrupt, label(), given: "its checksum is wrong"))
        }
        at += Int(length) + 16
        number += 1
      }
    } catch let error as FileError {
      throw ImageryError(error, name: name)
    }
    return problems
  }

  private static func little(_ bytes: ArraySlice<UInt8>) -> UInt64 {
    bytes.reversed().reduce(0) { $0 << 8 | UInt64($1) }
  }

  /// A record with its length and checksums.
  static func framed(_ bytes: [UInt8]) -> [UInt8] {
    func little(_ value: UInt64, _ count: Int) -> [UInt8] {
      (0..<count).map { UInt8(truncatingIfNeeded: value >> UInt64(8 * $0)) }
    }
    let length = little(UInt64(bytes.count), 8)
    return length + little(UInt64(Checksum.masked(length[...])), 4) + bytes
      + little(UInt64(Checksum.masked(bytes[...])), 4)
  }

  /// Whether a file's first bytes are the length of a record with its checksum.
  static func isLikely(_ head: [UInt8]) -> Bool {
    head.count >= 12 && little(head[8..<12]) == UInt64(Checksum.masked(head[0..<8]))
  }
}

/// CRC-32C (Castagnoli; RFC 3720, B.4), eight bytes at a time.
enum Checksum {
  private static let tables: [UInt32] = {
    var tables = [UInt32](repeating: 0, count: 8 * 256)
    for byte in 0..<256 {
      var crc = UInt32(byte)
      for _ in 0..<8 { crc = crc & 1 == 1 ? crc >> 1 ^ 0x82F6_3B78 : crc >> 1 }
      tables[byte] = crc
    }
    for byte in 0..<256 {
      for table in 1..<8 {
        let before = tables[(table - 1) * 256 + byte]
        tables[table * 256 + byte] = before >> 8 ^ tables[Int(before & 255)]
      }
    }
    return tables
  }()

  static func crc32c(_ bytes: ArraySlice<UInt8>) -> UInt32 {
    tables.withUnsafeBufferPointer { table in
      bytes.withUnsafeBufferPointer { buffer in
        var crc: UInt32 = 0xFFFF_FFFF
        var at = 0
        while buffer.count - at >= 8 {
          let low =
            crc
            ^ (UInt32(buffer[at]) | UInt32(buffer[at + 1]) << 8 | UInt32(buffer[at + 2]) << 16
              | UInt32(buffer[at + 3]) << 24)
          crc =
            table[7 * 256 + Int(low & 255)] ^ table[6 * 256 + Int(low >> 8 & 255)]
            ^ table[5 * 256 + Int(low >> 16 & 255)] ^ table[4 * 256 + Int(low >> 24)]
            ^ table[3 * 256 + Int(buffer[at + 4])] ^ table[2 * 256 + Int(buffer[at + 5])]
            ^ table[256 + Int(buffer[at + 6])] ^ table[Int(buffer[at + 7])]
          at += 8
        }
        while at < buffer.count {
          crc = crc >> 8 ^ table[Int((crc ^ UInt32(buffer[at])) & 255)]
          at += 1
        }
        return ~crc
      }
    }
  }

  /// The checksum as TensorFlow stores it: turned and moved, so that a checksum of checksums differs.
  static func masked(_ bytes: ArraySlice<UInt8>) -> UInt32 {
    let crc = crc32c(bytes)
    return (crc >> 15 | crc << 17) &+ 0xA282_EAD8
  }
}
