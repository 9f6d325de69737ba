import Foundation
import Notebook
import Testing

extension AtThePrompt {
  @Suite("Entries") struct EntryTests {
    @Test("A value is shown, and Ctrl-D leaves with the terminal as it was")
    func value() throws {
      let terminal = try Terminal.prompt()
      terminal.run("1 + 1")
      terminal.wait(forEnding: ["conch> 1 + 1", "2", "conch>"])
      terminal.leave()
    }

    @Test("A mistake is explained, and the prompt stays")
    func mistake() throws {
      let terminal = try Terminal.prompt()
      terminal.run("x = 2")
      terminal.run("y = undefined_name")
      terminal.wait(for: "^^^^^^^^^^^^^^")
      terminal.run("x")
      terminal.wait(forEnding: ["conch> x", "2", "conch>"])
      terminal.leave()
    }

    @Test("A block is typed over lines whose prompts name it, and recalled as one")
    func block() throws {
      let terminal = try Terminal.prompt()
      terminal.type("for i in 0..2" + Terminal.enter + "if i > 0" + Terminal.enter)
      terminal.type("show \"i {i}\"" + Terminal.enter)
      terminal.wait(forEnding: [
        "conch> for i in 0..2", "  for>   if i > 0", "   if>     show \"i {i}\"", "   if>",
      ])
      terminal.type("end" + Terminal.enter + "end" + Terminal.enter)
      terminal.wait(forEnding: [
        "   if>     show \"i {i}\"", "   if>   end", "  for> end", "i 1", "conch>",
      ])
      terminal.run("x = 3")
      terminal.type(Terminal.up + Terminal.up)
      terminal.wait(forEnding: [
        "conch> for i in 0..2", "  for>   if i > 0", "   if>     show \"i {i}\"", "   if>   end",
        "  for> end",
      ])
      // Down to the second line, and to the end of what stands there.
      terminal.type(Terminal.down + Terminal.end + Terminal.delete + "5" + Terminal.enter)
      terminal.wait(forEnding: [
        "  for>   if i > 5", "   if>     show \"i {i}\"", "   if>   end", "  for> end", "conch>",
      ])
      terminal.leave()
    }

    @Test(
      "Brackets, operators and texts over lines are named too",
      arguments: [
        ("x = [1,", "    [>"), ("x = 1 +", "  ...>"), ("x = \"\"\"one", "  \"\"\">"),
        ("repeat 2 times", "repeat>"), ("def f(x)", "  def>"), ("try", "  try>"),
      ])
    func continuation(_ line: String, _ mark: String) throws {
      let terminal = try Terminal.prompt()
      terminal.type(line + Terminal.enter)
      terminal.wait(forEnding: ["conch> " + line, mark])
      terminal.type(Terminal.control("c"))
      // The terminal drops what is typed before the interrupt is answered.
      terminal.wait(for: "^C")
      terminal.waitForPrompt()
      terminal.leave()
    }
  }
}
