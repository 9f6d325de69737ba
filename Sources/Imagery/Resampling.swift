import Tensors

/// Which source pixels make each target pixel along one side, and with what weights.
///
/// Growing is bilinear with half-pixel centres: target pixel i looks at source position
/// (i + ½) · source/target − ½, held at the edges. Shrinking averages the area that the target
/// pixel covers. Both are computed in whole numbers, so that the weights are exact.
struct ResamplingAxis {
  /// For each target pixel: the first source pixel, how many, and where their weights begin.
  private(set) var first: [Int] = []
  private(set) var taps: [Int] = []
  private(set) var weightStart: [Int] = []
  private(set) var weights: [Float] = []

  /// - Parameters:
  ///   - source: source pixels, 1…32768.
  ///   - scaled: target pixels for the whole side.
  ///   - offset, count: the target pixels that are wanted of those.
  init(source: Int, scaled: Int, offset: Int, count: Int) {
    for i in offset..<(offset + count) {
      weightStart.append(weights.count)
      if scaled < source {
        appendArea(of: i, source: source, scaled: scaled)
      } else {
        appendBilinear(of: i, source: source, scaled: scaled)
      }
    }
  }

  /// The source pixels that any target pixel looks at.
  var range: Range<Int> {
    guard let start = first.first, let end = zip(first, taps).map({ $0 + $1 }).last else {
      return 0..<0
    }
    return start..<end
  }

  private mutating func appendArea(of i: Int, source: Int, scaled: Int) {
    // In units of 1/scaled of a source pixel, target pixel i covers [i, i + 1) · source.
    let (begin, end) = (i * source, (i + 1) * source)
    let (firstPixel, lastPixel) = (begin / scaled, (end - 1) / scaled)
    first.append(firstPixel)
    taps.append(lastPixel - firstPixel + 1)
    for pixel in firstPixel...lastPixel {
      let covered = min((pixel + 1) * scaled, end) - max(pixel * scaled, begin)
      weights.append(Float(Double(covered) / Double(source)))
    }
  }

  private mutating func appendBilinear(of i: Int, source: Int, scaled: Int) {
    // The position in units of 1/(2 · scaled): (2i + 1) · source − scaled.
    let unit = 2 * scaled
    let position = min(max((2 * i + 1) * source - scaled, 0), (source - 1) * unit)
    let (pixel, rest) = (position / unit, position % unit)
    first.append(pixel)
    if rest == 0 {
      taps.append(1)
      weights.append(1)
    } else {
      let share = Float(Double(rest) / Double(unit))
      taps.append(2)
      weights.append(1 - share)
      weights.append(share)
    }
  }
}

/// How a source of some size becomes a frame: both axes, with the cut applied.
struct ResamplingPlan {
  let rows: ResamplingAxis
  let columns: ResamplingAxis
  let height: Int
  let width: Int

  init(sourceHeight: Int, sourceWidth: Int, frame: ImageFrame) {
    let scaled = ResamplingPlan.scaledSize(
      sourceHeight: sourceHeight, sourceWidth: sourceWidth, frame: frame)
    (height, width) = (frame.height, frame.width)
    rows = ResamplingAxis(
      source: sourceHeight, scaled: scaled.height, offset: (scaled.height - height) / 2,
      count: height)
    columns = ResamplingAxis(
      source: sourceWidth, scaled: scaled.width, offset: (scaled.width - width) / 2, count: width)
  }

  /// The size of the whole picture before the cut: the frame itself, or of the same proportions the
  /// smallest size that covers it (`.crop`) or the largest that it holds (`.pad`).
  static func scaledSize(
    sourceHeight: Int, sourceWidth: Int, frame: ImageFrame
  ) -> (height: Int, width: Int) {
    switch frame.fit {
    case .stretch:
      return (frame.height, frame.width)
    case .crop:
      if frame.height * sourceWidth >= frame.width * sourceHeight {
        let width = rounded(frame.height * sourceWidth, over: sourceHeight)
        return (frame.height, max(width, frame.width))
      }
      let height = rounded(frame.width * sourceHeight, over: sourceWidth)
      return (max(height, frame.height), frame.width)
    case .pad:
      if frame.height * sourceWidth <= frame.width * sourceHeight {
        let width = rounded(frame.height * sourceWidth, over: sourceHeight)
        return (frame.height, min(max(width, 1), frame.width))
      }
      let height = rounded(frame.width * sourceHeight, over: sourceWidth)
      return (min(max(height, 1), frame.height), frame.width)
    }
  }

