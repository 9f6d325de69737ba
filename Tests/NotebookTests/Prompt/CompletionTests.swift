import Foundation
import Notebook
import TestSupport
import Testing

extension AtThePrompt {
  @Suite("Tab") struct CompletionTests {
    @Test("Tab completes commands, and describes them where there are several")
    func completesCommands() throws {
      let terminal = try Terminal.prompt()
      terminal.type("hel" + Terminal.tab)
      terminal.wait(forLast: "conch> help")
      terminal.type(
        Terminal.control("u") + "shore_line = 1" + Terminal.enter + "shor" + Terminal.tab)
      terminal.wait(forLast: "conch> shore_line")
      terminal.type(Terminal.control("u") + "show re" + Terminal.tab)
      terminal.wait(for: "Forgets all variables")
      terminal.wait(forLast: "conch> show re")
      terminal.leaveAfterClearing()
    }

    @Test("Tab offers the labels that are missing, with what they take")
    func completesLabels() throws {
      let terminal = try Terminal.prompt()
      terminal.type("help(abo" + Terminal.tab)
      terminal.wait(forLast: "conch> help(about:")
      terminal.type(Terminal.control("u") + "seed n" + Terminal.tab)
      terminal.wait(for: "a whole number")
      terminal.leaveAfterClearing()
    }

    @Test("Tab completes fields after a dot and keys in brackets")
    func completesMembers() throws {
      let terminal = try Terminal.prompt()
      terminal.run("options = {momentum: 0.9, decay: 0.1}")
      terminal.type("options.mo" + Terminal.tab)
      terminal.wait(forLast: "conch> options.momentum")
      terminal.type(Terminal.control("u") + "options[\"de" + Terminal.tab)
      terminal.wait(forLast: "conch> options[\"decay\"]")
      terminal.leaveAfterClearing()
    }

    @Test("Tab completes files between quotes")
    func completesFiles() throws {
      let folder = try Executable.folder()
      try FileManager.default.createDirectory(
        at: folder.appendingPathComponent("photographs/beach"), withIntermediateDirectories: true)
      try Data().write(to: folder.appendingPathComponent("photographs/beach/one.jpg"))
      let terminal = try Terminal.prompt(folder: folder)
      terminal.type("show \"pho" + Terminal.tab + "b" + Terminal.tab + Terminal.tab)
      terminal.wait(forLast: "conch> show \"photographs/beach/one.jpg\"")
      terminal.leaveAfterClearing()
    }
  }
}
