import Foundation
import Imagery
import Kernels
import Tensors
import Testing
import Training

/// Losses of masks in doubles, pixel by pixel, as their definitions say.
private struct NaivePixelLoss {
  let losses: WeightedLosses
  let classes: Int
  let weights: [Double]

  func probabilities(_ row: [Double]) -> [Double] {
    if classes == 1 { return [1 / (1 + exp(row[0])), 1 / (1 + exp(-row[0]))] }
    let most = row.max()!
    let powers = row.map { exp($0 - most) }
    return powers.map { $0 / powers.reduce(0, +) }
  }

  func callAsFunction(_ logits: [[Double]], _ labels: [UInt8]) -> Double {
    let known = labels.indices.filter { labels[$0] != 255 }
    let all = logits.map(probabilities)
    let count = Double(known.count)
    var sum = 0.0
    for term in losses.terms {
      var loss = 0.0
      switch term.loss {
      case .dice:
        let rows = classes == 1 ? [1] : Array(0..<classes)
        let shares = classes == 1 ? [1.0] : weights
        for (row, share) in zip(rows, shares) {
          var (both, either) = (0.0, 0.0)
          for i in known {
            let here = Int(labels[i]) == row ? 1.0 : 0
            both += all[i][row] * here
            either += all[i][row] + here
          }
          loss += share / shares.reduce(0, +) * (1 - (2 * both + 1) / (either + 1))
        }
      case .hinge:
        for i in known {
          let label = Int(labels[i])
          let other = all[i].indices.filter { $0 != label }.map { all[i][$0] }.max()!
          loss += weights[label] * max(0, 1 + other - all[i][label]) / count
        }
      default:
        for i in known { loss -= weights[Int(labels[i])] * log(all[i][Int(labels[i])]) / count }
      }
      sum += term.weight * loss
    }
    return sum
  }
}

struct PixelLossTests {
  private static let dice = WeightedLosses(.dice)
  private static let hinge = WeightedLosses(.hinge)
  private static let entropy = WeightedLosses(.crossEntropy)

