/// How a sliding window meets the edges of a feature map.
package enum Padding: Sendable, Equatable {
  /// Zeros so that the output has `ceil(size / stride)` rows; where their number is odd the extra
  /// one goes below and right, as in TensorFlow.
  case same
  /// No padding: the window stays inside.
  case valid
  /// This many rows and columns of zeros.
  case explicit(top: Int, bottom: Int, left: Int, right: Int)

  /// As the student writes it.
  package var text: String {
    switch self {
    case .same: return "\"same\""
    case .valid: return "\"valid\""
    case .explicit(let top, let bottom, let left, let right):
      if top == bottom, left == right, top == left { return "\(top)" }
      return "[[\(top), \(bottom)], [\(left), \(right)]]"
    }
  }
}

/// A sliding window: sizes, strides and dilations as (height, width).
package struct Window: Sendable, Equatable {
  package var size: (height: Int, width: Int)
  package var stride: (height: Int, width: Int)
  package var dilation: (height: Int, width: Int)
  package var padding: Padding

  package init(
    size: (height: Int, width: Int), stride: (height: Int, width: Int) = (1, 1),
    dilation: (height: Int, width: Int) = (1, 1), padding: Padding = .valid
  ) {
    self.size = size
    self.stride = stride
    self.dilation = dilation
    self.padding = padding
  }

  package static func == (left: Window, right: Window) -> Bool {
    left.size == right.size && left.stride == right.stride && left.dilation == right.dilation
      && left.padding == right.padding
  }

  /// Rows and columns from the window's first to its last tap, both included.
  package var extent: (height: Int, width: Int) {
    ((size.height - 1) * dilation.height + 1, (size.width - 1) * dilation.width + 1)
  }

  /// The window on a map of a given size: the output's size and the zeros before the first row
  /// and column (those after follow from the sizes).
  package struct Placement: Sendable, Equatable {
    package let outputHeight: Int
    package let outputWidth: Int
    package let top: Int
    package let left: Int
  }

  /// Where the window goes on a map of `height` × `width`. Sizes were checked by `checked`.
  package func placed(height: Int, width: Int) -> Placement {
    let rows = Window.along(
      height, extent: extent.height, stride: stride.height, padding: padding, vertical: true)
    let columns = Window.along(
      width, extent: extent.width, stride: stride.width, padding: padding, vertical: false)
    return Placement(
      outputHeight: rows.output, outputWidth: columns.output, top: rows.before,
      left: columns.before)
  }

  private static func along(
    _ size: Int, extent: Int, stride: Int, padding: Padding, vertical: Bool
  ) -> (output: Int, before: Int) {
    switch padding {
    case .valid:
      return (size < extent ? 0 : (size - extent) / stride + 1, 0)
    case .same:
      let output = (size + stride - 1) / stride
      return (output, max(0, (output - 1) * stride + extent - size) / 2)
    case .explicit(let top, let bottom, let left, let right):
      let (before, after) = vertical ? (top, bottom) : (left, right)
      let padded = size + before + after
      return (padded < extent ? 0 : (padded - extent) / stride + 1, before)
    }
  }

  /// The placement, after checking all numbers and that the window fits.
  package func checked(
    _ check: ShapeCheck, height: Int, width: Int
  ) throws(ShapeError) -> Placement {
    let range = 1...4_096
    try check.attribute("kernel", size.height, in: range)
    try check.attribute("kernel", size.width, in: range)
    try check.attribute("stride", stride.height, in: range)
    try check.attribute("stride", stride.width, in: range)
    try check.attribute("dilation", dilation.height, in: range)
    try check.attribute("dilation", dilation.width, in: range)
    var padded = [height, width]
    if case .explicit(let top, let bottom, let left, let right) = padding {
      for side in [top, bottom, left, right] {
        try check.attribute("padding", side, in: 0...Limits.side)
      }
      padded = [height + top + bottom, width + left + right]
    }
    let placement = placed(height: height, width: width)
    try check.require(
      placement.outputHeight > 0 && placement.outputWidth > 0,
      .windowFits(window: [extent.height, extent.width], padded: padded))
    return placement
  }

  /// Kernel, stride, dilation and padding as attributes, those that are not as usual.
  package var attributes: [Attribute] {
    var list = [Attribute("kernel", Window.pair(size))]
    if stride != (1, 1) { list.append(Attribute("stride", Window.pair(stride))) }
    if dilation != (1, 1) { list.append(Attribute("dilation", Window.pair(dilation))) }
    list.append(Attribute("padding", padding.text))
    return list
  }

  private static func pair(_ pair: (height: Int, width: Int)) -> String {
    pair.height == pair.width ? "\(pair.height)" : "[\(pair.height), \(pair.width)]"
  }
}
