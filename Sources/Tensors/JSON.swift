/// A JSON value (RFC 8259). Members keep their order. Strict: no comments, no trailing commas, no
/// member twice, valid UTF-8, and limits on depth and size, so that no file can exhaust memory.
package enum JSON: Equatable, Sendable {
  case null
  case boolean(Bool)
  /// Written without fraction or exponent, and within 64 bits.
  case integer(Int)
  case number(Double)
  case text(String)
  case array([JSON])
  case object([Member])

  package struct Member: Equatable, Sendable {
    package let name: String
    package let value: JSON

    package init(_ name: String, _ value: JSON) {
      self.name = name
      self.value = value
    }
  }

  /// What is wrong, and the byte at which it was seen.
  package struct Problem: Error, Equatable, Sendable {
    package let offset: Int
    package let what: String

    package init(offset: Int, what: String) {
      self.offset = offset
      self.what = what
    }
  }

  /// The member of an object; nil if there is none, or this is no object.
  package subscript(name: String) -> JSON? {
    guard case .object(let members) = self else { return nil }
    return members.first { $0.name == name }?.value
  }

  /// Reads one value and nothing after it.
  /// - Throws: `JSON.Problem`.
  package static func parse(
    _ bytes: some Collection<UInt8>, maximumDepth: Int = 64, maximumValues: Int = 4_000_000
  ) throws -> JSON {
    let copied = Array(bytes)
    return try copied.withUnsafeBufferPointer { buffer in
      var reader = JSONReader(bytes: buffer, depthLeft: maximumDepth, valuesLeft: maximumValues)
      let value = try reader.value()
      reader.skipSpace()
      guard reader.position == buffer.count else { throw reader.problem("text after the value") }
      return value
    }
  }

  /// The text in quotes, escaped as JSON wants it.
  package static func quoted(_ text: String) -> String {
    var result = "\""
    for scalar in text.unicodeScalars {
      switch scalar {
      case "\"": result += "\\\""
      case "\\": result += "\\\\"
      case "\n": result += "\\n"
      case "\t": result += "\\t"
      case "\r": result += "\\r"
      // The upper ones are allowed, but a terminal that shows the file would obey them.
      case _ where scalar.value < 0x20 || (0x7F...0x9F).contains(scalar.value):
        let digits = String(scalar.value, radix: 16)
        result += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
      default: result.unicodeScalars.append(scalar)
      }
    }
    return result + "\""
  }
}

