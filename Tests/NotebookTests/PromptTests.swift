import Foundation
import Notebook
import TestSupport
import Testing

/// What a student sees at the prompt, through a pseudo-terminal.
@Suite("At the prompt", .serialized) struct PromptTests {
  private func prompt(
    columns: Int = 80, rows: Int = 24, state: URL? = nil, environment: [String: String] = [:],
    folder: URL? = nil
  ) throws -> Terminal {
    let terminal = try Terminal(
      columns: columns, rows: rows, state: state, environment: environment, folder: folder)
    terminal.waitForPrompt()
    return terminal
  }

  private func leave(_ terminal: Terminal) {
    terminal.type(Terminal.control("d"))
    #expect(terminal.waitForEnd() == 0)
    #expect(terminal.isSane)
    #expect(terminal.screen.unknown.isEmpty, "\(terminal.screen.unknown)")
  }

  @Test("A value is shown, and Ctrl-D leaves with the terminal as it was")
  func value() throws {
    let terminal = try prompt()
    terminal.run("1 + 1")
    terminal.wait(forEnding: ["conch> 1 + 1", "2", "conch>"])
    leave(terminal)
  }

  @Test("A mistake is explained, and the prompt stays")
  func mistake() throws {
    let terminal = try prompt()
    terminal.run("x = 2")
    terminal.run("y = undefined_name")
    terminal.wait(for: "^^^^^^^^^^^^^^")
    terminal.run("x")
    terminal.wait(forEnding: ["conch> x", "2", "conch>"])
    leave(terminal)
  }

  // MARK: Several lines

  @Test("A block is typed over lines whose prompts name it, and recalled as one")
  func block() throws {
    let terminal = try prompt()
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
    leave(terminal)
  }

  @Test(
    "Brackets, operators and texts over lines are named too",
    arguments: [
      ("x = [1,", "    [>"), ("x = 1 +", "  ...>"), ("x = \"\"\"one", "  \"\"\">"),
      ("repeat 2 times", "repeat>"), ("def f(x)", "  def>"), ("try", "  try>"),
    ])
  func continuation(_ line: String, _ mark: String) throws {
    let terminal = try prompt()
    terminal.type(line + Terminal.enter)
    terminal.wait(forEnding: ["conch> " + line, mark])
    terminal.type(Terminal.control("c"))
    // The terminal drops what is typed before the interrupt is answered.
    terminal.wait(for: "^C")
    terminal.waitForPrompt()
    leave(terminal)
  }

  @Test("A pasted block is one entry, its tabs complete nothing, and Enter runs it")
  func paste() throws {
    let terminal = try prompt()
    terminal.type(Terminal.paste("for i in 0..2\r\tshow i\rend\rshow \"done\"\r"))
    terminal.wait(forEnding: [
      "conch> for i in 0..2", "  for>  show i", "  for> end", "     > show \"done\"",
    ])
    terminal.type(Terminal.enter)
    terminal.wait(forEnding: ["0", "1", "done", "conch>"])
    terminal.type(Terminal.up)
    terminal.wait(forLast: "     > show \"done\"")
    leave(afterClearing: terminal)
  }

  private func leave(afterClearing terminal: Terminal) {
    terminal.type(Terminal.control("c"))
    // The terminal drops what is typed before the interrupt is answered.
    terminal.wait(for: "^C")
    terminal.waitForPrompt()
    leave(terminal)
  }

  @Test("Thousands of pasted lines arrive whole")
  func longPaste() throws {
    let terminal = try prompt()
    let lines = (0..<3000).map { "total = \($0)" }.joined(separator: "\r")
    terminal.type(Terminal.paste(lines))
    terminal.wait(forLast: "     > total = 2999")
    terminal.type(Terminal.enter)
    terminal.wait(forEnding: ["     > total = 2999", "conch>"])
    terminal.run("total")
    terminal.wait(forEnding: ["conch> total", "2999", "conch>"])
    leave(terminal)
  }

  // MARK: History and editing

  @Test("History survives the session, a kill, and another prompt at the same time")
  func history() throws {
    let state = try Executable.folder()
    let first = try prompt(state: state)
    let second = try prompt(state: state)
    first.run("one = 1")
    second.type("two = [" + Terminal.enter + "2]" + Terminal.enter)
    second.wait(forEnding: ["    [>   2]", "conch>"])
    first.send(SIGKILL)
    #expect(first.waitForEnd() == 128 + SIGKILL)
    leave(second)
    let third = try prompt(state: state)
    third.type(Terminal.up)
    third.wait(forEnding: ["conch> two = [", "    [>   2]"])
    third.type(Terminal.up)
    third.wait(forLast: "conch> one = 1")
    leave(afterClearing: third)
  }

