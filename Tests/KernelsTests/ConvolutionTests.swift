import Kernels
import Testing

/// A row of the table: sizes, and "same" padding as TensorFlow has it, or a number on all sides.
struct ConvolutionCase: Sendable, CustomTestStringConvertible {
  var name: String
  var batch = 2
  var height: Int
  var width: Int
  var channels: Int
  var filters: Int
  var kernel: (Int, Int)
  var stride = (1, 1)
  var dilation = (1, 1)
  var padding: Int?
  var groups = 1

  var testDescription: String { name }

  var geometry: ConvolutionGeometry {
    func axis(_ size: Int, _ kernel: Int, _ stride: Int, _ dilation: Int) -> (Int, Int) {
      let reach = (kernel - 1) * dilation + 1
      if let padding { return ((size + 2 * padding - reach) / stride + 1, padding) }
      let output = (size + stride - 1) / stride
      return (output, max(0, (output - 1) * stride + reach - size) / 2)
    }
    let (outputHeight, top) = axis(height, kernel.0, stride.0, dilation.0)
    let (outputWidth, left) = axis(width, kernel.1, stride.1, dilation.1)
    return ConvolutionGeometry(
      batch: batch, inputHeight: height, inputWidth: width, inputChannels: channels,
      outputHeight: outputHeight, outputWidth: outputWidth, outputChannels: filters,
      kernelHeight: kernel.0, kernelWidth: kernel.1, strideY: stride.0, strideX: stride.1,
      dilationY: dilation.0, dilationX: dilation.1, paddingTop: top, paddingLeft: left,
      groups: groups)
  }

