import Foundation
import Models
import Networks
import Tensors
import TestSupport
import Testing
import Training

/// Files of weights that other frameworks wrote, or that have their names and layouts: with these
/// weights a network must answer what it answers there. `Fixtures/make_weights.py` made them.
enum ForeignWeights {
  static let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
    .appendingPathComponent("Fixtures").path

  /// The largest difference of the network's answers from a file's, relative to the largest answer.
  static func disagreement(_ network: Network, _ path: String) throws -> Float {
    let answers = try Safetensors.read(path)
    let x = try #require(answers["x"])
    let execution = try Execution(network, count: x.shape[0], mode: .inference)
    var worst: Float = 0
    for (index, y) in try execution.forward([x]).enumerated() {
      let expected = try #require(answers["y\(index)"])
      #expect(y.shape == expected.shape)
      let scale = expected.values.reduce(0) { max($0, abs($1)) }
      for (a, b) in zip(y.values, expected.values) {
        worst = (a - b).isFinite ? max(worst, abs(a - b) / scale) : .infinity
      }
    }
    #expect(answers["y\(network.outputs.count)"] == nil)
    return worst
  }

  /// The same kinds of layers as in the script's `tiny`.
  static func tiny(classes: Int = 3) throws -> Network {
    func square(_ size: Int, stride: Int = 1, padding: Padding = .valid) -> Window {
      Window(size: (size, size), stride: (stride, stride), dilation: (1, 1), padding: padding)
    }
    let image = try Node.input([8, 8, 3])
    var x = try image.applying(
      Convolution(filters: 4, kernel: 3, padding: .same, bias: false), name: "stem")
    x = try x.applying(BatchNormalization(), name: "stem_bn")
    x = try x.applying(Activation.relu, name: "stem_relu")
    x = try x.applying(
      DepthwiseConvolution(kernel: 3, padding: .same, multiplier: 2), name: "depth")
    x = try x.applying(
      SeparableConvolution(filters: 6, window: square(3, padding: .same)), name: "separable")
    x = try x.applying(
      TransposedConvolution(filters: 5, window: square(2, stride: 2)), name: "up")
    x = try x.applying(BatchNormalization(), name: "up_bn")
    for index in 0..<11 {
      x = try x.applying(Convolution(filters: 5, kernel: 1), name: "mix_\(index)")
    }
    x = try x.applying(GlobalPooling(.average), name: "pool")
    x = try x.applying(Dense(units: classes), name: "predictions")
    return try Network(inputs: [image], outputs: [x], seed: 1)
  }

