import Figures
import Language
import Networks
import Tensors

/// Commands that say what a network costs, and how it is built.
func costCommands(_ workspace: Workspace) -> [Command] {
  let group = "Looking"
  let net = Parameter("net", .object("network"), help: "A network.")
  return [
    Command(
      "cost", group: group, [net], result: .object("cost"),
      summary: "Counts multiplications, weights and memory, layer by layer.",
      details: """
        For one image, forward. A value is four bytes; training keeps most maps until the gradients are
        computed, and the optimiser as much again as the weights, or twice.
        """,
      examples: ["cost(small_cnn(classes: 2 input: [64, 64, 3])).multiplications"]
    ) { call in
      .object(CostValue(try call.object("net", as: NetworkValue.self)))
    },
    Command(
      "dense_equivalent", group: group,
      [Parameter("layer", .object("layer"), help: "A convolution layer of a network.")],
      result: .object("dense equivalent"),
      summary: "Says what a convolution would cost without sharing its weights.",
      details: """
        Once with windows that each have weights of their own, and once with every output joined to
        every input, as `dense` does.
        """,
      examples: [
        "dense_equivalent(small_cnn(classes: 2 input: [64, 64, 3])[\"conv_1\"]).dense.weights"
      ]
    ) { call in
      guard let value = try? call.object("layer", as: NetworkLayerValue.self),
        let equivalent = DenseEquivalentValue(value.layer)
      else {
        throw call.failure(
          "layer", code: "E0747",
          "there are shared weights in convolution layers of a network only",
          remedy: "write dense_equivalent(net[\"…\"])")
      }
      return .object(equivalent)
    },
    Command(
      "diagram", group: group, [net], result: .object("figure"),
      summary: "Draws how the layers of a network hang together.",
      details: "A box for each layer, with the normalisation and activation that follow it; the "
        + "lower, the smaller the map. Lines above the boxes are shortcuts.",
      examples: ["diagram(unet(classes: 2 input: [32, 32, 3] width: 4 depth: 3))"]
    ) { call in
      let value = try call.object("net", as: NetworkValue.self)
      return .object(FigureValue(diagram(value)))
    },
  ]
}

/// What a network costs: the result of `cost`.
package final class CostValue: HostObject {
  private let net: NetworkValue
  private let blocks: [NetworkBlocks.Block]

  init(_ net: NetworkValue) {
    self.net = net
    blocks = NetworkBlocks(net.network).blocks
  }

  package var kind: String { "cost" }

  private func total(_ value: (NetworkBlocks.Block) -> Int) -> Int {
    blocks.reduce(0) { sum, block in
      let (next, overflow) = sum.addingReportingOverflow(value(block))
      return overflow ? .max : next
    }
  }

  private static func mapBytes(_ block: NetworkBlocks.Block) -> Int { 4 * block.values }
  private static func weightBytes(_ block: NetworkBlocks.Block) -> Int { 4 * block.parameters }

  package var summary: String {
    let all = max(total(\.multiplyAccumulates), 1)
    let rows = blocks.map { block in
      [
        block.main.name, block.layers.map(\.kind).joined(separator: ", "), shapeText(block.shape),
        block.multiplyAccumulates == 0 ? "" : shortNumber(block.multiplyAccumulates),
        block.multiplyAccumulates == 0
          ? "" : TrainingWords.percent(Double(block.multiplyAccumulates) / Double(all)),
        block.parameters == 0 ? "" : grouped(block.parameters),
        bytesText(CostValue.mapBytes(block)),
        block.parameters == 0 ? "" : bytesText(CostValue.weightBytes(block)),
      ]
    }
    let table = TextTable(
      columns: [
        .init("layer"), .init("kinds"), .init("output"), .init("mult-adds", .right),
        .init("share", .right), .init("parameters", .right), .init("maps", .right),
        .init("weights", .right),
      ], rows: rows)
    return table.rendered(width: 100) + "\n"
      + "\(net.title), one image: \(shortNumber(total(\.multiplyAccumulates))) multiplications, "
      + "\(grouped(net.network.parameterCount)) parameters in "
      + "\(bytesText(4 * net.network.parameterCount)), "
      + "\(bytesText(total(CostValue.mapBytes))) of maps"
  }

  package var propertyNames: [String] {
    ["multiplications", "parameters", "map_bytes", "weight_bytes", "layers"]
  }

  package func property(_ name: String) -> Value? {
    switch name {
    case "multiplications": .number(Double(total(\.multiplyAccumulates)))
    case "parameters": .number(Double(net.network.parameterCount))
    case "map_bytes": .number(Double(total(CostValue.mapBytes)))
    case "weight_bytes": .number(Double(4 * net.network.parameterCount))
    case "layers":
      .list(
        of: blocks.map { block in
          .record(
            Record([
              ("name", .text(block.main.name)), ("output", .numbers(block.shape)),
              ("multiplications", .number(Double(block.multiplyAccumulates))),
              ("parameters", .number(Double(block.parameters))),
              ("map_bytes", .number(Double(CostValue.mapBytes(block)))),
              ("weight_bytes", .number(Double(CostValue.weightBytes(block)))),
            ]))
        })
    default: nil
    }
  }
}

