import Tensors

// Where tensors become pictures.

extension Bitmap {
  /// An image: `[H, W]` or `[H, W, C]` with 1 (grey), 2 (grey and alpha), 3 or 4 (alpha) channels,
  /// values 0…1, those beyond cut. What is not a number shows as `Colour.notANumber`.
  /// - Throws: `FigureError.shape` for other shapes, `.tooLarge` for more than `maximumPixels`.
  package init(image: Tensor) throws {
    let shape = image.shape
    guard shape.count == 2 || (shape.count == 3 && (1...4).contains(shape[2])) else {
      throw FigureError.shape(
        given: shape, expected: "an image [height, width, channels] of 1 to 4 channels")
    }
    let (height, width, channels) = (shape[0], shape[1], shape.count == 2 ? 1 : shape[2])
    guard width == 0 || height <= Bitmap.maximumPixels / width else {
      throw FigureError.tooLarge(
        width: width, height: height, maximumPixels: Bitmap.maximumPixels)
    }
    var pixels = [UInt8](repeating: 255, count: 4 * width * height)
    image.withUnsafePointer { values in
      for pixel in 0..<(width * height) {
        let from = values + pixel * channels
        let to = 4 * pixel
        if (0..<channels).contains(where: { from[$0].isNaN }) {
          (pixels[to], pixels[to + 1], pixels[to + 2]) =
            (Colour.notANumber.red, Colour.notANumber.green, Colour.notANumber.blue)
          continue
        }
        let isGrey = channels < 3
        for channel in 0..<3 { pixels[to + channel] = Bitmap.byte(from[isGrey ? 0 : channel]) }
        if channels == 2 || channels == 4 { pixels[to + 3] = Bitmap.byte(from[channels - 1]) }
      }
    }
    self.init(width: width, height: height, pixels: pixels)
  }

  /// - Precondition: `value` is a number.
  private static func byte(_ value: Float) -> UInt8 {
    UInt8((min(1, max(0, value)) * 255).rounded())
  }

  /// One channel of `[H, W, C]` values, coloured; `range` lies at the ends of the map.
  /// - Precondition: the tensor has three dimensions, and `channel` is one of the last.
  package init(channel: Int, of maps: Tensor, map: ColourMap, range: ClosedRange<Double>) {
    precondition(
      maps.rank == 3 && channel >= 0 && channel < maps.shape[2], "a channel of [H, W, C] values")
    let (height, width, channels) = (maps.shape[0], maps.shape[1], maps.shape[2])
    let table = (0...255).map { map(Double($0) / 255) }
    let span = range.upperBound - range.lowerBound
    var pixels: [UInt8] = []
    pixels.reserveCapacity(4 * width * height)
    maps.withUnsafePointer { values in
      for pixel in 0..<(width * height) {
        let value = Double(values[pixel * channels + channel])
        let position = span > 0 ? (value - range.lowerBound) / span : 0
        let colour =
          value.isNaN ? Colour.notANumber : table[(position * 255).whole(within: 0...255)]
        pixels.append(colour.red)
        pixels.append(colour.green)
        pixels.append(colour.blue)
        pixels.append(255)
      }
    }
    self.init(width: width, height: height, pixels: pixels)
  }
}

extension ImageGrid {
  /// Convolution kernels as tiles: `[kh, kw, in, out]`. Kernels over three channels are shown in
  /// colour, others as one grey tile for each pair of input and output channel. The values are
  /// normalised together, so that zero is mid grey and the largest magnitude black or white.
  /// - Throws: `FigureError.shape` for tensors that do not have four dimensions.
  package static func filters(_ kernel: Tensor, columns: Int? = nil) throws -> ImageGrid {
    let shape = kernel.shape
    guard shape.count == 4 else {
      throw FigureError.shape(
        given: shape, expected: "a kernel [height, width, input channels, output channels]")
    }
    let (height, width, inputs, outputs) = (shape[0], shape[1], shape[2], shape[3])
    let isColour = inputs == 3
    let count = isColour ? outputs : inputs * outputs
    guard height * width <= Bitmap.maximumPixels / maximumTiles else {
      throw FigureError.tooLarge(
        width: width, height: height, maximumPixels: Bitmap.maximumPixels / maximumTiles)
    }
    let bound = magnitude(of: kernel)
    var tiles: [Tile] = []
    kernel.withUnsafePointer { values in
      for tile in 0..<min(count, maximumTiles) {
        let (input, output) = isColour ? (0, tile) : (tile / outputs, tile % outputs)
        var pixels: [UInt8] = []
        pixels.reserveCapacity(4 * width * height)
        for position in 0..<(height * width) {
          let from = values + position * inputs * outputs + output
          for channel in 0..<3 {
            let value = Double(from[(isColour ? channel : input) * outputs])
            let grey = bound > 0 ? 127.5 + 127.5 * value / bound : 127.5
            pixels.append(UInt8(grey.whole(within: 0...255)))
          }
          pixels.append(255)
        }
        tiles.append(Tile(Bitmap(width: width, height: height, pixels: pixels)))
      }
    }
    // Each row of tiles is an input channel, each column a filter, where that makes a page.
    let byFilter = !isColour && inputs > 1 && (2...32).contains(outputs)
    let shown = tiles.count < count ? "the first \(tiles.count) of \(grouped(count)) kernels; " : ""
    return ImageGrid(
      tiles: tiles, columns: columns ?? (byFilter ? outputs : nil), noun: "kernels",
      note: (byFilter ? "rows are input channels, columns filters; " : "") + shown
        + "black is \(compact(-bound, significant: 3)), mid grey 0, white "
        + compact(bound, significant: 3))
  }

