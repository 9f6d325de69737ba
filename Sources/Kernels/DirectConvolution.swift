import CKernels

/// Convolutions by the register-blocked kernel, which reads the maps where they lie: no gathered
/// matrix, no copies but the packed kernel. Reached through `Convolution`.
enum DirectConvolution {
  // MARK: Forward

  /// Floats of the packed kernel.
  static func packedCount(_ g: ConvolutionGeometry) -> Int {
    g.groups * matrixFloats(depth: g.taps * g.groupIn, columns: g.groupOut)
  }

  static func pack(
    _ g: ConvolutionGeometry, kernel: UnsafePointer<Float>, bias: UnsafePointer<Float>?,
    into packed: UnsafeMutablePointer<Float>
  ) {
    let depth = g.taps * g.groupIn
    for group in 0..<g.groups {
      let first = group * g.groupOut
      pack(
        depth: depth, columns: g.groupOut, kernel + first, rowStep: g.outputChannels,
        columnStep: 1, bias: bias.map { $0 + first },
        into: packed + group * matrixFloats(depth: depth, columns: g.groupOut))
    }
  }

  static func forward(
    _ g: ConvolutionGeometry, input: UnsafePointer<Float>, packed: UnsafePointer<Float>,
    activation: Activation, output: UnsafeMutablePointer<Float>
  ) {
    let depth = g.taps * g.groupIn
    let filters = g.outputChannels
    let matrix = matrixFloats(depth: depth, columns: g.groupOut)
    if g.isPointwise {
      multiplyRows(
        g.batch * g.outputHeight * g.outputWidth, depth: depth, columns: filters, input, packed,
        into: output, accumulate: false, activation: activation)
      return
    }
    let lineCount = g.batch * g.outputHeight
    let grain = Chunks.lines(
      lineCount, floats: g.strideY * g.inputWidth * g.inputChannels + g.outputWidth * filters,
      multiplications: g.outputWidth * depth * filters)
    let cut = ColumnCut(columns: g.groupOut, chunks: (lineCount + grain - 1) / grain)
    ConvolutionAxes.withForward(g) { y, x in
      Parallel.run(chunks: cut.chunks * cut.parts) { chunk in
        let lines = chunk / cut.parts * grain..<min(lineCount, (chunk / cut.parts + 1) * grain)
        let columns = cut.columns(chunk % cut.parts)
        withList(6 * g.taps) { lists in
          for group in 0..<g.groups {
            var above = g.above(group)
            (above.first, above.count) = (above.first + columns.lowerBound, columns.count)
            conch_direct_lines(
              y, x, g.reading(group), above, input,
              packed + (group * matrix + columns.lowerBound * (depth + 1)), output,
              activation.finish(), lines.lowerBound, lines.upperBound, lists)
          }
        }
        if activation.bounds == nil {
          for group in 0..<g.groups {
            conch_bias_activate(
              lines.count * g.outputWidth, columns.count, filters, nil, activation.code,
              activation.slope,
              output + lines.lowerBound * g.outputWidth * filters + group * g.groupOut
                + columns.lowerBound)
          }
        }
      }
    }
  }

  /// Few chunks are cut into columns too, in whole panels: 48 is a multiple of each width, and what
  /// is left must be more than a vector, which shares the last panels.
  private struct ColumnCut {
    let chunks: Int
    let parts: Int
    private let panels: Int
    private let count: Int

    init(columns: Int, chunks: Int) {
      self.chunks = chunks
      count = columns
      panels = max(1, (columns + 31) / 48)
      parts = chunks >= 16 ? 1 : min(panels, (16 + chunks - 1) / max(1, chunks))
    }

    func columns(_ part: Int) -> Range<Int> {
      part * panels / parts * 48..<(part + 1 == parts ? count : (part + 1) * panels / parts * 48)
    }
  }

  // MARK: Input gradient

  static func inputGradientWorkspace(_ g: ConvolutionGeometry) -> Int {
    let phases = min(g.strideY, g.inputHeight) * min(g.strideX, g.inputWidth)
    return g.groups * (g.taps * g.groupOut + phases) * padded(g.groupIn)
  }

