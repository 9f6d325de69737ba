/// The beginning of an `.npy` file: a Python dictionary that names type, order and shape.
struct NumpyHeader {
  let element: NumpyArray.Element
  let isBigEndian: Bool
  let isColumnMajor: Bool
  let shape: [Int]
  /// Bytes before the first element.
  let length: Int

  private static let longest = 1 << 16

  /// - Throws: `ImageryError.corrupt`, `.truncated`, `.unsupportedFormat`
  init(_ bytes: [UInt8], name: String) throws {
    func corrupt(_ what: String) -> ImageryError { ImageryError(.corrupt, name, given: what) }
    guard FileKind(bytes) == .numpy else { throw corrupt("it does not begin as NumPy's files do") }
    guard bytes.count >= 12 else {
      throw ImageryError(.truncated, name, given: "only a part", expected: "the header")
    }
    // Version 1 counts its header in two bytes, later ones in four.
    let isShort = bytes[6] == 1
    let start = isShort ? 10 : 12
    var size = 0
    for i in (8..<start).reversed() { size = size << 8 | Int(bytes[i]) }
    guard (1...3).contains(bytes[6]), size <= NumpyHeader.longest else {
      throw corrupt("its header has an unknown version or length")
    }
    guard bytes.count >= start + size else {
      throw ImageryError(.truncated, name, given: "only a part", expected: "the header")
    }
    length = start + size
    let header = Array(bytes[start..<(start + size)])
    guard let type = NumpyHeader.quoted(after: "'descr'", in: header),
      let order = NumpyHeader.word(after: "'fortran_order'", in: header),
      let shape = NumpyHeader.tuple(after: "'shape'", in: header), shape.count <= 32
    else { throw corrupt("its header cannot be understood") }
    isColumnMajor = order == "True"
    self.shape = shape
    guard let (element, isBigEndian) = NumpyHeader.element(type) else {
      throw ImageryError(
        .unsupportedFormat, name, given: "a NumPy array of `\(type)`",
        expected: "arrays of whole and floating numbers")
    }
    (self.element, self.isBigEndian) = (element, isBigEndian)
  }

  /// "<f4", "|u1", ">i2", "<U12".
  private static func element(_ type: String) -> (NumpyArray.Element, Bool)? {
    let characters = Array(type.utf8)
    guard characters.count >= 3, characters.count <= 8,
      let size = Int(String(decoding: characters[2...], as: UTF8.self)), size >= 0
    else { return nil }
    let isBig = characters[0] == UInt8(ascii: ">")
    guard "<>|=".utf8.contains(characters[0]) else { return nil }
    switch (characters[1], size) {
    case (UInt8(ascii: "b"), 1): return (.boolean, isBig)
    case (UInt8(ascii: "u"), 1), (UInt8(ascii: "u"), 2), (UInt8(ascii: "u"), 4),
      (UInt8(ascii: "u"), 8):
      return (.unsigned(bytes: size), isBig)
    case (UInt8(ascii: "i"), 1), (UInt8(ascii: "i"), 2), (UInt8(ascii: "i"), 4),
      (UInt8(ascii: "i"), 8):
      return (.signed(bytes: size), isBig)
    case (UInt8(ascii: "f"), 2), (UInt8(ascii: "f"), 4), (UInt8(ascii: "f"), 8):
      return (.floating(bytes: size), isBig)
    case (UInt8(ascii: "U"), 1...4096): return (.text(length: size), isBig)
    case (UInt8(ascii: "S"), 1...4096): return (.bytes(length: size), isBig)
    default: return nil
    }
  }

  /// What follows a key and its colon.
  private static func rest(after key: String, in header: [UInt8]) -> ArraySlice<UInt8>? {
    let pattern = Array(key.utf8)
    guard header.count > pattern.count,
      let found = (0...(header.count - pattern.count)).first(where: {
        header[$0..<($0 + pattern.count)].elementsEqual(pattern)
      })
    else { return nil }
    let after = header[(found + pattern.count)...].drop { $0 == UInt8(ascii: " ") }
    guard after.first == UInt8(ascii: ":") else { return nil }
    return after.dropFirst().drop { $0 == UInt8(ascii: " ") }
  }

  private static func quoted(after key: String, in header: [UInt8]) -> String? {
    guard let rest = rest(after: key, in: header), rest.first == UInt8(ascii: "'") else {
      return nil
    }
    return String(decoding: rest.dropFirst().prefix { $0 != UInt8(ascii: "'") }, as: UTF8.self)
  }

  private static func word(after key: String, in header: [UInt8]) -> String? {
    rest(after: key, in: header).map { rest in
      String(
        decoding: rest.prefix { UInt8(ascii: "A")...UInt8(ascii: "z") ~= $0 }, as: UTF8.self)
    }
  }

  private static func tuple(after key: String, in header: [UInt8]) -> [Int]? {
    guard let rest = rest(after: key, in: header), rest.first == UInt8(ascii: "("),
      let end = rest.firstIndex(of: UInt8(ascii: ")"))
    else { return nil }
    var sizes: [Int] = []
    for part in rest[(rest.startIndex + 1)..<end].split(separator: UInt8(ascii: ",")) {
      let digits = part.filter { $0 != UInt8(ascii: " ") }
      if digits.isEmpty { continue }
      guard let size = Int(String(decoding: digits, as: UTF8.self)), size >= 0 else { return nil }
      sizes.append(size)
    }
    return sizes
  }
}
