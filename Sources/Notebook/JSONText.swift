/// One JSON string (RFC 8259, section 7), as the history's lines need it.
package enum JSONText {
  /// `"…"`, with line ends and control characters escaped.
  package static func encode(_ text: String) -> String {
    var result = "\""
    for scalar in text.unicodeScalars {
      switch scalar {
      case "\"": result += "\\\""
      case "\\": result += "\\\\"
      case "\n": result += "\\n"
      case "\t": result += "\\t"
      case _ where scalar.value < 0x20 || scalar.value == 0x7F:
        let digits = String(scalar.value, radix: 16)
        result += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
      default: result.unicodeScalars.append(scalar)
      }
    }
    return result + "\""
  }

  /// The text of a JSON string, quotes included; nil if it is not exactly that.
  package static func decode(_ source: some StringProtocol) -> String? {
    var rest = Substring(source).unicodeScalars
    guard rest.popFirst() == "\"" else { return nil }
    var result = String.UnicodeScalarView()
    var highSurrogate: UInt32?
    while let scalar = rest.popFirst() {
      guard scalar == "\\" else {
        if highSurrogate != nil { return nil }
        if scalar == "\"" { return rest.isEmpty ? String(result) : nil }
        result.append(scalar)
        continue
      }
      guard let escape = rest.popFirst() else { return nil }
      if escape == "u" {
        let digits = rest.prefix(4)
        guard digits.count == 4, let value = UInt32(String(digits), radix: 16) else { return nil }
        rest.removeFirst(4)
        switch (highSurrogate, value) {
        case (nil, 0xD800...0xDBFF): highSurrogate = value
        case (let high?, 0xDC00...0xDFFF):
          let code = 0x10000 + ((high - 0xD800) << 10) + (value - 0xDC00)
          guard let scalar = Unicode.Scalar(code) else { return nil }
          result.append(scalar)
          highSurrogate = nil
        default:
          guard highSurrogate == nil, let scalar = Unicode.Scalar(value) else { return nil }
          result.append(scalar)
        }
        continue
      }
      guard highSurrogate == nil, let plain = escapes[escape] else { return nil }
      result.append(plain)
    }
    return nil
  }

  private static let escapes: [Unicode.Scalar: Unicode.Scalar] = [
    "\"": "\"", "\\": "\\", "/": "/", "b": "\u{8}", "f": "\u{C}", "n": "\n", "r": "\r", "t": "\t",
  ]
}
