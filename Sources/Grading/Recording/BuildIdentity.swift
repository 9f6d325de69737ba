import Tensors
import Training

/// What tells one build of the program from another.
enum BuildIdentity {
  /// A hash of the program's file; quick rather than safe from forgery, since it is some forty
  /// megabytes, and nobody gains by pretending to be another build.
  static func of(_ executable: String) -> String {
    guard let bytes = try? Files.read(executable) else { return "unknown" }
    var hash = StateHasher()
    hash.add(UInt64(bytes.count))
    bytes.withUnsafeBytes { buffer in
      for offset in stride(from: 0, to: buffer.count / 8 * 8, by: 8) {
        hash.add(
          UInt64(littleEndian: buffer.loadUnaligned(fromByteOffset: offset, as: UInt64.self)))
      }
    }
    return hash.text
  }
}
