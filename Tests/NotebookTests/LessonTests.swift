import Language
import Notebook
import Testing

@Suite("A lesson") struct LessonTests {
  private func go(_ entries: [String], _ text: String = LessonText.small) -> RecordedSession {
    let recorded = RecordedSession()
    recorded.session.defineScriptNames(arguments: [])
    let lesson = Lesson(Source(name: "small.conch", text: text), path: "small.conch")
    _ = Dialogue(
      recorded.session, ScriptedSource(entries, isInteractive: true), lesson: lesson
    ).run()
    return recorded
  }

  @Test("Prose, code, and Enter; anything else is an entry; `where` says what ran")
  func walk() {
    let recorded = go(["", "rate = 2", "back", "skip 2", "where"])
    let output = recorded.output
    #expect(
      output.contains(
        "  • one item that is long enough to be wrapped somewhere,\n    one would think,"))
    #expect(output.contains("│ rate = 0.5\n│ steps = 10\n"))
    #expect(output.contains("  ✓  1  Settings\n     2  Guess\n▶    3  Exercise: double\n"))
    #expect(recorded.errors == "")
  }

  @Test("A guess is asked for before the result, and shown again after it")
  func guess() {
    let output = go(["", "next", "four"]).output
    #expect(output.contains("Predict first: What is rate times steps?\n5\nYou said: four\n"))
  }

  @Test("An exercise takes answers until its checks hold; nonsense is explained and asked again")
  func exercise() {
    let recorded = go(["skip 2", "", "x *", "x * 3", "", "x * 2", "double(21)"])
    #expect(recorded.output.contains("Blank") || recorded.output.contains("The blank: return …"))
    #expect(recorded.output.contains("✗ twice 2"))
    #expect(recorded.output.contains("Not yet."))
    #expect(recorded.output.contains("The end of the lesson.\n1 of 1 checks hold."))
    #expect(recorded.output.hasSuffix("42\n"), "\(recorded.output)")
    #expect(recorded.errors.contains("small.conch:21:"), "\(recorded.errors)")
  }

  @Test("A cell that fails stays; its error has the script's line")
  func failure() {
    let recorded = go(["skip", "", "where"])
    #expect(recorded.errors.contains("small.conch:17:"), "\(recorded.errors)")
    #expect(recorded.output.contains("▶ ✗  2  Guess"))
  }

  @Test("A change at the prompt makes earlier cells stale, a later cell does not")
  func stale() {
    let text = "#%% A\nx = 1\n#%% B\ny = x\n#%% C\nx = 2\n"
    #expect(!go(["", "", "", "cells"], text).output.contains("stale"))
    #expect(
      go(["", "", "x = 7", "cells"], text).output.contains("stale: x has another value by 4"))
    // Running A again gives x the value that B read.
    let recorded = go(["", "", "x = 7", "rerun 1", "cells", "y"], text)
    #expect(recorded.output.hasSuffix("1\n"))
  }

  @Test("`rerun` brings up to date, or runs the last cell again")
  func rerun() {
    let output = go(["", "", "guess", "rate = 4", "rerun", "again", "rerun", "third"]).output
    #expect(output.contains("You said: again") && output.contains("You said: third"))
  }

  @Test("Any text is a lesson", arguments: ["", "\n\n", "#%%\n", "x = 1", "#%% [markdown]\n# a"])
  func anyText(_ text: String) {
    let recorded = go(["", "", "where", "back", "skip", "rerun", "1 + 1"], text)
    #expect(recorded.output.hasSuffix("2\n"), "\(recorded.output)")
  }
}