  /// The model that a file's name tells: whose, which, alpha in hundredths, side.
  static func model(_ name: String, _ answers: NamedTensors) throws -> Network? {
    let input = Array(try #require(answers["x"]).shape.dropFirst())
    let outputs = (0..<2).compactMap { answers["y\($0)"]?.shape }
    let convention: Convention = name.hasPrefix("keras") ? .keras : .pytorch
    let hasTop = !name.hasSuffix("no_top")
    let classes = outputs[0].last ?? 0
    if name.contains("mobilenet_v2") {
      let alpha = name.split(separator: "_").first { $0.first == "a" && Int($0.dropFirst()) != nil }
      return try MobileNetV2.network(
        input: input, alpha: Double(try #require(alpha).dropFirst()).map { $0 / 100 } ?? 1,
        classes: hasTop ? classes : nil, includeTop: hasTop, convention: convention)
    }
    if name.contains("resnet50") {
      return try ResNet50.network(
        input: input, classes: hasTop ? classes : nil, includeTop: hasTop, convention: convention)
    }
    if name.contains("retinanet") {
      return try RetinaNet.torchvision(
        input: input, classes: classes, width: name.contains("full") ? 256 : 32)
    }
    return nil
  }

  /// Writes the weights that the script draws for a model of PyTorch, in PyTorch's layout.
  static func writeTorch(_ answers: NamedTensors, to path: String) throws {
    let list = try #require(answers.metadata.first { $0.key == "weights" }).value
    var tensors = NamedTensors()
    for line in list.split(separator: "\n") {
      let parts = line.split(separator: " ")
      let (name, shape) = (String(parts[0]), parts.dropFirst().compactMap { Int($0) })
      let last = name.split(separator: ".").last
      let fan = Double(shape.dropFirst().reduce(1, *))
      let rule: (Double) -> Double
      switch (last, shape.count) {
      case ("weight", 2...): rule = { $0 * (3 / fan).squareRoot() }
      case ("weight", _): rule = { 1 + 0.1 * $0 }
      case ("running_var", _): rule = { 1 + 0.5 * abs($0) }
      case ("num_batches_tracked", _): rule = { _ in 0 }
      default: rule = { 0.1 * $0 }
      }
      var state = StableHash.fnv1a(name.utf8)
      let values = (0..<shape.reduce(1, *)).map { _ in
        let z = StableHash.mix(state)
        state &+= 0x9e37_79b9_7f4a_7c15
        return Float(rule(2 * Double(z >> 40) / 0x1p24 - 1))
      }
      tensors[name] = try Tensor(shape: shape, values: values)
    }
    try Safetensors.write(tensors, to: path)
  }
}

@Suite struct KerasWeightsTests {
  private func path(_ name: String) -> String { "\(ForeignWeights.folder)/\(name)" }

  @Test(arguments: [
    "keras3.weights.h5", "keras3_whole.h5", "keras3_nested.weights.h5",
    "keras3_unnamed.weights.h5", "keras2.h5", "keras2_nested.h5", "keras2_unnamed.h5",
  ]) func answersAreThoseOfKeras(name: String) throws {
    let network = try ForeignWeights.tiny()
    let report = try Weights.load(into: network, from: path(name))
    #expect(report.loaded == network.parameters.map(\.name))
    #expect(
      try ForeignWeights.disagreement(network, path("keras.answers.safetensors")) < 1e-4)
  }

  @Test(arguments: ["keras3.weights.h5", "keras3_unnamed.weights.h5", "keras2_unnamed.h5"])
  func otherClassesLeaveTheHeadFresh(name: String) throws {
    let network = try ForeignWeights.tiny(classes: 4)
    let head = try network.layer("predictions")
    let fresh = try head.parameters.map { try $0.value() }
    let file = try WeightsFile.read(path(name))
    #expect(throws: TrainingError.self) {
      try Weights.load(into: network, from: file, fit: .whole)
    }
    let report = try Weights.load(into: network, from: file, fit: .allButHead)
    #expect(report.mismatched.map(\.name) == ["predictions/kernel", "predictions/bias"])
    #expect(report.mismatched[0].given == [5, 3] && report.mismatched[0].expected == [5, 4])
    #expect(report.loaded.count == network.parameters.count - 2)
    #expect(try head.parameters.map { try $0.value() } == fresh)
  }

  @Test func whatDoesNotFitIsNamed() throws {
    let image = try Node.input([8, 8, 3])
    var x = try image.applying(
      Convolution(filters: 4, kernel: 5, padding: .same, bias: false), name: "stem")
    x = try x.applying(Convolution(filters: 4, kernel: 1), name: "extra")
    x = try x.applying(GlobalPooling(.average))
    x = try x.applying(Dense(units: 3), name: "predictions")
    let network = try Network(inputs: [image], outputs: [x])
    let before = try network.parameters.map { try $0.value() }
    let error = #expect(throws: TrainingError.self) {
      try Weights.load(into: network, from: path("keras2.h5"))
    }
    guard case .weightsDiffer(_, let report)? = error else {
      Issue.record("\(String(describing: error))")
      return
    }
    #expect(report.missing == ["extra/kernel", "extra/bias"])
    #expect(report.mismatched.map(\.name).first == "stem/kernel")
    #expect(report.unexpected.contains("up/up/kernel:0"))
    #expect(try network.parameters.map { try $0.value() } == before)
  }

  @Test func aFileWithoutWeightsIsNamed() throws {
    let other = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
      .deletingLastPathComponent().appendingPathComponent("TensorsTests/Fixtures/v110.h5").path
    #expect(throws: TrainingError.noWeights(path: other)) { _ = try WeightsFile.read(other) }
  }
}

