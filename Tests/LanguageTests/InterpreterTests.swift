import Language
import Testing

/// Stands in for a tensor: numbers with an elementwise `+`.
final class Pair: HostObject {
  let numbers: [Double]
  init(_ numbers: [Double]) { self.numbers = numbers }

  var kind: String { "pair" }
  var summary: String { "pair \(numbers.map { Int($0) })" }
  var propertyNames: [String] { ["size", "scale"] }
  var count: Int? { numbers.count }

  func property(_ name: String) throws -> Value? {
    switch name {
    case "size": .number(Double(numbers.count))
    case "scale":
      .function(
        FunctionValue(
          command: Command(
            "scale", group: "", [Parameter("by", .number, help: "")], summary: ""
          ) { call in
            let by = try call.number("by")
            return .object(Pair(self.numbers.map { $0 * by }))
          }))
    default: nil
    }
  }

  func element(at index: Int) throws -> Value { .number(numbers[index]) }

  func index(_ items: [IndexItem]) throws -> Value {
    .text(
      items.map { item in
        switch item {
        case .at(let value): value.display
        case .slice(let start, let end, let step):
          [start, end, step].map { $0.map(String.init) ?? "" }.joined(separator: ":")
        case .range(let range): "\(range.start)..\(range.end)"
        case .ellipsis: "..."
        }
      }.joined(separator: " "))
  }

  func binary(_ operation: BinaryOperation, _ other: Value, isLeft: Bool) throws -> Value? {
    guard operation == .add else { return nil }
    switch other {
    case .number(let number): return .object(Pair(numbers.map { $0 + number }))
    case .object(let object as Pair):
      guard object.numbers.count == numbers.count else {
        throw Failure(code: "E0900", message: "sizes differ", remedy: "make them the same")
      }
      return .object(Pair(zip(numbers, object.numbers).map(+)))
    default: return nil
    }
  }

  func apply(_ command: String, _ call: Call) throws -> Value? {
    command == "sum" ? .number(numbers.reduce(0, +)) : nil
  }
}

@Suite struct InterpreterTests {
  /// An interpreter with `pair(1, 2)`, and what it printed.
  private final class Session {
    var output = ""
    lazy var interpreter = Interpreter(
      commands: [
        Command(
          "pair", group: "Test",
          [Parameter("numbers", .number, gathers: .rest, help: "Two numbers.")], summary: "Pairs."
        ) { .object(Pair(try $0.numbers("numbers"))) },
        Command(
          "train", group: "Test",
          [
            Parameter("fit", .any, help: ""), Parameter("epochs", .whole, help: ""),
            Parameter("validate", .any, default: .none, help: ""),
            Parameter("rate", .number, default: .value(.number(0.1)), help: ""),
          ], result: .nothing, summary: "Trains."
        ) { call in
          let epochs = try call.whole("epochs", in: 1...100)
          call.interpreter.output("trained \(epochs) \(call.has("validate")) \(call.has("rate"))\n")
          return .none
        },
      ], functionProperties: ["scale"]
    ) { self.output += $0 }

    @discardableResult
    func run(_ text: String) -> Outcome { interpreter.run(Source(name: "week1.conch", text: text)) }
  }

