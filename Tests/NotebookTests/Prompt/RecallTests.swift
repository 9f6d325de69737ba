import Foundation
import Notebook
import TestSupport
import Testing

extension AtThePrompt {
  @Suite("Earlier entries") struct RecallTests {
    @Test("History survives the session, a kill, and another prompt at the same time")
    func history() throws {
      let state = try Executable.folder()
      let first = try Terminal.prompt(state: state)
      let second = try Terminal.prompt(state: state)
      first.run("one = 1")
      second.type("two = [" + Terminal.enter + "2]" + Terminal.enter)
      second.wait(forEnding: ["    [>   2]", "conch>"])
      first.send(SIGKILL)
      #expect(first.waitForEnd() == 128 + SIGKILL)
      second.leave()
      let third = try Terminal.prompt(state: state)
      third.type(Terminal.up)
      third.wait(forEnding: ["conch> two = [", "    [>   2]"])
      third.type(Terminal.up)
      third.wait(forLast: "conch> one = 1")
      third.leaveAfterClearing()
    }

    @Test("Up looks for entries that begin with what is typed; Down comes back to it")
    func prefix() throws {
      let terminal = try Terminal.prompt()
      for entry in ["abc = 1", "xyz = 2", "abd = 3"] {
        terminal.run(entry)
      }
      terminal.type("ab" + Terminal.up)
      terminal.wait(forLast: "conch> abd = 3")
      terminal.type(Terminal.up)
      terminal.wait(forLast: "conch> abc = 1")
      terminal.type(Terminal.down + Terminal.down)
      terminal.wait(forLast: "conch> ab")
      terminal.leaveAfterClearing()
    }

    @Test("Ctrl-R searches, Ctrl-R again goes on, Enter runs, Ctrl-C gives up and stays")
    func search() throws {
      let terminal = try Terminal.prompt()
      for entry in ["sand = 1", "mud = 2", "dune = sand + 1"] {
        terminal.run(entry)
      }
      terminal.type(Terminal.control("r") + "sand")
      terminal.wait(forLast: "(search) sand: dune = sand + 1")
      terminal.type(Terminal.control("r"))
      terminal.wait(forLast: "(search) sand: sand = 1")
      terminal.type(Terminal.control("c"))
      terminal.waitForPrompt()
      terminal.type(Terminal.control("r") + "mud")
      terminal.wait(forLast: "(search) mud: mud = 2")
      terminal.type(Terminal.end + "2" + Terminal.enter)
      terminal.wait(forEnding: ["conch> mud = 22", "conch>"])
      terminal.run("mud")
      terminal.wait(forEnding: ["conch> mud", "22", "conch>"])
      terminal.leave()
    }
  }
}
