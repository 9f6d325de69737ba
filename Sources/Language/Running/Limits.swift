/// What one script may use. Every limit is counted by the evaluator itself, because a Swift trap, a
/// full stack or a refused allocation cannot be caught.
package struct Limits: Sendable {
  /// Bytes of one source.
  package var sourceSize = 4 << 20
  /// Tokens of one source.
  package var tokens = 500_000
  /// Brackets and blocks inside each other in a source.
  package var syntaxDepth = 150
  /// Links of one chain in a source: terms of a sum, members, `else if` branches.
  package var chainLength = 1_000
  /// Calls inside each other.
  package var calls = 1_000
  /// Expression levels on the evaluator's stack, over all calls inside each other.
  package var levels = 30_000
  /// Bytes of one text.
  package var textSize = 64 << 20
  /// Elements of one list.
  package var listCount = 5_000_000
  /// Lists and records inside each other.
  package var valueDepth = 100
  /// Values reachable from one value, with repeats; texts count one per 24 bytes.
  package var valueWeight = 20_000_000
  /// Bytes of memory in use by the process, after which statements that need more fail; nil for
  /// four fifths of the machine.
  package var memory: Int?

  package init() {}
  package static let standard = Limits()
}
