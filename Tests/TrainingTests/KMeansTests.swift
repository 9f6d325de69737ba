import Kernels
import Tensors
import Testing
import Training

@Suite struct KMeansTests {
  /// Groups of 30 around corners, with labels.
  private static func corners(spread: Float = 0.1) throws -> (vectors: Tensor, labels: [Int]) {
    var stream = RandomStream(seed: 2, name: "corners")
    let centres: [[Float]] = [[0, 0], [4, 0], [0, 4], [4, 4]]
    let labels = (0..<120).map { $0 % 4 }
    let values = labels.flatMap { label in centres[label].map { $0 + stream.normal() * spread } }
    return (try Tensor(shape: [120, 2], values: values), labels)
  }

  @Test func separateGroupsAreFound() throws {
    let (vectors, labels) = try Self.corners()
    let result = try #require(try KMeans.fit(vectors, k: 4, seed: 9))
    #expect(result.hasConverged)
    #expect(result.sizes == [30, 30, 30, 30])
    #expect(result.purity(labels) == 1)
    #expect(result.table(labels, classes: 4).allSatisfy { $0.contains(30) })
    let members = result.members(vectors)
    #expect(members.map(\.count) == result.sizes)
    #expect(Set(members.joined()).count == 120)
    // The definition of inertia, and that each centre is the mean of its own.
    var inertia = 0.0
    for (group, rows) in members.enumerated() {
      for axis in 0..<2 {
        let mean = rows.reduce(0.0) { $0 + Double(vectors[flat: $1 * 2 + axis]) } / 30
        #expect(abs(mean - Double(result.centres[flat: group * 2 + axis])) < 1e-5)
        for row in rows {
          let difference = Double(vectors[flat: row * 2 + axis]) - mean
          inertia += difference * difference
        }
      }
    }
    #expect(abs(inertia - result.inertia) < 1e-4 * inertia)
  }

  @Test func everyVectorIsWithItsNearestCentre() throws {
    let vectors = try NeighbourTests.random([500, 7], "k-means")
    let result = try #require(try KMeans.fit(vectors, k: 9))
    let nearest = NeighbourTests.naive(result.centres, vectors, k: 1).map { $0[0] }
    #expect(result.assignments == nearest)
    #expect(result.sizes.reduce(0, +) == 500 && !result.sizes.contains(0))
  }

  /// More groups than different vectors: some would be empty.
  @Test func noGroupIsEmpty() throws {
    let vectors = try Tensor(shape: [6, 1], values: [1, 1, 1, 1, 2, 2])
    let result = try #require(try KMeans.fit(vectors, k: 4))
    #expect(!result.sizes.contains(0) && result.sizes.reduce(0, +) == 6)
    let all = try #require(try KMeans.fit(vectors, k: 6))
    #expect(all.sizes == [1, 1, 1, 1, 1, 1] && all.inertia == 0)
    #expect(try KMeans.fit(vectors, k: 1)?.sizes == [6])
  }

  @Test func threadsAndTheSeedDecideAsTheyShould() throws {
    let vectors = try NeighbourTests.random([3000, 5], "threads")
    let before = Parallel.threads
    defer { Parallel.threads = before }
    Parallel.threads = 1
    let one = try KMeans.fit(vectors, k: 20, seed: 1, starts: 1)
    Parallel.threads = 3
    let three = try KMeans.fit(vectors, k: 20, seed: 1, starts: 1)
    #expect(one?.assignments == three?.assignments && one?.centres == three?.centres)
    let other = try KMeans.fit(vectors, k: 20, seed: 2, starts: 1)
    #expect(one?.assignments != other?.assignments)
  }

  @Test func moreStartsAreNotWorse() throws {
    let vectors = try NeighbourTests.random([300, 3], "starts")
    let one = try #require(try KMeans.fit(vectors, k: 12, starts: 1))
    let many = try #require(try KMeans.fit(vectors, k: 12, starts: 8))
    #expect(many.inertia <= one.inertia)
  }

  @Test func impossibleNumbersAreRefused() throws {
    let vectors = try Tensor(shape: [3, 2])
    for k in [0, 4, -1] {
      #expect(
        throws: TrainingError.invalidSetting(
          name: "k", given: Double(k), expected: "a whole number from 1 to 3")
      ) { try KMeans.fit(vectors, k: k) }
    }
    #expect(try KMeans.fit(vectors, k: 2, shouldStop: { true }) == nil)
  }
}
