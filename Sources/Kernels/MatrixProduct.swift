import CKernels
import COpenBLAS

/// Matrix products, row-major, without gaps.
package enum MatrixProduct {
  /// Floats of workspace that `multiply` needs; depends on the sizes only, and is 0 unless k is
  /// large and m · n small.
  package static func workspace(m: Int, n: Int, k: Int) -> Int {
    let plan = Plan(m: m, n: n, k: k)
    return plan.depthParts > 1 ? plan.depthParts * m * n : 0
  }

  /// c (=, or += where `accumulate`) a · b, with a `[m, k]` (`[k, m]` where `transposeA`), b
  /// `[k, n]` (`[n, k]` where `transposeB`), c `[m, n]`; sizes at least 0.
  package static func multiply(
    m: Int, n: Int, k: Int, transposeA: Bool = false, transposeB: Bool = false,
    a: UnsafePointer<Float>, b: UnsafePointer<Float>, c: UnsafeMutablePointer<Float>,
    accumulate: Bool = false, workspace: UnsafeMutablePointer<Float>?
  ) {
    multiply(
      m: m, n: n, k: k, transposeA: transposeA, transposeB: transposeB, a: a, b: b, c: c,
      accumulate: accumulate, bias: nil, activation: .none, workspace: workspace)
  }

  /// The same, and then c = activation(c + bias) while c is in cache, bias `[n]`.
  static func multiply(
    m: Int, n: Int, k: Int, transposeA: Bool, transposeB: Bool, a: UnsafePointer<Float>,
    b: UnsafePointer<Float>, c: UnsafeMutablePointer<Float>, accumulate: Bool,
    bias: UnsafePointer<Float>?, activation: Activation, workspace: UnsafeMutablePointer<Float>?
  ) {
    guard m > 0, n > 0 else { return }
    let plan = Plan(m: m, n: n, k: k)
    let (aStep, bStep) = (transposeA ? m : k, transposeB ? k : n)
    if plan.depthParts > 1 {
      guard let workspace else { preconditionFailure("this product needs a workspace") }
      Parallel.run(chunks: plan.depthParts) { part in
        let (from, to) = plan.depth(part)
        panel(
          m: m, n: n, k: to - from, transposeA: transposeA, transposeB: transposeB,
          a: a + (transposeA ? from * aStep : from), aStep: aStep,
          b: b + (transposeB ? from : from * bStep), bStep: bStep, c: workspace + part * m * n,
          cStep: n, accumulate: false)
      }
      Parallel.run(count: m, grain: max(1, 8192 / n)) { rows in
        let count = rows.count * n
        let start = rows.lowerBound * n
        conch_add_parts(count, plan.depthParts, m * n, workspace + start, c + start, accumulate)
        conch_bias_activate(
          rows.count, n, n, bias, activation.code, activation.slope, c + start)
      }
      return
    }
    Parallel.run(chunks: plan.rowPanels * plan.columnPanels) { chunk in
      let row = chunk / plan.columnPanels * plan.panelRows
      let column = chunk % plan.columnPanels * plan.panelColumns
      let rows = min(plan.panelRows, m - row)
      let columns = min(plan.panelColumns, n - column)
      let target = c + (row * n + column)
      panel(
        m: rows, n: columns, k: k, transposeA: transposeA, transposeB: transposeB,
        a: a + (transposeA ? row : row * aStep), aStep: aStep,
        b: b + (transposeB ? column * bStep : column), bStep: bStep, c: target, cStep: n,
        accumulate: accumulate)
      conch_bias_activate(
        rows, columns, n, bias.map { $0 + column }, activation.code, activation.slope, target)
    }
  }

  /// One product on the calling thread, with rows `…Step` floats apart.
  static func panel(
    m: Int, n: Int, k: Int, transposeA: Bool, transposeB: Bool, a: UnsafePointer<Float>,
    aStep: Int, b: UnsafePointer<Float>, bStep: Int, c: UnsafeMutablePointer<Float>, cStep: Int,
    accumulate: Bool
  ) {
    guard k > 0 else {
      if !accumulate { for row in 0..<m { conch_fill(n, 0, c + row * cStep) } }
      return
    }
    precondition(singleThreaded, "OpenBLAS keeps to the calling thread")
    cblas_sgemm(
      CblasRowMajor, transposeA ? CblasTrans : CblasNoTrans,
      transposeB ? CblasTrans : CblasNoTrans, Int32(m), Int32(n), Int32(k), 1, a, Int32(aStep), b,
      Int32(bStep), accumulate ? 1 : 0, c, Int32(cStep))
  }

  /// Threads are ours (`Parallel`): OpenBLAS is told once to start none.
  private static let singleThreaded: Bool = {
    openblas_set_num_threads(1)
    return true
  }()

  /// How a product is cut, by its sizes only.
  struct Plan {
    private(set) var rowPanels = 1
    private(set) var columnPanels = 1
    private(set) var depthParts = 1
    private(set) var panelRows: Int
    private(set) var panelColumns: Int
    private let k: Int

    /// Below this many multiplications a product is one chunk.
    private static let smallWork = 1 << 19
    private static let chunksWanted = 16
    private static let shortestSide = 96
    /// A part of k is long enough to pay for writing its m · n sums.
    private static let shortestDepth = 512
    /// A panel of c, and of a, stays in the second-level cache.
    private static let panelFloats = 1 << 17

    init(m: Int, n: Int, k: Int) {
      (panelRows, panelColumns, self.k) = (m, n, k)
      let work = Double(m) * Double(n) * Double(k)
      guard work > Double(Self.smallWork) else { return }
      while rowPanels * columnPanels < Self.chunksWanted {
        let canCutRows = panelRows >= 2 * Self.shortestSide
        let canCutColumns = panelColumns >= 2 * Self.shortestSide
        if canCutRows && (panelRows >= panelColumns || !canCutColumns) {
          rowPanels *= 2
          panelRows = Self.share(m, rowPanels)
        } else if canCutColumns {
          columnPanels *= 2
          panelColumns = Self.share(n, columnPanels)
        } else {
          break
        }
      }
      while panelRows > 512 && panelRows * max(panelColumns, k) > Self.panelFloats {
        rowPanels *= 2
        panelRows = Self.share(m, rowPanels)
      }
      rowPanels = (m + panelRows - 1) / panelRows
      columnPanels = (n + panelColumns - 1) / panelColumns
      let parts = min(Self.chunksWanted, k / Self.shortestDepth)
      if rowPanels * columnPanels <= 4, parts >= 2, m * n <= 1 << 20 {
        (rowPanels, columnPanels, panelRows, panelColumns) = (1, 1, m, n)
        depthParts = parts
      }
    }

    /// The range of k that part `part` multiplies.
    func depth(_ part: Int) -> (from: Int, to: Int) {
      (part * k / depthParts, (part + 1) * k / depthParts)
    }

    /// An even share of `count` in `panels`, a multiple of 16.
    private static func share(_ count: Int, _ panels: Int) -> Int {
      ((count + panels - 1) / panels + 15) / 16 * 16
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
      m: rows, n: outputs, k: inputs, transposeA: false, transposeB: false, a: input, b: kernel,
      c: output, accumulate: false, bias: bias, activation: activation, workspace: workspace)
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
