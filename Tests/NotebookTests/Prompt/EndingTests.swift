import Foundation
import Notebook
import Testing

extension AtThePrompt {
  @Suite("Ways out") struct EndingTests {
    @Test(
      "A signal that ends the program leaves the terminal sane",
      arguments: [
        SIGTERM, SIGHUP, SIGQUIT, SIGSEGV, SIGABRT,
      ])
    func signals(_ signal: Int32) throws {
      let terminal = try Terminal.prompt()
      #expect(!terminal.isSane)
      terminal.send(signal)
      #expect(terminal.waitForEnd() == 128 + signal)
      #expect(terminal.isSane)
    }

    /// The system itself sends the signal then, which is no fault that would come again.
    @Test("Closing the window ends the program", arguments: ["", "while true x = 1 end"])
    func closing(_ work: String) throws {
      let terminal = try Terminal.prompt()
      terminal.type(work + Terminal.enter)
      if !work.isEmpty { terminal.wait(for: "conch> \(work)") }
      terminal.closeWindow()
      #expect([0, 128 + SIGHUP].contains(terminal.waitForEnd()))
    }

    @Test("`quit` leaves")
    func quit() throws {
      let terminal = try Terminal.prompt()
      terminal.type("quit" + Terminal.enter)
      #expect(terminal.waitForEnd() == 0)
      #expect(terminal.isSane)
    }

    @Test("Ctrl-Z gives the terminal back and takes it again")
    func stop() throws {
      let terminal = try Terminal.prompt()
      terminal.type("kept")
      terminal.wait(forLast: "conch> kept")
      // A session leader without a shell is not stopped by SIGTSTP: what can be seen here is that
      // the entry is drawn again, and that the editor goes on.
      terminal.send(SIGTSTP)
      terminal.send(SIGCONT)
      terminal.type(" = 3" + Terminal.enter + "kept" + Terminal.enter)
      terminal.wait(forEnding: ["conch> kept", "3", "conch>"])
      terminal.leave()
    }
  }
}
