import Figures
import Imagery
import Language
import Tensors
import Training

/// Commands that find masks in images, draw, refine and judge them.
func segmentationCommands(_ workspace: Workspace) -> [Command] {
  let group = "Using"
  let net = Parameter("net", .object("network"), help: "A network that gives classes of pixels.")
  let picture = Kind.oneOf([.object("image"), .object("tensor")])
  let image = Parameter("image", picture, help: "An image of any size.")
  let fit = Parameter(
    "fit", .choice(Segmenter.Fit.allCases.map(\.rawValue)), default: .value(.text("stretch")),
    help: "An image of another size than the network's: brought to it, or cut into such pieces.")
  let found = Kind.oneOf([.object("mask"), .object("tensor")])

  return [
    Command(
      "segment", group: group,
      [
        net, image,
        Parameter(
          "threshold", .number, default: .value(.number(0.5)),
          help: "Of two classes, the second is taken where it is more probable than this, 0 to 1."),
        fit,
      ],
      result: .object("mask"), summary: "Finds the class of each pixel.",
      details: """
        `show` draws the mask over its image; `.shares` says what part of it each class covers,
        `.probabilities` is a tensor [height, width, classes].
        """,
      examples: [
        """
        x = input(32, 32, 3)
        net = network(x, conv(x filters: 2 kernel: 3 padding: "same"))
        segment(net, zeros(48, 40, 3)).areas
        """
      ]
    ) { call in
      let value = try call.object("net", as: NetworkValue.self)
      let image = try call.tensor("image")
      let threshold = try call.number("threshold", in: 0...1)
      return try Failure.explaining {
        let segmenter = try Segmenter(value.network, fit: try call.fit())
        let probabilities = try segmenter.probabilities(of: image)
        return .object(
          MaskValue(
            Segmenter.mask(of: probabilities, threshold: threshold),
            classes: value.names(ofMaskClasses: segmenter.classes), image: image,
            probabilities: probabilities))
      }
    },
    Command(
      "area", group: group,
      [
        Parameter("mask", .object("mask"), help: "What `segment` found."),
        Parameter("class", .text, help: "The class's name."),
        Parameter(
          "pixel_size", .number, default: .value(.number(1)),
          help: "The side of a pixel on the ground, in metres."),
      ],
      result: .number, summary: "Says how many square metres a class covers.",
      details: "Pixels of the class times the square of `pixel_size`: with 1, pixels.",
      examples: [
        """
        x = input(32, 32, 3)
        net = network(x, conv(x filters: 1 kernel: 3 padding: "same"))
        segment(net, zeros(32, 32, 3)).area("class 0" pixel_size: 0.5)
        """
      ]
    ) { call in
      let mask = try call.object("mask", as: MaskValue.self)
      let name = try call.text("class")
      let size = try call.number("pixel_size", in: 1e-6...1e6)
      guard let index = mask.classes.firstIndex(of: name) else {
        let nearest = Spelling.nearest(to: name, among: mask.classes)
        throw call.failure(
          "class", code: "E0665",
          "the mask has no class `\(name)`, but \(mask.classes.joined(separator: ", "))",
          remedy: nearest.map { "did you mean \(Value.text($0).display)?" })
      }
      return .number(mask.areas.squareMetres(ofClass: index, pixelSize: size))
    },
    Command(
      "overlay", group: "Looking",
      [
        image, Parameter("mask", found, help: "A mask, or class numbers [height, width]."),
        Parameter(
          "opacity", .number, default: .value(.number(0.5)), help: "Of the mask, 0 to 1."),
        Parameter("title", .text, default: .value(.text("")), help: "Above the figure."),
      ],
      result: .object("figure"), summary: "Draws a mask over an image.",
      examples: ["overlay(zeros(8, 8, 3), ones(8, 8) opacity: 0.4)"]
    ) { call in
      let picture = try call.tensor("image")
      let opacity = try call.number("opacity", in: 0...1)
      return try Failure.explaining {
        let mask = try call.mask("mask")
        guard picture.rank == 3, picture.shape[0] == mask.mask.height,
          picture.shape[1] == mask.mask.width
        else {
          throw TrainingError.maskSize(
            expected: picture.shape, given: [mask.mask.height, mask.mask.width])
        }
        return .object(
          FigureValue(
            try mask.figure(title: try call.text("title"), over: picture, opacity: opacity)))
      }
    },
    refineCommand(workspace), ensembleCommand(workspace),
    Command(
      "mean_iou", group: "Training",
      [
        net, Parameter("data", .object("dataset"), help: "Images with masks."), fit,
        Parameter(
          "refined", .boolean, default: .value(.boolean(false)),
          help: "Whether each mask is refined by its image first."),
      ],
      result: .object("report"), summary: "Judges a network by images with known masks.",
      details: """
        Intersection over union: the pixels that mask and prediction share, as a part of those that
        either has. `.mean_iou` is the mean over the classes that occur, over all images together;
        pixels without label are left out.
        """,
      examples: [
        """
        cover = load "coast/cover" size: 32 count: 4
        net = unet(classes: cover.classes input: [32, 32, 3] width: 4 depth: 3)
        mean_iou(net, cover)
        """
      ]
    ) { call in
      let value = try call.object("net", as: NetworkValue.self)
      let data = try call.object("data", as: DatasetValue.self).data
      let isRefined = try call.boolean("refined")
      return try Failure.explaining {
        let segmenter = try Segmenter(value.network, fit: try call.fit())
        defer { workspace.progress.clear() }
        let report = try segmenter.evaluate(
          data,
          progress: { done, all in workspace.progress.update("evaluating \(done)/\(all)") },
          shouldStop: { workspace.interruptCount() > 0 },
          mask: { image in
            let probabilities = try segmenter.probabilities(of: image)
            guard isRefined else { return Segmenter.mask(of: probabilities) }
            return try DenseCRF().refine(
              unary: try DenseCRF.unary(
                of: Segmenter.mask(of: probabilities), classes: segmenter.classes),
              image: image, checkpoint: workspace.checkpoint
            ).mask
          })
        guard let report else {
          workspace.progress.clear()
          try call.interpreter.checkpoint()
          return .none
        }
        workspace.progress.clear()
        workspace.warn(leftOut: report.problems)
        return .object(SegmentationReportValue(report))
      }
    },
  ]
}

