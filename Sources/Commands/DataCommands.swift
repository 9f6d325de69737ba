import Imagery
import Language
import Tensors

/// Commands that load, divide and change images and datasets.
func dataCommands(_ workspace: Workspace) -> [Command] {
  let group = "Data"
  let data = Parameter("data", .object("dataset"), help: "A dataset.")
  let image = Parameter("image", .oneOf([.object("image"), .object("tensor")]), help: "An image.")
  let seed = Parameter(
    "seed", .whole, default: .none, help: "Of the random choice; the session's, unless given.")

  func changed(
    _ name: String, _ parameters: [Parameter], result: Kind = .object("dataset"), summary: String,
    details: String = "", examples: [String], body: @escaping (Dataset, Call) throws -> Value
  ) -> Command {
    Command(
      name, group: group, [data] + parameters, result: result, summary: summary, details: details,
      examples: examples
    ) { call in
      let data = try call.object("data", as: DatasetValue.self).data
      return try Failure.explaining { try body(data, call) }
    }
  }

  func imageChange(
    _ name: String, _ parameters: [Parameter], summary: String, example: String,
    change: @escaping (Tensor, Call) throws -> Tensor
  ) -> Command {
    Command(
      name, group: "Images", [image] + parameters, result: .object("image"), summary: summary,
      examples: [example]
    ) { call in
      let image = try call.tensor("image")
      return try Failure.explaining {
        .object(TensorValue(try change(image, call), isImage: true))
      }
    }
  }

  return [
    Command(
      "shuffle", group: group,
      [
        Parameter("values", .oneOf([.object("dataset"), .list]), help: "A dataset, or a list."),
        seed,
      ],
      summary: "Puts images, or the elements of a list, in a random order.",
      examples: ["shuffle([1, 2, 3] seed: 7)"]
    ) { call in
      let seed = try call.seed(workspace)
      guard case .object = try call.value("values") else {
        var stream = RandomStream(seed: seed, name: "shuffle list")
        var elements = try call.list("values").elements
        stream.shuffle(&elements)
        return .list(of: elements)
      }
      let data = try call.object("values", as: DatasetValue.self).data
      return .object(DatasetValue(data.shuffled(seed: seed), workspace))
    },
    changed(
      "batches",
      [Parameter("size", .whole, default: .value(.number(32)), help: "Images in a batch.")],
      result: .list, summary: "Takes a dataset apart into batches of images and labels.",
      details: "Each is a record: `images` [N, H, W, C], `labels` (texts).",
      examples: ["load(\"coast/scenes\" size: 32 count: 8).batches(4)[0].images.shape"]
    ) { data, call in
      let size = try call.whole("size", in: 1...100_000)
      let loader = try Loader(data, batch: size)
      var batches: [Value] = []
      while let batch = try loader.next() {
        try workspace.checkpoint()
        workspace.progress.update("batch \(batches.count + 1) of \(loader.count)")
        batches.append(
          .record(
            Record([
              ("images", .object(TensorValue(batch.images))),
              ("labels", .texts(batch.labels.map { data.classes[$0] })),
            ])))
      }
      workspace.progress.clear()
      workspace.warn(leftOut: loader.problems)
      return .list(of: batches)
    },
    changed(
      "augment",
      [
        Parameter(
          "flip", .boolean, default: .value(.boolean(true)), help: "Mirror left and right."),
        Parameter(
          "flip_vertically", .boolean, default: .value(.boolean(false)),
          help: "Mirror top and bottom: for pictures from above."),
        number("rotation", 3.6, "Degrees either way."),
        number("translation", 0.1, "A part of the side, either way."),
        number("zoom", 0, "A part of the size, either way."),
        number("contrast", 0.1, "A part, either way."),
        number("brightness", 0, "Added or taken away at most."), seed,
      ],
      summary: "Shows every image a little differently in each epoch.",
      details: "The defaults are the course's. What changes is drawn from its own random stream.",
      examples: ["load(\"coast/scenes\" size: 32 count: 8).augment(rotation: 20)"]
    ) { data, call in
      var augmentation = Augmentation()
      augmentation.flipHorizontally = try call.boolean("flip")
      augmentation.flipVertically = try call.boolean("flip_vertically")
      augmentation.rotation = Float(try call.number("rotation"))
      augmentation.translation = Float(try call.number("translation"))
      augmentation.zoom = Float(try call.number("zoom"))
      augmentation.contrast = Float(try call.number("contrast"))
      augmentation.brightness = Float(try call.number("brightness"))
      return .object(
        DatasetValue(
          try data.augmented(augmentation, seed: try call.seed(workspace)), workspace))
    },
    changed(
      "balance",
      [
        Parameter(
          "by", .choice(["repeating", "dropping"]), default: .value(.text("repeating")),
          help: "Rare classes come again, or common ones lose images."), seed,
      ],
      summary: "Gives every class the same number of images.",
      examples: ["load(\"coast/scenes\" size: 32 count: 20 weights: [4, 1, 1, 1]).balance().counts"]
    ) { data, call in
      let method: Dataset.Balance = try call.text("by") == "dropping" ? .dropping : .repeating
      return .object(
        DatasetValue(try data.balanced(method, seed: try call.seed(workspace)), workspace))
    },
    changed(
      "regroup",
      [Parameter("classes", .record, help: "New names, each with a list of old ones.")],
      summary: "Makes other classes of these: some together, some left out.",
      examples: [
        "load(\"coast/scenes\" size: 32 count: 8)"
          + ".regroup({built: [\"developed\"], wild: [\"beach\", \"marsh\", \"rocky\"]}).counts"
      ]
    ) { data, call in
      let groups = try call.record("classes").fields.map { field in
        guard case .list(let list) = field.value else {
          throw call.mismatch("classes", .listOf(.text))
        }
        return Dataset.ClassGroup(
          field.key,
          try list.map {
            guard case .text(let name) = $0 else { throw call.mismatch("classes", .listOf(.text)) }
            return name
          })
      }
      return .object(DatasetValue(try data.regrouped(groups), workspace))
    },
    changed(
      "mean_images", [], result: .record, summary: "Averages the images of each class.",
      details: "Of a large dataset, 4000 images spread evenly over it.",
      examples: ["load(\"coast/scenes\" size: 16 count: 8).mean_images().beach"]
    ) { data, _ in
      let means = try data.meanImages { done, all in
        workspace.progress.update("averaging \(done) of \(all) images")
        try workspace.checkpoint()
      }
      workspace.progress.clear()
      let fields = zip(data.classes, means).map { name, image in
        (key: name, value: image.map { Value.object(TensorValue($0, isImage: true)) } ?? .none)
      }
      return .record(Record(fields))
    },
    imageChange(
      "flip",
      [
        Parameter(
          "axis", .choice(["horizontal", "vertical"]), default: .value(.text("horizontal")),
          help: "Left and right, or top and bottom.")
      ], summary: "Mirrors an image.", example: "flip(random(8, 8, 3))"
    ) { image, call in
      try call.text("axis") == "vertical"
        ? Image.flippedVertically(image) : Image.flippedHorizontally(image)
    },
    imageChange(
      "rotate", [Parameter("degrees", .number, help: "Counter-clockwise.")],
      summary: "Turns an image about its centre; the corners are mirrored in.",
      example: "rotate(random(8, 8, 3), 45)"
    ) { image, call in
      try Image.moved(
        image, by: .rotation(degrees: try call.number("degrees", in: -3600...3600)), fill: .mirror)
    },
    imageChange(
      "translate",
      [
        Parameter("right", .number, default: .value(.number(0)), help: "Pixels; left if below 0."),
        Parameter("down", .number, default: .value(.number(0)), help: "Pixels; up if below 0."),
      ], summary: "Moves an image; what comes in is mirrored.",
      example: "translate(random(8, 8, 3) right: 2 down: -1)"
    ) { image, call in
      try Image.moved(
        image,
        by: .translation(
          right: try call.number("right", in: -1e6...1e6),
          down: try call.number("down", in: -1e6...1e6)), fill: .mirror)
    },
    imageChange(
      "contrast", [Parameter("factor", .number, help: "1 keeps it, 0 makes it grey.")],
      summary: "Spreads the values of an image about their mean.",
      example: "contrast(random(8, 8, 3), 1.5)"
    ) { image, call in
      try Image.contrast(image, factor: Float(try call.number("factor", in: 0...100)))
    },
    imageChange(
      "brightness", [Parameter("amount", .number, help: "What is added, -1 to 1.")],
      summary: "Makes an image lighter or darker.", example: "brightness(random(8, 8, 3), 0.2)"
    ) { image, call in
      try Image.brightness(image, amount: Float(try call.number("amount", in: -1...1)))
    },
  ]
}

private func number(_ label: String, _ usual: Double, _ help: String) -> Parameter {
  Parameter(label, .number, default: .value(.number(usual)), help: help)
}

extension Call {
  /// The seed that was given, or the session's.
  func seed(_ workspace: Workspace) throws -> UInt64 {
    guard has("seed") else { return workspace.seed }
    return UInt64(try whole("seed", in: 0...9_007_199_254_740_991))
  }
}
