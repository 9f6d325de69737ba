extension Tensor {
  /// Values drawn evenly from the range, in row-major order; the range must not be empty.
  /// - Throws: `TensorError.invalidShape`, `.tooLarge`.
  package static func uniform(
    _ shape: [Int], in range: Range<Float> = 0..<1, from stream: inout RandomStream
  ) throws -> Tensor {
    try drawn(shape, from: &stream) { $0.uniform(in: range) }
  }

  /// Values drawn from the normal distribution with mean 0 and standard deviation 1.
  /// - Throws: `TensorError.invalidShape`, `.tooLarge`.
  package static func normal(
    _ shape: [Int], from stream: inout RandomStream
  ) throws -> Tensor {
    try drawn(shape, from: &stream) { $0.normal() }
  }

  @inline(__always)
  private static func drawn(
    _ shape: [Int], from stream: inout RandomStream, _ draw: (inout RandomStream) -> Float
  ) throws -> Tensor {
    let count = try Tensor.count(of: shape)
    return try Tensor(uninitialized: shape) { base in
      for i in 0..<count { base[i] = draw(&stream) }
    }
  }
}
