import Foundation
import Imagery
import Tensors
import Testing
import Training

@Suite struct PairLossTests {
  private func evaluate(
    _ loss: SimilarityLoss, _ vectors: Tensor, _ labels: [Int]
  ) throws -> (loss: Double, score: Double, gradient: Tensor) {
    var result = (loss: 0.0, score: 0.0)
    let gradient = try Tensor(uninitialized: vectors.shape) { gradient in
      result = try vectors.withUnsafePointer {
        try loss.evaluate(
          Pairs.sets(labels: labels)[0], rows: vectors.shape[0], dimension: vectors.shape[1],
          vectors: $0,
          gradient: gradient)
      }
    }
    return (result.loss, result.score, gradient)
  }

  private func evaluate(
    _ loss: TripletLoss, _ vectors: Tensor, _ labels: [Int]
  ) throws -> (loss: Double, score: Double, gradient: Tensor) {
    var result = (loss: 0.0, score: 0.0)
    let gradient = try Tensor(uninitialized: vectors.shape) { gradient in
      result = vectors.withUnsafePointer {
        loss.evaluate(
          Pairs.sets(labels: labels)[0], rows: vectors.shape[0], dimension: vectors.shape[1],
          vectors: $0,
          gradient: gradient)
      }
    }
    return (result.loss, result.score, gradient)
  }

  private func random(_ shape: [Int], _ name: String) throws -> Tensor {
    var stream = RandomStream(seed: 5, name: name)
    return try Tensor(
      shape: shape, values: (0..<shape.reduce(1, *)).map { _ in stream.normal() * 0.5 })
  }

  /// ln n where all are alike, and the course's numbers for vectors at right angles.
  @Test(arguments: [
    (2, 0.693147, 0.035052), (4, 1.386294, 0.101674), (12, 2.484907, 0.331039),
  ])
  func similarityHasTheCoursesValues(classes: Int, zero: Double, orthonormal: Double) throws {
    let labels = Array(0..<classes) + Array(0..<classes)
    let nothing = try evaluate(
      SimilarityLoss(), Tensor(shape: [2 * classes, classes]), labels)
    #expect(abs(nothing.loss - zero) < 1e-6)
    var unit = try Tensor(shape: [2 * classes, classes])
    for (row, label) in labels.enumerated() { unit[flat: row * classes + label] = 1 }
    let perfect = try evaluate(SimilarityLoss(temperature: 0.3), unit, labels)
    #expect(abs(perfect.loss - orthonormal) < 1e-6)
    #expect(perfect.score == 1)
  }

