/// Where the values of a dataset lie (specification, IV.A.2.i), and how they become a tensor.
struct HDF5Dataset {
  let type: HDF5Datatype
  let space: HDF5Dataspace
  private let layout: Layout
  private let bytes: HDF5Bytes

  private enum Layout {
    case compact(HDF5Cursor)
    case contiguous(address: UInt64)
    /// A tree of blocks of the same shape.
    case chunked(tree: UInt64, chunk: [Int])
    /// Nothing was ever written.
    case nowhere
  }

  /// - Returns: nil if the object is no dataset.
  init?(_ header: HDF5ObjectHeader, _ bytes: HDF5Bytes) throws {
    guard let layout = try header.first(.layout), let type = try header.first(.datatype),
      let space = try header.first(.dataspace)
    else { return nil }
    self.bytes = bytes
    self.type = try HDF5Datatype(type)
    self.space = try HDF5Dataspace(space)
    if var filters = try header.first(.filters) {
      try filters.skip(1)
      guard try filters.byte() == 0 else {
        throw HDF5Error.Problem.unsupported(what: "compressed values")
      }
    }
    self.layout = try HDF5Dataset.layout(layout, rank: self.space.shape.count, bytes)
  }

  private static func layout(
    _ message: HDF5Cursor, rank: Int, _ bytes: HDF5Bytes
  ) throws -> Layout {
    var message = message
    let version = try message.byte()
    func chunk(_ count: Int, _ message: inout HDF5Cursor) throws -> [Int] {
      guard count == rank + 1 else { throw message.damaged("blocks of another dimension") }
      var sizes: [Int] = []
      for _ in 0..<rank { sizes.append(try message.word()) }
      guard !sizes.contains(0) else { throw message.damaged("blocks without values") }
      return sizes
    }
    func placed(_ address: UInt64, _ layout: Layout) -> Layout {
      address == bytes.undefinedAddress ? .nowhere : layout
    }
    switch version {
    case 1, 2:
      let dimensions = try message.byte()
      let kind = try message.byte()
      try message.skip(5)
      switch kind {
      case 0:
        try message.skip(4 * dimensions)
        return .compact(try message.take(try message.word()))
      case 1:
        let address = try message.address()
        return placed(address, .contiguous(address: address))
      case 2:
        let address = try message.address()
        return placed(address, .chunked(tree: address, chunk: try chunk(dimensions, &message)))
      default: break
      }
    case 3, 4:
      switch try message.byte() {
      case 0: return .compact(try message.take(try message.short()))
      case 1:
        let address = try message.address()
        return placed(address, .contiguous(address: address))
      case 2 where version == 3:
        let dimensions = try message.byte()
        let address = try message.address()
        return placed(address, .chunked(tree: address, chunk: try chunk(dimensions, &message)))
      case 2: throw HDF5Error.Problem.unsupported(what: "blocks with an index (libver=\"latest\")")
      default: break
      }
    default: break
    }
    throw HDF5Error.Problem.unsupported(what: "values in a layout of version \(version)")
  }

  /// The values as float32.
  /// - Throws: `HDF5Error.Problem`, `TensorError`, `FileError`.
  func tensor() throws -> Tensor {
    switch type {
    case .float, .integer: break
    case .text, .variableText: throw HDF5Error.Problem.unsupported(what: "texts for numbers")
    }
    // A small file must not make a large tensor: the values must be there.
    let (byteCount, overflow) = space.count.multipliedReportingOverflow(by: type.size)
    guard !overflow, byteCount <= bytes.size else {
      throw HDF5Error.Problem.damaged(offset: 0, what: "more values than the file has bytes")
    }
    switch layout {
    case .nowhere:
      guard space.count == 0 else {
        throw HDF5Error.Problem.unsupported(what: "values that were never written")
      }
      return try Tensor(shape: space.shape)
    case .compact(let body):
      guard body.left >= byteCount else { throw body.damaged("cut off") }
      return try Tensor(uninitialized: space.shape) { values in
        body.bytes.withUnsafeBytes { buffer in
          if let base = buffer.baseAddress { type.convert(base, count: space.count, into: values) }
        }
      }
    case .contiguous(let address):
      _ = try bytes.place(address, UInt64(byteCount))
      return try Tensor(uninitialized: space.shape) { values in
        try read(space.count, at: address, into: values)
      }
    case .chunked(let tree, let chunk):
      var tensor = try Tensor(shape: space.shape)
      try tensor.withUnsafeMutablePointer { values in
        try walk(tree, chunk, level: nil, into: values)
      }
      return tensor
    }
  }

  /// Reads elements that lie in a row.
  private func read(
    _ count: Int, at address: UInt64, into values: UnsafeMutablePointer<Float>
  ) throws {
    if type == .float(size: 4, isBigEndian: UInt32(1).bigEndian == 1) {
      return try bytes.copy(values, count: 4 * count, at: address)
    }
    // A part at a time, so that the file's form of the values takes little memory.
    let part = 1 << 16
    var buffer = [UInt8](repeating: 0, count: min(count, part) * type.size)
    var done = 0
    while done < count {
      let now = min(part, count - done)
      try buffer.withUnsafeMutableBytes { buffer in
        guard let base = buffer.baseAddress else { return }
        try bytes.copy(base, count: now * type.size, at: address &+ UInt64(done * type.size))
        type.convert(base, count: now, into: values + done)
      }
      done += now
    }
  }

  private func walk(
    _ address: UInt64, _ chunk: [Int], level: Int?, into values: UnsafeMutablePointer<Float>
  ) throws {
    let rank = chunk.count
    let node = try HDF5TreeNode(
      bytes, at: address, kind: 1, keySize: 8 + 8 * (rank + 1), level: level)
    for entry in node.entries {
      guard node.level == 0 else {
        try walk(entry.child, chunk, level: node.level - 1, into: values)
        continue
      }
      var key = entry.key
      try key.skip(8)
      var start: [Int] = []
      for axis in 0..<rank {
        let offset = try key.number(8)
        guard offset < UInt64(space.shape[axis]) else {
          throw key.damaged("a block outside of the values")
        }
        start.append(Int(offset))
      }
      try copy(chunk, start, from: entry.child, into: values)
    }
  }

  /// Copies what of a block lies inside of the tensor, row by row.
  private func copy(
    _ chunk: [Int], _ start: [Int], from address: UInt64, into values: UnsafeMutablePointer<Float>
  ) throws {
    let rank = chunk.count
    guard rank > 0 else { return try read(1, at: address, into: values) }
    guard let size = try? Tensor.count(of: chunk + [type.size]) else {
      throw HDF5Error.Problem.damaged(offset: address, what: "blocks too large")
    }
    _ = try bytes.place(address, UInt64(size))
    let inside = (0..<rank).map { min(chunk[$0], space.shape[$0] - start[$0]) }
    let (sourceSteps, targetSteps) = (Tensor.strides(of: chunk), Tensor.strides(of: space.shape))
    var index = [Int](repeating: 0, count: rank)
    while true {
      var (source, target) = (0, 0)
      for axis in 0..<rank {
        source += index[axis] * sourceSteps[axis]
        target += (start[axis] + index[axis]) * targetSteps[axis]
      }
      try read(
        inside[rank - 1], at: address &+ UInt64(source * type.size), into: values + target)
      // The next row: counts up all axes but the last.
      var axis = rank - 2
      while axis >= 0 {
        index[axis] += 1
        if index[axis] < inside[axis] { break }
        index[axis] = 0
        axis -= 1
      }
      if axis < 0 { return }
    }
  }
}
