import CKernels

/// Softmax along rows `[rows, columns]`, and the cross-entropy that is fused with it.
package enum Softmax {
  /// output = exp(x − max) / sum, a row at a time. `output` may be `input`.
  package static func forward(
    rows: Int, columns: Int, input: UnsafePointer<Float>, output: UnsafeMutablePointer<Float>
  ) {
    forEachRow(rows, columns) { r, start in
      conch_softmax(r.count, columns, input + start, output + start)
    }
  }

  /// inputGradient (=, or +=) y · (dy − sum(y · dy)), with y the softmax's output.
  package static func backward(
    rows: Int, columns: Int, output: UnsafePointer<Float>, outputGradient: UnsafePointer<Float>,
    inputGradient: UnsafeMutablePointer<Float>, accumulate: Bool = false
  ) {
    forEachRow(rows, columns) { r, start in
      conch_softmax_gradient(
        r.count, columns, output + start, outputGradient + start, inputGradient + start, accumulate)
    }
  }

  /// Cross-entropy of logits with whole labels: losses[r] = weight[r] · (log sum exp(x) −
  /// x[label]) and, where wanted, gradient[r] = weight[r] · scale · (softmax(x) − one at label).
  ///
  /// - Parameters:
  ///   - labels: `[rows]`; a row whose label is outside 0..<columns has loss and gradient 0
  ///   - weights: `[rows]`, or nil for 1
  ///   - losses: `[rows]`
  ///   - gradient: `[rows, columns]`; may be `logits`
  ///   - gradientScale: 1 / rows for a mean over the batch
  package static func crossEntropy(
    rows: Int, columns: Int, logits: UnsafePointer<Float>, labels: UnsafePointer<Int32>,
    weights: UnsafePointer<Float>?, losses: UnsafeMutablePointer<Float>,
    gradient: UnsafeMutablePointer<Float>?, gradientScale: Float
  ) {
    forEachRow(rows, columns) { r, start in
      conch_cross_entropy(
        r.count, columns, logits + start, labels + r.lowerBound, weights.map { $0 + r.lowerBound },
        losses + r.lowerBound, gradient.map { $0 + start }, gradientScale)
    }
  }

  /// output = x / sqrt(max(sum(x²), epsilon)), a row at a time (TensorFlow's `l2_normalize`).
  package static func l2Normalize(
    rows: Int, columns: Int, epsilon: Float = 1e-12, input: UnsafePointer<Float>,
    output: UnsafeMutablePointer<Float>
  ) {
    forEachRow(rows, columns) { r, start in
      conch_l2_normalize(r.count, columns, epsilon, input + start, output + start)
    }
  }

  /// inputGradient (=, or +=) that of `l2Normalize`, from its input.
  package static func l2NormalizeBackward(
    rows: Int, columns: Int, epsilon: Float = 1e-12, input: UnsafePointer<Float>,
    outputGradient: UnsafePointer<Float>, inputGradient: UnsafeMutablePointer<Float>,
    accumulate: Bool = false
  ) {
    forEachRow(rows, columns) { r, start in
      conch_l2_normalize_gradient(
        r.count, columns, epsilon, input + start, outputGradient + start, inputGradient + start,
        accumulate)
    }
  }

  /// Ranges of rows in parallel, with the offset of the first value.
  private static func forEachRow(
    _ rows: Int, _ columns: Int, _ body: (_ rows: Range<Int>, _ start: Int) -> Void
  ) {
    guard columns > 0 else { return }
    Parallel.run(count: rows, grain: max(1, (1 << 13) / columns)) {
      body($0, $0.lowerBound * columns)
    }
  }
}
