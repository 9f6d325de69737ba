import Networks
import Tensors

/// How the tensors of a file and the weights of a network go together.
package struct WeightsReport: Equatable, Sendable {
  package struct Mismatch: Equatable, Sendable {
    package let name: String
    /// The network's shape.
    package let expected: [Int]
    /// The file's.
    package let given: [Int]
  }

  /// In both, with the same shape, in the network's order.
  package var loaded: [String] = []
  /// Weights of the network that the file does not have.
  package var missing: [String] = []
  /// Tensors of the file that the network has no place for, in the file's order.
  package var unexpected: [String] = []
  /// In both, with different shapes: a head for another number of classes, for example.
  package var mismatched: [Mismatch] = []

  /// Every weight has its tensor, and every tensor its weight.
  package var isComplete: Bool { missing.isEmpty && unexpected.isEmpty && mismatched.isEmpty }
}

/// The weights of a network in a safetensors file, under names such as "Conv1/kernel".
package enum Weights {
  /// Writes all weights, moving statistics included, atomically.
  /// - Throws: `FileError`, `TensorError.tooLarge`.
  package static func save(
    _ network: Network, to path: String, metadata: [(key: String, value: String)] = []
  ) throws {
    var tensors = NamedTensors(metadata: [("format", "conch weights 1")] + metadata)
    for parameter in network.parameters { tensors[parameter.name] = try parameter.value() }
    try Safetensors.write(tensors, to: path)
  }

  /// Reads weights into the network; also from a checkpoint, of which only weights are read.
  /// - Parameter strict: whether all must fit. Otherwise those that fit are read, the others stay
  ///   as they are, and the report names them.
  /// - Throws: `FileError`, `SafetensorsError`, and if strict `TrainingError.weightsDiffer`, all
  ///   before any weight is changed; if not, that too where nothing at all fits.
  @discardableResult
  package static func load(
    into network: Network, from path: String, strict: Bool = true
  ) throws -> WeightsReport {
    let tensors = try Safetensors.read(path)
    let report = compare(network, tensors)
    guard report.isComplete || (!strict && !report.loaded.isEmpty) else {
      throw TrainingError.weightsDiffer(path: path, report)
    }
    let fitting = Set(report.loaded)
    for parameter in network.parameters where fitting.contains(parameter.name) {
      if let tensor = tensors[parameter.name] { try parameter.set(tensor) }
    }
    return report
  }

  static func compare(_ network: Network, _ tensors: NamedTensors) -> WeightsReport {
    var report = WeightsReport()
    for parameter in network.parameters {
      guard let tensor = tensors[parameter.name] else {
        report.missing.append(parameter.name)
        continue
      }
      if tensor.shape == parameter.shape {
        report.loaded.append(parameter.name)
      } else {
        report.mismatched.append(
          WeightsReport.Mismatch(
            name: parameter.name, expected: parameter.shape, given: tensor.shape))
      }
    }
    let known = Set(network.parameters.map(\.name))
    let isCheckpoint = tensors.metadata.contains {
      $0.key == "format" && $0.value == Checkpoint.format
    }
    report.unexpected = tensors.names.filter { name in
      !known.contains(name) && !(isCheckpoint && name.hasPrefix(Checkpoint.optimizerPrefix))
    }
    return report
  }
}
