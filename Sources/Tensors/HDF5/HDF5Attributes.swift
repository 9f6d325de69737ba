/// Texts that belong to an object (specification, IV.A.2.m). Other attributes are left out.
struct HDF5Attributes {
  private let bytes: HDF5Bytes
  private let header: HDF5ObjectHeader

  init(_ header: HDF5ObjectHeader, _ bytes: HDF5Bytes) {
    (self.header, self.bytes) = (header, bytes)
  }

  /// The texts of the attribute of that name; nil if there is none, or it holds no texts.
  func texts(_ name: String) throws -> [String]? {
    for message in header.messages where message.kind == .attribute && !message.isShared {
      if let texts = try texts(of: message.body, if: name) { return texts }
    }
    if var info = try header.first(.attributeInfo) {
      try info.skip(1)
      if try info.byte() & 1 != 0 { try info.skip(2) }
      guard try info.address() == bytes.undefinedAddress else {
        throw HDF5Error.Problem.unsupported(what: "attributes with an index (libver=\"latest\")")
      }
    }
    return nil
  }

  private func texts(of message: HDF5Cursor, if name: String) throws -> [String]? {
    var message = message
    let version = try message.byte()
    guard (1...3).contains(version) else { throw message.damaged("an unknown version") }
    let flags = try message.byte()
    let sizes = (try message.short(), try message.short(), try message.short())
    if version == 3 { try message.skip(1) }
    func part(_ size: Int) throws -> HDF5Cursor {
      let part = try message.take(size)
      if version == 1 { message.align() }
      return part
    }
    guard try part(sizes.0).text == name else { return nil }
    let typeBody = try part(sizes.1)
    let spaceBody = try part(sizes.2)
    // Types that are kept elsewhere are no texts of Keras's.
    guard version == 1 || flags & 3 == 0 else { return nil }
    // 3 and 9: the classes of texts.
    guard let first = typeBody.bytes.first, first & 0x0F == 3 || first & 0x0F == 9 else {
      return nil
    }
    let type = try HDF5Datatype(typeBody)
    let space = try HDF5Dataspace(spaceBody)
    // Checked before it is believed: the texts must be in the message.
    guard space.count <= message.left / type.size else {
      throw message.damaged("more texts than bytes")
    }
    var texts: [String] = []
    var heaps: [UInt64: HDF5Cursor] = [:]
    for _ in 0..<space.count {
      let element = try message.take(type.size)
      switch type {
      case .text(_, let spaces):
        var text = element.text
        while spaces, text.last == " " { text.removeLast() }
        texts.append(text)
      case .variableText: texts.append(try variableText(element, &heaps))
      default: return nil
      }
    }
    return texts
  }

  /// A text in the global heap (specification, III.E): its length, the collection's address and its
  /// number there.
  private func variableText(
    _ element: HDF5Cursor, _ heaps: inout [UInt64: HDF5Cursor]
  ) throws -> String {
    var element = element
    let length = try element.word()
    let address = try element.address()
    let wanted = try element.word()
    guard length > 0 else { return "" }
    if heaps[address] == nil {
      var start = try bytes.description(at: address, count: UInt64(8 + bytes.lengthSize))
      try start.expect("GCOL")
      try start.skip(4)
      heaps[address] = try bytes.description(at: address, count: try start.length())
    }
    guard var heap = heaps[address] else { return "" }
    try heap.skip(8 + bytes.lengthSize)
    while heap.left >= 8 + bytes.lengthSize {
      let number = try heap.short()
      try heap.skip(6)
      guard let size = Int(exactly: try heap.length()) else { break }
      // 0: what is free of the collection, up to its end.
      guard number != 0 else { break }
      if number == wanted {
        guard length <= size else { break }
        return try heap.take(length).text
      }
      try heap.skip(size)
      heap.align()
    }
    throw element.damaged("a text that is not there")
  }
}
