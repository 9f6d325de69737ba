/// The sizes of a two-dimensional convolution, channels last.
///
/// Input `[batch, inputHeight, inputWidth, inputChannels]`, output
/// `[batch, outputHeight, outputWidth, outputChannels]`, kernel
/// `[kernelHeight, kernelWidth, inputChannels / groups, outputChannels]`. Output channel block `g`
/// of `outputChannels / groups` reads input channel block `g`. Output (y, x) reads the input at
/// (y · strideY + i · dilationY − paddingTop, x · strideX + j · dilationX − paddingLeft); what lies
/// outside the input is zero, so bottom and right padding follow from the output size.
///
/// A depthwise convolution with multiplier m is `groups == inputChannels` and `outputChannels ==
/// m · inputChannels`: Keras's kernel `[kh, kw, in, m]` has the very layout `[kh, kw, 1, in · m]`.
package struct ConvolutionGeometry: Equatable, Hashable, Sendable {
  package var batch: Int
  package var inputHeight: Int
  package var inputWidth: Int
  package var inputChannels: Int
  package var outputHeight: Int
  package var outputWidth: Int
  package var outputChannels: Int
  package var kernelHeight: Int
  package var kernelWidth: Int
  package var strideY: Int
  package var strideX: Int
  package var dilationY: Int
  package var dilationX: Int
  package var paddingTop: Int
  package var paddingLeft: Int
  package var groups: Int

  package init(
    batch: Int, inputHeight: Int, inputWidth: Int, inputChannels: Int, outputHeight: Int,
    outputWidth: Int, outputChannels: Int, kernelHeight: Int, kernelWidth: Int, strideY: Int = 1,
    strideX: Int = 1, dilationY: Int = 1, dilationX: Int = 1, paddingTop: Int = 0,
    paddingLeft: Int = 0, groups: Int = 1
  ) {
    self.batch = batch
    self.inputHeight = inputHeight
    self.inputWidth = inputWidth
    self.inputChannels = inputChannels
    self.outputHeight = outputHeight
    self.outputWidth = outputWidth
    self.outputChannels = outputChannels
    self.kernelHeight = kernelHeight
    self.kernelWidth = kernelWidth
    self.strideY = strideY
    self.strideX = strideX
    self.dilationY = dilationY
    self.dilationX = dilationX
    self.paddingTop = paddingTop
    self.paddingLeft = paddingLeft
    self.groups = groups
  }

  /// N·H·W·C of the input.
  package var inputCount: Int { batch * inputHeight * inputWidth * inputChannels }
  /// N·H·W·C of the output.
  package var outputCount: Int { batch * outputHeight * outputWidth * outputChannels }
  /// Weights of the kernel.
  package var kernelCount: Int {
    kernelHeight * kernelWidth * (inputChannels / groups) * outputChannels
  }
  /// Multiplications of one pass; a multiplication with its addition is two operations.
  package var multiplications: Int {
    batch * outputHeight * outputWidth * kernelHeight * kernelWidth * (inputChannels / groups)
      * outputChannels
  }

  /// Every group has one input channel.
  package var isDepthwise: Bool { groups == inputChannels && groups > 1 }
  /// One matrix product over the pixels as they lie in memory.
  package var isPointwise: Bool {
    kernelHeight == 1 && kernelWidth == 1 && strideY == 1 && strideX == 1 && paddingTop == 0
      && paddingLeft == 0 && inputHeight == outputHeight && inputWidth == outputWidth
      && groups == 1
  }

  /// The rule that kernels rely on: sizes at least 1 (batch at least 0), channels divisible by
  /// groups.
  package var isValid: Bool {
    batch >= 0 && inputHeight >= 1 && inputWidth >= 1 && inputChannels >= 1 && outputHeight >= 1
      && outputWidth >= 1 && outputChannels >= 1 && kernelHeight >= 1 && kernelWidth >= 1
      && strideY >= 1 && strideX >= 1 && dilationY >= 1 && dilationX >= 1 && groups >= 1
      && inputChannels % groups == 0 && outputChannels % groups == 0
  }
}
