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
  ///   - convention: `.pytorch` as torchvision's `retinanet_resnet50_fpn`: P6 comes from P5 in place
  ///     of the backbone's last map.
  /// - Throws: `NetworkError.unknownLayer` for a tap that is not there, `ShapeError` where the sides
  ///   do not divide or a tap's map has another size, `NetworkError.memory`.
  package static func network(
    backbone: Network, taps: Taps, classes: Int, width: Int = 256,
    convention: Convention = .keras, seed: UInt64 = 0
  ) throws -> Network {
    let check = ShapeCheck(layer: "retinanet", inputs: backbone.inputs.map(\.shape))
    try check.attribute("classes", classes, in: 1...100_000)
    try check.attribute("width", width, in: 1...4_096)

    func convolution(
      _ filters: Int, kernel: Int = 3, stride: Int = 1, name: String
    ) -> Layer {
      // A stride of 2 over an even side: Keras pads below and to the right, PyTorch on all sides.
      let padding: Padding =
        convention == .pytorch && stride == 2
        ? .explicit(top: 1, bottom: 1, left: 1, right: 1) : .same
      return Layer(
        Convolution(filters: filters, kernel: kernel, stride: stride, padding: padding), name: name)
    }

    // The pyramid: each level is what the backbone sees at its size and, from the level above, what
    // it knows of a larger surrounding.
    let (c3, c4, c5) = (
      try backbone.node(taps.third), try backbone.node(taps.fourth), try backbone.node(taps.fifth)
    )
    try requireSizes([c3, c4, c5], check)
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
    let p6 = try convolution(width, stride: 2, name: "pyramid_6")(
      convention == .pytorch ? p5 : c5)
    let p7 = try convolution(width, stride: 2, name: "pyramid_7")(
      try p6.applying(Activation.relu, name: "pyramid_6_relu"))
    let levels = [p3, p4, p5, p6, p7]

    // The paper's 0.01 is for 256 channels; through a narrower head next to nothing would get.
    let hiddenInitializer = Initializer.normal(0.01 * 256 / Float(width))

    /// Four convolutions and a last one with `values` numbers an anchor, shared by all levels.
    func head(_ name: String, values: Int, bias: Initializer) throws -> Node {
      let hidden = (1...4).map { number in
        Layer(
          Convolution(filters: width, kernel: 3, padding: .same, initializer: hiddenInitializer),
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

  /// The network that torchvision publishes weights for (`retinanet_resnet50_fpn`, trained on COCO):
  /// on ResNet50 of PyTorch's convention, without ε in the normalisations of the backbone, which
  /// are frozen. Its boxes are corrections of torchvision's anchors, not of the paper's, and not
  /// divided by variances.
  ///
  /// - Parameter classes: 91 unless given, with a class 0 that is never seen.
  /// - Throws: as `network(backbone:…)`.
  package static func torchvision(
    input: [Int], classes: Int = 91, width: Int = 256, seed: UInt64 = 0
  ) throws -> Network {
    let backbone = try ResNet50.network(
      input: input, includeTop: false, convention: .pytorch, epsilon: Convention.noEpsilon,
      seed: seed)
    for layer in backbone.layers where layer.operation is BatchNormalization {
      backbone.setTrainable(false, layer)
    }
    return try network(
      backbone: backbone, taps: Taps.known[0], classes: classes, width: width,
      convention: .pytorch, seed: seed)
  }

  /// −ln((1 − 0.01) / 0.01).
  private static let priorLogit: Float = -4.595_119_85

  /// The sides divide by 32, and each tap's map is the part of them that its anchors count on.
  private static func requireSizes(_ maps: [Node], _ check: ShapeCheck) throws {
    let image = try check.featureMap()
    try check.require(image.height % 32 == 0 && image.width % 32 == 0, .sidesDivisible(by: 32))
    for (index, map) in maps.enumerated() {
      let (height, width) = (image.height / strides[index], image.width / strides[index])
      let tap = ShapeCheck(layer: "lateral_\(index + 3)", inputs: [map.shape])
      let size = try tap.featureMap()
      try tap.require(
        size.height == height && size.width == width, .mapSize(height: height, width: width))
    }
  }
}
