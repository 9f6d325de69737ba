import Kernels
import Testing

extension KernelsTests {
  /// A summary that is wrong by one element misleads whoever debugs with it.
  @Test(arguments: [0, 1, 15, 16, 17, 1000, 300_001])
  func reductionsEqualTheirDefinitions(_ count: Int) {
    var values = Values(71)
    let x = values.array(count)
    let sum = atEveryThreadCount("sum") {
      [Float(Reduction.sum(count: count, x)), Float(Reduction.sumOfSquares(count: count, x))]
    }
    #expect(abs(Double(sum[0]) - doubles(x).reduce(0, +)) < 1e-3)
    #expect(isClose([sum[1]], [doubles(x).reduce(0) { $0 + $1 * $1 }]))
    let statistics = Reduction.statistics(count: count, x)
    #expect(statistics.finiteCount == count)
    #expect(statistics.minimum == x.min() ?? .infinity)
    #expect(statistics.maximum == x.max() ?? -.infinity)
    #expect(abs(statistics.sum - doubles(x).reduce(0, +)) < 1e-9)
    #expect(isClose([Float(statistics.sumOfSquares)], [doubles(x).reduce(0) { $0 + $1 * $1 }]))
  }

  @Test func statisticsCountWhatIsNotANumber() {
    var x = [Float](repeating: 2, count: 100_000)
    for (index, value) in [(3, Float.nan), (70_000, .nan), (9, .infinity), (99_999, -.infinity)] {
      x[index] = value
    }
    x[40_000] = -7
    let statistics = Reduction.statistics(count: x.count, x)
    #expect(statistics.notANumberCount == 2)
    #expect(statistics.infinityCount == 2)
    #expect(statistics.minimum == -7)
    #expect(statistics.maximum == 2)
    #expect(statistics.sum == Double(2 * 99_995 - 7))
  }

  @Test(arguments: [(1, 1), (1000, 3), (300, 700), (5, 9001), (70_000, 2)])
  func columnSumsEqualTheirDefinition(_ size: (Int, Int)) {
    let (rows, columns) = size
    var values = Values(72)
    let x = values.array(rows * columns)
    var expected = [Double](repeating: 1, count: columns)
    for i in x.indices { expected[i % columns] += Double(x[i]) }
    let given = atEveryThreadCount("column sums") {
      var sums = [Float](repeating: 1, count: columns)
      var space = workspace(Reduction.columnSumsWorkspace(rows: rows, columns: columns))
      Reduction.columnSums(
        rows: rows, columns: columns, input: x, output: &sums, accumulate: true,
        workspace: &space)
      return sums
    }
    #expect(isClose(given, expected))
  }
}
