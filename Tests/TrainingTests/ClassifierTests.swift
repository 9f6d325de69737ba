import Foundation
import Networks
import Tensors
import Testing
import Training

struct ClassifierTests {
  @Test func predictionsAreProbabilitiesWithPreprocessingApplied() throws {
    let network = try Toy.network()
    let data = try Toy.dataset(7)
    let images = try data.batch(Array(0..<7)).images
    let probabilities = try Classifier(network, batch: 3).predict(images)
    #expect(probabilities.shape == [7, 3])
    let symmetric = try Tensor.combine(
      .subtract, Tensor.combine(.multiply, images, Tensor(2)), Tensor(1))
    let logits = try Execution(network, count: 7, mode: .inference).forward(symmetric)
    for row in 0..<7 {
      let powers = (0..<3).map { exp(Double(logits[flat: row * 3 + $0])) }
      for k in 0..<3 {
        let expected = powers[k] / powers.reduce(0, +)
        #expect(abs(Double(probabilities[flat: row * 3 + k]) - expected) < 1e-5)
      }
    }
    let one = try Classifier(network).predict(data.sample(at: 4).image)
    #expect(one.shape == [3])
    let row = try probabilities.slice([.at(4)])
    #expect(zip(one.values, row.values).allSatisfy { abs($0 - $1) < 1e-6 })
    #expect(try Classifier(network).predict(Tensor(shape: [0, 12, 12, 3])).shape == [0, 3])
  }

  @Test func aSoftmaxHeadMakesNoDifference() throws {
    let network = try Toy.network()
    let output = network.outputs[0]
    let withSoftmax = try Network(
      inputs: network.inputs, outputs: [output.applying(Softmax())], seed: network.seed,
      preprocessing: .symmetric, reusing: [network])
    let data = try Toy.dataset(6)
    let images = try data.batch([0, 1, 2]).images
    #expect(
      try Classifier(network).predict(images) == Classifier(withSoftmax).predict(images))
    let trainers = try [network, withSoftmax].map {
      try Trainer($0, data, batch: 3, optimizer: .adam())
    }
    for trainer in trainers { try trainer.step() }
    #expect(trainers[0].lastLoss == trainers[1].lastLoss)
  }

  @Test func evaluationCountsEveryImage() throws {
    let network = try Toy.network()
    let data = try Toy.dataset(20)
    let report = try #require(try Classifier(network, batch: 8).evaluate(data))
    #expect(report.count == 20)
    #expect(report.labels == data.labels)
    #expect(report.indices == Array(0..<20))
    #expect(report.probabilities.shape == [20, 3])
    var (loss, right) = (0.0, 0)
    for row in 0..<20 {
      let probabilities = (0..<3).map { report.probabilities[flat: row * 3 + $0] }
      loss -= log(Double(probabilities[data.label(at: row)])) / 20
      #expect(report.predictions[row] == probabilities.firstIndex(of: probabilities.max()!))
      if report.predictions[row] == data.label(at: row) { right += 1 }
    }
    #expect(abs(report.loss - loss) < 1e-5)
    #expect(report.accuracy == Double(right) / 20)
    #expect(report.confusion.total == 20)
    #expect(try Classifier(network, batch: 8).evaluate(data, shouldStop: { true }) == nil)
  }

  @Test func imagesOfAnotherSizeAreNamed() throws {
    let classifier = try Classifier(Toy.network())
    #expect(throws: TrainingError.imageShape(expected: [12, 12, 3], given: [13, 12, 3])) {
      try classifier.predict(Tensor(shape: [2, 13, 12, 3]))
    }
    #expect(throws: TrainingError.self) { try classifier.predict(Tensor(shape: [12, 12])) }
    #expect(throws: TrainingError.self) {
      try classifier.evaluate(Toy.dataset(3, side: 16))
    }
  }
}

struct WeightsTests {
  @Test func savedWeightsComeBackToTheBit() throws {
    let folder = try Toy.Folder()
    let trainer = try Toy.trainer()
    for _ in 0..<3 { try trainer.step() }
    let path = folder.file("w.safetensors")
    try Weights.save(trainer.network, to: path, metadata: [("classes", "a,b")])
    let other = try Toy.network(seed: 77)
    let report = try Weights.load(into: other, from: path)
    #expect(report.isComplete)
    #expect(report.loaded == other.parameters.map(\.name))
    for (a, b) in zip(other.parameters, trainer.network.parameters) {
      #expect(try a.value().isIdentical(to: b.value()))
    }
    let file = try Safetensors.read(path)
    #expect(file["norm_1/moving_variance"]?.shape == [8])
    #expect(file.metadata.map(\.key) == ["format", "classes", "convention"])
  }

  @Test func anotherHeadIsReportedAndLeftFresh() throws {
    let folder = try Toy.Folder()
    let path = folder.file("w.safetensors")
    try Weights.save(Toy.network(), to: path)
    let other = try Toy.network(seed: 5, classes: 4)
    let before = try other.parameters.map { try $0.value() }
    do {
      try Weights.load(into: other, from: path)
      Issue.record("weights of three classes were read for four")
    } catch TrainingError.weightsDiffer(let given, let report) {
      #expect(given == path)
      #expect(report.missing.isEmpty && report.unexpected.isEmpty)
      #expect(report.mismatched.map(\.name) == ["head/kernel", "head/bias"])
      #expect(report.mismatched[0].expected == [12, 4])
      #expect(report.mismatched[0].given == [12, 3])
    }
    #expect(try zip(other.parameters, before).allSatisfy { try $0.value() == $1 })
    let report = try Weights.load(into: other, from: path, strict: false)
    #expect(report.mismatched.count == 2)
    for (parameter, old) in zip(other.parameters, before) {
      let isHead = parameter.name.hasPrefix("head/")
      if isHead || parameter.weight == "kernel" {
        #expect(try (parameter.value() == old) == isHead)
      }
    }
  }

  @Test func missingAndUnexpectedWeightsAreNamed() throws {
    let folder = try Toy.Folder()
    let path = folder.file("w.safetensors")
    try Weights.save(Toy.network(), to: path)
    var file = try Safetensors.read(path)
    file["other/kernel"] = try Tensor([1])
    file["head/bias"] = nil
    try Safetensors.write(file, to: path)
    do {
      try Weights.load(into: Toy.network(), from: path)
      Issue.record("a file without a bias was read")
    } catch TrainingError.weightsDiffer(_, let report) {
      #expect(report.missing == ["head/bias"])
      #expect(report.unexpected == ["other/kernel"])
    }
    var strange = NamedTensors()
    strange["x"] = Tensor(1)
    try Safetensors.write(strange, to: path)
    #expect(throws: TrainingError.self) {
      try Weights.load(into: Toy.network(), from: path, strict: false)
    }
    #expect(throws: FileError.self) {
      try Weights.load(into: Toy.network(), from: folder.file("nothing"))
    }
  }
}
