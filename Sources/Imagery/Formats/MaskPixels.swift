import CCodecs
import Tensors

/// The numbers of a mask file, before anything is known of what they stand for.
struct MaskPixels {
  let height: Int
  let width: Int
  /// 1, or 3 for colours.
  let channels: Int
  /// height · width · channels numbers, 0…65535.
  let values: [UInt16]
  /// Whether they are places in a palette.
  let isIndexed: Bool
  /// Whether they went through JPEG.
  let isLossy: Bool

  /// Numbers of the whole image; colours that are all grey become one channel.
  init(
    height: Int, width: Int, channels: Int, values: [UInt16], isIndexed: Bool = false,
    isLossy: Bool = false
  ) {
    (self.height, self.width) = (height, width)
    (self.isIndexed, self.isLossy) = (isIndexed, isLossy)
    var isGrey = channels == 3
    var at = 0
    while isGrey, at < values.count {
      isGrey = values[at] == values[at + 1] && values[at] == values[at + 2]
      at += 3
    }
    self.channels = isGrey ? 1 : channels
    self.values = isGrey ? (0..<(height * width)).map { values[$0 * 3] } : values
  }

  /// Reads a mask: PNG as stored, JPEG, TIFF of one or three bands, or NumPy.
  /// - Throws: `ImageryError`
  init(_ place: ImagePlace, name: String, limits: ImageLimits) throws {
    if case .array(let array, let entry) = place {
      try self.init(numbers: try array.tensor(entry: entry, name: name), name: name)
      return
    }
    let bytes = try place.bytes(name: name, limits: limits)
    switch FileKind(bytes) {
    case .png: try self.init(png: bytes, name: name, limits: limits)
    case .tiff:
      let file = try TIFFFile(bytes, name: name, limits: limits)
      try self.init(numbers: try file.numbers(), name: name, isIndexed: file.isIndexed)
    case .numpy:
      try self.init(
        numbers: try NumpyArray(bytes, name: name).tensor(entry: nil, name: name),
        name: name)
    default:
      let image = try ImageFile.decode(bytes, name: name, channels: .asStored, limits: limits)
      let values = image.withUnsafePointer { from in
        (0..<image.count).map { i -> UInt16 in
          let held: Float = min(max(from[i], 0), 1)
          return UInt16(held * 255 + 0.5)
        }
      }
      self.init(
        height: image.shape[0], width: image.shape[1], channels: image.shape[2], values: values,
        isLossy: true)
    }
  }

  private init(numbers: Tensor, name: String, isIndexed: Bool = false) throws {
    let channels = numbers.shape[2]
    guard channels == 1 || channels == 3 else {
      throw ImageryError(.corrupt, name, given: "a mask of \(channels) bands")
    }
    // What is negative, or no number, is no class: 65535 is far beyond the last.
    let values = numbers.withUnsafePointer { from in
      (0..<numbers.count).map { i -> UInt16 in
        let number: Float = from[i]
        return number >= 0 && number < 65_535 ? UInt16(number) : 65_535
      }
    }
    self.init(
      height: numbers.shape[0], width: numbers.shape[1], channels: channels, values: values,
      isIndexed: isIndexed)
  }

  private init(png bytes: [UInt8], name: String, limits: ImageLimits) throws {
    var info = try ImageFile.probe(bytes, name: name, limits: limits)
    let (height, width) = (Int(info.height), Int(info.width))
    let channels = info.palette > 0 || info.channels < 3 ? 1 : 3
    let count = height * width * channels
    let isWide = info.bits == 16
    var outcome = conch_codec_outcome()
    func decode(_ to: UnsafeMutableRawPointer?, _ size: Int) {
      guard let to else { return }
      outcome = conch_codec_decode_png_numbers(
        bytes, bytes.count, &info, UInt32(channels), to, size)
    }
    let values: [UInt16]
    if isWide {
      values = [UInt16](unsafeUninitializedCapacity: count) { buffer, filled in
        decode(buffer.baseAddress, count * 2)
        filled = outcome.status == CONCH_CODEC_OK ? count : 0
      }
    } else {
      let narrow = [UInt8](unsafeUninitializedCapacity: count) { buffer, filled in
        decode(buffer.baseAddress, count)
        filled = outcome.status == CONCH_CODEC_OK ? count : 0
      }
      values = narrow.map(UInt16.init)
    }
    guard outcome.status == CONCH_CODEC_OK else {
      throw ImageryError(outcome, name: name, bytes: bytes, rowsInAll: height)
    }
    self.init(
      height: height, width: width, channels: channels, values: values,
      isIndexed: info.palette > 0)
  }
}

/// What occurs in the masks of a dataset, all together: from this their meaning is guessed.
struct MaskCensus {
  /// Grey values, or places in a palette.
  private(set) var values = Set<UInt16>()
  /// Colours as 0xRRGGBB (of 16-bit colours the upper bytes); the first 256 that are met.
  private(set) var colours = Set<Int>()
  private(set) var isIndexed = false
  private(set) var isLossy = false
  /// Pixels near black or white, and all, where masks are JPEG.
  private(set) var extremes = 0
  private(set) var total = 0

  init() {}

  init(_ mask: MaskPixels) {
    isIndexed = mask.isIndexed
    isLossy = mask.isLossy
    if mask.channels == 1 {
      var seen = [Bool](repeating: false, count: 65_536)
      for value in mask.values {
        seen[Int(value)] = true
        if value <= 40 || value >= 215 { extremes += 1 }
      }
      total = mask.values.count
      values = Set(seen.indices.filter { seen[$0] }.map { UInt16($0) })
    } else {
      var last = -1
      for at in stride(from: 0, to: mask.values.count, by: 3) where colours.count < 256 {
        let colour = mask.colour(at)
        if colour != last { colours.insert(colour) }
        last = colour
      }
    }
  }

  mutating func add(_ other: MaskCensus) {
    values.formUnion(other.values)
    if colours.count < 256 { colours.formUnion(other.colours) }
    isIndexed = isIndexed || other.isIndexed
    isLossy = isLossy || other.isLossy
    extremes += other.extremes
    total += other.total
  }
}

extension MaskPixels {
  /// The colour that begins at a place in `values`, as 0xRRGGBB; grey where there is one channel.
  func colour(_ at: Int) -> Int {
    func byte(_ value: UInt16) -> Int { value > 255 ? Int(value >> 8) : Int(value) }
    if channels == 1 { return byte(values[at]) * 0x01_01_01 }
    return byte(values[at]) << 16 | byte(values[at + 1]) << 8 | byte(values[at + 2])
  }
}
