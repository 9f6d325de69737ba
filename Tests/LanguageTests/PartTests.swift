import Language
import Testing

@Suite struct PartTests {
  @Test(
    "the prompt knows when to ask for more",
    arguments: [
      ("x = 1", Completeness.complete), ("for i in 0..3", .incomplete(["for"])),
      ("for i in 0..3\n  f(1,", .incomplete(["for", "("])), ("x = [1,\n 2", .incomplete(["["])),
      ("x = 1 +", .incomplete([])), ("x =", .incomplete([])),
      ("if true\nelse", .incomplete(["if"])),
      ("show \"\"\"abc", .incomplete(["\"\"\""])), ("show \"abc", .invalid), ("x = )", .invalid),
      ("x = 1 if true", .invalid), ("", .complete), ("# only a comment", .complete),
      ("def f(x)\n  while x", .incomplete(["def", "while"])), ("f = x =>", .incomplete([])),
    ])
  func completeness(text: String, expected: Completeness) {
    #expect(Parser.completeness(of: text) == expected, "\(text)")
  }

  @Test func cellsOfAPercentScript() {
    let text = """
      #!/usr/bin/env conch
      x = 1
      # %% Look at the data [markdown] id="intro"
      # Some *prose*.
      #%% Question 1 id="q1" points=2.5 locked=true
      y = \"\"\"
      #%% not a cell
      \"\"\"
      #%%
      z = 1
      """
    let source = Source(name: "x", text: text)
    let cells = Cells.split(source)
    #expect(cells.map(\.title) == ["", "Look at the data", "Question 1", ""])
    #expect(cells.map(\.kind) == [.code, .markdown, .code, .code])
    #expect(cells.map(\.id) == [nil, "intro", "q1", nil])
    #expect(cells[2].points == 2.5)
    #expect(cells[2].isLocked && !cells[1].isLocked)
    #expect(source.slice(cells[0].body) == "x = 1\n")
    #expect(source.slice(cells[1].body) == "# Some *prose*.\n")
    #expect(source.slice(cells[3].body) == "z = 1")
  }

  @Test(
    "a misspelt word finds its neighbour",
    arguments: [
      ("epoch", "epochs"), ("tarin", "train"), ("evalaute", "evaluate"), ("Show", "show"),
      ("zzz", nil), ("sand", nil),
    ] as [(String, String?)])
  func spelling(word: String, expected: String?) {
    let known = ["epochs", "train", "evaluate", "show", "sin"]
    #expect(Spelling.nearest(to: word, among: known) == expected)
  }

  @Test(
    "numbers read back as themselves",
    arguments: [
      (0, "0"), (-0.0, "0"), (3, "3"), (0.1, "0.1"), (1e15, "1000000000000000"), (1e16, "1e+16"),
      (1e-300, "1e-300"), (1.7976931348623157e308, "1.7976931348623157e+308"),
      (.infinity, "infinity"),
      (-1.5, "-1.5"),
    ] as [(Double, String)])
  func numbers(number: Double, text: String) {
    #expect(NumberFormat.shortest(number) == text)
    if number.isFinite { #expect(Double(text) == number) }
  }

  @Test(
    "digits after the point",
    arguments: [
      (2.345, 1, "2.3"), (0.999, 2, "1.00"), (-0.001, 2, "0.00"), (12, 3, "12.000"),
      (0.05, 2, "0.05"),
    ] as [(Double, Int, String)])
  func fixed(number: Double, digits: Int, text: String) {
    #expect(NumberFormat.fixed(number, digits: digits) == text)
  }

  @Test func theExamplesOfEveryCommandRun() {
    for command in CoreCommands.all {
      #expect(!command.summary.isEmpty && command.summary.hasSuffix("."))
      for example in command.examples {
        let interpreter = Interpreter { _ in }
        let diagnostics = interpreter.run(Source(name: command.name, text: example)).diagnostics
        #expect(diagnostics.isEmpty, "\(Diagnostic.render(diagnostics))")
      }
    }
  }

  @Test func wideCharactersKeepTheCaretInPlace() {
    let interpreter = Interpreter { _ in }
    let source = Source(name: "x", text: "x = \"海岸\" + unknown")
    let lines = interpreter.run(source).diagnostics[0].render().split(separator: "\n")
    #expect(lines[0].hasPrefix("x:1:12:"))
    #expect(lines[2] == "    |              ^^^^^^^")
  }
}
