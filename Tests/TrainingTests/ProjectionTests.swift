import Foundation
import Kernels
import Tensors
import Testing
import Training

@Suite struct ProjectionTests {
  /// The matrix of the script: ((7i + 5j + 3ij) mod 11) / 10 + (i (j + 1) mod 3) / 4.
  private static func table() throws -> Tensor {
    var table = try Tensor(shape: [9, 4])
    for i in 0..<9 {
      for j in 0..<4 {
        let elevenths = Float((i * 7 + j * 5 + i * j * 3) % 11)
        let thirds = Float((i * (j + 1)) % 3)
        table[flat: i * 4 + j] = elevenths / 10 + thirds / 4
      }
    }
    return table
  }

  /// Numbers of `numpy.linalg.svd` of the same centred matrix, signs as scikit-learn turns them.
  @Test func componentsAreThoseOfNumPy() throws {
    let analysis = try PrincipalComponents(Self.table(), count: 4)
    let variances = [
      0.2536420033288521, 0.15761134521697845, 0.07768793771373002, 0.012933713740439098,
    ]
    for (given, wanted) in zip(analysis.variances, variances) {
      #expect(abs(given - wanted) < 1e-6)
    }
    #expect(abs(analysis.totalVariance - variances.reduce(0, +)) < 1e-6)
    #expect(abs(analysis.explained.reduce(0, +) - 1) < 1e-6)
    let components: [Float] = [
      0.2666102, 0.6996210, -0.6410930, -0.1686692, 0.5358916, -0.2245271, -0.2277408, 0.7813718,
      -0.5341791, 0.5568397, 0.2294480, 0.5932418, 0.5969856, 0.3873598, 0.6960514, -0.0952523,
    ]
    for (given, wanted) in zip(analysis.components.values, components) {
      #expect(abs(given - wanted) < 1e-5)
    }
    let places = try PrincipalComponents(Self.table(), count: 2).project(Self.table())
    #expect(places.shape == [9, 2])
    let first: [Float] = [
      -0.6449934, -0.6954253, 0.3386166, 0.5148565, -0.0154267, 0.1940290,
    ]
    for (given, wanted) in zip(places.values, first) { #expect(abs(given - wanted) < 1e-5) }
  }

  /// Fewer vectors than dimensions take the other way, through the products of the vectors.
  @Test func wideAndTallAgree() throws {
    let tall = try NeighbourTests.random([40, 6], "tall")
    // The same points in a space of 60 dimensions: six of them, stretched and permuted.
    var wide = try Tensor(shape: [40, 60])
    for row in 0..<40 {
      for i in 0..<6 { wide[flat: row * 60 + (i * 17) % 60] = tall[flat: row * 6 + i] }
    }
    let (a, b) = (
      try PrincipalComponents(tall, count: 6), try PrincipalComponents(wide, count: 50)
    )
    #expect(b.components.shape == [39, 60])
    for (x, y) in zip(a.variances, b.variances) { #expect(abs(x - y) < 1e-5) }
    #expect(b.variances.dropFirst(6).allSatisfy { $0 < 1e-5 })
    #expect(abs(a.totalVariance - b.totalVariance) < 1e-5)
    for place in 0..<6 {
      for i in 0..<6 {
        let (x, y) = (
          a.components[flat: place * 6 + i], b.components[flat: place * 60 + (i * 17) % 60]
        )
        #expect(abs(x - y) < 1e-4)
      }
    }
  }

  @Test func largeMatricesAreTakenApartExactly() throws {
    let vectors = try NeighbourTests.random([200, 120], "large")
    let analysis = try PrincipalComponents(vectors, count: 120)
    let places = try analysis.project(vectors)
    // Along the components nothing is correlated, and the variances are the eigenvalues.
    let values = places.values
    for a in stride(from: 0, to: 120, by: 7) {
      for b in stride(from: a, to: 120, by: 11) {
        let product = (0..<200).reduce(0.0) {
          $0 + Double(values[$1 * 120 + a]) * Double(values[$1 * 120 + b])
        }
        let wanted = a == b ? analysis.variances[a] : 0
        #expect(abs(product / 199 - wanted) < 1e-4)
      }
    }
  }

  @Test func oddVectorsDoNotBreakIt() throws {
    let same = try PrincipalComponents(Tensor(shape: [5, 3], repeating: 2), count: 2)
    #expect(same.variances == [0, 0] && same.explained == [0, 0])
    let middle = try same.project(Tensor(shape: [1, 3], repeating: 2))
    #expect(middle.values == [0, 0])
    let line = try Tensor(shape: [3, 1], values: [1, 2, 3])
    let one = try PrincipalComponents(line, count: 2)
    #expect(one.components.shape == [1, 1] && abs(one.variances[0] - 1) < 1e-6)
    #expect(throws: TrainingError.tooFewVectors(given: 1, needed: 2)) {
      try PrincipalComponents(Tensor(shape: [1, 3]))
    }
    #expect(throws: TrainingError.tooManyDimensions(given: 2_049, limit: 2_048)) {
      try PrincipalComponents(Tensor(shape: [2_049, 2_049]))
    }
  }

  // MARK: t-SNE

  /// Five groups far apart in ten dimensions.
  private static func groups(_ count: Int) throws -> (vectors: Tensor, labels: [Int]) {
    var stream = RandomStream(seed: 4, name: "groups")
    let labels = (0..<count).map { $0 % 5 }
    let values = labels.flatMap { label in
      (0..<10).map { ($0 == 2 * label ? 5 : 0) + stream.normal() * 0.5 }
    }
    return (try Tensor(shape: [count, 10], values: values), labels)
  }

