import Figures
import Imagery
import Language
import Networks
import Tensors
import Training

/// Commands that show: values as text, figures as pictures.
func lookingCommands(_ workspace: Workspace) -> [Command] {
  let group = "Looking"
  let title = Parameter("title", .text, default: .value(.text("")), help: "Above the figure.")
  let tensor = Kind.oneOf([.object("tensor"), .object("image")])

  func figure(
    _ name: String, _ parameters: [Parameter], summary: String, details: String = "",
    examples: [String], make: @escaping (Call) throws -> Figure
  ) -> Command {
    Command(
      name, group: group, parameters, result: .object("figure"), summary: summary,
      details: details, examples: examples
    ) { call in try Failure.explaining { .object(FigureValue(try make(call))) } }
  }

  return [
    Command(
      "show", group: group,
      [
        Parameter("values", .any, gathers: .rest, help: "Text, or anything that can be looked at.")
      ],
      result: .nothing, summary: "Prints a text, a table, or draws a picture.",
      details: """
        A picture is written to the folder `figures`, and drawn where there is a terminal. A network
        is shown as the table of its layers.
        """,
      examples: ["show \"the loss is {0.25}\"", "show 1 + 1, [1, 2]"]
    ) { call in
      for value in try call.list("values") { try show(value, call, workspace) }
      return .none
    },
    Command(
      "inspect", group: group,
      [Parameter("value", .any, help: "A tensor, an image, a layer, a network, anything.")],
      result: .nothing, summary: "Looks closely: statistics, a histogram, dead channels.",
      examples: ["inspect random(8, 8, 3)"]
    ) { call in
      let value = try call.value("value")
      guard case .object(let object) = value else {
        workspace.say(value.display)
        return .none
      }
      return try Failure.explaining {
        switch object {
        case let tensor as TensorValue:
          try inspect(tensor.tensor, name: tensor.kind, workspace)
        case let layer as NetworkLayerValue:
          workspace.say(layer.summary)
          for parameter in layer.layer.parameters {
            try inspect(try parameter.value(), name: parameter.weight, workspace)
          }
        default: workspace.say(object.summary)
        }
        return .none
      }
    },
    figure(
      "plot",
      [
        Parameter(
          "y", .oneOf([.listOf(.number), .record, .object("tensor"), .function]),
          help: "Numbers, or a record of lists, a line each."),
        Parameter("x", .listOf(.number), default: .none, help: "Where; 0, 1, 2 … without it."),
        title,
        Parameter("x_label", .text, default: .value(.text("")), help: "Below the axis."),
        Parameter("y_label", .text, default: .value(.text("")), help: "Beside the axis."),
        Parameter(
          "log", .boolean, default: .value(.boolean(false)), help: "Powers of ten upwards."),
      ], summary: "Draws lines.", examples: ["plot([1, 4, 9, 16] title: \"Squares\")"]
    ) { call in
      let x = try call.optionalNumbers("x")
      func series(_ name: String, _ value: Value) throws -> LinePlot.Series {
        let y: [Double]
        switch value {
        case .object(let object as TensorValue) where object.tensor.rank == 1:
          y = object.tensor.values.map { Double(decimal: $0) }
        case .list(let list):
          guard let numbers = list.numbers else { throw call.mismatch("y", .listOf(.number)) }
          y = numbers
        case .range(let range): y = (0..<min(range.count, 100_000)).map { range[$0] }
        default: throw call.mismatch("y", .listOf(.number))
        }
        return x.map { LinePlot.Series(name, x: $0, y: y) } ?? LinePlot.Series(name, y: y)
      }
      let all: [LinePlot.Series]
      if case .record(let record) = try call.value("y") {
        all = try record.fields.map { try series($0.key, $0.value) }
      } else {
        all = [try series("", try call.value("y"))]
      }
      return Figure(
        try call.text("title"),
        LinePlot(
          series: all, xLabel: try call.text("x_label"), yLabel: try call.text("y_label"),
          yScale: try call.boolean("log") ? .logarithmic : .linear))
    },
    figure(
      "bars",
      [
        Parameter("values", .record, help: "A number for each name; or a record of such records."),
        title, Parameter("label", .text, default: .value(.text("")), help: "What they count."),
      ], summary: "Draws a bar for each name.",
      examples: ["bars({beach: 12, marsh: 7} title: \"Photographs\")"]
    ) { call in
      let record = try call.record("values")
      func numbers(_ record: Record) throws -> [Double] {
        try record.values.map {
          guard case .number(let number) = $0 else { throw call.mismatch("values", .record) }
          return number
        }
      }
      var series: [Bars.Series] = []
      var names = record.keys
      for (key, value) in record.fields {
        guard case .record(let inner) = value else { continue }
        series.append(.init(key, values: try numbers(inner)))
        names = inner.keys
      }
      if series.isEmpty { series = [.init("", values: try numbers(record))] }
      return Figure(
        try call.text("title"),
        Bars(categories: names, series: series, valueLabel: try call.text("label")))
    },
    figure(
      "histogram",
      [
        Parameter(
          "x", .oneOf([.object("tensor"), .object("image"), .listOf(.number)]),
          help: "Numbers; of an image, each colour by itself."), title,
        Parameter("bins", .whole, default: .none, help: "How many bars."),
      ], summary: "Draws how values are distributed.", examples: ["histogram(random(1000))"]
    ) { call in
      let bins = try call.optionalWhole("bins", in: 1...1_000)
      let name = try call.text("title")
      if case .object(let object) = try call.value("x"), let value = object as? TensorValue {
        if value.isImage { return Figure(name, try Histogram.channels(ofImage: value.tensor)) }
        return Figure(name, Histogram(value.tensor, bins: bins))
      }
      let values = try call.numbers("x").map { Float($0) }
      return Figure(name, Histogram(series: [.init("values", values: values)], bins: bins))
    },
    figure(
      "heatmap", [Parameter("x", tensor, help: "A matrix [rows, columns]."), title],
      summary: "Draws a matrix as colours.", examples: ["heatmap(random(8, 8))"]
    ) { call in Figure(try call.text("title"), try Heatmap(try call.tensor("x"))) },
    figure(
      "filters",
      [
        Parameter(
          "layer", .oneOf([.object("layer"), .object("tensor")]),
          help: "A convolution layer of a network, or a kernel.")
      ],
      summary: "Draws the windows of a convolution as little pictures.",
      details: "Mid grey is 0. Windows over three channels are shown in colour.",
      examples: ["filters(small_cnn(classes: 2 input: [64, 64, 3])[\"conv_1\"])"]
    ) { call in
      if case .object(let object) = try call.value("layer"),
        let value = object as? NetworkLayerValue
      {
        let kernels = value.layer.parameters.filter { $0.weight.hasSuffix("kernel") }
        guard let kernel = kernels.first(where: { $0.shape.count == 4 }) else {
          throw call.failure(
            "layer", code: "E0551", "layer `\(value.layer.name)` has no windows to draw")
        }
        return Figure(
          "Filters of \(value.layer.name)", try ImageGrid.filters(try kernel.value()))
      }
      return Figure("Filters", try ImageGrid.filters(try call.tensor("layer")))
    },
    figure(
      "feature_maps",
      [Parameter("maps", .object("tensor"), help: "What a layer gives for one image."), title],
      summary: "Draws every channel of a layer's output.",
      examples: ["feature_maps(random(8, 8, 4))"]
    ) { call in
      Figure(try call.text("title"), try ImageGrid.featureMaps(try call.tensor("maps")))
    },
    figure(
      "receptive_field",
      [
        Parameter("net", .object("network"), help: "A network."),
        Parameter("layer", .text, help: "The layer's name."),
        Parameter(
          "on", tensor, default: .none, help: "An image to draw it on; grey without it."),
      ],
      summary: "Draws what part of the image one number of a layer can see.",
      examples: ["receptive_field(small_cnn(classes: 2 input: [64, 64, 3]), \"conv_2\")"]
    ) { call in try receptiveField(call, workspace) },
    figure(
      "predictions",
      [
        Parameter("net", .object("network"), help: "A network."),
        Parameter("data", .object("dataset"), help: "Images with classes or masks."),
        Parameter(
          "count", .whole, default: .none, help: "How many images; 24, of masks 6, unless given."),
      ],
      summary: "Draws images with what the network takes them for, right or wrong.",
      details: "Of masks a pair for each image: the mask that it came with, and the one found.",
      examples: [
        """
        coast = load "coast/scenes" size: 48 count: 8
        predictions(small_cnn(classes: coast.classes input: [48, 48, 3]), coast)
        """
      ]
    ) { call in
      let net = try call.object("net", as: NetworkValue.self)
      let data = try call.object("data", as: DatasetValue.self).data
      if data.kind == .mask {
        let count = call.has("count") ? try call.whole("count", in: 1...200) : 6
        try call.require(data, "data", toHave: net.classes, of: "network")
        return try net.maskPredictions(data, count: count, checkpoint: workspace.checkpoint)
      }
      let count = call.has("count") ? try call.whole("count", in: 1...400) : 24
      let picks = try data.preview(
        rows: (count + 7) / 8, columns: min(count, 8), checkpoint: workspace.checkpoint
      ).prefix(count)
      let classifier = try Classifier(net.network)
      let names = net.classes.isEmpty ? data.classes : net.classes
      let tiles = try picks.map { pick in
        try workspace.checkpoint()
        let top = TopClasses.of(try classifier.predict(pick.image).values, count: 1)[0]
        let name = top.index < names.count ? names[top.index] : "class \(top.index)"
        let isRight = name == pick.caption
        return ImageGrid.Tile(
          try Bitmap(image: pick.image),
          caption: isRight ? name : "\(name), not \(pick.caption)",
          verdict: isRight ? .right : .wrong)
      }
      let right = tiles.filter { $0.verdict == .right }.count
      return Figure("\(right) of \(tiles.count) right", ImageGrid(tiles: tiles, columns: 8))
    },
  ]
}

