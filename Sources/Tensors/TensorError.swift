/// What went wrong with a tensor, as facts: what was given, what was expected. Sentences are made
/// from it in one place, above.
package enum TensorError: Error, Equatable, Sendable {
  /// A negative dimension, more than `Tensor.maximumRank` of them, or a product that overflows.
  case invalidShape([Int])
  /// The values would need `bytes`; `available` are left in the memory budget.
  case tooLarge(shape: [Int], bytes: Int, available: Int)
  /// `given` values for a shape that holds another number of them.
  case valueCount(given: Int, shape: [Int])
  /// Two shapes that do not go together in `operation` (such as "+", "@", "concatenate").
  case incompatibleShapes(operation: String, left: [Int], right: [Int])
  /// The number of dimensions that `operation` works on is another.
  case wrongRank(operation: String, given: [Int], expected: Int)
  /// No dimension `axis` in a tensor of `rank` dimensions.
  case axisOutOfRange(axis: Int, rank: Int)
  /// No index `index` along dimension `axis`, which has `size` entries.
  case indexOutOfRange(index: Int, axis: Int, size: Int)
  /// More indices than dimensions.
  case tooManyIndices(given: Int, shape: [Int])
  /// `...` may stand only once among the indices.
  case repeatedEllipsis
  /// A range's step was 0.
  case zeroStep
  case cannotReshape(from: [Int], to: [Int])
  /// Not an order of the dimensions 0..<rank, each once.
  case invalidPermutation([Int], rank: Int)
  /// `operation` has no answer for a tensor without values (along the axis asked for).
  case emptyTensor(operation: String, shape: [Int])
  /// A number outside what `operation` takes; `expected` says what it takes.
  case invalidArgument(operation: String, given: Double, expected: String)
}
