import Kernels

/// The largest or the mean value of each window, channel by channel.
///
/// Input `[N, H, W, C]`, output `[N, H', W', C]`. Padding takes no part, as in Keras: the mean is
/// over the values inside the map.
package struct Pooling: Operation {
  package enum Function: Sendable { case max, average }

  package var function: Function
  package var window: Window

  package init(_ function: Function, window: Window) {
    self.function = function
    self.window = window
  }

  /// A square window; the stride is the window's size unless given.
  package init(_ function: Function, size: Int, stride: Int? = nil, padding: Padding = .valid) {
    let stride = stride ?? size
    self.init(
      function,
      window: Window(size: (size, size), stride: (stride, stride), padding: padding))
  }

  package var kind: String { function == .max ? "max_pool" : "average_pool" }
  package var attributes: [Attribute] { window.attributes }
  package var documentation: String {
    let what = function == .max ? "largest" : "mean"
    return "Keeps the \(what) value of each window, channel by channel: the map becomes smaller."
  }

  package func outputShape(_ check: ShapeCheck) throws(ShapeError) -> [Int] {
    let map = try check.featureMap()
    try check.attribute("dilation", max(window.dilation.height, window.dilation.width), in: 1...1)
    if case .explicit(let top, let bottom, let left, let right) = window.padding {
      // Every window must touch the map.
      for side in [top, bottom] {
        try check.attribute("padding", side, in: 0...Swift.max(0, window.size.height - 1))
      }
      for side in [left, right] {
        try check.attribute("padding", side, in: 0...Swift.max(0, window.size.width - 1))
      }
    }
    let placement = try window.checked(check, height: map.height, width: map.width)
    return [placement.outputHeight, placement.outputWidth, map.channels]
  }

  private func geometry(_ shapes: OperationShapes, _ count: Int) -> PoolingGeometry {
    let (input, output) = (shapes.inputs[0], shapes.output)
    let placement = window.placed(height: input[0], width: input[1])
    return PoolingGeometry(
      batch: count, inputHeight: input[0], inputWidth: input[1], channels: input[2],
      outputHeight: output[0], outputWidth: output[1], windowHeight: window.size.height,
      windowWidth: window.size.width, strideY: window.stride.height,
      strideX: window.stride.width, paddingTop: placement.top, paddingLeft: placement.left)
  }

  package func needs(_ shapes: OperationShapes, count: Int) -> Needs {
    var needs = Needs()
    needs.readsInputs = function == .max
    return needs
  }

  package func forward(_ pass: Pass) {
    let geometry = geometry(pass.shapes, pass.count)
    switch function {
    case .max: Kernels.Pooling.maxForward(geometry, input: pass.inputs[0], output: pass.output)
    case .average:
      Kernels.Pooling.averageForward(geometry, input: pass.inputs[0], output: pass.output)
    }
  }

  /// max: dy goes to the first largest value; average: dy / (values in the window) to each.
  package func backward(_ pass: Pass) {
    guard let outputGradient = pass.outputGradient, let inputGradient = pass.inputGradients[0]
    else { return }
    let geometry = geometry(pass.shapes, pass.count)
    switch function {
    case .max:
      Kernels.Pooling.maxBackward(
        geometry, input: pass.inputs[0], outputGradient: outputGradient,
        inputGradient: inputGradient, accumulate: pass.accumulates[0])
    case .average:
      Kernels.Pooling.averageBackward(
        geometry, outputGradient: outputGradient, inputGradient: inputGradient,
        accumulate: pass.accumulates[0])
    }
  }

  package func receptiveField(
    _ inputs: [ReceptiveField], _ shapes: OperationShapes
  ) -> ReceptiveField {
    inputs[0].windowed(window, on: shapes)
  }
}
