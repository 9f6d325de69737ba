import CKernels

/// Two-dimensional convolution, channels last, and its two gradients.
///
/// Kernels are laid out as Keras has them, `[kh, kw, in / groups, out]`; depthwise ones
/// `[kh, kw, in, multiplier]` are the case `groups == in`.
///
/// A 1×1 convolution is one matrix product over the pixels as they lie. Others are products over
/// tiles of rows gathered into a cache-sized buffer; the whole gathered matrix never exists.
///
/// A **transposed convolution** is the same three functions with the roles exchanged. Let `g` be
/// the convolution that goes from the transposed convolution's *output* to its *input*; Keras's
/// transposed kernel `[kh, kw, out, in]` is then exactly `g`'s kernel, and
///  - forward: `inputGradient(g, outputGradient: x, kernel:, bias:, inputGradient: y)`
///  - input gradient: `forward(g, input: dy, kernel:, bias: nil, output: dx)`
///  - kernel gradient: `kernelGradient(g, input: dy, outputGradient: x, kernelGradient:)`, with
///    `Reduction.columnSums` of dy for the bias.
package enum Convolution {
  /// Floats of workspace that `forward` needs; depends on the geometry only.
  package static func forwardWorkspace(_ g: ConvolutionGeometry) -> Int {
    precondition(g.isValid, "the sizes of a convolution are consistent")
    if DirectConvolution.takesForward(g) { return DirectConvolution.forwardWorkspace(g) }
    guard g.isPointwise else { return 0 }
    return MatrixProduct.workspace(
      m: g.batch * g.outputHeight * g.outputWidth, n: g.outputChannels, k: g.inputChannels)
  }

  /// output = activation(input ∗ kernel + bias).
  ///
  /// - Parameters:
  ///   - bias: `[outputChannels]`, or nil for none
  ///   - activation: applied while the output is in cache
  package static func forward(
    _ geometry: ConvolutionGeometry, input: UnsafePointer<Float>, kernel: UnsafePointer<Float>,
    bias: UnsafePointer<Float>?, activation: Activation = .none,
    output: UnsafeMutablePointer<Float>, workspace: UnsafeMutablePointer<Float>?
  ) {
    let g = geometry
    precondition(g.isValid, "the sizes of a convolution are consistent")
    if g.isDepthwise {
      DepthwiseConvolution.forward(
        g, input: input, kernel: kernel, bias: bias, activation: activation, output: output)
    } else if DirectConvolution.takesForward(g) {
      guard let workspace else { preconditionFailure("this convolution needs a workspace") }
      DirectConvolution.forward(
        g, input: input, kernel: kernel, bias: bias, activation: activation, output: output,
        packed: workspace)
    } else if g.isPointwise {
      MatrixProduct.multiply(
        m: g.batch * g.outputHeight * g.outputWidth, n: g.outputChannels, k: g.inputChannels,
        transposeA: false, transposeB: false, a: input, b: kernel, c: output, accumulate: false,
        bias: bias, activation: activation, workspace: workspace)
    } else {
      let (groupIn, groupOut) = (g.inputChannels / g.groups, g.outputChannels / g.groups)
      ConvolutionAxes.withForward(g) { y, x in
        let tiles = TilePlan(
          rows: g.batch * g.outputHeight * g.outputWidth, tapsY: g.kernelHeight,
          tapsX: g.kernelWidth, channels: groupIn, extra: 0)
        Parallel.run(chunks: tiles.count) { tile in
          let rows = tiles.rows(tile)
          let target = output + rows.lowerBound * g.outputChannels
          for group in 0..<g.groups {
            tiles.forEachBlock { block in
              block.gather(
                y, x, from: input, allChannels: g.inputChannels, firstChannel: group * groupIn,
                rows: rows, into: Parallel.scratch)
              MatrixProduct.panel(
                m: rows.count, n: groupOut, k: block.depth, transposeA: false, transposeB: false,
                a: Parallel.scratch, aStep: block.depth,
                b: kernel + (block.kernelRow * g.outputChannels + group * groupOut),
                bStep: g.outputChannels, c: target + group * groupOut, cStep: g.outputChannels,
                accumulate: !block.isFirst)
            }
          }
          conch_bias_activate(
            rows.count, g.outputChannels, g.outputChannels, bias, activation.code,
            activation.slope, target)
        }
      }
    }
  }

  /// Floats of workspace that `inputGradient` needs; depends on the geometry only.
  package static func inputGradientWorkspace(_ g: ConvolutionGeometry) -> Int {
    precondition(g.isValid, "the sizes of a convolution are consistent")
    if g.isDepthwise { return 0 }
    if DirectConvolution.takesInputGradient(g) {
      return DirectConvolution.inputGradientWorkspace(g)
    }
    if g.isPointwise {
      return MatrixProduct.workspace(
        m: g.batch * g.inputHeight * g.inputWidth, n: g.inputChannels, k: g.outputChannels)
    }
    return g.kernelCount
  }

  /// inputGradient (=, or += where `accumulate`) the gradient with respect to the input, plus
  /// `bias` `[inputChannels]` where given (for a transposed convolution's forward pass).
  package static func inputGradient(
    _ geometry: ConvolutionGeometry, outputGradient: UnsafePointer<Float>,
    kernel: UnsafePointer<Float>, bias: UnsafePointer<Float>? = nil,
    inputGradient: UnsafeMutablePointer<Float>, accumulate: Bool = false,
    workspace: UnsafeMutablePointer<Float>?
  ) {
    let g = geometry
    precondition(g.isValid, "the sizes of a convolution are consistent")
    if g.isDepthwise {
      DepthwiseConvolution.inputGradient(
        g, outputGradient: outputGradient, kernel: kernel, bias: bias,
        inputGradient: inputGradient, accumulate: accumulate)
    } else if DirectConvolution.takesInputGradient(g) {
      guard let workspace else { preconditionFailure("an input gradient needs a workspace") }
      DirectConvolution.inputGradient(
        g, outputGradient: outputGradient, kernel: kernel, bias: bias,
        inputGradient: inputGradient, accumulate: accumulate, packed: workspace)
    } else if g.isPointwise {
      MatrixProduct.multiply(
        m: g.batch * g.inputHeight * g.inputWidth, n: g.inputChannels, k: g.outputChannels,
        transposeA: false, transposeB: true, a: outputGradient, b: kernel, c: inputGradient,
        accumulate: accumulate, bias: bias, activation: .none, workspace: workspace)
    } else {
      guard let workspace else { preconditionFailure("an input gradient needs a workspace") }
      gatheredInputGradient(
        g, outputGradient: outputGradient, kernel: kernel, bias: bias,
        inputGradient: inputGradient, accumulate: accumulate, transposed: workspace)
    }
  }

  /// Every input pixel gathers the output pixels that it took part in. The kernel is laid out
  /// anew as `[phase, group, tap, out, in]`, so that each phase and group is one matrix.
  private static func gatheredInputGradient(
    _ g: ConvolutionGeometry, outputGradient: UnsafePointer<Float>, kernel: UnsafePointer<Float>,
    bias: UnsafePointer<Float>?, inputGradient: UnsafeMutablePointer<Float>, accumulate: Bool,
    transposed: UnsafeMutablePointer<Float>
  ) {
    let (groupIn, groupOut) = (g.inputChannels / g.groups, g.outputChannels / g.groups)
    let tapCount = groupIn * groupOut
    let inPlace = g.strideY == 1 && g.strideX == 1
    var phaseStart = 0
    ConvolutionAxes.forEachGradientPhase(g) { y, x in
      let (tapsY, tapsX) = (y.pointee.taps, x.pointee.taps)
      let taps = tapsY * tapsX
      let matrices = transposed + phaseStart
      phaseStart += taps * g.groups * tapCount
      Parallel.run(chunks: taps * g.groups) { chunk in
        let (group, tap) = (chunk / taps, chunk % taps)
        let kernelTap =
          y.pointee.index[tap / tapsX] * g.kernelWidth + x.pointee.index[tap % tapsX]
        conch_transpose(
          groupIn, groupOut, kernel + (kernelTap * groupIn * g.outputChannels + group * groupOut),
          g.outputChannels, matrices + chunk * tapCount)
      }
      // A strided phase is not contiguous in the input: its rows are made beside the tile.
      let tiles = TilePlan(
        rows: g.batch * y.pointee.count * x.pointee.count, tapsY: tapsY, tapsX: tapsX,
        channels: groupOut, extra: inPlace ? 0 : groupIn)
      Parallel.run(chunks: tiles.count) { tile in
        let rows = tiles.rows(tile)
        let made = Parallel.scratch + tiles.tileFloats
        for group in 0..<g.groups {
          let target =
            inPlace ? inputGradient + (rows.lowerBound * g.inputChannels + group * groupIn) : made
          let targetStep = inPlace ? g.inputChannels : groupIn
          tiles.forEachBlock { block in
            block.gather(
              y, x, from: outputGradient, allChannels: g.outputChannels,
              firstChannel: group * groupOut, rows: rows, into: Parallel.scratch)
            MatrixProduct.panel(
              m: rows.count, n: groupIn, k: block.depth, transposeA: false, transposeB: false,
              a: Parallel.scratch, aStep: block.depth,
              b: matrices + (group * taps * tapCount + block.kernelRow * groupIn), bStep: groupIn,
              c: target, cStep: targetStep,
              accumulate: !block.isFirst || (inPlace && accumulate))
          }
          conch_bias_activate(
            rows.count, groupIn, targetStep, bias.map { $0 + group * groupIn },
            Activation.none.code, 0, target)
          if !inPlace {
            conch_scatter(
              y, x, made, g.inputChannels, group * groupIn, groupIn, rows.lowerBound,
              rows.upperBound, inputGradient, accumulate)
          }
        }
      }
    }
  }

  /// Floats of workspace that `kernelGradient` needs; depends on the geometry only.
  package static func kernelGradientWorkspace(_ g: ConvolutionGeometry) -> Int {
    precondition(g.isValid, "the sizes of a convolution are consistent")
    let rows = g.batch * g.outputHeight * g.outputWidth
    let bias = Reduction.columnSumsWorkspace(rows: rows, columns: g.outputChannels)
    if g.isDepthwise { return max(bias, DepthwiseConvolution.kernelGradientWorkspace(g)) }
    if g.isPointwise {
      return max(
        bias, MatrixProduct.workspace(m: g.inputChannels, n: g.outputChannels, k: rows))
    }
    return max(bias, KernelGradientPlan(g).parts * g.kernelCount)
  }

  /// kernelGradient (=, or +=) the gradient with respect to the kernel, and, where
  /// `biasGradient` is given, the sums of `outputGradient` over N, H, W.
  package static func kernelGradient(
    _ geometry: ConvolutionGeometry, input: UnsafePointer<Float>,
    outputGradient: UnsafePointer<Float>, kernelGradient: UnsafeMutablePointer<Float>,
    biasGradient: UnsafeMutablePointer<Float>? = nil, accumulate: Bool = false,
    workspace: UnsafeMutablePointer<Float>?
  ) {
    let g = geometry
    precondition(g.isValid, "the sizes of a convolution are consistent")
    let rows = g.batch * g.outputHeight * g.outputWidth
    if let biasGradient {
      Reduction.columnSums(
        rows: rows, columns: g.outputChannels, input: outputGradient, output: biasGradient,
        accumulate: accumulate, workspace: workspace)
    }
    if g.isPointwise {
      MatrixProduct.multiply(
        m: g.inputChannels, n: g.outputChannels, k: rows, transposeA: true, a: input,
        b: outputGradient, c: kernelGradient, accumulate: accumulate, workspace: workspace)
      return
    }
    guard let workspace else { preconditionFailure("a kernel gradient needs a workspace") }
    if g.isDepthwise {
      DepthwiseConvolution.kernelGradient(
        g, input: input, outputGradient: outputGradient, kernelGradient: kernelGradient,
        accumulate: accumulate, workspace: workspace)
    } else {
      gatheredKernelGradient(
        g, input: input, outputGradient: outputGradient, kernelGradient: kernelGradient,
        accumulate: accumulate, partial: workspace)
    }
  }

  /// Sums of products over tiles of rows. A chunk is a row of taps and a part of the rows; its
  /// sums go to the part's own copy of the kernel, and the copies are added in order.
  private static func gatheredKernelGradient(
    _ g: ConvolutionGeometry, input: UnsafePointer<Float>, outputGradient: UnsafePointer<Float>,
    kernelGradient: UnsafeMutablePointer<Float>, accumulate: Bool,
    partial: UnsafeMutablePointer<Float>
  ) {
    let (groupIn, groupOut) = (g.inputChannels / g.groups, g.outputChannels / g.groups)
    let plan = KernelGradientPlan(g)
    ConvolutionAxes.withForward(g) { y, x in
      Parallel.run(chunks: plan.parts * plan.tapParts) { chunk in
        let (part, tapPart) = (chunk / plan.tapParts, chunk % plan.tapParts)
        let sums = partial + part * g.kernelCount
        for tile in plan.tiles(part) {
          let rows = plan.tiles.rows(tile)
          for group in 0..<g.groups {
            plan.forEachBlock(tapPart) { block in
              block.gather(
                y, x, from: input, allChannels: g.inputChannels, firstChannel: group * groupIn,
                rows: rows, into: Parallel.scratch)
              MatrixProduct.panel(
                m: block.depth, n: groupOut, k: rows.count, transposeA: true, transposeB: false,
                a: Parallel.scratch, aStep: block.depth,
                b: outputGradient + (rows.lowerBound * g.outputChannels + group * groupOut),
                bStep: g.outputChannels,
                c: sums + (block.kernelRow * g.outputChannels + group * groupOut),
                cStep: g.outputChannels, accumulate: tile != plan.tiles(part).lowerBound)
            }
          }
        }
      }
    }
    Parallel.run(count: g.kernelCount, grain: 8192) { range in
      conch_add_parts(
        range.count, plan.parts, g.kernelCount, partial + range.lowerBound,
        kernelGradient + range.lowerBound, accumulate)
    }
  }
}
