import CCodecs
import Tensors

/// Images of every kind that is read, by their content: pictures (PNG, JPEG), whose numbers are
/// colours, and measurements (TIFF, NumPy), whose bands may be any.
package enum Picture {
  /// What is known of an image before its numbers are read.
  struct Info: Equatable, Sendable {
    /// Pixels, as seen upright.
    var height: Int
    var width: Int
    /// Channels as stored.
    var bands: Int
    /// TIFF and NumPy: bands are kept as they are.
    var isMeasured = false
    /// Numbers that may be infinite or missing.
    var isFloating = false
    var pages = 1
  }

  /// How numbers become values 0…1.
  package struct Reading: Equatable, Sendable {
    /// The bands of the result; nil for as many as there are, three for pictures.
    package var bands: Int?
    /// What becomes 0 and 1, and beyond which values are held; nil for what the type can hold, and
    /// floating numbers as they are.
    package var range: ClosedRange<Double>?

    package init(bands: Int? = nil, range: ClosedRange<Double>? = nil) {
      self.bands = bands
      self.range = range
    }
  }

  /// The most bands that an image may have.
  package static let bandLimit = 64
  /// The most numbers of one image: a gigabyte of floats.
  static let numberLimit = 1 << 28

  /// - Throws: `ImageryError`
  static func info(_ place: ImagePlace, name: String, limits: ImageLimits) throws -> Info {
    switch place {
    case .array(let array, let entry): return try array.info(entry: entry, name: name)
    case .part: return try info(place.bytes(name: name, limits: limits), name: name, limits: limits)
    case .file(let path):
      let kind: FileKind?
      do {
        kind = FileKind(try FileHead(path, count: 16).bytes)
      } catch let error as FileError {
        throw ImageryError(error, name: name)
      }
      switch kind {
      case .tiff, .numpy:
        return try info(place.bytes(name: name, limits: limits), name: name, limits: limits)
      default:
        let header = try ImageFile.Header(
          try ImageFile.readProbe(path, name: name, limits: limits))
        return Info(height: header.height, width: header.width, bands: header.channels)
      }
    }
  }

  static func info(_ bytes: [UInt8], name: String, limits: ImageLimits) throws -> Info {
    switch FileKind(bytes) {
    case .tiff: return try TIFFFile(bytes, name: name, limits: limits).info
    case .numpy: return try NumpyArray(bytes, name: name).info(entry: nil, name: name)
    default:
      let header = try ImageFile.Header(try ImageFile.probe(bytes, name: name, limits: limits))
      return Info(height: header.height, width: header.width, bands: header.channels)
    }
  }

  /// The bands of a dataset: those that are wanted, or those of its first sound image where that is
  /// a measurement, or the three of pictures.
  /// - Throws: `ImageryError.invalidArgument`
  static func bands(wanted: Int?, of images: some Sequence<Info?>) throws -> Int {
    if let wanted {
      guard (1...bandLimit).contains(wanted) else {
        throw ImageryError(
          .invalidArgument, "bands", given: "\(wanted)",
          expected: "a whole number 1…\(bandLimit)")
      }
      return wanted
    }
    for case let info? in images { return info.isMeasured ? info.bands : 3 }
    return 3
  }

  /// Whether the file is an image of a known kind, readable or not; NumPy's arrays may be many.
  /// - Throws: `ImageryError` if there is no such file; a folder is none.
  package static func isImage(_ path: String) throws -> Bool {
    guard !Files.isFolder(path) else { return false }
    do {
      let kind = FileKind(try FileHead(path, count: 16).bytes)
      return kind != nil && kind != .numpy
    } catch let error as FileError {
      throw ImageryError(error, name: path)
    }
  }

  /// One image file of any kind that is read. [H, W, C]
  /// - Throws: `ImageryError`, `TensorError.tooLarge`
  package static func read(_ path: String, _ reading: Reading = Reading()) throws -> Tensor {
    try read(.file(path), name: path, frame: nil, reading, limits: .standard)
  }

  /// The image [H, W, C].
  /// - Parameter frame: the size that will be used; JPEGs may come smaller, near to it.
  /// - Throws: `ImageryError`, `TensorError.tooLarge`
  static func read(
    _ place: ImagePlace, name: String, frame: ImageFrame?, _ reading: Reading, limits: ImageLimits
  ) throws -> Tensor {
    try readCounting(place, name: name, frame: frame, reading, limits: limits).image
  }

  /// The image, and how many of its numbers were infinite or missing and became 0.
  static func readCounting(
    _ place: ImagePlace, name: String, frame: ImageFrame?, _ reading: Reading, limits: ImageLimits
  ) throws -> (image: Tensor, notFinite: Int) {
    var image: Tensor
    let type: NumberType
    if case .array(let array, let entry) = place {
      image = try array.tensor(entry: entry, name: name)
      type = array.numberType
    } else {
      let bytes = try place.bytes(name: name, limits: limits)
      switch FileKind(bytes) {
      case .tiff:
        let file = try TIFFFile(bytes, name: name, limits: limits)
        image = try file.tensor()
        type = file.numberType
      case .numpy:
        let array = try NumpyArray(bytes, name: name)
        image = try array.tensor(entry: nil, name: name)
        type = array.numberType
      default:
        let bands = reading.bands ?? 3
        let picture = try ImageFile.decode(
          bytes, name: name, frame: frame, channels: bands == 3 ? .rgb : .asStored, limits: limits)
        return (try adapted(picture, bands: bands, name: name), 0)
      }
    }
    let notFinite = type.scale(&image, range: reading.range)
    return (try adapted(image, bands: reading.bands ?? image.shape[2], name: name), notFinite)
  }

  /// With another number of bands: one becomes as many as are wanted; of more, the first are taken;
  /// a picture's three become one as brightness (ITU-R BT.601).
  /// - Throws: `ImageryError.bandCount` if there are too few.
  static func adapted(_ image: Tensor, bands: Int, name: String) throws -> Tensor {
    let (height, width, given) = (image.shape[0], image.shape[1], image.shape[2])
    if given == bands { return image }
    guard given == 1 || given > bands else {
      throw ImageryError(
        .bandCount, name, given: "\(given) bands", expected: bands == 1 ? "one" : "\(bands)")
    }
    return try Tensor(uninitialized: [height, width, bands]) { to in
      image.withUnsafePointer { from in
        for p in 0..<(height * width) {
          if bands == 1 && given == 3 {
            let pixel = from + p * 3
            to[p] = 0.299 * pixel[0] + 0.587 * pixel[1] + 0.114 * pixel[2]
          } else {
            for b in 0..<bands { to[p * bands + b] = from[p * given + (given == 1 ? 0 : b)] }
          }
        }
      }
    }
  }
}

/// What the numbers of a measurement were before they became floats.
enum NumberType: Equatable, Sendable {
  /// Whole numbers, and the largest that the type holds.
  case whole(largest: Double)
  case floating

  /// Brings numbers to 0…1; infinite and missing ones become 0.
  /// - Returns: how many those were.
  func scale(_ image: inout Tensor, range: ClosedRange<Double>?) -> Int {
    let low = Float(range?.lowerBound ?? 0)
    let span: Float
    let holds = range != nil
    switch (range, self) {
    case (let range?, _):
      span = max(Float(range.upperBound - range.lowerBound), .leastNormalMagnitude)
    case (nil, .whole(let largest)): span = Float(largest)
    case (nil, .floating): span = 1
    }
    var notFinite = 0
    let count = image.count
    image.withUnsafeMutablePointer { values in
      for i in 0..<count {
        let value = values[i]
        guard value.isFinite else {
          values[i] = 0
          notFinite += 1
          continue
        }
        let scaled = (value - low) / span
        values[i] = holds ? min(max(scaled, 0), 1) : scaled
      }
    }
    return notFinite
  }
}
