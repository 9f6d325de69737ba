import Foundation
import Language
import Testing

/// One script of `Scripts/<topic>/<condition>.conch` with what it is expected to do.
///
/// `# expect: …` is a line of output, `# expect-lines: a|b` several, in the order of the file;
/// `# error E0204` an error on that line. Nothing else may be printed or go wrong.
struct ExpectedScript: CustomTestStringConvertible, Sendable {
  let name: String
  let source: Source
  var output: [String] = []
  var errors: [String] = []

  var testDescription: String { name }

  init(_ url: URL, name: String) throws {
    self.name = name
    let text = try String(contentsOf: url, encoding: .utf8)
    source = Source(name: name, text: text)
    for (index, line) in text.split(separator: "\n", omittingEmptySubsequences: false).enumerated()
    {
      if let range = line.range(of: "# expect: ", options: .backwards) {
        output.append(String(line[range.upperBound...]))
      } else if let range = line.range(of: "# expect-lines: ", options: .backwards) {
        output += line[range.upperBound...].split(separator: "|").map(String.init)
      } else if let range = line.range(of: "# error E", options: .backwards) {
        errors.append("\(index + 1) E\(line[range.upperBound...])")
      }
    }
  }

  static let all: [ExpectedScript] = {
    let folder = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "Scripts")
    let files = FileManager.default.enumerator(at: folder, includingPropertiesForKeys: nil)
    let urls = (files?.allObjects as? [URL] ?? []).filter { $0.pathExtension == "conch" }
    return urls.sorted { $0.path < $1.path }.compactMap { url in
      try? ExpectedScript(url, name: url.pathComponents.suffix(2).joined(separator: "/"))
    }
  }()
}

@Suite struct ScriptTests {
  @Test("a script does what its comments say", arguments: ExpectedScript.all)
  func behaves(_ script: ExpectedScript) {
    var output = ""
    let interpreter = Interpreter { output += $0 }
    let diagnostics = interpreter.run(script.source).diagnostics
    let lines = output.split(separator: "\n", omittingEmptySubsequences: false).dropLast()
    #expect(lines.map(String.init) == script.output)
    let errors = diagnostics.map { "\($0.position.line) \($0.code)" }
    #expect(errors == script.errors, "\(Diagnostic.render(diagnostics))")
  }

  @Test func thereAreScripts() {
    #expect(ExpectedScript.all.count > 150)
  }
}
