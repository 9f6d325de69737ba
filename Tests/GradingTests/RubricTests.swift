import Foundation
import Grading
import Language
import TestSupport
import Testing

/// What can be known of a rubric before it runs, and what is refused because it cannot.
@Suite("Rubrics") struct RubricTests {
  private func rubric(_ text: String) throws -> Rubric {
    try Rubric(Source(name: "test.rubric", text: text))
  }

  @Test("Checks, points and limits are read from what is written")
  func reading() throws {
    let rubric = try rubric(
      """
      assignment "Title" sheet: "s.conch" data: ["a", "b"] quick: true seconds: 7 memory: 100
      #%% First id="q1"
      check "one" answers.x == 1
      check "two" answers.f(1) points: 2.5 visibility: "hidden" seconds: 3 needs: "one" hint: "look"
      y = answers.y
      check("three", y > -1, points: 0, needs: ["one", "two"])
      """)
    #expect(rubric.assignment.title == "Title")
    #expect(rubric.assignment.sheet == "s.conch")
    #expect(rubric.assignment.data == ["a", "b"])
    #expect(rubric.assignment.isQuick)
    #expect(rubric.assignment.limits.seconds == 7)
    #expect(rubric.assignment.limits.memory == 100 * 1_048_576)
    #expect(rubric.checks.map(\.title) == ["one", "two", "three"])
    #expect(rubric.checks.map(\.points) == [1, 2.5, 0])
    #expect(rubric.checks.map(\.visibility) == ["visible", "hidden", "visible"])
    #expect(rubric.checks.map(\.seconds) == [nil, 3, nil])
    #expect(rubric.checks.map(\.needs) == [[], ["one"], ["one", "two"]])
    #expect(rubric.checks[1].hint == "look")
    #expect(rubric.checks.map(\.line) == [3, 4, 6])
    #expect(rubric.checks.map(\.cell) == ["First", "First", "First"])
    #expect(rubric.points == 3.5)
  }

  @Test(
    "What would ask students different things is refused",
    arguments: [
      ("x = 1", "E0934"),
      ("for i in 0..3\n  check \"a\" true\nend", "E0930"),
      ("if true\n  check \"a\" true\nend", "E0930"),
      ("check = 3", "E0930"),
      ("x = assignment", "E0930"),
      ("check \"a {1}\" true", "E0931"),
      ("n = 2\ncheck \"a\" true points: n", "E0931"),
      ("check \"a\" true points: -1", "E0931"),
      ("check \"a\" true needs: [1]", "E0931"),
      ("check \"a\" true\ncheck \"a\" true", "E0932"),
      ("check \"a\" true needs: \"b\"\ncheck \"b\" true", "E0933"),
      ("check \"a\" true; check \"b\" true", "E0939"),
    ])
  func refusals(text: String, code: String) {
    do {
      _ = try rubric(text)
      Issue.record("\(text) was taken")
    } catch let failure as Failure {
      #expect(failure.code == code, "\(failure.message)")
    } catch {
      Issue.record("\(error)")
    }
  }

  @Test("Mistakes are told with their place")
  func mistakes() {
    #expect(throws: RubricMistakes.self) { try rubric("check \"a\" (1") }
  }

  /// Grades one script with one rubric.
  private func marks(_ rubric: String, _ script: String) throws -> GradeResult {
    let classroom = try Classroom()
    try classroom.write(rubric, to: "test.rubric")
    try classroom.write(script, to: "submissions/ada.conch")
    let outcome = try classroom.grade()
    #expect(outcome.status < ExitStatus.usage, "\(outcome.errors)")
    return try classroom.result("ada")
  }

  @Test("Values that stay in the child are asked there; commands are the language's own")
  func remote() throws {
    let result = try marks(
      """
      assignment "Remote" threads: 2
      test = conch.load("coast/scenes" size: 8 count: 12 seed: 5)
      check "its layers" answers.net.layers.count > 2 and answers.net["c"].kind == "conv"
      check "its weights" answers.net["c"].kernel.shape == [3, 3, 3, 4]
      check "its output" answers.net["c"].output(answers.data[0].image).shape == [6, 6, 4]
      check "kinds" kind(answers.net) == "submitted network" and kind(answers.t) == "tensor"
      check "evaluated there" conch.evaluate(answers.net, test).count == 12
      check "not by the script's own" conch.mean([1, 2, 3]) == 2
      check "labels" answers.f(1, b: 5) == 6 and [1, 2].map(answers.f) == [11, 12]
      check "tensors both ways" same(answers.g(tensor([1, 2])), tensor([2, 4]))
      check "sum here" answers.t.sum() == 6 and answers.t[0] == 1
      check "records" answers.r.inner.net.parameters > 0 and answers.r.inner["a b"] == 2
      check "no such command" conch.evaluat(answers.net) == 1
      check "not sendable" answers.g(sgd(rate: 0.1)) == 1
      check "a command is no answer" answers.count([1]) == 1
      check "threads in a copy" same(answers.product(), 600)
      """,
      """
      data = load "coast/scenes" size: 8 count: 12
      x = input(8, 8, 3)
      net = network(x, dense(global_max_pool(conv(x filters: 4 kernel: 3 name: "c")) units: 4))
      mean = x => 99
      def evaluate(a, b)
        return {count: 12}
      end
      def f(a, b: 10)
        return a + b
      end
      def g(t)
        return 2 * t
      end
      big = zeros(600, 600) + 1
      show((big @ big).sum)
      def product()
        return (big @ big).mean
      end
      t = tensor([1, 2, 3])
      r = {inner: {net: net, "a b": 2}}
      """)
    let said = zip(result.checks, result.outcomes).map { "\($0.title): \($1.message)" }
    #expect(result.marks == "++++++++++ee.+", "\(said.joined(separator: "\n"))")
  }
}
