/// The values that variables had before each of the last statements, as long as they take little
/// memory: nothing large stays alive that the session does not show.
struct PastValues {
  private var steps: [(changes: [(slot: Int, value: Value?)], size: Int)] = []
  private var size = 0
  private static let countLimit = 100
  /// Bytes in all. The last step is kept whatever its size.
  private static let sizeLimit = 256 << 20

  mutating func append(_ changes: [(slot: Int, value: Value?)]) {
    let added = changes.reduce(0) { $0 + ($1.value?.memorySize ?? 0) }
    steps.append((changes, added))
    size += added
    while steps.count > Self.countLimit || (size > Self.sizeLimit && steps.count > 1) {
      size -= steps.removeFirst().size
    }
  }

  mutating func popLast() -> [(slot: Int, value: Value?)]? {
    guard let last = steps.popLast() else { return nil }
    size -= last.size
    return last.changes
  }
}
