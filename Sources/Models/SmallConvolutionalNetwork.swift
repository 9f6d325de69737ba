import Networks

/// The small network that the course trains from scratch: blocks of a 3×3 convolution and a
/// pooling that halves the map, then the largest answer of each filter, then two dense layers.
package enum SmallConvolutionalNetwork {
  /// The network for images `[H, W, C]`, which it takes as −1…1 (`Preprocessing.symmetric`). Each
  /// block takes a rim of 1 off and halves: the shallow one needs sides of at least 46, the deep
  /// one of 190.
  ///
  /// - Parameters:
  ///   - classes: units of the last layer, which gives logits.
  ///   - filters: of the first block; the next ones have 2, 3, 4 (and 5, 6) times as many.
  ///   - isDeep: six blocks instead of four.
  ///   - hasBatchNormalization: after each convolution.
  ///   - dense: units of the hidden dense layer.
  ///   - dropout: the share of values dropped before it.
  /// - Throws: `ShapeError` for sizes that do not fit, `NetworkError.memory`.
  package static func network(
    input: [Int], classes: Int, filters: Int = 30, isDeep: Bool = false,
    hasBatchNormalization: Bool = false, dense: Int = 256, dropout: Float = 0.5,
    momentum: Float = 0.9, seed: UInt64 = 0
  ) throws -> Network {
    let check = ShapeCheck(layer: "small network", inputs: [input])
    _ = try check.featureMap()
    try check.attribute("filters", filters, in: 1...4_096)
    let image = try Node.input(input, name: "input")
    var x = image
    for block in 1...(isDeep ? 6 : 4) {
      x = try x.applying(
        Convolution(filters: filters * block, kernel: 3, initializer: .heUniform),
        name: "conv_\(block)", activation: .relu)
      if hasBatchNormalization {
        x = try x.applying(BatchNormalization(momentum: momentum), name: "norm_\(block)")
      }
      x = try x.applying(Pooling(.max, size: 2), name: "pool_\(block)")
    }
    x = try x.applying(GlobalPooling(.max), name: "global_max_pool")
    x = try x.applying(Dropout(rate: dropout), name: "dropout")
    x = try x.applying(Dense(units: dense), name: "dense", activation: .relu)
    x = try x.applying(Dense(units: classes), name: "predictions")
    return try Network(inputs: [image], outputs: [x], seed: seed, preprocessing: .symmetric)
  }
}
