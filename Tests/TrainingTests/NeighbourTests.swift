import Imagery
import Kernels
import Tensors
import Testing
import Training

@Suite struct NeighbourTests {
  static func random(_ shape: [Int], _ name: String) throws -> Tensor {
    var stream = RandomStream(seed: 3, name: name)
    return try Tensor(
      shape: shape, values: (0..<shape.reduce(1, *)).map { _ in stream.normal() })
  }

  /// Sorts all distances, in doubles.
  static func naive(_ vectors: Tensor, _ queries: Tensor, k: Int) -> [[Int]] {
    let (d, v, q) = (vectors.shape[1], vectors.values, queries.values)
    return (0..<queries.shape[0]).map { query in
      let squares = (0..<vectors.shape[0]).map { row in
        (0..<d).reduce(0.0) {
          let difference = Double(v[row * d + $1]) - Double(q[query * d + $1])
          return $0 + difference * difference
        }
      }
      return Array(squares.indices.sorted { (squares[$0], $0) < (squares[$1], $1) }.prefix(k))
    }
  }

  @Test(arguments: [(1, 1, 1), (5, 3, 9), (700, 65, 3), (40, 700, 5)])
  func neighboursAreThoseOfSorting(count: Int, queries: Int, k: Int) throws {
    let vectors = try Self.random([count, 11], "vectors")
    let asked = try Self.random([queries, 11], "queries")
    let found = try #require(try NearestNeighbours(vectors).search(asked, k: k))
    #expect(found.k == min(k, count) && found.queries == queries)
    let expected = Self.naive(vectors, asked, k: k)
    for query in 0..<queries {
      #expect(found.of(query).map(\.index) == expected[query])
    }
  }

  /// Small differences far from the origin are lost in |a|² + |b|² − 2ab; the last candidates are
  /// therefore compared again.
  @Test func farFromTheOriginTheNearestIsStillFound() throws {
    let values = (0..<12).map { 1000 + Float($0) * 0.01 }
    let vectors = try Tensor(shape: [12, 1], values: values)
    let query = try Tensor(shape: [1, 1], values: [1000.052])
    let found = try #require(try NearestNeighbours(vectors).search(query, k: 3))
    #expect(found.indices == [5, 6, 4])
    #expect(abs(found.distances[0] - 0.002) < 1e-4)
  }

  @Test func tiesGoByIndex() throws {
    let vectors = try Tensor(shape: [6, 2], repeating: 0.3)
    let found = try #require(try NearestNeighbours(vectors).search(vectors, k: 4))
    #expect(found.of(5).map(\.index) == [0, 1, 2, 3])
    #expect(found.distances.allSatisfy { $0 == 0 })
  }

  @Test func threadsDoNotMatter() throws {
    let (vectors, asked) = (try Self.random([900, 33], "a"), try Self.random([77, 33], "b"))
    let before = Parallel.threads
    defer { Parallel.threads = before }
    Parallel.threads = 1
    let one = try NearestNeighbours(vectors).search(asked, k: 5)
    Parallel.threads = 3
    #expect(try NearestNeighbours(vectors).search(asked, k: 5) == one)
  }