  @Test(.enabled(if: Fixtures.exist, "the reference dumps are not here"))
  func similarityAgreesWithTensorFlow() throws {
    let file = try Safetensors.read(Fixtures.operations)
    func tensor(_ name: String) throws -> Tensor { try #require(file["similarity/\(name)"]) }
    let vectors = try Tensor.concatenate([tensor("anchors"), tensor("positives")])
    let labels = Array(0..<6) + Array(0..<6)
    let result = try evaluate(SimilarityLoss(temperature: 0.3), vectors, labels)
    let expected = Double(try tensor("y")[flat: 0])
    #expect(abs(result.loss - expected) < 1e-5 * expected)
    let gradient = try Tensor.concatenate([tensor("danchors"), tensor("dpositives")])
    for (given, wanted) in zip(result.gradient.values, gradient.values) {
      #expect(abs(given - wanted) < 1e-6)
    }
  }

  /// The definition, in doubles and without matrices.
  private func naiveSimilarity(
    _ values: [Double], _ pairs: Pairs, dimension: Int, temperature: Double
  ) -> Double {
    var sum = 0.0
    for i in 0..<pairs.count {
      let row = (0..<pairs.count).map { j in
        (0..<dimension).reduce(0.0) {
          $0 + values[pairs.anchors[i] * dimension + $1]
            * values[pairs.positives[j] * dimension + $1]
        } / temperature
      }
      sum += log(row.reduce(0) { $0 + exp($1) }) - row[i]
    }
    return sum / Double(pairs.count)
  }

  private func naiveTriplet(
    _ values: [Double], _ pairs: Pairs, dimension: Int, margin: Double,
    _ negatives: TripletLoss.Negatives
  ) -> Double {
    func distance(_ a: Int, _ b: Int) -> Double {
      (0..<dimension).reduce(0.0) {
        let difference = values[a * dimension + $1] - values[b * dimension + $1]
        return $0 + difference * difference
      }
    }
    var sum = 0.0
    for i in 0..<pairs.count {
      let own = distance(pairs.anchors[i], pairs.positives[i])
      let others = (0..<pairs.count).filter { $0 != i }
        .flatMap { [pairs.anchors[$0], pairs.positives[$0]] }
        .map { distance(pairs.anchors[i], $0) }.sorted()
      let negative =
        negatives == .hard ? others[0] : others.first { $0 > own } ?? others[others.count - 1]
      sum += max(0, own - negative + margin)
    }
    return sum / Double(pairs.count)
  }

  private func slopes(
    _ vectors: Tensor, _ function: ([Double]) -> Double
  ) -> [Double] {
    let values = vectors.values.map(Double.init)
    return values.indices.map { index in
      var (above, below) = (values, values)
      above[index] += 1e-6
      below[index] -= 1e-6
      return (function(above) - function(below)) / 2e-6
    }
  }

  /// Row 4's partner was damaged and left out, and class 3 has more than two images.
  private static let odd = [7, 3, 1, 0, 5, 3, 7, 3, 1, 0]

  @Test func lossesAndGradientsAreTheDefinitions() throws {
    let vectors = try random([10, 5], "pairs")
    let pairs = Pairs.sets(labels: Self.odd)[0]
    #expect(pairs.anchors == [0, 1, 2, 3] && pairs.positives == [6, 5, 8, 9])
    let loss = SimilarityLoss(temperature: 0.4)
    let similar = try evaluate(loss, vectors, Self.odd)
    func naive(_ values: [Double]) -> Double {
      naiveSimilarity(values, pairs, dimension: 5, temperature: Double(loss.temperature))
    }
    #expect(abs(similar.loss - naive(vectors.values.map(Double.init))) < 1e-6)
    for (given, wanted) in zip(similar.gradient.values, slopes(vectors, naive)) {
      #expect(abs(Double(given) - wanted) < 1e-5)
    }
    for negatives in TripletLoss.Negatives.allCases {
      let loss = TripletLoss(margin: 0.5, negatives: negatives)
      let triplet = try evaluate(loss, vectors, Self.odd)
      func naive(_ values: [Double]) -> Double {
        naiveTriplet(values, pairs, dimension: 5, margin: 0.5, negatives)
      }
      let expected = naive(vectors.values.map(Double.init))
      #expect(expected > 0 && abs(triplet.loss - expected) < 1e-6, "\(negatives)")
      for (given, wanted) in zip(triplet.gradient.values, slopes(vectors, naive)) {
        #expect(abs(Double(given) - wanted) < 1e-5, "\(negatives)")
      }
    }
    // Rows in no pair learn nothing from similarity.
    for row in [4, 7] {
      #expect(similar.gradient.values[row * 5..<row * 5 + 5].allSatisfy { $0 == 0 })
    }
  }

  @Test func aBatchOfSeveralSetsIsTheirMean() throws {
    let labels = [2, 0, 2, 0, 1, 0, 2, 1, 0, 2, 2]
    let sets = Pairs.sets(labels: labels)
    #expect(sets.map(\.anchors) == [[0, 1, 4], [5, 6]])
    #expect(sets.map(\.positives) == [[2, 3, 7], [8, 9]])
    let vectors = try random([labels.count, 4], "sets")
    let similarity = Similarity(temperature: 0.4)
    var gradient = [Float](repeating: .nan, count: vectors.count)
    let measure = try vectors.withUnsafePointer { values in
      try gradient.withUnsafeMutableBufferPointer {
        try similarity.evaluate(
          labels: labels, OutputMap(values, shape: [4], gradient: $0.baseAddress))
      }
    }
    func naive(_ values: [Double]) -> Double {
      sets.map { naiveSimilarity(values, $0, dimension: 4, temperature: 0.4) }.reduce(0, +) / 2
    }
    #expect(abs(measure.loss - naive(vectors.values.map(Double.init))) < 1e-6)
    for (given, wanted) in zip(gradient, slopes(vectors, naive)) {
      #expect(abs(Double(given) - wanted) < 1e-5)
    }
    // A row without a partner is in no pair.
    #expect(gradient[40...].allSatisfy { $0 == 0 })
    #expect(Pairs.sets(labels: [0, 1, 2]).isEmpty)
  }

  @Test func scoresCountAnchorsThatFindTheirOwn() throws {
    // The positives of classes 0 and 1 are exchanged; that of 2 is right.
    let vectors = try Tensor(
      shape: [6, 3], values: [1, 0, 0, 0, 1, 0, 0, 0, 1, 0, 1, 0, 1, 0, 0, 0, 0, 1])
    let labels = [0, 1, 2, 0, 1, 2]
    #expect(try evaluate(SimilarityLoss(), vectors, labels).score == 1.0 / 3)
    #expect(try evaluate(TripletLoss(), vectors, labels).score == 1.0 / 3)
    // Where all are alike nobody is found.
    #expect(try evaluate(TripletLoss(), Tensor(shape: [6, 3]), labels).score == 0)
  }

  @Test func aTripletFarEnoughCostsNothing() throws {
    let vectors = try Tensor(shape: [4, 1], values: [0, 5, 0, 5])
    let result = try evaluate(TripletLoss(margin: 1), vectors, [0, 1, 0, 1])
    #expect(result.loss == 0 && result.gradient.values.allSatisfy { $0 == 0 })
  }
}
