import Figures
import Language
import Networks
import Tensors
import Training

/// The gradients of the last step, of one layer or of the whole network.
package final class GradientValue: HostObject {
  private let name: String
  private let parameters: [Networks.Parameter]

  init(_ name: String, _ parameters: [Networks.Parameter]) {
    self.name = name
    self.parameters = parameters
  }

  package var kind: String { "gradient" }
  package var summary: String {
    let norm = (try? parameters.gradientNorm()) ?? .nan
    return "gradient of \(name): norm \(NumberText(norm).significant(4)), "
      + "\(grouped(parameters.reduce(0) { $0 + $1.count })) values"
  }
  package var propertyNames: [String] { ["norm"] + parameters.map(\.weight).uniqued() }

  package func property(_ property: String) throws -> Value? {
    if property == "norm" {
      return try Failure.explaining { .number(try parameters.gradientNorm()) }
    }
    guard Set(parameters.map(\.layerName)).count <= 1,
      let parameter = parameters.first(where: { $0.weight == property })
    else { return nil }
    return try Failure.explaining { .object(TensorValue(try parameter.gradient())) }
  }
}

extension Networks.Parameter {
  /// The name without the weight's: `Conv1` of `Conv1/kernel`.
  fileprivate var layerName: String { String(name.dropLast(weight.count + 1)) }
}

extension [String] {
  fileprivate func uniqued() -> [String] {
    var seen: Set<String> = []
    return filter { seen.insert($0).inserted }
  }
}
