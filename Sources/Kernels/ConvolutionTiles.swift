import CKernels

/// How the gathered matrix of a convolution is cut into tiles that fit a thread's scratch: into
/// ranges of rows, which are chunks of work, and, where a row is very long, into blocks of taps
/// and channels. By the sizes only.
struct TilePlan {
  let totalRows: Int
  let tapsY: Int
  let tapsX: Int
  let channels: Int
  let tileRows: Int
  /// Floats of scratch that tiles take; what else a kernel needs lies behind.
  let tileFloats: Int
  let count: Int

  /// A tile and what is read and written beside it stay in the second-level cache.
  private static let wantedFloats = 1 << 17
  /// A row of the matrix longer than this is cut into blocks.
  private static let longestRow = 1 << 13

  /// - Parameter extra: floats that each row needs in scratch beside the tile
  init(rows: Int, tapsY: Int, tapsX: Int, channels: Int, extra: Int) {
    (totalRows, self.tapsY, self.tapsX, self.channels) = (rows, tapsY, tapsX, channels)
    let depth = min(tapsY * tapsX * channels, Self.longestRow)
    let wanted = Self.wantedFloats / max(1, depth + extra)
    // No fewer than 16 chunks, where the rows allow it, and never more than the scratch holds.
    let shared = (rows / 16 + 15) / 16 * 16
    let most = max(1, Parallel.scratchCount / max(1, depth + extra))
    tileRows = min(max(16, min(wanted / 16 * 16, shared)), most, 1024)
    tileFloats = tileRows * depth
    precondition(
      tileFloats + tileRows * extra <= Parallel.scratchCount, "a pixel's channels fit the scratch")
    count = (rows + tileRows - 1) / tileRows
  }

  /// The rows of a tile.
  func rows(_ tile: Int) -> Range<Int> {
    tile * tileRows..<min(totalRows, (tile + 1) * tileRows)
  }

  /// A range of the columns of the gathered matrix: taps `[y, x, channel]`.
  struct Block {
    let tapsY: Range<Int>
    /// The taps in x; all unless the block is cut there.
    let tapsX: Range<Int>
    let channels: Range<Int>
    /// The first row of the kernel, as a matrix `[taps · channels, out]`, that the block meets.
    let kernelRow: Int

    var depth: Int { tapsY.count * tapsX.count * channels.count }
    var isFirst: Bool { kernelRow == 0 }

    func gather(
      _ y: UnsafePointer<conch_axis>, _ x: UnsafePointer<conch_axis>,
      from source: UnsafePointer<Float>, allChannels: Int, firstChannel: Int, rows: Range<Int>,
      into tile: UnsafeMutablePointer<Float>
    ) {
      var axis = x.pointee
      axis.taps = tapsX.count
      axis.base += tapsX.lowerBound
      axis.index += tapsX.lowerBound
      conch_gather(
        y, &axis, tapsY.lowerBound, tapsY.upperBound, source, allChannels,
        firstChannel + channels.lowerBound, channels.count, rows.lowerBound, rows.upperBound, tile)
    }
  }

  /// Calls `body` for the blocks in order; once, with an empty block, where there are no taps.
  func forEachBlock(tapRows: Range<Int>? = nil, _ body: (Block) -> Void) {
    let tapRows = tapRows ?? 0..<tapsY
    let line = tapsX * channels
    if tapRows.count * line <= Self.longestRow {
      body(
        Block(
          tapsY: tapRows, tapsX: 0..<tapsX, channels: 0..<channels,
          kernelRow: tapRows.lowerBound * line))
      return
    }
    for tapY in tapRows {
      if line <= Self.longestRow {
        body(
          Block(
            tapsY: tapY..<tapY + 1, tapsX: 0..<tapsX, channels: 0..<channels,
            kernelRow: tapY * line))
        continue
      }
      for tapX in 0..<tapsX {
        for channel in stride(from: 0, to: channels, by: Self.longestRow) {
          body(
            Block(
              tapsY: tapY..<tapY + 1, tapsX: tapX..<tapX + 1,
              channels: channel..<min(channels, channel + Self.longestRow),
              kernelRow: tapY * line + tapX * channels + channel))
        }
      }
    }
  }
}

/// How the kernel gradient is cut: rows of taps do not depend on each other; parts of the output's
/// rows each have their own sums.
struct KernelGradientPlan {
  let tiles: TilePlan
  /// Parts of the tiles, each with its own copy of the kernel.
  let parts: Int
  /// Parts of the rows of taps.
  let tapParts: Int

  private static let chunksWanted = 16
  /// The copies of the kernel together stay below this.
  private static let mostFloats = 1 << 22

  init(_ g: ConvolutionGeometry) {
    tiles = TilePlan(
      rows: g.batch * g.outputHeight * g.outputWidth, tapsY: g.kernelHeight, tapsX: g.kernelWidth,
      channels: g.inputChannels / g.groups, extra: 0)
    let copies = max(1, Self.mostFloats / max(1, g.kernelCount))
    parts = max(1, min(Self.chunksWanted, tiles.count, copies))
    tapParts = parts >= Self.chunksWanted / 2 ? 1 : g.kernelHeight
  }

  /// The tiles of a part.
  func tiles(_ part: Int) -> Range<Int> {
    part * tiles.count / parts..<(part + 1) * tiles.count / parts
  }

  /// The blocks of a part of the taps.
  func forEachBlock(_ tapPart: Int, _ body: (TilePlan.Block) -> Void) {
    tiles.forEachBlock(
      tapRows: tapParts == 1 ? nil : tapPart..<tapPart + 1, body)
  }
}
