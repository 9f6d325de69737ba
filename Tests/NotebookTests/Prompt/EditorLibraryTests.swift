import Foundation
import Notebook
import TestSupport
import Testing

extension AtThePrompt {
  /// What libedit does by itself and must not do here, as far as no other suite types it: letters of
  /// all scripts and keys are in `KeyTests`, prefixes in `RecallTests`, settings in `LookTests`,
  /// signals in `EndingTests`.
  @Suite("libedit's traps") struct EditorLibraryTests {
    @Test("Backspace takes a combining accent before its letter, and each wide letter whole")
    func combining() throws {
      let terminal = try Terminal.prompt()
      terminal.type("\"e\u{301}" + Terminal.delete + "x海" + Terminal.delete + "岸\"")
      terminal.wait(forLast: "conch> \"ex岸\"")
      terminal.type(Terminal.enter)
      terminal.wait(forEnding: ["\"ex岸\"", "conch>"])
      terminal.leave()
    }

    @Test("A coloured prompt takes no more room than a plain one")
    func colouredPrompt() throws {
      let terminal = try Terminal.prompt(columns: 40)
      #expect(String(decoding: terminal.raw, as: UTF8.self).contains("\u{1B}[1;36m"))
      // Up to the last column, and one letter over it.
      terminal.type(String(repeating: "a", count: 32) + "bc")
      terminal.wait(forEnding: ["conch> " + String(repeating: "a", count: 32) + "b", "c"])
      terminal.leaveAfterClearing()
    }

    @Test("Bracketed paste is on while an entry is typed, and off while it runs")
    func bracketedPaste() throws {
      let terminal = try Terminal.prompt()
      #expect(terminal.screen.hasBracketedPaste)
      terminal.type("show \"begun\"; while true end" + Terminal.enter)
      terminal.wait(for: "\nbegun")
      #expect(!terminal.screen.hasBracketedPaste)
      terminal.type(Terminal.control("c"))
      terminal.waitForPrompt()
      #expect(terminal.screen.hasBracketedPaste)
      terminal.leave()
    }

    @Test("The ends of a paste without a beginning, and keys nobody knows, type nothing")
    func unknownKeys() throws {
      let terminal = try Terminal.prompt()
      terminal.type("\u{1B}[201~\u{1B}[2~\u{1B}[I\u{1B}x1 + 1" + Terminal.enter)
      terminal.wait(forEnding: ["conch> 1 + 1", "2", "conch>"])
      terminal.leave()
    }

    @Test("A signal that ends the program is not sent on to its neighbours")
    func neighbours() throws {
      let terminal = try Terminal(
        ["-c", "sleep 100 & echo neighbour $! ; exec \"$0\"", try #require(Executable.path)],
        program: "/bin/sh")
      terminal.waitForPrompt()
      let text = terminal.screen.text
      let neighbour = try #require(
        text.firstMatch(of: /neighbour (\d+)/).flatMap { pid_t($0.1) })
      defer { kill(neighbour, SIGKILL) }
      terminal.send(SIGTERM)
      #expect(terminal.waitForEnd() == 128 + SIGTERM)
      #expect(kill(neighbour, 0) == 0)
    }

    @Test("A window that changes its size while work runs is known to the next entry")
    func resizeWhileWorking() throws {
      let terminal = try Terminal.prompt(columns: 60)
      terminal.type("show \"begun\"; while true end" + Terminal.enter)
      terminal.wait(for: "\nbegun")
      terminal.resize(columns: 100, rows: 30)
      terminal.type(Terminal.control("c"))
      terminal.waitForPrompt()
      let long = "long = \"" + String(repeating: "x", count: 70) + "\""
      terminal.type(long)
      terminal.wait(forLast: "conch> " + long)
      terminal.leaveAfterClearing()
    }

    @Test("End of input is not taken for Ctrl-C, nor Ctrl-C for end of input")
    func endOfInput() throws {
      let terminal = try Terminal.prompt()
      terminal.type(Terminal.control("r") + "x")
      terminal.wait(forLast: "(not found) x:")
      terminal.type(Terminal.control("c"))
      terminal.wait(for: "^C")
      terminal.waitForPrompt()
      terminal.type("ab" + Terminal.home + Terminal.control("d"))
      terminal.wait(forLast: "conch> b")
      terminal.leaveAfterClearing()
    }
  }
}
