import Language
import Notebook
import Testing

/// The rows of `cells` that say that something is stale.
private func stale(_ entries: [String]) -> [String] {
  typed(entries + ["cells"]).output.split(separator: "\n").map(String.init)
    .filter { $0.contains("stale") && !$0.contains("`rerun`") }
    .map { $0.split(separator: " ").joined(separator: " ") }
}

@Suite("Stale cells") struct CellLogTests {
  private static let cases: [(entries: [String], stale: [String])] = [
    (["x = 1", "y = x + 1", "x = 5"], ["2 y = x + 1 stale: x has another value by 3"]),
    // The same value is no change, and a variable that a cell itself assigns is not read.
    (["x = 1", "y = x + 1", "x = 1"], []),
    (["x = 1", "x = 2; y = x", "x = 3"], []),
    (["x = 1", "x += 1"], []),
    // What follows is stale through what comes before it.
    (
      ["a = 1", "b = a", "c = b", "a = 2"],
      ["2 b = a stale: a has another value by 4", "3 c = b stale after 2"]
    ),
    // What a function reads counts, and so does what a function reads that is called by another.
    (
      ["k = 1", "def f(x) return x * k end", "def g(x) return f(x) end", "y = g(2)", "k = 3"],
      ["4 y = g(2) stale: k has another value by 5"]
    ),
    (
      ["k = 1", "ys = [1, 2].map(x => x * k)", "k = 2"],
      ["2 ys = [1, 2].map(x => x * k) stale: k has another value by 3"]
    ),
    // A function that is not called reads nothing; nor does a branch that is not taken.
    (["k = 1", "def f(x) return x * k end", "k = 3"], []),
    (["k = 1", "if false show k end", "k = 3"], []),
    // Taking back is a change too, and what failed is not stale.
    (["x = 1", "x = 2", "y = x", "undo", "undo"], ["3 y = x stale: x has another value by 5"]),
    (["x = 1", "show x + nothing", "x = 2"], []),
    (["x = 1", "y = x", "reset"], []),
  ]

  @Test("A cell is stale when what it read has changed", arguments: cases)
  func staleness(_ entries: [String], _ expected: [String]) {
    #expect(stale(entries) == expected)
  }

  private static let training = [
    "coast = load \"coast/scenes\" size: 48 count: 8",
    "net = small_cnn(classes: 4 input: [48, 48, 3])",
    "fit = trainer(net, coast batch: 4)",
    "step fit",
    "report = evaluate(net, coast)",
  ]

  @Test("Training makes stale what looked at the network, and not what trained it")
  func training() {
    #expect(stale(Self.training) == [])
    #expect(
      stale(Self.training + ["step fit"])
        == ["5 report = evaluate(net, coast) stale: net was changed by 6"])
    // Another trainer under the same name is not the one that cell 4 trained.
    #expect(stale(Self.training + ["fit = trainer(net, coast batch: 2)"]) == [])
    // But the network itself, made anew, is.
    let again = stale(Self.training + ["rerun 2"])
    #expect(again.count == 3, "\(again)")
    #expect(again.first == "3 fit = trainer(net, coast batch: 4) stale: net has another value by 2")
  }

  @Test("`rerun` runs the stale cells in their order, and only those")
  func rerun() {
    let recorded = typed([
      "a = 1", "b = a * 10", "show \"other\"", "c = b + 1", "show c", "a = 2", "rerun", "cells",
    ])
    #expect(!recorded.errors.contains("error"), "\(recorded.errors)")
    let lines = recorded.output.split(separator: "\n").map(String.init)
    #expect(lines.filter { $0 == "other" }.count == 1)
    #expect(lines.filter { $0 == "11" }.count == 1 && lines.filter { $0 == "21" }.count == 1)
    #expect(!recorded.output.contains("stale"))
  }

  @Test("What a cell that is run again overwrites is put right by the cell that wrote it later")
  func overwritten() {
    let recorded = typed([
      "k = 1", "y = k", "y = 100", "k = 2", "rerun", "show y", "cells",
    ])
    #expect(recorded.output.contains("\n100\n"), "\(recorded.output)")
    #expect(!recorded.output.contains("stale"))
  }

  @Test("`rerun` stops at the first cell that fails, and says no cell that does not exist")
  func rerunFails() {
    let recorded = typed(["a = 1", "b = 10 // a", "c = b", "a = 0", "rerun", "rerun 99"])
    #expect(recorded.errors.contains("no cell 99 has run"), "\(recorded.errors)")
    #expect(!recorded.output.contains("── 3"))
  }

  @Test("`undo` takes back one assignment after the other, also of several names")
  func undo() {
    let recorded = typed(["x = 1", "x = 2; y = 3", "undo", "undo", "vars", "undo", "undo"])
    #expect(
      recorded.output.hasPrefix("y has no value any more.\nx is again 1\n"), "\(recorded.output)")
    #expect(recorded.output.contains("x has no value any more."))
    #expect(recorded.output.hasSuffix("There is nothing to take back.\n"))
  }

  @Test("In scripts there are no cells to look back at, and this is said")
  func scripts() {
    let recorded = RecordedSession()
    #expect(recorded.session.run(entry: "cells") == .failed)
    #expect(recorded.errors.contains("E0902"))
  }
}
