import Figures
import Language
import Networks
import Tensors
import Training

/// What a layer computes, in the words of its operation, with its numbers put in.
func explanation(of value: NetworkLayerValue) -> String {
  let layer = value.layer
  let field = value.owner.network.receptiveField(of: layer)
  var lines = [value.summary, layer.operation.documentation]
  for parameter in layer.parameters {
    let learns = parameter.canLearn ? "" : ", moved by the batches, not learned"
    lines.append(
      "\(parameter.weight) \(parameter.shape): \(grouped(parameter.count)) values\(learns)")
  }
  if layer.multiplyAccumulates > 0 {
    lines.append("\(grouped(layer.multiplyAccumulates)) multiplications an image")
  }
  lines.append("One number of it sees \(sees(field)) of the image.")
  return lines.joined(separator: "\n")
}

/// `11×11 pixels`, `all`.
private func sees(_ field: ReceptiveField) -> String {
  field.isWholeInput
    ? "all" : "\(Int(field.rows.size.rounded()))×\(Int(field.columns.size.rounded())) pixels"
}

/// Walks an image through a network: what comes out of each part, with pictures and costs. Without an
/// image, without the pictures.
func explain(
  _ net: NetworkValue, _ image: Tensor?, _ call: Call, _ workspace: Workspace
) throws {
  let network = net.network
  let blocks = NetworkBlocks(network)
  // Of a large network, parts whose maps have one size.
  let parts =
    blocks.blocks.count <= 14
    ? blocks.blocks.indices.map { $0..<$0 + 1 } : blocks.stages.map(\.blocks)
  let all = max(network.multiplyAccumulates, 1)
  let rows = parts.map { part -> [String] in
    let own = blocks.blocks[part]
    let end = network.layer(ofNodeAt: own[part.upperBound - 1].output)
    let first = own[part.lowerBound].main.name
    let last = own[part.upperBound - 1].main.name
    let cost = own.reduce(0) { $0 + $1.multiplyAccumulates }
    let weights = own.reduce(0) { $0 + $1.parameters }
    let kinds = own.flatMap(\.layers).reduce(into: [(kind: String, count: Int)]()) { list, layer in
      if let index = list.firstIndex(where: { $0.kind == layer.kind }) {
        list[index].count += 1
      } else {
        list.append((layer.kind, 1))
      }
    }
    return [
      first == last ? first : "\(first) … \(last)",
      kinds.map { $0.count == 1 ? $0.kind : "\($0.count) \($0.kind)" }.joined(separator: ", "),
      shapeText(own[part.upperBound - 1].shape), sees(network.receptiveField(of: end)),
      weights == 0 ? "" : grouped(weights), cost == 0 ? "" : shortNumber(cost),
      cost == 0 ? "" : TrainingWords.percent(Double(cost) / Double(all)),
    ]
  }
  let table = TextTable(
    columns: [
      .init("part"), .init("does"), .init("gives"), .init("sees"), .init("parameters", .right),
      .init("mult-adds", .right), .init("share", .right),
    ], rows: rows)
  workspace.say(table.rendered(width: workspace.page.columns, style: workspace.page.style))
  guard let image else { return workspace.say(net.summary) }

  let (batch, isSingle) = try net.batch(image)
  guard isSingle else {
    throw call.failure("image", code: "E0749", "one image is looked at, not a batch of them")
  }
  try workspace.checkpoint()
  let ends = parts.map { network.nodes[blocks.blocks[$0.upperBound - 1].output] }
  let execution = try Execution(network, count: 1, mode: .inference, keeping: ends)
  _ = try execution.forward(batch)

  var figures = [Figure("the image", ImageGrid(tiles: [.init(try picture(of: image))]))]
  for (part, node) in zip(parts, ends).dropFirst() where node.shape.count == 3 {
    let value = try execution.value(of: node).reshaped(node.shape)
    guard node.shape[0] * node.shape[1] > 1 else { continue }
    figures.append(
      Figure(
        "\(blocks.blocks[part.upperBound - 1].main.name), \(shapeText(node.shape))",
        try liveliestMaps(value)))
  }
  if let (names, shares) = try answer(net, image) {
    figures.append(
      Figure(
        "the answer", Bars(categories: names, series: [.init("", values: shares)], valueLabel: "%"))
    )
    workspace.say(
      "The answer: "
        + zip(names, shares).map {
          "\($0) \(NumberText($1).fixed(1)) %"
        }.joined(separator: ", "))
  }
  try workspace.show(
    Figure(
      "An image on its way through \(net.title)",
      Composition(Array(figures.prefix(24)), columns: 2)))
}

/// The three channels that differ most over the map, each on its own scale.
private func liveliestMaps(_ maps: Tensor) throws -> ImageGrid {
  let channels = maps.shape[2]
  let low = try maps.reshaped([-1, channels]).reduce(.minimum, axis: 0).values
  let high = try maps.reshaped([-1, channels]).reduce(.maximum, axis: 0).values
  func contrast(_ channel: Int) -> Float {
    let difference = high[channel] - low[channel]
    return difference.isFinite ? difference : -1
  }
  let order = (0..<channels).sorted { (-contrast($0), $0) < (-contrast($1), $1) }
  let tiles = order.prefix(3).map { channel in
    ImageGrid.Tile(
      Bitmap(
        channel: channel, of: maps, map: .viridis,
        range: Double(low[channel])...Double(max(high[channel], low[channel]))),
      caption: "\(channel): \(NumberText(Double(low[channel])).significant(2)) to "
        + NumberText(Double(high[channel])).significant(2))
  }
  return ImageGrid(tiles: Array(tiles), columns: 3, tileSide: 112, noun: "channels")
}

/// The most probable classes in per cent; nil for a network that tells no images apart.
private func answer(_ net: NetworkValue, _ image: Tensor) throws -> ([String], [Double])? {
  guard let classifier = try? Classifier(net.network), net.network.outputs[0].shape[0] > 1,
    net.title != "embedding"
  else { return nil }
  let top = TopClasses.of(try classifier.predict(image).values, count: 5)
  return (
    top.map { $0.index < net.classes.count ? net.classes[$0.index] : "class \($0.index)" },
    top.map { 100 * Double($0.probability) }
  )
}