  /// Packs the kernel's taps, transposed: one matrix for each group and phase.
  static func packTransposed(
    _ g: ConvolutionGeometry, kernel: UnsafePointer<Float>, bias: UnsafePointer<Float>?,
    into packed: UnsafeMutablePointer<Float>
  ) {
    let filters = g.outputChannels
    forEachPhase(g, packed) { y, x, packed in
      let (tapsX, taps) = (x.pointee.taps, y.pointee.taps * x.pointee.taps)
      let depth = taps * g.groupOut
      Parallel.run(chunks: g.groups * (taps + 1)) { chunk in
        let (group, tap) = (chunk / (taps + 1), chunk % (taps + 1) - 1)
        let to = packed + group * matrixFloats(depth: depth, columns: g.groupIn)
        guard tap >= 0 else {
          conch_direct_pack(0, 1, depth, g.groupIn, bias.map { $0 + group * g.groupIn }, 0, 1, to)
          return
        }
        let kernelTap =
          y.pointee.index[tap / tapsX] * g.kernelWidth + x.pointee.index[tap % tapsX]
        conch_direct_pack(
          1 + tap * g.groupOut, g.groupOut, depth, g.groupIn,
          kernel + (kernelTap * g.groupIn * filters + group * g.groupOut), 1, filters, to)
      }
    }
  }

  static func inputGradient(
    _ g: ConvolutionGeometry, outputGradient: UnsafePointer<Float>, packed: UnsafePointer<Float>,
    inputGradient: UnsafeMutablePointer<Float>, accumulate: Bool
  ) {
    let (channels, filters) = (g.inputChannels, g.outputChannels)
    if g.isPointwise {
      multiplyRows(
        g.batch * g.inputHeight * g.inputWidth, depth: filters, columns: channels, outputGradient,
        packed, into: inputGradient, accumulate: accumulate)
      return
    }
    // A chunk is some input lines of one image, for all phases: what they read stays in cache.
    let places = (g.inputHeight + g.strideY - 1) / g.strideY
    let grain = min(
      places,
      Chunks.lines(
        g.batch * places, floats: g.strideY * g.inputWidth * channels + g.outputWidth * filters,
        multiplications: g.strideY * g.inputWidth * channels * g.taps * g.groupOut
          / (g.strideY * g.strideX)))
    let chunksOfImage = (places + grain - 1) / grain
    let cut = ColumnCut(columns: g.groupIn, chunks: g.batch * chunksOfImage)
    Parallel.run(chunks: cut.chunks * cut.parts) { chunk in
      let lines = chunk / cut.parts
      let (image, from) = (lines / chunksOfImage, lines % chunksOfImage * grain)
      let columns = cut.columns(chunk % cut.parts)
      forEachPhase(g, packed) { y, x, packed in
        let count = y.pointee.count
        let depth = y.pointee.taps * x.pointee.taps * g.groupOut
        let matrix = matrixFloats(depth: depth, columns: g.groupIn)
        withList(6 * g.taps) { lists in
          for group in 0..<g.groups {
            var writing = g.reading(group)
            (writing.first, writing.count) = (writing.first + columns.lowerBound, columns.count)
            conch_direct_lines(
              y, x, g.above(group), writing, outputGradient,
              packed + (group * matrix + columns.lowerBound * (depth + 1)), inputGradient,
              Activation.none.finish(accumulate: accumulate), image * count + min(from, count),
              image * count + min(from + grain, count), lists)
          }
        }
      }
    }
  }

  /// The phases of the input gradient, each with its own packed matrices.
  private static func forEachPhase<Matrices: Strideable>(
    _ g: ConvolutionGeometry, _ packed: Matrices,
    _ body: (UnsafePointer<conch_axis>, UnsafePointer<conch_axis>, Matrices) -> Void
  ) where Matrices.Stride == Int {
    var start = 0
    ConvolutionAxes.forEachGradientPhase(g) { y, x in
      body(y, x, packed.advanced(by: start))
      start +=
        g.groups
        * matrixFloats(
          depth: y.pointee.taps * x.pointee.taps * g.groupOut, columns: g.groupIn)
    }
  }

  // MARK: Kernel gradient

