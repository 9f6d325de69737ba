import Language
import Models
import Networks
import Training

/// Commands that build networks for boxes, masks, embeddings and codes.
func taskModelCommands(_ workspace: Workspace) -> [Command] {
  let group = "Models"
  let (input, weights, seed) = (
    ModelParameters.input, ModelParameters.weights, ModelParameters.seed
  )
  let maskClasses = Parameter(
    "classes", ModelParameters.classKind, default: .value(.number(1)),
    help: "Names of the classes, or how many. One: a pixel is of it or not; "
      + "two or more: a pixel is of one of them.")
  let maskRule = """
    The output is a map of scores. One class has one channel: that class against all the rest, a
    probability after a sigmoid. Two classes or more have a channel each, and the softmax over them
    is 1 at each pixel.
    """

  return [
    Command(
      "retinanet", group: group,
      [
        Parameter(
          "backbone", .oneOf([.object("network"), .choice(["resnet50", "mobilenet_v2"])]),
          default: .value(.text("resnet50")),
          help: "The network that sees: a trained one, whose weights are copied, or a fresh one "
            + "by its name."),
        Parameter(
          "classes", ModelParameters.classKind,
          help: "Names of the kinds of objects, or how many."),
        Parameter(
          "input", .listOf(.whole), default: .none,
          help: "The images' [height, width, channels], sides that divide by 32; a given network "
            + "brings its own."),
        Parameter(
          "width", .whole, default: .value(.number(256)),
          help: "Channels of the pyramid and of the heads: 64 is light enough for a laptop."),
        Parameter(
          "anchor_scale", .number, default: .value(.number(4)),
          help: "The side of a level's smallest anchors in its strides, 0.5 to 16: 4 gives 32 "
            + "pixels and more, 2 finds objects half as large."),
        Parameter(
          "taps", .listOf(.text), default: .none,
          help: "For another backbone: names of the three layers whose maps are an 8th, a 16th and "
            + "a 32nd of the image's side."),
        weights, ModelParameters.strict, seed,
      ],
      result: .object("network"),
      summary: "Builds RetinaNet: a detector that looks at thousands of boxes at once.",
      details: """
        Lin et al., "Focal Loss for Dense Object Detection", 2017. Two outputs, for each of nine
        anchors at each place of five maps: scores of the classes, and how to correct the box.
        """,
      examples: [
        """
        body = mobilenet_v2(alpha: 0.35 input: [64, 64, 3]); \
        retinanet(body, classes: ["person"] width: 16).output
        """,
        "retinanet(\"mobilenet_v2\", classes: 2 input: [64, 64, 3] width: 16)",
      ]
    ) { call in
      try Failure.explaining {
        let names = try call.classes()
        let file = try call.weightsFile("`retinanet`")
        let width = try call.whole("width", in: 1...4_096)
        var anchors = AnchorShapes(scale: try call.number("anchor_scale", in: 0.5...16))
        let network: Network
        if let torchvision = try call.torchvisionInput(file) {
          network = try RetinaNet.torchvision(
            input: torchvision, classes: names.count ?? 1, width: width,
            seed: try call.seed(workspace))
          // Its weights were trained for these.
          anchors = .torchvision
        } else {
          let backbone = try call.backbone(workspace)
          network = try RetinaNet.network(
            backbone: backbone, taps: try call.taps(of: backbone), classes: names.count ?? 1,
            width: width, convention: Convention(of: backbone) ?? .keras,
            seed: try call.seed(workspace))
        }
        return try built(
          network, "retinanet", names.names, call, workspace, weights: file, anchors: anchors)
      }
    },
    Command(
      "unet", group: group,
      [
        maskClasses, input,
        Parameter(
          "width", .whole, default: .value(.number(16)),
          help: "Filters of the first bank; each deeper one has twice as many."),
        Parameter(
          "depth", .whole, default: .value(.number(6)),
          help: "Banks on the way down, 2 to 8; sides divide by 2 to the power of one less."),
        weights, ModelParameters.strict, seed,
      ],
      result: .object("network"),
      summary: "Builds U-Net: down to small maps and up again, with what was seen joined in.",
      details: """
        Ronneberger et al., "U-Net", 2015. Any number of bands. \(maskRule)
        """,
      examples: [
        "unet(classes: [\"water\", \"sand\"] input: [32, 32, 3] width: 4 depth: 3).output",
        "unet(classes: [\"reef\"] input: [64, 64, 4] width: 4).output",
      ]
    ) { call in
      try Failure.explaining {
        let names = try call.classes()
        let network = try UNet.network(
          input: try call.wholes("input", in: 1...65_536), classes: names.count ?? 1,
          width: try call.whole("width", in: 1...1_024), depth: try call.whole("depth", in: 2...8),
          seed: try call.seed(workspace))
        return try built(network, "unet", names.names, call, workspace)
      }
    },
    Command(
      "residual_unet", group: group,
      [
        maskClasses, input,
        Parameter(
          "width", .whole, default: .value(.number(4)),
          help: "Filters of the first level; each of the four deeper ones has twice as many."),
        weights, ModelParameters.strict, seed,
      ],
      result: .object("network"),
      summary: "Builds the residual U-Net of the course's code: blocks with shortcuts, no pooling.",
      details: """
        After Zhang et al., "Road Extraction by Deep Residual U-Net", 2018. Sides divide by 16, any
        number of bands. \(maskRule)
        """,
      examples: ["residual_unet(classes: 4 input: [32, 32, 3]).parameters"]
    ) { call in
      try Failure.explaining {
        let names = try call.classes()
        let network = try ResidualUNet.network(
          input: try call.wholes("input", in: 1...65_536), classes: names.count ?? 1,
          width: try call.whole("width", in: 1...1_024), seed: try call.seed(workspace))
        return try built(network, "residual_unet", names.names, call, workspace)
      }
    },
    Command(
      "embedding", group: group,
      [
        Parameter(
          "dimension", .whole, default: .value(.number(8)), help: "Numbers that stand for an image."
        ),
        Parameter(
          "input", .listOf(.whole), default: .none,
          help: "The images' [height, width, channels]; a trunk brings its own."),
        Parameter(
          "size", .choice(EmbeddingNetwork.Size.allCases.map(\.rawValue)),
          default: .value(.text("small")), help: "Three convolutions, or four."),
        Parameter(
          "trunk", .object("network"), default: .none,
          help: "A network without top in place of the convolutions; its weights are copied."),
        Parameter(
          "normalize", .boolean, default: .value(.boolean(false)),
          help: "Whether each embedding is scaled to length 1."),
        weights, ModelParameters.strict, seed,
      ],
      result: .object("network"),
      summary: "Builds a network that gives each image a place in a space of few dimensions.",
      details: "What it has learnt, distances tell: images of one class lie near each other.",
      examples: [
        "embedding(dimension: 8 input: [32, 32, 3]).parameters",
        "embedding(trunk: mobilenet_v2(alpha: 0.35 input: [32, 32, 3]) normalize: true).output",
      ]
    ) { call in
      try Failure.explaining {
        let dimension = try call.whole("dimension", in: 1...65_536)
        let (normalizes, seed) = (try call.boolean("normalize"), try call.seed(workspace))
        let network: Network
        if let trunk = try call.optionalObject("trunk", as: NetworkValue.self)?.network {
          try call.requireInput(of: trunk)
          network = try EmbeddingNetwork.network(
            trunk: trunk, dimension: dimension, normalizes: normalizes, seed: seed)
        } else {
          network = try EmbeddingNetwork.network(
            input: try call.imageShape(unless: "a trunk"), dimension: dimension,
            size: EmbeddingNetwork.Size(rawValue: try call.text("size")) ?? .small,
            normalizes: normalizes, seed: seed)
        }
        return try built(network, "embedding", [], call, workspace)
      }
    },
    Command(
      "autoencoder", group: group,
      [
        Parameter(
          "dimension", .whole, default: .value(.number(16)),
          help: "Numbers that stand for an image."
        ),
        input,
        Parameter(
          "filters", .listOf(.whole), default: .value(.numbers([32, 64, 128])),
          help: "Of the convolutions, each of which halves the map: sides divide by 2 for each."),
        weights, ModelParameters.strict, seed,
      ],
      result: .object("network"),
      summary: "Builds a network that squeezes an image into few numbers and paints it again.",
      details: """
        It learns from images without labels. The numbers are what its layer `code` gives:
        net["code"].output(image). After Hinton & Salakhutdinov, 2006.
        """,
      examples: ["autoencoder(dimension: 4 input: [16, 16, 3] filters: [4, 8]).output"]
    ) { call in
      try Failure.explaining {
        let network = try Autoencoder.network(
          input: try call.wholes("input", in: 1...65_536),
          dimension: try call.whole("dimension", in: 1...65_536),
          filters: try call.wholes("filters", in: 1...4_096), seed: try call.seed(workspace))
        return try built(network, "autoencoder", [], call, workspace)
      }
    },
  ]
}

