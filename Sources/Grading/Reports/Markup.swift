/// Text from outside, made safe for where it goes.
enum Markup {
  /// Text for HTML and XML: nothing in it is markup, and nothing in it is a control character.
  static func escaped(_ text: String) -> String {
    var result = ""
    result.reserveCapacity(text.utf8.count)
    for scalar in text.unicodeScalars {
      switch scalar {
      case "&": result += "&amp;"
      case "<": result += "&lt;"
      case ">": result += "&gt;"
      case "\"": result += "&quot;"
      case "'": result += "&#39;"
      default: result.unicodeScalars.append(plain(scalar))
      }
    }
    return result
  }

  /// Text for a terminal or a text field: no escape sequences, and nothing that turns its direction.
  static func plain(_ text: String) -> String {
    var result = String.UnicodeScalarView()
    for scalar in text.unicodeScalars { result.append(plain(scalar)) }
    return String(result)
  }

  /// Control characters become U+FFFD; XML 1.0 allows no others than tab and newline, and no
  /// non-characters.
  private static func plain(_ scalar: Unicode.Scalar) -> Unicode.Scalar {
    switch scalar.value {
    case 0x09, 0x0A: scalar
    case 0..<0x20, 0x7F...0x9F, 0x200E, 0x200F, 0x202A...0x202E, 0x2066...0x2069, 0xFFFE, 0xFFFF:
      "\u{FFFD}"
    default: scalar
    }
  }

  /// A field of a CSV file (RFC 4180); what a spreadsheet would take for a formula is quoted.
  static func field(_ text: String) -> String {
    var text = plain(text)
    if let first = text.unicodeScalars.first, "=+-@\t".unicodeScalars.contains(first),
      Double(text) == nil
    {
      text = "'" + text
    }
    guard text.contains(where: { "\",;\n".contains($0) }) else { return text }
    return "\""
      + text.split(separator: "\"", omittingEmptySubsequences: false).joined(separator: "\"\"")
      + "\""
  }
}