  static func kernelGradientWorkspace(_ g: ConvolutionGeometry) -> Int {
    let plan = KernelGradientPlan(g)
    return plan.parts * plan.partFloats + plan.parts * plan.rowParts * plan.besideFloats
  }

  /// A chunk is a part of the lines and a part of the kernel's rows; its sums go to the part's own
  /// copy of the kernel, and the copies are added in order.
  static func kernelGradient(
    _ g: ConvolutionGeometry, input: UnsafePointer<Float>, outputGradient: UnsafePointer<Float>,
    kernelGradient: UnsafeMutablePointer<Float>, accumulate: Bool,
    partial: UnsafeMutablePointer<Float>
  ) {
    let plan = KernelGradientPlan(g)
    let columns = padded(g.groupOut)
    ConvolutionAxes.withForward(g) { y, x in
      Parallel.run(chunks: plan.parts * plan.rowParts) { chunk in
        let (part, rowPart) = (chunk / plan.rowParts, chunk % plan.rowParts)
        let (lines, rows) = (plan.lines(part), plan.rows(rowPart))
        let beside =
          plan.besideFloats == 0
          ? Parallel.scratch
          : partial + (plan.parts * plan.partFloats + chunk * plan.besideFloats)
        for group in 0..<g.groups {
          let sums = partial + (part * plan.partFloats + group * plan.depth * columns)
          conch_fill(rows.count * columns, 0, sums + rows.lowerBound * columns)
          withList(3 * plan.linesOfTile) { list in
            for line in stride(from: lines.lowerBound, to: lines.upperBound, by: plan.linesOfTile) {
              conch_direct_kernel_gradient(
                y, x, g.reading(group), g.above(group), input, outputGradient, sums, line,
                min(line + plan.linesOfTile, lines.upperBound), rows.lowerBound, rows.upperBound,
                list, beside)
            }
          }
        }
      }
    }
    Parallel.run(count: plan.depth, grain: max(1, 8192 / g.outputChannels)) { rows in
      for row in rows {
        for group in 0..<g.groups {
          conch_add_parts(
            g.groupOut, plan.parts, plan.partFloats, partial + (group * plan.depth + row) * columns,
            kernelGradient + (row * g.outputChannels + group * g.groupOut), accumulate)
        }
      }
    }
  }

  /// How a kernel gradient is cut, by the sizes only.
  private struct KernelGradientPlan {
    /// Rows of the kernel as a matrix `[taps · channels, filters]` of one group.
    let depth: Int
    /// Floats of one copy of the kernel, columns padded.
    let partFloats: Int
    /// Parts of the lines, each with its own copy.
    let parts: Int
    /// Parts of the rows.
    let rowParts: Int
    /// Lines of a tile.
    let linesOfTile: Int
    /// Floats of workspace that a chunk needs for lines beside, 0 where the scratch holds them.
    let besideFloats: Int
    private let lineCount: Int

    /// The widest panel that is ever laid beside.
    private static let besideChannels = 48
    private static let chunksWanted = 16
    /// A part has so many places at least, to be worth its copy.
    private static let shortestPart = 256
    /// The copies together stay below this.
    private static let mostFloats = 1 << 22
    private static let fewestRows = 32
    /// Every block of rows walks over the tile, so it stays close to the first-level cache.
    private static let tileFloats = 1 << 15

    init(_ g: ConvolutionGeometry) {
      depth = g.taps * g.groupIn
      partFloats = g.groups * depth * padded(g.groupOut)
      lineCount = g.batch * g.outputHeight
      parts = max(
        1,
        min(
          Self.chunksWanted, lineCount, lineCount * g.outputWidth / Self.shortestPart,
          Self.mostFloats / partFloats))
      let wanted = (Self.chunksWanted + parts - 1) / parts
      rowParts = max(1, min(wanted, depth / Self.fewestRows))
      let lineFloats = g.strideY * g.inputWidth * g.inputChannels + g.outputWidth * g.outputChannels
      let besideLine = Self.besideChannels * g.outputWidth
      linesOfTile = max(1, min(Self.tileFloats / lineFloats, Parallel.scratchCount / besideLine))
      besideFloats = besideLine > Parallel.scratchCount ? besideLine : 0
    }

