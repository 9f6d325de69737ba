import CKernels

/// A function of one value that a kernel can apply while the value is at hand.
package enum Activation: Equatable, Hashable, Sendable {
  /// y = x
  case none
  /// y = max(x, 0)
  case relu
  /// y = min(max(x, 0), 6)
  case relu6
  /// y = x for x > 0, else slope · x; the slope is at least 0
  case leakyRelu(slope: Float)
  /// y = 1 / (1 + exp(−x))
  case sigmoid

  /// The number by which the C side knows the function.
  var code: Int32 {
    switch self {
    case .none: Int32(CONCH_NO_ACTIVATION)
    case .relu: Int32(CONCH_RELU)
    case .relu6: Int32(CONCH_RELU6)
    case .leakyRelu: Int32(CONCH_LEAKY)
    case .sigmoid: Int32(CONCH_SIGMOID)
    }
  }

  /// The slope below zero, for `leakyRelu`; 0 else.
  var slope: Float {
    if case .leakyRelu(let slope) = self { slope } else { 0 }
  }

  /// What brings finished sums through this function, for those that only bound their values; nil
  /// for the others, which take a pass of their own.
  var bounds: (low: Float, high: Float)? {
    switch self {
    case .none: (-.infinity, .infinity)
    case .relu: (0, .infinity)
    case .relu6: (0, 6)
    case .leakyRelu, .sigmoid: nil
    }
  }

  /// What a product does with its finished sums: as far as it can, this function.
  func finish(accumulate: Bool = false) -> conch_finish {
    let (low, high) = bounds ?? (-.infinity, .infinity)
    return conch_finish(accumulate: accumulate, low: low, high: high)
  }
}
