import Figures
import Language
import Networks
import Tensors
import Training

/// A network in the language. Training changes its weights in place: every name for it sees that.
package final class NetworkValue: HostObject {
  package let network: Network
  /// What built it: `mobilenet_v2`, `network`.
  package let title: String
  /// Names of what it tells apart; empty where it was not built with names.
  package let classes: [String]
  /// Of a network that finds objects: what its outputs are about. The weights do not know it.
  package let anchors: AnchorShapes

  package init(
    _ network: Network, title: String, classes: [String] = [],
    anchors: AnchorShapes = AnchorShapes()
  ) {
    self.network = network
    self.title = title
    self.classes = classes
    self.anchors = anchors
  }

  package var kind: String { "network" }

  package var summary: String {
    let input = network.inputs[0].shape.map(String.init).joined(separator: "×")
    let output = network.outputs.map { $0.shape.map(String.init).joined(separator: "×") }
      .joined(separator: " and ")
    let learning = network.trainableParameterCount
    let frozen = learning == network.parameterCount ? "" : " (\(grouped(learning)) trainable)"
    return "network \(title): \(network.layers.count) layers, \(input) → \(output), "
      + "\(grouped(network.parameterCount)) parameters\(frozen)"
  }

  package var propertyNames: [String] {
    [
      "layers", "parameters", "trainable_parameters", "multiplications", "classes", "input",
      "output", "preprocessing", "gradient",
    ]
  }

  package func property(_ name: String) throws -> Value? {
    switch name {
    case "layers":
      return .list(of: network.layers.map { .object(NetworkLayerValue(self, $0)) })
    case "parameters": return .number(Double(network.parameterCount))
    case "trainable_parameters": return .number(Double(network.trainableParameterCount))
    case "multiplications": return .number(Double(network.multiplyAccumulates))
    case "classes": return .texts(classes)
    case "input": return .numbers(network.inputs[0].shape)
    case "output":
      let shapes = network.outputs.map { Value.numbers($0.shape) }
      return shapes.count == 1 ? shapes[0] : .list(of: shapes)
    case "preprocessing": return .text(network.preprocessing.rawValue)
    case "gradient":
      return .object(GradientValue("network", network.parameters.filter(\.isTrainable)))
    default: return nil
    }
  }

  /// `net["Conv1"]` by name, `net[3]` by position.
  package func index(_ items: [IndexItem]) throws -> Value {
    try Failure.explaining {
      switch items.count == 1 ? items[0] : nil {
      case .at(.text(let name)): return .object(NetworkLayerValue(self, try network.layer(name)))
      case .at(.number(let number)):
        guard let position = Int(exactly: number) else { fallthrough }
        return .object(NetworkLayerValue(self, try network.layer(at: position)))
      default:
        throw Failure(
          code: "E0531", message: "a layer is found by its name or its position",
          remedy: "write net[\"\(network.layers.last?.name ?? "")\"]")
      }
    }
  }

  package var count: Int? { network.layers.count }
  package func element(at index: Int) throws -> Value {
    .object(NetworkLayerValue(self, network.layers[index]))
  }

  package var memorySize: Int { network.parameterCount * MemoryLayout<Float>.stride }

  /// Its weights, and which of them learn.
  package var changeCount: Int {
    network.weightsVersion &* 31 &+ network.trainableParameterCount
  }

  /// The table of layers: name, kind, output, parameters.
  func table(width: Int, style: TerminalStyle) -> String {
    let rows = network.layers.map { layer in
      [
        layer.name, layer.kind,
        layer.outputShape.map(String.init).joined(separator: "×") + shared(layer),
        layer.parameters.isEmpty ? "" : grouped(layer.parameterCount),
        layer.multiplyAccumulates == 0 ? "" : shortNumber(layer.multiplyAccumulates),
        layer.isTrainable || layer.parameters.isEmpty ? "" : "frozen",
      ]
    }
    var columns: [TextTable.Column] = [
      .init("layer"), .init("kind"), .init("output"), .init("parameters", .right),
      .init("mult-adds", .right), .init(""),
    ]
    let isFrozen = rows.contains { $0[5] != "" }
    if !isFrozen { columns.removeLast() }
    let table = TextTable(columns: columns, rows: rows.map { Array($0.prefix(columns.count)) })
    return table.rendered(width: width, style: style) + "\n" + summary
  }
}

