import Tensors

extension Dataset {
  /// Takes the dataset apart at random into one part per fraction, and, if they add up to less
  /// than 1, a last part with the rest. Every image, with all its boxes, is in exactly one part;
  /// each part keeps the dataset's order.
  /// - Parameters:
  ///   - fractions: each above 0, together at most 1; `[0.8]` gives four fifths and a fifth.
  ///   - stratified: whether each class is split by itself, so that every part has the same mix.
  ///     A class with at least as many samples as there are parts is then in all of them.
  /// - Throws: `ImageryError.invalidArgument`, `.noSamples` if a part would be empty.
  package func split(
    _ fractions: [Double], seed: UInt64, stratified: Bool = true
  ) throws -> [Dataset] {
    let shares = try Dataset.shares(fractions)
    var part = [Int](repeating: 0, count: count)
    var stream = RandomStream(seed: seed, name: "split")
    let groups = stratified ? self.groups : [Array(0..<count)]
    // What rounding gave to a part too much in earlier classes, it gets less of in later ones.
    var owed = [Double](repeating: 0, count: shares.count)
    for var group in groups {
      stream.shuffle(&group)
      let sizes = Dataset.sizes(of: group.count, shares: shares, owed: &owed)
      var next = 0
      for (number, size) in sizes.enumerated() {
        for position in group[next..<(next + size)] { part[position] = number }
        next += size
      }
    }
    return try shares.indices.map { number in
      let positions = part.indices.filter { part[$0] == number }
      guard !positions.isEmpty else {
        throw ImageryError(
          .noSamples, "split", given: "part \(number + 1) of \(count) images would be empty")
      }
      return try subset(positions)
    }
  }

  private static func shares(_ fractions: [Double]) throws -> [Double] {
    let total = fractions.reduce(0, +)
    guard !fractions.isEmpty, fractions.count <= 64, fractions.allSatisfy({ $0 > 0 && $0 <= 1 }),
      total <= 1 + 1e-9
    else {
      throw ImageryError(
        .invalidArgument, "split",
        given: fractions.map { "\($0)" }.joined(separator: ", "),
        expected: "parts above 0 that add up to at most 1")
    }
    return total < 1 - 1e-9 ? fractions + [1 - total] : fractions
  }

  /// Whole sizes that add up to `count`, each near its share: whole parts first, then one more for
  /// those that are owed most.
  private static func sizes(of count: Int, shares: [Double], owed: inout [Double]) -> [Int] {
    // Shares are in 0…1, so every product is within 0…count.
    for i in shares.indices { owed[i] += shares[i] * Double(count) }
    var sizes = shares.map { Int(($0 * Double(count)).rounded(.down)) }
    var left = count - sizes.reduce(0, +)
    func mostOwed(_ isAllowed: (Int) -> Bool) -> Int? {
      shares.indices.filter(isAllowed).max {
        let (a, b) = (owed[$0] - Double(sizes[$0]), owed[$1] - Double(sizes[$1]))
        return a == b ? $0 > $1 : a < b
      }
    }
    while left > 0, let i = mostOwed({ _ in true }) {
      sizes[i] += 1
      left -= 1
    }
    // No part goes without a class that has enough for all.
    while count >= shares.count, let empty = sizes.firstIndex(of: 0),
      let largest = sizes.indices.max(by: { sizes[$0] < sizes[$1] }), sizes[largest] > 1
    {
      sizes[largest] -= 1
      sizes[empty] += 1
    }
    for i in shares.indices { owed[i] -= Double(sizes[i]) }
    return sizes
  }

  package enum Balance: String, Sendable, CaseIterable {
    /// Samples of rarer classes come again until every class has as many as the largest.
    case repeating
    /// Samples of larger classes are left out until every class has as few as the smallest.
    case dropping
  }

  /// The same number of samples of every class that has any, chosen by the seed; those that stay
  /// keep the dataset's order, and those that come again follow.
  /// - Throws: `ImageryError.invalidArgument` where images have no class.
  package func balanced(_ method: Balance, seed: UInt64) throws -> Dataset {
    try requireLabels(for: "balance")
    let counts = self.counts.filter { $0 > 0 }
    guard let smallest = counts.min(), let largest = counts.max() else { return self }
    let goal = method == .repeating ? largest : smallest
    var stream = RandomStream(seed: seed, name: "balance")
    var kept: [Int] = []
    var again: [Int] = []
    for label in classes.indices {
      var positions = entries.indices.filter { entries[$0].label == label }
      guard !positions.isEmpty else { continue }
      stream.shuffle(&positions)
      kept += positions.prefix(goal)
      var missing = goal - positions.count
      while missing > 0 {
        again += positions.prefix(missing)
        missing -= positions.count
      }
    }
    return try subset(kept.sorted() + again)
  }

  /// - Throws: `ImageryError.invalidArgument` where images have no class.
  func requireLabels(for operation: String) throws {
    guard kind == .label else {
      throw ImageryError(
        .invalidArgument, operation, given: "data whose images have no class",
        expected: "a class for each image")
    }
  }
}
