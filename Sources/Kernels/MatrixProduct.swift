import CKernels

/// Matrix products, row-major, without gaps, by the kernels of the convolutions: a product is a
/// 1×1 convolution, its input gradient, or its kernel gradient.
package enum MatrixProduct {
  /// Floats of workspace that `multiply` needs at most, whatever is transposed; depends on the
  /// sizes only.
  package static func workspace(m: Int, n: Int, k: Int) -> Int {
    guard m > 0, n > 0, k > 0 else { return 0 }
    let sums = DirectConvolution.kernelGradientWorkspace(pixels(k, m, n))
    // The first factor transposed, and the product transposed.
    let turned = m * k + m * n
    return max(sums, (k + 1) * max(padded(n), m <= fewRows ? padded(m) : 0)) + turned
  }

  /// c (=, or += where `accumulate`) a · b, with a `[m, k]` (`[k, m]` where `transposeA`), b
  /// `[k, n]` (`[n, k]` where `transposeB`), c `[m, n]`; sizes at least 0.
  package static func multiply(
    m: Int, n: Int, k: Int, transposeA: Bool = false, transposeB: Bool = false,
    a: UnsafePointer<Float>, b: UnsafePointer<Float>, c: UnsafeMutablePointer<Float>,
    accumulate: Bool = false, workspace: UnsafeMutablePointer<Float>?
  ) {
    guard m > 0, n > 0 else { return }
    guard k > 0 else {
      if !accumulate { Elementwise.fill(count: m * n, value: 0, output: c) }
      return
    }
    guard let workspace else { preconditionFailure("a matrix product needs a workspace") }
    // Packing b costs as much as multiplying it with a few rows. With few rows b is therefore
    // left as it lies, and a or the product is turned instead.
    switch (transposeA, transposeB) {
    case (true, false):
      DirectConvolution.kernelGradient(
        pixels(k, m, n), input: a, outputGradient: b, kernelGradient: c, accumulate: accumulate,
        partial: workspace)
    case (true, true):
      turn(rows: k, columns: m, a, workspace, accumulate: false)
      multiply(
        m: m, n: n, k: k, transposeB: true, a: workspace, b: b, c: c, accumulate: accumulate,
        workspace: workspace + m * k)
    case (false, false) where m <= fewRows:
      turn(rows: m, columns: k, a, workspace, accumulate: false)
      multiply(
        m: m, n: n, k: k, transposeA: true, a: workspace, b: b, c: c, accumulate: accumulate,
        workspace: workspace + m * k)
    case (false, true) where m <= fewRows:
      let packed = workspace + m * n
      DirectConvolution.pack(depth: k, columns: m, a, rowStep: 1, columnStep: k, into: packed)
      DirectConvolution.multiplyRows(
        n, depth: k, columns: m, b, packed, into: workspace, accumulate: false)
      turn(rows: n, columns: m, workspace, c, accumulate: accumulate)
    default:
      DirectConvolution.pack(
        depth: k, columns: n, b, rowStep: transposeB ? 1 : n, columnStep: transposeB ? k : 1,
        into: workspace)
      DirectConvolution.multiplyRows(
        m, depth: k, columns: n, a, workspace, into: c, accumulate: accumulate)
    }
  }

  /// Up to so many rows b is not packed.
  private static let fewRows = 32

  private static func padded(_ columns: Int) -> Int { conch_direct_padded(columns) }

  /// A 1×1 convolution of so many pixels.
  private static func pixels(_ count: Int, _ inputs: Int, _ outputs: Int) -> ConvolutionGeometry {
    ConvolutionGeometry(
      batch: count, inputHeight: 1, inputWidth: 1, inputChannels: inputs, outputHeight: 1,
      outputWidth: 1, outputChannels: outputs, kernelHeight: 1, kernelWidth: 1)
  }

  /// to[column, row] (=, or +=) from[row, column].
  private static func turn(
    rows: Int, columns: Int, _ from: UnsafePointer<Float>, _ to: UnsafeMutablePointer<Float>,
    accumulate: Bool
  ) {
    Parallel.run(count: columns, grain: max(16, (1 << 14) / rows)) { range in
      conch_transpose(
        rows, range.count, from + range.lowerBound, columns, to + range.lowerBound * rows,
        accumulate)
    }
  }
}

