import Foundation
import Kernels
import Testing

extension KernelsTests {
  /// One class alone, several, and more than a chunk; gammas with and without a way of their own.
  @Test(arguments: [(1, 1), (33, 1), (700, 3), (9, 80), (3, 9001)], [0, 0.5, 1, 2, 5] as [Float])
  func focalLossEqualsItsDefinition(_ shape: (rows: Int, columns: Int), gamma: Float) {
    let (rows, columns) = shape
    var values = Values(61)
    let x = values.array(rows * columns).map { $0 * 12 }
    let labels = (0..<rows).map { row -> Int32 in
      row % 4 == 0 ? Int32(row * 7 % columns) : row % 7 == 3 ? FocalRows.ignored : -1
    }
    var (sum, gradient) = (0.0, [Double](repeating: 0, count: rows * columns))
    for row in 0..<rows where labels[row] != FocalRows.ignored {
      for column in 0..<columns {
        let isThere = labels[row] == Int32(column)
        let z = Double(x[row * columns + column]) * (isThere ? 1 : -1)
        let (p, weight) = (1 / (1 + exp(-z)), isThere ? 0.25 : 0.75)
        let (q, surprise) = (1 / (1 + exp(z)), log1p(exp(-z)))
        let power = pow(q, Double(gamma))
        sum += weight * power * surprise
        gradient[row * columns + column] =
          (isThere ? -0.5 : 0.5) * weight * power * (Double(gamma) * p * surprise + q)
      }
    }
    func run(_ gradient: UnsafeMutablePointer<Float>?) -> Double {
      FocalRows.sum(
        rows: rows, columns: columns, logits: x, labels: labels, presentWeight: 0.25,
        absentWeight: 0.75, gamma: gamma, gradient: gradient, scale: 0.5)
    }
    let given = atEveryThreadCount("focal") {
      var given = [Float](repeating: .nan, count: rows * columns + 2)
      let sum = run(&given)
      // A double in two floats, so that its bits are compared too.
      given[rows * columns] = Float(sum)
      given[rows * columns + 1] = Float(sum - Double(Float(sum)))
      return given
    }
    #expect(isClose(Array(given.dropLast(2)), gradient, within: 3e-6))
    let loss = Double(given[rows * columns]) + Double(given[rows * columns + 1])
    #expect(abs(loss - sum) < 1e-5 * sum)
    #expect(abs(run(nil) - loss) <= 1e-12 * loss)
  }

  /// Published check values: a wrong weight or power would show in the fourth digit.
  @Test(
    arguments: [
      (0, 1, 0.0433217), (0, 0, 0.1299651), (2, 1, 0.00045089), (2, 0, 1.2375586),
      (-2, 1, 0.4125195), (-2, 0, 0.0013527), (-4.5951, 1, 1.1283818), (-4.5951, 0, 7.538e-7),
    ] as [(Float, Int, Double)])
  func focalLossHasItsCheckValues(logit: Float, isThere: Int, expected: Double) {
    let loss = FocalRows.sum(
      rows: 1, columns: 1, logits: [logit], labels: [isThere == 1 ? 0 : FocalRows.background],
      presentWeight: 0.25, absentWeight: 0.75, gamma: 2, gradient: nil, scale: 1)
    #expect(abs(loss - expected) < 2e-4 * expected)
  }

  /// Logits of a diverging network give the straight line that the loss is there.
  @Test(arguments: [0, 2, 2.5] as [Float])
  func focalLossSurvivesExtremes(gamma: Float) {
    let x: [Float] = [1000, -1000, -1000, 1000, 3]
    var gradient = [Float](repeating: .nan, count: 5)
    let sum = FocalRows.sum(
      rows: 5, columns: 1, logits: x, labels: [-1, -1, 0, 0, -2], presentWeight: 1,
      absentWeight: 1, gamma: gamma, gradient: &gradient, scale: 1)
    #expect(abs(sum - 2000) < 1e-3)
    #expect(gradient == [1, 0, -1, 0, 0])
    let nan = FocalRows.sum(
      rows: 1, columns: 1, logits: [.nan], labels: [-1], presentWeight: 1, absentWeight: 1,
      gamma: gamma, gradient: nil, scale: 1)
    #expect(nan.isNaN, "a network that gives no numbers must not look as if it learned")
  }
}
