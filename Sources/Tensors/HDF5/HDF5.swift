/// An HDF5 file, read as far as h5py writes it unless told otherwise: groups, datasets of numbers
/// (whole or in blocks, not compressed), and attributes of texts. Nothing in a file can make the
/// reader leave the file, go round in circles, or take more memory than the file has bytes.
///
/// "HDF5 File Format Specification Version 3.0", The HDF Group.
package struct HDF5File {
  package let path: String
  private let bytes: HDF5Bytes
  private let rootAddress: UInt64

  /// - Throws: `FileError`, `HDF5Error`.
  package init(_ path: String) throws {
    let file = try ReadableFile(path)
    try self.init(
      path: path,
      HDF5Bytes(size: file.size) { base, count, offset in
        try file.read(into: base, count: count, at: offset)
      })
  }

  /// A file that is already in memory; `path` is for the errors.
  package init(_ contents: [UInt8], path: String) throws {
    try self.init(
      path: path,
      HDF5Bytes(size: contents.count) { base, count, offset in
        contents.withUnsafeBytes { buffer in
          guard let source = buffer.baseAddress else { return }
          base.copyMemory(from: source + offset, byteCount: count)
        }
      })
  }

  private init(path: String, _ bytes: HDF5Bytes) throws {
    self.path = path
    self.bytes = bytes
    rootAddress = try HDF5File.naming(path) { try HDF5File.superblock(bytes) }
  }

  /// The group that holds all others.
  package var root: HDF5Object {
    get throws { try HDF5Object(bytes, at: rootAddress, path: path) }
  }

  /// Whether a file is, or by its name wants to be, such a file.
  /// - Throws: `FileError`.
  package static func isOne(at path: String) throws -> Bool {
    if [".h5", ".hdf5"].contains(where: path.hasSuffix) { return true }
    let file = try ReadableFile(path)
    var beginning = [UInt8](repeating: 0, count: min(8, file.size))
    try beginning.withUnsafeMutableBytes { buffer in
      guard let base = buffer.baseAddress else { return }
      try file.read(into: base, count: buffer.count, at: 0)
    }
    return isSignature(beginning)
  }

  private static func isSignature(_ bytes: some Sequence<UInt8>) -> Bool {
    Array(bytes.prefix(8)) == [0x89, 0x48, 0x44, 0x46, 0x0D, 0x0A, 0x1A, 0x0A]
  }

  /// Finds the superblock (specification, II.A) and returns the root group's address.
  private static func superblock(_ bytes: HDF5Bytes) throws -> UInt64 {
    var start: UInt64 = 0
    while true {
      guard start < UInt64(bytes.size), UInt64(bytes.size) - start >= 24 else {
        throw HDF5Error.Problem.noSignature
      }
      if isSignature(try bytes.description(at: start, count: 8).bytes) { break }
      start = start == 0 ? 512 : start * 2
    }
    // Not longer than 104 bytes in any version.
    var block = try bytes.description(at: start, count: min(104, UInt64(bytes.size) - start))
    try block.skip(8)
    let version = try block.byte()
    switch version {
    case 0, 1: try block.skip(4)
    case 2, 3: break
    default: throw HDF5Error.Problem.unsupported(what: "files of version \(version)")
    }
    let sizes = (address: try block.byte(), length: try block.byte())
    guard [2, 4, 8].contains(sizes.address), [2, 4, 8].contains(sizes.length) else {
      throw block.damaged("sizes of addresses")
    }
    (bytes.addressSize, bytes.lengthSize) = sizes
    switch version {
    case 0, 1:
      try block.skip(version == 0 ? 9 : 13)
      bytes.base = try block.number(sizes.address)
      try block.skip(4 * sizes.address)
    default:
      try block.skip(1)
      bytes.base = try block.number(sizes.address)
      try block.skip(2 * sizes.address)
    }
    return try block.number(sizes.address)
  }

  static func naming<Result>(_ path: String, _ body: () throws -> Result) throws -> Result {
    do {
      return try body()
    } catch let problem as HDF5Error.Problem {
      throw HDF5Error(path: path, problem: problem)
    }
  }
}

/// A group or a dataset.
package struct HDF5Object {
  private let bytes: HDF5Bytes
  private let header: HDF5ObjectHeader
  private let path: String

  fileprivate init(_ bytes: HDF5Bytes, at address: UInt64, path: String) throws {
    self.bytes = bytes
    self.path = path
    header = try HDF5File.naming(path) { try HDF5ObjectHeader(bytes, at: address) }
  }

  /// The members of a group, in order of their names; empty for a dataset.
  package func members() throws -> [HDF5Member] {
    try HDF5File.naming(path) {
      let links = try HDF5Links(header, bytes)?.members ?? []
      return links.map { HDF5Member(name: $0.name, address: $0.address, bytes: bytes, path: path) }
    }
  }

  /// The member at a path of names with `/` between them, or nil.
  package func member(_ name: String) throws -> HDF5Object? {
    var object = self
    for part in name.split(separator: "/") {
      guard let next = try object.members().first(where: { $0.name == part }) else { return nil }
      object = try next.object
    }
    return object
  }

  /// The texts of an attribute; nil if there is none of that name, or it holds no texts.
  package func texts(_ attribute: String) throws -> [String]? {
    try HDF5File.naming(path) { try HDF5Attributes(header, bytes).texts(attribute) }
  }

  /// The shape of a dataset; nil for a group.
  package var shape: [Int]? {
    get throws { try HDF5File.naming(path) { try HDF5Dataset(header, bytes)?.space.shape } }
  }

  /// The values of a dataset as float32; nil for a group.
  /// - Throws: `HDF5Error`, `TensorError.tooLarge`, `FileError`.
  package func tensor() throws -> Tensor? {
    try HDF5File.naming(path) { try HDF5Dataset(header, bytes)?.tensor() }
  }
}

/// The name of an object in its group.
package struct HDF5Member {
  package let name: String
  fileprivate let address: UInt64
  fileprivate let bytes: HDF5Bytes
  fileprivate let path: String

  /// - Throws: `HDF5Error`, `FileError`.
  package var object: HDF5Object {
    get throws { try HDF5Object(bytes, at: address, path: path) }
  }
}