/// A dense layer over rows: input `[rows, inputs]`, kernel `[inputs, outputs]`.
package enum Dense {
  /// Floats of workspace that the three functions need at most.
  package static func workspace(rows: Int, inputs: Int, outputs: Int) -> Int {
    max(
      MatrixProduct.workspace(m: rows, n: outputs, k: inputs),
      MatrixProduct.workspace(m: rows, n: inputs, k: outputs),
      MatrixProduct.workspace(m: inputs, n: outputs, k: rows),
      Reduction.columnSumsWorkspace(rows: rows, columns: outputs))
  }

  /// output = activation(input · kernel + bias).
  package static func forward(
    rows: Int, inputs: Int, outputs: Int, input: UnsafePointer<Float>,
    kernel: UnsafePointer<Float>, bias: UnsafePointer<Float>?, activation: Activation = .none,
    output: UnsafeMutablePointer<Float>, workspace: UnsafeMutablePointer<Float>?
  ) {
    MatrixProduct.multiply(
      m: rows, n: outputs, k: inputs, a: input, b: kernel, c: output, workspace: workspace)
    guard bias != nil || activation != .none else { return }
    Parallel.run(count: rows, grain: max(1, (1 << 14) / outputs)) { range in
      conch_bias_activate(
        range.count, outputs, outputs, bias, activation.code, activation.slope,
        output + range.lowerBound * outputs)
    }
  }

  /// Floats of a kernel and its biases as `prepare` writes them.
  package static func preparedCount(inputs: Int, outputs: Int) -> Int {
    DirectConvolution.matrixFloats(depth: inputs, columns: outputs)
  }

  /// Brings a kernel and biases (nil for none) that stay as they are into the order in which
  /// `forward` reads them.
  package static func prepare(
    inputs: Int, outputs: Int, kernel: UnsafePointer<Float>, bias: UnsafePointer<Float>?,
    into prepared: UnsafeMutablePointer<Float>
  ) {
    DirectConvolution.pack(
      depth: inputs, columns: outputs, kernel, rowStep: outputs, columnStep: 1, bias: bias,
      into: prepared)
  }

  /// output = activation(input · kernel + bias), with both prepared.
  package static func forward(
    rows: Int, inputs: Int, outputs: Int, input: UnsafePointer<Float>,
    prepared: UnsafePointer<Float>, activation: Activation = .none,
    output: UnsafeMutablePointer<Float>
  ) {
    DirectConvolution.multiplyRows(
      rows, depth: inputs, columns: outputs, input, prepared, into: output, accumulate: false,
      activation: activation)
  }

  /// inputGradient (=, or +=) outputGradient · kernelᵀ.
  package static func inputGradient(
    rows: Int, inputs: Int, outputs: Int, outputGradient: UnsafePointer<Float>,
    kernel: UnsafePointer<Float>, inputGradient: UnsafeMutablePointer<Float>,
    accumulate: Bool = false, workspace: UnsafeMutablePointer<Float>?
  ) {
    MatrixProduct.multiply(
      m: rows, n: inputs, k: outputs, transposeB: true, a: outputGradient, b: kernel,
      c: inputGradient, accumulate: accumulate, workspace: workspace)
  }

  /// kernelGradient (=, or +=) inputᵀ · outputGradient; biasGradient the sums over rows.
  package static func kernelGradient(
    rows: Int, inputs: Int, outputs: Int, input: UnsafePointer<Float>,
    outputGradient: UnsafePointer<Float>, kernelGradient: UnsafeMutablePointer<Float>,
    biasGradient: UnsafeMutablePointer<Float>? = nil, accumulate: Bool = false,
    workspace: UnsafeMutablePointer<Float>?
  ) {
    MatrixProduct.multiply(
      m: inputs, n: outputs, k: rows, transposeA: true, a: input, b: outputGradient,
      c: kernelGradient, accumulate: accumulate, workspace: workspace)
    if let biasGradient {
      Reduction.columnSums(
        rows: rows, columns: outputs, input: outputGradient, output: biasGradient,
        accumulate: accumulate, workspace: workspace)
    }
  }
}
