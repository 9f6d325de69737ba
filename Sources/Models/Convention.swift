import Networks

/// Whose weights a network takes. The frameworks' editions of a model agree in its paper's numbers
/// and differ in what the paper leaves open; weights trained with one give nonsense, or a little
/// less than they could, in the other.
package enum Convention: String, Sendable, CaseIterable {
  /// A stride of 2 pads below and to the right; ResNet's first convolution of a block has the
  /// stride, and every convolution a bias.
  case keras
  /// As torchvision and timm build models: padding is the same on all sides; ResNet's 3×3
  /// convolution has the stride ("version 1.5"), and none a bias; ε of batch normalisation is 1e-5.
  case pytorch

  /// What images of so many channels become before they enter a network of this convention.
  func preprocessing(keras: Preprocessing, channels: Int) -> Preprocessing {
    let wanted = self == .keras ? keras : .torch
    return wanted.accepts(channels: channels) ? wanted : .symmetric
  }
}

extension Convention {
  /// ε of a model's batch normalisations.
  func epsilon(keras: Float) -> Float { self == .keras ? keras : Convention.torchEpsilon }

  /// PyTorch's own ε.
  private static let torchEpsilon: Float = 1e-5
  /// The ε of torchvision's published RetinaNet, whose normalisation never learns: none, or as good
  /// as none beside variances in float32.
  static let noEpsilon: Float = 1e-12

  /// Whose edition of a model a network is, known by ε; nil without a batch normalisation.
  package init?(of network: Network) {
    guard
      let first = network.layers.lazy.compactMap({ $0.operation as? BatchNormalization }).first
    else { return nil }
    self = first.epsilon <= Convention.torchEpsilon ? .pytorch : .keras
  }
}
