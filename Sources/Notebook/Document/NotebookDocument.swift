import Figures
import Language
import Tensors

/// A script as a document: its cells, and what each showed when it ran.
package struct NotebookDocument {
  package struct Cell {
    package let kind: Language.Cell.Kind
    package let title: String
    package let id: String?
    /// Marker and body as they stand in the script, up to the next cell.
    package let text: String
    /// Code without its marker, prose without comment marks; no blank lines around it.
    package let content: String
    package internal(set) var outputs: [Output] = []
    /// Place among the cells of code that were reached, from 1.
    package internal(set) var number: Int?

    /// Of prose: whether its first line is a heading, which then says what the title says.
    var beginsWithHeading: Bool {
      if case .heading? = Markdown.blocks(of: content).first { true } else { false }
    }
  }

  package enum Output {
    case text(String)
    case figure(Picture)
    case problem(code: String, sentence: String, message: String)
  }

  /// A figure in the forms that documents need.
  package struct Picture {
    package let png: [UInt8]
    /// Nil where the figure consists of pixels, so that a drawing would only be larger.
    package let svg: String?
    /// In pixels of 1/96 inch.
    package let width: Int
    package let height: Int
    /// What it shows, for those who cannot see it.
    package let description: String
  }

  package let name: String
  /// What stands before the first cell: the `#!` line.
  package let header: String
  package internal(set) var cells: [Cell]

  /// - Parameter name: the file's name without folder and ending.
  package init(_ source: Source, name: String) {
    self.name = name
    let parts = Cells.split(source)
    let starts = parts.map { $0.marker.isEmpty ? $0.body.start : $0.marker.start }
    header = source.slice(
      Span(start: 0, end: starts.first ?? Int32(source.bytes.count)))
    cells = parts.indices.map { index in
      let part = parts[index]
      let body = source.slice(part.body)
      return Cell(
        kind: part.kind, title: part.title, id: part.id,
        text: source.slice(Span(start: starts[index], end: part.body.end)),
        content: Self.trimmed(part.kind == .code ? body : CommentedText.uncommented(body)))
    }
  }

  /// The first heading of the prose, the title of the first cell, or the file's name.
  package var title: String {
    for cell in cells where cell.kind == .markdown {
      for case .heading(_, let pieces) in Markdown.blocks(of: cell.content) {
        return Markdown.plain(pieces)
      }
    }
    return cells.first { !$0.title.isEmpty }?.title ?? name
  }

  /// Without blank lines before and after.
  static func trimmed(_ text: String) -> String {
    var lines = text.split(separator: "\n", omittingEmptySubsequences: false)[...]
    while lines.first?.allSatisfy(\.isWhitespace) == true { lines.removeFirst() }
    while lines.last?.allSatisfy(\.isWhitespace) == true { lines.removeLast() }
    return lines.joined(separator: "\n")
  }

  /// Names that are unique among the cells: their `id`, or their number.
  var identifiers: [String] {
    var taken: Set<String> = []
    return cells.enumerated().map { index, cell in
      let allowed = (cell.id ?? "").unicodeScalars.filter {
        $0.isASCII && ($0.properties.isAlphabetic || $0.properties.numericType != nil)
          || $0 == "-" || $0 == "_"
      }
      let wish = String(String.UnicodeScalarView(allowed).prefix(50))
      var name = wish.isEmpty ? "cell-\(index + 1)" : wish
      while !taken.insert(name).inserted { name += "-\(index + 1)" }
      return name
    }
  }
}

/// Text in comment lines, as the bodies of markdown cells are.
enum CommentedText {
  static func uncommented(_ body: String) -> String {
    body.split(separator: "\n", omittingEmptySubsequences: false).map { line -> Substring in
      guard line.first == "#" else { return line }
      let rest = line.dropFirst()
      return rest.first == " " ? rest.dropFirst() : rest
    }.joined(separator: "\n")
  }

  static func commented(_ text: String) -> String {
    text.split(separator: "\n", omittingEmptySubsequences: false)
      .map { $0.isEmpty ? "#" : "# " + $0 }.joined(separator: "\n")
  }
}

extension NotebookDocument {
  /// Writes the document, whole or not at all; as Markdown with a folder for the figures beside it.
  package func write(to path: String, as format: ExportFormat) throws {
    switch format {
    case .html: try Files.writeAtomically(path, Array(WebPage.render(self).utf8))
    case .ipynb: try Files.writeAtomically(path, Array(JupyterNotebook.render(self).utf8))
    case .md:
      let stem = path.hasSuffix(".md") ? String(path.dropLast(3)) : path
      let folder = stem + "-figures"
      let (text, figures) = MarkdownFile.render(
        self, folder: String(folder.split(separator: "/").last ?? "figures"))
      if !figures.isEmpty { try Files.makeFolder(folder) }
      for (name, bytes) in figures { try Files.writeAtomically("\(folder)/\(name)", bytes) }
      try Files.writeAtomically(path, Array(text.utf8))
    }
  }
}
