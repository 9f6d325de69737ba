import Kernels

/// A function of each value by itself: relu, relu6, leaky_relu, sigmoid. Any shape.
package struct Activation: Operation, Equatable {
  let function: Kernels.Activation

  /// y = max(x, 0)
  package static let relu = Activation(function: .relu)
  /// y = min(max(x, 0), 6)
  package static let relu6 = Activation(function: .relu6)
  /// y = 1 / (1 + exp(−x))
  package static let sigmoid = Activation(function: .sigmoid)
  /// y = x above 0, slope · x below; the slope is in 0…1.
  package static func leakyRelu(slope: Float = 0.2) -> Activation {
    Activation(function: .leakyRelu(slope: slope))
  }

  /// The activation that the language calls so, if there is one.
  package static func named(_ name: String) -> Activation? {
    [relu, relu6, sigmoid, leakyRelu()].first { $0.kind == name }
  }

  package var kind: String {
    switch function {
    case .none: return "linear"
    case .relu: return "relu"
    case .relu6: return "relu6"
    case .leakyRelu: return "leaky_relu"
    case .sigmoid: return "sigmoid"
    }
  }

  package var attributes: [Attribute] {
    if case .leakyRelu(let slope) = function { return [Attribute("slope", "\(slope)")] }
    return []
  }

  package var documentation: String {
    switch function {
    case .none: return "Leaves every value as it is: y = x."
    case .relu: return "Sets negative values to 0: y = max(x, 0). Nair and Hinton, 2010."
    case .relu6:
      return "Sets values below 0 to 0 and above 6 to 6: y = min(max(x, 0), 6). Used by MobileNet."
    case .leakyRelu(let slope):
      return "Makes negative values small: y = x above 0, \(slope) · x below."
    case .sigmoid: return "Maps every value into 0…1: y = 1 / (1 + exp(−x))."
    }
  }

  package func outputShape(_ check: ShapeCheck) throws(ShapeError) -> [Int] {
    if case .leakyRelu(let slope) = function { try check.attribute("slope", slope, in: 0...1) }
    return try check.single()
  }

  package func needs(_ shapes: OperationShapes, count: Int) -> Needs {
    var needs = Needs()
    needs.readsOutput = true
    needs.runsInPlace = true
    needs.gradientInPlace = true
    return needs
  }

  package func forward(_ pass: Pass) {
    Elementwise.activate(
      count: pass.count * pass.shapes.outputSize, function, input: pass.inputs[0],
      output: pass.output)
  }

  /// dx = dy · f′, where f′ follows from the output.
  package func backward(_ pass: Pass) {
    guard let outputGradient = pass.outputGradient, let inputGradient = pass.inputGradients[0]
    else { return }
    Elementwise.activationGradient(
      count: pass.count * pass.shapes.outputSize, function, output: pass.output,
      outputGradient: outputGradient, inputGradient: inputGradient,
      accumulate: pass.accumulates[0])
  }
}