  @Test func whatIsNoVectorIsRefused() throws {
    #expect(throws: TrainingError.notVectors(shape: [3])) {
      try NearestNeighbours(Tensor(shape: [3]))
    }
    #expect(throws: TrainingError.notFinite(row: 1)) {
      try NearestNeighbours(Tensor(shape: [2, 2], values: [1, 2, 3, .nan]))
    }
    let search = try NearestNeighbours(Tensor(shape: [2, 2]))
    #expect(throws: TrainingError.notVectors(shape: [1, 3])) {
      try search.search(Tensor(shape: [1, 3]), k: 1)
    }
    #expect(try search.search(Tensor(shape: [0, 2]), k: 1)?.queries == 0)
    #expect(try search.search(Tensor(shape: [1, 2]), k: 1, shouldStop: { true }) == nil)
  }

  private func embeddings(_ values: [Float], _ labels: [Int], classes: Int) throws -> Embeddings {
    try Embeddings(
      name: "line", classes: (0..<classes).map { "class \($0)" },
      vectors: Tensor(shape: [values.count, 1], values: values), labels: labels)
  }

  @Test func theMajorityWinsAndOfTiesTheNearest() throws {
    let known = try embeddings([0, 1, 2, 10, 11, 12.5], [0, 1, 1, 2, 0, 1], classes: 3)
    let model = try NeighbourClassifier(known, k: 3)
    let votes = try #require(try model.votes(Tensor(shape: [3, 1], values: [0.1, 10.4, 1.4])))
    // Classes 0, 1, 1; then 2, 0, 1, all different; then 1, 1, 0.
    #expect(votes.map(\.label) == [1, 2, 1])
    #expect(votes.map(\.neighbours) == [[0, 1, 2], [3, 4, 5], [1, 2, 0]])
    #expect(votes[0].share == 2.0 / 3 && votes[1].share == 1.0 / 3)
    #expect(abs(votes[0].meanDistance - (0.1 + 0.9 + 1.9) / 3) < 1e-6)
    #expect(!votes[0].isUnanimous)
    #expect(try NeighbourClassifier(known, k: 99).k == 6)
  }

  @Test func evaluationCountsTheUnanimous() throws {
    let known = try embeddings([0, 1, 10, 11, 20, 21], [0, 0, 1, 1, 2, 1], classes: 3)
    let asked = try embeddings([0.4, 10.4, 10.6, 20.4, 0.6], [0, 1, 2, 2, 0], classes: 3)
    let result = try #require(try NeighbourClassifier(known, k: 2).evaluate(asked))
    #expect(result.isRight == [true, true, false, true, true])
    #expect(result.accuracy == 0.8)
    #expect(result.unanimous.count == 4)
    #expect(result.unanimous.accuracy == 0.75)
    #expect(result.confusion.counts == [[2, 0, 0], [0, 1, 0], [0, 1, 1]])
  }

  @Test func anotherNumberOfClassesIsRefused() throws {
    let (two, three) = (
      try embeddings([0], [0], classes: 2), try embeddings([0], [0], classes: 3)
    )
    #expect(throws: TrainingError.classCount(outputs: 2, classes: 3)) {
      try NeighbourClassifier(two).evaluate(three)
    }
  }
}

@Suite struct ConfidenceTests {
  @Test func accuracyFallsAsTheUnsureComeIn() {
    let curve = Confidence.accuracyByCoverage(
      confidence: [0.9, 0.1, 0.8, 0.5], isRight: [true, false, true, false], steps: 4)
    #expect(curve.map(\.part) == [0.25, 0.5, 0.75, 1])
    #expect(curve.map(\.accuracy) == [1, 1, 2.0 / 3, 0.5])
    // Equally sure: the same accuracy at every part.
    let flat = Confidence.accuracyByCoverage(
      confidence: [1, 1, 1, 1], isRight: [true, false, false, false], steps: 2)
    #expect(flat.map(\.accuracy) == [0.25, 0.25])
    #expect(Confidence.accuracyByCoverage(confidence: [], isRight: []).isEmpty)
  }

  @Test func separationIsTheChanceOfTheRightOrder() {
    #expect(Confidence.separation(confidence: [3, 2, 1], isRight: [true, true, false]) == 1)
    #expect(Confidence.separation(confidence: [1, 2, 3], isRight: [true, false, false]) == 0)
    #expect(Confidence.separation(confidence: [2, 2, 2], isRight: [true, false, true]) == 0.5)
    // Of the four pairs three are in order.
    #expect(
      Confidence.separation(confidence: [4, 2, 3, 1], isRight: [true, true, false, false]) == 0.75)
    #expect(Confidence.separation(confidence: [1], isRight: [true]) == nil)
  }
}

@Suite struct FewShotTests {
  private func embeddings(_ spread: Float, classes: Int) throws -> Embeddings {
    var stream = RandomStream(seed: 1, name: "few")
    let labels = (0..<classes * 5).map { $0 / 5 }
    let values = labels.flatMap { label in
      (0..<classes).map { ($0 == label ? 1 : 0) + stream.normal() * spread }
    }
    return try Embeddings(
      name: "few", classes: (0..<classes).map(String.init),
      vectors: Tensor(shape: [labels.count, classes], values: values), labels: labels)
  }

  @Test func knownClustersGiveKnownAccuracies() throws {
    #expect(try FewShot.oneShot(embeddings(0.01, classes: 8), ways: 5, episodes: 50).accuracy == 1)
    // Vectors without any structure: chance.
    let chance = try FewShot.oneShot(embeddings(1000, classes: 60), ways: 5, episodes: 2000)
    #expect(abs(chance.accuracy - 0.2) < 0.03)
    #expect(chance.margin > 0.005 && chance.margin < 0.02)
    // All in one place is no recognition.
    let same = try Embeddings(
      name: "same", classes: ["a", "b"], vectors: Tensor(shape: [4, 3]), labels: [0, 0, 1, 1])
    #expect(try FewShot.oneShot(same, ways: 2, episodes: 10).accuracy == 0)
    #expect(throws: TrainingError.tooFewClasses(given: 2, needed: 3)) {
      try FewShot.oneShot(same, ways: 3)
    }
  }
}