  private static func rounded(_ numerator: Int, over denominator: Int) -> Int {
    (2 * numerator + denominator) / (2 * denominator)
  }
}

/// Rows of a picture in memory, of any sample kind, that can be added into a row of floats.
/// Transparent pixels are laid over white on the way; `scale` brings sums to 0…1.
struct PixelRows {
  enum Samples {
    case bytes(UnsafePointer<UInt8>)
    case words(UnsafePointer<UInt16>)
    case floats(UnsafePointer<Float>)
  }

  let samples: Samples
  let width: Int
  /// Channels as stored: 1, 2 (grey and alpha), 3, 4.
  let channels: Int
  /// Whether the last channel is alpha, to be laid over white: then `outputChannels` is one less.
  let flattens: Bool

  var outputChannels: Int { flattens ? channels - 1 : channels }
  /// The sample that means 1.
  var full: Float {
    switch samples {
    case .bytes: 255
    case .words: 65_535
    case .floats: 1
    }
  }

  /// Where results are held: rounding must not lead stored samples out of 0…1, while tensors may
  /// have any values.
  private var bounds: (low: Float, high: Float) {
    if case .floats = samples { return (-.infinity, .infinity) }
    return (0, 1)
  }

  /// sums[k] += weight · sample for the pixels of `columns` of row `y`; sums has
  /// columns.count · outputChannels values, in units of `full`.
  func add(row y: Int, columns: Range<Int>, weight: Float, to sums: UnsafeMutablePointer<Float>) {
    let start = (y * width + columns.lowerBound) * channels
    switch samples {
    case .bytes(let base): add(base + start, columns.count, weight, sums)
    case .words(let base): add(base + start, columns.count, weight, sums)
    case .floats(let base):
      let row = base + start
      if flattens {
        addFlattened(columns.count, weight, sums) { row[$0] }
      } else {
        for k in 0..<(columns.count * channels) { sums[k] += weight * row[k] }
      }
    }
  }

  @inline(__always)
  private func add<Sample: UnsignedInteger & FixedWidthInteger>(
    _ row: UnsafePointer<Sample>, _ count: Int, _ weight: Float, _ sums: UnsafeMutablePointer<Float>
  ) {
    if flattens {
      addFlattened(count, weight, sums) { Float(row[$0]) }
    } else {
      for k in 0..<(count * channels) { sums[k] += weight * Float(row[k]) }
    }
  }

  @inline(__always)
  private func addFlattened(
    _ count: Int, _ weight: Float, _ sums: UnsafeMutablePointer<Float>, _ sample: (Int) -> Float
  ) {
    let full = self.full
    let colours = channels - 1
    for x in 0..<count {
      let alpha = sample(x * channels + colours) / full
      for c in 0..<colours {
        let colour = sample(x * channels + c) * alpha + (1 - alpha) * full
        sums[x * colours + c] += weight * colour
      }
    }
  }

  /// Resamples into `target` [height, width, outputChannels], values 0…1. `sums` has room for
  /// width · outputChannels floats of the source.
  func resample(
    _ plan: ResamplingPlan, to target: UnsafeMutablePointer<Float>,
    sums: UnsafeMutablePointer<Float>
  ) {
    let columns = plan.columns.range
    let channels = outputChannels
    for y in 0..<plan.height {
      sums.update(repeating: 0, count: columns.count * channels)
      for tap in 0..<plan.rows.taps[y] {
        add(
          row: plan.rows.first[y] + tap, columns: columns,
          weight: plan.rows.weights[plan.rows.weightStart[y] + tap], to: sums)
      }
      let row = target + y * plan.width * channels
      if channels == 3 {
        gatherColour(plan.columns, origin: columns.lowerBound, from: sums, to: row)
      } else {
        gather(plan.columns, origin: columns.lowerBound, channels, from: sums, to: row)
      }
    }
  }

