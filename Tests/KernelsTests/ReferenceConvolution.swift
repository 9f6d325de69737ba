import Kernels

/// Convolution as its definition says, in double precision.
enum ReferenceConvolution {
  /// Calls `body` with the indices of input, output and kernel for every product of the sum.
  private static func forEachProduct(
    _ g: ConvolutionGeometry, _ body: (_ input: Int, _ output: Int, _ kernel: Int) -> Void
  ) {
    let (groupIn, groupOut) = (g.inputChannels / g.groups, g.outputChannels / g.groups)
    for n in 0..<g.batch {
      for oy in 0..<g.outputHeight {
        for ox in 0..<g.outputWidth {
          for ky in 0..<g.kernelHeight {
            let iy = oy * g.strideY + ky * g.dilationY - g.paddingTop
            guard iy >= 0, iy < g.inputHeight else { continue }
            for kx in 0..<g.kernelWidth {
              let ix = ox * g.strideX + kx * g.dilationX - g.paddingLeft
              guard ix >= 0, ix < g.inputWidth else { continue }
              for o in 0..<g.outputChannels {
                for c in 0..<groupIn {
                  body(
                    ((n * g.inputHeight + iy) * g.inputWidth + ix) * g.inputChannels
                      + o / groupOut * groupIn + c,
                    ((n * g.outputHeight + oy) * g.outputWidth + ox) * g.outputChannels + o,
                    ((ky * g.kernelWidth + kx) * groupIn + c) * g.outputChannels + o)
                }
              }
            }
          }
        }
      }
    }
  }

  static func forward(
    _ g: ConvolutionGeometry, _ input: [Float], _ kernel: [Float], _ bias: [Float]?
  ) -> [Double] {
    var output = (0..<g.outputCount).map { Double(bias?[$0 % g.outputChannels] ?? 0) }
    forEachProduct(g) { output[$1] += Double(input[$0]) * Double(kernel[$2]) }
    return output
  }

  static func inputGradient(
    _ g: ConvolutionGeometry, _ outputGradient: [Float], _ kernel: [Float], _ bias: [Float]?
  ) -> [Double] {
    var gradient = (0..<g.inputCount).map { Double(bias?[$0 % g.inputChannels] ?? 0) }
    forEachProduct(g) { gradient[$0] += Double(outputGradient[$1]) * Double(kernel[$2]) }
    return gradient
  }

  static func kernelGradient(
    _ g: ConvolutionGeometry, _ input: [Float], _ outputGradient: [Float]
  ) -> [Double] {
    var gradient = [Double](repeating: 0, count: g.kernelCount)
    forEachProduct(g) { gradient[$2] += Double(input[$0]) * Double(outputGradient[$1]) }
    return gradient
  }
}
