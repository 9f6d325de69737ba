import Imagery
import Language
import Networks
import Tensors
import Training

/// Commands that find objects, and judge how well they are found.
func detectionCommands(_ workspace: Workspace) -> [Command] {
  let group = "Using"
  let net = Parameter(
    "net", .object("network"), help: "A network that finds objects, such as retinanet.")
  let found = Parameter(
    "found", .oneOf([.object("network"), .object("detections")]),
    help: "A network that finds objects, or what `detect` found in a dataset.")
  let data = Parameter(
    "data", .object("dataset"), default: .none,
    help: "Images with boxes; not needed beside what `detect` found.")

  // A small detector and two photographs, for examples.
  let detector = """
    net = retinanet("mobilenet_v2", classes: ["person"] input: [64, 64, 3] width: 16)
    people = load "coast/people" size: 64 count: 2
    """

  return [
    Command(
      "detect", group: group,
      [
        net,
        Parameter(
          "image", .oneOf([.object("image"), .object("tensor"), .object("dataset")]),
          help: "An image of any size, or a dataset with boxes."),
        Parameter(
          "threshold", .number, default: .none,
          help: "The least probability, 0 to 1; 0.5, or 0.05 for a dataset, without it."),
        Parameter(
          "overlap", .number, default: .value(.number(0.5)),
          help: "Of two boxes of a class that overlap more than this, one is left out; 0 to 1."),
        Parameter(
          "limit", .whole, default: .value(.number(100)), help: "The most boxes in an image."),
        Parameter(
          "fit", .choice(ImageFrame.Fit.allCases.map(\.rawValue)), default: .value(.text("pad")),
          help: "How an image of another size is brought to the network's."),
      ],
      summary: "Finds objects in an image: boxes with names and probabilities.",
      details: """
        Boxes are in pixels of the image. `show` draws them. Of a dataset it finds the objects of all
        images, for `average_precision` and `count_objects`.
        """,
      examples: [detector + "\ndetect net people[0].image threshold: 0.01"]
    ) { call in
      let net = try call.object("net", as: NetworkValue.self)
      let isDataset = try call.value("image").kind == "dataset"
      var decoder = Decoder(
        threshold: Float(
          try call.optionalNumber("threshold", in: 0...1) ?? (isDataset ? 0.05 : 0.5)))
      decoder.overlap = Float(try call.number("overlap", in: 0...1))
      decoder.total = try call.whole("limit", in: 1...100_000)
      decoder.perClass = decoder.total
      if isDataset {
        let data = try call.object("image", as: DatasetValue.self).data
        guard let results = try call.run(net, over: data, decoder, "image", workspace) else {
          return .none
        }
        return .object(DetectionsValue(results, of: data, workspace))
      }
      let image = try call.tensor("image")
      let fit = ImageFrame.Fit(rawValue: try call.text("fit")) ?? .pad
      return try Failure.explaining {
        let detector = try Detector(net.network, shapes: net.anchors, batch: 1)
        let boxes = try detector.detect([image], decoder: decoder, fit: fit)[0]
        return .object(BoxesValue(found: boxes, classes: net.classes, on: image))
      }
    },
    Command(
      "average_precision", group: group, [found, data], result: .object("report"),
      summary: "Judges how well objects are found, as COCO and Pascal VOC do.",
      details: """
        A box is right if it overlaps an object of its class enough, and no more probable one does.
        AP50 asks for an overlap (intersection over union) of 0.5, AP for the mean over 0.5 to 0.95.
        `show` draws precision over recall.
        """,
      examples: [detector + "\naverage_precision(net, people)"]
    ) { call in
      guard let results = try call.detections(workspace) else { return .none }
      return .object(PrecisionValue(results))
    },
    Command(
      "count_objects", group: group,
      [
        found, data,
        Parameter(
          "threshold", .number, default: .value(.number(0.5)),
          help: "The least probability of what is counted, 0 to 1."),
        Parameter("class", .text, default: .none, help: "Counts only this class."),
      ],
      result: .object("counts"),
      summary: "Compares how many objects are found in each image with how many there are.",
      details: "`show` draws a point for each image, and the line where both are equal.",
      examples: [detector + "\ncount_objects(net, people)"]
    ) { call in
      let threshold = Float(try call.number("threshold", in: 0...1))
      guard let results = try call.detections(workspace) else { return .none }
      var label: Int?
      if let name = try call.optionalText("class") {
        label = results.classes.firstIndex(of: name)
        guard label != nil else {
          throw call.failure(
            "class", code: "E0655",
            "there is no class `\(name)`; there are \(results.classes.joined(separator: ", "))")
        }
      }
      return .object(CountsValue(results, threshold: threshold, label: label))
    },
    Command(
      "anchors", group: "Looking",
      [
        net, Parameter("data", .object("dataset"), help: "Images with boxes."),
        Parameter(
          "count", .whole, default: .value(.number(100)), help: "How many images are looked at."),
      ],
      result: .object("anchors"),
      summary: "Counts what a network's anchors stand for: nearly all of them for nothing.",
      details: """
        An anchor stands for an object that it overlaps by half; below 0.4 it is background. Objects
        without an anchor are never learned: try another anchor scale. `show` draws the anchors.
        """,
      examples: [detector + "\nanchors(net, people)"]
    ) { call in
      let net = try call.object("net", as: NetworkValue.self)
      let data = try call.object("data", as: DatasetValue.self).data
      let count = try call.whole("count", in: 1...100_000)
      return try Failure.explaining {
        let detection = try Detection(net.network, shapes: net.anchors)
        try detection.check(data, net.network)
        return .object(try anchors(detection.grid, data.take(count), workspace))
      }
    },
  ]
}