  private func gatherColour(
    _ axis: ResamplingAxis, origin: Int, from sums: UnsafePointer<Float>,
    to row: UnsafeMutablePointer<Float>
  ) {
    let full = self.full
    let (low, high) = bounds
    axis.weights.withUnsafeBufferPointer { weights in
      for x in 0..<axis.first.count {
        var source = sums + (axis.first[x] - origin) * 3
        let start = axis.weightStart[x]
        var (red, green, blue) = (Float(0), Float(0), Float(0))
        for tap in 0..<axis.taps[x] {
          let weight = weights[start + tap]
          red += weight * source[0]
          green += weight * source[1]
          blue += weight * source[2]
          source += 3
        }
        row[x * 3] = min(max(red / full, low), high)
        row[x * 3 + 1] = min(max(green / full, low), high)
        row[x * 3 + 2] = min(max(blue / full, low), high)
      }
    }
  }

  private func gather(
    _ axis: ResamplingAxis, origin: Int, _ channels: Int, from sums: UnsafePointer<Float>,
    to row: UnsafeMutablePointer<Float>
  ) {
    let full = self.full
    let (low, high) = bounds
    for x in 0..<axis.first.count {
      let source = sums + (axis.first[x] - origin) * channels
      let start = axis.weightStart[x]
      for c in 0..<channels {
        var sum = Float(0)
        for tap in 0..<axis.taps[x] {
          sum += axis.weights[start + tap] * source[tap * channels + c]
        }
        row[x * channels + c] = min(max(sum / full, low), high)
      }
    }
  }
}

extension Image {
  /// Brought to the frame's size. Growing is bilinear with half-pixel centres, shrinking averages
  /// areas. [H, W, C] → [frame.height, frame.width, C]
  package static func resized(_ image: Tensor, to frame: ImageFrame) throws -> Tensor {
    let shape = try ImageShape(image, for: "resize")
    if shape.height == frame.height && shape.width == frame.width { return image }
    if frame.fit == .pad {
      let inner = frame.inner(height: shape.height, width: shape.width)
      return try padded(try resized(image, to: inner), to: frame)
    }
    let plan = ResamplingPlan(sourceHeight: shape.height, sourceWidth: shape.width, frame: frame)
    let scratch = try Tensor(shape: [shape.width * shape.channels])
    return try image.withUnsafePointer { from in
      let rows = PixelRows(
        samples: .floats(from), width: shape.width, channels: shape.channels, flattens: false)
      return try rows.resampled(plan, scratch: scratch)
    }
  }
}

extension Image {
  /// With black at its right and below, up to the frame's size, which it must not exceed.
  static func padded(_ image: Tensor, to frame: ImageFrame) throws -> Tensor {
    let shape = try ImageShape(image, for: "pad")
    precondition(shape.height <= frame.height && shape.width <= frame.width, "a frame has room")
    if shape.height == frame.height && shape.width == frame.width { return image }
    var result = try Tensor(shape: [frame.height, frame.width, shape.channels])
    let row = shape.width * shape.channels
    result.withUnsafeMutablePointer { to in
      image.withUnsafePointer { from in
        for y in 0..<shape.height {
          (to + y * frame.width * shape.channels).update(from: from + y * row, count: row)
        }
      }
    }
    return result
  }
}

extension PixelRows {
  /// A new image [height, width, outputChannels].
  func resampled(_ plan: ResamplingPlan, scratch: Tensor) throws -> Tensor {
    var scratch = scratch
    return try scratch.withUnsafeMutablePointer { sums in
      try Tensor(uninitialized: [plan.height, plan.width, outputChannels]) {
        resample(plan, to: $0, sums: sums)
      }
    }
  }
}
