/// Bytes as letters (RFC 4648).
package enum Base64 {
  private static let letters = Array(
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/".utf8)

  package static func encoded(_ bytes: [UInt8]) -> String {
    String(unsafeUninitializedCapacity: (bytes.count + 2) / 3 * 4) { target in
      var written = 0
      for start in stride(from: 0, to: bytes.count, by: 3) {
        let count = min(3, bytes.count - start)
        var bits = 0
        for place in 0..<3 { bits = bits << 8 | (place < count ? Int(bytes[start + place]) : 0) }
        for place in 0..<4 {
          target[written] =
            place <= count ? letters[bits >> (18 - 6 * place) & 63] : UInt8(ascii: "=")
          written += 1
        }
      }
      return written
    }
  }
}