private func refineCommand(_ workspace: Workspace) -> Command {
  func number(_ label: String, _ usual: Double, _ help: String) -> Parameter {
    Parameter(label, .number, default: .value(.number(usual)), help: help)
  }
  return Command(
    "refine", group: "Using",
    [
      Parameter(
        "mask", .oneOf([.object("mask"), .object("tensor")]),
        help: "A mask, or probabilities [height, width, classes]."),
      Parameter(
        "image", .oneOf([.object("image"), .object("tensor")]), default: .none,
        help: "The image; without it, that of the mask."),
      Parameter(
        "iterations", .whole, default: .value(.number(10)), help: "Rounds of messages."),
      number("smoothness", 3, "How strongly near pixels are pulled together; 0: not at all."),
      number("smooth_reach", 3, "How far, in pixels."),
      number("appearance", 120, "How strongly pixels that look alike are pulled together."),
      number("reach", 100, "How far, in pixels."),
      number("colour", 2, "How much colours may differ, in steps of 1/255."),
      number("certainty", 0.51, "How sure the mask is, above 0 and below 1."),
    ],
    result: .object("mask"), summary: "Moves a mask's edges to those of the image.",
    details: """
      A dense conditional random field (Krähenbühl and Koltun, 2011): every pixel is linked with every
      other, more strongly the nearer they lie and the more they look alike. The settings are the
      course's. `.divergence` of two refined masks of an image says which agrees more with it: the
      lower one.
      """,
    examples: ["refine(random(16, 16, 2), zeros(16, 16, 3) reach: 10).shape"]
  ) { call in
    let certainty = try call.number("certainty", in: 1e-6...0.999999)
    let model = DenseCRF(
      kernels: [
        .init(
          weight: try call.number("smoothness", in: 0...1e6),
          position: try call.number("smooth_reach", in: 0.1...1e5)),
        .init(
          weight: try call.number("appearance", in: 0...1e6),
          position: try call.number("reach", in: 0.1...1e5),
          colour: try call.number("colour", in: 0.1...1e5)),
      ], iterations: try call.whole("iterations", in: 0...1000))
    return try Failure.explaining {
      guard case .object(let given) = try call.value("mask") else {
        throw call.mismatch("mask", .object("mask"))
      }
      let mask = given as? MaskValue
      guard let image = call.has("image") ? try call.tensor("image") : mask?.image else {
        throw call.failure(
          "image", code: "E0666", "the mask knows no image: give the one that it belongs to")
      }
      let unary: Tensor
      let classes: [String]
      if let mask {
        classes = mask.classes
        unary = try DenseCRF.unary(of: mask.mask, classes: classes.count, certainty: certainty)
      } else {
        let probabilities = try call.tensor("mask")
        guard probabilities.rank == 3, (2...Mask.largestClassCount).contains(probabilities.shape[2])
        else { throw call.mismatch("mask", .object("mask")) }
        classes = MaskValue.names(probabilities.shape[2])
        unary = try DenseCRF.unary(ofProbabilities: probabilities)
      }
      let result = try model.refine(unary: unary, image: image, checkpoint: workspace.checkpoint)
      return .object(
        MaskValue(
          result.mask, classes: classes, image: image, probabilities: result.probabilities,
          divergence: result.divergence))
    }
  }
}