  static let all: [ConvolutionCase] = [
    .init(
      name: "one pixel", batch: 1, height: 1, width: 1, channels: 1, filters: 1, kernel: (1, 1)),
    .init(
      name: "empty batch", batch: 0, height: 4, width: 4, channels: 3, filters: 2, kernel: (3, 3)),
    .init(name: "3×3 same", height: 9, width: 8, channels: 5, filters: 7, kernel: (3, 3)),
    .init(
      name: "3×3 stride 2 even", height: 8, width: 10, channels: 4, filters: 6, kernel: (3, 3),
      stride: (2, 2)),
    .init(
      name: "3×3 stride 2 odd", height: 9, width: 11, channels: 3, filters: 32, kernel: (3, 3),
      stride: (2, 2)),
    .init(
      name: "5×5 stride 2 valid", height: 13, width: 12, channels: 3, filters: 8, kernel: (5, 5),
      stride: (2, 2), padding: 0),
    .init(
      name: "2×4 stride 3×2", height: 11, width: 9, channels: 3, filters: 5, kernel: (2, 4),
      stride: (3, 2)),
    .init(
      name: "stride beyond kernel", height: 10, width: 11, channels: 4, filters: 3, kernel: (2, 1),
      stride: (3, 4), padding: 0),
    .init(
      name: "7×7 stride 2 padding 3", height: 16, width: 16, channels: 3, filters: 16,
      kernel: (7, 7), stride: (2, 2), padding: 3),
    .init(
      name: "dilation 2", height: 12, width: 11, channels: 6, filters: 5, kernel: (3, 3),
      dilation: (2, 2)),
    .init(
      name: "dilation 3×2, stride 2×3", height: 13, width: 14, channels: 4, filters: 6,
      kernel: (3, 2), stride: (2, 3), dilation: (3, 2)),
    .init(
      name: "kernel beyond image", height: 3, width: 2, channels: 4, filters: 4, kernel: (5, 7)),
    .init(
      name: "padding beyond reach", height: 3, width: 3, channels: 2, filters: 3, kernel: (2, 2),
      padding: 4),
    .init(name: "1×1", height: 6, width: 5, channels: 24, filters: 20, kernel: (1, 1)),
    .init(
      name: "1×1 wide", batch: 3, height: 30, width: 31, channels: 24, filters: 144,
      kernel: (1, 1)),
    .init(
      name: "1×1, a vector more than panels", height: 6, width: 5, channels: 24, filters: 208,
      kernel: (1, 1)),
    .init(
      name: "1×1, a part of a vector more", height: 6, width: 5, channels: 24, filters: 197,
      kernel: (1, 1)),
    .init(
      name: "3×3, a vector more than a panel", height: 9, width: 7, channels: 8, filters: 59,
      kernel: (3, 3)),
    .init(
      name: "3×3 many filters", height: 8, width: 9, channels: 7, filters: 130, kernel: (3, 3)),
    .init(
      name: "line longer than the scratch", batch: 1, height: 2, width: 11003, channels: 1,
      filters: 2, kernel: (1, 3)),
    .init(
      name: "1×1 thin", batch: 1, height: 90, width: 80, channels: 16, filters: 9, kernel: (1, 1)),
    .init(
      name: "1×1 stride 2", height: 7, width: 9, channels: 12, filters: 10, kernel: (1, 1),
      stride: (2, 2)),
    .init(
      name: "groups 2", height: 7, width: 8, channels: 6, filters: 10, kernel: (3, 3), groups: 2),
    .init(
      name: "groups 3, stride 2", height: 9, width: 8, channels: 9, filters: 6, kernel: (3, 3),
      stride: (2, 2), groups: 3),
    .init(
      name: "1×1 groups", height: 5, width: 5, channels: 8, filters: 12, kernel: (1, 1), groups: 4),
    .init(
      name: "many tiles", height: 40, width: 37, channels: 16, filters: 24, kernel: (3, 3)),
    .init(
      name: "Winograd, whole tiles", height: 28, width: 28, channels: 32, filters: 48,
      kernel: (3, 3)),
    .init(
      name: "Winograd, cut tiles", batch: 3, height: 25, width: 19, channels: 48, filters: 32,
      kernel: (3, 3)),
    .init(
      name: "Winograd, no padding", batch: 1, height: 43, width: 42, channels: 32, filters: 32,
      kernel: (3, 3), padding: 0),
    .init(
      name: "Winograd, wide padding", height: 26, width: 27, channels: 32, filters: 64,
      kernel: (3, 3), padding: 2),
    .init(
      name: "Winograd, wider padding", height: 26, width: 25, channels: 64, filters: 32,
      kernel: (3, 3), padding: 5),
    .init(
      name: "Winograd, several chunks", batch: 1, height: 101, width: 90, channels: 80,
      filters: 112,
      kernel: (3, 3)),
    .init(
      name: "many channels", batch: 1, height: 5, width: 4, channels: 1000, filters: 3,
      kernel: (3, 3)),
    .init(
      name: "very many channels", batch: 1, height: 2, width: 3, channels: 9000, filters: 2,
      kernel: (2, 2)),
    .init(
      name: "depthwise 3×3", height: 10, width: 9, channels: 32, filters: 32, kernel: (3, 3),
      groups: 32),
    .init(
      name: "depthwise 3×3 stride 2", height: 10, width: 12, channels: 24, filters: 24,
      kernel: (3, 3), stride: (2, 2), groups: 24),
    .init(
      name: "depthwise odd", height: 21, width: 23, channels: 37, filters: 37, kernel: (3, 3),
      stride: (2, 2), groups: 37),
    .init(
      name: "depthwise large", batch: 3, height: 40, width: 41, channels: 48, filters: 48,
      kernel: (3, 3), groups: 48),
    .init(
      name: "depthwise 5×4 dilated", height: 14, width: 13, channels: 19, filters: 19,
      kernel: (5, 4), dilation: (2, 1), groups: 19),
    .init(
      name: "depthwise stride 3×2, kernel 2", height: 14, width: 13, channels: 5, filters: 5,
      kernel: (2, 2), stride: (3, 2), padding: 1, groups: 5),
    .init(
      name: "depthwise multiplier 2", height: 9, width: 9, channels: 6, filters: 12,
      kernel: (5, 5), padding: 0, groups: 6),
    .init(
      name: "depthwise multiplier 3, stride 2", height: 9, width: 8, channels: 7, filters: 21,
      kernel: (3, 3), stride: (2, 2), groups: 7),
  ]
}

