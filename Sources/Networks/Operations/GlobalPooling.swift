import Kernels

/// The largest or the mean value of the whole map, channel by channel.
///
/// Input `[N, H, W, C]`, output `[N, C]`. Where several places reach the maximum, its gradient is
/// shared equally, as in TensorFlow.
package struct GlobalPooling: Operation {
  package var function: Pooling.Function

  package init(_ function: Pooling.Function) { self.function = function }

  package var kind: String {
    function == .max ? "global_max_pool" : "global_average_pool"
  }
  package var documentation: String {
    let what = function == .max ? "largest" : "mean"
    return "Keeps the \(what) value of each whole channel: a map becomes a vector."
  }

  package func outputShape(_ check: ShapeCheck) throws(ShapeError) -> [Int] {
    [try check.featureMap().channels]
  }

  package func needs(_ shapes: OperationShapes, count: Int) -> Needs {
    var needs = Needs()
    needs.readsInputs = function == .max
    return needs
  }

  package func forward(_ pass: Pass) {
    let shape = pass.shapes.inputs[0]
    let (pixels, channels) = (shape[0] * shape[1], shape[2])
    switch function {
    case .max:
      Kernels.Pooling.globalMaxForward(
        batch: pass.count, pixels: pixels, channels: channels, input: pass.inputs[0],
        output: pass.output)
    case .average:
      Kernels.Pooling.globalAverageForward(
        batch: pass.count, pixels: pixels, channels: channels, input: pass.inputs[0],
        output: pass.output)
    }
  }

  package func backward(_ pass: Pass) {
    guard let outputGradient = pass.outputGradient, let inputGradient = pass.inputGradients[0]
    else { return }
    let shape = pass.shapes.inputs[0]
    let (pixels, channels) = (shape[0] * shape[1], shape[2])
    switch function {
    case .max:
      Kernels.Pooling.globalMaxBackward(
        batch: pass.count, pixels: pixels, channels: channels, input: pass.inputs[0],
        outputGradient: outputGradient, inputGradient: inputGradient,
        accumulate: pass.accumulates[0])
    case .average:
      Kernels.Pooling.globalAverageBackward(
        batch: pass.count, pixels: pixels, channels: channels, outputGradient: outputGradient,
        inputGradient: inputGradient, accumulate: pass.accumulates[0])
    }
  }

  package func receptiveField(
    _ inputs: [ReceptiveField], _ shapes: OperationShapes
  ) -> ReceptiveField {
    inputs[0].whole(of: shapes.inputs[0])
  }
}
