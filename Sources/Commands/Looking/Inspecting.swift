import Figures
import Imagery
import Language
import Networks
import Tensors
import Training

/// What `inspect` says of a value: statistics, a histogram, what is dead or broken in it.
struct Inspector {
  let workspace: Workspace

  /// - Throws: what looking at it throws.
  func inspect(_ value: Value) throws {
    switch value {
    case .list(let list):
      if let numbers = list.numbers, !numbers.isEmpty {
        let tensor = try Tensor(shape: [numbers.count], values: numbers.map { Float($0) })
        try inspect(tensor, name: "list of numbers")
      } else {
        workspace.say("list of \(counted(list.count, "value")): \(kinds(list))")
        workspace.say(value.display)
      }
    case .record(let record):
      workspace.say("record of \(counted(record.count, "field"))")
      for (key, field) in record.fields { workspace.say("  \(key): \(field.kind)") }
    case .text(let text): workspace.say("text of \(counted(text.count, "character"))")
    case .function(let function): workspace.say("function \(function.signature)")
    case .object(let object): try inspect(object)
    default: workspace.say("\(value.kind) \(value.display)")
    }
  }

  private func kinds(_ list: List) -> String {
    var counts: [(kind: String, count: Int)] = []
    for value in list {
      if let index = counts.firstIndex(where: { $0.kind == value.kind }) {
        counts[index].count += 1
      } else {
        counts.append((value.kind, 1))
      }
    }
    return counts.map { counted($0.count, $0.kind) }.joined(separator: ", ")
  }

  private func inspect(_ object: any HostObject) throws {
    switch object {
    case let value as TensorValue where value.isImage:
      workspace.say(value.summary)
      channels(value.tensor)
      if [1, 3, 4].contains(value.tensor.shape[2]) {
        histogram(try Histogram.channels(ofImage: value.tensor))
      }
    case let value as TensorValue: try inspect(value.tensor, name: value.kind)
    case let value as NetworkLayerValue:
      workspace.say(value.summary)
      for parameter in value.layer.parameters {
        try inspect(try parameter.value(), name: parameter.weight)
      }
    case let value as NetworkValue:
      workspace.say(value.summary)
      try weights(value.network)
    case let value as TrainerValue:
      workspace.say(value.summary)
      let losses = value.trainer.history.steps.map { Float($0.loss) }
      if losses.count > 1 {
        try inspect(try Tensor(shape: [losses.count], values: losses), name: "losses of the steps")
      }
    case let value as DatasetValue: try inspect(value)
    default: workspace.say(object.summary)
    }
  }

  /// Statistics and a histogram, and which channels are 0 everywhere.
  private func inspect(_ tensor: Tensor, name: String) throws {
    workspace.say("\(name): \(tensor.headline)")
    let facts = tensor.statistics()
    let broken = tensor.count - facts.finiteCount
    if broken > 0 { workspace.say("\(grouped(broken)) of \(grouped(tensor.count)) are no numbers") }
    if tensor.rank >= 3, let channels = tensor.shape.last, channels > 3, tensor.count > 0 {
      let dead = try tensor.reshaped([-1, channels]).applying(.absolute)
        .reduce(.maximum, axis: 0).values.enumerated().filter { $0.element == 0 }.map(\.offset)
      if !dead.isEmpty {
        workspace.say("\(dead.count) of \(channels) channels are 0 everywhere: \(listed(dead))")
      }
    }
    if facts.finiteCount > 1, facts.maximum > facts.minimum {
      histogram(Histogram(tensor, name: name))
    }
  }

  private func listed(_ channels: [Int]) -> String {
    channels.prefix(12).map(String.init).joined(separator: ", ")
      + (channels.count > 12 ? ", …" : "")
  }

  private func histogram(_ histogram: Histogram) {
    workspace.say(
      Figure("", histogram).terminal(
        columns: min(workspace.page.columns, 80), rows: 12 + 6 * (histogram.series.count - 1),
        colour: workspace.page.style.colour, background: workspace.page.background))
  }

  /// A line for each channel of an image.
  private func channels(_ image: Tensor) {
    guard let channels = image.shape.last, let table = try? image.reshaped([-1, channels]) else {
      return
    }
    let facts: [(String, TensorReduction)] = [
      ("least", .minimum), ("mean", .mean), ("most", .maximum), ("std", .standardDeviation),
    ]
    let values = facts.map { (try? table.reduce($0.1, axis: 0))?.values ?? [] }
    let rows = (0..<min(channels, 16)).map { channel in
      ["channel \(channel)"]
        + values.map {
          channel < $0.count ? NumberText(Double($0[channel])).significant(3) : ""
        }
    }
    workspace.say(
      TextTable(
        columns: [.init("")] + facts.map { .init($0.0, .right) }, rows: rows
      ).rendered(width: workspace.page.columns, style: workspace.page.style))
  }