private func show(_ value: Value, _ call: Call, _ workspace: Workspace) throws {
  workspace.onShow?(value)
  guard case .object(let object) = value else {
    workspace.say(value.text)
    return
  }
  try Failure.explaining {
    switch object {
    case let drawable as any Drawable: try workspace.show(try drawable.figure(workspace))
    case let net as NetworkValue:
      workspace.say(net.table(width: workspace.page.columns, style: workspace.page.style))
    case let value as TensorValue where value.isImage:
      try workspace.show(Figure("", AnnotatedImage(try Bitmap(image: value.tensor))))
    case let value as TensorValue where value.tensor.rank == 3:
      try workspace.show(Figure("", try ImageGrid.featureMaps(value.tensor)))
    case let value as TensorValue where value.tensor.rank == 2:
      try workspace.show(Figure("", try Heatmap(value.tensor)))
    default: workspace.say(object.summary)
    }
  }
}

/// Statistics and a histogram, and which channels are 0 everywhere.
private func inspect(_ tensor: Tensor, name: String, _ workspace: Workspace) throws {
  workspace.say("\(name): \(tensor.headline)")
  if tensor.rank >= 3, let channels = tensor.shape.last, channels > 3, tensor.count > 0 {
    let dead = try tensor.reshaped([-1, channels]).applying(.absolute)
      .reduce(.maximum, axis: 0).values.enumerated().filter { $0.element == 0 }.map(\.offset)
    if !dead.isEmpty {
      let listed = dead.prefix(12).map(String.init).joined(separator: ", ")
      workspace.say(
        "\(dead.count) of \(channels) channels are 0 everywhere: \(listed)"
          + (dead.count > 12 ? ", …" : ""))
    }
  }
  let facts = tensor.statistics()
  if facts.finiteCount > 1, facts.maximum > facts.minimum {
    workspace.say(
      Figure("", Histogram(tensor, name: name)).terminal(
        columns: min(workspace.page.columns, 80), rows: 12, colour: workspace.page.style.colour))
  }
}

