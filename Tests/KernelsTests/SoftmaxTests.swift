import Foundation
import Kernels
import Testing

extension KernelsTests {
  static let rowShapes: [(rows: Int, columns: Int)] = [
    (1, 1), (8, 5), (24, 10), (3, 1000), (700, 33), (2, 20001),
  ]

  /// The last layer of every classifier, its loss and the gradient that starts the backward pass.
  @Test(arguments: rowShapes)
  func softmaxEqualsItsDefinition(_ shape: (rows: Int, columns: Int)) {
    let (rows, columns) = shape
    var values = Values(41)
    let x = values.array(rows * columns).map { $0 * 10 }
    let dy = values.array(rows * columns)
    let labels = (0..<rows).map { Int32($0 * 7 % columns) }
    let weights = values.array(rows).map { $0 + 1 }
    var (y, dx, gradient) = (doubles(x), doubles(x), doubles(x))
    var losses = [Double](repeating: 0, count: rows)
    for r in 0..<rows {
      let row = r * columns..<(r + 1) * columns
      let most = Double(x[row].max() ?? 0)
      let sum = x[row].reduce(0.0) { $0 + exp(Double($1) - most) }
      for i in row { y[i] = exp(Double(x[i]) - most) / sum }
      let mean = row.reduce(0.0) { $0 + y[$1] * Double(dy[$1]) }
      for i in row { dx[i] = y[i] * (Double(dy[i]) - mean) }
      let label = row.lowerBound + Int(labels[r])
      losses[r] = -log(y[label]) * Double(weights[r])
      for i in row { gradient[i] = (y[i] - (i == label ? 1 : 0)) * Double(weights[r]) / 4 }
    }
    let output = atEveryThreadCount("softmax") {
      var output = x
      Softmax.forward(rows: rows, columns: columns, input: x, output: &output)
      return output
    }
    #expect(isClose(output, y))
    var inputGradient = x
    Softmax.backward(
      rows: rows, columns: columns, output: output, outputGradient: dy,
      inputGradient: &inputGradient)
    #expect(isClose(inputGradient, dx, within: 1e-4) || columns == 1)
    var given = [Float](repeating: .nan, count: rows)
    let logitsGradient = atEveryThreadCount("cross-entropy") {
      var gradient = x
      Softmax.crossEntropy(
        rows: rows, columns: columns, logits: x, labels: labels, weights: weights, losses: &given,
        gradient: &gradient, gradientScale: 0.25)
      return gradient
    }
    #expect(isClose(given, losses))
    #expect(isClose(logitsGradient, gradient) || columns == 1)
  }

  /// Logits of a diverging network, and labels to be left out.
  @Test func crossEntropySurvivesExtremes() {
    var losses: [Float] = [.nan, .nan, .nan]
    var gradient = [Float](repeating: .nan, count: 6)
    Softmax.crossEntropy(
      rows: 3, columns: 2, logits: [1000, -1000, -1000, 1000, 3, 4], labels: [0, 0, -1],
      weights: nil, losses: &losses, gradient: &gradient, gradientScale: 1)
    #expect(losses == [0, 2000, 0])
    #expect(gradient == [0, 0, -1, 1, 0, 0])
  }

  /// Embeddings are compared by angle: rows of length 1, and their gradient.
  @Test(arguments: rowShapes)
  func l2NormalizeEqualsItsDefinition(_ shape: (rows: Int, columns: Int)) {
    let (rows, columns) = shape
    var values = Values(42)
    let x = values.array(rows * columns)
    let dy = values.array(rows * columns)
    var (y, dx) = (doubles(x), doubles(x))
    for r in 0..<rows {
      let row = r * columns..<(r + 1) * columns
      let length = x[row].reduce(0.0) { $0 + Double($1) * Double($1) }.squareRoot()
      for i in row { y[i] /= length }
      let along = row.reduce(0.0) { $0 + y[$1] * Double(dy[$1]) }
      for i in row { dx[i] = (Double(dy[i]) - y[i] * along) / length }
    }
    var (output, gradient) = (x, x)
    Softmax.l2Normalize(rows: rows, columns: columns, input: x, output: &output)
    #expect(isClose(output, y))
    Softmax.l2NormalizeBackward(
      rows: rows, columns: columns, input: x, outputGradient: dy, inputGradient: &gradient)
    #expect(isClose(gradient, dx) || columns == 1)
  }
}
