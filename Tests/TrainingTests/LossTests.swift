import Foundation
import Tensors
import Testing
import Training

struct LossTests {
  @Test(.enabled(if: Fixtures.exist, "the reference dumps are not here"))
  func lossesAgreeWithTensorFlow() throws {
    let file = try Safetensors.read(Fixtures.operations)
    func tensor(_ name: String) throws -> Tensor { try #require(file[name]) }
    let labels = try tensor("cross_entropy/labels").values.map { Int($0) }
    let cases: [(any Loss, String, Target)] = [
      (CrossEntropy(), "cross_entropy", .labels(labels)),
      (
        BinaryCrossEntropy(), "binary_cross_entropy",
        .values(try tensor("binary_cross_entropy/labels"))
      ),
    ]
    for (loss, name, target) in cases {
      let (value, gradient) = try loss.evaluate(tensor("\(name)/logits"), target)
      let expected = Double(try tensor("\(name)/y")[flat: 0])
      #expect(abs(value - expected) < 1e-6 * expected)
      for (given, wanted) in zip(gradient.values, try tensor("\(name)/dlogits").values) {
        #expect(abs(given - wanted) < 1e-7)
      }
    }
  }

  @Test func gradientsAreTheSlopesOfLosses() throws {
    let labels = Target.labels([2, 0, 1, 1])
    var stream = RandomStream(seed: 1, name: "loss")
    let x = try Tensor(shape: [4, 3], values: (0..<12).map { _ in stream.normal() * 2 })
    let y = try Tensor(shape: [4, 3], values: (0..<12).map { _ in stream.uniform() })
    let cases: [(any Loss, Target)] = [
      (CrossEntropy(), labels), (CrossEntropy(classWeights: [0.5, 2, 0]), labels),
      (BinaryCrossEntropy(), .values(y)), (MeanSquaredError(), .values(y)),
      (MeanAbsoluteError(), .values(y)),
    ]
    for (loss, target) in cases {
      let gradient = try loss.evaluate(x, target).gradient
      for i in 0..<12 {
        var (above, below) = (x, x)
        above[flat: i] += 1e-2
        below[flat: i] -= 1e-2
        let difference = try loss.evaluate(above, target).loss - loss.evaluate(below, target).loss
        let slope = Float(difference) / (above[flat: i] - below[flat: i])
        #expect(abs(slope - gradient[flat: i]) < 2e-4, "\(loss.name) \(i)")
      }
    }
  }

  /// Keras divides by the number of images, not by the sum of their weights.
  @Test func classWeightsMultiplyAndTheCountDivides() throws {
    let x = try Tensor(shape: [3, 2], values: [1, 0, 0, 3, 2, 2])
    let labels = [0, 0, 1]
    let losses = [log(1 + exp(-1.0)), 3 + log(1 + exp(-3.0)), log(2.0)]
    let weighted = try CrossEntropy(classWeights: [2, 10]).evaluate(x, .labels(labels)).loss
    let expected = (2 * losses[0] + 2 * losses[1] + 10 * losses[2]) / 3
    #expect(abs(weighted - expected) < 1e-6)
  }

  @Test func hugeLogitsStayFinite() throws {
    let x = try Tensor(shape: [2, 2], values: [1000, -1000, -1000, 1000])
    let (loss, gradient) = try CrossEntropy().evaluate(x, .labels([0, 0]))
    #expect(loss == 1000)
    #expect(gradient.values == [0, 0, -0.5, 0.5])
    let binary = try BinaryCrossEntropy().evaluate(x, .values(Tensor(shape: [2, 2])))
    #expect(binary.loss == 500)
  }

  @Test func targetsThatDoNotFitAreNamed() throws {
    let x = try Tensor(shape: [2, 3])
    #expect(throws: TrainingError.labelOutOfRange(label: 3, classes: 3)) {
      try CrossEntropy().evaluate(x, .labels([0, 3]))
    }
    #expect(
      throws: TrainingError.targetShape(loss: "cross_entropy", output: [2, 3], target: [1])
    ) { try CrossEntropy().evaluate(x, .labels([0])) }
    #expect(
      throws: TrainingError.targetShape(
        loss: "mean_squared_error", output: [2, 3], target: [3, 2])
    ) { try MeanSquaredError().evaluate(x, .values(Tensor(shape: [3, 2]))) }
    #expect(throws: TrainingError.classWeightCount(given: 2, classes: 3)) {
      try CrossEntropy(classWeights: [1, 1]).evaluate(x, .labels([0, 1]))
    }
  }

  @Test func balancedWeightsAreScikitLearns() {
    #expect(ClassWeights.balanced([10, 30]) == [2, 2 / 3])
    #expect(ClassWeights.balanced([5, 5, 5]) == [1, 1, 1])
    #expect(ClassWeights.balanced([0, 4]) == [0, 0.5])
  }
}

struct ConfusionTests {
  @Test func ratesAreTheirDefinitions() {
    var confusion = Confusion(classes: ["beach", "marsh", "rocky"])
    for (truth, prediction, times) in [(0, 0, 8), (0, 1, 2), (1, 1, 3), (1, 0, 1)] {
      for _ in 0..<times { confusion.add(truth: truth, prediction: prediction) }
    }
    #expect(confusion.total == 14)
    #expect(confusion.accuracy == 11.0 / 14)
    #expect(confusion.recall == [0.8, 0.75, nil])
    let precision: [Double?] = [8.0 / 9, 0.6, nil]
    #expect(confusion.precision == precision)
    #expect(abs(confusion.meanTruePositiveRate - 0.775) < 1e-12)
    #expect(confusion.rowShares == [[0.8, 0.2, 0], [0.25, 0.75, 0], [0, 0, 0]])
  }

  @Test func topClassesComeInOrder() {
    let top = TopClasses.of([0.2, 0.4, 0.4, 0], count: 3)
    #expect(top.map(\.index) == [1, 2, 0])
    #expect(TopClasses.of([0.5], count: 9).count == 1)
    #expect(TopClasses.of([0.5], count: -1).isEmpty)
  }
}
