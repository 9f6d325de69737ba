/// Named tensors in the order of a file, with the file's notes about itself.
package struct NamedTensors: Sendable {
  package private(set) var names: [String] = []
  /// Texts by key, in the order of the file.
  package var metadata: [(key: String, value: String)]
  private var tensors: [String: Tensor] = [:]

  package init(metadata: [(key: String, value: String)] = []) { self.metadata = metadata }

  /// The tensor of that name. Setting a new name appends it; setting nil removes it.
  package subscript(name: String) -> Tensor? {
    get { tensors[name] }
    set {
      if newValue == nil {
        names.removeAll { $0 == name }
      } else if tensors[name] == nil {
        names.append(name)
      }
      tensors[name] = newValue
    }
  }
}

/// The safetensors format: a JSON header, then the values of all tensors, little-endian.
/// Read are F64, F32, F16, BF16, I64, I32, I16, I8, U8 and BOOL, all as float32; written is F32.
package enum Safetensors {
  /// The format's own limit; a larger number in the first bytes means another kind of file.
  package static let headerLimit = 100_000_000

  /// Reads a whole file, each tensor straight into its own memory.
  /// - Throws: `FileError`, `SafetensorsError` that says what is wrong, `TensorError.tooLarge`.
  package static func read(_ path: String) throws -> NamedTensors {
    let file = try ReadableFile(path)
    return try read(path: path, size: file.size) { base, count, offset in
      try file.read(into: base, count: count, at: offset)
    }
  }

  /// Reads a file that is already in memory; `path` is for the errors.
  package static func read(_ bytes: [UInt8], path: String) throws -> NamedTensors {
    try bytes.withUnsafeBytes { buffer in
      try read(path: path, size: buffer.count) { base, count, offset in
        guard let source = buffer.baseAddress, count > 0 else { return }
        base.copyMemory(from: source + offset, byteCount: count)
      }
    }
  }

  private typealias Reader = (UnsafeMutableRawPointer, _ count: Int, _ offset: Int) throws -> Void

  private static func read(
    path: String, size: Int, _ read: Reader
  ) throws -> NamedTensors {
    func failure(_ problem: SafetensorsError.Problem) -> SafetensorsError {
      SafetensorsError(path: path, problem: problem)
    }
    guard size >= 8 else { throw failure(.tooShort(bytes: size, expected: 8)) }
    var littleEndianLength: UInt64 = 0
    try withUnsafeMutableBytes(of: &littleEndianLength) { buffer in
      if let base = buffer.baseAddress { try read(base, 8, 0) }
    }
    let length = UInt64(littleEndian: littleEndianLength)
    guard length <= UInt64(headerLimit) else { throw failure(.headerTooLong(bytes: length)) }
    let dataStart = 8 + Int(length)
    guard size >= dataStart else { throw failure(.tooShort(bytes: size, expected: dataStart)) }

    let json = try [UInt8](unsafeUninitializedCapacity: Int(length)) { buffer, count in
      if let base = buffer.baseAddress { try read(UnsafeMutableRawPointer(base), Int(length), 8) }
      count = Int(length)
    }
    let header: SafetensorsHeader
    do {
      header = try SafetensorsHeader(json: json, dataCount: size - dataStart)
    } catch {
      throw failure(error.problem)
    }

    var result = NamedTensors(metadata: header.metadata)
    for entry in header.entries {
      result[entry.name] = try Tensor(uninitialized: entry.shape) { values in
        if entry.type == .F32 {
          try read(UnsafeMutableRawPointer(values), entry.byteCount, dataStart + entry.offset)
          if UInt32(1).littleEndian != 1 { swapBytes(values, count: entry.byteCount / 4) }
        } else {
          let raw = try [UInt8](unsafeUninitializedCapacity: entry.byteCount) { buffer, count in
            if let base = buffer.baseAddress {
              try read(
                UnsafeMutableRawPointer(base), entry.byteCount, dataStart + entry.offset)
            }
            count = entry.byteCount
          }
          raw.withUnsafeBytes { convert($0, entry.type, into: values) }
        }
      }
    }
    return result
  }

  /// Writes the tensors as float32, atomically, in their order.
  /// - Throws: `FileError`, `SafetensorsError` for a name that cannot be written.
  package static func write(_ tensors: NamedTensors, to path: String) throws {
    let header = try headerBytes(tensors, path: path)
    try Files.writeAtomically(path) { write in
      try header.withUnsafeBytes { try write($0) }
      for name in tensors.names {
        guard let tensor = tensors[name] else { continue }
        try tensor.withUnsafePointer { base in
          if UInt32(1).littleEndian == 1 {
            try write(UnsafeRawBufferPointer(start: base, count: tensor.count * 4))
          } else {
            let swapped = (0..<tensor.count).map { base[$0].bitPattern.littleEndian }
            try swapped.withUnsafeBytes { try write($0) }
          }
        }
      }
    }
  }

  /// The length and the JSON text, padded with spaces so that the data begin at a multiple of 8.
  private static func headerBytes(_ tensors: NamedTensors, path: String) throws -> [UInt8] {
    var members: [String] = []
    if !tensors.metadata.isEmpty {
      let notes = tensors.metadata.map { "\(JSON.quoted($0.key)):\(JSON.quoted($0.value))" }
      members.append("\"__metadata__\":{\(notes.joined(separator: ","))}")
    }
    var offset = 0
    for name in tensors.names {
      guard name != "__metadata__" else {
        throw SafetensorsError(path: path, problem: .invalidName(name))
      }
      guard let tensor = tensors[name] else { continue }
      let end = offset + tensor.count * 4
      let shape = tensor.shape.map { String($0) }.joined(separator: ",")
      members.append(
        "\(JSON.quoted(name)):{\"dtype\":\"F32\",\"shape\":[\(shape)],"
          + "\"data_offsets\":[\(offset),\(end)]}")
      offset = end
    }
    var json = Array("{\(members.joined(separator: ","))}".utf8)
    while json.count % 8 != 0 { json.append(0x20) }
    return withUnsafeBytes(of: UInt64(json.count).littleEndian) { Array($0) } + json
  }

  private static func swapBytes(_ values: UnsafeMutablePointer<Float>, count: Int) {
    for index in 0..<count {
      values[index] = Float(bitPattern: values[index].bitPattern.byteSwapped)
    }
  }

  private static func convert(
    _ raw: UnsafeRawBufferPointer, _ type: SafetensorsType, into values: UnsafeMutablePointer<Float>
  ) {
    func load<Number: FixedWidthInteger>(_ index: Int, as: Number.Type) -> Number {
      let offset = index * MemoryLayout<Number>.size
      return Number(littleEndian: raw.loadUnaligned(fromByteOffset: offset, as: Number.self))
    }
    let count = raw.count / type.size
    for index in 0..<count {
      switch type {
      case .F64: values[index] = Float(Double(bitPattern: load(index, as: UInt64.self)))
      case .F32: values[index] = Float(bitPattern: load(index, as: UInt32.self))
      case .F16: values[index] = float(half: load(index, as: UInt16.self))
      case .BF16: values[index] = Float(bitPattern: UInt32(load(index, as: UInt16.self)) << 16)
      case .I64: values[index] = Float(load(index, as: Int64.self))
      case .I32: values[index] = Float(load(index, as: Int32.self))
      case .I16: values[index] = Float(load(index, as: Int16.self))
      case .I8: values[index] = Float(load(index, as: Int8.self))
      case .U8: values[index] = Float(load(index, as: UInt8.self))
      case .BOOL: values[index] = load(index, as: UInt8.self) == 0 ? 0 : 1
      }
    }
  }

  /// An IEEE 754 binary16 as a float32, exactly. (Swift's Float16 is missing on some Macs.)
  static func float(half: UInt16) -> Float {
    let sign = UInt32(half & 0x8000) << 16
    let exponent = UInt32(half >> 10 & 0x1F)
    let fraction = UInt32(half & 0x3FF)
    switch exponent {
    case 0:
      let magnitude = Float(fraction) * 0x1p-24
      return sign == 0 ? magnitude : -magnitude
    case 31: return Float(bitPattern: sign | 0x7F80_0000 | fraction << 13)
    default: return Float(bitPattern: sign | (exponent + 112) << 23 | fraction << 13)
    }
  }
}
