/// Matrix products, row-major, without gaps.
package enum MatrixProduct {
  /// Floats of workspace that `multiply` needs; depends on the sizes only, and is 0 unless k is
  /// large and m · n small.
  package static func workspace(m: Int, n: Int, k: Int) -> Int {
    preconditionFailure("in progress")
  }

  /// c (=, or += where `accumulate`) a · b, with a `[m, k]` (`[k, m]` where `transposeA`), b
  /// `[k, n]` (`[n, k]` where `transposeB`), c `[m, n]`; sizes at least 0.
  package static func multiply(
    m: Int, n: Int, k: Int, transposeA: Bool = false, transposeB: Bool = false,
    a: UnsafePointer<Float>, b: UnsafePointer<Float>, c: UnsafeMutablePointer<Float>,
    accumulate: Bool = false, workspace: UnsafeMutablePointer<Float>?
  ) {
    preconditionFailure("in progress")
  }
}

/// A dense layer over rows: input `[rows, inputs]`, kernel `[inputs, outputs]`.
package enum Dense {
  /// Floats of workspace that the three functions need at most.
  package static func workspace(rows: Int, inputs: Int, outputs: Int) -> Int {
    preconditionFailure("in progress")
  }

  /// output = activation(input · kernel + bias).
  package static func forward(
    rows: Int, inputs: Int, outputs: Int, input: UnsafePointer<Float>,
    kernel: UnsafePointer<Float>, bias: UnsafePointer<Float>?, activation: Activation = .none,
    output: UnsafeMutablePointer<Float>, workspace: UnsafeMutablePointer<Float>?
  ) {
    preconditionFailure("in progress")
  }

  /// inputGradient (=, or +=) outputGradient · kernelᵀ.
  package static func inputGradient(
    rows: Int, inputs: Int, outputs: Int, outputGradient: UnsafePointer<Float>,
    kernel: UnsafePointer<Float>, inputGradient: UnsafeMutablePointer<Float>,
    accumulate: Bool = false, workspace: UnsafeMutablePointer<Float>?
  ) {
    preconditionFailure("in progress")
  }

  /// kernelGradient (=, or +=) inputᵀ · outputGradient; biasGradient the sums over rows.
  package static func kernelGradient(
    rows: Int, inputs: Int, outputs: Int, input: UnsafePointer<Float>,
    outputGradient: UnsafePointer<Float>, kernelGradient: UnsafeMutablePointer<Float>,
    biasGradient: UnsafeMutablePointer<Float>? = nil, accumulate: Bool = false,
    workspace: UnsafeMutablePointer<Float>?
  ) {
    preconditionFailure("in progress")
  }
}
