import Tensors

/// How the pairs of an epoch lie in batches. A set is an anchor of each of some classes, then another
/// image of each, in the same order; a batch is one set or several.
package struct PairBatches: Equatable, Sendable {
  /// Classes of a set.
  package let classes: Int
  /// Sets of a batch.
  package let sets: Int
  /// Batches of an epoch: as many as would show each image of a class that can give pairs once as an
  /// anchor.
  package let count: Int

  /// Images of a batch.
  package var size: Int { 2 * classes * sets }
}

extension Dataset {
  /// Positions by class, of the classes that can give pairs: those with two images or more.
  private var pairable: [[Int]] { kind == .label ? groups.filter { $0.count >= 2 } : [] }

  /// The batches of at most `batch` images, but of at least two pairs: as many classes as go in,
  /// and where all do, as many sets. Nil for fewer than two classes that can give pairs: one class
  /// has nothing to be told apart from.
  package func pairBatches(of batch: Int) -> PairBatches? {
    let groups = pairable
    guard groups.count >= 2 else { return nil }
    let classes = min(max(batch / 2, 2), groups.count)
    let sets = max(batch / (2 * classes), 1)
    let images = groups.reduce(0) { $0 + $1.count }
    let anchors = classes * sets
    return PairBatches(
      classes: classes, sets: sets, count: (images + anchors - 1) / anchors)
  }

  /// The positions of an epoch of pairs, batch after batch. Where there are more classes than those
  /// of a set, they are drawn anew for each set.
  ///
  /// The order depends on the seed and the epoch only. Empty where no class can be told from another.
  package func pairOrder(seed: UInt64, epoch: Int, batch: Int) -> [Int] {
    guard let batches = pairBatches(of: batch) else { return [] }
    let groups = pairable
    var stream = RandomStream(seed: seed, name: "pairs of epoch \(epoch)")
    var order: [Int] = []
    for _ in 0..<batches.count * batches.sets {
      let chosen =
        batches.classes == groups.count
        ? Array(groups.indices)
        : Array(stream.permutation(groups.count).prefix(batches.classes))
      var others: [Int] = []
      for index in chosen {
        let positions = groups[index]
        let anchor = stream.integer(below: positions.count)
        // Any but the anchor: the anchor's place is taken by the last.
        let other = stream.integer(below: positions.count - 1)
        order.append(positions[anchor])
        others.append(positions[other == anchor ? positions.count - 1 : other])
      }
      order += others
    }
    return order
  }
}
