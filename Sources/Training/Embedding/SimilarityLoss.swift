import Kernels
import Tensors

/// How well each anchor finds its own positive among all: with the rows of A the anchors' vectors
/// and those of P the positives', S = A · Pᵀ / T, and the loss is the mean over rows of the
/// cross-entropy of softmax(S) with the diagonal as the target.
///
///     dA = dS · P / T    dP = dSᵀ · A / T    dS = (softmax(S) − I) / K
///
/// The course's loss of week 4, after Kelcey; Sohn, "Improved Deep Metric Learning with Multi-class
/// N-pair Loss Objective", NIPS 2016.
package struct SimilarityLoss: Sendable {
  /// T, above 0: small ones look at the nearest wrong positives only.
  package let temperature: Float

  package init(temperature: Float = 0.3) { self.temperature = temperature }

  /// - Parameters:
  ///   - vectors: `[rows, dimension]`, all rows of the batch.
  ///   - gradient: as many values, overwritten; 0 for rows in no pair. Nil where it is not wanted.
  /// - Returns: the loss, and the share of anchors whose most similar positive is their own.
  /// - Throws: `TensorError.tooLarge`.
  /// - Precondition: there is a pair.
  package func evaluate(
    _ pairs: Pairs, rows: Int, dimension: Int, vectors: UnsafePointer<Float>,
    gradient: UnsafeMutablePointer<Float>?
  ) throws -> (loss: Double, score: Double) {
    precondition(pairs.count > 0, "a loss of pairs needs one")
    let (count, size) = (pairs.count, pairs.count * dimension)
    let a = try gathered(pairs.anchors, dimension, vectors)
    let p = try gathered(pairs.positives, dimension, vectors)
    let needed = max(
      MatrixProduct.workspace(m: count, n: count, k: dimension),
      MatrixProduct.workspace(m: count, n: dimension, k: count))
    var workspace = try Tensor(shape: [max(needed, 1)])
    var similarity = try Tensor(shape: [count, count])
    var losses = [Float](repeating: 0, count: count)
    var right = 0
    workspace.withUnsafeMutablePointer { workspace in
      similarity.withUnsafeMutablePointer { s in
        a.withUnsafePointer { a in
          p.withUnsafePointer { p in
            MatrixProduct.multiply(
              m: count, n: count, k: dimension, transposeB: true, a: a, b: p, c: s,
              workspace: workspace)
          }
        }
        for i in 0..<count * count { s[i] /= temperature }
        for row in 0..<count
        where indexOfLargest(s + row * count, count: count) == row { right += 1 }
        let labels = (0..<count).map { Int32(truncatingIfNeeded: $0) }
        Softmax.crossEntropy(
          rows: count, columns: count, logits: s, labels: labels, weights: nil, losses: &losses,
          gradient: gradient == nil ? nil : s, gradientScale: 1 / (Float(count) * temperature))
      }
    }
    if let gradient {
      gradient.update(repeating: 0, count: rows * dimension)
      var part = try Tensor(shape: [max(size, 1)])
      // s holds dS / T now.
      for (target, other, isAnchor) in [(pairs.anchors, p, true), (pairs.positives, a, false)] {
        workspace.withUnsafeMutablePointer { workspace in
          part.withUnsafeMutablePointer { part in
            similarity.withUnsafePointer { s in
              other.withUnsafePointer { other in
                MatrixProduct.multiply(
                  m: count, n: dimension, k: count, transposeA: !isAnchor, a: s, b: other,
                  c: part, workspace: workspace)
              }
            }
            for (place, row) in target.enumerated() {
              (gradient + row * dimension).update(
                from: part + place * dimension, count: dimension)
            }
          }
        }
      }
    }
    let loss = losses.reduce(0.0) { $0 + Double($1) } / Double(count)
    return (loss, Double(right) / Double(count))
  }

  private func gathered(
    _ rows: [Int], _ dimension: Int, _ vectors: UnsafePointer<Float>
  ) throws -> Tensor {
    try Tensor(uninitialized: [rows.count, dimension]) { to in
      for (place, row) in rows.enumerated() {
        (to + place * dimension).update(from: vectors + row * dimension, count: dimension)
      }
    }
  }
}
