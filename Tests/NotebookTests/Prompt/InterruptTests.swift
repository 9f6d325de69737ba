import Foundation
import Notebook
import Testing

extension AtThePrompt {
  @Suite("Ctrl-C") struct InterruptTests {
    @Test("Ctrl-C gives up the entry and never leaves")
    func interruptEntry() throws {
      let terminal = try Terminal.prompt()
      // One at a time: a terminal forgets what was typed ahead of Ctrl-C.
      for count in 1...4 {
        terminal.type("abandoned")
        terminal.wait(forLast: "conch> abandoned")
        terminal.type(Terminal.control("c"))
        terminal.wait(
          forEnding: Array(repeating: "conch> abandoned^C", count: count) + ["conch>"])
      }
      terminal.type(Terminal.control("c"))
      terminal.wait(forEnding: ["conch> ^C", "conch>"])
      terminal.type(Terminal.control("r"))
      terminal.wait(forLast: "(search) :")
      terminal.type(Terminal.control("c"))
      terminal.wait(forEnding: ["(search) : ^C", "conch>"])
      terminal.run("1 + 2")
      terminal.wait(forEnding: ["conch> 1 + 2", "3", "conch>"])
      terminal.leave()
    }

    @Test("Ctrl-C ends a loop that would never end; the variables are there")
    func interruptLoop() throws {
      let terminal = try Terminal.prompt()
      terminal.run("x = 0")
      terminal.type("while true" + Terminal.enter)
      terminal.type("x = x + 1" + Terminal.enter + "if x == 5" + Terminal.enter + "show \"begun\"")
      terminal.type(Terminal.enter + "end" + Terminal.enter + "end" + Terminal.enter)
      terminal.wait(for: "\nbegun")
      terminal.type(Terminal.control("c"))
      terminal.wait(for: "Interrupted at prompt:")
      terminal.waitForPrompt()
      terminal.run("x > 4")
      terminal.wait(forEnding: ["conch> x > 4", "true", "conch>"])
      terminal.leave()
    }

    @Test("Ctrl-C ends training after the step in hand, says so once, and leaves the line whole")
    func interruptTraining() throws {
      let terminal = try Terminal.prompt(columns: 100)
      terminal.run("coast = load \"coast/scenes\" size: 48 count: 24")
      terminal.run("fit = trainer(small_cnn(classes: 4 input: [48, 48, 3]), coast batch: 4)")
      terminal.type("train fit epochs: 10000" + Terminal.enter)
      terminal.wait(for: "epoch 2/10000")
      terminal.type(Terminal.control("c"))
      terminal.wait(for: "Stopped after step")
      terminal.waitForPrompt()
      #expect(!terminal.screen.text.contains("^C"))
      #expect(!terminal.screen.text.contains("Interrupted"))
      terminal.run("show fit.step > 0")
      terminal.wait(forEnding: ["true", "conch>"])
      terminal.leaveWithoutSaving()
    }

    /// A step of this network takes some tenths of a second: time for both.
    @Test("A second Ctrl-C gives up the step in hand: training is where the step began")
    func interruptStep() throws {
      let terminal = try Terminal.prompt(columns: 100)
      terminal.run("coast = load \"coast/scenes\" size: 128 count: 32")
      terminal.run("net = mobilenet_v2(classes: 4 input: [128, 128, 3])")
      terminal.run("fit = trainer(net, coast batch: 32)")
      terminal.run("step fit")
      terminal.type("step fit 1000" + Terminal.enter)
      terminal.wait(for: "step 2  loss")
      terminal.type(Terminal.control("c"))
      Thread.sleep(forTimeInterval: 0.02)
      terminal.type(Terminal.control("c"))
      terminal.wait(for: "Stopped")
      terminal.waitForPrompt()
      let step = terminal.screen.text.matches(of: /back at the start of step (\d+)/).last?.1
      if let step, let number = Int(step) {
        terminal.run("show fit.step == \(number - 1)")
        terminal.wait(forEnding: ["true", "conch>"])
      }
      terminal.leaveWithoutSaving()
    }

    @Test("What is typed while work runs is an entry afterwards")
    func typedAhead() throws {
      let terminal = try Terminal.prompt()
      terminal.type("x = 0; repeat 3000000 times x += 1 end" + Terminal.enter)
      terminal.type("show \"and then\"" + Terminal.enter)
      terminal.wait(forEnding: ["and then", "conch>"])
      terminal.leave()
    }
  }
}
