/// Which rows of a batch belong together: of each class the first row, the anchor, and the second,
/// its positive. In a batch of pairs these are rows i and i + K of 2K; where damaged images were
/// left out, their partners stay alone and take no part.
package struct Pairs: Equatable, Sendable {
  /// Rows of the batch, by the order in which the classes first appear.
  package private(set) var anchors: [Int] = []
  /// Of the same classes.
  package private(set) var positives: [Int] = []

  /// - Parameter labels: the class of each row.
  package init(labels: [Int]) {
    var first: [Int: Int] = [:]
    var second: [Int: Int] = [:]
    for (row, label) in labels.enumerated() {
      if first[label] == nil {
        first[label] = row
      } else if second[label] == nil {
        second[label] = row
      }
    }
    for (row, label) in labels.enumerated() where first[label] == row {
      guard let positive = second[label] else { continue }
      anchors.append(row)
      positives.append(positive)
    }
  }

  package var count: Int { anchors.count }
}
