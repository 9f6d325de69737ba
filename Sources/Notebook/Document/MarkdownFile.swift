/// A document as a Markdown text, with its figures as files beside it.
package enum MarkdownFile {
  /// - Parameter folder: the name of the folder for the figures.
  package static func render(
    _ document: NotebookDocument, folder: String
  ) -> (text: String, figures: [(name: String, bytes: [UInt8])]) {
    var parts: [String] = []
    var figures: [(name: String, bytes: [UInt8])] = []
    func addTitle(_ cell: NotebookDocument.Cell) {
      if !cell.title.isEmpty { parts.append("**\(cell.title)**") }
    }
    for cell in document.cells {
      switch cell.kind {
      case .raw: continue
      case .markdown:
        if !cell.beginsWithHeading { addTitle(cell) }
        if !cell.content.isEmpty { parts.append(cell.content) }
      case .code:
        addTitle(cell)
        if !cell.content.isEmpty { parts.append(fenced(cell.content, "conch")) }
        for output in cell.outputs {
          switch output {
          case .text(let text), .problem(_, _, let text): parts.append(fenced(text, "text"))
          case .figure(let picture):
            let number = figures.count + 1
            let name = (number < 10 ? "0" : "") + "\(number).png"
            figures.append((name, picture.png))
            let description = picture.description.filter { !"[]\n\\".contains($0) }
            parts.append("![\(description)](\(folder)/\(name))")
          }
        }
      }
    }
    return (parts.joined(separator: "\n\n") + "\n", figures)
  }

  /// Behind more backquotes than the text has.
  private static func fenced(_ text: String, _ language: String) -> String {
    var longest = 0
    var run = 0
    for character in text {
      run = character == "`" ? run + 1 : 0
      longest = max(longest, run)
    }
    let fence = String(repeating: "`", count: max(3, longest + 1))
    return fence + language + "\n" + NotebookDocument.trimmed(text) + "\n" + fence
  }
}