  /// The weights of each layer: how large, how much of them is 0, what the last step's gradient was.
  /// Of a large network only the kernels.
  private func weights(_ network: Network) throws {
    func number(_ value: Double) -> String { NumberText(value).significant(3) }
    let all = network.parameters
    let shown = all.count <= 40 ? all : all.filter { $0.shape.count > 1 }
    let rows = try shown.map { parameter in
      let value = try parameter.value()
      let facts = value.statistics()
      let zeros = parameter.values.count { $0 == 0 }
      let gradient = try parameter.gradientSumOfSquares().squareRoot()
      return [
        parameter.name,
        facts.finiteCount < value.count
          ? "\(value.count - facts.finiteCount) no numbers" : number(facts.mean),
        number(facts.standardDeviation), number(Double(facts.minimum)),
        number(Double(facts.maximum)),
        zeros == 0 ? "" : TrainingWords.percent(Double(zeros) / Double(value.count)),
        parameter.isTrainable ? number(gradient) : "",
      ]
    }
    let table = TextTable(
      columns: [
        .init("weight"), .init("mean", .right), .init("std", .right), .init("least", .right),
        .init("most", .right), .init("zeros", .right), .init("gradient", .right),
      ], rows: rows)
    workspace.say(table.rendered(width: workspace.page.columns, style: workspace.page.style))
    if shown.count < all.count {
      let others = all.filter { $0.shape.count <= 1 }
      let broken = others.filter { $0.values.contains { !$0.isFinite } }
      workspace.say(
        "and \(others.count) weights that are lists, "
          + (broken.isEmpty ? "all of numbers" : "not all of numbers: \(broken[0].name)")
          + "; `inspect net[\"…\"]` shows a layer's")
    }
  }

  /// Up to 64 images of a dataset, spread over it.
  private func inspect(_ value: DatasetValue) throws {
    workspace.say(value.summary)
    let picks = try value.data.preview(rows: 8, columns: 8, checkpoint: workspace.checkpoint)
    let images = picks.map(\.image).filter { $0.shape == picks[0].image.shape }
    guard images.count > 1 else { return }
    let all = try Tensor.concatenate(images)
    workspace.say("\(counted(images.count, "image")) of it, all pixels together:")
    channels(all)
    if [1, 3, 4].contains(all.shape[2]) { histogram(try Histogram.channels(ofImage: all)) }
  }

  // MARK: A layer over many images

  /// What a layer's channels answer to a dataset: dead ones, and the images that one answers most to.
  func survey(
    _ value: NetworkLayerValue, over data: Dataset, channel: Int?, count: Int, _ call: Call
  ) throws -> Figure? {
    let network = value.owner.network
    let survey = try ActivationSurvey.of(
      value.layer, in: network, over: data, count: count,
      progress: { workspace.progress.update("\(value.layer.name): image \($0) of \($1)") },
      shouldStop: { workspace.interruptCount() > 0 })
    workspace.progress.clear()
    guard let survey else {
      try call.interpreter.checkpoint()
      return nil
    }
    workspace.warn(leftOut: survey.problems)
    let channel = channel ?? survey.liveliest
    guard channel < survey.channels else {
      throw call.failure(
        "channel", code: "E0751",
        "layer `\(survey.layer)` has \(survey.channels) channels, counted from 0")
    }
    workspace.say(
      "\(survey.layer) \(shapeText(survey.shape)) over \(counted(survey.images, "image")): "
        + (survey.dead.isEmpty
          ? "every channel answers to something"
          : "\(survey.dead.count) of \(survey.channels) channels are 0 for all of them: "
            + listed(survey.dead)))
    let input = network.inputs[0].shape
    let tiles = try survey.strongest[channel].map { answer in
      try workspace.checkpoint()
      let sample = try data.sample(at: answer.position)
      let field = seen(
        by: value.layer, in: network, row: answer.row, column: answer.column, input: input)
      let box = AnnotatedImage.Box(
        x: field.x, y: field.y, width: field.width, height: field.height, colour: 1)
      let known = sample.labelName.map { " \($0)" } ?? ""
      return ImageGrid.Tile(
        try picture(of: sample.image).annotated(boxes: [box]),
        caption: NumberText(Double(answer.value)).significant(3) + known)
    }
    return Figure(
      "Channel \(channel) of \(survey.layer) answers most to",
      ImageGrid(
        tiles: tiles,
        note: "mean over all images \(NumberText(survey.means[channel]).significant(3)); the frame "
          + "is what the strongest number sees"))
  }
}
