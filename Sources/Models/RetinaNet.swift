import Networks

/// RetinaNet (Lin et al., "Focal Loss for Dense Object Detection", 2017, section 4) on a feature
/// pyramid (Lin et al., "Feature Pyramid Networks for Object Detection", 2017): a network that says
/// for each of many boxes, the anchors, which class of object it holds and how to correct it.
package enum RetinaNet {
  /// Names of the layers of a backbone whose maps are an 8th, a 16th and a 32nd of the image's side.
  package struct Taps: Equatable, Sendable {
    package let third: String
    package let fourth: String
    package let fifth: String

    package init(_ third: String, _ fourth: String, _ fifth: String) {
      self.third = third
      self.fourth = fourth
      self.fifth = fifth
    }

    var names: [String] { [third, fourth, fifth] }

    /// The last layers at each size of the backbones that this room builds.
    package static let known = [
      Taps("conv3_block4_out", "conv4_block6_out", "conv5_block3_out"),
      Taps("block_6_expand_relu", "block_13_expand_relu", "out_relu"),
    ]

    /// The taps of a backbone that is known by the names of its layers.
    package init?(of backbone: Network) {
      let names = Set(backbone.layers.map(\.name))
      guard let taps = Taps.known.first(where: { names.isSuperset(of: $0.names) }) else {
        return nil
      }
      self = taps
    }
  }

  /// Anchors around each place of a level: three sizes in three shapes.
  package static let anchorsPerPlace = 9
  /// Pixels of the image from place to place of the levels P3 to P7.
  package static let strides = [8, 16, 32, 64, 128]

  /// The network for the backbone's images, whose sides divide by 32. It has two outputs, for A
  /// anchors: logits of the classes `[A, K]` and corrections of the boxes `[A, 4]`. The anchors are
  /// ordered by level (P3 to P7), row, column, and then the nine of a place.
  ///
  /// - Parameters:
  ///   - backbone: a network of one input of images. Its weights are copied, its frozen layers stay
  ///     frozen, its preprocessing is kept; what follows the taps is left out.
  ///   - taps: where the pyramid hangs on it.
  ///   - classes: K.
  ///   - width: channels of the pyramid and of the heads.
  /// - Throws: `NetworkError.unknownLayer` for a tap that is not there, `ShapeError` where the taps'
  ///   maps do not halve from one to the next, `NetworkError.memory`.
  package static func network(
    backbone: Network, taps: Taps, classes: Int, width: Int = 256, seed: UInt64 = 0
  ) throws -> Network {
    let check = ShapeCheck(layer: "retinanet", inputs: backbone.inputs.map(\.shape))
    _ = try check.featureMap()
    try check.attribute("classes", classes, in: 1...100_000)
    try check.attribute("width", width, in: 1...4_096)

    func convolution(
      _ filters: Int, kernel: Int = 3, stride: Int = 1, name: String
    ) -> Layer {
      Layer(
        Convolution(filters: filters, kernel: kernel, stride: stride, padding: .same), name: name)
    }

    // The pyramid: each level is what the backbone sees at its size and, from the level above, what
    // it knows of a larger surrounding.
    let (c3, c4, c5) = (
      try backbone.node(taps.third), try backbone.node(taps.fourth), try backbone.node(taps.fifth)
    )
    try requireHalving([c3, c4, c5], check)
    func lateral(_ map: Node, _ level: Int) throws -> Node {
      try convolution(width, kernel: 1, name: "lateral_\(level)")(map)
    }
    func sum(_ map: Node, _ above: Node, _ level: Int) throws -> Node {
      let larger = try above.applying(Upsample(height: 2, width: 2), name: "upsample_\(level)")
      return try Layer(Add(), name: "sum_\(level)")(map, larger)
    }
    let m5 = try lateral(c5, 5)
    let m4 = try sum(try lateral(c4, 4), m5, 4)
    let m3 = try sum(try lateral(c3, 3), m4, 3)
    let p3 = try convolution(width, name: "pyramid_3")(m3)
    let p4 = try convolution(width, name: "pyramid_4")(m4)
    let p5 = try convolution(width, name: "pyramid_5")(m5)
    let p6 = try convolution(width, stride: 2, name: "pyramid_6")(c5)
    let p7 = try convolution(width, stride: 2, name: "pyramid_7")(
      try p6.applying(Activation.relu, name: "pyramid_6_relu"))
    let levels = [p3, p4, p5, p6, p7]

    /// Four convolutions and a last one with `values` numbers an anchor, shared by all levels.
    func head(_ name: String, values: Int, bias: Initializer) throws -> Node {
      let hidden = (1...4).map { number in
        Layer(
          Convolution(filters: width, kernel: 3, padding: .same, initializer: .normal(0.01)),
          name: "\(name)_\(number)", activation: .relu)
      }
      let last = Layer(
        Convolution(
          filters: anchorsPerPlace * values, kernel: 3, padding: .same, initializer: .normal(0.01),
          biasInitializer: bias), name: "\(name)_out")
      let lists = try levels.enumerated().map { index, level in
        let map = try last(try hidden.reduce(level) { try $1($0) })
        return try map.applying(Reshape([-1, values]), name: "\(name)_list_\(index + 3)")
      }
      return try Layer(Concatenate(axis: 0), name: name == "class" ? "logits" : "boxes").apply(
        lists)
    }
    // At first each anchor holds an object with probability 0.01: otherwise the many thousand
    // anchors on background would swamp the first steps (section 4.1).
    let logits = try head("class", values: classes, bias: .constant(priorLogit))
    let boxes = try head("box", values: 4, bias: .zeros)
    return try Network(
      inputs: backbone.inputs, outputs: [logits, boxes], seed: seed,
      preprocessing: backbone.preprocessing, reusing: [backbone])
  }

  /// −ln((1 − 0.01) / 0.01).
  private static let priorLogit: Float = -4.595_119_85

  /// Each map is twice as high and wide as the next, as the sums want it.
  private static func requireHalving(_ maps: [Node], _ check: ShapeCheck) throws {
    for (map, next) in zip(maps, maps.dropFirst()) {
      for shape in [map.shape, next.shape] {
        try ShapeCheck(layer: "retinanet", inputs: [shape]).require(shape.count == 3, .rank(3))
      }
      try check.require(
        map.shape[0] == 2 * next.shape[0] && map.shape[1] == 2 * next.shape[1],
        .sidesDivisible(by: 32))
    }
  }
}
