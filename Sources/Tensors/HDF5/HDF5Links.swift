/// The members of a group: names, and addresses of their objects.
///
/// Old groups keep them in a tree over tables (specification, III.A.1, III.B, III.C, III.D), newer
/// ones in messages (IV.A.2.g). Links by path and into other files are left out.
struct HDF5Links {
  /// By name, as the format sorts them, or in the order of the messages.
  private(set) var members: [(name: String, address: UInt64)] = []
  private let bytes: HDF5Bytes

  /// - Returns: nil if the object is no group.
  init?(_ header: HDF5ObjectHeader, _ bytes: HDF5Bytes) throws {
    self.bytes = bytes
    if var table = try header.first(.symbolTable) {
      let tree = try table.address()
      let heap = try HDF5Links.heap(at: try table.address(), bytes)
      try walk(tree, heap, level: nil)
      return
    }
    guard var info = try header.first(.linkInfo) else { return nil }
    try info.skip(1)
    if try info.byte() & 1 != 0 { try info.skip(8) }
    guard try info.address() == bytes.undefinedAddress else {
      throw HDF5Error.Problem.unsupported(what: "groups with an index (libver=\"latest\")")
    }
    for message in header.messages where message.kind == .link { try addLink(message.body) }
  }

  /// The names of an old group's members.
  private static func heap(at address: UInt64, _ bytes: HDF5Bytes) throws -> HDF5Cursor {
    var start = try bytes.description(
      at: address, count: UInt64(8 + 2 * bytes.lengthSize + bytes.addressSize))
    try start.expect("HEAP")
    try start.skip(4)
    let size = try start.length()
    _ = try start.length()
    return try bytes.description(at: try start.address(), count: size)
  }

  /// - Parameter level: that the node must have, so that no tree can contain itself.
  private mutating func walk(_ address: UInt64, _ heap: HDF5Cursor, level: Int?) throws {
    let node = try HDF5TreeNode(
      bytes, at: address, kind: 0, keySize: bytes.lengthSize, level: level)
    for entry in node.entries {
      if node.level > 0 {
        try walk(entry.child, heap, level: node.level - 1)
      } else {
        try addTable(entry.child, heap)
      }
    }
  }

  private mutating func addTable(_ address: UInt64, _ heap: HDF5Cursor) throws {
    var start = try bytes.description(at: address, count: 8)
    try start.expect("SNOD")
    try start.skip(2)
    let count = try start.short()
    let size = 24 + 2 * bytes.addressSize
    var table = try bytes.description(at: address &+ 8, count: UInt64(count * size))
    for _ in 0..<count {
      let name = try table.address()
      let object = try table.address()
      let cache = try table.word()
      try table.skip(20)
      // 2: a link by path.
      if cache != 2 { members.append((try heap.text(at: name), object)) }
    }
  }

  private mutating func addLink(_ message: HDF5Cursor) throws {
    var message = message
    guard try message.byte() == 1 else { throw message.damaged("an unknown version") }
    let flags = try message.byte()
    let kind = flags & 0x08 != 0 ? try message.byte() : 0
    if flags & 0x04 != 0 { try message.skip(8) }
    if flags & 0x10 != 0 { try message.skip(1) }
    let length = try message.number(1 << (flags & 3))
    guard let count = Int(exactly: length) else { throw message.damaged("a name too long") }
    let name = try message.take(count).text
    if kind == 0 { members.append((name, try message.address())) }
  }
}

/// A node of a version 1 B-tree (specification, III.A.1).
struct HDF5TreeNode {
  /// 0 for leaves.
  let level: Int
  /// The key is the one left of the child.
  private(set) var entries: [(key: HDF5Cursor, child: UInt64)] = []

  init(
    _ bytes: HDF5Bytes, at address: UInt64, kind: Int, keySize: Int, level wanted: Int?
  ) throws {
    let prefix = 8 + 2 * bytes.addressSize
    var start = try bytes.description(at: address, count: UInt64(prefix))
    try start.expect("TREE")
    guard try start.byte() == kind else { throw start.damaged("a tree of another kind") }
    level = try start.byte()
    guard wanted.map({ $0 == level }) ?? (level < 32) else {
      throw start.damaged("a tree that contains itself")
    }
    let count = try start.short()
    var body = try bytes.description(
      at: address &+ UInt64(prefix), count: UInt64(count * (keySize + bytes.addressSize)))
    for _ in 0..<count { entries.append((try body.take(keySize), try body.address())) }
  }
}