@Suite struct TorchWeightsTests {
  static let answers: [String] = {
    let files = (try? FileManager.default.contentsOfDirectory(atPath: ForeignWeights.folder)) ?? []
    return files.sorted().filter { $0.hasPrefix("t") && $0.hasSuffix(".answers.safetensors") }
  }()

  @Test func theDumpsAreThere() { #expect(Self.answers.count == 6) }

  @Test(arguments: answers) func answersAreThoseOfPyTorch(name: String) throws {
    let path = "\(ForeignWeights.folder)/\(name)"
    let answers = try Safetensors.read(path)
    let stem = String(name.dropLast(".answers.safetensors".count))
    let network = try #require(try ForeignWeights.model(stem, answers))
    let folder = try Toy.Folder()
    try ForeignWeights.writeTorch(answers, to: folder.file("w"))
    let file = try WeightsFile.read(folder.file("w"))
    #expect(file.convention == .pytorch)
    #expect(try Weights.load(into: network, from: file, fit: .whole).isComplete)
    let disagreement = try ForeignWeights.disagreement(network, path)
    #expect(disagreement < 1e-4, "\(stem) is off by \(disagreement)")
  }

  /// Names and shapes of MobileNetV2 are the same in both; only the convention tells them apart.
  @Test func theOtherFrameworksNetworkIsRefused() throws {
    let path = "\(ForeignWeights.folder)/torchvision_mobilenet_v2_a035_s75.answers.safetensors"
    let folder = try Toy.Folder()
    try ForeignWeights.writeTorch(try Safetensors.read(path), to: folder.file("w"))
    func network(_ convention: Convention) throws -> Network {
      try MobileNetV2.network(
        input: [64, 64, 3], alpha: 0.35, classes: 10, convention: convention)
    }
    for fit in [Weights.Fit.whole, .some] {
      #expect(
        throws: TrainingError.otherConvention(
          path: folder.file("w"), given: .pytorch, network: .keras)
      ) {
        try Weights.load(
          into: try network(.keras), from: try WeightsFile.read(folder.file("w")), fit: fit)
      }
    }
    // What this program saves of such a network remembers it.
    let own = try network(.pytorch)
    try Weights.load(into: own, from: folder.file("w"))
    try Weights.save(own, to: folder.file("own"))
    #expect(try WeightsFile.read(folder.file("own")).convention == .pytorch)
    #expect(throws: TrainingError.self) {
      try Weights.load(into: try network(.keras), from: folder.file("own"))
    }
    let again = try network(.pytorch)
    #expect(try Weights.load(into: again, from: folder.file("own")).isComplete)
    #expect(own.parameters.map { Array($0.values) } == again.parameters.map { Array($0.values) })
  }
}

/// Whole models as Keras and PyTorch wrote them, in the folder that CONCH_WEIGHTS names.
@Suite struct WholeModelWeightsTests {
  static let folder = ProcessInfo.processInfo.environment["CONCH_WEIGHTS"]
  static let files: [String] = {
    guard let folder else { return [] }
    let files = (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []
    return files.sorted().filter {
      ($0.hasSuffix(".safetensors") || $0.hasSuffix(".h5")) && !$0.contains(".answers.")
    }
  }()

  @Test(
    .enabled(if: folder != nil, "CONCH_WEIGHTS names no folder of make_weights.py"),
    arguments: files)
  func answersAreThoseOfTheFramework(name: String) throws {
    let folder = try #require(Self.folder)
    let stem = String(name.prefix { $0 != "." })
    let answers = try Safetensors.read("\(folder)/\(stem).answers.safetensors")
    let network = try #require(try ForeignWeights.model(stem, answers))
    #expect(try Weights.load(into: network, from: "\(folder)/\(name)").isComplete)
    let disagreement = try ForeignWeights.disagreement(
      network, "\(folder)/\(stem).answers.safetensors")
    print("\(name): \(disagreement)")
    #expect(disagreement < 1e-4)
  }
}