// MARK: What a network is built on

extension Call {
  /// The network that was given to see for the detector, or a fresh one of the name that was given.
  fileprivate func backbone(_ workspace: Workspace) throws -> Network {
    if let given = try optionalBackbone() {
      try requireInput(of: given)
      return given
    }
    let (input, seed) = (try imageShape(unless: "a network as backbone"), try seed(workspace))
    return try text("backbone") == "resnet50"
      ? try ResNet50.network(input: input, includeTop: false, seed: seed)
      : try MobileNetV2.network(input: input, includeTop: false, seed: seed)
  }

  /// The images' shape where a file of PyTorch's decides on the backbone too: on ResNet50 by name.
  fileprivate func torchvisionInput(_ file: WeightsFile?) throws -> [Int]? {
    guard file?.convention == .pytorch, try optionalBackbone() == nil,
      try text("backbone") == "resnet50"
    else { return nil }
    return try imageShape(unless: "a network as backbone")
  }

  private func optionalBackbone() throws -> Network? {
    if case .text = try value("backbone") { return nil }
    return try object("backbone", as: NetworkValue.self).network
  }

  /// The taps that were given, or those of a backbone that is known.
  fileprivate func taps(of backbone: Network) throws -> RetinaNet.Taps {
    guard has("taps") else {
      if let taps = RetinaNet.Taps(of: backbone) { return taps }
      throw failure(
        "backbone", code: "E0535",
        "`retinanet` does not know where its pyramid hangs on this backbone",
        remedy: "name the last layers at an 8th, a 16th and a 32nd of the side: taps: [\"…\", …]")
    }
    let names = try texts("taps")
    guard names.count == 3 else {
      throw failure("taps", code: "E0535", "`taps` names three layers, not \(names.count)")
    }
    return RetinaNet.Taps(names[0], names[1], names[2])
  }

  /// `input`, which can be left out only where a network brings it.
  fileprivate func imageShape(unless other: String) throws -> [Int] {
    guard has("input") else {
      throw failure(
        "input", code: "E0536", "the images' size is missing: give `input` or \(other)",
        remedy: "write input: [96, 96, 3]")
    }
    return try wholes("input", in: 1...65_536)
  }

  /// `input`, if it is given beside a network, must be that network's.
  fileprivate func requireInput(of network: Network) throws {
    guard has("input") else { return }
    let (given, own) = (try wholes("input", in: 1...65_536), network.inputs[0].shape)
    guard given == own else {
      throw failure(
        "input", code: "E0537", "the network that was given takes images \(own), not \(given)",
        remedy: "leave `input` out")
    }
  }
}
