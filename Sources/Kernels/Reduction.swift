/// Sums and extremes in a fixed order.
package enum Reduction {
  /// The sum, added in double precision.
  package static func sum(count: Int, _ values: UnsafePointer<Float>) -> Double {
    preconditionFailure("in progress")
  }

  /// The sum of squares, added in double precision.
  package static func sumOfSquares(count: Int, _ values: UnsafePointer<Float>) -> Double {
    preconditionFailure("in progress")
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
    preconditionFailure("in progress")
  }

  /// Floats of workspace that `columnSums` needs; depends on the sizes only.
  package static func columnSumsWorkspace(rows: Int, columns: Int) -> Int {
    preconditionFailure("in progress")
  }

  /// output `[columns]` (=, or +=) the sums over rows of input `[rows, columns]`: the gradient of
  /// a bias.
  package static func columnSums(
    rows: Int, columns: Int, input: UnsafePointer<Float>, output: UnsafeMutablePointer<Float>,
    accumulate: Bool = false, workspace: UnsafeMutablePointer<Float>?
  ) {
    preconditionFailure("in progress")
  }
}
