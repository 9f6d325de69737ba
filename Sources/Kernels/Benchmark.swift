/// Times the kernels on the shapes of the models, for `Scripts/bench kernels`.
package enum KernelBenchmark {
  /// One measured kernel. Seconds are the best of the repeats.
  package struct Row: Sendable {
    package var name: String
    /// Floating-point operations, a multiplication with its addition counted as two.
    package var flops: Double
    /// Bytes that must at least be moved: every input and output once.
    package var bytes: Double
    package var seconds: Double
  }

  /// Runs all, or those whose name contains `pattern`.
  package static func run(matching pattern: String? = nil, repeats: Int = 5) -> [Row] {
    preconditionFailure("in progress")
  }
}