/// How many maps a layer is applied to, where that is more than the one whose shape is shown.
private func shared(_ layer: NetworkLayer) -> String {
  layer.applications.count == 1 ? "" : " (first of \(layer.applications.count))"
}

/// One layer of a network, by its name. Its weights are properties: `net["Conv1"].kernel`.
package final class NetworkLayerValue: HostObject {
  package let owner: NetworkValue
  package let layer: NetworkLayer

  package init(_ owner: NetworkValue, _ layer: NetworkLayer) {
    self.owner = owner
    self.layer = layer
  }

  package var kind: String { "layer" }

  package var summary: String {
    let attributes = layer.operation.attributes.map { "\($0.label): \($0.value)" }
    let shape = layer.outputShape.map(String.init).joined(separator: "×")
    let input = layer.shapes.inputs.map { $0.map(String.init).joined(separator: "×") }
    let shapes =
      layer.shapes.inputs.isEmpty ? shape : "\(input.joined(separator: " and ")) → \(shape)"
    let maps = shared(layer)
    let words = ["layer \(layer.name): \(layer.kind)"] + attributes
    return words.joined(separator: " ")
      + ", \(shapes)\(maps), \(grouped(layer.parameterCount)) parameters"
      + (layer.isTrainable || layer.parameters.isEmpty ? "" : ", frozen")
  }

  package var propertyNames: [String] {
    [
      "name", "kind", "shape", "input", "output", "parameters", "multiplications", "trainable",
      "weights", "gradient",
    ] + layer.parameters.map(\.weight)
  }

  package func property(_ name: String) throws -> Value? {
    switch name {
    case "name": return .text(layer.name)
    case "kind": return .text(layer.kind)
    case "shape": return .numbers(layer.outputShape)
    case "input": return .list(of: layer.shapes.inputs.map { .numbers($0) })
    case "output": return .function(FunctionValue(command: output))
    case "parameters": return .number(Double(layer.parameterCount))
    case "multiplications": return .number(Double(layer.multiplyAccumulates))
    case "trainable": return .boolean(layer.isTrainable)
    case "weights": return .texts(layer.parameters.map(\.weight))
    case "gradient":
      return .object(GradientValue(layer.name, layer.parameters.filter(\.canLearn)))
    default:
      guard let parameter = layer.parameters.first(where: { $0.weight == name }) else { return nil }
      return try Failure.explaining { .object(TensorValue(try parameter.value())) }
    }
  }

  package func isEqual(_ other: any HostObject) -> Bool {
    (other as? NetworkLayerValue).map { $0.layer === layer } ?? false
  }

  /// `layer.output(x)`: what the layer gives for an image or a batch, at inference.
  private var output: Command {
    let (owner, layer) = (owner, layer)
    return Command(
      "output", group: "Reaching in",
      [
        Parameter(
          "x", .oneOf([.object("image"), .object("tensor")]),
          help: "An image [height, width, channels], or a batch of them.")
      ],
      result: .object("tensor"), summary: "Runs the network up to this layer."
    ) { call in
      try call.interpreter.checkpoint()
      let (batch, isSingle) = try owner.batch(try call.tensor("x"))
      return try Failure.explaining {
        let result = try owner.network.output(of: layer, for: batch)
        guard isSingle else { return .object(TensorValue(result)) }
        return .object(TensorValue(try result.reshaped(Array(result.shape.dropFirst()))))
      }
    }
  }
}

extension NetworkValue {
  /// Images as the network wants them: preprocessed, with the count dimension.
  func batch(_ images: Tensor) throws -> (batch: Tensor, isSingle: Bool) {
    let shape = network.inputs[0].shape
    let isSingle = images.rank == shape.count
    guard images.shape == shape || images.shape.dropFirst().elementsEqual(shape) else {
      let sizes = shape.map(String.init).joined(separator: ", ")
      throw Failure(
        code: "E0532",
        message: "the network takes images [\(sizes)], not a tensor of shape \(images.shape)",
        remedy: shape.count == 3 && images.shape.last == shape[2]
          ? "write resize(x size: [\(shape[0]), \(shape[1])])" : nil)
    }
    return try Failure.explaining {
      var batch = isSingle ? try images.reshaped([1] + shape) : images
      let preprocessing = network.preprocessing
      if preprocessing != .none, let channels = shape.last {
        let pixels = batch.count / channels
        batch.withUnsafeMutablePointer { values in
          preprocessing.apply(pixels: pixels, channels: channels, source: values, target: values)
        }
      }
      return (batch, isSingle)
    }
  }
}
