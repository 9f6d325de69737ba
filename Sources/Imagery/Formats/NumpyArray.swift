import Tensors

/// An array as NumPy writes it (`.npy`, NEP 1): numbers of one type with a shape, rows or columns
/// first, or short texts. The numbers are converted when they are asked for.
struct NumpyArray: Sendable {
  enum Element: Equatable, Sendable {
    case boolean
    case unsigned(bytes: Int)
    case signed(bytes: Int)
    case floating(bytes: Int)
    /// UTF-32 code units, padded with zeros.
    case text(length: Int)
    /// Bytes, padded with zeros.
    case bytes(length: Int)

    var size: Int {
      switch self {
      case .boolean: 1
      case .unsigned(let bytes), .signed(let bytes), .floating(let bytes): bytes
      case .text(let length): length * 4
      case .bytes(let length): length
      }
    }
  }

  let element: Element
  let shape: [Int]
  private let isBigEndian: Bool
  private let storage: [UInt8]
  private let start: Int
  /// Elements from one entry to the next along each axis.
  private let strides: [Int]

  var count: Int { shape.reduce(1, *) }

  /// - Throws: `ImageryError.corrupt`, `.truncated`, `.unsupportedFormat`
  init(_ bytes: [UInt8], name: String) throws {
    let header = try NumpyHeader(bytes, name: name)
    (element, shape, isBigEndian) = (header.element, header.shape, header.isBigEndian)
    (storage, start) = (bytes, header.length)
    var total = 1
    for size in shape {
      let (product, overflow) = total.multipliedReportingOverflow(by: size)
      guard !overflow else {
        throw ImageryError(.corrupt, name, given: "its shape \(shape) is too large")
      }
      total = product
    }
    let (needed, overflow) = total.multipliedReportingOverflow(by: element.size)
    let there = bytes.count - header.length
    guard !overflow, needed <= there else {
      throw ImageryError(
        .truncated, name, given: "\(there)", expected: overflow ? "all bytes" : "\(needed) bytes")
    }
    // Any axis of 0 makes the array empty, so the products below are no larger than the total.
    var strides = [Int](repeating: 1, count: shape.count)
    var step = 1
    for axis in header.isColumnMajor ? Array(shape.indices) : shape.indices.reversed() {
      strides[axis] = step
      step = total == 0 ? 0 : step * shape[axis]
    }
    self.strides = strides
  }

  /// What the numbers were, for scaling.
  var numberType: NumberType {
    switch element {
    case .boolean: .whole(largest: 1)
    case .unsigned(let bytes): .whole(largest: Double(UInt64.max >> UInt64(64 - 8 * bytes)))
    case .signed(let bytes): .whole(largest: Double(Int64.max >> Int64(64 - 8 * bytes)))
    case .floating, .text, .bytes: .floating
    }
  }

  var isNumeric: Bool {
    switch element {
    case .text, .bytes: false
    default: true
    }
  }

  /// The number at a place in storage, counted in elements.
  @inline(__always)
  private func number(_ place: Int, _ base: UnsafePointer<UInt8>) -> Double {
    let at = base + start + place * element.size
    var bits: UInt64 = 0
    let size = element.size
    for i in 0..<size {
      bits |= UInt64(at[isBigEndian ? size - 1 - i : i]) << UInt64(8 * i)
    }
    switch element {
    case .boolean: return bits == 0 ? 0 : 1
    case .unsigned: return Double(bits)
    case .signed(let bytes):
      let unused = UInt64(64 - 8 * bytes)
      return Double(Int64(bitPattern: bits << unused) >> Int64(unused))
    case .floating(4): return Double(Float(bitPattern: UInt32(truncatingIfNeeded: bits)))
    case .floating(2): return NumpyArray.half(UInt16(truncatingIfNeeded: bits))
    case .floating: return Double(bitPattern: bits)
    case .text, .bytes: return 0
    }
  }

  /// IEEE 754 binary16, which not every machine has as a type.
  private static func half(_ bits: UInt16) -> Double {
    let exponent = Int(bits >> 10 & 31)
    let fraction = Double(bits & 1023)
    let sign: Double = bits >> 15 == 1 ? -1 : 1
    switch exponent {
    case 0: return sign * fraction * 0x1p-24
    case 31: return fraction == 0 ? sign * .infinity : .nan
    default:
      return sign * (1024 + fraction) * Double(sign: .plus, exponent: exponent - 25, significand: 1)
    }
  }

