import Kernels

extension Tensor {
  /// The matrix product `[…, M, K] @ [K, N]` → `[…, M, N]`. Several matrices on the left share the
  /// one on the right, or both sides have equal leading dimensions. A tensor of one dimension is a
  /// row on the left, a column on the right, and that dimension goes away.
  /// - Throws: `TensorError.incompatibleShapes`.
  package static func matrixProduct(_ left: Tensor, _ right: Tensor) throws -> Tensor {
    let mismatch = TensorError.incompatibleShapes(
      operation: "@", left: left.shape, right: right.shape)
    guard left.rank >= 1, right.rank >= 1 else { throw mismatch }
    let a = left.rank == 1 ? [1, left.shape[0]] : left.shape
    let b = right.rank == 1 ? [right.shape[0], 1] : right.shape
    guard a[a.count - 1] == b[b.count - 2] else { throw mismatch }
    let (k, n) = (a[a.count - 1], b[b.count - 1])
    let leading = Array(a.dropLast(2))
    var (batches, m) = (1, a[a.count - 2])
    if b.count == 2 {
      m = try count(of: Array(a.dropLast()))
    } else {
      guard Array(b.dropLast(2)) == leading else { throw mismatch }
      batches = try count(of: leading)
    }
    var newShape = leading
    if left.rank > 1 { newShape.append(a[a.count - 2]) }
    if right.rank > 1 { newShape.append(n) }
    var result = try Tensor(shape: newShape)
    guard result.count > 0, k > 0 else { return result }

    let needed = MatrixProduct.workspace(m: m, n: n, k: k)
    var workspace = try Tensor(shape: [max(needed, 1)])
    workspace.withUnsafeMutablePointer { workspace in
      result.withUnsafeMutablePointer { output in
        left.withUnsafePointer { a in
          right.withUnsafePointer { b in
            for batch in 0..<batches {
              MatrixProduct.multiply(
                m: m, n: n, k: k, a: a + batch * m * k, b: b + batch * k * n,
                c: output + batch * m * n, workspace: needed > 0 ? workspace : nil)
            }
          }
        }
      }
    }
    return result
  }
}
