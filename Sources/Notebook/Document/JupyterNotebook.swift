import Language
import Tensors

/// Documents as Jupyter notebooks (nbformat 4.5), and back.
///
/// A cell of code keeps its marker as its first line, so that its title is seen in Jupyter too. Prose
/// loses its comment marks; its marker goes into the metadata, and so does the little that a script
/// may have and a notebook has no place for (the first line, unusual blank lines). So a script comes
/// back byte for byte.
package enum JupyterNotebook {
  /// Bytes that a notebook may have.
  package static let sizeLimit = 256 << 20

  /// The file's text.
  package static func render(_ document: NotebookDocument) -> String {
    let identifiers = document.identifiers
    let cells = document.cells.indices.map { index in
      cell(document.cells[index], identifiers[index], isLast: index == document.cells.count - 1)
    }
    let metadata: [JSON.Member] = [
      .init("conch", .object([.init("header", .text(document.header))])),
      .init(
        "kernelspec",
        .object([.init("display_name", .text("Conch")), .init("name", .text("conch"))])),
      .init(
        "language_info",
        .object([
          .init("file_extension", .text(".conch")), .init("mimetype", .text("text/x-conch")),
          .init("name", .text("conch")),
        ])),
    ]
    return JSON.object([
      .init("cells", .array(cells)), .init("metadata", .object(metadata)),
      .init("nbformat", .integer(4)), .init("nbformat_minor", .integer(5)),
    ]).indented(by: 1) + "\n"
  }

  private static func cell(
    _ cell: NotebookDocument.Cell, _ identifier: String, isLast: Bool
  ) -> JSON {
    let source: String
    var notes: [JSON.Member] = []
    switch cell.kind {
    case .code:
      source = NotebookDocument.trimmedEnd(cell.text)
      if !beginsWithMarker(source) { notes.append(.init("marker", .text(""))) }
    case .markdown, .raw:
      source = cell.content
      notes.append(.init("marker", .text(marker(of: cell))))
    }
    // What the notebook has no place for; nothing in the usual case.
    if scriptText(cell.kind, source, marker: marker(of: cell), isLast: isLast) != cell.text {
      notes.append(.init("text", .text(cell.text)))
    }
    var members: [JSON.Member] = [.init("cell_type", .text(type(of: cell.kind)))]
    if cell.kind == .code {
      members.append(.init("execution_count", cell.number.map { .integer($0) } ?? .null))
    }
    members.append(.init("id", .text(identifier)))
    members.append(
      .init("metadata", .object(notes.isEmpty ? [] : [.init("conch", .object(notes))])))
    if cell.kind == .code {
      members.append(.init("outputs", .array(cell.outputs.map(output))))
    }
    members.append(.init("source", lines(source)))
    return .object(members)
  }

  private static func type(of kind: Cell.Kind) -> String {
    switch kind {
    case .code: "code"
    case .markdown: "markdown"
    case .raw: "raw"
    }
  }

  private static func marker(of cell: NotebookDocument.Cell) -> String {
    guard let end = cell.text.firstIndex(of: "\n") else { return cell.text }
    return String(cell.text[..<end])
  }

  private static func output(_ output: NotebookDocument.Output) -> JSON {
    switch output {
    case .text(let text):
      .object([
        .init("name", .text("stdout")), .init("output_type", .text("stream")),
        .init("text", lines(text)),
      ])
    case .figure(let picture):
      .object([
        .init(
          "data",
          .object([
            .init("image/png", .text(Base64.encoded(picture.png))),
            .init("text/plain", lines(picture.description)),
          ])),
        .init(
          "metadata",
          .object([
            .init(
              "image/png",
              .object([
                .init("height", .integer(picture.height)), .init("width", .integer(picture.width)),
              ]))
          ])),
        .init("output_type", .text("display_data")),
      ])
    case .problem(let code, let sentence, let message):
      .object([
        .init("ename", .text(code)), .init("evalue", .text(sentence)),
        .init("output_type", .text("error")),
        .init(
          "traceback", .array(message.split(separator: "\n").map { .text(String($0)) })),
      ])
    }
  }

  /// A text as the array of lines that notebooks are written with.
  private static func lines(_ text: String) -> JSON {
    var lines: [JSON] = []
    var rest = Substring(text)
    while let end = rest.firstIndex(of: "\n") {
      lines.append(.text(String(rest[...end])))
      rest = rest[rest.index(after: end)...]
    }
    if !rest.isEmpty { lines.append(.text(String(rest))) }
    return .array(lines)
  }

  /// How a cell stands in a script, up to the next cell.
  private static func scriptText(
    _ kind: Cell.Kind, _ source: String, marker: String, isLast: Bool
  ) -> String {
    let body: String
    switch kind {
    case .code: body = source
    case .markdown, .raw:
      body = marker + (source.isEmpty ? "" : "\n" + CommentedText.commented(source))
    }
    return body + (isLast ? "\n" : "\n\n")
  }

  // MARK: Back to a script

  /// What an import could not keep.
  package struct Imported {
    package let script: String
    package let cellCount: Int
    /// Sentences.
    package let notes: [String]
  }

  /// What is wrong with a notebook, in a sentence.
  package struct Problem: Error, Equatable {
    package let sentence: String
  }

  /// The script of a notebook.
  package static func script(of bytes: [UInt8]) throws(Problem) -> Imported {
    let notebook: JSON
    do {
      notebook = try JSON.parse(bytes)
    } catch {
      throw Problem(sentence: "this is no notebook: it is not JSON")
    }
    guard case .array(let cells)? = notebook["cells"] else {
      throw Problem(
        sentence: notebook["worksheets"] != nil
          ? "this notebook is older than nbformat 4: open and save it in Jupyter first"
          : "this is no notebook: it has no cells")
    }
    let metadata = notebook["metadata"]
    let language =
      text(metadata?["language_info"]?["name"])
      ?? text(
        metadata?["kernelspec"]?["language"])
    let isOurs = language == nil || language == "conch"
    let header = text(metadata?["conch"]?["header"]) ?? "#!/usr/bin/env conch\n"
    var script = isSafe(header) ? header : ""
    var notes: [String] = []
    for (index, cell) in cells.enumerated() {
      script += self.text(
        of: cell, isOurs: isOurs, isLast: index == cells.count - 1)
    }
    if !isOurs, let language {
      notes.append(
        "The code is \(language): its cells are comments now ([raw]), for you to translate.")
    }
    if cells.contains(where: { $0["attachments"] != nil }) {
      notes.append("Pictures that were pasted into the prose are left out.")
    }
    return Imported(script: script, cellCount: cells.count, notes: notes)
  }

  /// A header must stay one: comment lines and blank ones.
  private static func isSafe(_ header: String) -> Bool {
    header.split(separator: "\n").allSatisfy { $0.first == "#" || $0.allSatisfy(\.isWhitespace) }
      && (header.isEmpty || header.hasSuffix("\n"))
  }

  private static func text(of cell: JSON, isOurs: Bool, isLast: Bool) -> String {
    let source = text(cell["source"]) ?? ""
    let notes = cell["metadata"]?["conch"]
    var kind: Cell.Kind =
      switch text(cell["cell_type"]) {
      case "markdown": .markdown
      case "raw": .raw
      default: .code
      }
    if kind == .code, !isOurs { kind = .raw }
    let wholeText = text(notes?["text"])
    let noted = text(notes?["marker"])
    let marker =
      noted.flatMap { self.kind(ofMarker: $0) == kind ? $0 : nil } ?? self.marker(kind, source)
    // The text as it was, unless the cell has been edited since.
    if let wholeText, self.source(of: wholeText, kind) == source { return wholeText }
    let needsMarker = kind == .code && !beginsWithMarker(source) && noted != ""
    return scriptText(
      kind, needsMarker ? "#%%\n" + source : source, marker: marker, isLast: isLast)
  }

  /// What a notebook's cell would have as its source.
  private static func source(of text: String, _ kind: Cell.Kind) -> String? {
    switch kind {
    case .code: NotebookDocument.trimmedEnd(text)
    case .markdown, .raw: soleCell(of: text, kind)?.content
    }
  }

  /// The cell that a text consists of; nil if there are more, which a notebook would not show.
  private static func soleCell(of text: String, _ kind: Cell.Kind) -> NotebookDocument.Cell? {
    let document = NotebookDocument(Source(name: "", text: text), name: "")
    guard document.header.isEmpty, document.cells.count == 1, document.cells[0].kind == kind else {
      return nil
    }
    return document.cells[0]
  }

  private static func beginsWithMarker(_ source: String) -> Bool {
    kind(ofMarker: String(source.prefix { $0 != "\n" })) != nil
  }

  private static func kind(ofMarker line: String) -> Cell.Kind? {
    guard !line.contains("\n") else { return nil }
    return Cells.split(Source(name: "", text: line + "\n"))
      .first { !$0.marker.isEmpty }?.kind
  }

  /// A marker for a cell from elsewhere: its first heading is its title.
  private static func marker(_ kind: Cell.Kind, _ source: String) -> String {
    switch kind {
    case .code: return "#%%"
    case .raw: return "#%% [raw]"
    case .markdown:
      guard case .heading(_, let pieces)? = Markdown.blocks(of: source).first else {
        return "#%% [markdown]"
      }
      let title = Markdown.plain(pieces).filter { !"[]=\"".contains($0) }
      return "#%% \(title) [markdown]"
    }
  }

  /// A text that is written as one string or as an array of lines.
  private static func text(_ value: JSON?) -> String? {
    switch value {
    case .text(let text): text
    case .array(let lines):
      lines.map { if case .text(let line) = $0 { line } else { "" } }.joined()
    default: nil
    }
  }
}

extension NotebookDocument {
  /// Without blank lines at the end.
  static func trimmedEnd(_ text: String) -> String {
    var lines = text.split(separator: "\n", omittingEmptySubsequences: false)[...]
    while lines.last?.allSatisfy(\.isWhitespace) == true { lines.removeLast() }
    return lines.joined(separator: "\n")
  }
}
