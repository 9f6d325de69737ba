import Networks

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// Numbers with a shape in double precision, count dimension included: what the naive twins of
/// the operations work on.
struct Grid {
  var shape: [Int]
  var values: [Double]

  init(_ shape: [Int], _ values: [Double]) {
    self.shape = shape
    self.values = values
  }

  init(zeros shape: [Int]) {
    self.init(shape, Array(repeating: 0, count: shape.reduce(1, *)))
  }

  var channels: Int { shape[shape.count - 1] }

  /// A feature map's value; 0 outside of it.
  func at(_ n: Int, _ y: Int, _ x: Int, _ c: Int) -> Double {
    guard y >= 0, x >= 0, y < shape[1], x < shape[2] else { return 0 }
    return values[((n * shape[1] + y) * shape[2] + x) * shape[3] + c]
  }
}

/// Every operation once more, as its formula says, in loops that nobody needs to trust twice.
enum NaiveTwin {
  /// The output without the dimensions of memory, plans and speed.
  static func run(
    _ operation: any Operation, _ inputs: [Grid], _ weights: [Grid], output shape: [Int],
    isTraining: Bool
  ) -> Grid {
    let x = inputs.first ?? Grid([], [])
    switch operation {
    case let operation as Convolution:
      return convolution(
        x, weights[0], bias: operation.hasBias ? weights[1] : nil, operation.window,
        groups: operation.groups, shape)
    case let operation as DepthwiseConvolution:
      return depthwise(
        x, weights[0], bias: operation.hasBias ? weights[1] : nil, operation.window, shape)
    case let operation as SeparableConvolution:
      let middle = Array(shape.dropLast()) + [x.channels * operation.multiplier]
      return convolution(
        depthwise(x, weights[0], bias: nil, operation.window, middle), weights[1],
        bias: operation.hasBias ? weights[2] : nil, Window(size: (1, 1)), groups: 1, shape)
    case let operation as TransposedConvolution:
      return transposed(
        x, weights[0], bias: operation.hasBias ? weights[1] : nil, operation.window, shape)
    case let operation as BatchNormalization:
      return normalization(x, weights, operation, isTraining: isTraining)
    case is Dense: return dense(x, weights[0], bias: weights.count > 1 ? weights[1] : nil)
    case let operation as Activation: return map(x, activation(operation))
    case is Softmax:
      return rows(x) { row in
        let largest = row.max()!
        let total = row.reduce(0) { $0 + exp($1 - largest) }
        return row.map { exp($0 - largest) / total }
      }
    case is L2Normalize:
      return rows(x) { row in
        let length = max(row.reduce(0) { $0 + $1 * $1 }, 1e-12).squareRoot()
        return row.map { $0 / length }
      }
    case let operation as Pooling: return pooling(x, operation, shape)
    case let operation as GlobalPooling:
      let whole = Pooling(operation.function, window: Window(size: (x.shape[1], x.shape[2])))
      let map = pooling(x, whole, [x.shape[0], 1, 1, x.shape[3]])
      return Grid(shape, map.values)
    case is Add:
      var y = x
      for other in inputs.dropFirst() {
        for i in y.values.indices { y.values[i] += other.values[i] }
      }
      return y
    case let operation as Concatenate: return concatenation(inputs, axis: operation.axis, shape)
    case is Dropout: return x
    case is Flatten, is Reshape: return Grid(shape, x.values)
    case let operation as Margins:
      let sign = operation.function == .pad ? 1 : -1
      return tabulate(shape) { n, i, j, c in
        x.at(n, i - sign * operation.top, j - sign * operation.left, c)
      }
    case let operation as Upsample:
      return tabulate(shape) { n, i, j, c in x.at(n, i / operation.height, j / operation.width, c) }
    case is Resize: return resize(x, shape)
    default: preconditionFailure("a new operation needs a twin: \(operation.kind)")
    }
  }

