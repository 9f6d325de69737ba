import Networks

/// A convolutional autoencoder (Hinton & Salakhutdinov, "Reducing the Dimensionality of Data with
/// Neural Networks", 2006; with convolutions Masci et al., 2011): an encoder squeezes each image
/// into a few numbers, the layer `code`, and a decoder paints the image again from them alone. It
/// learns from images without labels.
package enum Autoencoder {
  /// The network for images `[H, W, C]` of values 0…1. The output is an image of the same shape,
  /// after a sigmoid.
  ///
  /// - Parameters:
  ///   - dimension: numbers in the code.
  ///   - filters: of the encoder's convolutions, each of which halves the map, and from last to
  ///     first of the decoder's; both sides must be multiples of 2 to the power of their number.
  /// - Throws: `ShapeError` for sizes that do not fit, `NetworkError.memory`.
  package static func network(
    input: [Int], dimension: Int, filters: [Int] = [32, 64, 128], seed: UInt64 = 0
  ) throws -> Network {
    let check = ShapeCheck(layer: "autoencoder", inputs: [input])
    let map = try check.featureMap()
    try check.attribute("number of filters", filters.count, in: 1...8)
    let divisor = 1 << filters.count
    try check.require(
      map.height % divisor == 0 && map.width % divisor == 0, .sidesDivisible(by: divisor))

    let image = try Node.input(input, name: "input")
    var x = image
    for (index, count) in filters.enumerated() {
      x = try x.applying(
        Convolution(
          filters: count, kernel: 3, stride: 2, padding: .same, initializer: .heUniform),
        name: "encoder_\(index + 1)", activation: .relu)
    }
    let smallest = x.shape
    x = try x.applying(Flatten(), name: "encoder_flatten")
    x = try x.applying(Dense(units: dimension), name: "code")
    x = try x.applying(
      Dense(units: smallest.reduce(1, *), initializer: .heUniform), name: "decoder_dense",
      activation: .relu)
    x = try x.applying(Reshape(smallest), name: "decoder_reshape")

    func enlarged(_ x: Node, _ filters: Int, _ name: String, _ activation: Activation) throws
      -> Node
    {
      try x.applying(
        TransposedConvolution(
          filters: filters, window: Window(size: (3, 3), stride: (2, 2), padding: .same)),
        name: name, activation: activation)
    }
    for level in (1..<filters.count).reversed() {
      x = try enlarged(x, filters[level - 1], "decoder_\(level + 1)", .relu)
    }
    x = try enlarged(x, map.channels, "decoder_1", .sigmoid)
    return try Network(inputs: [image], outputs: [x], seed: seed)
  }
}
