import Networks
import Tensors
import Testing

/// Reproducible numbers in ±spread, never near the kinks of the activations (0 and 6).
func randomTensor(_ shape: [Int], _ name: String, spread: Float) throws -> Tensor {
  var stream = RandomStream(seed: 17, name: name)
  let values = (0..<shape.reduce(1, *)).map { _ in
    var value = stream.uniform(in: -spread..<spread) * 2.5
    while abs(value) < 0.01 || abs(value - 6) < 0.01 {
      value = stream.uniform(in: -spread..<spread) * 2.5
    }
    return value
  }
  return try Tensor(shape: shape, values: values)
}

func grid(_ tensor: Tensor) -> Grid { Grid(tensor.shape, tensor.values.map(Double.init)) }

/// Equal up to `tolerance` of the value, or of the largest expected value.
func expectClose(
  _ actual: [Float], _ expected: [Double], tolerance: Double,
  sourceLocation: SourceLocation = #_sourceLocation
) {
  #expect(actual.count == expected.count, sourceLocation: sourceLocation)
  let scale = expected.reduce(1e-3) { max($0, abs($1)) }
  var (worst, place) = (0.0, 0)
  for (index, (a, b)) in zip(actual, expected).enumerated() {
    let error = abs(Double(a) - b) / scale
    if !(error <= worst) { (worst, place) = (error.isNaN ? .infinity : error, index) }
  }
  guard worst > tolerance else { return }
  Issue.record(
    "value \(place) is \(actual[place]), not \(expected[place]): off by \(worst) of \(scale)",
    sourceLocation: sourceLocation)
}

/// The derivative of `function` along each value, by central differences.
func differences(_ point: Grid, _ function: (Grid) -> Double) -> [Double] {
  let step = 1e-5
  return point.values.indices.map { index in
    var (above, below) = (point, point)
    above.values[index] += step
    below.values[index] -= step
    return (function(above) - function(below)) / (2 * step)
  }
}
