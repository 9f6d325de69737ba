import Foundation
import Notebook
import Testing

extension AtThePrompt {
  @Suite("Help") struct HelpTests {
    @Test(
      "Help is there in each of its forms",
      arguments: [
        ("help", "Topics"), ("help help", "Explains a command"), ("?seed", "Sets the seed"),
        ("vars?", "Lists the variables"), ("help keys", "Ctrl-R"), ("help \"session\"", "quit"),
        ("help random numbers", "seed"), ("help resett", "did you mean `help reset`?"),
      ])
    func help(_ entry: String, _ text: String) throws {
      let terminal = try Terminal.prompt(rows: 60)
      terminal.run(entry)
      terminal.wait(for: text)
      terminal.leave()
    }
  }
}
