import Kernels
import Tensors

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// What an output is compared with.
package enum Target: Sendable {
  /// A class for each row of the output, which is `[N, K]` or, for pixels, `[N, H, W, K]`.
  case labels([Int])
  /// A value for each value of the output.
  case values(Tensor)

  var shape: [Int] {
    switch self {
    case .labels(let labels): [labels.count]
    case .values(let tensor): tensor.shape
    }
  }
}

/// How wrong an output is: one number, and its derivative with respect to every output value.
/// Outputs are logits: what a network gives before softmax or sigmoid.
package protocol Loss: Sendable {
  /// The language's word for it, such as "cross_entropy".
  var name: String { get }

  /// The mean loss.
  /// - Parameters:
  ///   - shape: of the output, the count of images first.
  ///   - gradient: as many values as the output, overwritten; nil where it is not wanted.
  /// - Throws: `TrainingError.targetShape`, `.labelOutOfRange`.
  func evaluate(
    shape: [Int], output: UnsafePointer<Float>, target: Target,
    gradient: UnsafeMutablePointer<Float>?
  ) throws -> Double
}

extension Loss {
  /// The mean loss and its gradient, as tensors.
  package func evaluate(
    _ output: Tensor, _ target: Target
  ) throws -> (loss: Double, gradient: Tensor) {
    var loss = 0.0
    let gradient = try Tensor(uninitialized: output.shape) { gradient in
      loss = try output.withUnsafePointer {
        try evaluate(shape: output.shape, output: $0, target: target, gradient: gradient)
      }
    }
    return (loss, gradient)
  }

  /// The values to compare with, in the shape of the output.
  fileprivate func values(_ target: Target, shape: [Int]) throws -> Tensor {
    guard case .values(let tensor) = target, tensor.shape == shape else {
      throw TrainingError.targetShape(loss: name, output: shape, target: target.shape)
    }
    return tensor
  }

  /// The mean of a loss that looks at each value alone, and its derivative divided by the count.
  @inline(__always)
  fileprivate func meanOverValues(
    _ shape: [Int], _ output: UnsafePointer<Float>, _ target: Target,
    _ gradient: UnsafeMutablePointer<Float>?,
    _ point: (_ x: Float, _ y: Float) -> (loss: Float, derivative: Float)
  ) throws -> Double {
    let expected = try values(target, shape: shape)
    guard expected.count > 0 else { return 0 }
    let scale = 1 / Float(expected.count)
    return expected.withUnsafePointer { y in
      var sum = 0.0
      for i in 0..<expected.count {
        let (loss, derivative) = point(output[i], y[i])
        sum += Double(loss)
        gradient?[i] = derivative * scale
      }
      return sum / Double(expected.count)
    }
  }
}

/// Softmax and cross-entropy in one: the mean over rows of w[label] · (log Σ exp x − x[label]).
/// Its gradient is w[label] · (softmax(x) − one at the label) / rows.
package struct CrossEntropy: Loss {
  package let name = "cross_entropy"
  /// w: a factor for each class; nil for 1. As in Keras the sum is divided by the number of rows,
  /// not by the sum of the weights.
  package let classWeights: [Float]?

  package init(classWeights: [Float]? = nil) { self.classWeights = classWeights }

  package func evaluate(
    shape: [Int], output: UnsafePointer<Float>, target: Target,
    gradient: UnsafeMutablePointer<Float>?
  ) throws -> Double {
    guard let classes = shape.last, classes > 0, case .labels(let labels) = target,
      labels.count == shape.dropLast().reduce(1, *)
    else { throw TrainingError.targetShape(loss: name, output: shape, target: target.shape) }
    for label in labels where label < 0 || label >= classes {
      throw TrainingError.labelOutOfRange(label: label, classes: classes)
    }
    if let classWeights, classWeights.count != classes {
      throw TrainingError.classWeightCount(given: classWeights.count, classes: classes)
    }
    let rows = labels.count
    guard rows > 0 else { return 0 }
    let weights = classWeights.map { weights in labels.map { weights[$0] } }
    var losses = [Float](repeating: 0, count: rows)
    let wholeLabels = labels.map { Int32(truncatingIfNeeded: $0) }
    func run(_ weights: UnsafePointer<Float>?) {
      Softmax.crossEntropy(
        rows: rows, columns: classes, logits: output, labels: wholeLabels, weights: weights,
        losses: &losses, gradient: gradient, gradientScale: 1 / Float(rows))
    }
    if let weights { weights.withUnsafeBufferPointer { run($0.baseAddress) } } else { run(nil) }
    return losses.reduce(0.0) { $0 + Double($1) } / Double(rows)
  }
}

/// The mean over all values of −y log p − (1 − y) log(1 − p), p = 1 / (1 + exp(−x)).
package struct BinaryCrossEntropy: Loss {
  package let name = "binary_cross_entropy"
  package init() {}

  package func evaluate(
    shape: [Int], output: UnsafePointer<Float>, target: Target,
    gradient: UnsafeMutablePointer<Float>?
  ) throws -> Double {
    try meanOverValues(shape, output, target, gradient) { x, y in
      let small = expf(-x.magnitude)  // At most 1, so nothing overflows.
      let probability = x >= 0 ? 1 / (1 + small) : small / (1 + small)
      return (max(x, 0) - x * y + log1pf(small), probability - y)
    }
  }
}

/// The mean of (x − y)².
package struct MeanSquaredError: Loss {
  package let name = "mean_squared_error"
  package init() {}

  package func evaluate(
    shape: [Int], output: UnsafePointer<Float>, target: Target,
    gradient: UnsafeMutablePointer<Float>?
  ) throws -> Double {
    try meanOverValues(shape, output, target, gradient) { x, y in
      ((x - y) * (x - y), 2 * (x - y))
    }
  }
}

/// The mean of |x − y|; where they are equal the derivative is 0.
package struct MeanAbsoluteError: Loss {
  package let name = "mean_absolute_error"
  package init() {}

  package func evaluate(
    shape: [Int], output: UnsafePointer<Float>, target: Target,
    gradient: UnsafeMutablePointer<Float>?
  ) throws -> Double {
    try meanOverValues(shape, output, target, gradient) { x, y in
      ((x - y).magnitude, x > y ? 1 : x < y ? -1 : 0)
    }
  }
}

/// Factors that make rare classes count as much as common ones.
package enum ClassWeights {
  /// n / (classes · count), scikit-learn's "balanced"; 0 for a class without images.
  package static func balanced(_ counts: [Int]) -> [Float] {
    let total = Double(counts.reduce(0, +))
    return counts.map { $0 == 0 ? 0 : Float(total / (Double(counts.count) * Double($0))) }
  }
}