extension CostValue: Drawable {
  /// Bars for each layer, or, of many, for each size of the maps.
  func figure(_ workspace: Workspace) -> Figure {
    let network = NetworkBlocks(net.network)
    let costly = blocks.filter { $0.multiplyAccumulates > 0 || $0.parameters > 0 }
    var rows = costly.map { (name: $0.main.name, blocks: [$0]) }
    if costly.count > 24 {
      rows = network.stages.map { stage in
        let own = Array(blocks[stage.blocks])
        let (first, last) = (own[0].main.name, own[own.count - 1].main.name)
        return ("\(stage.size)  \(first == last ? first : "\(first) … \(last)")", own)
      }
    }
    func bars(_ title: String, _ value: (NetworkBlocks.Block) -> Int, _ unit: Double) -> Figure {
      Figure(
        title,
        Bars(
          categories: rows.map(\.name),
          series: [
            .init("", values: rows.map { Double($0.blocks.reduce(0) { $0 + value($1) }) / unit })
          ]))
    }
    return Figure(
      "What \(net.title) costs for one image",
      Composition(
        [
          bars("multiplications, millions", \.multiplyAccumulates, 1e6),
          bars("parameters, thousands", \.parameters, 1e3),
          bars("maps, MB", CostValue.mapBytes, 1e6),
        ], columns: rows.count > 12 ? 2 : 3))
  }
}

/// A convolution beside the same without shared weights.
package final class DenseEquivalentValue: HostObject {
  /// One way to join the outputs to the inputs.
  private struct Way {
    let name: String
    let label: String
    let weights: Double
    let multiplications: Double
  }

  private let layer: NetworkLayer
  private let ways: [Way]

  /// Nil for a layer that shares no weights over places.
  init?(_ layer: NetworkLayer) {
    guard let input = layer.shapes.inputs.first, input.count == 3, layer.outputShape.count == 3,
      layer.parameters.contains(where: { $0.shape.count == 4 }), layer.multiplyAccumulates > 0
    else { return nil }
    self.layer = layer
    func product(_ shape: [Int]) -> Double { shape.reduce(1) { $0 * Double($1) } }
    let places = Double(layer.outputShape[0] * layer.outputShape[1])
    let multiplications = Double(layer.operation.multiplyAccumulates(layer.shapes))
    let shared = Double(layer.parameterCount)
    let biases = layer.parameters.filter { $0.shape.count == 1 }.reduce(0) { $0 + $1.count }
    let joined = product(input) * product(layer.outputShape)
    ways = [
      Way(
        name: "shared", label: "as it is, shared", weights: shared, multiplications: multiplications
      ),
      // Each multiplication has a weight of its own.
      Way(
        name: "local", label: "a window each, not shared",
        weights: multiplications + (biases > 0 ? places * Double(layer.outputShape[2]) : 0),
        multiplications: multiplications),
      Way(
        name: "dense", label: "all with all, dense",
        weights: joined + (biases > 0 ? product(layer.outputShape) : 0), multiplications: joined),
    ]
  }

  package var kind: String { "dense equivalent" }

  private static func short(_ count: Double) -> String {
    count < 9e18 ? shortNumber(Int(count)) : compact(count, significant: 3)
  }

  package var summary: String {
    let rows = ways.map { way in
      [
        way.label, DenseEquivalentValue.short(way.weights),
        way.weights == ways[0].weights
          ? "" : "× " + DenseEquivalentValue.short((way.weights / ways[0].weights).rounded()),
        DenseEquivalentValue.short(way.multiplications),
        DenseEquivalentValue.short(4 * way.weights) + (4 * way.weights < 1000 ? " B" : "B"),
      ]
    }
    let table = TextTable(
      columns: [
        .init("\(layer.name)"), .init("weights", .right), .init("", .right),
        .init("mult-adds", .right), .init("memory", .right),
      ], rows: rows)
    return table.rendered(width: 80) + "\n"
      + "\(layer.kind) from \(shapeText(layer.shapes.inputs[0])) to \(shapeText(layer.outputShape)), "
      + "one image"
  }

  package var propertyNames: [String] { ways.map(\.name) }

  package func property(_ name: String) -> Value? {
    ways.first { $0.name == name }.map { way in
      .record(
        Record([
          ("weights", .number(way.weights)), ("multiplications", .number(way.multiplications)),
          ("bytes", .number(4 * way.weights)),
        ]))
    }
  }
}

extension DenseEquivalentValue: Drawable {
  func figure(_ workspace: Workspace) -> Figure {
    Figure(
      "\(layer.name) with and without shared weights",
      Bars(
        categories: ways.map(\.label),
        series: [
          .init("weights", values: ways.map(\.weights)),
          .init("mult-adds", values: ways.map(\.multiplications)),
        ], scale: .logarithmic))
  }
}

/// A box for each block; its height shows the channels, its row the size of the map.
private func diagram(_ net: NetworkValue) -> Figure {
  let blocks = NetworkBlocks(net.network).inChains
  // From the largest map to the smallest, vectors last.
  let areas = blocks.map { $0.shape.count == 3 ? $0.shape[0] * $0.shape[1] : 0 }
  var rows: [(area: Int, label: String)] = []
  for (block, area) in zip(blocks, areas) where !rows.contains(where: { $0.area == area }) {
    rows.append((area, NetworkBlocks.size(of: block.shape)))
  }
  rows.sort { $0.area > $1.area }
  let boxes = zip(blocks, areas).map { block, area in
    NetworkDiagram.Box(
      name: block.main.name, kind: block.main.kind,
      details: block.layers.filter { $0 !== block.main }.map(\.kind),
      shape: shapeText(block.shape), size: Double(block.shape.last ?? 1),
      row: rows.firstIndex { $0.area == area } ?? 0, inputs: block.inputs)
  }
  return Figure(net.title, NetworkDiagram(boxes: boxes, rows: rows.map(\.label)))
}
