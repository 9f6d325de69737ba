/// Text from outside, made safe for where it goes.
package enum Markup {
  /// Text for HTML and XML: nothing in it is markup, and nothing in it is a control character.
  package static func escaped(_ text: String) -> String {
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
  package static func plain(_ text: String) -> String {
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
}
