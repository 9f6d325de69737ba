import Language
import Models
import Networks
import Tensors
import Training

// What commands that build models do with `weights:`. The file is read before the network is
// built, because it decides how: a model of PyTorch's pads and normalises in another way.

extension ModelParameters {
  static var strict: Parameter {
    Parameter(
      "strict", .boolean, default: .value(.boolean(true)),
      help: "Whether all but the head must fit `weights`; otherwise those that do are read.")
  }
  static var convention: Parameter {
    Parameter(
      "convention", .choice(Convention.allCases.map(\.rawValue)), default: .none,
      help: "Whose edition of the model: the file's of `weights`, else \"keras\".")
  }
}

extension Call {
  /// The file that `weights` names, read; nil if it names none.
  /// - Parameter published: the file that "imagenet" stands for; nil if there is none for `model`.
  func weightsFile(
    _ model: String, published: @autoclosure () -> PublishedWeights? = nil
  ) throws -> WeightsFile? {
    guard let path = try optionalText("weights") else { return nil }
    guard path == "imagenet" else { return try WeightsFile.read(path) }
    guard let weights = published() else { throw PublishedWeights.Missing.none(model) }
    guard Files.exists(weights.path) else {
      throw PublishedWeights.Missing.file(weights, path: weights.path)
    }
    return try WeightsFile.read(weights.path)
  }

  /// Whose edition of a model is wanted: the file's, unless the call says it, which must agree.
  func convention(_ file: WeightsFile?) throws -> Convention {
    let given = try optionalText("convention").flatMap(Convention.init)
    if let given, let file, let needed = file.convention, needed != given {
      throw failure(
        "convention", code: "E0737",
        "`\(file.path)` has weights for the convention \"\(needed.rawValue)\"",
        remedy: "leave `convention` out: the file knows")
    }
    return given ?? file?.convention ?? .keras
  }
}

/// The network as a value, with the weights of a file if one was named.
func built(
  _ network: Network, _ title: String, _ classes: [String], _ call: Call, _ workspace: Workspace
) throws -> Value {
  try built(
    network, title, classes, call, workspace, weights: try call.weightsFile("`\(title)`"))
}

/// The network as a value, with weights that were read before.
func built(
  _ network: Network, _ title: String, _ classes: [String], _ call: Call, _ workspace: Workspace,
  weights file: WeightsFile?, anchors: AnchorShapes = AnchorShapes()
) throws -> Value {
  if let file {
    let isStrict = try call.boolean("strict")
    let report = try Weights.load(into: network, from: file, fit: isStrict ? .allButHead : .some)
    if !isStrict {
      if !report.isComplete { workspace.say(Failure.differences(report)) }
    } else {
      say(report, of: file.path, workspace)
    }
  }
  return .object(NetworkValue(network, title: title, classes: classes, anchors: anchors))
}

/// Names what stays fresh, and what of the file is not used: only where the network ends.
private func say(_ report: WeightsReport, of path: String, _ workspace: Workspace) {
  if let left = report.unexpected.first {
    let others = report.unexpected.count - 1
    workspace.say(
      "`\(left)`\(others > 0 ? " and \(others) more" : "") of `\(path)` "
        + (others > 0 ? "are" : "is") + " left out: this network has no such layer")
  }
  for difference in report.mismatched {
    workspace.say(
      "`\(difference.name)` stays fresh: it is \(difference.expected) here and "
        + "\(difference.given) in `\(path)`")
  }
  for name in report.missing {
    workspace.say("`\(name)` stays fresh: `\(path)` does not have it")
  }
}
