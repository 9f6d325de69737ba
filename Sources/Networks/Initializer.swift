import Tensors

/// How a weight starts. The rules and the fans are those of Keras: for a kernel of shape
/// `[kh, kw, in, out]` fan-in is `kh·kw·in` and fan-out `kh·kw·out`, for `[in, out]` in and out.
package enum Initializer: Equatable, Sendable {
  case zeros
  case ones
  case constant(Float)
  /// Uniform in ±√(6 / (fan-in + fan-out)) (Glorot & Bengio 2010). The default of kernels.
  case glorotUniform
  /// Uniform in ±√(6 / fan-in) (He et al. 2015), for layers followed by a ReLU.
  case heUniform
  /// Normal, cut at two deviations, with variance 2 / fan-in (He et al. 2015).
  case heNormal
  /// Normal with this standard deviation.
  case normal(Float)

  /// The name in the language.
  package var name: String {
    switch self {
    case .zeros: return "zeros"
    case .ones: return "ones"
    case .constant(let value): return "\(value)"
    case .glorotUniform: return "glorot_uniform"
    case .heUniform: return "he_uniform"
    case .heNormal: return "he_normal"
    case .normal(let deviation): return "normal(\(deviation))"
    }
  }

  /// Initializers that a student can choose by name.
  package static func named(_ name: String) -> Initializer? {
    [.zeros, .ones, .glorotUniform, .heUniform, .heNormal].first { $0.name == name }
  }

  /// The largest start value in absolute terms that uniform rules can give, for `shape`.
  package static func fans(_ shape: [Int]) -> (input: Int, output: Int) {
    switch shape.count {
    case 0: return (1, 1)
    case 1: return (shape[0], shape[0])
    default:
      let field = shape.dropLast(2).reduce(1, *)
      return (field * shape[shape.count - 2], field * shape[shape.count - 1])
    }
  }

  /// Writes the start values of a weight of `shape`. The stream is the weight's own, so that
  /// adding a layer does not change the others.
  func fill(_ values: UnsafeMutableBufferPointer<Float>, shape: [Int], stream: RandomStream) {
    var stream = stream
    let (fanIn, fanOut) = Initializer.fans(shape)
    switch self {
    case .zeros: values.update(repeating: 0)
    case .ones: values.update(repeating: 1)
    case .constant(let value): values.update(repeating: value)
    case .glorotUniform:
      let limit = (6 / Float(max(fanIn + fanOut, 1))).squareRoot()
      for i in values.indices { values[i] = (2 * stream.uniform() - 1) * limit }
    case .heUniform:
      let limit = (6 / Float(max(fanIn, 1))).squareRoot()
      for i in values.indices { values[i] = (2 * stream.uniform() - 1) * limit }
    case .heNormal:
      // The cut shrinks the deviation by this factor, which Keras makes up for.
      let deviation = (2 / Float(max(fanIn, 1))).squareRoot() / 0.879_625_66
      for i in values.indices {
        var draw = stream.normal()
        while abs(draw) > 2 { draw = stream.normal() }
        values[i] = draw * deviation
      }
    case .normal(let deviation):
      for i in values.indices { values[i] = stream.normal() * deviation }
    }
  }
}