  private static func evaluate(
    _ loss: PixelLoss, _ logits: Tensor, _ labels: [UInt8]
  ) throws -> (result: PixelLoss.Result, gradient: [Float]) {
    var result: PixelLoss.Result?
    let gradient = try Tensor(uninitialized: logits.shape) { gradient in
      result = logits.withUnsafePointer {
        loss.evaluate(pixels: labels.count, logits: $0, labels: labels, gradient: gradient)
      }
    }
    return (try #require(result), gradient.values)
  }

  private static func random(
    _ pixels: Int, _ classes: Int, unlabelled: Bool = true
  ) throws -> (logits: Tensor, labels: [UInt8]) {
    var stream = RandomStream(seed: 3, name: "pixels")
    let logits = try Tensor(
      shape: [pixels, classes], values: (0..<pixels * classes).map { _ in stream.normal() * 2 })
    let labels = (0..<pixels).map { _ in
      unlabelled && stream.integer(below: 5) == 0
        ? Mask.unlabelled : UInt8(stream.integer(below: max(2, classes)))
    }
    return (logits, labels)
  }

  @Test(.enabled(if: Fixtures.exist, "the reference dumps are not here"))
  func diceAgreesWithTensorFlow() throws {
    let file = try Safetensors.read(Fixtures.operations)
    func tensor(_ name: String) throws -> Tensor { try #require(file["dice/" + name]) }
    let labels = try tensor("labels").values.map { UInt8($0) }
    let (result, gradient) = try Self.evaluate(
      PixelLoss(Self.dice, classes: 1), tensor("logits"), labels)
    #expect(abs(result.loss - Double(try tensor("y")[flat: 0])) < 1e-6)
    for (given, wanted) in zip(gradient, try tensor("dlogits").values) {
      #expect(abs(given - wanted) < 1e-8)
    }
  }

  /// Rows 0 and 1 of four against rows 1 and 2; and nothing against nothing.
  @Test func diceOfHardMasks() throws {
    let x = try Tensor(shape: [16, 1], values: (0..<16).map { $0 < 8 ? 60 : -60 })
    let loss = try PixelLoss(Self.dice, classes: 1)
    let (result, _) = try Self.evaluate(loss, x, (0..<16).map { 4 <= $0 && $0 < 12 ? 1 : 0 })
    #expect(abs(1 - result.loss - 0.5294118) < 1e-7)
    #expect(result.overlaps.intersectionOverUnion[1] == 1.0 / 3)
    #expect(result.overlaps.dice[1] == 0.5)
    let empty = try Tensor(shape: [16, 1], values: Array(repeating: -60, count: 16))
    #expect(try Self.evaluate(loss, empty, Array(repeating: 0, count: 16)).result.loss < 1e-6)
  }

  @Test func hingeIsKeras() throws {
    let x = try Tensor(shape: [1, 4], values: [0.1, 0.2, 0.6, 0.1].map { Float(log($0)) })
    let (result, _) = try Self.evaluate(PixelLoss(Self.hinge, classes: 4), x, [2])
    #expect(abs(result.loss - 0.6) < 1e-6)
  }

  static let sums: [WeightedLosses] = [
    dice, hinge, entropy, dice + entropy, 0.5 * entropy + 2 * dice + 0.25 * hinge,
  ]

  /// Sizes that fill no block, several blocks, and several chunks.
  @Test(arguments: [(1, 150), (1, 40_000), (2, 150), (3, 40_000), (19, 70)])
  func agreesWithTheNaiveTwin(classes: Int, pixels: Int) throws {
    let (logits, labels) = try Self.random(pixels, classes)
    let rows = (0..<pixels).map { row in
      (0..<classes).map { Double(logits[flat: row * classes + $0]) }
    }
    let weights = (0..<max(2, classes)).map { 0.5 + Float($0) / 4 }
    for losses in Self.sums {
      let loss = try PixelLoss(losses, classes: classes, classWeights: weights)
      let naive = NaivePixelLoss(
        losses: losses, classes: classes, weights: weights.map(Double.init))
      let (result, gradient) = try Self.evaluate(loss, logits, labels)
      let expected = naive(rows, labels)
      #expect(abs(result.loss - expected) < 2e-6 * max(1, expected), "\(losses.text)")
      // Every gradient of a small case by differences, of a large one a few.
      guard pixels < 1000 else { continue }
      for i in stride(from: 0, to: pixels * classes, by: 7) {
        let (pixel, k) = (i / classes, i % classes)
        var (above, below) = (rows, rows)
        above[pixel][k] += 1e-4
        below[pixel][k] -= 1e-4
        let slope = (naive(above, labels) - naive(below, labels)) / 2e-4
        #expect(abs(slope - Double(gradient[i])) < 1e-6, "\(losses.text) at \(i)")
      }
    }
  }

  @Test func countsAreThoseOfTheLargestScores() throws {
    let (logits, labels) = try Self.random(1000, 4)
    let (result, _) = try Self.evaluate(PixelLoss(Self.entropy, classes: 4), logits, labels)
    var confusion = Confusion(classes: ["a", "b", "c", "d"])
    for (pixel, label) in labels.enumerated() where label != Mask.unlabelled {
      let row = (0..<4).map { logits[flat: pixel * 4 + $0] }
      confusion.add(truth: Int(label), prediction: row.firstIndex(of: row.max()!)!)
    }
    #expect(result.overlaps == ClassOverlaps(confusion))
    #expect(result.overlaps.pixelAccuracy == confusion.accuracy)
  }

  /// What nobody knows is not learned from, whatever the network says there.
  @Test(arguments: [1, 3]) func unlabelledPixelsCountNowhere(classes: Int) throws {
    let (logits, labels) = try Self.random(300, classes)
    var other = logits
    for pixel in labels.indices where labels[pixel] == Mask.unlabelled {
      for k in 0..<classes { other[flat: pixel * classes + k] += Float(k + 1) * 3 }
    }
    let loss = try PixelLoss(Self.sums[4], classes: classes)
    let (first, gradient) = try Self.evaluate(loss, logits, labels)
    let (second, _) = try Self.evaluate(loss, other, labels)
    #expect(first == second)
    for pixel in labels.indices where labels[pixel] == Mask.unlabelled {
      for k in 0..<classes { #expect(gradient[pixel * classes + k] == 0) }
    }
    let none = try Self.evaluate(loss, logits, Array(repeating: 255, count: 300))
    #expect(none.result.loss == 0 && none.gradient.allSatisfy { $0 == 0 })
  }

  @Test func crossEntropyIsThatOfImages() throws {
    let (logits, labels) = try Self.random(500, 5, unlabelled: false)
    let weights: [Float] = [1, 2, 0.5, 0, 3]
    let (result, gradient) = try Self.evaluate(
      PixelLoss(Self.entropy, classes: 5, classWeights: weights), logits, labels)
    let (loss, slopes) = try CrossEntropy(classWeights: weights).evaluate(
      logits, .labels(labels.map { Int($0) }))
    #expect(abs(result.loss - loss) < 1e-6)
    for (given, wanted) in zip(gradient, slopes.values) { #expect(abs(given - wanted) < 1e-8) }
  }

  @Test func threadsDoNotChangeABit() throws {
    let (logits, labels) = try Self.random(50_000, 3)
    let loss = try PixelLoss(Self.sums[4], classes: 3)
    let before = Parallel.threads
    defer { Parallel.threads = before }
    Parallel.threads = 1
    let (one, gradient) = try Self.evaluate(loss, logits, labels)
    Parallel.threads = 3
    let (three, other) = try Self.evaluate(loss, logits, labels)
    #expect(one == three && gradient == other)
  }

  /// A network that went astray must be noticed, and hugeness alone is no reason to.
  @Test(arguments: [1, 3]) func oddLogits(classes: Int) throws {
    let loss = try PixelLoss(Self.dice + Self.entropy, classes: classes)
    var x = try Tensor(shape: [4, classes], values: Array(repeating: 1000, count: 4 * classes))
    #expect(try Self.evaluate(loss, x, [0, 1, 1, 255]).result.loss.isFinite)
    x[flat: 0] = .nan
    #expect(try Self.evaluate(loss, x, [0, 1, 1, 255]).result.loss.isNaN)
  }

  @Test func lossesThatDoNotFitAreNamed() throws {
    #expect(throws: TrainingError.lossDoesNotFit(loss: "focal", classes: 3)) {
      try PixelLoss(Self.dice + WeightedLosses(.focal(alpha: 0.25, gamma: 2)), classes: 3)
    }
    #expect(throws: TrainingError.lossDoesNotFit(loss: "binary_cross_entropy", classes: 3)) {
      try PixelLoss(WeightedLosses(.binaryCrossEntropy), classes: 3)
    }
    #expect(throws: TrainingError.classWeightCount(given: 3, classes: 2)) {
      try PixelLoss(Self.dice, classes: 1, classWeights: [1, 1, 1])
    }
  }

  @Test func sumsOfLossesAreText() {
    let sum = 0.5 * (WeightedLosses(.dice) + WeightedLosses(.focal(alpha: 0.25, gamma: 2)))
    #expect(sum.text == "0.5 * dice() + 0.5 * focal(alpha: 0.25 gamma: 2)")
    #expect(sum.name == "dice + focal")
    #expect((sum + sum).terms.map(\.weight) == [1, 1])
  }
}

struct ClassOverlapTests {
  /// A class that neither masks nor predictions have says nothing; one that is only predicted does.
  @Test func absentClassesAreLeftOut() {
    let overlaps = ClassOverlaps(truths: [4, 0, 0], predictions: [3, 1, 0], hits: [3, 0, 0])
    #expect(overlaps.intersectionOverUnion == [0.75, 0, nil])
    #expect(overlaps.meanIntersectionOverUnion == 0.375)
    #expect(overlaps.dice == [6.0 / 7, 0, nil])
    #expect(overlaps.pixelAccuracy == 0.75)
    #expect(ClassOverlaps(truths: [0], predictions: [0], hits: [0]).meanDice.isNaN)
  }

  @Test func unlabelledPixelsAreNotCounted() throws {
    var confusion = Confusion(classes: ["a", "b"])
    try confusion.add(
      truth: Mask(height: 1, width: 4, values: [0, 1, 255, 1]),
      prediction: Mask(height: 1, width: 4, values: [0, 0, 1, 1]))
    #expect(confusion.counts == [[1, 0], [1, 1]])
  }
}