private func ensembleCommand(_ workspace: Workspace) -> Command {
  Command(
    "ensemble", group: "Using",
    [
      Parameter("nets", .listOf(.object("network")), help: "Networks with the same classes."),
      Parameter(
        "image", .oneOf([.object("image"), .object("tensor")]), help: "An image of any size."),
      Parameter(
        "by", .choice(SegmentationEnsemble.allCases.map(\.rawValue)),
        default: .value(.text("mean")),
        help: "The mean of the probabilities, or the refined mask that agrees most with the image."),
      Parameter(
        "fit", .choice(Segmenter.Fit.allCases.map(\.rawValue)), default: .value(.text("stretch")),
        help: "As in `segment`."),
    ],
    result: .object("mask"), summary: "Finds one mask with several networks.",
    examples: [
      """
      x = input(32, 32, 3)
      a = network(x, conv(x filters: 2 kernel: 3 padding: "same"))
      ensemble([a, a], zeros(32, 32, 3) by: "refined").shares
      """
    ]
  ) { call in
    let nets = try call.list("nets").map { value in
      guard case .object(let object) = value, let net = object as? NetworkValue else {
        throw call.mismatch("nets", .listOf(.object("network")))
      }
      return net
    }
    guard let first = nets.first else {
      throw call.failure("nets", code: "E0667", "an ensemble has at least one network")
    }
    if let other = nets.first(where: { $0.classes != first.classes }) {
      throw call.failure(
        "nets", code: "E0668",
        "the networks of an ensemble tell the same classes apart, and these do not: "
          + "\(first.classes.joined(separator: ", ")); \(other.classes.joined(separator: ", "))")
    }
    let image = try call.tensor("image")
    let method = SegmentationEnsemble(rawValue: try call.text("by")) ?? .mean
    return try Failure.explaining {
      let probabilities = try nets.map { net in
        try workspace.checkpoint()
        return try Segmenter(net.network, fit: try call.fit()).probabilities(of: image)
      }
      let result = try method.combine(
        probabilities, image: image, checkpoint: workspace.checkpoint)
      return .object(
        MaskValue(
          result.mask, classes: first.names(ofMaskClasses: probabilities[0].shape[2]),
          image: image, probabilities: result.probabilities,
          divergence: result.choice.map { result.divergences[$0] }))
    }
  }
}

extension NetworkValue {
  /// Images of a dataset in pairs: under the mask that they came with, and under the one found.
  func maskPredictions(_ data: Dataset, count: Int, checkpoint: () throws -> Void) throws -> Figure
  {
    let segmenter = try Segmenter(network)
    let names = names(ofMaskClasses: segmenter.classes)
    let picks = try data.preview(rows: 1, columns: count, checkpoint: checkpoint)
    var tiles: [ImageGrid.Tile] = []
    for case (let image, .mask(let truth)) in picks.map({ ($0.image, $0.sample.annotation) }) {
      try checkpoint()
      let found = Segmenter.mask(of: try segmenter.probabilities(of: image))
      let picture = try Bitmap(bands: image)
      let known = zip(truth.values, found.values).filter { $0.0 != Mask.unlabelled }
      let right = Double(known.count { $0 == $1 }) / Double(max(1, known.count))
      let captions = ["as labelled", "found: \(TrainingWords.percent(right)) right"]
      for (mask, caption) in zip([truth, found], captions) {
        tiles.append(
          ImageGrid.Tile(
            picture.overlaid(
              mask: AnnotatedImage.Mask(
                width: mask.width, height: mask.height, classes: mask.values.map { Int($0) },
                names: names)), caption: caption))
      }
    }
    return Figure(
      "\(data.name): masks as labelled and as found".withVisibleControls,
      ImageGrid(
        tiles: tiles, columns: min(4, max(2, tiles.count)),
        classNames: names.map(\.withVisibleControls)))
  }

  /// Names for a mask's classes. A network of one output may have been built with the name of what it
  /// finds alone; the rest is then the background.
  func names(ofMaskClasses count: Int) -> [String] {
    if classes.count == count { return classes }
    if classes.count == 1, count == 2, classes[0] != "background" {
      return ["background", classes[0]]
    }
    return MaskValue.names(count)
  }
}

extension MaskValue {
  /// Names for classes that have none.
  static func names(_ count: Int) -> [String] { (0..<count).map { "class \($0)" } }
}

extension Call {
  fileprivate func fit() throws -> Segmenter.Fit {
    Segmenter.Fit(rawValue: try text("fit")) ?? .stretch
  }

  /// A mask, or a tensor of class numbers `[H, W]`.
  fileprivate func mask(_ label: String) throws -> MaskValue {
    guard case .object(let object) = try value(label) else {
      throw mismatch(label, .object("mask"))
    }
    if let mask = object as? MaskValue { return mask }
    let numbers = try tensor(label)
    guard numbers.rank == 2 else { throw mismatch(label, .object("mask")) }
    var values: [UInt8] = []
    values.reserveCapacity(numbers.count)
    for number in numbers.values {
      guard let value = UInt8(exactly: number) else {
        throw failure(
          label, code: "E0669", "a mask's numbers are whole, from 0 to 254, or 255 for no class")
      }
      values.append(value)
    }
    let known = values.filter { $0 != Mask.unlabelled }
    return MaskValue(
      Mask(height: numbers.shape[0], width: numbers.shape[1], values: values),
      classes: MaskValue.names(Int(known.max() ?? 0) + 1))
  }
}