    func lines(_ part: Int) -> Range<Int> {
      part * lineCount / parts..<(part + 1) * lineCount / parts
    }

    /// Whole blocks of 8 rows, but for the end.
    func rows(_ part: Int) -> Range<Int> {
      let blocks = (depth + 7) / 8
      return min(
        depth, part * blocks / rowParts * 8)..<min(
          depth, (part + 1) * blocks / rowParts * 8)
    }
  }

  // MARK: Products

  /// Packs a matrix `[depth, columns]`, and biases `[columns]` before it.
  static func pack(
    depth: Int, columns: Int, _ matrix: UnsafePointer<Float>, rowStep: Int, columnStep: Int,
    bias: UnsafePointer<Float>? = nil, into packed: UnsafeMutablePointer<Float>
  ) {
    conch_direct_pack(0, 1, depth, columns, bias, 0, 1, packed)
    Parallel.run(count: depth, grain: max(16, (1 << 14) / columns / 16 * 16)) { rows in
      conch_direct_pack(
        1 + rows.lowerBound, rows.count, depth, columns, matrix + rows.lowerBound * rowStep,
        rowStep, columnStep, packed)
    }
  }

  /// c `[rows, columns]` (=, or +=) activation(a `[rows, depth]` · packed matrix + biases).
  static func multiplyRows(
    _ rows: Int, depth: Int, columns: Int, _ a: UnsafePointer<Float>,
    _ packed: UnsafePointer<Float>, into c: UnsafeMutablePointer<Float>, accumulate: Bool,
    activation: Activation = .none
  ) {
    var grain = rowsOfChunk(floats: depth + columns)
    var cut = ColumnCut(columns: columns, chunks: (rows + grain - 1) / grain)
    if cut.chunks * cut.parts < fewChunks {
      // Too few to share evenly: cut the rows again, in whole blocks.
      let wanted = (fewChunks + cut.parts - 1) / cut.parts
      grain = max(8, ((rows + wanted - 1) / wanted + 7) / 8 * 8)
      cut = ColumnCut(columns: columns, chunks: (rows + grain - 1) / grain)
    }
    Parallel.run(chunks: cut.chunks * cut.parts) { chunk in
      let row = chunk / cut.parts * grain
      let part = cut.columns(chunk % cut.parts)
      let count = min(grain, rows - row)
      let target = c + (row * columns + part.lowerBound)
      conch_direct_rows(
        count, part.count, depth, a + row * depth, depth,
        packed + part.lowerBound * (depth + 1), target, columns,
        activation.finish(accumulate: accumulate))
      if activation.bounds == nil {
        conch_bias_activate(
          count, part.count, columns, nil, activation.code, activation.slope, target)
      }
    }
  }

  private static let fewChunks = 8

  // MARK: Common

  /// Columns of a packed matrix, in whole vectors.
  private static func padded(_ columns: Int) -> Int { conch_direct_padded(columns) }

  /// Floats of a packed matrix, a row of biases before it.
  static func matrixFloats(depth: Int, columns: Int) -> Int {
    (depth + 1) * padded(columns)
  }

  private static func rowsOfChunk(floats: Int) -> Int { max(32, Chunks.floats / floats / 8 * 8) }

  /// Room for lists of runs; on the stack for kernels of usual size.
  private static func withList(_ count: Int, _ body: (UnsafeMutablePointer<Int>) -> Void) {
    withUnsafeTemporaryAllocation(of: Int.self, capacity: count) { numbers in
      guard let base = numbers.baseAddress else { preconditionFailure("a list has room") }
      body(base)
    }
  }
}

extension ConvolutionGeometry {
  fileprivate var taps: Int { kernelHeight * kernelWidth }
  fileprivate var groupIn: Int { inputChannels / groups }
  fileprivate var groupOut: Int { outputChannels / groups }

  /// A group's channels of the input.
  fileprivate func reading(_ group: Int) -> conch_channels {
    conch_channels(all: inputChannels, first: group * groupIn, count: groupIn)
  }

  /// A group's channels of the output.
  fileprivate func above(_ group: Int) -> conch_channels {
    conch_channels(all: outputChannels, first: group * groupOut, count: groupOut)
  }
}
