import CKernels

/// Convolutions of 3×3 taps with a quarter of the multiplications (Winograd's minimal filtering,
/// F(4×4, 3×3): Lavin and Gray, "Fast Algorithms for Convolutional Neural Networks", 2016).
///
/// Each tile of 4×4 outputs reads a patch of 6×6. Patches and kernels are transformed to 36 factors
/// a channel; then there are 36 matrix products in place of the convolution, and their results are
/// transformed back:
///
///     outputs = Aᵀ [ (G kernel Gᵀ) ⊙ (Bᵀ patch B) ] A
///
/// The input gradient is the same with the kernel turned round; the kernel gradient has the output
/// gradients of a tile as its kernel, and the taps as its outputs. Reached through `Convolution`
/// where it is worth while: with few channels the transforms cost more than they save.
enum WinogradConvolution {
  private static let places = 36
  private static let tile = 4

  /// Whether a convolution is one that this can do, and does faster.
  /// - Parameter isPrepared: the kernel was transformed before.
  static func suits(_ g: ConvolutionGeometry, isPrepared: Bool = false) -> Bool {
    g.kernelHeight == 3 && g.kernelWidth == 3 && g.strideY == 1 && g.strideX == 1
      && g.dilationY == 1 && g.dilationX == 1 && g.groups == 1
      && g.inputChannels % 16 == 0 && g.outputChannels % 16 == 0
      && min(g.inputChannels, g.outputChannels) >= leastChannels
      && (isPrepared
        ? tiles(g) >= leastTilesPrepared : g.batch * tiles(g) >= leastTiles)
  }

  private static let leastChannels = 32
  /// Of a batch: with fewer, transforming the kernel costs more than is saved.
  private static let leastTiles = 48
  /// Of an image: with fewer, reading the transformed kernel does. The number of images does not
  /// matter, so that one has the same output alone as among others.
  private static let leastTilesPrepared = 16

  private static func tiles(_ g: ConvolutionGeometry) -> Int {
    count(g.outputHeight) * count(g.outputWidth)
  }

  /// Tiles along a side.
  private static func count(_ side: Int) -> Int { (side + tile - 1) / tile }

  // MARK: Forward, and back to the input

  /// A convolution of one map to another: forward, or an input gradient.
  private struct Pass {
    let from: conch_tiles
    let to: conch_tiles
    /// Lines of tiles, over all images.
    let lines: Int
    /// Threads that work, each with its own buffers.
    let workers: Int
    /// Lines of tiles that a worker takes at a time.
    let linesOfChunk: Int

    init(
      batch: Int, height: Int, width: Int, channels: Int, top: Int, left: Int, outHeight: Int,
      outWidth: Int, outChannels: Int
    ) {
      let (rows, columns) = (count(outHeight), count(outWidth))
      from = conch_tiles(
        height: height, width: width, channels: channels, rows: rows, columns: columns, top: top,
        left: left)
      to = conch_tiles(
        height: outHeight, width: outWidth, channels: outChannels, rows: rows, columns: columns,
        top: 0, left: 0)
      lines = batch * rows
      workers = min(lines, Parallel.cores, 16)
      linesOfChunk = min(max(1, tilesOfChunk / columns), (lines + workers - 1) / workers)
    }

    static func forward(_ g: ConvolutionGeometry) -> Pass {
      Pass(
        batch: g.batch, height: g.inputHeight, width: g.inputWidth, channels: g.inputChannels,
        top: g.paddingTop, left: g.paddingLeft, outHeight: g.outputHeight, outWidth: g.outputWidth,
        outChannels: g.outputChannels)
    }

    static func inputGradient(_ g: ConvolutionGeometry) -> Pass {
      Pass(
        batch: g.batch, height: g.outputHeight, width: g.outputWidth, channels: g.outputChannels,
        top: 2 - g.paddingTop, left: 2 - g.paddingLeft, outHeight: g.inputHeight,
        outWidth: g.inputWidth, outChannels: g.inputChannels)
    }

    /// Floats of one of the 36 packed matrices.
    var matrixFloats: Int { (from.channels + 1) * to.channels }
    var patchFloats: Int { places * linesOfChunk * from.columns * from.channels }
    var productFloats: Int { places * linesOfChunk * from.columns * to.channels }
    /// Floats of a kernel's factors before they are packed, for some rows.
    var rowFloats: Int { places * rowsOfChunk * to.channels }

    /// Floats of all packed matrices.
    var packedCount: Int { places * matrixFloats }
    /// Floats that packing and running need beside them.
    var workspace: Int { workers * max(patchFloats + productFloats, rowFloats) }
  }

  /// So many that the packed kernel, which each chunk reads, is read seldom, and so few that what
  /// lies between the transforms stays in cache.
  private static let tilesOfChunk = 32
  /// Rows of the kernel that are transformed at a time.
  private static let rowsOfChunk = 8

