import Networks

/// U-Net (Ronneberger et al., "U-Net: Convolutional Networks for Biomedical Image Segmentation",
/// 2015, figure 1): a class for each pixel. Banks of filters look at smaller and smaller maps, then
/// the way back up joins to each map what the way down saw at its size. As is usual since, the
/// convolutions keep the map's size and are normalised.
package enum UNet {
  /// The network for images `[H, W, bands]`, both sides multiples of 2^(depth − 1). The output is a
  /// map of logits `[H, W, K]`.
  ///
  /// - Parameters:
  ///   - classes: K. One: is a pixel of the class or not (a sigmoid makes it a probability); two or
  ///     more: which class is it (softmax).
  ///   - width: filters of the first bank; each deeper bank has twice as many.
  ///   - depth: banks on the way down, the bottleneck included, 2…8.
  ///   - momentum: of the moving statistics of batch normalisation.
  /// - Throws: `ShapeError` for sizes that do not fit, `NetworkError.memory`.
  package static func network(
    input: [Int], classes: Int = 1, width: Int = 16, depth: Int = 6, momentum: Float = 0.9,
    seed: UInt64 = 0
  ) throws -> Network {
    let check = ShapeCheck(layer: "unet", inputs: [input])
    let map = try check.featureMap()
    try check.attribute("classes", classes, in: 1...255)
    try check.attribute("width", width, in: 1...1_024)
    try check.attribute("depth", depth, in: 2...8)
    let divisor = 1 << (depth - 1)
    try check.require(
      map.height % divisor == 0 && map.width % divisor == 0, .sidesDivisible(by: divisor))

    func filters(_ level: Int) -> Int { width << (level - 1) }

    /// Two 3×3 convolutions, each normalised and rectified.
    func bank(_ x: Node, _ name: String, _ level: Int) throws -> Node {
      var x = x
      for number in 1...2 {
        x = try x.applying(
          Convolution(filters: filters(level), kernel: 3, padding: .same, bias: false),
          name: "\(name)_\(level)_conv_\(number)")
        x = try x.applying(
          BatchNormalization(momentum: momentum), name: "\(name)_\(level)_norm_\(number)")
        x = try x.applying(Activation.relu, name: "\(name)_\(level)_relu_\(number)")
      }
      return x
    }

    let image = try Node.input(input, name: "input")
    var x = image
    var seen: [Node] = []
    for level in 1...depth {
      x = try bank(x, "encoder", level)
      if level < depth {
        seen.append(x)
        x = try x.applying(Pooling(.max, size: 2), name: "encoder_\(level)_pool")
      }
    }
    for level in (1..<depth).reversed() {
      x = try x.applying(
        TransposedConvolution(
          filters: filters(level), window: Window(size: (2, 2), stride: (2, 2))),
        name: "decoder_\(level)_up")
      x = try Layer(Concatenate(), name: "decoder_\(level)_join")(seen[level - 1], x)
      x = try bank(x, "decoder", level)
    }
    x = try x.applying(Convolution(filters: classes, kernel: 1), name: "head")
    return try Network(inputs: [image], outputs: [x], seed: seed)
  }
}
