import Foundation
import Notebook
import Testing

extension AtThePrompt {
  @Suite("Pasted text") struct PasteTests {
    @Test("A pasted block is one entry, its tabs complete nothing, and Enter runs it")
    func paste() throws {
      let terminal = try Terminal.prompt()
      terminal.type(Terminal.paste("for i in 0..2\r\tshow i\rend\rshow \"done\"\r"))
      terminal.wait(forEnding: [
        "conch> for i in 0..2", "  for>  show i", "  for> end", "     > show \"done\"",
      ])
      terminal.type(Terminal.enter)
      terminal.wait(forEnding: ["0", "1", "done", "conch>"])
      terminal.type(Terminal.up)
      terminal.wait(forLast: "     > show \"done\"")
      terminal.leaveAfterClearing()
    }

    @Test("A copied session runs without cleaning: prompts, results and errors are dropped")
    func transcript() throws {
      let terminal = try Terminal.prompt()
      terminal.type(
        Terminal.paste(
          "conch> a = 6\rconch> nonsense\rprompt:1:1: error E0201: the name `nonsense` is not known\r"
            + "  1 | nonsense\r    | ^^^^^^^^\rNothing was changed.\rconch> for i in 0..2\r"
            + "  for>   show i\r  for> end\r0\r1\rconch> a * 7\r42\r"))
      terminal.wait(forLast: "     > a * 7")
      terminal.type(Terminal.home + Terminal.up + Terminal.up + Terminal.up + Terminal.up)
      // Of what failed then, only the line itself is there.
      terminal.wait(for: "the statements alone") {
        $0.lines.suffix(24).joined(separator: "\n").contains(
          "conch> a = 6\n     > nonsense\n     > for i in 0..2\n  for>   show i\n  for> end\n")
      }
      terminal.leaveAfterClearing()
    }

    @Test("Thousands of pasted lines arrive whole")
    func longPaste() throws {
      let terminal = try Terminal.prompt()
      let lines = (0..<7000).map { "total = \($0)" }.joined(separator: "\r")
      terminal.type(Terminal.paste(lines))
      terminal.wait(forLast: "     > total = 6999")
      terminal.type(Terminal.enter)
      terminal.wait(forEnding: ["     > total = 6999", "conch>"])
      // One entry of the history, and quick to draw at its end.
      terminal.type(Terminal.up)
      terminal.wait(for: "the first line") { $0.lines.contains("conch> total = 0") }
      terminal.type("\u{1B}[6~")
      terminal.wait(forLast: "     > total = 6999")
      terminal.type(Terminal.delete + "8" + Terminal.enter)
      terminal.wait(forEnding: ["     > total = 6998", "conch>"])
      terminal.run("total")
      terminal.wait(forEnding: ["conch> total", "6998", "conch>"])
      terminal.leave()
    }
  }
}