  static func tabulate(
    _ shape: [Int], _ value: (_ n: Int, _ y: Int, _ x: Int, _ c: Int) -> Double
  ) -> Grid {
    var grid = Grid(shape, [])
    grid.values.reserveCapacity(shape.reduce(1, *))
    for n in 0..<shape[0] {
      for y in 0..<shape[1] {
        for x in 0..<shape[2] {
          for c in 0..<shape[3] { grid.values.append(value(n, y, x, c)) }
        }
      }
    }
    return grid
  }

  private static func map(_ x: Grid, _ function: (Double) -> Double) -> Grid {
    Grid(x.shape, x.values.map(function))
  }

  private static func rows(_ x: Grid, _ function: ([Double]) -> [Double]) -> Grid {
    var y = Grid(x.shape, [])
    for start in stride(from: 0, to: x.values.count, by: x.channels) {
      y.values += function(Array(x.values[start..<start + x.channels]))
    }
    return y
  }

  private static func activation(_ operation: Activation) -> (Double) -> Double {
    switch operation.kind {
    case "relu": return { max($0, 0) }
    case "relu6": return { min(max($0, 0), 6) }
    case "sigmoid": return { 1 / (1 + exp(-$0)) }
    case "leaky_relu":
      let slope = Double(Float(operation.attributes[0].value)!)
      return { $0 > 0 ? $0 : slope * $0 }
    default: return { $0 }
    }
  }

  private static func convolution(
    _ x: Grid, _ kernel: Grid, bias: Grid?, _ window: Window, groups: Int, _ shape: [Int]
  ) -> Grid {
    let place = window.placed(height: x.shape[1], width: x.shape[2])
    let (inputs, outputs) = (x.channels / groups, shape[3] / groups)
    return tabulate(shape) { n, i, j, o in
      var sum = bias?.values[o] ?? 0
      for u in 0..<window.size.height {
        for v in 0..<window.size.width {
          for c in 0..<inputs {
            let value = x.at(
              n, i * window.stride.height + u * window.dilation.height - place.top,
              j * window.stride.width + v * window.dilation.width - place.left,
              o / outputs * inputs + c)
            sum += value * kernel.at(u, v, c, o)
          }
        }
      }
      return sum
    }
  }

  private static func depthwise(
    _ x: Grid, _ kernel: Grid, bias: Grid?, _ window: Window, _ shape: [Int]
  ) -> Grid {
    let place = window.placed(height: x.shape[1], width: x.shape[2])
    let multiplier = kernel.shape[3]
    return tabulate(shape) { n, i, j, o in
      var sum = bias?.values[o] ?? 0
      for u in 0..<window.size.height {
        for v in 0..<window.size.width {
          let value = x.at(
            n, i * window.stride.height + u * window.dilation.height - place.top,
            j * window.stride.width + v * window.dilation.width - place.left, o / multiplier)
          sum += value * kernel.at(u, v, o / multiplier, o % multiplier)
        }
      }
      return sum
    }
  }

  private static func transposed(
    _ x: Grid, _ kernel: Grid, bias: Grid?, _ window: Window, _ shape: [Int]
  ) -> Grid {
    var y = tabulate(shape) { _, _, _, o in bias?.values[o] ?? 0 }
    func before(_ input: Int, _ output: Int, _ kernel: Int, _ stride: Int, _ given: Int) -> Int {
      switch window.padding {
      case .same: return max(0, (input - 1) * stride + kernel - output) / 2
      case .valid: return 0
      case .explicit: return given
      }
    }
    var (top, left) = (0, 0)
    if case .explicit(let above, _, let leftmost, _) = window.padding {
      (top, left) = (above, leftmost)
    }
    top = before(x.shape[1], shape[1], window.size.height, window.stride.height, top)
    left = before(x.shape[2], shape[2], window.size.width, window.stride.width, left)
    for n in 0..<x.shape[0] {
      for i in 0..<x.shape[1] {
        for j in 0..<x.shape[2] {
          for u in 0..<window.size.height {
            for v in 0..<window.size.width {
              let (row, column) = (
                i * window.stride.height + u - top, j * window.stride.width + v - left
              )
              guard row >= 0, column >= 0, row < shape[1], column < shape[2] else { continue }
              for o in 0..<shape[3] {
                for c in 0..<x.channels {
                  y.values[((n * shape[1] + row) * shape[2] + column) * shape[3] + o] +=
                    x.at(n, i, j, c) * kernel.at(u, v, o, c)
                }
              }
            }
          }
        }
      }
    }
    return y
  }

