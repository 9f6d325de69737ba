import Kernels
import Tensors

/// Groups that need no labels: k centres, each the mean of the vectors that are nearest to it
/// (Lloyd, "Least squares quantization in PCM", 1982), begun from points that lie far apart
/// (k-means++; Arthur & Vassilvitskii, SODA 2007).
package struct KMeans: Sendable {
  /// `[k, D]`.
  package let centres: Tensor
  /// The centre of each vector.
  package let assignments: [Int]
  /// How many vectors each centre has; none is empty.
  package let sizes: [Int]
  /// The sum of the squared distances of all vectors to their centres.
  package let inertia: Double
  /// Rounds until nothing changed, or as many as were allowed.
  package let rounds: Int
  package let hasConverged: Bool

  package var k: Int { sizes.count }

  /// The best of several starts.
  /// - Parameters:
  ///   - vectors: `[N, D]`, all finite.
  ///   - k: how many groups, 1…N.
  ///   - starts: how many beginnings are tried; the one with the least inertia is kept.
  ///   - shouldStop: asked after each round; if so, the result is nil.
  /// - Throws: `TrainingError.notVectors`, `.notFinite`, `.invalidSetting`, `TensorError.tooLarge`.
  package static func fit(
    _ vectors: Tensor, k: Int, seed: UInt64 = 0, starts: Int = 8, rounds limit: Int = 100,
    shouldStop: () -> Bool = { false }
  ) throws -> KMeans? {
    try NearestNeighbours.check(vectors)
    let count = vectors.shape[0]
    guard k >= 1, k <= count else {
      throw TrainingError.invalidSetting(
        name: "k", given: Double(k), expected: "a whole number from 1 to \(count)")
    }
    var best: KMeans?
    for start in 0..<max(starts, 1) {
      var stream = RandomStream(seed: seed, name: "k-means start \(start)")
      var work = Lloyd(vectors, centres: firstCentres(vectors, k: k, &stream), k: k)
      var (rounds, hasConverged) = (0, false)
      while rounds < max(limit, 1), !hasConverged {
        rounds += 1
        hasConverged = !work.round()
        if shouldStop() { return nil }
      }
      let inertia = work.squares.reduce(0.0) { $0 + Double($1) }
      guard inertia < best?.inertia ?? .infinity || best == nil else { continue }
      best = KMeans(
        centres: try Tensor(shape: [k, vectors.shape[1]], values: work.centres),
        assignments: work.assignments, sizes: work.sizes, inertia: inertia, rounds: rounds,
        hasConverged: hasConverged)
    }
    return best
  }

  /// The first centre is any vector; each further one is drawn with a chance that grows with its
  /// squared distance to the nearest centre so far.
  private static func firstCentres(
    _ vectors: Tensor, k: Int, _ stream: inout RandomStream
  ) -> [Float] {
    let (count, dimension) = (vectors.shape[0], vectors.shape[1])
    return vectors.withUnsafePointer { base in
      var chosen = [stream.integer(below: count)]
      var nearest = [Float](repeating: .infinity, count: count)
      while chosen.count < k {
        let last = base + chosen[chosen.count - 1] * dimension
        for row in 0..<count {
          nearest[row] = min(
            nearest[row], squaredDistance(base + row * dimension, last, count: dimension))
        }
        let total = nearest.reduce(0.0) { $0 + Double($1) }
        guard total > 0, total.isFinite else {
          // Fewer different vectors than centres: any that is not taken yet.
          chosen.append((0..<count).first { !chosen.contains($0) } ?? 0)
          continue
        }
        var rest = Double(stream.nextUInt32()) * 0x1p-32 * total
        // With rounding the end may be passed; then it is the last that can be drawn.
        var pick = nearest.lastIndex { $0 > 0 } ?? 0
        for row in 0..<count where nearest[row] > 0 {
          rest -= Double(nearest[row])
          if rest < 0 {
            pick = row
            break
          }
        }
        chosen.append(pick)
      }
      return chosen.flatMap { row in
        (0..<dimension).map { base[row * dimension + $0] }
      }
    }
  }

  /// The part of all vectors whose class is the most frequent one of their group, 0…1. It grows
  /// with k: with a group for each vector it is 1.
  package func purity(_ labels: [Int]) -> Double {
    precondition(labels.count == assignments.count, "a label for each vector")
    guard !labels.isEmpty else { return 0 }
    let table = self.table(labels, classes: (labels.max() ?? 0) + 1)
    return Double(table.reduce(0) { $0 + ($1.max() ?? 0) }) / Double(labels.count)
  }

  /// How many vectors of each class each group has: `[group][class]`.
  package func table(_ labels: [Int], classes: Int) -> [[Int]] {
    var table = [[Int]](repeating: [Int](repeating: 0, count: classes), count: k)
    for (group, label) in zip(assignments, labels) { table[group][label] += 1 }
    return table
  }

  /// The rows of each group, the nearest to its centre first.
  package func members(_ vectors: Tensor) -> [[Int]] {
    let dimension = centres.shape[1]
    precondition(vectors.shape == [assignments.count, dimension], "the vectors that were grouped")
    var groups = [[(row: Int, square: Float)]](repeating: [], count: k)
    vectors.withUnsafePointer { base in
      centres.withUnsafePointer { centres in
        for (row, group) in assignments.enumerated() {
          let square = squaredDistance(
            base + row * dimension, centres + group * dimension, count: dimension)
          groups[group].append((row, square))
        }
      }
    }
    return groups.map { group in
      group.sorted { ($0.square, $0.row) < ($1.square, $1.row) }.map(\.row)
    }
  }
}

