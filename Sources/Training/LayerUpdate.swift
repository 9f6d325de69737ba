import Kernels
import Networks
import Tensors

/// How much one step changed a layer. A ratio of about a thousandth is healthy; far above, the rate
/// is too high, and far below, the layer hardly learns.
package struct LayerUpdate: Equatable, Sendable {
  package let layer: String
  /// Lengths of all weights that learn, before the step, of their gradient, and of their change.
  package let weightNorm: Double
  package let gradientNorm: Double
  package let updateNorm: Double
  /// Change by weight; nil where all weights were 0.
  package var ratio: Double? { weightNorm > 0 ? updateNorm / weightNorm : nil }

  /// The weights before a step.
  struct Before {
    private let values: [(layer: NetworkLayer, weights: [(parameter: Parameter, value: Tensor)])]

    init(_ network: Network) throws {
      values = try network.layers.compactMap { layer in
        let learning = layer.parameters.filter(\.isTrainable)
        return learning.isEmpty ? nil : (layer, try learning.map { ($0, try $0.value()) })
      }
    }

    func updates(_ network: Network) throws -> [LayerUpdate] {
      try values.map { layer, weights in
        var (weight, gradient, change) = (0.0, 0.0, 0.0)
        for (parameter, old) in weights {
          gradient += try parameter.gradientSumOfSquares()
          old.withUnsafePointer { before in
            weight += Reduction.sumOfSquares(count: parameter.count, before)
            for (index, value) in parameter.values.enumerated() {
              let difference = Double(value) - Double(before[index])
              change += difference * difference
            }
          }
        }
        return LayerUpdate(
          layer: layer.name, weightNorm: weight.squareRoot(),
          gradientNorm: gradient.squareRoot(), updateNorm: change.squareRoot())
      }
    }
  }
}

extension Parameter {
  /// Of the last backward run; not finite where a value is not.
  package func gradientSumOfSquares() throws -> Double {
    let values = try gradients()
    return values.baseAddress.map { Reduction.sumOfSquares(count: values.count, $0) } ?? 0
  }
}

extension [Parameter] {
  /// The length of the last step's gradient over those that learn: the root of the sum of squares.
  package func gradientNorm() throws -> Double {
    try filter(\.isTrainable).reduce(0) { try $0 + $1.gradientSumOfSquares() }.squareRoot()
  }
}
