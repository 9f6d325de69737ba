import CKernels

/// Sums and extremes in a fixed order.
package enum Reduction {
  /// The most parts into which one reduction is cut.
  private static let mostParts = 32
  /// The fewest values of a part.
  private static let shortestPart = 1 << 15

  /// How many parts a reduction of `count` values has.
  private static func parts(_ count: Int) -> Int {
    max(1, min(mostParts, count / shortestPart))
  }

  /// The sum, added in double precision.
  package static func sum(count: Int, _ values: UnsafePointer<Float>) -> Double {
    inParts(count: count, zero: 0.0, { conch_sum($0.count, values + $0.lowerBound) }, { $0 + $1 })
  }

  /// The sum of squares, added in double precision.
  package static func sumOfSquares(count: Int, _ values: UnsafePointer<Float>) -> Double {
    inParts(
      count: count, zero: 0.0, { conch_sum_of_squares($0.count, values + $0.lowerBound) },
      { $0 + $1 })
  }

  /// What a summary of values shows. Minimum, maximum, sum and sum of squares are over the finite
  /// values; with none, minimum is +∞ and maximum −∞.
  package struct Statistics: Equatable, Sendable {
    package var count = 0
    package var notANumberCount = 0
    package var infinityCount = 0
    package var minimum = Float.infinity
    package var maximum = -Float.infinity
    package var sum = 0.0
    package var sumOfSquares = 0.0
    /// Finite values.
    package var finiteCount: Int { count - notANumberCount - infinityCount }
  }

  /// All of `Statistics` in one pass.
  package static func statistics(count: Int, _ values: UnsafePointer<Float>) -> Statistics {
    inParts(
      count: count, zero: Statistics(),
      { range in
        var result = conch_statistics_result()
        conch_statistics(range.count, values + range.lowerBound, &result)
        return Statistics(
          count: range.count, notANumberCount: result.nan,
          infinityCount: range.count - result.nan - result.finite, minimum: result.minimum,
          maximum: result.maximum, sum: result.sum, sumOfSquares: result.squares)
      },
      { a, b in
        Statistics(
          count: a.count + b.count, notANumberCount: a.notANumberCount + b.notANumberCount,
          infinityCount: a.infinityCount + b.infinityCount, minimum: min(a.minimum, b.minimum),
          maximum: max(a.maximum, b.maximum), sum: a.sum + b.sum,
          sumOfSquares: a.sumOfSquares + b.sumOfSquares)
      })
  }

  /// Reduces the parts of 0..<count on all threads, then joins the results in order.
  private static func inParts<Result>(
    count: Int, zero: Result, _ reduce: (Range<Int>) -> Result,
    _ join: (Result, Result) -> Result
  ) -> Result {
    guard count > 0 else { return zero }
    let parts = parts(count)
    return withUnsafeTemporaryAllocation(of: Result.self, capacity: parts) { results in
      guard let base = results.baseAddress else { return zero }
      Parallel.run(chunks: parts) { part in
        // Cut without a product of count and part, which might overflow.
        let (share, rest) = count.quotientAndRemainder(dividingBy: parts)
        let from = part * share + min(part, rest)
        let to = from + share + (part < rest ? 1 : 0)
        (base + part).initialize(to: reduce(from..<to))
      }
      let joined = results.reduce(zero, join)
      results.deinitialize()
      return joined
    }
  }

  /// Floats of workspace that `columnSums` needs; depends on the sizes only.
  package static func columnSumsWorkspace(rows: Int, columns: Int) -> Int {
    RowParts(rows: rows, columns: columns).workspace(sumsPerColumn: 1)
  }

  /// output `[columns]` (=, or +=) the sums over rows of input `[rows, columns]`: the gradient of
  /// a bias.
  package static func columnSums(
    rows: Int, columns: Int, input: UnsafePointer<Float>, output: UnsafeMutablePointer<Float>,
    accumulate: Bool = false, workspace: UnsafeMutablePointer<Float>?
  ) {
    let parts = RowParts(rows: rows, columns: columns)
    parts.sum(sumsPerColumn: 1, workspace: workspace) { rows, block, sums in
      conch_column_sums(
        rows.count, block.count, columns, input + (rows.lowerBound * columns + block.lowerBound),
        sums)
    } result: { column, sums in
      let sum = Float(sums.0)
      output[column] = accumulate ? output[column] + sum : sum
    }
  }
}

/// Sums over rows, per column, in parts that depend on the sizes only: the parts in parallel, in
/// double precision, then joined in order.
struct RowParts {
  let rows: Int
  let columns: Int
  let count: Int

  private static let mostParts = 32
  private static let shortestPart = 1 << 15

  init(rows: Int, columns: Int) {
    (self.rows, self.columns) = (rows, columns)
    count = max(1, min(Self.mostParts, rows, rows * columns / Self.shortestPart))
  }

  /// Floats of workspace: doubles for each part, column and sum, and room to align them.
  func workspace(sumsPerColumn: Int) -> Int { 2 * count * columns * sumsPerColumn + 2 }

  /// - Parameters:
  ///   - part: adds the sums of a range of rows and of at most `CONCH_COLUMN_BLOCK` columns to
  ///     the doubles; kind s of a column lies `columns` · s behind
  ///   - result: receives each column's sums, one for each kind
  func sum(
    sumsPerColumn: Int, workspace: UnsafeMutablePointer<Float>?,
    part: (_ rows: Range<Int>, _ columns: Range<Int>, UnsafeMutablePointer<Double>) -> Void,
    result: (_ column: Int, _ sums: (Double, Double)) -> Void
  ) {
    guard columns > 0 else { return }
    guard let workspace else { preconditionFailure("sums over rows need a workspace") }
    let address = UnsafeMutableRawPointer(workspace).alignedUp(for: Double.self)
    let width = columns * sumsPerColumn
    let sums = address.bindMemory(to: Double.self, capacity: count * width)
    let (share, rest) = rows.quotientAndRemainder(dividingBy: count)
    Parallel.run(chunks: count) { index in
      let from = index * share + min(index, rest)
      let to = from + share + (index < rest ? 1 : 0)
      let own = sums + index * width
      own.update(repeating: 0, count: width)
      for column in stride(from: 0, to: columns, by: Int(CONCH_COLUMN_BLOCK)) {
        part(from..<to, column..<min(columns, column + Int(CONCH_COLUMN_BLOCK)), own + column)
      }
    }
    for column in 0..<columns {
      var (first, second) = (0.0, 0.0)
      for index in 0..<count {
        let own = sums + index * width
        first += own[column]
        if sumsPerColumn > 1 { second += own[columns + column] }
      }
      result(column, (first, second))
    }
  }
}
