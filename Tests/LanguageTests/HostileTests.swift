import Language
import Testing

/// Sources that are made to break an interpreter.
@Suite struct HostileTests {
  private func codes(_ source: Source) -> [String] {
    let interpreter = Interpreter { _ in }
    return interpreter.run(source).diagnostics.map(\.code)
  }

  private func codes(_ text: String) -> [String] { codes(Source(name: "hostile", text: text)) }

  @Test func deepNestingIsAnError() {
    let count = 100_000
    func times(_ text: String) -> String { String(repeating: text, count: count) }
    for opener in ["(", "[", "f(", "x[", "-", "not ", "{a: ", "x => ", "\"{", "2 ^ ", "if true\n"] {
      #expect(codes("x = 1\n" + times(opener) + "1") != [], "\(opener)")
    }
    #expect(codes("x = 1" + times(" + 1")) == ["E0112"])
    #expect(codes("x = [1]\nx" + times("[0]")) == ["E0112"])
    #expect(codes("x = {a: 1}\nx" + times(".a")) == ["E0112"])
    #expect(codes("x = 1\n" + times("x if true else ") + "1") == ["E0112"])
    #expect(
      codes("x = 1\nif x == 3\n" + String(repeating: "else if x == 2\n", count: 20_000) + "end")
        == [])
  }

  @Test func chainsUnderTheLimitRun() {
    #expect(codes("x = 1" + String(repeating: " + 1", count: 900)) == [])
  }

  @Test func longLinesAndFiles() {
    let long = String(repeating: "a", count: 50 << 20)
    #expect(codes(long) == ["E0113"])
    #expect(codes("x = \"" + String(repeating: "a", count: 3 << 20) + "\"") == [])
    let tokens = String(repeating: "1,", count: 600_000)
    #expect(codes("x = [" + tokens + "]").first == "E0113")
  }

  @Test func brokenBytes() {
    #expect(codes(Source(name: "x", bytes: [0x78, 0x20, 0xFF, 0xFE])).first == "E0114")
    #expect(codes(Source(name: "x", bytes: [0x00])) == ["E0101"])
    #expect(codes(Source(name: "x", bytes: [])) == [])
    #expect(
      codes(Source(name: "x", bytes: [0xEF, 0xBB, 0xBF] + Array("x = 1\r\ny = 2\r".utf8))) == [])
    #expect(codes(Source(name: "x", bytes: [0xF0, 0x9F])).first == "E0114")
  }

  @Test func terminalEscapesDoNotReachTheTerminal() {
    let source = Source(name: "x", text: "x = \"\u{1B}[31m\" + unknown \u{1B}")
    let interpreter = Interpreter { _ in }
    let message = Diagnostic.render(interpreter.run(source).diagnostics)
    #expect(!message.unicodeScalars.contains("\u{1B}"))
    #expect(Value.text("\u{1B}[0m").display == "\"\\u{1b}[0m\"")
  }

  @Test func manyNamesAreAnError() {
    let text = (0..<70_000).map { "a\($0) = 1" }.joined(separator: "\n")
    #expect(codes(text).first == "E0210")
  }

  @Test func budgetAndCancellationEndLoops() {
    let interpreter = Interpreter { _ in }
    interpreter.statementBudget = 1_000
    guard
      case .interrupted(let spent) = interpreter.run(
        Source(name: "x", text: "n = 0\nwhile true\n  try n += 1 catch end\nend"))
    else {
      Issue.record("the budget did not end the loop")
      return
    }
    #expect(spent.code == "E0406")
    interpreter.statementBudget = nil
    var asked = 0
    interpreter.isCancelled = {
      asked += 1
      return asked > 3
    }
    guard
      case .interrupted(let cancelled) = interpreter.run(
        Source(name: "x", text: "while true\n  n += 1\nend"))
    else {
      Issue.record("cancelling did not end the loop")
      return
    }
    #expect(cancelled.code == "E0407")
    // What was done until then stays.
    #expect(interpreter.variable(named: "n") != .number(0))
  }

  @Test func budgetIsTheSameEachTime() {
    func count() -> Value? {
      let interpreter = Interpreter { _ in }
      interpreter.statementBudget = 777
      interpreter.run(Source(name: "x", text: "n = 0\nwhile true n += 1 end"))
      return interpreter.variable(named: "n")
    }
    #expect(count() == count())
  }
}
