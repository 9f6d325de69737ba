import Figures
import Foundation
import Language
import Notebook
import TestSupport
import Testing

/// A session that writes into a text.
final class RecordedSession {
  private(set) var output = ""
  private(set) var errors = ""
  var interrupts = 0
  private(set) var session: Session!

  init(isTerminal: Bool = false, columns: Int = 60) {
    session = Session(
      console: Console(
        page: TerminalPage(columns: columns, colour: .monochrome), isTerminal: isTerminal,
        errorStyle: TerminalStyle(.monochrome),
        write: { [unowned self] in output += $0 }, writeError: { [unowned self] in errors += $0 },
        interruptCount: { [unowned self] in interrupts },
        clearInterrupts: { [unowned self] in interrupts = 0 }))
  }

  func completion(_ text: String) -> [String] {
    session.completion(of: text, at: text.unicodeScalars.count).candidates.map(\.text)
  }
}

/// A session in which entries are typed one after the other.
func typed(_ entries: [String]) -> RecordedSession {
  let recorded = RecordedSession(columns: 120)
  _ = recorded.session.run(from: ScriptedSource(entries, isInteractive: true))
  return recorded
}

@Suite("A session") struct SessionTests {
  @Test("The examples of the session's commands run")
  func examples() {
    let commands = RecordedSession().session.interpreter.commands.filter { command in
      Set(["help", "vars", "reset", "seed", "time", "cells", "rerun", "undo", "predict_first"])
        .contains(command.name)
    }
    #expect(commands.count == 9)
    for example in commands.flatMap(\.examples) {
      let recorded = typed([example])
      #expect(recorded.errors == "", "\(example): \(recorded.errors)")
    }
  }

  @Test("At the prompt an error ends its entry, elsewhere the session")
  func errors() {
    let entries = ["x = 1", "y = unknown_name", "show x"]
    let typed = RecordedSession()
    #expect(typed.session.run(from: ScriptedSource(entries, isInteractive: true)) == .finished)
    #expect(typed.output == "1\n")
    let piped = RecordedSession()
    #expect(piped.session.run(from: ScriptedSource(entries)) == .failed)
    #expect(piped.output == "")
    #expect(piped.errors == typed.errors)
  }

  @Test("An interrupt ends the run with its own status, and is not left for the next entry")
  func interrupts() {
    let recorded = RecordedSession()
    recorded.interrupts = 1
    let loop = Source(name: "loop.conch", text: "x = 0\nwhile true\n  x += 1\nend\n")
    #expect(recorded.session.run(loop) == .interrupted)
    #expect(recorded.errors.hasPrefix("Interrupted at loop.conch:"))
    let lines = ScriptedSource(["1", "2"], isInteractive: true)
    #expect(recorded.session.run(from: lines) == .finished)
    #expect(recorded.output == "1\n2\n")
  }

  @Test("`seed` reaches the random streams; `reset` forgets variables and keeps the seed")
  func seedAndReset() {
    let recorded = RecordedSession()
    #expect(recorded.session.run(entry: "seed 7\nx = 1\nreset\nshow seed()") == .finished)
    #expect(recorded.session.workspace.seed == 7)
    #expect(recorded.output == "7\n")
    #expect(recorded.session.run(entry: "show x") == .failed)
    #expect(recorded.session.run(entry: "seed(-1)") == .failed)
    #expect(recorded.session.run(entry: "seed 0.5") == .failed)
  }

  @Test("`time` gives the function's value back, and needs no function")
  func time() {
    let recorded = RecordedSession()
    #expect(recorded.session.run(entry: "def f()\n  return 7\nend\nx = time(f)\nx") == .finished)
    #expect(recorded.output.hasPrefix("It took "))
    #expect(recorded.output.hasSuffix("\n7\n"))
    #expect(recorded.session.run(entry: "time") == .finished)
    #expect(recorded.output.contains("The entry before took "))
  }

  @Test("`vars` shows names, kinds and values, and fits the page")
  func vars() {
    let recorded = RecordedSession()
    let entry =
      "rate = 0.1; names = [\"sand\", \"mud\"]; f = x => x + 1\nlong = \"\(String(repeating: "é", count: 200))\";\nvars"
    #expect(recorded.session.run(entry: entry) == .finished)
    let lines = recorded.output.split(separator: "\n")
    #expect(lines.count == 5, "\(recorded.output)")
    #expect(lines.allSatisfy { displayWidth(String($0)) <= 60 })
    #expect(lines[1].hasPrefix("rate") && lines[1].hasSuffix("0.1"))
  }

  @Test("A script is checked whole before its first statement")
  func checked() {
    let recorded = RecordedSession()
    #expect(recorded.session.run(Source(name: "a", text: "show 1\nshow nowhere")) == .failed)
    #expect(recorded.output == "")
    #expect(recorded.session.check(Source(name: "a", text: "show 1")) == .finished)
    #expect(recorded.output == "")
  }
}

