import Foundation
import Networks
import TestSupport
import Tensors
import Testing

/// Operations against dumps of TensorFlow: outputs and gradients of `operations.safetensors`,
/// with the attributes that `index.json` lists.
@Suite struct OperationFixtureTests {
  static let folder = Material.fixtures

  typealias Attributes = [String: Any]

  static var cases: [String: Attributes] {
    guard let folder, let data = FileManager.default.contents(atPath: folder + "/index.json"),
      let index = try? JSONSerialization.jsonObject(with: data) as? [String: Any],
      let operations = index["operations"] as? [String: Attributes]
    else { return [:] }
    return operations
  }

  /// Losses and optimisers are the trainer's.
  static let elsewhere: Set<String> = [
    "cross_entropy", "binary_cross_entropy", "dice", "focal", "smooth_l1", "similarity",
    "optimisers",
  ]

  @Test func thereAreDumps() {
    if Self.cases.isEmpty { print("skipped: no folder of reference dumps") }
  }

  @Test(arguments: Self.cases.keys.sorted().filter { !Self.elsewhere.contains($0) })
  func agreesWithTensorFlow(_ name: String) throws {
    guard FileManager.default.fileExists(atPath: Self.folder! + "/operations.safetensors") else {
      print("skipped: no operations.safetensors")
      return
    }
    let tensors = try Safetensors.read(Self.folder! + "/operations.safetensors")
    func tensor(_ part: String) -> Tensor? { tensors["\(name)/\(part)"] }
    let weightNames = ["kernel", "bias", "gamma", "beta"].filter { tensor($0) != nil }
    var (x, y) = (try #require(tensor("x")), try #require(tensor("y")))
    var (dy, dx) = (try #require(tensor("dy")), try #require(tensor("dx")))
    let attributes = try #require(Self.cases[name])
    let operation = try Self.operation(
      name, attributes, kernel: tensor("kernel"), bias: tensor("bias"))
    guard let operation else {
      Issue.record("no operation for \(name)")
      return
    }
    let scale: Float = attributes["note"] as? String == "applied to 3x" ? 3 : 1
    if x.rank == 3 {
      // Any shape will do for these: rows of channels.
      func rows(_ t: Tensor) throws -> Tensor { try t.reshaped([-1, 1, 1, t.shape[2]]) }
      (x, y, dy, dx) = (try rows(x), try rows(y), try rows(dy), try rows(dx))
    }
    x = try Tensor(shape: x.shape, values: x.values.map { $0 * scale })

    let input = try Node.input(Array(x.shape.dropFirst()))
    let output = try input.applying(operation, name: "tested")
    let network = try Network(inputs: [input], outputs: [output])
    for weight in weightNames {
      try network.layer("tested").parameter(weight).set(try #require(tensor(weight)))
    }
    let execution = try Execution(
      network, count: x.shape[0], mode: .training, gradientsOf: [input])
    let result = try execution.forward(x)
    #expect(result.shape == y.shape)
    expectClose(result.values, y.values.map(Double.init), tolerance: 1e-5)
    try execution.backward([dy])
    expectClose(
      try execution.gradient(of: input).values.map { $0 * scale }, dx.values.map(Double.init),
      tolerance: 1e-4)
    for weight in weightNames {
      let expected = try #require(tensor("d\(weight)"))
      let actual = try network.layer("tested").parameter(weight).gradient()
      #expect(actual.shape == expected.shape)
      expectClose(actual.values, expected.values.map(Double.init), tolerance: 1e-4)
    }
  }

  /// What a case is of, from its name, its attributes and the shapes of its weights.
  static func operation(
    _ name: String, _ attributes: Attributes, kernel: Tensor?, bias: Tensor?
  ) throws -> (any Networks.Operation)? {
    func number(_ key: String, _ usual: Int) -> Int { attributes[key] as? Int ?? usual }
    let padding: Padding
    switch attributes["padding"] {
    case let text as String: padding = text == "SAME" ? .same : .valid
    case let sides as Int:
      padding = .explicit(top: sides, bottom: sides, left: sides, right: sides)
    default: padding = .valid
    }
    let (stride, dilation, size) = (
      number("strides", 1), number("dilation", 1), number("size", 1)
    )
    let shape: [Int] = kernel?.shape ?? [1, 1, 1, 1]
    let window = Window(
      size: (shape[0], shape[1]), stride: (stride, stride), dilation: (dilation, dilation),
      padding: padding)
    switch name {
    case _ where name.hasPrefix("conv_"):
      return Convolution(filters: shape[3], window: window, bias: bias != nil)
    case _ where name.hasPrefix("depthwise_"):
      return DepthwiseConvolution(window: window, multiplier: shape[3], bias: bias != nil)
    case _ where name.hasPrefix("transposed_"):
      return TransposedConvolution(filters: shape[2], window: window, bias: bias != nil)
    case _ where name.hasPrefix("max_pool"):
      return Pooling(.max, size: size, stride: stride, padding: padding)
    case _ where name.hasPrefix("average_pool"):
      return Pooling(.average, size: size, stride: stride, padding: padding)
    case "global_average_pool": return GlobalPooling(.average)
    case "global_max_pool": return GlobalPooling(.max)
    case "resize_bilinear_half_pixel":
      guard let to = attributes["to"] as? [Int] else { return nil }
      return Resize(height: to[0], width: to[1])
    case "upsample_nearest_2": return Upsample(height: 2, width: 2)
    case "relu": return Activation.relu
    case "relu6": return Activation.relu6
    case "leaky_relu_0.2": return Activation.leakyRelu(slope: 0.2)
    case "sigmoid": return Activation.sigmoid
    case "softmax": return Softmax()
    case "l2_normalize": return L2Normalize()
    case "dense": return Dense(units: shape[1], bias: bias != nil)
    case "batch_norm_training":
      return BatchNormalization(epsilon: Float(attributes["epsilon"] as? Double ?? 1e-3))
    default: return nil
    }
  }
}
