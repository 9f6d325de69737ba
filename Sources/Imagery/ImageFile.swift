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
    try Header(try readProbe(path, name: path, limits: limits))
  }

  /// Reads an image, upright (EXIF orientation applied; gamma and colour profiles are not).
  /// - Parameters:
  ///   - frame: the size to bring it to; a JPEG much larger than that is decoded at a fraction of
  ///     its size (1/2, 1/4, 1/8, never below twice the frame), which changes results slightly
  ///     but always alike.
  ///   - name: what errors call the file; nil for its path.
  /// - Returns: [H, W, C], values 0…1.
  /// - Throws: `ImageryError`, `TensorError.tooLarge`
  package static func read(
    _ path: String, frame: ImageFrame? = nil, channels: Channels = .rgb,
    limits: ImageLimits = .standard, name: String? = nil
  ) throws -> Tensor {
    let name = name ?? path
    do {
      let bytes = try Files.read(path, limit: limits.fileBytes)
      return try decode(bytes, name: name, frame: frame, channels: channels, limits: limits)
    } catch let error as FileError {
      throw ImageryError(error, name: name)
    }
  }

  /// As `read`, from memory; `name` is what errors call it.
  package static func decode(
    _ bytes: [UInt8], name: String, frame: ImageFrame? = nil, channels: Channels = .rgb,
    limits: ImageLimits = .standard
  ) throws -> Tensor {
    let info = try probe(bytes, name: name, limits: limits)
    func decode() throws -> Tensor {
      if let frame, frame.fit == .pad {
        let header = try Header(info)
        let inner = frame.inner(height: header.height, width: header.width)
        let decoded = try DecodedImage(bytes, name: name, info: info, frame: inner)
        return try Image.padded(try decoded.tensor(frame: inner, channels: channels), to: frame)
      }
      let decoded = try DecodedImage(bytes, name: name, info: info, frame: frame)
      return try decoded.tensor(frame: frame, channels: channels)
    }
    guard Int(info.width) * Int(info.height) > largePixels else { return try decode() }
    return try largeDecoding.withLock(decode)
  }

  /// Images above this many pixels are decoded one at a time: several threads with one each could
  /// take gigabytes.
  private static let largePixels = 1 << 24
  private static let largeDecoding = Monitor()

  /// The image as a PNG file of 8 bits a sample; values are held in 0…1 and rounded.
  /// - Parameter image: [H, W, C], C of 1, 3, 4.
  /// - Throws: `ImageryError.notImageShaped`, `.outOfMemory`
  package static func png(_ image: Tensor) throws -> [UInt8] {
    let shape = try ImageShape(image, for: "save")
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
        .notImageShaped, "save",
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

extension ImageFile.Header {
  init(_ info: conch_codec_info) throws {
    orientation = Orientation(rawValue: Int(info.orientation)) ?? .upright
    let (height, width) = (Int(info.height), Int(info.width))
    format = info.format == CONCH_CODEC_PNG ? .png : .jpeg
    self.height = orientation.swapsSides ? width : height
    self.width = orientation.swapsSides ? height : width
    channels = Int(info.channels)
    bits = Int(info.bits)
  }
}

extension ImageFile {
  /// Probes a file by its first bytes, or whole where its header is longer than that.
  static func readProbe(
    _ path: String, name: String, limits: ImageLimits
  ) throws -> conch_codec_info {
    do {
      let head = try FileHead(path, count: 1 << 18)
      guard head.fileSize <= limits.fileBytes else {
        throw FileError.tooLarge(path: path, bytes: head.fileSize, limit: limits.fileBytes)
      }
      do {
        return try probe(head.bytes, name: name, limits: limits, fileSize: head.fileSize)
      } catch let error as ImageryError
        where error.reason == .truncated && head.fileSize > head.bytes.count
      {
        return try probe(try Files.read(path, limit: limits.fileBytes), name: name, limits: limits)
      }
    } catch let error as FileError {
      throw ImageryError(error, name: name)
    }
  }

  /// Reads the header and holds its claims against the limits and the file's own size.
  static func probe(
    _ bytes: [UInt8], name: String, limits: ImageLimits, fileSize: Int? = nil
  ) throws -> conch_codec_info {
    let fileSize = fileSize ?? bytes.count
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
    guard info.least_bytes <= UInt64(fileSize) else {
      throw ImageryError(
        .implausibleSize, name, given: size,
        expected: "at least \(info.least_bytes) bytes, not \(fileSize)")
    }
    return info
  }
}

extension ImageryError {
  /// What is wrong with one file, under the name by which it is known here; nil for other errors.
  init?(about error: any Error, name: String) {
    switch error {
    case let error as FileError: self.init(error, name: name)
    case let error as ImageryError where error.isAboutOneFile: self = error
    default: return nil
    }
  }

  /// A file's fault under the name by which the file is known here.
  init(_ error: FileError, name: String) {
    switch error {
    case .notFound: self.init(.notFound, name)
    case .isFolder: self.init(.isFolder, name)
    case .notReadable(_, let reason): self.init(.unreadable, name, given: reason)
    case .notWritable(_, let reason): self.init(.notWritable, name, given: reason)
    case .readingForbidden: self.init(.unreadable, name, given: "safe mode does not allow it")
    case .writingForbidden: self.init(.notWritable, name, given: "safe mode does not allow it")
    case .quotaSpent(_, let bytes, let files):
      self.init(.notWritable, name, given: "safe mode allows \(bytes) bytes and \(files) files")
    case .truncated(_, let bytes, let expected):
      self.init(.truncated, name, given: "\(bytes)", expected: "\(expected) bytes")
    case .tooLarge(_, let bytes, let limit):
      self.init(.fileTooLarge, name, given: "\(bytes) bytes", expected: "\(limit) bytes")
    }
  }

  /// What the codec reported, for a file whose decoding failed.
  init(_ outcome: conch_codec_outcome, name: String, bytes: [UInt8], rowsInAll: Int?) {
    let words = withUnsafeBytes(of: outcome.words) {
      String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self)
    }
    switch outcome.status {
    case CONCH_CODEC_UNKNOWN:
      switch FileKind(bytes) {
      case .png, .jpeg:
        // The first bytes alone: a few bytes later the signature is already another.
        self.init(.corrupt, name, given: "its signature is incomplete")
      case let kind?:
        self.init(.unsupportedFormat, name, given: kind.rawValue, expected: "PNG and JPEG")
      case nil:
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
