import CExpat

/// An element of a small XML file, as a tree. Attributes are not kept: no format here has any.
///
/// Hostile files are refused while they are read: a document type (which is how entities could be
/// defined, and expanded without end), more than a few levels, or too many elements.
struct XMLElement: Sendable {
  let name: String
  /// The characters directly inside it, without space around them.
  fileprivate(set) var text = ""
  fileprivate(set) var children: [XMLElement] = []

  /// What is wrong, and the line at which it was seen.
  struct Problem: Error, Equatable {
    let line: Int
    let what: String
  }

  static let depthLimit = 16
  static let elementLimit = 200_000
  static let textLimit = 4_096

  /// The first child of that name.
  subscript(name: String) -> XMLElement? { children.first { $0.name == name } }

  /// Reads a whole file.
  /// - Throws: `XMLElement.Problem`
  static func parse(_ bytes: [UInt8]) throws -> XMLElement {
    guard let parser = XML_ParserCreate(nil) else {
      throw Problem(line: 0, what: "there is not enough memory")
    }
    defer { XML_ParserFree(parser) }
    let builder = XMLBuilder(parser)
    return try withExtendedLifetime(builder) {
      XML_SetUserData(parser, Unmanaged.passUnretained(builder).toOpaque())
      XML_SetElementHandler(
        parser,
        { data, name, _ in XMLBuilder.at(data)?.begin(name) },
        { data, _ in XMLBuilder.at(data)?.end() })
      XML_SetCharacterDataHandler(parser) { data, text, length in
        XMLBuilder.at(data)?.add(text, length)
      }
      XML_SetStartDoctypeDeclHandler(parser) { data, _, _, _, _ in
        XMLBuilder.at(data)?.stop("it defines a document type, which is not read")
      }
      let status = bytes.withUnsafeBufferPointer { buffer in
        // The callers' limits keep files far below 2 GB.
        buffer.withMemoryRebound(to: CChar.self) {
          XML_Parse(parser, $0.baseAddress, Int32(clamping: $0.count), 1)
        }
      }
      let line = Int(clamping: UInt64(XML_GetCurrentLineNumber(parser)))
      if let what = builder.stopped { throw Problem(line: line, what: what) }
      guard status == XML_STATUS_OK, let root = builder.root else {
        let words = XML_ErrorString(XML_GetErrorCode(parser)).map { String(cString: $0) }
        throw Problem(line: line, what: words ?? "it is no XML")
      }
      return root
    }
  }
}

/// Receives what the parser meets.
private final class XMLBuilder {
  private let parser: XML_Parser
  private var open: [XMLElement] = []
  private var elements = 0
  private(set) var root: XMLElement?
  private(set) var stopped: String?

  init(_ parser: XML_Parser) { self.parser = parser }

  static func at(_ data: UnsafeMutableRawPointer?) -> XMLBuilder? {
    data.map { Unmanaged<XMLBuilder>.fromOpaque($0).takeUnretainedValue() }
  }

  func stop(_ what: String) {
    if stopped == nil { stopped = what }
    XML_StopParser(parser, XML_Bool(0))
  }

  func begin(_ name: UnsafePointer<XML_Char>?) {
    elements += 1
    guard open.count < XMLElement.depthLimit else { return stop("it is nested too deeply") }
    guard elements <= XMLElement.elementLimit else { return stop("it has too many elements") }
    open.append(XMLElement(name: name.map { String(cString: $0) } ?? ""))
  }

  func end() {
    // After a stop the parser may still tell of ends whose beginnings were not kept.
    guard var element = open.popLast() else { return }
    let characters = Array(element.text.utf8)
    func isSpace(_ byte: UInt8) -> Bool { byte == 32 || (9...13).contains(byte) }
    if let first = characters.firstIndex(where: { !isSpace($0) }),
      let last = characters.lastIndex(where: { !isSpace($0) })
    {
      element.text = String(decoding: characters[first...last], as: UTF8.self)
    } else {
      element.text = ""
    }
    if open.isEmpty { root = element } else { open[open.count - 1].children.append(element) }
  }

  func add(_ text: UnsafePointer<XML_Char>?, _ length: Int32) {
    guard let text, length > 0, !open.isEmpty else { return }
    let last = open.count - 1
    guard open[last].text.utf8.count + Int(length) <= XMLElement.textLimit else {
      return stop("it has a text that is too long")
    }
    text.withMemoryRebound(to: UInt8.self, capacity: Int(length)) {
      open[last].text += String(
        decoding: UnsafeBufferPointer(start: $0, count: Int(length)), as: UTF8.self)
    }
  }
}
