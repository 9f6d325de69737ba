/// Writes PNG files of every kind byte by byte (PNG specification, 2nd edition), without
/// compression, so that the tests need no file and no encoder.
struct PNGMaker {
  var width = 7
  var height = 5
  /// 0 grey, 2 RGB, 3 palette, 4 grey and alpha, 6 RGB and alpha.
  var colourType = 2
  /// Bits a sample.
  var depth = 8
  var interlaced = false
  var palette: [[UInt8]] = []
  /// Contents of the transparency chunk; none if empty.
  var transparency: [UInt8] = []
  /// The sample (0…2^depth − 1) at a row, column and channel.
  var sample: (_ y: Int, _ x: Int, _ channel: Int) -> Int

  var channels: Int { [0: 1, 2: 3, 3: 1, 4: 2, 6: 4][colourType] ?? 1 }

  func bytes() -> [UInt8] {
    var file: [UInt8] = [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A]
    file += chunk("IHDR", header(width, height))
    if !palette.isEmpty { file += chunk("PLTE", palette.flatMap { $0 }) }
    if !transparency.isEmpty { file += chunk("tRNS", transparency) }
    file += chunk("IDAT", deflated(rows()))
    return file + chunk("IEND", [])
  }

  func header(_ width: Int, _ height: Int) -> [UInt8] {
    number(width) + number(height)
      + [UInt8(depth), UInt8(colourType), 0, 0, interlaced ? 1 : 0]
  }

  private func rows() -> [UInt8] {
    // Adam7: first column and row, step along each, of the seven passes.
    let passes =
      interlaced
      ? [
        (0, 0, 8, 8), (4, 0, 8, 8), (0, 4, 4, 8), (2, 0, 4, 4), (0, 2, 2, 4), (1, 0, 2, 2),
        (0, 1, 1, 2),
      ]
      : [(0, 0, 1, 1)]
    var data: [UInt8] = []
    for (x0, y0, stepX, stepY) in passes where x0 < width {
      for y in stride(from: y0, to: height, by: stepY) {
        var bits: [Bool] = []
        for x in stride(from: x0, to: width, by: stepX) {
          for c in 0..<channels {
            let value = sample(y, x, c)
            for bit in (0..<depth).reversed() { bits.append(value >> bit & 1 == 1) }
          }
        }
        data.append(0)
        for start in stride(from: 0, to: bits.count, by: 8) {
          var byte: UInt8 = 0
          for i in 0..<8 where start + i < bits.count && bits[start + i] { byte |= 0x80 >> i }
          data.append(byte)
        }
      }
    }
    return data
  }

  func chunk(_ type: String, _ data: [UInt8]) -> [UInt8] {
    let body = Array(type.utf8) + data
    return number(data.count) + body + number(Int(PNGMaker.checksum(body)))
  }

  private func number(_ value: Int) -> [UInt8] {
    [24, 16, 8, 0].map { UInt8(truncatingIfNeeded: value >> $0) }
  }

  /// A zlib stream of stored blocks.
  func deflated(_ data: [UInt8]) -> [UInt8] {
    var stream: [UInt8] = [0x78, 0x01]
    var start = 0
    repeat {
      let length = min(data.count - start, 65_535)
      let isLast = start + length == data.count
      stream += [isLast ? 1 : 0, UInt8(length & 255), UInt8(length >> 8)]
      stream += [UInt8(~length & 255), UInt8(~length >> 8 & 255)]
      stream += data[start..<(start + length)]
      start += length
    } while start < data.count
    var (a, b) = (1, 0)
    for byte in data { (a, b) = ((a + Int(byte)) % 65_521, (b + a + Int(byte)) % 65_521) }
    return stream + number(b << 16 | a)
  }

  static func checksum(_ bytes: [UInt8]) -> UInt32 {
    var crc: UInt32 = 0xFFFF_FFFF
    for byte in bytes {
      crc ^= UInt32(byte)
      for _ in 0..<8 { crc = crc & 1 == 1 ? crc >> 1 ^ 0xEDB8_8320 : crc >> 1 }
    }
    return ~crc
  }

  /// A small RGB picture in which every pixel differs.
  static func colours(width: Int = 7, height: Int = 5) -> PNGMaker {
    PNGMaker(width: width, height: height) { y, x, c in (y * 37 + x * 11 + c * 91) & 255 }
  }
}