/// Counts over a dataset, with its first image that has objects as an example.
private func anchors(
  _ grid: AnchorGrid, _ data: Dataset, _ workspace: Workspace
) throws -> AnchorsValue {
  guard data.count > 0 else { throw TrainingError.noImages(dataset: data.name) }
  var truths: [[LabelledBox]] = []
  var example: (image: Tensor, boxes: [LabelledBox])?
  for position in 0..<data.count {
    try workspace.checkpoint()
    let sample = try data.sample(at: position)
    let size = [grid.height, grid.width]
    guard Array(sample.image.shape.prefix(2)) == size else {
      throw TrainingError.imageShape(
        expected: size + [sample.image.shape[2]], given: sample.image.shape)
    }
    truths.append(sample.annotation.boxes)
    if example?.boxes.isEmpty ?? true { example = (sample.image, sample.annotation.boxes) }
  }
  guard let example else { throw TrainingError.noImages(dataset: data.name) }
  return AnchorsValue(
    AnchorStatistics(truths, grid: grid), grid: grid, example: example, classes: data.classes)
}

extension Call {
  /// Runs a network over a dataset with progress; nil where the user stopped it, which ends the
  /// statement.
  func run(
    _ net: NetworkValue, over data: Dataset, _ decoder: Decoder, _ label: String,
    _ workspace: Workspace
  ) throws -> DetectionResults? {
    if net.classes.count == data.classes.count, net.classes != data.classes {
      throw failure(
        label, code: "E0656",
        "the network finds \(net.classes.joined(separator: ", ")), in this order; "
          + "`\(data.name)` has \(data.classes.joined(separator: ", "))")
    }
    return try Failure.explaining {
      let results = try Detector(net.network, shapes: net.anchors).detect(
        data, decoder: decoder,
        progress: { done, all in workspace.progress.update("detecting \(done)/\(all)") },
        shouldStop: { workspace.interruptCount() > 0 })
      workspace.progress.clear()
      guard let results else {
        try interpreter.checkpoint()
        return nil
      }
      workspace.warn(leftOut: results.problems)
      return results
    }
  }

  /// What was found, or what the network finds in the data.
  fileprivate func detections(_ workspace: Workspace) throws -> DetectionResults? {
    if case .object(let object) = try value("found"), let found = object as? DetectionsValue {
      return found.results
    }
    let net = try object("found", as: NetworkValue.self)
    guard let data = try optionalObject("data", as: DatasetValue.self)?.data else {
      throw failure(
        "found", code: "E0657", "`\(command.name)` of a network needs images with boxes",
        remedy: "write \(command.name)(net, data)")
    }
    return try run(net, over: data, Decoder(), "data", workspace)
  }
}

extension NetworkValue {
  /// What a network that finds objects is taught: by default focal and smooth L1 loss; cross-entropy
  /// in place of focal is focal without its two numbers.
  /// - Throws: a failure for other losses, and for a network that finds no objects.
  func detection(_ losses: WeightedLosses? = nil) throws -> Detection {
    var detection = try Failure.explaining { try Detection(network, shapes: anchors) }
    for term in losses?.terms ?? [] {
      switch term.loss {
      case .focal(let alpha, let gamma):
        detection.focal = FocalLoss(alpha: Float(alpha), gamma: Float(gamma))
        detection.classWeight = Float(term.weight)
      case .binaryCrossEntropy, .crossEntropy:
        detection.focal = FocalLoss(alpha: nil, gamma: 0)
        detection.classWeight = Float(term.weight)
      case .smoothL1(let delta):
        detection.smoothL1 = SmoothL1(delta: Float(delta))
        detection.boxWeight = Float(term.weight)
      default:
        throw Failure(
          code: "E0658",
          message: "a network that finds objects learns by `focal` and `smooth_l1`, "
            + "not by `\(term.loss.name)`",
          remedy: "write focal() + smooth_l1()")
      }
    }
    return detection
  }
}
