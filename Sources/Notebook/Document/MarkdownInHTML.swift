import Tensors

/// Prose as HTML.
enum MarkdownInHTML {
  static func render(_ blocks: [Markdown.Block]) -> String {
    var html = ""
    /// Lists that are open, outermost first, by their tag.
    var lists: [String] = []
    func closeLists(to depth: Int) {
      while lists.count > depth { html += "</li>\n</\(lists.removeLast())>\n" }
    }
    for (index, block) in blocks.enumerated() {
      guard case .item(let depth, let number, let pieces) = block else {
        // A gap between two items does not end the list.
        if case .gap = block, index + 1 < blocks.count, case .item = blocks[index + 1] { continue }
        closeLists(to: 0)
        html += paragraph(block)
        continue
      }
      let tag = number == nil ? "ul" : "ol"
      let wanted = min(depth, lists.count) + 1
      closeLists(to: wanted)
      if lists.count == wanted, lists.last != tag { closeLists(to: wanted - 1) }
      if lists.count < wanted {
        let start = number.map { $0 == 1 ? "" : " start=\"\($0)\"" } ?? ""
        html += (html.hasSuffix("\n") || html.isEmpty ? "" : "\n") + "<\(tag)\(start)>\n<li>"
        lists.append(tag)
      } else {
        html += "</li>\n<li>"
      }
      html += inline(pieces)
    }
    closeLists(to: 0)
    return html
  }

  private static func paragraph(_ block: Markdown.Block) -> String {
    switch block {
    case .heading(let level, let pieces): "<h\(level)>\(inline(pieces))</h\(level)>\n"
    case .paragraph(let pieces): "<p>\(inline(pieces))</p>\n"
    case .quote(let pieces): "<blockquote>\(inline(pieces))</blockquote>\n"
    case .code(let lines):
      "<pre class=\"code\" tabindex=\"0\"><code>"
        + Markup.escaped(lines.joined(separator: "\n")) + "</code></pre>\n"
    case .gap, .item: ""
    }
  }

  private static func inline(_ pieces: [Markdown.Piece]) -> String {
    pieces.map { piece in
      let text = Markup.escaped(piece.text)
      switch piece.kind {
      case .plain: return text
      case .bold: return "<strong>\(text)</strong>"
      case .emphasis: return "<em>\(text)</em>"
      case .code: return "<code>\(text)</code>"
      case .link(let address):
        return isHarmless(address)
          ? "<a href=\"\(Markup.escaped(address))\" rel=\"noreferrer\">\(text)</a>"
          : "\(text) (\(Markup.escaped(address)))"
      }
    }.joined()
  }

  /// Addresses that lead somewhere and run nothing.
  private static func isHarmless(_ address: String) -> Bool {
    let scheme = address.prefix { $0 != ":" && $0 != "/" && $0 != "#" && $0 != "?" }
    guard scheme.count < address.count, address[scheme.endIndex] == ":" else { return true }
    return ["http", "https", "mailto"].contains(scheme.lowercased())
  }
}