  @Test func groupsStayTogetherAndApart() throws {
    let (vectors, labels) = try Self.groups(150)
    var settings = NeighbourEmbedding.Settings()
    settings.perplexity = 15
    settings.rounds = 500
    let result = try #require(try NeighbourEmbedding.fit(vectors, settings))
    #expect(result.points.shape == [150, 2])
    // Every point's nearest neighbours in the plane are of its group.
    let near = NeighbourTests.naive(result.points, result.points, k: 6)
    for (row, found) in near.enumerated() {
      #expect(found.allSatisfy { labels[$0] == labels[row] })
    }
    #expect(result.divergences.count == 3)
    #expect(result.divergences[2] < result.divergences[1])
    #expect(result.divergences[1] < result.divergences[0])
    #expect(result.divergences[2] > 0 && result.divergences[2] < 1)
  }

  /// The first step by the definition: pᵢⱼ of the perplexity, and the slope of Σ p log(p/q).
  @Test func theDivergenceIsItsDefinition() throws {
    let vectors = try NeighbourTests.random([23, 4], "kl")
    var settings = NeighbourEmbedding.Settings()
    settings.perplexity = 5
    settings.rounds = 300
    let result = try #require(try NeighbourEmbedding.fit(vectors, settings))
    let p = Self.naiveAffinities(vectors, perplexity: 5)
    let y = result.points.values.map(Double.init)
    var (weights, total) = ([Double](repeating: 0, count: 23 * 23), 0.0)
    for i in 0..<23 {
      for j in 0..<23 where i != j {
        let (dx, dy) = (y[2 * i] - y[2 * j], y[2 * i + 1] - y[2 * j + 1])
        weights[i * 23 + j] = 1 / (1 + dx * dx + dy * dy)
        total += weights[i * 23 + j]
      }
    }
    var (divergence, slope) = (0.0, [Double](repeating: 0, count: 46))
    for i in 0..<23 {
      for j in 0..<23 where i != j {
        let q = weights[i * 23 + j] / total
        divergence += p[i * 23 + j] * log(p[i * 23 + j] / q)
        for axis in 0..<2 {
          slope[2 * i + axis] +=
            4 * (p[i * 23 + j] - q) * weights[i * 23 + j] * (y[2 * i + axis] - y[2 * j + axis])
        }
      }
    }
    #expect(abs(divergence - result.divergences[2]) < 1e-4)
    // It has come to rest: where the slope is small, as the true one is.
    #expect(slope.allSatisfy { abs($0) < 2e-3 }, "\(slope.map(abs).max() ?? 0)")
  }

  private static func naiveAffinities(_ vectors: Tensor, perplexity: Double) -> [Double] {
    let (n, d, v) = (vectors.shape[0], vectors.shape[1], vectors.values.map(Double.init))
    var p = [Double](repeating: 0, count: n * n)
    for i in 0..<n {
      let squares = (0..<n).map { j in
        (0..<d).reduce(0.0) {
          let difference = v[i * d + $1] - v[j * d + $1]
          return $0 + difference * difference
        }
      }
      var (low, high) = (1e-9, 1e9)
      for _ in 0..<200 {
        let precision = (low * high).squareRoot()
        let weights = (0..<n).map { $0 == i ? 0 : exp(-precision * squares[$0]) }
        let sum = weights.reduce(0, +)
        let entropy = weights.reduce(0.0) { $0 - ($1 > 0 ? $1 / sum * log($1 / sum) : 0) }
        if entropy > log(perplexity) { low = precision } else { high = precision }
        for j in 0..<n { p[i * n + j] = weights[j] / sum }
      }
    }
    return (0..<n * n).map { (p[$0] + p[$0 % n * n + $0 / n]) / Double(2 * n) }
  }

  @Test func threadsDoNotMatter() throws {
    let (vectors, _) = try Self.groups(90)
    var settings = NeighbourEmbedding.Settings()
    settings.rounds = 60
    let before = Parallel.threads
    defer { Parallel.threads = before }
    Parallel.threads = 1
    let one = try NeighbourEmbedding.fit(vectors, settings)
    Parallel.threads = 3
    let three = try NeighbourEmbedding.fit(vectors, settings)
    #expect(three?.points == one?.points)
  }

  @Test func equalVectorsAndFewVectorsGiveFinitePoints() throws {
    var settings = NeighbourEmbedding.Settings()
    settings.rounds = 100
    for vectors in [
      try Tensor(shape: [12, 3], repeating: 1), try Tensor(shape: [4, 1], values: [0, 1, 2, 100]),
      try Tensor(shape: [5, 2], values: [0, 0, 0, 0, 0, 0, 0, 0, 1e15, 0]),
    ] {
      let result = try #require(try NeighbourEmbedding.fit(vectors, settings))
      #expect(result.points.values.allSatisfy { $0.isFinite })
    }
    #expect(throws: TrainingError.tooFewVectors(given: 3, needed: 4)) {
      try NeighbourEmbedding.fit(Tensor(shape: [3, 2]))
    }
    #expect(throws: TrainingError.tooManyVectors(given: 5_001, limit: 5_000)) {
      try NeighbourEmbedding.fit(Tensor(shape: [5_001, 1]))
    }
    let nine = try Tensor(shape: [9, 1])
    let stopped = try NeighbourEmbedding.fit(nine, settings, shouldStop: { true })
    #expect(stopped == nil)
  }
}
