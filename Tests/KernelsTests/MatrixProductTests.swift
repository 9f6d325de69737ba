import Kernels
import Testing

extension KernelsTests {
  static let products: [(m: Int, n: Int, k: Int)] = [
    (1, 1, 1), (3, 5, 7), (1, 300, 40), (257, 3, 33), (200, 300, 100), (700, 96, 24),
    (12, 20, 40000), (33, 500, 200), (32, 900, 300), (64, 32, 5000), (1000, 250, 70), (5, 4, 0),
    (0, 3, 2),
  ]

  /// Cutting a product wrongly would show only at some sizes.
  @Test(arguments: products)
  func matrixProductEqualsItsDefinition(_ size: (m: Int, n: Int, k: Int)) {
    let (m, n, k) = size
    var values = Values(3)
    let a = values.array(m * k)
    let b = values.array(k * n)
    let before = values.array(m * n)
    for (transposeA, transposeB) in [(false, false), (true, false), (false, true), (true, true)] {
      for accumulate in [false, true] {
        var expected = [Double](repeating: 0, count: m * n)
        for i in 0..<m {
          for p in 0..<k {
            let left = Double(transposeA ? a[p * m + i] : a[i * k + p])
            for j in 0..<n {
              expected[i * n + j] += left * Double(transposeB ? b[j * k + p] : b[p * n + j])
            }
          }
        }
        if accumulate { for i in 0..<m * n { expected[i] += Double(before[i]) } }
        let given = atEveryThreadCount("product") {
          var c = accumulate ? before : [Float](repeating: .nan, count: m * n)
          var space = workspace(MatrixProduct.workspace(m: m, n: n, k: k))
          MatrixProduct.multiply(
            m: m, n: n, k: k, transposeA: transposeA, transposeB: transposeB, a: a, b: b, c: &c,
            accumulate: accumulate, workspace: &space)
          return c
        }
        #expect(isClose(given, expected))
      }
    }
  }

  /// A dense layer is a product with a bias; its gradients are products with the others.
  @Test(arguments: [(6, 20, 11), (1, 3000, 5), (400, 130, 90)])
  func denseEqualsItsDefinition(_ size: (Int, Int, Int)) {
    let (rows, inputs, outputs) = size
    var values = Values(4)
    let x = values.array(rows * inputs)
    let kernel = values.array(inputs * outputs)
    let bias = values.array(outputs)
    let dy = values.array(rows * outputs)
    var y = [Double](repeating: 0, count: rows * outputs)
    var dx = [Double](repeating: 0, count: rows * inputs)
    var dk = [Double](repeating: 0, count: inputs * outputs)
    var db = [Double](repeating: 0, count: outputs)
    for r in 0..<rows {
      for o in 0..<outputs {
        let d = Double(dy[r * outputs + o])
        var sum = Double(bias[o])
        db[o] += d
        for i in 0..<inputs {
          sum += Double(x[r * inputs + i]) * Double(kernel[i * outputs + o])
          dx[r * inputs + i] += d * Double(kernel[i * outputs + o])
          dk[i * outputs + o] += d * Double(x[r * inputs + i])
        }
        y[r * outputs + o] = sum
      }
    }
    var space = workspace(Dense.workspace(rows: rows, inputs: inputs, outputs: outputs))
    var output = [Float](repeating: .nan, count: y.count)
    Dense.forward(
      rows: rows, inputs: inputs, outputs: outputs, input: x, kernel: kernel, bias: bias,
      output: &output, workspace: &space)
    #expect(isClose(output, y))
    var inputGradient = [Float](repeating: .nan, count: dx.count)
    Dense.inputGradient(
      rows: rows, inputs: inputs, outputs: outputs, outputGradient: dy, kernel: kernel,
      inputGradient: &inputGradient, workspace: &space)
    #expect(isClose(inputGradient, dx))
    var kernelGradient = [Float](repeating: .nan, count: dk.count)
    var biasGradient = [Float](repeating: .nan, count: outputs)
    Dense.kernelGradient(
      rows: rows, inputs: inputs, outputs: outputs, input: x, outputGradient: dy,
      kernelGradient: &kernelGradient, biasGradient: &biasGradient, workspace: &space)
    #expect(isClose(kernelGradient, dk))
    #expect(isClose(biasGradient, db))
  }
}
