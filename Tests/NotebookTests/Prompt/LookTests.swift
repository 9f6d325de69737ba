import Foundation
import Notebook
import TestSupport
import Testing

extension AtThePrompt {
  @Suite("Windows and colours") struct LookTests {
    @Test("An entry is drawn anew in a window of another size")
    func resize() throws {
      let terminal = try Terminal.prompt(columns: 60)
      terminal.type("text = \"a line that is long enough to be wrapped\"")
      terminal.wait(forLast: "conch> text = \"a line that is long enough to be wrapped\"")
      terminal.resize(columns: 100, rows: 30)
      terminal.type("; text")
      terminal.wait(forLast: "conch> text = \"a line that is long enough to be wrapped\"; text")
      terminal.type(Terminal.enter)
      terminal.wait(forEnding: ["\"a line that is long enough to be wrapped\"", "conch>"])
      terminal.leave()
    }

    @Test("In 40 columns nothing is wider than the window")
    func narrow() throws {
      let terminal = try Terminal.prompt(columns: 40, rows: 60)
      terminal.run("help")
      terminal.run("help seed")
      terminal.wait(for: "Parameters")
      terminal.waitForPrompt()
      terminal.type("show " + Terminal.tab)
      terminal.leaveAfterClearing()
    }

    @Test("Colours go with NO_COLOR, and so do all escape sequences but the editor's")
    func noColour() throws {
      let coloured = try Terminal.prompt()
      coloured.run("help")
      coloured.leave()
      #expect(String(decoding: coloured.raw, as: UTF8.self).contains("\u{1B}[1m"))
      let plain = try Terminal.prompt(environment: ["NO_COLOR": "1"])
      plain.run("help")
      plain.run("undefined_name")
      plain.wait(for: "error E")
      plain.leave()
      let output = String(decoding: plain.raw, as: UTF8.self)
      #expect(!output.contains("\u{1B}[1m") && !output.contains("\u{1B}[31m"))
    }

    @Test("A dumb terminal gets prompts and no escape sequence")
    func dumb() throws {
      let terminal = try Terminal.prompt(environment: ["TERM": "dumb"])
      terminal.type("for i in 0..1" + Terminal.enter)
      terminal.wait(forLast: "  for>")
      terminal.type("show i" + Terminal.enter)
      terminal.wait(forEnding: ["  for> show i", "  for>"])
      terminal.type("end" + Terminal.enter)
      terminal.wait(forEnding: ["  for> end", "0", "conch>"])
      terminal.type("aband")
      terminal.wait(forLast: "conch> aband")
      terminal.type(Terminal.control("c"))
      terminal.wait(forEnding: ["conch> aband^C", "conch>"])
      terminal.leave()
      #expect(!terminal.raw.contains(0x1B))
    }

    @Test("A line of ~/.editrc that libedit does not know is a warning, not the end")
    func settings() throws {
      let state = try Executable.folder()
      try Data("# mine\nbind ^T ed-move-to-beg\nno such line\n".utf8)
        .write(to: state.appendingPathComponent(".editrc"))
      let terminal = try Terminal.prompt(state: state)
      terminal.wait(for: "libedit does not know")
      terminal.type("1 + 1" + Terminal.control("t") + "1" + Terminal.enter)
      terminal.wait(forEnding: ["conch> 11 + 1", "12", "conch>"])
      terminal.leave()
    }
  }
}