extension KernelsTests {
  /// A wrong index at a border, a stride or a group would teach every network nonsense.
  @Test(arguments: ConvolutionCase.all)
  func convolutionEqualsItsDefinition(_ row: ConvolutionCase) {
    let g = row.geometry
    var values = Values(7)
    let input = values.array(g.inputCount)
    let kernel = values.array(g.kernelCount)
    let bias = values.array(g.outputChannels)
    let outputGradient = values.array(g.outputCount)

    let output = atEveryThreadCount("forward") {
      var output = [Float](repeating: .nan, count: g.outputCount)
      var space = workspace(Convolution.forwardWorkspace(g))
      Convolution.forward(
        g, input: input, kernel: kernel, bias: bias, activation: .relu, output: &output,
        workspace: &space)
      return output
    }
    let expected = ReferenceConvolution.forward(g, input, kernel, bias)
    #expect(isClose(output, expected.map { max($0, 0) }))

    var space = workspace(Convolution.forwardWorkspace(g))
    var plain = [Float](repeating: .nan, count: g.outputCount)
    Convolution.forward(
      g, input: input, kernel: kernel, bias: nil, output: &plain, workspace: &space)
    #expect(isClose(plain, ReferenceConvolution.forward(g, input, kernel, nil)))

    let inputGradient = atEveryThreadCount("input gradient") {
      var gradient = [Float](repeating: .nan, count: g.inputCount)
      var space = workspace(Convolution.inputGradientWorkspace(g))
      Convolution.inputGradient(
        g, outputGradient: outputGradient, kernel: kernel, inputGradient: &gradient,
        workspace: &space)
      return gradient
    }
    #expect(
      isClose(inputGradient, ReferenceConvolution.inputGradient(g, outputGradient, kernel, nil)))

    var biasGradient = [Float](repeating: .nan, count: g.outputChannels)
    let kernelGradient = atEveryThreadCount("kernel gradient") {
      var gradient = [Float](repeating: .nan, count: g.kernelCount)
      var space = workspace(Convolution.kernelGradientWorkspace(g))
      Convolution.kernelGradient(
        g, input: input, outputGradient: outputGradient, kernelGradient: &gradient,
        biasGradient: &biasGradient, workspace: &space)
      return gradient
    }
    #expect(
      isClose(kernelGradient, ReferenceConvolution.kernelGradient(g, input, outputGradient)))
    var biasSums = [Double](repeating: 0, count: g.outputChannels)
    for (index, value) in outputGradient.enumerated() {
      biasSums[index % g.outputChannels] += Double(value)
    }
    #expect(isClose(biasGradient, biasSums))
  }

  /// Residual branches and shared layers add their gradients; a transposed convolution's forward
  /// pass is an input gradient with a bias.
  @Test(arguments: ConvolutionCase.all)
  func convolutionGradientsAccumulate(_ row: ConvolutionCase) {
    let g = row.geometry
    var values = Values(8)
    let input = values.array(g.inputCount)
    let kernel = values.array(g.kernelCount)
    let outputGradient = values.array(g.outputCount)
    let bias = values.array(g.inputChannels)

    let before = values.array(g.inputCount)
    var inputGradient = before
    var space = workspace(Convolution.inputGradientWorkspace(g))
    Convolution.inputGradient(
      g, outputGradient: outputGradient, kernel: kernel, bias: bias,
      inputGradient: &inputGradient, accumulate: true, workspace: &space)
    let expected = ReferenceConvolution.inputGradient(g, outputGradient, kernel, bias)
    #expect(isClose(inputGradient, zip(expected, before).map { $0 + Double($1) }))

    let kernelBefore = values.array(g.kernelCount)
    var kernelGradient = kernelBefore
    var biasGradient = [Float](repeating: 1, count: g.outputChannels)
    space = workspace(Convolution.kernelGradientWorkspace(g))
    Convolution.kernelGradient(
      g, input: input, outputGradient: outputGradient, kernelGradient: &kernelGradient,
      biasGradient: &biasGradient, accumulate: true, workspace: &space)
    let kernelExpected = ReferenceConvolution.kernelGradient(g, input, outputGradient)
    #expect(isClose(kernelGradient, zip(kernelExpected, kernelBefore).map { $0 + Double($1) }))
  }
}