  /// All numbers, last axis fastest.
  var numbers: [Double] {
    guard count > 0 else { return [] }
    let places = places(of: shape, strides, from: 0)
    return storage.withUnsafeBufferPointer { buffer in
      guard let base = buffer.baseAddress else { return [] }
      return places.map { number($0, base) }
    }
  }

  /// The texts of a one-dimensional array of texts, or its numbers as texts; nil for others.
  var texts: [String]? {
    guard shape.count == 1 else { return nil }
    return (0..<shape[0]).map { index in
      let at = start + index * element.size
      switch element {
      case .bytes(let length):
        return String(decoding: storage[at..<(at + length)].prefix { $0 != 0 }, as: UTF8.self)
      case .text(let length):
        var text = ""
        for i in 0..<length {
          let unit = (0..<4).reduce(UInt32(0)) { sum, byte in
            sum | UInt32(storage[at + i * 4 + (isBigEndian ? 3 - byte : byte)]) << UInt32(8 * byte)
          }
          if unit == 0 { break }
          text.unicodeScalars.append(Unicode.Scalar(unit) ?? "\u{FFFD}")
        }
        return text
      default:
        return storage.withUnsafeBufferPointer { buffer in
          let value = buffer.baseAddress.map { number(index, $0) } ?? 0
          return Int(exactly: value).map(String.init) ?? "\(value)"
        }
      }
    }
  }

  /// Places in storage of an array of this shape, last axis fastest.
  private func places(of shape: [Int], _ strides: [Int], from first: Int) -> [Int] {
    var places = [first]
    for axis in shape.indices {
      var next: [Int] = []
      next.reserveCapacity(places.count * shape[axis])
      for place in places {
        for i in 0..<shape[axis] { next.append(place + i * strides[axis]) }
      }
      places = next
    }
    return places
  }

  /// The shape of an image in it: [H, W, C], from [H, W] or [H, W, C] where `entry` is nil, else
  /// from an array with one axis more.
  private func imageShape(entry: Int?, name: String) throws -> [Int] {
    let whole = entry == nil ? shape : Array(shape.dropFirst())
    guard isNumeric, whole.count == 2 || whole.count == 3 else {
      throw ImageryError(
        .corrupt, name, given: "an array \(shape) is no image [height, width, bands]")
    }
    let result = whole.count == 2 ? whole + [1] : whole
    let limits = ImageLimits.standard
    guard result.allSatisfy({ $0 > 0 }), result[0] <= limits.side, result[1] <= limits.side,
      result[2] <= Picture.bandLimit, result[0] * result[1] <= limits.pixels,
      result[0] * result[1] * result[2] <= Picture.numberLimit
    else {
      throw ImageryError(
        .imageTooLarge, name, given: "the shape \(result)",
        expected: "\(limits.side) pixels a side and \(Picture.bandLimit) bands, last,")
    }
    return result
  }

  func info(entry: Int?, name: String) throws -> Picture.Info {
    let shape = try imageShape(entry: entry, name: name)
    var isFloating = false
    if case .floating = element { isFloating = true }
    return Picture.Info(
      height: shape[0], width: shape[1], bands: shape[2], isMeasured: true,
      isFloating: isFloating)
  }

  /// An image as stored: entry `entry` of a stack, or the whole array. [H, W, C]
  /// - Throws: `ImageryError`, `TensorError.tooLarge`
  func tensor(entry: Int?, name: String) throws -> Tensor {
    let wanted = try imageShape(entry: entry, name: name)
    let axes = Array((entry == nil ? strides : Array(strides.dropFirst())) + [0])
    let first = (entry ?? 0) * (entry == nil ? 0 : strides[0])
    return try Tensor(uninitialized: wanted) { to in
      storage.withUnsafeBufferPointer { buffer in
        guard let base = buffer.baseAddress else { return }
        var target = to
        for y in 0..<wanted[0] {
          for x in 0..<wanted[1] {
            let pixel = first + y * axes[0] + x * axes[1]
            for b in 0..<wanted[2] {
              target[0] = Float(number(pixel + b * axes[2], base))
              target += 1
            }
          }
        }
      }
    }
  }
}
