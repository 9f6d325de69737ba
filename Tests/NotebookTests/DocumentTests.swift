import Figures
import Foundation
import Language
import Notebook
import Tensors
import Testing

#if canImport(FoundationXML)
  import FoundationXML
#endif

private func document(_ script: String) -> NotebookDocument {
  let console = Console(
    page: TerminalPage(columns: 80, colour: .monochrome), isTerminal: false,
    errorStyle: TerminalStyle(.monochrome), write: { _ in }, writeError: { _ in })
  return DocumentRun.run(
    Source(name: "a.conch", text: script), name: "a", console: console,
    options: Invocation.Options()
  ).document
}

@Suite("Documents") struct DocumentTests {
  private static let script =
    LessonText.small + """
      #%% A figure
      show bars({a: 1, b: 2} title: "Two <bars> & \\"more\\"")
      show "after <it>"

      #%% Wrong
      x = [1, 2]
      x[5]

      #%% Not reached
      show "never"

      """

  @Test("What is shown stands under its cell; the script ends where it ends anywhere")
  func outputs() {
    let document = document(Self.script)
    #expect(document.title == "A small lesson")
    #expect(document.cells.count == 7)
    #expect(document.cells.map(\.number) == [nil, 1, 2, 3, 4, 5, nil])
    guard case .text(let text)? = document.cells[2].outputs.first else {
      Issue.record("no output")
      return
    }
    #expect(text == "Predict first: What is rate times steps?\n5\n")
    guard case .figure(let picture)? = document.cells[4].outputs.first,
      case .problem(let code, _, let message)? = document.cells[5].outputs.first
    else {
      Issue.record("no figure or no problem")
      return
    }
    #expect(picture.description.contains("Two <bars>"))
    #expect(code.hasPrefix("E03") && message.hasPrefix("a.conch:"))
  }

  @Test("The same script gives the same bytes in every format")
  func deterministic() {
    let (one, two) = (document(Self.script), document(Self.script))
    #expect(WebPage.render(one) == WebPage.render(two))
    #expect(JupyterNotebook.render(one) == JupyterNotebook.render(two))
    #expect(
      MarkdownFile.render(one, folder: "f").text == MarkdownFile.render(two, folder: "f").text)
  }

  @Test("The page is whole: balanced, escaped, described, and asks the network for nothing")
  func page() throws {
    let page = WebPage.render(document(Self.script))
    // An XML parser reads it once the elements that HTML leaves open are closed.
    let closed = page.replacing("<!DOCTYPE html>\n", with: "")
      .replacing(/<(meta|img)([^>]*)>/) { "<\($0.1)\($0.2)/>" }
    let parser = XMLParser(data: Data(closed.utf8))
    #expect(parser.parse(), "\(parser.parserError.map { "\($0)" } ?? "")")
    for image in page.matches(of: /<img[^>]*>/) {
      #expect(image.0.contains("alt=\"") && !image.0.contains("alt=\"\""))
      #expect(image.0.contains("src=\"data:image/"))
    }
    #expect(page.contains("Two &lt;bars&gt; &amp; &quot;more&quot;"))
    #expect(page.contains("after &lt;it&gt;"))
    #expect(page.contains("name=\"viewport\"") && page.contains("prefers-color-scheme: dark"))
    #expect(page.contains("@media print") && page.contains("lang=\"en\""))
    let addresses = page.matches(of: /(src|href)="([^"]{0,12})/).map { String($0.2) }
    #expect(addresses.allSatisfy { $0.hasPrefix("data:image/") || $0.hasPrefix("#") })
  }

  @Test("Prose is markup, and never a program")
  func prose() {
    let text = """
      #%% [markdown]
      # Some [good](https://a.b/c?d=1&e) and [bad](javascript:alert(1)) links, <script>x</script>.
      #
      # 1. one
      # 2. two
      #    - inner `a<b`
      #
      # > said
      """
    let page = WebPage.render(document(text))
    #expect(page.contains("<a href=\"https://a.b/c?d=1&amp;e\" rel=\"noreferrer\">good</a>"))
    #expect(!page.contains("href=\"javascript") && !page.contains("<script"))
    #expect(page.contains("<ol>\n<li>one</li>\n<li>two\n<ul>\n<li>inner <code>a&lt;b</code></li>"))
    #expect(page.contains("<blockquote>said</blockquote>"))
  }

  @Test("Markdown keeps what has backquotes in it apart from its fences")
  func markdown() {
    let (text, figures) = MarkdownFile.render(
      document("#%% A\nshow \"```\"\nshow bars({a: 1})"), folder: "a-figures")
    #expect(text.contains("````text\n```\n````"))
    #expect(text.contains("](a-figures/01.png)") && figures.count == 1)
  }
}

