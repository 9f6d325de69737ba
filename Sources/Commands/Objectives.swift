import Imagery
import Language
import Networks
import Training

extension NetworkValue {
  /// What this network is taught with a dataset: what its images come with says what is compared, and
  /// the losses say how. Without losses, those of the papers.
  /// - Throws: a `Failure` at `loss` for one that cannot judge such data.
  func objective(
    for data: Dataset, _ losses: WeightedLosses?, classWeights: [Float]?, _ call: Call
  ) throws -> any Objective {
    func refuse(_ loss: String, _ possible: String) -> Failure {
      call.failure(
        "loss", code: "E0575",
        "`\(loss)` does not judge \(Failure.words(data.kind)), as `\(data.name)` has them",
        remedy: "such data take \(possible)")
    }
    func requireNoClassWeights() throws {
      guard classWeights == nil else {
        throw call.failure(
          "class_weights", code: "E0576",
          "class weights are for classes of images or of pixels, and `\(data.name)` has "
            + Failure.words(data.kind))
      }
    }
    switch data.kind {
    case .boxes:
      try requireNoClassWeights()
      var detection = try detection(losses)
      detection.rule.forcesBestMatch = try call.boolean("match_best")
      detection.dividesByImage = try call.boolean("per_image")
      return detection
    case .mask:
      let isBinary = network.outputs[0].shape.last == 1
      let usual = WeightedLosses(isBinary ? .binaryCrossEntropy : .crossEntropy)
      return Segmentation(losses ?? usual, classWeights: classWeights)
    case .value:
      try requireNoClassWeights()
      switch losses.map(\.single) {
      case nil, .meanSquaredError??: return Regression(.squared)
      case .meanAbsoluteError??: return Regression(.absolute)
      default:
        throw refuse(losses?.name ?? "", "`mean_squared_error` or `mean_absolute_error`")
      }
    case .none:
      try requireNoClassWeights()
      switch losses.map(\.single) {
      case nil, .meanSquaredError??: return ImageReconstruction()
      default: throw refuse(losses?.name ?? "", "`mean_squared_error`")
      }
    case .label:
      // An image is compared with itself, whatever its class, and a place among others has no
      // score for each class.
      let usual: LossDescription =
        network.outputs.map(\.shape) == network.inputs.map(\.shape)
        ? .meanSquaredError
        : title == "embedding" ? .similarity(temperature: 0.3) : .crossEntropy
      switch losses.map(\.single) ?? usual {
      case .crossEntropy: return Classification(CrossEntropy(classWeights: classWeights))
      case .similarity(let temperature):
        try requireNoClassWeights()
        return Similarity(temperature: temperature)
      case .triplet(let margin):
        try requireNoClassWeights()
        return Triplet(margin: margin)
      case .meanSquaredError:
        try requireNoClassWeights()
        return ImageReconstruction()
      default:
        throw refuse(losses?.name ?? "", "`cross_entropy`, `similarity` or `triplet`")
      }
    }
  }
}

extension Call {
  /// The losses that were given, as a value or by the name of one.
  func losses(_ label: String) throws -> WeightedLosses? {
    guard let given = optionalValue(label) else { return nil }
    if case .text(let name) = given {
      return LossDescription.usual.first { $0.name == name }.map { WeightedLosses($0) }
    }
    return try object(label, as: LossValue.self).losses
  }
}

extension LossDescription {
  /// Each loss with its usual numbers, for those that are given by name alone.
  static let usual: [LossDescription] = [
    .crossEntropy, .binaryCrossEntropy, .focal(alpha: 0.25, gamma: 2), .smoothL1(delta: 1), .dice,
    .hinge, .similarity(temperature: 0.3), .triplet(margin: 0.2), .meanSquaredError,
    .meanAbsoluteError,
  ]
}
