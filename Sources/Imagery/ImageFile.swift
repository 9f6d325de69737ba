import CCodecs
import Tensors

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// Reading PNG and JPEG, writing PNG. The content tells the format, never the name.
package enum ImageFile {
  /// What a file's header says.
  package struct Header: Equatable, Sendable {
    package enum Format: String, Sendable { case png = "PNG", jpeg = "JPEG" }
    package let format: Format
    /// Pixels, as seen upright: the orientation is already counted in.
    package let height: Int
    package let width: Int
    /// Grey 1, grey and alpha 2, RGB 3, RGB and alpha 4 (palette and CMYK expanded).
    package let channels: Int
    /// Bits a sample once decoded: 8 or 16.
    package let bits: Int
    package let orientation: Orientation
  }

  package enum Channels: Sendable {
    /// As in the file: [H, W, 1], [H, W, 3], or [H, W, 4] where there is transparency.
    case asStored
    /// [H, W, 3]: grey repeated, transparent laid over white paper.
    case rgb
  }

  /// Reads the header of a file, without decoding.
  /// - Throws: `ImageryError`
  package static func header(
    _ path: String, limits: ImageLimits = .standard
  ) throws -> Header {
    try header(of: try bytes(of: path, limits), name: path, limits: limits)
  }

  /// Reads an image, upright (EXIF orientation applied; gamma and colour profiles are not).
  /// - Parameters:
  ///   - frame: the size to bring it to; a JPEG much larger than that is decoded at a fraction of
  ///     its size (1/2, 1/4, 1/8, never below twice the frame), which changes results slightly
  ///     but always alike.
  /// - Returns: [H, W, C], values 0…1.
  /// - Throws: `ImageryError`, `TensorError.tooLarge`
  package static func read(
    _ path: String, frame: ImageFrame? = nil, channels: Channels = .rgb,
    limits: ImageLimits = .standard
  ) throws -> Tensor {
    try decode(
      try bytes(of: path, limits), name: path, frame: frame, channels: channels, limits: limits)
  }

  /// As `read`, from memory; `name` is what errors call it.
  package static func decode(
    _ bytes: [UInt8], name: String, frame: ImageFrame? = nil, channels: Channels = .rgb,
    limits: ImageLimits = .standard
  ) throws -> Tensor {
    let info = try probe(bytes, name: name, limits: limits)
    let decoded = try DecodedImage(bytes, name: name, info: info, frame: frame)
    return try decoded.tensor(frame: frame, channels: channels)
  }

  /// The image as a PNG file of 8 bits a sample; values are held in 0…1 and rounded.
  /// - Parameter image: [H, W, C], C of 1, 3, 4.
  /// - Throws: `ImageryError.notImageShaped`, `.outOfMemory`
  package static func png(_ image: Tensor) throws -> [UInt8] {
    let shape = try ImageShape(image, for: "write")
    let pixels = image.withUnsafePointer { from in
      [UInt8](unsafeUninitializedCapacity: image.count) { buffer, count in
        for i in 0..<image.count {
          // NaN compares false with everything and so becomes 0.
          let value = from[i] > 0 ? min(from[i], 1) : 0
          buffer[i] = UInt8(value * 255 + 0.5)
        }
        count = image.count
      }
    }
    return try png(
      pixels: pixels, width: shape.width, height: shape.height, channels: shape.channels)
  }

  /// Rows of 8-bit samples (C of 1 grey, 3 RGB, 4 RGBA) as a PNG file.
  /// - Throws: `ImageryError.notImageShaped`, `.outOfMemory`
  package static func png(
    pixels: [UInt8], width: Int, height: Int, channels: Int
  ) throws -> [UInt8] {
    let sides = 1...ImageLimits.standard.side
    guard [1, 3, 4].contains(channels), sides.contains(width), sides.contains(height),
      pixels.count == width * height * channels
    else {
      throw ImageryError(
        .notImageShaped, "write",
        given: "\(pixels.count) samples for \(height)×\(width)×\(channels)",
        expected: "an image [height, width, 1, 3 or 4]")
    }
    var encoded: UnsafeMutablePointer<UInt8>?
    var count = 0
    let outcome = conch_codec_encode_png(
      pixels, UInt32(width), UInt32(height), UInt32(channels), &encoded, &count)
    defer { conch_codec_free(encoded) }
    guard outcome.status == CONCH_CODEC_OK, let encoded else {
      throw ImageryError(.outOfMemory, "PNG", given: "\(height)×\(width) pixels")
    }
    return [UInt8](UnsafeBufferPointer(start: encoded, count: count))
  }

  /// Writes the image as PNG; the file is there whole or not at all.
  /// - Throws: `ImageryError`, `FileError`
  package static func writePNG(_ image: Tensor, to path: String) throws {
    try Files.writeAtomically(path, try png(image))
  }
}

extension ImageFile {
  static func bytes(of path: String, _ limits: ImageLimits) throws -> [UInt8] {
    do {
      return try Files.read(path, limit: limits.fileBytes)
    } catch let error as FileError {
      throw ImageryError(error)
    }
  }

