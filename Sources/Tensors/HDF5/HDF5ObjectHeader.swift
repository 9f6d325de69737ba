/// The messages that describe a group or a dataset (specification, IV.A).
struct HDF5ObjectHeader {
  /// The kinds of messages that are looked at.
  enum Kind: Int {
    case dataspace = 0x01
    case linkInfo = 0x02
    case datatype = 0x03
    case link = 0x06
    case layout = 0x08
    case filters = 0x0B
    case attribute = 0x0C
    case continuation = 0x10
    case symbolTable = 0x11
    case attributeInfo = 0x15
  }

  struct Message {
    let kind: Kind
    /// The message is an address of another one.
    let isShared: Bool
    let body: HDF5Cursor
  }

  private(set) var messages: [Message] = []

  init(_ bytes: HDF5Bytes, at address: UInt64) throws {
    var start = try bytes.description(at: address, count: 6)
    switch try start.byte() {
    case 1: try readFirstVersion(bytes, address)
    case 0x4F: try readSecondVersion(bytes, address)
    default: throw HDF5Error.Problem.damaged(offset: address, what: "no object where one should be")
    }
  }

  /// The message of a kind.
  func first(_ kind: Kind) throws(HDF5Error.Problem) -> HDF5Cursor? {
    guard let found = messages.first(where: { $0.kind == kind }) else { return nil }
    guard !found.isShared else { throw .unsupported(what: "shared descriptions") }
    return found.body
  }

  /// Continuations of continuations are followed in turn, not by recursion; their number is limited
  /// by what descriptions may take.
  private var continuations: [(address: UInt64, count: UInt64)] = []

  private mutating func readFirstVersion(_ bytes: HDF5Bytes, _ address: UInt64) throws {
    var start = try bytes.description(at: address, count: 16)
    try start.skip(8)
    let size = try start.number(4)
    continuations = [(address &+ 16, size)]
    while let next = continuations.popLast() {
      var block = try bytes.description(at: next.address, count: next.count)
      while block.left >= 8 {
        let type = try block.short()
        let size = try block.short()
        let flags = try block.byte()
        try block.skip(3)
        try add(type, flags, try block.take(size))
      }
    }
  }

  private mutating func readSecondVersion(_ bytes: HDF5Bytes, _ address: UInt64) throws {
    // The longest beginning: signature, version, flags, four times, two limits, a size.
    let longest = min(34, UInt64(bytes.size) &- bytes.base &- address)
    var start = try bytes.description(at: address, count: longest)
    try start.expect("OHDR")
    guard try start.byte() == 2 else { throw start.damaged("an unknown version") }
    let flags = try start.byte()
    if flags & 0x20 != 0 { try start.skip(16) }
    if flags & 0x10 != 0 { try start.skip(4) }
    let size = try start.number(1 << (flags & 3))
    continuations = [(address &+ UInt64(start.position), size)]
    var isFirst = true
    while let next = continuations.popLast() {
      var block = try bytes.description(at: next.address, count: next.count)
      var end = 0
      if !isFirst {
        try block.expect("OCHK")
        end = 4  // The check sum.
      }
      isFirst = false
      let prefix = flags & 0x04 != 0 ? 6 : 4
      while block.left - end >= prefix {
        let type = try block.byte()
        let size = try block.short()
        let messageFlags = try block.byte()
        try block.skip(prefix - 4)
        try add(type, messageFlags, try block.take(size))
      }
    }
  }

  private mutating func add(_ type: Int, _ flags: Int, _ body: HDF5Cursor) throws {
    guard let kind = Kind(rawValue: type) else { return }
    guard kind != .continuation else {
      var body = body
      continuations.append((try body.address(), try body.length()))
      return
    }
    messages.append(Message(kind: kind, isShared: flags & 0x02 != 0, body: body))
  }
}
