/// How maps are cut into chunks for the threads: by the sizes only, so that results do not depend on
/// the number of threads.
enum Chunks {
  /// Floats that a chunk reads and writes: they stay in the second-level cache for all that is done
  /// with them, and several lines share what they read.
  static let floats = 1 << 16

  /// A small map is cut so often, that it is shared evenly.
  private static let few = 8
  /// Below so much work, handing it out costs more than it saves.
  private static let leastMultiplications = 1 << 15

  /// Lines of a chunk, for `count` lines in all.
  /// - Parameters:
  ///   - floats: what a line reads and writes
  ///   - multiplications: of a line
  static func lines(_ count: Int, floats: Int, multiplications: Int) -> Int {
    let most = max(1, Self.floats / max(1, floats))
    let shared = (count + few - 1) / few
    return min(most, max(1, shared, leastMultiplications / max(1, multiplications)))
  }
}
