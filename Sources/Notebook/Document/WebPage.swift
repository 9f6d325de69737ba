import Tensors
import Language

/// A document as one web page that needs nothing else: it reads on a phone, prints, follows the
/// reader's choice of light or dark, and says in words what its figures show.
package enum WebPage {
  package static func render(_ document: NotebookDocument) -> String {
    let identifiers = document.identifiers
    var sections: [String] = []
    var headings: [(id: String, level: Int, text: String)] = []
    for (index, cell) in document.cells.enumerated() {
      switch cell.kind {
      case .raw: continue
      case .markdown:
        let blocks = Markdown.blocks(of: cell.content)
        for case .heading(let level, let pieces) in blocks.prefix(1) where level <= 2 {
          headings.append((identifiers[index], level, Markdown.plain(pieces)))
        }
        let title = cell.beginsWithHeading ? "" : titled(cell)
        sections.append(
          "<section id=\"\(identifiers[index])\" class=\"prose\">\n" + title
            + MarkdownInHTML.render(blocks) + "</section>\n")
      case .code: sections.append(code(cell, identifiers[index]))
      }
    }
    // The contents stand under the title.
    sections.insert(contents(headings), at: min(1, sections.count))
    let title = Markup.escaped(document.title)
    return """
      <!DOCTYPE html>
      <html lang="en">
      <head>
      <meta charset="utf-8">
      <meta name="viewport" content="width=device-width, initial-scale=1">
      <meta name="color-scheme" content="light dark">
      <meta name="generator" content="Conch">
      <meta http-equiv="Content-Security-Policy" content="default-src 'none'; img-src data:; \
      style-src 'unsafe-inline'">
      <title>\(title)</title>
      <style>
      \(styles)
      </style>
      </head>
      <body>
      <main>
      \(sections.joined())</main>
      </body>
      </html>

      """
  }

  private static func contents(_ headings: [(id: String, level: Int, text: String)]) -> String {
    guard headings.count > 3 else { return "" }
    let items = headings.filter { $0.level == 2 || headings[0].level > 1 }.map {
      "<li><a href=\"#\($0.id)\">\(Markup.escaped($0.text))</a></li>\n"
    }
    guard items.count > 2 else { return "" }
    return "<nav aria-label=\"Contents\"><details><summary>Contents</summary>\n<ul>\n"
      + items.joined() + "</ul>\n</details></nav>\n"
  }

  private static func titled(_ cell: NotebookDocument.Cell) -> String {
    cell.title.isEmpty ? "" : "<h3 class=\"title\">\(Markup.escaped(cell.title))</h3>\n"
  }

  private static func code(_ cell: NotebookDocument.Cell, _ identifier: String) -> String {
    var html = "<section id=\"\(identifier)\" class=\"cell\">\n" + titled(cell)
    if !cell.content.isEmpty {
      html += "<pre class=\"code\" tabindex=\"0\"><code>"
      for (text, kind) in Highlighting.parts(of: Source(name: "", text: cell.content)) {
        html +=
          kind == .plain
          ? Markup.escaped(text) : "<span class=\"\(kind.rawValue)\">\(Markup.escaped(text))</span>"
      }
      html += "</code></pre>\n"
    }
    for output in cell.outputs {
      switch output {
      case .text(let text):
        html += "<pre class=\"output\" tabindex=\"0\">\(Markup.escaped(text))</pre>\n"
      case .figure(let picture): html += figure(picture)
      case .problem(_, _, let message):
        html += "<pre class=\"problem\" tabindex=\"0\">\(Markup.escaped(message))</pre>\n"
      }
    }
    return html + "</section>\n"
  }

  private static func figure(_ picture: NotebookDocument.Picture) -> String {
    let (kind, bytes) =
      picture.svg.map { ("svg+xml", Array($0.utf8)) } ?? ("png", picture.png)
    return "<figure><img width=\"\(picture.width)\" height=\"\(picture.height)\" "
      + "alt=\"\(Markup.escaped(picture.description))\" "
      + "src=\"data:image/\(kind);base64,\(Base64.encoded(bytes))\"></figure>\n"
  }

  private static let styles = """
    :root { --text: #1c2430; --faint: #56606e; --page: #fff; --code: #f4f6f9; --line: #d5dbe3;
      --keyword: #8a1f77; --string: #1d6a3a; --callee: #0b5c8a; --label: #6a4a00; --warn: #a1260d; }
    @media (prefers-color-scheme: dark) {
      :root { --text: #e4e8ee; --faint: #9aa5b3; --page: #14181e; --code: #1e242c; --line: #38414d;
        --keyword: #e29ad6; --string: #8fd3a5; --callee: #82c7ee; --label: #e0bd74; --warn: #ff9c85; }
    }
    * { box-sizing: border-box; }
    html { -webkit-text-size-adjust: 100%; }
    body { margin: 0; background: var(--page); color: var(--text);
      font: 1rem/1.6 system-ui, -apple-system, "Segoe UI", sans-serif; }
    main { max-width: 50rem; margin: 0 auto; padding: 1rem 1rem 4rem; overflow-wrap: break-word; }
    h1, h2, h3 { line-height: 1.25; margin: 2rem 0 0.5rem; }
    h1 { font-size: 1.8rem; } h2 { font-size: 1.35rem; }
    h3.title { font-size: 0.9rem; margin: 1.5rem 0 0.3rem; color: var(--faint); }
    p, ul, ol, blockquote { margin: 0.6rem 0; }
    blockquote { border-left: 3px solid var(--line); padding-left: 1rem; color: var(--faint); }
    a { color: var(--callee); }
    nav { margin: 1rem 0; } summary { cursor: pointer; color: var(--faint); }
    pre, code { font-family: ui-monospace, "SF Mono", Menlo, Consolas, "DejaVu Sans Mono", monospace;
      font-size: 0.85rem; }
    pre { line-height: 1.45; overflow-x: auto; margin: 0.4rem 0; padding: 0.6rem 0.8rem;
      border-radius: 6px; tab-size: 2; }
    p code, li code { background: var(--code); border-radius: 3px; padding: 0.1em 0.3em; }
    pre.code { background: var(--code); border: 1px solid var(--line); }
    pre.output { padding: 0.2rem 0.8rem; border-left: 3px solid var(--line); border-radius: 0; }
    pre.problem { color: var(--warn); border-left: 3px solid var(--warn); border-radius: 0; }
    .comment { color: var(--faint); } .keyword { color: var(--keyword); }
    .number, .text { color: var(--string); } .callee { color: var(--callee); }
    .label { color: var(--label); }
    .blank { font-weight: bold; outline: 1px dashed; padding: 0 0.3em; }
    figure { margin: 0.6rem 0; }
    figure img { max-width: 100%; height: auto; background: #fff; border-radius: 6px; }
    @media (max-width: 40rem) { pre, pre code { font-size: 0.75rem; } main { padding: 0.5rem 0.7rem 3rem; } }
    @media print {
      :root { --text: #000; --faint: #444; --page: #fff; --code: #fff; --line: #bbb; --keyword: #000;
        --string: #000; --callee: #000; --label: #000; }
      main { max-width: none; padding: 0; } nav { display: none; }
      pre { white-space: pre-wrap; } figure, pre { break-inside: avoid; } h1, h2, h3 { break-after: avoid; }
    }
    """
}