  @Test func hostObjectsTakePart() {
    let session = Session()
    let outcome = session.run(
      """
      p = pair(1, 2)
      p
      p + 1
      10 + p
      p.size
      p.scale(by: 3)
      p[0, 10:20, ..., ::2, -1]
      for x in p show x end
      a, b = p
      sum(p) + a
      p.sum()
      p == p
      """)
    #expect(outcome.diagnostics.isEmpty, "\(Diagnostic.render(outcome.diagnostics))")
    #expect(
      session.output == """
        pair [1, 2]
        pair [2, 3]
        pair [11, 12]
        2
        pair [3, 6]
        "0 10:20: ... ::2 -1"
        1
        2
        4
        3
        true

        """)
  }

  @Test func failuresOfHostObjectsGetTheirPlace() {
    let session = Session()
    let diagnostics = session.run("p = pair(1, 2)\nq = p + pair(1, 2, 3)").diagnostics
    #expect(
      Diagnostic.render(diagnostics) == """
        week1.conch:2:5: error E0900: sizes differ
          2 | q = p + pair(1, 2, 3)
            |     ^^^^^^^^^^^^^^^^^ make them the same
        Nothing was changed.

        """)
  }

  @Test func theThreeFormsOfACallAreOne() {
    let session = Session()
    session.run(
      """
      fit = 1
      train(fit, epochs: 3, validate: 2)
      train fit, epochs: 3, validate: 2
      train fit epochs: 3 validate: 2
      fit.train(epochs: 3)
      """)
    #expect(
      session.output
        == "trained 3 true false\ntrained 3 true false\ntrained 3 true false\ntrained 3 false false\n"
    )
  }

  @Test func diagnosticsHaveTheirForm() {
    let session = Session()
    let text = String(repeating: "\n", count: 11) + "train 3 epoch: 3 validate: 4\n"
    #expect(
      Diagnostic.render(session.run(text).diagnostics) == """
        week1.conch:12:9: error E0204: `train` has no parameter `epoch`
          12 | train 3 epoch: 3 validate: 4
             |         ^^^^^ did you mean `epochs`?
        week1.conch:12:1: error E0205: `train` needs `epochs`
          12 | train 3 epoch: 3 validate: 4
             | ^^^^^
        Nothing was changed.

        """)
    #expect(
      Diagnostic.render(session.run("train 1 epochs: 500").diagnostics) == """
        week1.conch:1:17: error E0314: `epochs` of `train` needs a whole number from 1 to 100, and 500 \
        is given
          1 | train 1 epochs: 500
            |                 ^^^
        Nothing was changed. `help train` explains it.

        """)
  }

  @Test func aFailedStatementChangesNothing() {
    let session = Session()
    session.run("x = 1\nxs = [1]")
    let outcome = session.run(
      "for i in 0..5\n  x += i\n  xs += [i]\n  fresh = i\n  if i == 3 fail \"no\" end\nend")
    #expect(outcome.diagnostics.map(\.code) == ["E0319"])
    #expect(session.interpreter.variable(named: "x") == .number(1))
    #expect(session.interpreter.variable(named: "xs") == .list(of: [.number(1)]))
    #expect(session.interpreter.variables.map(\.name) == ["x", "xs"])
  }

  @Test func checkFindsErrorsWithoutRunning() {
    let session = Session()
    let source = Source(name: "week1.conch", text: "show 1\nfoo(1)\nbar = 2 +")
    #expect(session.interpreter.check(source).map(\.code) == ["E0107"])
    #expect(session.output.isEmpty)
  }

  /// Students forget the colon more often than they misspell the label.
  @Test func aLabelWithoutItsColonIsRecognised() {
    let interpreter = Interpreter(output: { _ in })
    let outcome = interpreter.run(Source(name: "prompt", text: "clip 5 low 1"))
    #expect(outcome.diagnostics.map(\.remedy) == ["a label has a colon: `low: …`"])
  }

  @Test func variablesKeepTheOrderOfDefinition() {
    let session = Session()
    session.run("b = 1\na = 2\nb = 3")
    session.interpreter.define("arguments", .list(of: []))
    #expect(session.interpreter.variables.map(\.name) == ["b", "a", "arguments"])
    session.interpreter.removeAllVariables()
    #expect(session.interpreter.variables.isEmpty)
    #expect(session.run("b").diagnostics.map(\.code) == ["E0201"])
  }

  @Test func entriesBuildOnEarlierOnes() {
    let session = Session()
    session.run("def f(a, b: 2) return a + b end")
    session.run("f(1)")
    session.run("ans * 10")
    #expect(session.output == "3\n30\n")
    #expect(session.run("f(1, c: 2)").diagnostics.map(\.code) == ["E0204"])
    #expect(session.interpreter.answer == .number(30))
  }

  @Test func callbacksSeeStatementsAndValues() throws {
    let session = Session()
    var titles: [String] = []
    var shown: [String] = []
    session.interpreter.onStatement = {
      titles.append("\($0.cell?.title ?? "-") \($0.source.line(of: $0.span.start))")
    }
    session.interpreter.onShow = { value, style in shown.append("\(value.display) \(style)") }
    session.run("x = 1\n#%% Two id=\"a\"\nx + 1\nshow \"t\"")
    #expect(titles == [" 1", "Two 3", "Two 4"])
    #expect(shown == ["2 value", "\"t\" show"])
  }

  @Test func checksAreRecordedWithTheirCell() {
    let session = Session()
    session.run(
      "#%% First id=\"q1\" points=2\ncheck \"two\" 1 + 1 == 2 points: 2\ncheck \"x\" none.y")
    let checks = session.interpreter.checks
    #expect(checks.map(\.passed) == [true, false])
    #expect(checks.map(\.cellIdentifier) == ["q1", "q1"])
    #expect(checks.map(\.line) == [2, 3])
    #expect(checks[0].points == 2)
    #expect(checks[1].problem != nil)
  }

  @Test func commandsMayRunSourcesThemselves() {
    var output = ""
    let interpreter = Interpreter(
      commands: [
        Command("rerun", group: "Test", [], summary: "Runs more.") { call in
          let outcome = call.interpreter.run(Source(name: "inner", text: "y = 5\ny + x"))
          return .number(Double(outcome.diagnostics.count))
        }
      ]
    ) { output += $0 }
    let outcome = interpreter.run(Source(name: "outer", text: "x = 1\nrerun\nshow y"))
    // `y` is not known before the inner source ran.
    #expect(outcome.diagnostics.map(\.code) == ["E0201"])
    #expect(interpreter.run(Source(name: "outer", text: "x = 1\nrerun")).diagnostics.isEmpty)
    #expect(interpreter.run(Source(name: "outer", text: "y")).diagnostics.isEmpty)
    #expect(output == "6\n0\n5\n")
  }
}
