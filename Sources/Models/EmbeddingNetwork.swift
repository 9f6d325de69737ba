import Networks

/// A network that gives each image a place in a space of few dimensions, where images of one class
/// are to lie near each other (the course's week 4; after Hadsell et al., "Dimensionality Reduction
/// by Learning an Invariant Mapping", 2006).
package enum EmbeddingNetwork {
  package enum Size: String, Sendable, CaseIterable {
    case small, large

    /// Filters of the convolutions, each of which halves the map.
    var filters: [Int] {
      switch self {
      case .small: [32, 64, 128]
      case .large: [32, 64, 128, 256]
      }
    }
  }

  /// The network for images `[H, W, C]` of values 0…1: convolutions of stride 2, the mean over the
  /// map, and a dense layer `embedding` without activation. Sides from 15 pixels (small), 31
  /// (large).
  ///
  /// - Parameters:
  ///   - dimension: of the space, and of the output.
  ///   - normalizes: whether each image is moved to distance 1 from the origin, so that only
  ///     directions count.
  /// - Throws: `ShapeError` for sizes that do not fit, `NetworkError.memory`.
  package static func network(
    input: [Int], dimension: Int, size: Size = .small, normalizes: Bool = false, seed: UInt64 = 0
  ) throws -> Network {
    let image = try Node.input(input, name: "input")
    var x = image
    for (index, filters) in size.filters.enumerated() {
      x = try x.applying(
        Convolution(filters: filters, kernel: 3, stride: 2), name: "conv_\(index + 1)",
        activation: .relu)
    }
    return try Network(
      inputs: [image], outputs: [try end(x, dimension, normalizes)], seed: seed)
  }

  /// The same end on a network that knows images already, such as MobileNetV2 without its top. Its
  /// weights are copied, its frozen layers stay frozen, its preprocessing is kept.
  package static func network(
    trunk: Network, dimension: Int, normalizes: Bool = false, seed: UInt64 = 0
  ) throws -> Network {
    try Network(
      inputs: trunk.inputs, outputs: [try end(trunk.outputs[0], dimension, normalizes)], seed: seed,
      preprocessing: trunk.preprocessing, reusing: [trunk])
  }

  private static func end(_ map: Node, _ dimension: Int, _ normalizes: Bool) throws -> Node {
    var x = map
    if x.shape.count == 3 {
      x = try x.applying(GlobalPooling(.average), name: "embedding_pool")
    }
    x = try x.applying(Dense(units: dimension), name: "embedding")
    return normalizes ? try x.applying(L2Normalize(), name: "embedding_normalize") : x
  }
}
