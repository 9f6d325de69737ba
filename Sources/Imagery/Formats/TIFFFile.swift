import CCodecs
import Tensors

/// A TIFF file in memory: rasters of any number of bands, as georeferenced images come. The first
/// page is read; places, scales and "no data" values in GeoTIFF tags are not.
struct TIFFFile {
  private let bytes: [UInt8]
  private let name: String
  private let stored: conch_tiff_info
  let info: Picture.Info

  /// Reads what the file says of itself.
  /// - Throws: `ImageryError`
  init(_ bytes: [UInt8], name: String, limits: ImageLimits) throws {
    var stored = conch_tiff_info()
    let outcome = conch_tiff_probe(bytes, bytes.count, &stored)
    guard outcome.status == CONCH_CODEC_OK else {
      throw TIFFFile.error(outcome, name: name)
    }
    let (height, width, bands) = (Int(stored.height), Int(stored.width), Int(stored.bands))
    guard height > 0, width > 0, bands > 0 else {
      throw ImageryError(.corrupt, name, given: "\(width)×\(height) pixels")
    }
    // Sides and bands are below 2³², but each product is checked before the next.
    guard height <= limits.side, width <= limits.side, height * width <= limits.pixels,
      bands <= Picture.bandLimit, height * width * bands <= Picture.numberLimit
    else {
      throw ImageryError(
        .imageTooLarge, name, given: "\(width)×\(height) pixels of \(bands) bands",
        expected: "\(limits.side) pixels a side, \(limits.pixels) in all, and "
          + "\(Picture.bandLimit) bands")
    }
    let orientation = Orientation(rawValue: Int(stored.orientation)) ?? .upright
    self.bytes = bytes
    self.name = name
    self.stored = stored
    info = Picture.Info(
      height: orientation.swapsSides ? width : height,
      width: orientation.swapsSides ? height : width, bands: bands, isMeasured: true,
      isFloating: stored.kind == 3, pages: Int(stored.pages))
  }

  /// Whether the numbers are places in a palette.
  var isIndexed: Bool { stored.is_palette != 0 }

  var numberType: NumberType {
    if stored.kind == 3 { return .floating }
    let bits = stored.kind == 2 ? stored.bits - 1 : stored.bits
    return .whole(largest: Double((UInt64(1) << UInt64(min(bits, 63))) - 1))
  }

  /// The numbers as stored, upright; 0 is black. [H, W, bands]
  /// - Throws: `ImageryError`, `TensorError.tooLarge`
  func tensor() throws -> Tensor {
    guard !isIndexed else {
      throw ImageryError(
        .unsupportedFormat, name, given: "a TIFF with a palette",
        expected: "TIFF with numbers or colours")
    }
    var image = try numbers()
    if stored.is_inverted != 0, case .whole(let largest) = numberType {
      let count = image.count
      image.withUnsafeMutablePointer { values in
        for i in 0..<count { values[i] = Float(largest) - values[i] }
      }
    }
    return image
  }

  /// The numbers as stored, also those of a palette, upright. [H, W, bands]
  func numbers() throws -> Tensor {
    var info = stored
    let (height, width, bands) = (Int(stored.height), Int(stored.width), Int(stored.bands))
    let image = try Tensor(uninitialized: [height, width, bands]) { to in
      let outcome = conch_tiff_decode(bytes, bytes.count, &info, to, height * width * bands)
      guard outcome.status == CONCH_CODEC_OK else {
        throw TIFFFile.error(outcome, name: name, rows: height)
      }
    }
    return try Image.oriented(image, Orientation(rawValue: Int(stored.orientation)) ?? .upright)
  }

  private static func error(
    _ outcome: conch_codec_outcome, name: String, rows: Int? = nil
  ) -> ImageryError {
    let words = withUnsafeBytes(of: outcome.words) {
      String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self)
    }
    switch outcome.status {
    case CONCH_CODEC_UNSUPPORTED:
      return ImageryError(
        .unsupportedFormat, name, given: "an unusual TIFF (\(words))",
        expected: "TIFF of 1, 8, 16 or 32 bits, whole or floating,")
    case CONCH_CODEC_TRUNCATED:
      return ImageryError(
        .truncated, name, given: rows == nil ? "only a part" : "\(outcome.rows)",
        expected: rows.map { "\($0) rows" } ?? "the header")
    case CONCH_CODEC_MEMORY:
      return ImageryError(.corrupt, name, given: "decoding would take too much memory")
    default:
      return ImageryError(.corrupt, name, given: words.isEmpty ? "not a sound TIFF" : words)
    }
  }
}
