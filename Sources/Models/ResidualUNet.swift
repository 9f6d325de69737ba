import Networks

/// The U-Net that the course's code builds (after Zhang et al., "Road Extraction by Deep Residual
/// U-Net", 2018, with one more level): residual blocks in place of banks, strides in place of
/// pooling, and repeated pixels in place of transposed convolutions.
package enum ResidualUNet {
  /// Maps of the encoder, the last of which is a 16th of the image's side.
  private static let levels = 5

  /// The network for images `[H, W, bands]`, both sides multiples of 16. The output is a map of
  /// logits `[H, W, K]`.
  ///
  /// - Parameters:
  ///   - classes: K. One: is a pixel of the class or not (a sigmoid makes it a probability); two or
  ///     more: which class is it (softmax).
  ///   - width: filters of the first level; each deeper level has twice as many.
  ///   - momentum: of the moving statistics of batch normalisation.
  /// - Throws: `ShapeError` for sizes that do not fit, `NetworkError.memory`.
  package static func network(
    input: [Int], classes: Int = 1, width: Int = 4, momentum: Float = 0.9, seed: UInt64 = 0
  ) throws -> Network {
    let check = ShapeCheck(layer: "residual_unet", inputs: [input])
    let map = try check.featureMap()
    try check.attribute("classes", classes, in: 1...255)
    try check.attribute("width", width, in: 1...1_024)
    let divisor = 1 << (levels - 1)
    try check.require(
      map.height % divisor == 0 && map.width % divisor == 0, .sidesDivisible(by: divisor))

    func convolved(_ x: Node, _ filters: Int, kernel: Int = 3, stride: Int = 1, _ name: String)
      throws -> Node
    {
      try x.applying(
        Convolution(filters: filters, kernel: kernel, stride: stride, padding: .same), name: name)
    }
    func normalized(_ x: Node, _ name: String) throws -> Node {
      try x.applying(BatchNormalization(momentum: momentum), name: "\(name)_norm")
        .applying(Activation.relu, name: "\(name)_relu")
    }
    /// Normalised and rectified before the convolution (He et al., "Identity Mappings", 2016).
    func unit(_ x: Node, _ filters: Int, stride: Int = 1, _ name: String) throws -> Node {
      try convolved(try normalized(x, name), filters, stride: stride, "\(name)_conv")
    }
    func shortcut(_ x: Node, _ filters: Int, stride: Int = 1, _ name: String) throws -> Node {
      let y = try convolved(x, filters, kernel: 1, stride: stride, "\(name)_shortcut_conv")
      return try normalized(y, "\(name)_shortcut")
    }
    /// Two units beside a shortcut, added.
    func block(_ x: Node, _ filters: Int, stride: Int = 1, _ name: String) throws -> Node {
      let beside = try shortcut(x, filters, stride: stride, name)
      let y = try unit(x, filters, stride: stride, "\(name)_1")
      return try Layer(Add(), name: "\(name)_add")(beside, try unit(y, filters, "\(name)_2"))
    }

    let image = try Node.input(input, name: "input")
    // The first level begins with the bare image, which is not normalised.
    let beside = try shortcut(image, width, "encoder_1")
    let first = try unit(
      try convolved(image, width, "encoder_1_conv"), width, "encoder_1_2")
    var encoder = [try Layer(Add(), name: "encoder_1_add")(beside, first)]
    for level in 2...levels {
      encoder.append(
        try block(encoder[level - 2], width << (level - 1), stride: 2, "encoder_\(level)"))
    }
    let deepest = width << (levels - 1)
    var x = try unit(try unit(encoder[levels - 1], deepest, "bridge_1"), deepest, "bridge_2")
    for level in (1..<levels).reversed() {
      x = try x.applying(Upsample(height: 2, width: 2), name: "decoder_\(level)_up")
      x = try Layer(Concatenate(), name: "decoder_\(level)_join")(x, encoder[level - 1])
      x = try block(x, width << level, "decoder_\(level)")
    }
    x = try x.applying(Convolution(filters: classes, kernel: 1), name: "head")
    return try Network(inputs: [image], outputs: [x], seed: seed)
  }
}
