import Figures
import Imagery
import Language
import Networks
import Tensors
import Training

/// Commands that look for what in an image a network goes by.
func insideCommands(_ workspace: Workspace) -> [Command] {
  let group = "Looking"
  let net = Parameter("net", .object("network"), help: "A network.")
  let image = Parameter(
    "image", .oneOf([.object("image"), .object("tensor")]),
    help: "An image [height, width, channels].")
  let target = Parameter(
    "class", .oneOf([.text, .whole]), default: .none,
    help: "A class by name or number; the most probable one without it.")
  let example = """
    coast = load "coast/scenes" size: 48 count: 4
    net = small_cnn(classes: coast.classes input: [48, 48, 3] filters: 4 dense: 8)

    """

  return [
    Command(
      "receptive_field", group: group,
      [
        net, Parameter("layer", .text, help: "The layer's name."),
        Parameter(
          "on", .oneOf([.object("image"), .object("tensor")]), default: .none,
          help: "An image to draw it on; grey without it."),
      ],
      result: .object("figure"),
      summary: "Draws what part of the image one number of a layer can see.",
      examples: ["receptive_field(small_cnn(classes: 2 input: [64, 64, 3]), \"conv_2\")"]
    ) { call in try Failure.explaining { .object(FigureValue(try receptiveField(call, workspace))) }
    },
    Command(
      "class_map", group: group,
      [
        net, image, target,
        Parameter(
          "layer", .text, default: .none,
          help: "Where to look; the last layer that has a map, without it."),
      ],
      result: .object("figure"), summary: "Draws where in an image a class is seen (Grad-CAM).",
      details: """
        The maps of a layer are added up, each as much as the class's score depends on it. Selvaraju et
        al., "Grad-CAM", 2017.
        """,
      examples: [example + "class_map(net, coast[0].image)"]
    ) { call in
      try Failure.explaining {
        let look = try Look(call)
        let layer: NetworkLayer
        if let name = try call.optionalText("layer") {
          layer = try endOfBlock(name, in: look.net.network, workspace)
        } else if let last = look.evidence.lastMap {
          layer = last
        } else {
          throw call.failure("net", code: "E0748", "the network has no layer with a map to look at")
        }
        let map = try look.evidence.classMap(look.image, of: look.index, at: layer)
        let peak = finiteRange(of: map).upperBound
        let picture = try look.overlaid(map, limit: peak)
        return .object(
          FigureValue(
            Figure(
              "What speaks for \(look.name), seen by \(layer.name)",
              ImageGrid(
                tiles: [look.tile, ImageGrid.Tile(picture, caption: "yellow: most")], columns: 2,
                note: peak > 0 ? "" : "nothing in this layer speaks for \(look.name)"))))
      }
    },
    Command(
      "occlude", group: group,
      [
        net, image, target,
        Parameter(
          "size", .whole, default: .none,
          help: "Of the square that covers a part, in pixels; a quarter of the image without it."),
        Parameter(
          "stride", .whole, default: .none, help: "Pixels between two places; half the size."),
      ],
      result: .object("figure"),
      summary: "Covers one part of an image after the other, and draws how much the class suffers.",
      details: "Zeiler and Fergus, \"Visualizing and understanding convolutional networks\", 2014.",
      examples: [example + "occlude(net, coast[0].image)"]
    ) { call in
      try Failure.explaining {
        let look = try Look(call)
        let shape = look.image.shape
        let side =
          try call.optionalWhole("size", in: 1...min(shape[0], shape[1]))
          ?? max(1, min(shape[0], shape[1]) / 4)
        let stride = try call.optionalWhole("stride", in: 1...65_536) ?? max(1, side / 2)
        let falls = try look.evidence.occlusion(
          look.image, of: look.index, side: side, stride: stride, checkpoint: workspace.checkpoint,
          progress: { workspace.progress.update("covered \($0) of \($1) places") })
        workspace.progress.clear()
        let range = finiteRange(of: falls)
        let limit = max(range.upperBound.magnitude, range.lowerBound.magnitude)
        let picture = try look.overlaid(falls, limit: limit, isSigned: true)
        return .object(
          FigureValue(
            Figure(
              "How the score of \(look.name) falls when a part is covered",
              ImageGrid(
                tiles: [
                  look.tile, ImageGrid.Tile(picture, caption: "a square of \(side) pixels"),
                ], columns: 2,
                colourBar: .init(.diverging, range: -limit...limit, label: "fall of the score")))))
      }
    },
    Command(
      "gradient", group: group, [net, image, target], result: .object("tensor"),
      summary: "Gives how a class's score changes with each value of the image.",
      details: "[height, width, channels], of the image as the network sees it. The gradients of "
        + "weights are `net[\"…\"].gradient`, after a step.",
      examples: [example + "gradient(net, coast[0].image).shape"]
    ) { call in
      try Failure.explaining {
        let look = try Look(call)
        return .object(TensorValue(try look.evidence.imageGradient(look.image, of: look.index)))
      }
    },
    Command(
      "explain", group: group,
      [
        Parameter(
          "value", .oneOf([.object("network"), .object("layer")]), help: "A network, or a layer."),
        Parameter(
          "image", .oneOf([.object("image"), .object("tensor")]), default: .none,
          help: "An image that is walked through the network."),
      ],
      result: .nothing,
      summary: "Walks an image through a network, or says what a layer computes.",
      details: "What comes out of each part, how much of the image one number of it sees, and what "
        + "it costs.",
      examples: [example + "explain net coast[0].image", example + "explain net[\"conv_1\"]"]
    ) { call in
      guard case .object(let object) = try call.value("value") else { return .none }
      try Failure.explaining {
        if let net = object as? NetworkValue {
          try explain(net, try call.has("image") ? call.tensor("image") : nil, call, workspace)
        } else if let layer = object as? NetworkLayerValue {
          workspace.say(explanation(of: layer))
        } else if let layer = object as? LayerValue {
          workspace.say(layer.summary + "\n" + layer.layer.operation.documentation)
        }
      }
      return .none
    },
  ]
}

