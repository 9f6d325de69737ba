/// The files of weights that Keras publishes, trained on ImageNet's 1000 classes.
package struct PublishedWeights: Equatable, Sendable {
  /// As Keras names it; it must not be renamed, since the name says what is in it.
  package let fileName: String
  /// Where it is published.
  package let address: String

  /// The folder, in the one that scripts run in, where these files belong. No other place is looked
  /// in: what a script answers must not depend on a user's other work.
  package static let folder = "weights"
  package var path: String { "\(PublishedWeights.folder)/\(fileName)" }

  package enum Missing: Error, Equatable, Sendable {
    /// The file is not where it belongs.
    case file(PublishedWeights, path: String)
    /// Nothing is published for the model of this description.
    case none(String)
  }

  private init(_ folder: String, _ fileName: String) {
    self.fileName = fileName
    address = "https://storage.googleapis.com/tensorflow/keras-applications/\(folder)/\(fileName)"
  }

  /// The widths of MobileNetV2 that there are weights for.
  package static let alphas = [0.35, 0.5, 0.75, 1, 1.3, 1.4]

  /// - Parameters:
  ///   - input: the images' `[height, width, …]`. Square ones of 96, 128, 160, 192 and 224 pixels
  ///     have files of their own, others take that of 224; so do all that are wider than alpha 1.
  ///   - hasTop: whether the layer for the 1000 classes is wanted too.
  /// - Returns: nil if there are none for this alpha.
  package static func mobileNetV2(
    alpha: Double, input: [Int], hasTop: Bool
  ) -> PublishedWeights? {
    guard alphas.contains(alpha), input.count >= 2 else { return nil }
    let isOwn =
      alpha <= 1 && input[0] == input[1] && [96, 128, 160, 192, 224].contains(input[0])
    return PublishedWeights(
      "mobilenet_v2",
      "mobilenet_v2_weights_tf_dim_ordering_tf_kernels_\(alpha)_\(isOwn ? input[0] : 224)"
        + (hasTop ? ".h5" : "_no_top.h5"))
  }

  package static func resNet50(hasTop: Bool) -> PublishedWeights {
    PublishedWeights(
      "resnet",
      "resnet50_weights_tf_dim_ordering_tf_kernels" + (hasTop ? ".h5" : "_notop.h5"))
  }
}