  private static func normalization(
    _ x: Grid, _ weights: [Grid], _ operation: BatchNormalization, isTraining: Bool
  ) -> Grid {
    let channels = x.channels
    var (mean, variance) = (weights[2].values, weights[3].values)
    if isTraining {
      let rows = Double(x.values.count / channels)
      mean = Array(repeating: 0, count: channels)
      variance = mean
      for (i, value) in x.values.enumerated() { mean[i % channels] += value / rows }
      for (i, value) in x.values.enumerated() {
        let difference = value - mean[i % channels]
        variance[i % channels] += difference * difference / rows
      }
    }
    var y = x
    for i in x.values.indices {
      let c = i % channels
      let scale = weights[0].values[c] / (variance[c] + Double(operation.epsilon)).squareRoot()
      y.values[i] = (x.values[i] - mean[c]) * scale + weights[1].values[c]
    }
    return y
  }

  private static func dense(_ x: Grid, _ kernel: Grid, bias: Grid?) -> Grid {
    let units = kernel.shape[1]
    return rows(x) { row in
      (0..<units).map { o -> Double in
        var sum = bias?.values[o] ?? 0
        for (i, value) in row.enumerated() { sum += value * kernel.values[i * units + o] }
        return sum
      }
    }.with(lastDimension: units)
  }

  private static func pooling(_ x: Grid, _ operation: Pooling, _ shape: [Int]) -> Grid {
    let window = operation.window
    let place = window.placed(height: x.shape[1], width: x.shape[2])
    return tabulate(shape) { n, i, j, c in
      var values: [Double] = []
      for u in 0..<window.size.height {
        for v in 0..<window.size.width {
          let row = i * window.stride.height + u - place.top
          let column = j * window.stride.width + v - place.left
          if row >= 0, column >= 0, row < x.shape[1], column < x.shape[2] {
            values.append(x.at(n, row, column, c))
          }
        }
      }
      return operation.function == .max
        ? values.max()! : values.reduce(0, +) / Double(values.count)
    }
  }

  /// Each value by its place before the axis, along it, and after it.
  private static func concatenation(_ inputs: [Grid], axis: Int, _ shape: [Int]) -> Grid {
    let axis = axis < 0 ? shape.count + axis : axis + 1
    var y = Grid(shape, [])
    let inner = shape[(axis + 1)...].reduce(1, *)
    for place in 0..<shape.reduce(1, *) {
      let (before, after) = (place / inner / shape[axis], place % inner)
      var along = place / inner % shape[axis]
      var source = 0
      while along >= inputs[source].shape[axis] {
        along -= inputs[source].shape[axis]
        source += 1
      }
      let size = inputs[source].shape[axis]
      y.values.append(inputs[source].values[(before * size + along) * inner + after])
    }
    return y
  }

  private static func resize(_ x: Grid, _ shape: [Int]) -> Grid {
    func place(_ index: Int, _ from: Int, _ to: Int) -> (low: Int, high: Int, share: Double) {
      let position = (Double(index) + 0.5) * Double(from) / Double(to) - 0.5
      let low = floor(position)
      return (
        min(max(Int(low), 0), from - 1), min(max(Int(low) + 1, 0), from - 1), position - low
      )
    }
    return tabulate(shape) { n, i, j, c in
      let row = place(i, x.shape[1], shape[1])
      let column = place(j, x.shape[2], shape[2])
      func mixed(_ y: Int) -> Double {
        x.at(n, y, column.low, c) * (1 - column.share) + x.at(n, y, column.high, c) * column.share
      }
      return mixed(row.low) * (1 - row.share) + mixed(row.high) * row.share
    }
  }
}

extension Grid {
  fileprivate func with(lastDimension size: Int) -> Grid {
    Grid(shape.dropLast() + [size], values)
  }
}