@Suite("Jupyter notebooks") struct JupyterTests {
  private func script(_ notebook: String) throws -> String {
    try JupyterNotebook.script(of: Array(notebook.utf8)).script
  }

  private static let scripts = [
    "", "x = 1", "x = 1\n", "\n\nx = 1\n\n\n", LessonText.small,
    "#!/usr/bin/env conch\n\n# first\nx = 1\n#%% A\ny = 2\n#%% B\n\n\n\nz = 3\n\n\n\n#%% C",
    "# %% odd marker key=\"a b\" points=2\nx = 1\n#%% [markdown]\n# text\nnot a comment\n#no space\n",
    "#%% [raw] a=\"1\"\n# raw\n\n#%% [md]\n#\n# text\n#\n\n#%% last [markdown]\n# end",
    "#%% A\ns = \"\"\"\n#%% no marker\n\"\"\"\n#%% B id=\"q 1\"\n…\n#%% C id=\"q 1\"\n…\n",
    "#%% É 漢字 [markdown]\n# “quoted” \\ \"x\"\t\n\n#%%\nshow \"\\u{1F600}\"\n",
  ]

  @Test("A script comes back from a notebook byte for byte", arguments: scripts)
  func roundTrip(_ text: String) throws {
    let notebook = JupyterNotebook.render(document(text))
    #expect(try script(notebook) == text)
    // And the notebook from that script.
    #expect(JupyterNotebook.render(document(try script(notebook))) == notebook)
  }

  @Test("Notebooks keep the rules of nbformat 4.5", arguments: scripts)
  func rules(_ text: String) throws {
    let notebook = try JSON.parse(Array(JupyterNotebook.render(document(text)).utf8))
    try NotebookRules.check(notebook)
  }

  @Test("So do notebooks with figures, errors and texts")
  func rulesOfOutputs() throws {
    let text = "#%% A\nshow bars({a: 1})\nshow 1\n1 // 0\n#%% B\nshow 2"
    try NotebookRules.check(
      try JSON.parse(Array(JupyterNotebook.render(document(text)).utf8)))
  }

  @Test("An edited notebook gives the edited script")
  func edited() throws {
    let notebook = JupyterNotebook.render(document("#%% A\nx = 1\n\n\n\n#%% B [markdown]\n# old\n"))
    let changed = notebook.replacing("\"x = 1\"", with: "\"x = 2\"").replacing(
      "\"old\"", with: "\"new\"")
    #expect(try script(changed) == "#%% A\nx = 2\n\n#%% B [markdown]\n# new\n")
  }

  @Test("A notebook of another language is prose and comments")
  func foreign() throws {
    let notebook = """
      {"cells": [
        {"cell_type": "markdown", "metadata": {}, "source": ["# Title: a=1\\n", "text"]},
        {"cell_type": "code", "metadata": {}, "source": "import os\\n#%% cell", "outputs": [],
         "execution_count": null}],
       "metadata": {"language_info": {"name": "python"}}, "nbformat": 4, "nbformat_minor": 2}
      """
    let imported = try JupyterNotebook.script(of: Array(notebook.utf8))
    #expect(
      imported.script
        == "#!/usr/bin/env conch\n#%% Title: a1 [markdown]\n# # Title: a=1\n# text\n\n"
        + "#%% [raw]\n# import os\n# #%% cell\n")
    #expect(imported.notes.count == 1 && imported.cellCount == 2)
    let recorded = RecordedSession()
    #expect(recorded.session.run(Source(name: "a", text: imported.script)) == .finished)
  }

  @Test(
    "What is no notebook is said in a sentence",
    arguments: ["", "x = 1", "{}", "[1]", "{\"worksheets\": []}", "{\"cells\": {}}"])
  func noNotebook(_ text: String) {
    #expect(throws: JupyterNotebook.Problem.self) { try script(text) }
  }

  /// Whatever a file holds, it becomes a script or a sentence.
  @Test("Damaged notebooks end in no crash")
  func damaged() {
    let bytes = Array(JupyterNotebook.render(document(LessonText.small)).utf8)
    var state: UInt64 = 1
    func random(_ bound: Int) -> Int {
      state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      return Int(state >> 33) % bound
    }
    for _ in 0..<300 {
      var damaged = bytes
      for _ in 0...random(4) {
        let place = random(damaged.count)
        switch random(3) {
        case 0: damaged[place] = UInt8(random(256))
        case 1: damaged.removeSubrange(place..<min(damaged.count, place + 1 + random(20)))
        default: damaged.insert(contentsOf: "[{\"null".utf8.prefix(1 + random(6)), at: place)
        }
      }
      _ = try? JupyterNotebook.script(of: damaged)
    }
  }
}

