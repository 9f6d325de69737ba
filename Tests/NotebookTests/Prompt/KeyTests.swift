import Foundation
import Notebook
import Testing

extension AtThePrompt {
  @Suite("Keys") struct KeyTests {
    private static let keyCases: [(keys: String, line: String)] = [
      (Terminal.home + "x", "conch> xab cd"),
      ("\u{1B}[1~x\u{1B}[4~y", "conch> xab cdy"),
      ("\u{1B}[1;5Dx", "conch> ab xcd"),
      ("\u{1B}[1;3D\u{1B}[1;3Dx", "conch> xab cd"),
      ("\u{1B}b\u{1B}b\u{1B}fx", "conch> abx cd"),
      (Terminal.control("w"), "conch> ab"),
      (Terminal.home + "\u{1B}[3~", "conch> b cd"),
      (Terminal.control("u") + "x", "conch> x"),
      (Terminal.home + Terminal.right + Terminal.control("k"), "conch> a"),
      (Terminal.control("w") + Terminal.control("y") + Terminal.control("y"), "conch> ab cdcd"),
      (Terminal.control("u") + "\u{1B}u", "conch> ab cd"),
    ]

    @Test("Keys move and cut as terminals send them", arguments: keyCases)
    func keys(_ keys: String, _ line: String) throws {
      let terminal = try Terminal.prompt()
      terminal.type("ab cd")
      terminal.wait(forLast: "conch> ab cd")
      terminal.type(keys)
      terminal.wait(forLast: line)
      terminal.leaveAfterClearing()
    }

    @Test(
      "Letters of all scripts are typed, shown and removed, whatever the locale",
      arguments: [
        ["LC_ALL": "C.UTF-8"], ["LC_ALL": "C"], ["LC_ALL": "xx_YY.nonsense"],
      ])
    func unicode(_ environment: [String: String]) throws {
      let terminal = try Terminal.prompt(environment: environment)
      terminal.type("show \"Küste 海岸 🏖x\"" + Terminal.left + Terminal.delete)
      terminal.wait(forLast: "conch> show \"Küste 海岸 🏖\"")
      terminal.type(Terminal.enter)
      terminal.wait(forEnding: ["Küste 海岸 🏖", "conch>"])
      terminal.leave()
    }
  }
}
