import Tensors

/// NumPy's `.npy` files of version 1, little-endian, rows first.
enum NumpyWriter {
  private static func header(_ type: String, _ shape: [Int]) -> [UInt8] {
    let sizes = shape.map { "\($0)," }.joined(separator: " ")
    var text = "{'descr': '\(type)', 'fortran_order': False, 'shape': (\(sizes)), }"
    // The data begin at a multiple of 64 bytes.
    let length = (10 + text.utf8.count + 1 + 63) / 64 * 64 - 10
    text += String(repeating: " ", count: length - text.utf8.count - 1) + "\n"
    return [0x93] + Array("NUMPY".utf8)
      + [1, 0, UInt8(length & 255), UInt8(length >> 8)] + Array(text.utf8)
  }

  private static func little<Bits: FixedWidthInteger>(_ values: [Bits]) -> [UInt8] {
    var bytes: [UInt8] = []
    bytes.reserveCapacity(values.count * MemoryLayout<Bits>.size)
    for value in values {
      withUnsafeBytes(of: value.littleEndian) { bytes.append(contentsOf: $0) }
    }
    return bytes
  }

  /// float32 of any shape.
  static func file(_ tensor: Tensor) -> [UInt8] {
    header("<f4", tensor.shape)
      + tensor.withUnsafePointer { from in
        little((0..<tensor.count).map { from[$0].bitPattern })
      }
  }

  static func file(integers values: [Int]) -> [UInt8] {
    header("<i8", [values.count]) + little(values)
  }

  static func file(numbers values: [Double]) -> [UInt8] {
    header("<f8", [values.count]) + little(values.map(\.bitPattern))
  }

  static func file(bytes: [UInt8], shape: [Int]) -> [UInt8] { header("|u1", shape) + bytes }

  static func file(texts: [String]) -> [UInt8] {
    let units = texts.map { $0.unicodeScalars.map(\.value) }
    let longest = max(units.map(\.count).max() ?? 1, 1)
    return header("<U\(longest)", [texts.count])
      + little(units.flatMap { $0 + Array(repeating: 0, count: longest - $0.count) })
  }
}
