/// How often images of each class were taken for each class: `counts[truth][prediction]`.
package struct Confusion: Equatable, Sendable {
  package let classes: [String]
  package private(set) var counts: [[Int]]

  package init(classes: [String]) {
    self.classes = classes
    counts = [[Int]](repeating: [Int](repeating: 0, count: classes.count), count: classes.count)
  }

  /// Both are indices into `classes`.
  package mutating func add(truth: Int, prediction: Int, count: Int = 1) {
    counts[truth][prediction] += count
  }

  package var total: Int { counts.joined().reduce(0, +) }

  /// The part of all images that was recognised, 0…1; NaN without images.
  package var accuracy: Double {
    Double(classes.indices.reduce(0) { $0 + counts[$1][$1] }) / Double(total)
  }

  /// The part of each class's images that was recognised (its true positive rate); nil for a class
  /// without images.
  package var recall: [Double?] {
    classes.indices.map { share(counts[$0][$0], counts[$0].reduce(0, +)) }
  }

  /// The part of what was taken for each class that is of it; nil where nothing was.
  package var precision: [Double?] {
    classes.indices.map { index in
      share(counts[index][index], counts.reduce(0) { $0 + $1[index] })
    }
  }

  /// The mean of the recalls of the classes that have images: accuracy that does not favour common
  /// classes. The course calls it the average true positive rate. NaN without images.
  package var meanTruePositiveRate: Double {
    let known = recall.compactMap { $0 }
    return known.reduce(0, +) / Double(known.count)
  }

  /// Each row divided by its sum; rows of zeros for classes without images.
  package var rowShares: [[Double]] {
    counts.map { row in
      let sum = row.reduce(0, +)
      return row.map { sum == 0 ? 0 : Double($0) / Double(sum) }
    }
  }

  private func share(_ part: Int, _ whole: Int) -> Double? {
    whole == 0 ? nil : Double(part) / Double(whole)
  }
}
