import Language
import Notebook
import TestSupport
import Testing

@Suite("A saved session") struct SavedSessionTests {
  @Test("What failed is dropped, what ran keeps its order, and running it again proves it")
  func saved() throws {
    let folder = try Executable.folder().path
    let recorded = typed([
      "x = 1", "y = unknown", "help", "x += 1  # more", "vars; z = x; show nowhere", "cells",
      "a = 2; b = 1 // (a - 2); c = 3", "undo", "save session \"\(folder)/mine.conch\"",
    ])
    let script = try text(folder + "/mine.conch")
    #expect(
      script == "#!/usr/bin/env conch\nx = 1\nx += 1  # more\na = 2;\nundo\n", "\(script)")
    #expect(recorded.output.contains("it gives the same values for all variables"))
    let again = RecordedSession()
    #expect(again.session.run(Source(name: "mine", text: script + "show x")) == .finished)
    #expect(again.output.hasSuffix("2\n"))
  }

  @Test("A difference is said: here a failed statement had trained")
  func different() throws {
    let folder = try Executable.folder().path
    let recorded = typed([
      "coast = load \"coast/scenes\" size: 48 count: 8",
      "fit = trainer(small_cnn(classes: 4 input: [48, 48, 3]), coast batch: 4)",
      "def both() step fit; return 1 // 0 end", "both()",
      "save session \"\(folder)/mine.conch\"",
    ])
    #expect(recorded.output.contains("`fit` comes out differently"), "\(recorded.output)")
  }

  @Test("A session is saved as a page, a notebook and a text too")
  func documents() throws {
    let folder = try Executable.folder().path
    let recorded = typed(
      ["x = 2", "x * 21"] + ["html", "ipynb", "md"].map { "save session \"\(folder)/mine.\($0)\"" })
    #expect(recorded.errors == "")
    for ending in ["html", "ipynb", "md"] {
      #expect(try text("\(folder)/mine.\(ending)").contains("42"), "\(ending)")
    }
  }

  private func text(_ path: String) throws -> String {
    String(decoding: try #require(FileBytes.read(path, limit: 1 << 20)), as: UTF8.self)
  }
}