  static func header(
    of bytes: [UInt8], name: String, limits: ImageLimits = .standard
  ) throws -> Header {
    let info = try probe(bytes, name: name, limits: limits)
    let orientation = Orientation(rawValue: Int(info.orientation)) ?? .upright
    let (height, width) = (Int(info.height), Int(info.width))
    return Header(
      format: info.format == CONCH_CODEC_PNG ? .png : .jpeg,
      height: orientation.swapsSides ? width : height,
      width: orientation.swapsSides ? height : width, channels: Int(info.channels),
      bits: Int(info.bits), orientation: orientation)
  }

  /// Reads the header and holds its claims against the limits and the file's own size.
  static func probe(
    _ bytes: [UInt8], name: String, limits: ImageLimits
  ) throws -> conch_codec_info {
    guard !bytes.isEmpty else {
      throw ImageryError(.notAnImage, name, given: "an empty file", expected: "PNG or JPEG")
    }
    var info = conch_codec_info()
    let outcome = conch_codec_probe(bytes, bytes.count, &info)
    guard outcome.status == CONCH_CODEC_OK else {
      throw ImageryError(outcome, name: name, bytes: bytes, rowsInAll: nil)
    }
    let (height, width) = (Int(info.height), Int(info.width))
    let size = "\(width)×\(height) pixels"
    guard height > 0, width > 0 else {
      throw ImageryError(.corrupt, name, given: size)
    }
    // Sides are below 2³¹, so the product fits.
    let sampleBytes = Int(info.channels) * Int(info.bits) / 8
    guard height <= limits.side, width <= limits.side, height * width <= limits.pixels,
      height * width * sampleBytes <= limits.pixels * 4
    else {
      throw ImageryError(
        .imageTooLarge, name, given: size,
        expected: "\(limits.side) pixels a side and \(limits.pixels) in all")
    }
    guard info.least_bytes <= UInt64(bytes.count) else {
      throw ImageryError(
        .implausibleSize, name, given: size,
        expected: "at least \(info.least_bytes) bytes, not \(bytes.count)")
    }
    return info
  }
}

extension ImageryError {
  init(_ error: FileError) {
    switch error {
    case .notFound(let path): self.init(.notFound, path)
    case .isFolder(let path): self.init(.isFolder, path)
    case .notReadable(let path, let reason): self.init(.unreadable, path, given: reason)
    case .notWritable(let path, let reason): self.init(.notWritable, path, given: reason)
    case .truncated(let path, let bytes, let expected):
      self.init(.truncated, path, given: "\(bytes)", expected: "\(expected) bytes")
    case .tooLarge(let path, let bytes, let limit):
      self.init(.fileTooLarge, path, given: "\(bytes) bytes", expected: "\(limit) bytes")
    }
  }

  /// What the codec reported, for a file whose decoding failed.
  init(_ outcome: conch_codec_outcome, name: String, bytes: [UInt8], rowsInAll: Int?) {
    let words = withUnsafeBytes(of: outcome.words) {
      String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self)
    }
    switch outcome.status {
    case CONCH_CODEC_UNKNOWN:
      let known = FileKind(bytes)
      if let known {
        self.init(.unsupportedFormat, name, given: known.rawValue, expected: "PNG and JPEG")
      } else {
        self.init(.notAnImage, name, given: "other content", expected: "PNG or JPEG")
      }
    case CONCH_CODEC_UNSUPPORTED:
      self.init(
        .unsupportedFormat, name, given: "an unusual JPEG (\(words))",
        expected: "8-bit grey, colour or CMYK")
    case CONCH_CODEC_TRUNCATED:
      let rows = rowsInAll.map { ("\(outcome.rows)", "\($0) rows") }
      self.init(
        .truncated, name, given: rows?.0 ?? "only a part", expected: rows?.1 ?? "the header")
    case CONCH_CODEC_MEMORY:
      self.init(.corrupt, name, given: "decoding would take too much memory (\(words))")
    default:
      self.init(.corrupt, name, given: words)
    }
  }
}

/// Image formats that are recognised by their first bytes, so that a student hears which one it is.
enum FileKind: String {
  case png = "PNG", jpeg = "JPEG", gif = "GIF", bitmap = "BMP", tiff = "TIFF", webp = "WebP"
  case heic = "HEIC or AVIF", jpeg2000 = "JPEG 2000"

  init?(_ bytes: some Collection<UInt8>) {
    let head = Array(bytes.prefix(12))
    func begins(_ pattern: [UInt8], at offset: Int = 0) -> Bool {
      head.count >= offset + pattern.count
        && head[offset..<(offset + pattern.count)].elementsEqual(pattern)
    }
    func begins(_ text: String, at offset: Int = 0) -> Bool { begins(Array(text.utf8), at: offset) }
    if begins([0x89, 0x50, 0x4E, 0x47]) {
      self = .png
    } else if begins([0xFF, 0xD8, 0xFF]) {
      self = .jpeg
    } else if begins("GIF8") {
      self = .gif
    } else if begins("BM") {
      self = .bitmap
    } else if begins([0x49, 0x49, 0x2A, 0]) || begins([0x4D, 0x4D, 0, 0x2A])
      || begins([0x49, 0x49, 0x2B, 0]) || begins([0x4D, 0x4D, 0, 0x2B])
    {
      self = .tiff
    } else if begins("RIFF") && begins("WEBP", at: 8) {
      self = .webp
    } else if begins("ftyp", at: 4) {
      self = .heic
    } else if begins([0, 0, 0, 0x0C, 0x6A, 0x50]) {
      self = .jpeg2000
    } else {
      return nil
    }
  }
}
