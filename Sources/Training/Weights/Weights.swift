import Models
import Networks
import Tensors

/// The weights of a network in files: written as safetensors under names such as "Conv1/kernel",
/// read from these and from what Keras and PyTorch write.
package enum Weights {
  static let conventionKey = "convention"

  /// Writes all weights, moving statistics included, atomically.
  /// - Throws: `FileError`, `TensorError.tooLarge`.
  package static func save(
    _ network: Network, to path: String, metadata: [(key: String, value: String)] = []
  ) throws {
    var tensors = NamedTensors(metadata: [("format", "conch weights 1")] + metadata)
    if let convention = Convention(of: network) {
      tensors.metadata.append((conventionKey, convention.rawValue))
    }
    for parameter in network.parameters { tensors[parameter.name] = try parameter.value() }
    try Safetensors.write(tensors, to: path)
  }

  /// Reads weights into the network; also from a checkpoint, of which only weights are read.
  /// - Parameter strict: whether all must fit. Otherwise those that fit are read, the others stay
  ///   as they are, and the report names them.
  /// - Throws: what `WeightsFile.read` and the other `load` do.
  @discardableResult
  package static func load(
    into network: Network, from path: String, strict: Bool = true
  ) throws -> WeightsReport {
    try load(into: network, from: try WeightsFile.read(path), fit: strict ? .whole : .some)
  }

  /// How much of a network and a file must fit.
  package enum Fit: Sendable {
    /// Every weight and every tensor.
    case whole
    /// All but the layers that end the network, which may be there for other classes.
    case allButHead
    /// Anything at all.
    case some
  }

  /// Reads the weights of a file into the network, those of them that fit.
  /// - Throws: `TrainingError.weightsDiffer`, `.otherConvention`, all before any weight is changed.
  @discardableResult
  package static func load(
    into network: Network, from file: WeightsFile, fit: Fit
  ) throws -> WeightsReport {
    try requireConvention(network, file)
    let matching = try WeightsMatching.best(network, file)
    let report = matching.report
    let isEnough =
      switch fit {
      case .whole: report.isComplete
      case .allButHead: report.fits(allBut: network.heads)
      case .some: !report.loaded.isEmpty
      }
    guard isEnough else { throw TrainingError.weightsDiffer(path: file.path, report) }
    for (parameter, tensor) in matching.pairs { try parameter.set(tensor) }
    return report
  }

  /// Weights of one framework would be read into the other's network without a difference in
  /// names or shapes (MobileNetV2), and answer nonsense.
  private static func requireConvention(_ network: Network, _ file: WeightsFile) throws {
    guard let own = Convention(of: network), let given = file.convention, own != given else {
      return
    }
    // A network from single layers may normalise as it likes; only PyTorch's images tell that a
    // model was meant.
    if given == .keras, network.preprocessing != .torch { return }
    throw TrainingError.otherConvention(path: file.path, given: given, network: own)
  }
}