/// A network, an image, and the class that is asked about.
private struct Look {
  let net: NetworkValue
  let evidence: Evidence
  let image: Tensor
  let index: Int
  let name: String
  let tile: ImageGrid.Tile

  init(_ call: Call) throws {
    net = try call.object("net", as: NetworkValue.self)
    evidence = try Evidence(net.network)
    image = try call.tensor("image")
    // Says which size the network takes, where it is another.
    guard try net.batch(image).isSingle else {
      throw call.failure("image", code: "E0749", "one image is looked at, not a batch of them")
    }
    let classes = net.classes.isEmpty ? (0..<evidence.classes).map { "class \($0)" } : net.classes
    let scores = try evidence.scores(of: image)
    switch call.optionalValue("class") {
    case .text(let name):
      guard let place = classes.firstIndex(of: name) else {
        throw call.failure(
          "class", code: "E0750",
          "there is no class `\(name)`: there are "
            + classes.prefix(12).joined(separator: ", ") + (classes.count > 12 ? ", …" : ""))
      }
      index = place
    case .number: index = try call.whole("class", in: 0...evidence.classes - 1)
    default: index = scores.indices.max { scores[$0] < scores[$1] } ?? 0
    }
    name = index < classes.count ? classes[index] : "class \(index)"
    tile = ImageGrid.Tile(
      try picture(of: image), caption: "score of \(name): \(TrainingWords.number(scores[index]))")
  }

  /// The image under a map of any size: the more, the more opaque.
  func overlaid(_ map: Tensor, limit: Double, isSigned: Bool = false) throws -> Bitmap {
    var bitmap = try picture(of: image)
    let frame = try ImageFrame(height: bitmap.height, width: bitmap.width, fit: .stretch)
    let heat = try Image.resized(try map.reshaped(map.shape + [1]), to: frame)
    guard limit > 0 else { return bitmap }
    heat.withUnsafePointer { values in
      for y in 0..<bitmap.height {
        for x in 0..<bitmap.width {
          let share = min(1, max(-1, Double(values[y * bitmap.width + x]) / limit))
          let colour =
            isSigned ? ColourMap.diverging((share + 1) / 2) : ColourMap.viridis(share)
          let opacity = isSigned ? 0.85 * share.magnitude : 0.25 + 0.45 * share
          bitmap[x, y] = colour.withOpacity(opacity).over(bitmap[x, y].over(.white))
        }
      }
    }
    return bitmap
  }
}

/// An image of any number of bands, as one sees it.
func picture(of image: Tensor) throws -> Bitmap {
  let bands = image.shape.last ?? 0
  return try Bitmap(image: (1...4).contains(bands) ? image : Image.rgb(image))
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

/// Where the unit at a row and a column of a layer's map sees, in pixels of the input `[H, W, C]`.
func seen(
  by layer: NetworkLayer, in network: Network, row: Int, column: Int, input: [Int]
) -> (x: Double, y: Double, width: Double, height: Double) {
  let field = network.receptiveField(of: layer)
  func place(_ span: ReceptiveField.Span, _ index: Int, _ side: Int) -> (Double, Double) {
    field.isWholeInput ? (0, Double(side)) : (span.first + Double(index) * span.step, span.size)
  }
  let (top, height) = place(field.rows, row, input[0])
  let (left, width) = place(field.columns, column, input[1])
  return (left, top, width, height)
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
    let given = try call.tensor("on")
    guard given.shape == input else {
      throw call.failure(
        "on", code: "E0532",
        "the network takes images \(input), not \(given.shape)",
        remedy: "write resize(x size: [\(input[0]), \(input[1])])")
    }
    image = try picture(of: given)
  } else {
    image = Bitmap(width: input[1], height: input[0], filledWith: Colour(200, 200, 200))
  }
  // The unit in the middle of the map, unless every unit sees everything.
  let shape = layer.outputShape
  let (row, column) = shape.count == 3 ? (shape[0] / 2, shape[1] / 2) : (0, 0)
  let field = seen(by: layer, in: network, row: row, column: column, input: input)
  return Figure(
    "What one number of \(layer.name) sees",
    AnnotatedImage.receptiveField(
      on: image, x: field.x, y: field.y, width: field.width, height: field.height,
      name: layer.name))
}