/// The layer of this name. Where a block of MobileNetV2 changes the shape it has no addition, though
/// students ask for it: what such a block gives is its projection, and a remark says so.
private func endOfBlock(
  _ name: String, in network: Network, _ workspace: Workspace
) throws -> NetworkLayer {
  let ending = "_add"
  if name.hasSuffix(ending), !network.layers.contains(where: { $0.name == name }) {
    let projection = name.dropLast(ending.count) + "_project_BN"
    if let layer = network.layers.first(where: { $0.name == projection }) {
      workspace.say(
        "There is no `\(name)`: this block changes the shape, so nothing can be added. "
          + "Shown is its end, `\(projection)`.")
      return layer
    }
  }
  return try network.layer(name)
}

private func receptiveField(_ call: Call, _ workspace: Workspace) throws -> Figure {
  let network = try call.object("net", as: NetworkValue.self).network
  let layer = try endOfBlock(try call.text("layer"), in: network, workspace)
  let input = network.inputs[0].shape
  guard input.count == 3 else {
    throw call.failure("net", code: "E0552", "the network's input is no image")
  }
  let image: Bitmap
  if call.has("on") {
    let picture = try call.tensor("on")
    guard picture.shape == input else {
      throw call.failure(
        "on", code: "E0532",
        "the network takes images \(input), not \(picture.shape)",
        remedy: "write resize(x size: [\(input[0]), \(input[1])])")
    }
    image = try Bitmap(image: picture)
  } else {
    image = Bitmap(width: input[1], height: input[0], filledWith: Colour(200, 200, 200))
  }
  let field = network.receptiveField(of: layer)
  // The unit in the middle of the map, unless every unit sees everything.
  let shape = layer.outputShape
  let (row, column) = shape.count == 3 ? (shape[0] / 2, shape[1] / 2) : (0, 0)
  func place(_ span: ReceptiveField.Span, _ index: Int, _ side: Int) -> (Double, Double) {
    field.isWholeInput ? (0, Double(side)) : (span.first + Double(index) * span.step, span.size)
  }
  let (top, height) = place(field.rows, row, input[0])
  let (left, width) = place(field.columns, column, input[1])
  return Figure(
    "What one number of \(layer.name) sees",
    AnnotatedImage.receptiveField(
      on: image, x: left, y: top, width: width, height: height, name: layer.name))
}
