import Kernels
import Tensors

/// Σ (a − b)², in eight lanes.
func squaredDistance(
  _ a: UnsafePointer<Float>, _ b: UnsafePointer<Float>, count: Int
) -> Float {
  var lanes = SIMD8<Float>()
  var i = 0
  while i + 8 <= count {
    let x = UnsafeRawPointer(a + i).loadUnaligned(as: SIMD8<Float>.self)
    let y = UnsafeRawPointer(b + i).loadUnaligned(as: SIMD8<Float>.self)
    let difference = x - y
    lanes += difference * difference
    i += 8
  }
  var sum = lanes.sum()
  while i < count {
    let difference = a[i] - b[i]
    sum += difference * difference
    i += 1
  }
  return sum
}

/// Squared distances of many rows to many others by one matrix product: |a|² + |b|² − 2 a · b.
/// Rounding leaves an error of about 10⁻⁶ (|a|² + |b|²), so a zero may come out below 0.
struct DistanceTable {
  /// `[N, D]`.
  let vectors: Tensor
  private let squares: [Float]
  private var workspace: Tensor

  var count: Int { vectors.shape[0] }
  var dimension: Int { vectors.shape[1] }

  /// - Parameter rows: the most rows that will be asked about at once.
  /// - Throws: `TensorError.tooLarge`.
  init(_ vectors: Tensor, rows: Int) throws {
    self.vectors = vectors
    let (count, dimension) = (vectors.shape[0], vectors.shape[1])
    squares = DistanceTable.squares(vectors, 0..<count)
    let needed = [1, rows].map { MatrixProduct.workspace(m: $0, n: count, k: dimension) }.max() ?? 1
    workspace = try Tensor(shape: [max(needed, 1)])
  }

  /// Writes `[rows.count, N]` squared distances of these rows of `queries` `[M, D]`.
  mutating func write(
    _ queries: Tensor, rows: Range<Int>, to output: UnsafeMutablePointer<Float>
  ) {
    let (count, dimension) = (self.count, self.dimension)
    guard count > 0, !rows.isEmpty else { return }
    let querySquares = DistanceTable.squares(queries, rows)
    vectors.withUnsafePointer { b in
      queries.withUnsafePointer { a in
        workspace.withUnsafeMutablePointer { workspace in
          MatrixProduct.multiply(
            m: rows.count, n: count, k: dimension, transposeB: true,
            a: a + rows.lowerBound * dimension, b: b, c: output, workspace: workspace)
        }
      }
    }
    squares.withUnsafeBufferPointer { squares in
      guard let squares = squares.baseAddress else { return }
      Parallel.run(count: rows.count, grain: max(1, (1 << 15) / count)) { part in
        for row in part {
          let line = output + row * count
          let square = querySquares[row]
          for i in 0..<count { line[i] = square + squares[i] - 2 * line[i] }
        }
      }
    }
  }

  private static func squares(_ tensor: Tensor, _ rows: Range<Int>) -> [Float] {
    let dimension = tensor.shape[1]
    let zero = [Float](repeating: 0, count: dimension)
    return tensor.withUnsafePointer { base in
      rows.map { squaredDistance(base + $0 * dimension, zero, count: dimension) }
    }
  }
}