/// The schema of nbformat 4.5, as far as what is written here could break it.
private enum NotebookRules {
  struct Broken: Error {
    let rule: String
    init(_ rule: String) { self.rule = rule }
  }

  static func check(_ notebook: JSON) throws {
    try keys(notebook, ["cells", "metadata", "nbformat", "nbformat_minor"])
    guard notebook["nbformat"] == .integer(4), notebook["nbformat_minor"] == .integer(5),
      case .array(let cells)? = notebook["cells"]
    else { throw Broken("top level") }
    guard case .text? = notebook["metadata"]?["kernelspec"]?["name"],
      case .text? = notebook["metadata"]?["kernelspec"]?["display_name"],
      case .text? = notebook["metadata"]?["language_info"]?["name"]
    else { throw Broken("metadata") }
    var identifiers: Set<String> = []
    for cell in cells {
      guard case .text(let id)? = cell["id"], (1...64).contains(id.count),
        id.wholeMatch(of: /[a-zA-Z0-9-_]+/) != nil, identifiers.insert(id).inserted
      else { throw Broken("id") }
      guard case .object? = cell["metadata"] else { throw Broken("metadata of a cell") }
      try lines(cell["source"])
      guard cell["cell_type"] == .text("code") else {
        guard cell["cell_type"] == .text("markdown") || cell["cell_type"] == .text("raw") else {
          throw Broken("cell_type")
        }
        try keys(cell, ["cell_type", "id", "metadata", "source"])
        continue
      }
      try keys(cell, ["cell_type", "execution_count", "id", "metadata", "outputs", "source"])
      switch cell["execution_count"] {
      case .integer(let count)? where count >= 0: break
      case .null?: break
      default: throw Broken("execution_count")
      }
      guard case .array(let outputs)? = cell["outputs"] else { throw Broken("outputs") }
      for output in outputs { try check(output: output) }
    }
  }

  private static func check(output: JSON) throws {
    switch output["output_type"] {
    case .text("stream"):
      try keys(output, ["name", "output_type", "text"])
      guard output["name"] == .text("stdout") else { throw Broken("name of a stream") }
      try lines(output["text"])
    case .text("display_data"):
      try keys(output, ["data", "metadata", "output_type"])
      guard case .object(let data)? = output["data"], case .object? = output["metadata"] else {
        throw Broken("display_data")
      }
      for member in data where member.name.hasPrefix("image/") {
        guard case .text(let text) = member.value, Data(base64Encoded: text)?.isEmpty == false
        else { throw Broken("base64") }
      }
    case .text("error"):
      try keys(output, ["ename", "evalue", "output_type", "traceback"])
      guard case .text? = output["ename"], case .text? = output["evalue"] else {
        throw Broken("error")
      }
      try lines(output["traceback"])
    default: throw Broken("output_type")
    }
  }

  private static func keys(_ value: JSON, _ wanted: [String]) throws {
    guard case .object(let members) = value, members.map(\.name) == wanted else {
      throw Broken("keys \(wanted)")
    }
  }

  private static func lines(_ value: JSON?) throws {
    guard case .array(let lines)? = value,
      lines.allSatisfy({ if case .text = $0 { true } else { false } })
    else { throw Broken("lines") }
  }
}
