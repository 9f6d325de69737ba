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
    case .none: CONCH_ACTIVATION_NONE
    case .relu: CONCH_ACTIVATION_RELU
    case .relu6: CONCH_ACTIVATION_RELU6
    case .leakyRelu: CONCH_ACTIVATION_LEAKY
    case .sigmoid: CONCH_ACTIVATION_SIGMOID
    }
  }

  /// The slope below zero, for `leakyRelu`; 0 else.
  var slope: Float {
    if case .leakyRelu(let slope) = self { slope } else { 0 }
  }
}
