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
        A picture is written to the folder `figures`, and drawn where there is a terminal: as it is,
        where that can show pictures, else in coloured blocks. A network is shown as the table of its
        layers.
        """,
      examples: ["show \"the loss is {0.25}\"", "show 1 + 1, [1, 2]"]
    ) { call in
      for value in try call.list("values") { try show(value, call, workspace) }
      return .none
    },
    Command(
      "inspect", group: group,
      [
        Parameter("value", .any, help: "A tensor, an image, a layer, a network, anything."),
        Parameter(
          "on", .object("dataset"), default: .none,
          help:
            "Of a layer: images to run through it, for dead channels and the most active images."),
        Parameter(
          "channel", .whole, default: .none, help: "Which channel's images; the liveliest one's."),
        Parameter("count", .whole, default: .value(.number(8)), help: "How many images."),
      ],
      result: .nothing,
      summary: "Looks closely: statistics, a histogram, dead channels, most active images.",
      examples: [
        "inspect random(8, 8, 3)",
        """
        coast = load "coast/scenes" size: 48 count: 8
        net = small_cnn(classes: coast.classes input: [48, 48, 3] filters: 4 dense: 8)
        inspect net["conv_2_relu"] on: coast count: 4
        """,
      ]
    ) { call in
      let value = try call.value("value")
      let inspector = Inspector(workspace: workspace)
      return try Failure.explaining {
        guard let data = try call.optionalObject("on", as: DatasetValue.self)?.data else {
          try inspector.inspect(value)
          return .none
        }
        guard case .object(let object) = value, let layer = object as? NetworkLayerValue else {
          throw call.failure(
            "on", code: "E0752", "`on` is for a layer of a network", remedy: "write net[\"…\"]")
        }
        let figure = try inspector.survey(
          layer, over: data, channel: try call.optionalWhole("channel", in: 0...1_000_000),
          count: try call.whole("count", in: 1...100), call)
        if let figure { try workspace.show(figure) }
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
      "scatter",
      [
        Parameter("x", .oneOf([.listOf(.number), .object("tensor")]), help: "Where, across."),
        Parameter("y", .oneOf([.listOf(.number), .object("tensor")]), help: "Where, upwards."),
        Parameter(
          "classes", .listOf(.text), default: .none,
          help: "The class of each point: each has a colour and a mark."),
        title,
        Parameter("x_label", .text, default: .value(.text("")), help: "Below the axis."),
        Parameter("y_label", .text, default: .value(.text("")), help: "Beside the axis."),
      ], summary: "Draws points.",
      examples: ["scatter([1, 2, 3], [2, 4, 5] classes: [\"sand\", \"rock\", \"sand\"])"]
    ) { call in
      func values(_ label: String) throws -> [Double] {
        guard case .object(let object) = try call.value(label), let value = object as? TensorValue
        else { return try call.numbers(label) }
        guard value.tensor.rank == 1 else { throw call.mismatch(label, .listOf(.number)) }
        return value.tensor.values.map { Double(decimal: $0) }
      }
      let (x, y) = (try values("x"), try values("y"))
      let classes = call.has("classes") ? try call.texts("classes") : x.map { _ in "" }
      for (label, count) in [("y", y.count), ("classes", classes.count)] where count != x.count {
        throw call.failure(
          label, code: "E0754", "there are \(x.count) numbers in `x` and \(count) in `\(label)`")
      }
      var names: [String] = []
      for name in classes where !names.contains(name) { names.append(name) }
      let groups = names.map { name in
        let own = classes.indices.filter { classes[$0] == name }
        return Scatter.Group(name, x: own.map { x[$0] }, y: own.map { y[$0] })
      }
      return Figure(
        try call.text("title"),
        Scatter(
          groups: groups, xLabel: try call.text("x_label"), yLabel: try call.text("y_label")))
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
    case let drawable as any Drawable:
      // What is counted is read as a table, and seen as a figure.
      if object is CostValue || object is DenseEquivalentValue { workspace.say(object.summary) }
      try workspace.show(try drawable.figure(workspace))
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
