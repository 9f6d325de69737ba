import Networks
import Tensors

/// Weights drawn from their names, so that dumps of other frameworks need not store them:
/// element i is the i-th output of SplitMix64 seeded with the FNV-1a hash of "layer/weight".
enum FixtureWeights {
  static func fill(_ network: Network) throws {
    for layer in network.layers {
      for parameter in layer.parameters {
        try parameter.set(try values(parameter, of: layer.operation))
      }
    }
  }

  private static func values(
    _ parameter: Parameter, of operation: any Networks.Operation
  ) throws -> Tensor {
    let shape = parameter.shape
    var state = StableHash.fnv1a(parameter.name.utf8)
    func uniform() -> Double {
      // `mix` adds the increment itself.
      let z = StableHash.mix(state)
      state &+= 0x9e37_79b9_7f4a_7c15
      return 2 * Double(z >> 40) / 0x1p24 - 1
    }
    var scale: (Double) -> Double
    switch parameter.weight {
    case "kernel", "depthwise_kernel", "pointwise_kernel":
      let fan: Int
      switch operation {
      case is Dense: fan = shape[0]
      case is DepthwiseConvolution: fan = shape[0] * shape[1]
      case is TransposedConvolution: fan = shape[0] * shape[1] * shape[3]
      default: fan = shape[0] * shape[1] * shape[2]
      }
      let limit = (3 / Double(fan)).squareRoot()
      scale = { $0 * limit }
    case "gamma": scale = { 1 + 0.1 * $0 }
    case "moving_variance": scale = { 1 + 0.5 * abs($0) }
    default: scale = { 0.1 * $0 }
    }
    return try Tensor(
      shape: shape, values: (0..<parameter.count).map { _ in Float(scale(uniform())) })
  }
}
