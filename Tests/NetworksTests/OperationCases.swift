import Networks
import Testing

/// One operation with its settings and the inputs that it is tested on. Adding an operation adds
/// rows here, and it has its twin and gradient checks.
struct OperationCase: CustomTestStringConvertible {
  let name: String
  let operation: any Operation
  /// Without the count dimension.
  let inputs: [[Int]]
  /// Run as at inference (for batch normalisation).
  var isInference = false
  var testDescription: String { name }

  init(
    _ name: String, _ operation: any Operation, _ inputs: [Int]..., isInference: Bool = false
  ) {
    self.name = name
    self.operation = operation
    self.inputs = inputs
    self.isInference = isInference
  }

  static let all: [OperationCase] = [
    OperationCase(
      "conv 3x3 same", Convolution(filters: 4, kernel: 3, padding: .same), [5, 6, 3]),
    OperationCase("conv 1x1", Convolution(filters: 5, kernel: 1), [4, 3, 6]),
    OperationCase(
      "conv 1x1 without bias", Convolution(filters: 5, kernel: 1, bias: false), [4, 3, 6]),
    OperationCase(
      "conv 1x1 stride 2", Convolution(filters: 3, kernel: 1, stride: 2, padding: .same),
      [5, 4, 4]),
    OperationCase(
      "conv 3x3 stride 2 same, even", Convolution(filters: 3, kernel: 3, stride: 2, padding: .same),
      [6, 8, 2]),
    OperationCase(
      "conv 3x3 stride 2 same, odd", Convolution(filters: 3, kernel: 3, stride: 2, padding: .same),
      [7, 5, 2]),
    OperationCase(
      "conv 5x5 stride 3 valid", Convolution(filters: 2, kernel: 5, stride: 3), [9, 8, 3]),
    OperationCase(
      "conv 3x3 dilated", Convolution(filters: 3, kernel: 3, dilation: 2, padding: .same),
      [7, 6, 2]),
    OperationCase(
      "conv 2x4, strides 1 and 2, padding by numbers",
      Convolution(
        filters: 3,
        window: Window(
          size: (2, 4), stride: (1, 2), padding: .explicit(top: 1, bottom: 0, left: 2, right: 3))),
      [4, 6, 2]),
    OperationCase(
      "conv in groups", Convolution(filters: 6, kernel: 3, padding: .same, groups: 2), [5, 4, 4]),
    OperationCase(
      "depthwise 3x3 same", DepthwiseConvolution(kernel: 3, padding: .same), [5, 6, 5]),
    OperationCase(
      "depthwise 3x3 stride 2", DepthwiseConvolution(kernel: 3, stride: 2, padding: .same),
      [6, 7, 9]),
    OperationCase(
      "depthwise 5x5 multiplier 2", DepthwiseConvolution(kernel: 5, multiplier: 2, bias: false),
      [7, 6, 3]),
    OperationCase(
      "depthwise of one channel", DepthwiseConvolution(kernel: 3, multiplier: 3), [5, 5, 1]),
    OperationCase(
      "separable",
      SeparableConvolution(
        filters: 5,
        window: Window(size: (3, 3), stride: (2, 2), padding: .same), multiplier: 2), [6, 5, 3]),
    OperationCase(
      "separable without bias",
      SeparableConvolution(filters: 4, window: Window(size: (3, 3)), bias: false), [5, 5, 3]),
    OperationCase(
      "transposed 2x2 stride 2",
      TransposedConvolution(filters: 3, window: Window(size: (2, 2), stride: (2, 2))), [3, 4, 5]),
    OperationCase(
      "transposed 3x3 stride 2 same",
      TransposedConvolution(
        filters: 3, window: Window(size: (3, 3), stride: (2, 2), padding: .same)), [4, 3, 2]),
    OperationCase(
      "transposed 4x4 stride 2, padding by numbers",
      TransposedConvolution(
        filters: 2,
        window: Window(
          size: (4, 4), stride: (2, 2), padding: .explicit(top: 1, bottom: 1, left: 2, right: 0)),
        bias: false), [3, 4, 3]),
    OperationCase("batch norm in training", BatchNormalization(), [4, 3, 5]),
    OperationCase("batch norm at inference", BatchNormalization(), [4, 3, 5], isInference: true),
    OperationCase("batch norm of vectors", BatchNormalization(epsilon: 0.01), [6]),
    OperationCase("dense", Dense(units: 4), [7]),
    OperationCase("dense without bias", Dense(units: 3, bias: false), [5]),
    OperationCase("relu", Activation.relu, [3, 4, 5]),
    OperationCase("relu6", Activation.relu6, [3, 4, 5]),
    OperationCase("leaky relu", Activation.leakyRelu(slope: 0.1), [3, 4, 5]),
    OperationCase("sigmoid", Activation.sigmoid, [3, 4, 5]),
    OperationCase("softmax of vectors", Softmax(), [6]),
    OperationCase("softmax of maps", Softmax(), [2, 3, 4]),
    OperationCase("l2 normalize", L2Normalize(), [2, 3, 5]),
    OperationCase("max pool 2x2", Pooling(.max, size: 2), [6, 4, 3]),
    OperationCase(
      "max pool 3x3 stride 2 same", Pooling(.max, size: 3, stride: 2, padding: .same), [5, 6, 3]),
    OperationCase("average pool 2x2", Pooling(.average, size: 2), [4, 6, 3]),
    OperationCase(
      "average pool 3x3 stride 2 same", Pooling(.average, size: 3, stride: 2, padding: .same),
      [5, 6, 3]),
    OperationCase("global average pool", GlobalPooling(.average), [4, 3, 5]),
    OperationCase("global max pool", GlobalPooling(.max), [4, 3, 5]),
    OperationCase("add", Add(), [3, 4, 2], [3, 4, 2]),
    OperationCase("add three", Add(), [3, 4, 2], [3, 4, 2], [3, 4, 2]),
    OperationCase("concatenate", Concatenate(), [3, 2, 2], [3, 2, 5], [3, 2, 1]),
    OperationCase("concatenate vectors", Concatenate(), [3], [4]),
    OperationCase("concatenate along the rows", Concatenate(axis: 0), [3, 2, 2], [1, 2, 2]),
    OperationCase("concatenate along the columns", Concatenate(axis: -2), [3, 2, 2], [3, 4, 2]),
    OperationCase("dropout at inference", Dropout(rate: 0.5), [3, 4, 2], isInference: true),
    OperationCase("flatten", Flatten(), [3, 4, 2]),
    OperationCase("reshape", Reshape([6, 4]), [3, 4, 2]),
    OperationCase("reshape to a free size", Reshape([-1, 3]), [2, 4, 6]),
    OperationCase("reshape of a vector", Reshape([2, 2, 3]), [12]),
    OperationCase("pad", Margins(.pad, top: 1, bottom: 2, left: 0, right: 3), [3, 4, 2]),
    OperationCase("crop", Margins(.crop, top: 1, bottom: 0, left: 2, right: 1), [4, 5, 2]),
    OperationCase("upsample", Upsample(height: 2, width: 3), [3, 4, 2]),
    OperationCase("resize to larger", Resize(height: 7, width: 9), [4, 5, 2]),
    OperationCase("resize to smaller", Resize(height: 3, width: 2), [5, 6, 2]),
  ]
}