  @Test("Up looks for entries that begin with what is typed; Down comes back to it")
  func prefix() throws {
    let terminal = try prompt()
    for entry in ["abc = 1", "xyz = 2", "abd = 3"] {
      terminal.run(entry)
    }
    terminal.type("ab" + Terminal.up)
    terminal.wait(forLast: "conch> abd = 3")
    terminal.type(Terminal.up)
    terminal.wait(forLast: "conch> abc = 1")
    terminal.type(Terminal.down + Terminal.down)
    terminal.wait(forLast: "conch> ab")
    leave(afterClearing: terminal)
  }

  @Test("Ctrl-R searches, Ctrl-R again goes on, Enter runs, Ctrl-C gives up and stays")
  func search() throws {
    let terminal = try prompt()
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
    leave(terminal)
  }

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
    let terminal = try prompt()
    terminal.type("ab cd")
    terminal.wait(forLast: "conch> ab cd")
    terminal.type(keys)
    terminal.wait(forLast: line)
    leave(afterClearing: terminal)
  }

  @Test(
    "Letters of all scripts are typed, shown and removed, whatever the locale",
    arguments: [
      ["LC_ALL": "C.UTF-8"], ["LC_ALL": "C"], ["LC_ALL": "xx_YY.nonsense"],
    ])
  func unicode(_ environment: [String: String]) throws {
    let terminal = try prompt(environment: environment)
    terminal.type("show \"Küste 海岸 🏖x\"" + Terminal.left + Terminal.delete)
    terminal.wait(forLast: "conch> show \"Küste 海岸 🏖\"")
    terminal.type(Terminal.enter)
    terminal.wait(forEnding: ["Küste 海岸 🏖", "conch>"])
    leave(terminal)
  }

  // MARK: Completion and help

  @Test("Tab completes commands, and describes them where there are several")
  func completesCommands() throws {
    let terminal = try prompt()
    terminal.type("hel" + Terminal.tab)
    terminal.wait(forLast: "conch> help")
    terminal.type(Terminal.control("u") + "shore_line = 1" + Terminal.enter + "shor" + Terminal.tab)
    terminal.wait(forLast: "conch> shore_line")
    terminal.type(Terminal.control("u") + "show re" + Terminal.tab)
    terminal.wait(for: "Forgets all variables")
    terminal.wait(forLast: "conch> show re")
    leave(afterClearing: terminal)
  }

  @Test("Tab offers the labels that are missing, with what they take")
  func completesLabels() throws {
    let terminal = try prompt()
    terminal.type("help(abo" + Terminal.tab)
    terminal.wait(forLast: "conch> help(about:")
    terminal.type(Terminal.control("u") + "seed n" + Terminal.tab)
    terminal.wait(for: "a whole number")
    leave(afterClearing: terminal)
  }

  @Test("Tab completes fields after a dot and keys in brackets")
  func completesMembers() throws {
    let terminal = try prompt()
    terminal.run("options = {momentum: 0.9, decay: 0.1}")
    terminal.type("options.mo" + Terminal.tab)
    terminal.wait(forLast: "conch> options.momentum")
    terminal.type(Terminal.control("u") + "options[\"de" + Terminal.tab)
    terminal.wait(forLast: "conch> options[\"decay\"]")
    leave(afterClearing: terminal)
  }

  @Test("Tab completes files between quotes")
  func completesFiles() throws {
    let folder = try Executable.folder()
    try FileManager.default.createDirectory(
      at: folder.appendingPathComponent("photographs/beach"), withIntermediateDirectories: true)
    try Data().write(to: folder.appendingPathComponent("photographs/beach/one.jpg"))
    let terminal = try prompt(folder: folder)
    terminal.type("show \"pho" + Terminal.tab + "b" + Terminal.tab + Terminal.tab)
    terminal.wait(forLast: "conch> show \"photographs/beach/one.jpg\"")
    leave(afterClearing: terminal)
  }

  @Test(
    "Help is there in each of its forms",
    arguments: [
      ("help", "Topics"), ("help help", "Explains a command"), ("?seed", "Sets the seed"),
      ("vars?", "Lists the variables"), ("help keys", "Ctrl-R"), ("help \"session\"", "quit"),
      ("help random numbers", "seed"), ("help resett", "did you mean `help reset`?"),
    ])
  func help(_ entry: String, _ text: String) throws {
    let terminal = try prompt(rows: 60)
    terminal.run(entry)
    terminal.wait(for: text)
    leave(terminal)
  }

  // MARK: Interrupts and endings

  @Test("Ctrl-C gives up the entry and never leaves")
  func interruptEntry() throws {
    let terminal = try prompt()
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
    leave(terminal)
  }

  @Test("Ctrl-C ends a loop that would never end; the variables are there")
  func interruptLoop() throws {
    let terminal = try prompt()
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
    leave(terminal)
  }

  @Test("Ctrl-C ends training after the step in hand, says so once, and leaves the line whole")
  func interruptTraining() throws {
    let terminal = try prompt(columns: 100)
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
    leave(terminal)
  }

  @Test(
    "A signal that ends the program leaves the terminal sane",
    arguments: [
      SIGTERM, SIGHUP, SIGQUIT, SIGSEGV, SIGABRT,
    ])
  func signals(_ signal: Int32) throws {
    let terminal = try prompt()
    #expect(!terminal.isSane)
    terminal.send(signal)
    #expect(terminal.waitForEnd() == 128 + signal)
    #expect(terminal.isSane)
  }

  @Test("`quit` leaves")
  func quit() throws {
    let terminal = try prompt()
    terminal.type("quit" + Terminal.enter)
    #expect(terminal.waitForEnd() == 0)
    #expect(terminal.isSane)
  }

  // MARK: Looks

  @Test("An entry is drawn anew in a window of another size")
  func resize() throws {
    let terminal = try prompt(columns: 60)
    terminal.type("text = \"a line that is long enough to be wrapped\"")
    terminal.wait(forLast: "conch> text = \"a line that is long enough to be wrapped\"")
    terminal.resize(columns: 100, rows: 30)
    terminal.type("; text")
    terminal.wait(forLast: "conch> text = \"a line that is long enough to be wrapped\"; text")
    terminal.type(Terminal.enter)
    terminal.wait(forEnding: ["\"a line that is long enough to be wrapped\"", "conch>"])
    leave(terminal)
  }

  @Test("In 40 columns nothing is wider than the window")
  func narrow() throws {
    let terminal = try prompt(columns: 40, rows: 60)
    terminal.run("help")
    terminal.run("help seed")
    terminal.wait(for: "Parameters")
    terminal.type("show " + Terminal.tab)
    leave(afterClearing: terminal)
  }

  @Test("Colours go with NO_COLOR, and so do all escape sequences but the editor's")
  func noColour() throws {
    let coloured = try prompt()
    coloured.run("help")
    leave(coloured)
    #expect(String(decoding: coloured.raw, as: UTF8.self).contains("\u{1B}[1m"))
    let plain = try prompt(environment: ["NO_COLOR": "1"])
    plain.run("help")
    plain.run("undefined_name")
    plain.wait(for: "error E")
    leave(plain)
    let output = String(decoding: plain.raw, as: UTF8.self)
    #expect(!output.contains("\u{1B}[1m") && !output.contains("\u{1B}[31m"))
  }

  @Test("A dumb terminal gets prompts and no escape sequence")
  func dumb() throws {
    let terminal = try prompt(environment: ["TERM": "dumb"])
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
    leave(terminal)
    #expect(!terminal.raw.contains(0x1B))
  }

  @Test("A line of ~/.editrc that libedit does not know is a warning, not the end")
  func settings() throws {
    let state = try Executable.folder()
    try Data("# mine\nbind ^T ed-move-to-beg\nno such line\n".utf8)
      .write(to: state.appendingPathComponent(".editrc"))
    let terminal = try prompt(state: state)
    terminal.wait(for: "libedit does not know")
    terminal.type("1 + 1" + Terminal.control("t") + "1" + Terminal.enter)
    terminal.wait(forEnding: ["conch> 11 + 1", "12", "conch>"])
    leave(terminal)
  }

  @Test("Ctrl-Z gives the terminal back and takes it again")
  func stop() throws {
    let terminal = try prompt()
    terminal.type("kept")
    terminal.wait(forLast: "conch> kept")
    // A session leader without a shell is not stopped by SIGTSTP: what can be seen here is that
    // the entry is drawn again, and that the editor goes on.
    terminal.send(SIGTSTP)
    terminal.send(SIGCONT)
    terminal.type(" = 3" + Terminal.enter + "kept" + Terminal.enter)
    terminal.wait(forEnding: ["conch> kept", "3", "conch>"])
    leave(terminal)
  }
}
