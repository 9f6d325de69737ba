/// What the elements of a dataset or an attribute are (specification, IV.A.2.d).
enum HDF5Datatype: Equatable {
  case float(size: Int, isBigEndian: Bool)
  case integer(size: Int, isSigned: Bool, isBigEndian: Bool)
  /// Texts of a fixed number of bytes, filled up with zeros or, if `spaces`, with spaces.
  case text(size: Int, spaces: Bool)
  /// Texts in the global heap.
  case variableText(size: Int)

  /// Bytes of an element.
  var size: Int {
    switch self {
    case .float(let size, _), .integer(let size, _, _), .text(let size, _), .variableText(let size):
      size
    }
  }

  init(_ cursor: HDF5Cursor) throws(HDF5Error.Problem) {
    var cursor = cursor
    let first = try cursor.byte()
    let bits = try cursor.number(3)
    let size = try cursor.word()
    guard size > 0 else { throw cursor.damaged("elements without bytes") }
    switch first & 0x0F {
    case 0:
      let offset = try cursor.short()
      let precision = try cursor.short()
      guard [1, 2, 4, 8].contains(size), offset == 0, precision == 8 * size else {
        throw .unsupported(what: "integers of \(precision) bits")
      }
      self = .integer(size: size, isSigned: bits & 8 != 0, isBigEndian: bits & 1 != 0)
    case 1:
      // Offset and precision, then place and size of exponent and mantissa, then the bias.
      let offset = try cursor.short()
      let precision = try cursor.short()
      let layout = [
        try cursor.byte(), try cursor.byte(), try cursor.byte(), try cursor.byte(),
        try cursor.word(),
      ]
      let known = [2: [10, 5, 0, 10, 15], 4: [23, 8, 0, 23, 127], 8: [52, 11, 0, 52, 1023]]
      guard known[size] == layout, offset == 0, precision == 8 * size, bits & 0x40 == 0 else {
        throw .unsupported(what: "numbers of \(precision) bits that are not IEEE 754")
      }
      self = .float(size: size, isBigEndian: bits & 1 != 0)
    case 3: self = .text(size: size, spaces: bits & 0x0F == 2)
    case 9 where bits & 0x0F == 1: self = .variableText(size: size)
    case let other: throw .unsupported(what: "elements of class \(other)")
    }
  }

  /// Turns `count` elements into numbers. `source` has `count · size` bytes.
  func convert(
    _ source: UnsafeRawPointer, count: Int, into target: UnsafeMutablePointer<Float>
  ) {
    let size = size
    for index in 0..<count {
      let element = source + index * size
      switch self {
      case .float(2, let isBig):
        target[index] = Safetensors.float(half: Self.load(element, isBig, as: UInt16.self))
      case .float(4, let isBig):
        target[index] = Float(bitPattern: Self.load(element, isBig, as: UInt32.self))
      case .float(_, let isBig):
        target[index] = Float(Double(bitPattern: Self.load(element, isBig, as: UInt64.self)))
      case .integer(1, let isSigned, let isBig):
        let bits = Self.load(element, isBig, as: UInt8.self)
        target[index] = isSigned ? Float(Int8(bitPattern: bits)) : Float(bits)
      case .integer(2, let isSigned, let isBig):
        let bits = Self.load(element, isBig, as: UInt16.self)
        target[index] = isSigned ? Float(Int16(bitPattern: bits)) : Float(bits)
      case .integer(4, let isSigned, let isBig):
        let bits = Self.load(element, isBig, as: UInt32.self)
        target[index] = isSigned ? Float(Int32(bitPattern: bits)) : Float(bits)
      case .integer(_, let isSigned, let isBig):
        let bits = Self.load(element, isBig, as: UInt64.self)
        target[index] = isSigned ? Float(Int64(bitPattern: bits)) : Float(bits)
      case .text, .variableText: target[index] = .nan
      }
    }
  }

  private static func load<Bits: FixedWidthInteger>(
    _ source: UnsafeRawPointer, _ isBigEndian: Bool, as: Bits.Type
  ) -> Bits {
    let bits = source.loadUnaligned(as: Bits.self)
    return isBigEndian ? Bits(bigEndian: bits) : Bits(littleEndian: bits)
  }
}

/// Sizes of a dataset or an attribute (specification, IV.A.2.b).
struct HDF5Dataspace {
  let shape: [Int]
  /// The product of the shape.
  let count: Int

  init(_ cursor: HDF5Cursor) throws {
    var cursor = cursor
    let version = try cursor.byte()
    let rank = try cursor.byte()
    _ = try cursor.byte()  // Whether largest sizes follow, which are not read.
    var isNull = false
    switch version {
    case 1: try cursor.skip(5)
    case 2: isNull = try cursor.byte() == 2
    default: throw cursor.damaged("an unknown version")
    }
    var shape: [Int] = isNull ? [0] : []
    for _ in 0..<rank {
      guard let size = Int(exactly: try cursor.length()) else {
        throw cursor.damaged("a size that does not fit")
      }
      shape.append(size)
    }
    self.shape = shape
    guard let count = try? Tensor.count(of: shape) else {
      throw cursor.damaged("a shape too large")
    }
    self.count = count
  }
}
