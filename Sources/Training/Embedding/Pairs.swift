/// Which rows of a batch belong together: anchors, and of each the positive, another row of its
/// class. No class comes twice, so what is not an anchor's own positive is of another class.
package struct Pairs: Equatable, Sendable {
  /// Rows of the batch, by the order in which the classes first appear.
  package private(set) var anchors: [Int] = []
  /// Of the same classes.
  package private(set) var positives: [Int] = []

  package var count: Int { anchors.count }

  /// The sets of pairs of a batch: of each class its first and second row are in the first set, its
  /// third and fourth in the second, and so on. Where damaged images were left out, a row without a
  /// partner takes no part.
  ///
  /// - Parameter labels: the class of each row.
  package static func sets(labels: [Int]) -> [Pairs] {
    var sets: [Pairs] = []
    var rows: [Int: [Int]] = [:]
    for (row, label) in labels.enumerated() { rows[label, default: []].append(row) }
    var places: [Int: Int] = [:]
    for (row, label) in labels.enumerated() {
      let place = places[label, default: 0]
      places[label] = place + 1
      guard place.isMultiple(of: 2), let own = rows[label], place + 1 < own.count else { continue }
      // A class's earlier pairs came first, so no set is passed over.
      if place / 2 == sets.count { sets.append(Pairs()) }
      sets[place / 2].anchors.append(row)
      sets[place / 2].positives.append(own[place + 1])
    }
    return sets
  }
}