  /// The channels of one `[H, W, C]` map (or `[1, H, W, C]`) as tiles, all on one scale, with its
  /// colour bar.
  /// - Throws: `FigureError.shape` for other shapes.
  package static func featureMaps(
    _ maps: Tensor, columns: Int? = nil, map: ColourMap = .viridis
  ) throws -> ImageGrid {
    var maps = maps
    if maps.rank == 4 && maps.shape[0] == 1 { maps = try maps.reshaped(Array(maps.shape[1...])) }
    guard maps.rank == 3 else {
      throw FigureError.shape(
        given: maps.shape, expected: "the feature maps of one image [height, width, channels]")
    }
    let channels = maps.shape[2]
    let shown = min(channels, maximumTiles)
    guard maps.count / max(1, channels) <= Bitmap.maximumPixels / max(1, shown) else {
      throw FigureError.tooLarge(
        width: maps.shape[1], height: maps.shape[0], maximumPixels: Bitmap.maximumPixels)
    }
    let range = finiteRange(of: maps)
    let tiles = (0..<shown).map { channel in
      Tile(Bitmap(channel: channel, of: maps, map: map, range: range), caption: "\(channel)")
    }
    return ImageGrid(
      tiles: tiles, columns: columns, colourBar: ColourBar(map, range: range, label: "activation"),
      noun: "channels",
      note: shown < channels ? "the first \(shown) of \(grouped(channels)) channels" : "")
  }

  /// The largest finite magnitude.
  private static func magnitude(of tensor: Tensor) -> Double {
    let range = finiteRange(of: tensor)
    return max(range.lowerBound.magnitude, range.upperBound.magnitude)
  }
}

/// The least and the greatest finite value; 0…0 if there are none.
package func finiteRange(of tensor: Tensor) -> ClosedRange<Double> {
  tensor.withUnsafePointer { values in
    var (least, greatest) = (Float.infinity, -Float.infinity)
    for position in 0..<tensor.count where values[position].isFinite {
      least = min(least, values[position])
      greatest = max(greatest, values[position])
    }
    return least <= greatest ? Double(least)...Double(greatest) : 0...0
  }
}

extension Heatmap {
  /// The values of a matrix `[rows, columns]`; a vector is one row.
  /// - Throws: `FigureError.shape` for other shapes.
  package init(
    _ matrix: Tensor, rowLabel: String = "row", columnLabel: String = "column",
    colourMap: ColourMap = .viridis, range: ClosedRange<Double>? = nil, valueLabel: String = ""
  ) throws {
    guard matrix.rank == 1 || matrix.rank == 2 else {
      throw FigureError.shape(given: matrix.shape, expected: "a matrix [rows, columns]")
    }
    let isVector = matrix.rank == 1
    self.init(
      rows: isVector ? 1 : matrix.shape[0], columns: isVector ? matrix.shape[0] : matrix.shape[1],
      values: matrix.values.map(Double.init), rowLabel: isVector ? "" : rowLabel,
      columnLabel: columnLabel,
      colourMap: colourMap, range: range, valueLabel: valueLabel)
  }
}

extension Histogram {
  /// The distribution of all values of a tensor.
  package init(_ tensor: Tensor, name: String = "values", bins: Int? = nil) {
    self.init(series: [Series(name, values: tensor.values)], bins: bins)
  }

  /// The distribution of each colour of an image `[H, W, C]`: red, green and blue, or one grey.
  /// - Throws: `FigureError.shape` for other shapes.
  package static func channels(ofImage image: Tensor, bins: Int? = 64) throws -> Histogram {
    guard image.rank == 3, [1, 3, 4].contains(image.shape[2]) else {
      throw FigureError.shape(
        given: image.shape, expected: "an image [height, width, channels] of 1, 3 or 4 channels")
    }
    let channels = image.shape[2]
    let names: [(String, Colour)] =
      channels == 1
      ? [("grey", .softInk)]
      : [
        ("red", Colour(hex: 0xD62728)), ("green", Colour(hex: 0x009E73)),
        ("blue", Colour(hex: 0x0072B2)),
      ]
    let values = image.values
    let series = names.enumerated().map { channel, style in
      Series(
        style.0, values: stride(from: channel, to: values.count, by: channels).map { values[$0] },
        colour: style.1)
    }
    return Histogram(series: series, valueLabel: "brightness", bins: bins)
  }
}
