#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// An array of float32 values with a shape, always contiguous and row-major (the last dimension
/// varies fastest). A value: copies share their storage until one of them is written.
///
/// Images are `[H, W, C]` (height, width, channels), batches and feature maps `[N, H, W, C]`.
/// A number is a tensor of shape `[]` with one value; a dimension of 0 gives an empty tensor.
// Sendable by hand: storage is written only through `withUnsafeMutablePointer`, which first makes
// it unique, so storage that two threads can see is never written.
package struct Tensor: @unchecked Sendable {
  /// Sizes of the dimensions, outermost first; none is negative.
  package let shape: [Int]
  /// The number of values: the product of the shape.
  package let count: Int
  private var storage: TensorStorage

  /// The number of dimensions.
  package var rank: Int { shape.count }

  /// More dimensions than this are refused: no image network needs them, and a script could
  /// otherwise make shapes that fill a screen.
  package static let maximumRank = 8

  /// A tensor in which every value is `value`.
  /// - Throws: `TensorError.invalidShape`, `.tooLarge`.
  package init(shape: [Int], repeating value: Float = 0) throws {
    let count = try Tensor.count(of: shape)
    let storage = try TensorStorage(count: count, shape: shape)
    if value == 0 && value.sign == .plus {
      memset(storage.base, 0, count * MemoryLayout<Float>.stride)
    } else {
      storage.base.update(repeating: value, count: count)
    }
    (self.shape, self.count, self.storage) = (shape, count, storage)
  }

  /// A tensor of the given values in row-major order.
  /// - Throws: `TensorError.valueCount` if there are not as many values as the shape holds.
  package init(shape: [Int], values: [Float]) throws {
    let count = try Tensor.count(of: shape)
    guard values.count == count else {
      throw TensorError.valueCount(given: values.count, shape: shape)
    }
    try self.init(uninitialized: shape) { base in
      values.withUnsafeBufferPointer { source in
        if let first = source.baseAddress { base.update(from: first, count: count) }
      }
    }
  }

  /// A tensor of one dimension with the given values.
  package init(_ values: [Float]) throws {
    try self.init(shape: [values.count], values: values)
  }

  /// A number as a tensor of shape `[]`.
  package init(_ value: Float) {
    self.storage = TensorStorage(uncheckedCount: 1)
    self.storage.base[0] = value
    self.shape = []
    self.count = 1
  }

  /// A tensor whose values `fill` writes, all of them, through the pointer to the first.
  package init(
    uninitialized shape: [Int], fill: (UnsafeMutablePointer<Float>) throws -> Void
  ) throws {
    let count = try Tensor.count(of: shape)
    let storage = try TensorStorage(count: count, shape: shape)
    try fill(storage.base)
    (self.shape, self.count, self.storage) = (shape, count, storage)
  }

  private init(shape: [Int], count: Int, storage: TensorStorage) {
    (self.shape, self.count, self.storage) = (shape, count, storage)
  }

  /// Calls `body` with a pointer to the values, valid during the call and 64-byte aligned.
  @inline(__always)
  package func withUnsafePointer<Result>(
    _ body: (UnsafePointer<Float>) throws -> Result
  ) rethrows -> Result {
    try withExtendedLifetime(storage) { try body(UnsafePointer(storage.base)) }
  }

  /// Calls `body` with a pointer through which the values may be changed. Storage shared with a
  /// copy is copied first, once.
  @inline(__always)
  package mutating func withUnsafeMutablePointer<Result>(
    _ body: (UnsafeMutablePointer<Float>) throws -> Result
  ) rethrows -> Result {
    if !isKnownUniquelyReferenced(&storage) { copyStorage() }
    return try withExtendedLifetime(storage) { try body(storage.base) }
  }

  @inline(never)
  private mutating func copyStorage() {
    let copy = TensorStorage(uncheckedCount: count)
    copy.base.update(from: storage.base, count: count)
    storage = copy
  }

  /// The values in row-major order, as an array.
  package var values: [Float] {
    withUnsafePointer { Array(UnsafeBufferPointer(start: $0, count: count)) }
  }

  /// The value at the row-major position `position`, which must be in `0..<count`.
  package subscript(flat position: Int) -> Float {
    get {
      precondition(position >= 0 && position < count, "flat position inside the tensor")
      return withUnsafePointer { $0[position] }
    }
    set {
      precondition(position >= 0 && position < count, "flat position inside the tensor")
      withUnsafeMutablePointer { $0[position] = newValue }
    }
  }

  /// The same values in another shape, without a copy. One dimension may be -1: it is what is
  /// left over.
  /// - Throws: `TensorError.cannotReshape` if the counts differ.
  package func reshaped(_ newShape: [Int]) throws -> Tensor {
    var resolved = newShape
    if let free = newShape.firstIndex(of: -1) {
      let known = try Tensor.count(of: newShape.enumerated().filter { $0.offset != free }.map(\.1))
      guard known > 0, count % known == 0 else {
        throw TensorError.cannotReshape(from: shape, to: newShape)
      }
      resolved[free] = count / known
    }
    guard try Tensor.count(of: resolved) == count else {
      throw TensorError.cannotReshape(from: shape, to: newShape)
    }
    return Tensor(shape: resolved, count: count, storage: storage)
  }

  /// The number of values of a shape.
  /// - Throws: `TensorError.invalidShape` for a negative dimension, too many dimensions, or a
  ///   product that does not fit.
  package static func count(of shape: [Int]) throws -> Int {
    guard shape.count <= maximumRank else { throw TensorError.invalidShape(shape) }
    var (count, isEmpty) = (1, false)
    for size in shape {
      guard size >= 0 else { throw TensorError.invalidShape(shape) }
      if size == 0 {
        isEmpty = true
      } else {
        let (product, overflow) = count.multipliedReportingOverflow(by: size)
        // Bytes must fit too.
        guard !overflow, product <= Int.max / 8 else { throw TensorError.invalidShape(shape) }
        count = product
      }
    }
    return isEmpty ? 0 : count
  }

  /// Row-major steps, in values, from one index to the next along each dimension.
  package static func strides(of shape: [Int]) -> [Int] {
    var strides = [Int](repeating: 1, count: shape.count)
    for axis in stride(from: shape.count - 2, through: 0, by: -1) {
      strides[axis] = strides[axis + 1] * max(shape[axis + 1], 1)
    }
    return strides
  }
}

extension Tensor: Equatable {
  /// Same shape and same values; as for numbers, NaN equals nothing and 0 equals -0.
  package static func == (left: Tensor, right: Tensor) -> Bool {
    guard left.shape == right.shape else { return false }
    return left.withUnsafePointer { a in
      right.withUnsafePointer { b in
        for i in 0..<left.count where a[i] != b[i] { return false }
        return true
      }
    }
  }

  /// Same shape and the same bits, NaN included.
  package func isIdentical(to other: Tensor) -> Bool {
    guard shape == other.shape else { return false }
    return withUnsafePointer { a in
      other.withUnsafePointer { b in
        memcmp(a, b, count * MemoryLayout<Float>.stride) == 0
      }
    }
  }
}
