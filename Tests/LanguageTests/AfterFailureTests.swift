import Language
import Testing

/// What a grader needs of the language: runs that go on, and scripts that are read without running.
struct AfterFailureTests {
  private static let script = """
    x = 1
    #%% One
    x = 2
    [1][5]
    x = 3
    #%% Two
    y = x + 1
    fail "again"
    #%% Three
    z = y
    """

  private func run(
    _ script: String, _ after: AfterFailure
  ) -> (variables: [String], failures: [String], outcome: Outcome) {
    let interpreter = Interpreter { _ in }
    var failures: [String] = []
    interpreter.afterFailure = after
    interpreter.onFailure = { failures.append($0.message) }
    let outcome = interpreter.run(Source(name: "test", text: script))
    return (
      interpreter.variables.map { "\($0.name) \($0.value.display)" }, failures, outcome
    )
  }

  @Test func aRunStopsAtItsFirstErrorUnlessItIsToldOtherwise() {
    let result = run(Self.script, .stop)
    #expect(result.variables == ["x 2"])
    #expect(result.failures.isEmpty)
    #expect(result.outcome.diagnostics.count == 1)
  }

  @Test func theNextCellIsRunAfterOneThatFailed() {
    let result = run(Self.script, .nextCell)
    #expect(result.variables == ["x 2", "y 3", "z 3"])
    #expect(result.failures.count == 2)
    #expect(result.outcome.diagnostics.count == 2)
  }

  @Test func theNextStatementIsRunAfterOneThatFailed() {
    let result = run(Self.script, .nextStatement)
    #expect(result.variables == ["x 3", "y 4", "z 4"])
    #expect(result.failures.count == 2)
  }

  @Test func aScriptWithoutCellsHasNoNextCell() {
    let result = run("[1][5]\nx = 1", .nextStatement)
    #expect(result.variables == ["x 1"])
  }

  @Test func callsAreReadWithoutRunning() throws {
    let command = Command(
      "check", group: "Test",
      [
        Parameter("what", .text, help: "What."), Parameter("condition", .any, help: "Whether."),
        Parameter("points", .number, default: .none, help: "How many."),
        Parameter("needs", .any, default: .none, help: "What first."),
      ], summary: "Checks."
    ) { _ in .none }
    let source = Source(
      name: "test",
      text: """
        check "one" x > 1 points: -2 needs: ["a", true, none]
        check("two", f(check), "x{1}")
        if true
          check "three" true
        end
        """)
    let (calls, elsewhere, mistakes) = StatedCall.find([command], in: source)
    #expect(mistakes.isEmpty)
    #expect(calls.map(\.line) == [1, 2])
    #expect(calls[0].literal("what") == .text("one"))
    #expect(calls[0].literal("points") == .number(-2))
    #expect(calls[0].literal("needs") == .list(of: [.text("a"), .boolean(true), .none]))
    #expect(calls[0].isGiven("condition") && calls[0].literal("condition") == nil)
    #expect(calls[1].isGiven("points") && calls[1].literal("points") == nil)
    #expect(!calls[1].isGiven("needs"))
    #expect(elsewhere.map(\.line) == [2, 4])
    #expect(StatedCall.find([command], in: Source(name: "test", text: "x = (")).mistakes.count == 1)
  }

  @Test func aCopyWithOtherNamesIsTheSameStreamOfTokens() {
    func tokens(_ text: String) -> [String] {
      TokenStream.normalised(Source(name: "test", text: text))
    }
    #expect(
      tokens("total = 0\nfor x in [1, 2]\n  total += x\nend")
        == tokens("# mine\n\nsum_of_it = 5; for n in [7, 8]\n\n  sum_of_it += n # more\nend"))
    #expect(tokens("x = 1") != tokens("x = [1]"))
  }
}
