import Tensors

extension Markup {
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