@Suite("Completion") struct CompleterTests {
  private let recorded = RecordedSession()

  init() {
    let setting = """
      shore = [1, {depth: 2}]
      options = {momentum: 0.9, nested: {decay: 0.1}}
      def warm(step, top: 0.1)
        return top * step
      end
      """
    #expect(recorded.session.run(entry: setting) == .finished)
  }

  @Test(
    "The place decides what is offered",
    arguments: [
      ("sho", ["shore", "show"]), ("x = sho", ["shore", "show"]), ("show shor", ["shore"]),
      ("options.mo", ["momentum"]), ("options.nested.de", ["decay"]), ("shore[1].de", ["depth"]),
      ("options[\"mo", ["momentum\"]"]), ("options[\"nested\"][\"", ["decay\"]"]),
      (
        "warm(1, t", ["top: ", "take", "tan", "tanh", "tensor", "text", "time", "trainer", "train"]
      ),
      ("warm(1 ", ["top: "]), ("seed n", ["number: "]), ("seed(number: 1 n", []),
      ("\"{shor", ["shore"]), ("x = [shor", ["shore"]), ("if true\n  shor", ["shore"]),
      ("# sho", []), ("1", []), ("x.", nil), ("?rese", ["reset"]), ("", nil),
    ] as [(String, [String]?)])
  func places(_ text: String, _ expected: [String]?) {
    let found = recorded.completion(text)
    guard let expected else {
      #expect(found.count > 5)
      return
    }
    let known = Set(expected)
    // Commands may be added that begin the same: what is expected must be there, in this order.
    #expect(found.filter(known.contains).sorted() == expected.sorted(), "\(found)")
    if expected.count == 1 { #expect(found.first == expected.first, "\(found)") }
    if expected.isEmpty { #expect(found.isEmpty || text.hasPrefix("seed("), "\(found)") }
  }

  @Test("What fits the parameter comes first: variables, commands that give one, choices")
  func values() {
    let setting = """
      coast = load "coast/scenes" size: 48 count: 4
      net = small_cnn(classes: 4 input: [48, 48, 3] filters: 4 dense: 8)
      fit = trainer(net, coast batch: 2)
      """
    #expect(recorded.session.run(entry: setting) == .finished, "\(recorded.errors)")
    #expect(recorded.completion("step ").first == "fit")
    #expect(!recorded.completion("step ").contains("coast"))
    #expect(recorded.completion("trainer(net, ").first == "coast")
    let optimizers = recorded.completion("trainer(net, coast optimizer: ")
    #expect(Set(optimizers).isSuperset(of: ["adam(", "sgd("]) && !optimizers.contains("net"))
    #expect(recorded.completion("conv(net padding: ").first == "\"same\"")
    let layers = recorded.session.completion(of: "net[\"conv_1", at: 11).candidates
    #expect(layers.first?.text == "conv_1\"]" && layers.first?.detail.contains("3") == true)
  }

  @Test("Between quotes stand files of the right type, folders, and names that are no files")
  func files() throws {
    let folder = try Executable.folder()
    for name in ["a.h5", "b.txt", "c.safetensors", "d.jpg"] {
      try Data().write(to: folder.appendingPathComponent(name))
    }
    try FileManager.default.createDirectory(
      at: folder.appendingPathComponent("sub"), withIntermediateDirectories: false)
    let path = folder.path + "/"
    #expect(
      recorded.completion("open \"\(path)") == ["a.h5\"", "c.safetensors\"", "sub/"])
    #expect(recorded.completion("load \"\(path)") == ["d.jpg\"", "sub/"])
    #expect(recorded.completion("show \"\(path)").count == 5)
    #expect(recorded.completion("x = load \"coast/sc") == ["coast/scenes\""])
    #expect(recorded.completion("unet(weights: \"image").contains("imagenet\""))
  }

  @Test("A closed quote is not closed twice")
  func closedQuote() {
    let completion = recorded.session.completion(of: "options[\"mo\"]", at: 11)
    #expect(completion.candidates.map(\.text) == ["momentum"])
    #expect(completion.range == 9..<11)
  }

  @Test("No text makes completion fail")
  func anyText() {
    let text =
      "x = f(a, [1, {b: \"c {d[\"e\"]} \\\"\"}]) \"\"\"g { h } \"\" \"\"\" # i\n) ] } ..1 .j"
    for length in 0...text.unicodeScalars.count {
      _ = recorded.session.completion(of: text, at: length)
      _ = recorded.completion(String(text.unicodeScalars.prefix(length)))
      _ = recorded.completion(String(text.unicodeScalars.suffix(length)))
    }
  }
}
