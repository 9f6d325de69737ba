import Foundation
import TestSupport
import Testing

/// Figures and training at the prompt, through a pseudo-terminal.
@Suite("Figures at the prompt", .serialized) struct FigurePromptTests {
  private static let question = Array("\u{1B}[c".utf8)

  private func prompt(
    columns: Int = 100, rows: Int = 30, environment: [String: String] = [:]
  ) throws -> Terminal {
    let folder = try Executable.folder()
    let terminal = try Terminal(
      columns: columns, rows: rows, environment: environment, folder: folder)
    terminal.waitForPrompt()
    return terminal
  }

  private func contains(_ terminal: Terminal, _ text: String) -> Bool {
    terminal.raw.firstRange(of: Array(text.utf8)) != nil
  }

  /// Shows a figure, and answers the terminal's question as soon as it is asked.
  private func show(_ terminal: Terminal, answering answer: String) {
    terminal.type("show bars({a: 1, b: 2})" + Terminal.enter)
    terminal.wait(for: "the question") { _ in contains(terminal, "\u{1B}[c") }
    terminal.type(answer)
    terminal.wait(for: "figures/figure-01.png")
    terminal.waitForPrompt()
  }

  @Test(
    "A terminal that says it shows pictures gets them",
    arguments: [
      ("\u{1B}_Gi=31;OK\u{1B}\\\u{1B}[?62c", "\u{1B}_Ga=T,f=100"), ("\u{1B}[?62;4c", "\u{1B}P0;1"),
    ])
  func pictures(answer: String, begin: String) throws {
    let terminal = try prompt()
    show(terminal, answering: answer)
    #expect(contains(terminal, begin))
    // It is asked once.
    terminal.run("show bars({a: 1})")
    terminal.wait(for: "figures/figure-02.png")
    #expect(terminal.raw.ranges(of: Self.question).count == 1)
    // What it answers is not read as typed.
    terminal.run("1 + 1")
    terminal.wait(forEnding: ["conch> 1 + 1", "2", "conch>"])
  }

  @Test("Others get text, and what was typed meanwhile is not lost")
  func text() throws {
    let terminal = try prompt(environment: ["COLORTERM": "truecolor"])
    terminal.type("show bars({a: 1, b: 2})" + Terminal.enter)
    terminal.wait(for: "the question") { _ in contains(terminal, "\u{1B}[c") }
    terminal.type("1 +\u{1B}[?62;22c")
    terminal.wait(for: "figures/figure-01.png")
    terminal.wait(forLast: "conch> 1 +")
    #expect(terminal.screen.text.contains("█"))
    terminal.type(" 2" + Terminal.enter)
    terminal.wait(forEnding: ["conch> 1 + 2", "3", "conch>"])
    #expect(terminal.screen.unknown.isEmpty, "\(terminal.screen.unknown)")
  }

  @Test(
    "No terminal is asked that cannot answer",
    arguments: [["TERM": "dumb"], ["NO_COLOR": "1"]])
  func unasked(environment: [String: String]) throws {
    let terminal = try prompt(environment: environment)
    terminal.run("show bars({a: 1, b: 2})")
    terminal.wait(for: "figures/figure-01.png")
    #expect(!contains(terminal, "\u{1B}[c"))
  }

  @Test("In a pipe nothing is asked")
  func pipe() throws {
    let folder = try Executable.folder()
    let result = try Executable.run(["-c", "show bars({a: 1, b: 2})"], folder: folder)
    #expect(!result.output.contains("\u{1B}"))
  }

  private static let training = """
    coast = load "coast/scenes" size: 48 count: 120; \
    net = small_cnn(classes: coast.classes input: [48, 48, 3]); fit = trainer(net, coast batch: 8)
    """

  @Test("Curves are drawn while training runs, in place, and leave nothing behind")
  func curves() throws {
    let terminal = try prompt()
    terminal.run("x = 1")
    terminal.type(Self.training + Terminal.enter)
    terminal.waitForPrompt()
    terminal.type("train fit epochs: 10000" + Terminal.enter)
    terminal.wait(for: "curves") { $0.text.contains("accuracy, %") && $0.text.contains("step ") }
    terminal.wait(for: "epoch 4/10000  loss")
    // One drawing, whatever was drawn before: the line, then the panels.
    let lines = terminal.screen.lines
    #expect(lines.count { $0.contains("images/s") } <= 1)
    #expect(lines.count { $0.contains("accuracy, %") } <= 1)
    #expect(lines.count { $0.hasPrefix("epoch 3/10000  loss") } == 1)

    // A window that is made narrower and wider again does not stop it.
    terminal.resize(columns: 60, rows: 30)
    terminal.wait(for: "epoch 8/10000  loss")
    terminal.resize(columns: 100, rows: 30)

    let pressed = Date()
    terminal.type(Terminal.control("c"))
    terminal.waitForPrompt()
    // A step takes a few milliseconds here.
    #expect(Date().timeIntervalSince(pressed) < 0.2 + 0.05)
    #expect(
      !terminal.screen.lines.contains { $0.contains("accuracy, %") || $0.contains("images/s") })
    #expect(terminal.screen.unknown.isEmpty, "\(terminal.screen.unknown)")
    terminal.run("show fit.step > 30")
    terminal.wait(forEnding: ["true", "conch>"])
  }
}
