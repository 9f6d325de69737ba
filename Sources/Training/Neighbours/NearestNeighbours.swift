import Kernels
import Tensors

/// The nearest of many vectors, found by comparing with all of them: exact, and fast as a matrix
/// product. Distances are Euclidean.
package struct NearestNeighbours: Sendable {
  /// `[N, D]`, all finite.
  package let vectors: Tensor

  package var count: Int { vectors.shape[0] }

  /// Some neighbours of each query, nearest first, of equally near ones the lower index first.
  package struct Result: Equatable, Sendable {
    /// Of each query: at most the number of vectors.
    package let k: Int
    /// `queries · k` rows of `vectors`.
    package let indices: [Int]
    /// Of the same.
    package let distances: [Float]

    package var queries: Int { k == 0 ? 0 : indices.count / k }

    /// The neighbours of one query.
    package func of(_ query: Int) -> [(index: Int, distance: Float)] {
      (query * k..<(query + 1) * k).map { (indices[$0], distances[$0]) }
    }
  }

  /// - Throws: `TrainingError.notVectors`, `.notFinite`.
  package init(_ vectors: Tensor) throws {
    try NearestNeighbours.check(vectors)
    self.vectors = vectors
  }

  /// - Throws: `TrainingError.notVectors` for another shape than `[N, D]` with D from 1,
  ///   `.notFinite`.
  static func check(_ vectors: Tensor) throws {
    guard vectors.rank == 2, vectors.shape[1] > 0 else {
      throw TrainingError.notVectors(shape: vectors.shape)
    }
    let bad = vectors.withUnsafePointer { base in
      (0..<vectors.count).first { !base[$0].isFinite }
    }
    if let bad { throw TrainingError.notFinite(row: bad / vectors.shape[1]) }
  }

  /// Queries that are compared at once: about 16 MB of distances.
  private var chunk: Int { min(max((4 << 20) / max(count, 1), 1), 512) }
  /// Candidates beyond k whose distances are computed again, without the product's rounding.
  private static let spare = 8

  /// - Parameters:
  ///   - queries: `[M, D]`, all finite.
  ///   - k: how many neighbours, from 1; all where there are fewer vectors.
  ///   - progress: queries done, of all.
  ///   - shouldStop: asked now and then; if so, the result is nil.
  /// - Throws: `TrainingError.notVectors`, `.notFinite`, `.invalidSetting`, `TensorError.tooLarge`.
  package func search(
    _ queries: Tensor, k: Int, progress: (_ done: Int, _ count: Int) -> Void = { _, _ in },
    shouldStop: () -> Bool = { false }
  ) throws -> Result? {
    try NearestNeighbours.check(queries)
    guard queries.shape[1] == vectors.shape[1] else {
      throw TrainingError.notVectors(shape: queries.shape)
    }
    guard k >= 1 else {
      throw TrainingError.invalidSetting(
        name: "k", given: Double(k), expected: "a whole number from 1")
    }
    let (number, kept) = (queries.shape[0], min(k, count))
    var indices = [Int](repeating: 0, count: number * kept)
    var distances = [Float](repeating: 0, count: number * kept)
    guard kept > 0, number > 0 else { return Result(k: kept, indices: [], distances: []) }
    let chunk = min(self.chunk, number)
    var table = try DistanceTable(vectors, rows: chunk)
    var block = try Tensor(shape: [chunk, count])
    for start in stride(from: 0, to: number, by: chunk) {
      let rows = start..<min(start + chunk, number)
      block.withUnsafeMutablePointer { block in
        table.write(queries, rows: rows, to: block)
        indices.withUnsafeMutableBufferPointer { indices in
          distances.withUnsafeMutableBufferPointer { distances in
            // Each row writes its own places.
            nonisolated(unsafe) let (indices, distances) = (indices, distances)
            Parallel.run(count: rows.count, grain: 4) { part in
              for row in part {
                let query = rows.lowerBound + row
                let found = select(kept, of: block + row * count, queries, query)
                for (place, one) in found.enumerated() {
                  indices[query * kept + place] = one.index
                  distances[query * kept + place] = one.square.squareRoot()
                }
              }
            }
          }
        }
      }
      progress(rows.upperBound, number)
      if shouldStop() { return nil }
    }
    return Result(k: kept, indices: indices, distances: distances)
  }

  /// The k smallest of a row of distances, and a few more, whose exact order is found by computing
  /// their distances again.
  private func select(
    _ k: Int, of line: UnsafePointer<Float>, _ queries: Tensor, _ query: Int
  ) -> ArraySlice<(index: Int, square: Float)> {
    let wanted = min(k + NearestNeighbours.spare, count)
    // Smallest first; a new one goes behind its equals, which have lower indices.
    var best: [(index: Int, square: Float)] = []
    best.reserveCapacity(wanted + 1)
    var worst = Float.infinity
    for index in 0..<count where line[index] < worst || best.count < wanted {
      let square = line[index]
      if best.count == wanted { best.removeLast() }
      var place = best.count
      while place > 0, best[place - 1].square > square { place -= 1 }
      best.insert((index, square), at: place)
      if best.count == wanted { worst = best[wanted - 1].square }
    }
    let dimension = vectors.shape[1]
    vectors.withUnsafePointer { vectors in
      queries.withUnsafePointer { queries in
        for place in best.indices {
          best[place].square = squaredDistance(
            queries + query * dimension, vectors + best[place].index * dimension, count: dimension)
        }
      }
    }
    best.sort { ($0.square, $0.index) < ($1.square, $1.index) }
    return best.prefix(k)
  }
}