/// The state of Lloyd's algorithm.
private struct Lloyd {
  let vectors: Tensor
  let k: Int
  /// `[k, D]`.
  var centres: [Float]
  var assignments: [Int]
  /// Of each vector, to its centre.
  var squares: [Float]
  var sizes: [Int]

  init(_ vectors: Tensor, centres: [Float], k: Int) {
    self.vectors = vectors
    self.centres = centres
    self.k = k
    assignments = [Int](repeating: -1, count: vectors.shape[0])
    squares = [Float](repeating: 0, count: vectors.shape[0])
    sizes = [Int](repeating: 0, count: k)
  }

  /// Assigns all vectors, then moves the centres if that changed anything.
  /// - Returns: whether it did.
  mutating func round() -> Bool {
    let before = assignments
    assign()
    fillEmptyGroups()
    guard assignments != before else { return false }
    moveCentres()
    return true
  }

  private mutating func assign() {
    let (count, dimension) = (vectors.shape[0], vectors.shape[1])
    vectors.withUnsafePointer { base in
      centres.withUnsafeBufferPointer { centres in
        assignments.withUnsafeMutableBufferPointer { assignments in
          squares.withUnsafeMutableBufferPointer { squares in
            guard let centres = centres.baseAddress else { return }
            // Each vector writes its own places.
            nonisolated(unsafe) let (assignments, squares) = (assignments, squares)
            Parallel.run(count: count, grain: 256) { rows in
              for row in rows {
                let vector = base + row * dimension
                var (best, nearest) = (0, Float.infinity)
                for group in 0..<k {
                  let square = squaredDistance(
                    vector, centres + group * dimension, count: dimension)
                  if square < nearest { (best, nearest) = (group, square) }
                }
                (assignments[row], squares[row]) = (best, nearest)
              }
            }
          }
        }
      }
    }
    sizes = [Int](repeating: 0, count: k)
    for group in assignments { sizes[group] += 1 }
  }

  /// A group without vectors gets the one that lies farthest from its centre, of a group that has
  /// others.
  private mutating func fillEmptyGroups() {
    for group in 0..<k where sizes[group] == 0 {
      var farthest: Int?
      for row in assignments.indices where sizes[assignments[row]] > 1 {
        if farthest.map({ squares[row] > squares[$0] }) ?? true { farthest = row }
      }
      // There are at least k vectors, so a group has two while another has none.
      guard let row = farthest else { return }
      sizes[assignments[row]] -= 1
      (assignments[row], squares[row], sizes[group]) = (group, 0, 1)
    }
  }

  private mutating func moveCentres() {
    let dimension = vectors.shape[1]
    var sums = [Double](repeating: 0, count: k * dimension)
    vectors.withUnsafePointer { base in
      for (row, group) in assignments.enumerated() {
        for i in 0..<dimension {
          sums[group * dimension + i] += Double(base[row * dimension + i])
        }
      }
    }
    for group in 0..<k {
      for i in 0..<dimension {
        centres[group * dimension + i] = Float(sums[group * dimension + i] / Double(sizes[group]))
      }
    }
  }
}
