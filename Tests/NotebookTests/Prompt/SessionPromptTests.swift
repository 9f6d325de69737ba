import Foundation
import Notebook
import TestSupport
import Testing

extension AtThePrompt {
  @Suite("Looking back, editing, coming back") struct SessionPromptTests {
    private static let training = [
      "coast = load \"coast/scenes\" size: 48 count: 8",
      "fit = trainer(small_cnn(classes: 4 input: [48, 48, 3]), coast batch: 4)",
      "step fit 2",
    ]

    @Test("Leaving asks once where a training would be lost, and not after it was saved")
    func unsavedTraining() throws {
      let folder = try Executable.folder()
      let terminal = try Terminal.prompt(columns: 100, rows: 40, folder: folder)
      Self.training.forEach { terminal.run($0) }
      terminal.type(Terminal.control("d"))
      terminal.wait(for: "Not saved: what `fit` (2 steps) has learned.")
      terminal.waitForPrompt()
      // Something else in between: asked again, whichever way one leaves.
      terminal.run("show 1")
      terminal.run("quit")
      #expect(terminal.ending == nil)
      terminal.run("save fit \"fit.ckpt\"")
      terminal.leave()
    }

    @Test("`edit` runs what the editor gives back, and the terminal is ours again")
    func edit() throws {
      let folder = try Executable.folder()
      let editor = folder.appendingPathComponent("editor.sh")
      try Data("#!/bin/sh\nsed -i 's/one/two/' \"$2\"\n".utf8).write(to: editor)
      try FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: editor.path)
      let terminal = try Terminal.prompt(environment: ["VISUAL": editor.path + " --wait"])
      terminal.run("word = \"one\"")
      terminal.run("edit")
      terminal.wait(forEnding: ["conch> edit", "│ word = \"two\"", "conch>"])
      terminal.run("word")
      terminal.wait(forEnding: ["\"two\"", "conch>"])
      terminal.type(Terminal.up + Terminal.up)
      terminal.wait(forLast: "conch> word = \"two\"")
      terminal.leaveAfterClearing()
    }

    @Test("An editor that is not there is said, and nothing is lost")
    func missingEditor() throws {
      let terminal = try Terminal.prompt(environment: ["VISUAL": "/no/such/editor"])
      terminal.run("x = 1")
      terminal.run("edit")
      terminal.wait(for: "could not be started")
      terminal.run("x")
      terminal.wait(forEnding: ["1", "conch>"])
      terminal.leave()
    }

    /// The interrupted training must come back to the same step, the entry that was running when the
    /// program was killed must not, and what failed must not.
    @Test("After a kill, `--resume` brings back everything that had come to its end")
    func resume() throws {
      let state = try Executable.folder()
      let first = try Terminal.prompt(columns: 100, rows: 40, state: state)
      Self.training.forEach { first.run($0) }
      first.type("train fit epochs: 100000" + Terminal.enter)
      first.wait(for: "epoch 3/")
      first.type(Terminal.control("c"))
      first.wait(for: "Stopped after step")
      first.waitForPrompt()
      first.run("failed = nothing_of_that_name")
      first.run("show fit.state")
      let hash = try #require(
        first.screen.text.firstMatch(of: /hash: "([0-9a-f]+)", step: (\d+)/))
      first.type("while true end" + Terminal.enter)
      Thread.sleep(forTimeInterval: 0.1)
      first.send(SIGKILL)
      #expect(first.waitForEnd() == 128 + SIGKILL)

      let plain = try Terminal.prompt(columns: 100, state: state)
      plain.wait(for: "The last session broke off")
      plain.run("vars")
      plain.wait(for: "There are no variables yet")
      plain.leave()

      let second = try Terminal.prompt(["--resume"], columns: 100, rows: 40, state: state)
      second.wait(for: "Everything is as it was")
      second.wait(for: "│ while true end")
      second.run("show fit.state")
      #expect(second.screen.text.contains("hash: \"\(hash.1)\", step: \(hash.2)"))
      second.leaveWithoutSaving()

      // It was brought back, and left: it is no session that broke off any more.
      let third = try Terminal.prompt(columns: 100, state: state)
      #expect(!third.screen.text.contains("broke off"))
      third.leave()
    }

    @Test("A lesson is gone through with Enter; in 40 columns nothing is wider than the window")
    func lesson() throws {
      let folder = try Executable.folder()
      try Data(LessonText.small.utf8).write(to: folder.appendingPathComponent("small.conch"))
      let terminal = try Terminal.prompt(
        ["lesson", "small.conch"], columns: 40, rows: 50, folder: folder)
      terminal.wait(for: "── 1/3 Settings")
      terminal.type(Terminal.enter)
      terminal.wait(for: "── 2/3 Guess")
      terminal.type(Terminal.enter)
      terminal.wait(forLast: "guess>")
      terminal.type("five" + Terminal.enter)
      terminal.wait(for: "You said: five")
      terminal.waitForPrompt()
      terminal.type(Terminal.enter)
      terminal.wait(forLast: "blank>")
      terminal.type(Terminal.control("c"))
      terminal.wait(for: "The blank stays open.")
      terminal.waitForPrompt()
      terminal.type(Terminal.enter)
      terminal.wait(forLast: "blank>")
      terminal.type("x * 2" + Terminal.enter)
      terminal.wait(for: "The end of the lesson.")
      terminal.wait(for: "1 of 1 checks hold.")
      terminal.waitForPrompt()
      terminal.leave()
    }
  }
}

enum LessonText {
  static let small = """
    #!/usr/bin/env conch
    #%% A small lesson [markdown]
    # # A small lesson
    #
    # With a list:
    #
    # - one item that is long enough to be wrapped somewhere, one would think,
    #   and goes on here;
    # - another.

    #%% Settings
    rate = 0.5
    steps = 10

    #%% Guess
    predict_first "What is rate times steps?"
    show rate * steps

    #%% Exercise: double id="q1" points=2
    # Return twice the number.
    def double(x)
      return …
    end
    check "twice 2" double(2) == 4

    """
}