  /// Floats of the kernel as it is prepared.
  static func packedCount(_ g: ConvolutionGeometry) -> Int { Pass.forward(g).packedCount }

  /// Floats that packing and `forward` need.
  static func forwardWorkspace(_ g: ConvolutionGeometry) -> Int { Pass.forward(g).workspace }

  static func pack(
    _ g: ConvolutionGeometry, kernel: UnsafePointer<Float>,
    into packed: UnsafeMutablePointer<Float>, workspace: UnsafeMutablePointer<Float>
  ) {
    packKernel(Pass.forward(g), packed, workspace) { row, factors in
      conch_winograd_kernel(
        g.outputChannels, g.inputChannels * g.outputChannels, kernel + row * g.outputChannels,
        rowsOfChunk * g.outputChannels, factors)
    }
  }

  static func forward(
    _ g: ConvolutionGeometry, input: UnsafePointer<Float>, packed: UnsafePointer<Float>,
    bias: UnsafePointer<Float>?, activation: Activation, output: UnsafeMutablePointer<Float>,
    workspace: UnsafeMutablePointer<Float>
  ) {
    run(
      Pass.forward(g), from: input, packed, bias: bias, activation: activation, accumulate: false,
      to: output, workspace)
  }

  static func inputGradientWorkspace(_ g: ConvolutionGeometry) -> Int {
    let pass = Pass.inputGradient(g)
    return pass.packedCount + max(pass.workspace, pass.workers * pass.rowFloats + g.kernelCount)
  }

  static func inputGradient(
    _ g: ConvolutionGeometry, outputGradient: UnsafePointer<Float>, kernel: UnsafePointer<Float>,
    bias: UnsafePointer<Float>?, inputGradient: UnsafeMutablePointer<Float>, accumulate: Bool,
    workspace: UnsafeMutablePointer<Float>
  ) {
    let pass = Pass.inputGradient(g)
    let (inputs, outputs) = (g.inputChannels, g.outputChannels)
    let buffers = workspace + pass.packedCount
    // The taps' matrices transposed, so that channels of the result lie side by side.
    let turned = buffers + pass.workers * pass.rowFloats
    Parallel.run(count: 9 * outputs, grain: 64) { range in
      for tap in range.lowerBound / outputs...(range.upperBound - 1) / outputs {
        let first = max(range.lowerBound, tap * outputs) - tap * outputs
        let end = min(range.upperBound, (tap + 1) * outputs) - tap * outputs
        conch_transpose(
          inputs, end - first, kernel + (tap * inputs * outputs + first), outputs,
          turned + (tap * outputs + first) * inputs, false)
      }
    }
    packKernel(pass, workspace, buffers) { row, factors in
      conch_winograd_kernel(
        inputs, -inputs * outputs, turned + (8 * outputs + row) * inputs, rowsOfChunk * inputs,
        factors)
    }
    run(
      pass, from: outputGradient, workspace, bias: bias, activation: .none,
      accumulate: accumulate, to: inputGradient, buffers)
  }

  /// Packs the 36 matrices `[channels read, channels written]` of the kernel.
  /// - Parameter factors: makes those of a row, each `rowsOfChunk` rows apart.
  private static func packKernel(
    _ pass: Pass, _ packed: UnsafeMutablePointer<Float>,
    _ buffers: UnsafeMutablePointer<Float>,
    _ factors: (_ row: Int, _ to: UnsafeMutablePointer<Float>) -> Void
  ) {
    let (depth, columns) = (pass.from.channels, pass.to.channels)
    Parallel.run(chunks: pass.workers) { worker in
      let buffer = buffers + worker * pass.rowFloats
      for place in worker * places / pass.workers..<(worker + 1) * places / pass.workers {
        conch_direct_pack(
          0, 1, depth, columns, nil, 0, 1, packed + place * pass.matrixFloats)
      }
      for first in stride(
        from: worker * rowsOfChunk, to: depth, by: pass.workers * rowsOfChunk)
      {
        let rows = min(rowsOfChunk, depth - first)
        for row in 0..<rows { factors(first + row, buffer + row * columns) }
        for place in 0..<places {
          conch_direct_pack(
            1 + first, rows, depth, columns, buffer + place * rowsOfChunk * columns, columns, 1,
            packed + place * pass.matrixFloats)
        }
      }
    }
  }