/// Reads JSON from the front to the back. Large files are gone through member by member, and what is
/// not wanted is skipped, so that it costs time but no memory. The first value must be asked for
/// with one of `value`, `members`, `elements`, `skip`.
package struct JSONReader {
  let bytes: UnsafeBufferPointer<UInt8>
  var position = 0
  var depthLeft: Int
  var valuesLeft: Int

  package init(
    bytes: UnsafeBufferPointer<UInt8>, depthLeft: Int = 64, valuesLeft: Int = 4_000_000
  ) {
    (self.bytes, self.depthLeft, self.valuesLeft) = (bytes, depthLeft, valuesLeft)
  }

  /// Calls `body` for each member of the object that comes next; it must read or skip its value.
  /// - Throws: `JSON.Problem`, and what `body` throws.
  package mutating func members(
    _ body: (_ name: String, inout JSONReader) throws -> Void
  ) throws {
    skipSpace()
    guard current == UInt8(ascii: "{") else { throw problem("`{` expected") }
    try nested { reader in
      reader.skipSpace()
      if reader.accept("}") { return }
      while true {
        reader.skipSpace()
        guard reader.current == UInt8(ascii: "\"") else {
          throw reader.problem("a name in quotes expected")
        }
        let name = try reader.text()
        reader.skipSpace()
        guard reader.accept(":") else { throw reader.problem("`:` expected") }
        try body(name, &reader)
        reader.skipSpace()
        if reader.accept("}") { return }
        guard reader.accept(",") else { throw reader.problem("`,` or `}` expected") }
      }
    }
  }

  /// Calls `body` for each element of the array that comes next; it must read or skip it.
  /// - Throws: `JSON.Problem`, and what `body` throws.
  package mutating func elements(_ body: (inout JSONReader) throws -> Void) throws {
    skipSpace()
    guard current == UInt8(ascii: "[") else { throw problem("`[` expected") }
    try nested { reader in
      reader.skipSpace()
      if reader.accept("]") { return }
      while true {
        try body(&reader)
        reader.skipSpace()
        if reader.accept("]") { return }
        guard reader.accept(",") else { throw reader.problem("`,` or `]` expected") }
      }
    }
  }

  /// Goes past the value that comes next, making nothing of it.
  /// - Throws: `JSON.Problem`.
  package mutating func skip() throws {
    skipSpace()
    switch current {
    case UInt8(ascii: "{"):
      try members { _, reader in try reader.skip() }
    case UInt8(ascii: "["):
      try elements { try $0.skip() }
    case UInt8(ascii: "\""): try skipText()
    case let byte? where byte == UInt8(ascii: "-") || (48...57).contains(byte):
      try skipNumber()
    default: _ = try value()
    }
  }

  private mutating func skipText() throws {
    position += 1
    while let byte = current {
      position += 1
      if byte == UInt8(ascii: "\"") { return }
      if byte == UInt8(ascii: "\\") {
        guard current != nil else { break }
        position += 1
      }
    }
    throw problem("a text without its closing quote")
  }

  /// Whether nothing but space is left.
  package mutating func isAtEnd() -> Bool {
    skipSpace()
    return position == bytes.count
  }

  package func problem(_ what: String) -> JSON.Problem {
    JSON.Problem(offset: position, what: what)
  }

  var current: UInt8? { position < bytes.count ? bytes[position] : nil }

  mutating func skipSpace() {
    while let byte = current, byte == 0x20 || byte == 0x0A || byte == 0x0D || byte == 0x09 {
      position += 1
    }
  }

  mutating func accept(_ character: Unicode.Scalar) -> Bool {
    guard current == UInt8(ascii: character) else { return false }
    position += 1
    return true
  }

  /// The value that comes next.
  /// - Throws: `JSON.Problem`.
  package mutating func value() throws -> JSON {
    guard valuesLeft > 0 else { throw problem("too many values") }
    valuesLeft -= 1
    skipSpace()
    switch current {
    case UInt8(ascii: "{"): return try nested { try $0.object() }
    case UInt8(ascii: "["): return try nested { try $0.array() }
    case UInt8(ascii: "\""): return .text(try text())
    case UInt8(ascii: "t"): return try word("true", .boolean(true))
    case UInt8(ascii: "f"): return try word("false", .boolean(false))
    case UInt8(ascii: "n"): return try word("null", .null)
    case nil: throw problem("the text ends where a value should be")
    case let byte? where byte == UInt8(ascii: "-") || (48...57).contains(byte):
      return try number()
    default: throw problem("not a value")
    }
  }

  mutating func nested<Result>(_ body: (inout JSONReader) throws -> Result) throws -> Result {
    guard depthLeft > 0 else { throw problem("nested too deeply") }
    depthLeft -= 1
    defer { depthLeft += 1 }
    position += 1
    return try body(&self)
  }

  mutating func word(_ word: StaticString, _ value: JSON) throws -> JSON {
    for index in 0..<word.utf8CodeUnitCount {
      guard current == word.utf8Start[index] else { throw problem("not a value") }
      position += 1
    }
    return value
  }

  mutating func array() throws -> JSON {
    var elements: [JSON] = []
    skipSpace()
    if accept("]") { return .array(elements) }
    while true {
      elements.append(try value())
      skipSpace()
      if accept("]") { return .array(elements) }
      guard accept(",") else { throw problem("`,` or `]` expected") }
    }
  }

  mutating func object() throws -> JSON {
    var members: [JSON.Member] = []
    var names: Set<String> = []
    skipSpace()
    if accept("}") { return .object(members) }
    while true {
      skipSpace()
      guard current == UInt8(ascii: "\"") else { throw problem("a name in quotes expected") }
      let name = try text()
      guard names.insert(name).inserted else { throw problem("the name \"\(name)\" twice") }
      skipSpace()
      guard accept(":") else { throw problem("`:` expected") }
      members.append(JSON.Member(name, try value()))
      skipSpace()
      if accept("}") { return .object(members) }
      guard accept(",") else { throw problem("`,` or `}` expected") }
    }
  }

  private mutating func skipNumber() throws { _ = try numberText() }

  mutating func number() throws -> JSON {
    let (start, isWhole) = try numberText()
    let written = String(decoding: bytes[start..<position], as: UTF8.self)
    if isWhole, let whole = Int(written) { return .integer(whole) }
    guard let value = Double(written), value.isFinite else { throw problem("a number too large") }
    return .number(value)
  }

  /// Goes past a number; returns where it began and whether it is written without a fraction.
  private mutating func numberText() throws -> (start: Int, isWhole: Bool) {
    let start = position
    _ = accept("-")
    if !accept("0") { try digits() }
    var isWhole = true
    if accept(".") {
      isWhole = false
      try digits()
    }
    if accept("e") || accept("E") {
      isWhole = false
      if !accept("+") { _ = accept("-") }
      try digits()
    }
    return (start, isWhole)
  }

  mutating func digits() throws {
    let start = position
    while let byte = current, byte >= 48, byte <= 57 { position += 1 }
    guard position > start else { throw problem("a digit expected") }
  }

  mutating func text() throws -> String {
    position += 1
    var result: [UInt8] = []
    while let byte = current {
      switch byte {
      case UInt8(ascii: "\""):
        position += 1
        // Decoding repairs what is not UTF-8, and then the bytes differ.
        let text = String(decoding: result, as: UTF8.self)
        guard text.utf8.elementsEqual(result) else { throw problem("text that is not UTF-8") }
        return text
      case UInt8(ascii: "\\"):
        position += 1
        try escape(into: &result)
      case 0..<0x20: throw problem("a control character in a text")
      default:
        result.append(byte)
        position += 1
      }
    }
    throw problem("a text without its closing quote")
  }

  mutating func escape(into result: inout [UInt8]) throws {
    guard let byte = current else { throw problem("a text without its closing quote") }
    position += 1
    switch byte {
    case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): result.append(byte)
    case UInt8(ascii: "b"): result.append(8)
    case UInt8(ascii: "f"): result.append(12)
    case UInt8(ascii: "n"): result.append(10)
    case UInt8(ascii: "r"): result.append(13)
    case UInt8(ascii: "t"): result.append(9)
    case UInt8(ascii: "u"):
      var code = try fourHexDigits()
      if code & 0xFC00 == 0xD800 {  // The first of a surrogate pair.
        guard accept("\\"), accept("u") else { throw problem("half a surrogate pair") }
        let low = try fourHexDigits()
        guard low & 0xFC00 == 0xDC00 else { throw problem("half a surrogate pair") }
        code = 0x10000 + (code & 0x3FF) << 10 + low & 0x3FF
      }
      guard let scalar = Unicode.Scalar(code) else { throw problem("half a surrogate pair") }
      result.append(contentsOf: String(Character(scalar)).utf8)
    default: throw problem("an unknown escape")
    }
  }

  mutating func fourHexDigits() throws -> UInt32 {
    var code: UInt32 = 0
    for _ in 0..<4 {
      guard let byte = current, let digit = Character(Unicode.Scalar(byte)).hexDigitValue else {
        throw problem("four hexadecimal digits expected")
      }
      code = code << 4 | UInt32(digit)
      position += 1
    }
    return code
  }
}