  private static func run(
    _ pass: Pass, from: UnsafePointer<Float>, _ packed: UnsafePointer<Float>,
    bias: UnsafePointer<Float>?, activation: Activation, accumulate: Bool,
    to: UnsafeMutablePointer<Float>, _ buffers: UnsafeMutablePointer<Float>
  ) {
    let (read, written) = (pass.from.channels, pass.to.channels)
    Parallel.run(chunks: pass.workers) { worker in
      let patches = buffers + worker * (pass.patchFloats + pass.productFloats)
      let products = patches + pass.patchFloats
      let lines = worker * pass.lines / pass.workers..<(worker + 1) * pass.lines / pass.workers
      for first in stride(from: lines.lowerBound, to: lines.upperBound, by: pass.linesOfChunk) {
        let end = min(first + pass.linesOfChunk, lines.upperBound)
        let tiles = (end - first) * pass.from.columns
        withUnsafePointer(to: pass.from) {
          conch_winograd_patches($0, first, end, from, tiles * read, patches)
        }
        for place in 0..<places {
          conch_direct_rows(
            tiles, written, read, patches + place * tiles * read, read,
            packed + place * pass.matrixFloats, products + place * tiles * written, written,
            Activation.none.finish())
        }
        withUnsafePointer(to: pass.to) {
          conch_winograd_outputs(
            $0, first, end, products, tiles * written, bias, accumulate, to)
        }
        if activation != .none {
          let rows = rowsOfMap(pass.to, first, end)
          let place = to + rows.lowerBound * pass.to.width * written
          conch_activate(
            rows.count * pass.to.width * written, activation.code, activation.slope, place, place)
        }
      }
    }
  }

  /// The rows of the map, over all images, that some lines of tiles write.
  private static func rowsOfMap(_ map: conch_tiles, _ first: Int, _ end: Int) -> Range<Int> {
    func row(_ line: Int) -> Int {
      line / map.rows * map.height + min(line % map.rows * tile, map.height)
    }
    return row(first)..<row(end)
  }

  // MARK: Kernel gradient

  /// How a kernel gradient is cut, by the sizes only: some lines of tiles at a time, whose factors
  /// all threads make, and then add up.
  private struct Sums {
    let read: conch_tiles
    let above: conch_tiles
    let lines: Int
    let linesOfChunk: Int

    init(_ g: ConvolutionGeometry) {
      let pass = Pass.forward(g)
      (read, above, lines) = (pass.from, pass.to, pass.lines)
      let lineFloats = places * read.columns * (read.channels + above.channels)
      linesOfChunk = min(lines, max(1, factorFloats / lineFloats))
    }

    /// Floats of the factors together.
    private let factorFloats = 1 << 22

    var matrixFloats: Int { read.channels * above.channels }
    var patchFloats: Int { places * linesOfChunk * read.columns * read.channels }
    var workspace: Int {
      places * matrixFloats + patchFloats + places * linesOfChunk * read.columns * above.channels
    }
  }

  static func kernelGradientWorkspace(_ g: ConvolutionGeometry) -> Int { Sums(g).workspace }

  static func kernelGradient(
    _ g: ConvolutionGeometry, input: UnsafePointer<Float>, outputGradient: UnsafePointer<Float>,
    kernelGradient: UnsafeMutablePointer<Float>, accumulate: Bool,
    workspace: UnsafeMutablePointer<Float>
  ) {
    let sums = Sums(g)
    let (rows, columns) = (g.inputChannels, g.outputChannels)
    let patches = workspace + places * sums.matrixFloats
    let factors = patches + sums.patchFloats
    // A place's rows are cut, so that there are more chunks than threads to share evenly.
    let rowsOfChunk = rows > 64 ? (rows / 2 + 15) / 16 * 16 : rows
    let rowChunks = (rows + rowsOfChunk - 1) / rowsOfChunk
    for first in stride(from: 0, to: sums.lines, by: sums.linesOfChunk) {
      let end = min(first + sums.linesOfChunk, sums.lines)
      let tiles = (end - first) * sums.read.columns
      Parallel.run(chunks: end - first) { line in
        withUnsafePointer(to: sums.read) {
          conch_winograd_patches(
            $0, first + line, first + line + 1, input, tiles * rows,
            patches + line * sums.read.columns * rows)
        }
        withUnsafePointer(to: sums.above) {
          conch_winograd_gradients(
            $0, first + line, first + line + 1, outputGradient, tiles * columns,
            factors + line * sums.above.columns * columns)
        }
      }
      Parallel.run(chunks: places * rowChunks) { chunk in
        let (place, row) = (chunk / rowChunks, chunk % rowChunks * rowsOfChunk)
        let count = min(rowsOfChunk, rows - row)
        let target = workspace + (place * sums.matrixFloats + row * columns)
        if first == 0 { conch_fill(count * columns, 0, target) }
        conch_direct_gradient(
          tiles, count, columns, patches + (place * tiles * rows + row), rows,
          factors + place * tiles * columns, columns, target, columns)
      }
    }
    Parallel.run(count: rows * columns, grain: 4096) { range in
      conch_winograd_kernel_gradient(
        range.count, sums.matrixFloats, workspace + range.lowerBound, rows * columns, accumulate,
        kernelGradient + range.lowerBound)
    }
  }
}
