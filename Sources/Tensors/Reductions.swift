/// What many values become one by. Sums are taken in double precision and in a fixed order. A NaN
/// among the values makes the result NaN (and `argmax` and `argmin` its place), as in NumPy.
package enum TensorReduction: CaseIterable, Sendable {
  /// Of no values: 0.
  case sum
  case mean, maximum, minimum
  /// The place of the largest or smallest value along the axis; the first of equal ones.
  case argmax, argmin
  /// The standard deviation, with the number of values as divisor (NumPy's default).
  case standardDeviation
  /// The square root of the sum of squares. Of no values: 0.
  case norm

  package var name: String {
    switch self {
    case .sum: "sum"
    case .mean: "mean"
    case .maximum: "max"
    case .minimum: "min"
    case .argmax: "argmax"
    case .argmin: "argmin"
    case .standardDeviation: "std"
    case .norm: "norm"
    }
  }
}

extension Tensor {
  /// Reduces along one dimension, which goes away (or keeps size 1), or along all, to one number
  /// of shape `[]`.
  /// - Throws: `TensorError.axisOutOfRange`, `.emptyTensor` where no values have no answer.
  package func reduce(
    _ reduction: TensorReduction, axis: Int? = nil, keepDimension: Bool = false
  ) throws -> Tensor {
    guard let axis else {
      let result = try reduce(reduction, outer: 1, length: count, inner: 1, shape: [])
      return keepDimension ? try result.reshaped(shape.map { _ in 1 }) : result
    }
    let resolved = try resolveAxis(axis)
    var newShape = shape
    if keepDimension { newShape[resolved] = 1 } else { newShape.remove(at: resolved) }
    return try reduce(
      reduction, outer: shape[..<resolved].reduce(1, *), length: shape[resolved],
      inner: shape[(resolved + 1)...].reduce(1, *), shape: newShape)
  }

  /// Reduces along several dimensions at once, each named once; an empty list means none.
  package func reduce(_ reduction: TensorReduction, axes: [Int]) throws -> Tensor {
    let axes = try axes.map { try resolveAxis($0) }
    guard Set(axes).count == axes.count else {
      throw TensorError.invalidPermutation(axes, rank: rank)
    }
    let kept = (0..<rank).filter { !axes.contains($0) }
    let moved = try transposed(kept + axes.sorted())
    let length = axes.reduce(1) { $0 * shape[$1] }
    let newShape = kept.map { shape[$0] }
    return try moved.reduce(
      reduction, outer: newShape.reduce(1, *), length: length, inner: 1, shape: newShape)
  }

  /// The tensor seen as `[outer, length, inner]`, reduced along the middle.
  private func reduce(
    _ reduction: TensorReduction, outer: Int, length: Int, inner: Int, shape newShape: [Int]
  ) throws -> Tensor {
    if length == 0 && reduction != .sum && reduction != .norm {
      throw TensorError.emptyTensor(operation: reduction.name, shape: shape)
    }
    return try Tensor(uninitialized: newShape) { output in
      withUnsafePointer { input in
        switch reduction {
        case .sum:
          accumulate(input, outer, length, inner) { output[$0] = Float($1) }
        case .mean:
          accumulate(input, outer, length, inner) {
            output[$0] = Float($1 / Double(length))
          }
        case .norm:
          accumulate(input, outer, length, inner, squared: true) {
            output[$0] = Float($1.squareRoot())
          }
        case .standardDeviation:
          var means = [Double](repeating: 0, count: outer * inner)
          accumulate(input, outer, length, inner) { means[$0] = $1 / Double(length) }
          var squares = [Double](repeating: 0, count: outer * inner)
          for o in 0..<outer {
            for l in 0..<length {
              let row = input + (o * length + l) * inner
              for i in 0..<inner {
                let distance = Double(row[i]) - means[o * inner + i]
                squares[o * inner + i] += distance * distance
              }
            }
          }
          for i in squares.indices { output[i] = Float((squares[i] / Double(length)).squareRoot()) }
        case .maximum: select(input, outer, length, inner, { $0 > $1 }) { i, v, _ in output[i] = v }
        case .minimum: select(input, outer, length, inner, { $0 < $1 }) { i, v, _ in output[i] = v }
        case .argmax:
          select(input, outer, length, inner, { $0 > $1 }) { i, _, l in output[i] = Float(l) }
        case .argmin:
          select(input, outer, length, inner, { $0 < $1 }) { i, _, l in output[i] = Float(l) }
        }
      }
    }
  }

  /// Sums, or sums of squares, along the middle dimension. Rows without an inner dimension are
  /// added in eight lanes, since one chain of additions waits for each to end.
  private func accumulate(
    _ input: UnsafePointer<Float>, _ outer: Int, _ length: Int, _ inner: Int,
    squared: Bool = false, _ store: (Int, Double) -> Void
  ) {
    if inner == 1 {
      for o in 0..<outer {
        let row = UnsafeRawPointer(input + o * length)
        var lanes = SIMD8<Double>()
        let whole = length / 8 * 8
        for start in stride(from: 0, to: whole, by: 8) {
          let group = SIMD8<Double>(
            row.loadUnaligned(fromByteOffset: start * 4, as: SIMD8<Float>.self))
          lanes += squared ? group * group : group
        }
        var sum = lanes.sum()
        for l in whole..<length {
          let value = Double(input[o * length + l])
          sum += squared ? value * value : value
        }
        store(o, sum)
      }
      return
    }
    var sums = [Double](repeating: 0, count: inner)
    for o in 0..<outer {
      for i in 0..<inner { sums[i] = 0 }
      for l in 0..<length {
        let row = input + (o * length + l) * inner
        for i in 0..<inner {
          let value = Double(row[i])
          sums[i] += squared ? value * value : value
        }
      }
      for i in 0..<inner { store(o * inner + i, sums[i]) }
    }
  }

  @inline(__always)
  private func select(
    _ input: UnsafePointer<Float>, _ outer: Int, _ length: Int, _ inner: Int,
    _ isBetter: (Float, Float) -> Bool, _ store: (Int, Float, Int) -> Void
  ) {
    for o in 0..<outer {
      for i in 0..<inner {
        var (best, place) = (input[o * length * inner + i], 0)
        for l in 1..<max(length, 1) where !best.isNaN {
          let value = input[(o * length + l) * inner + i]
          if isBetter(value, best) || value.isNaN { (best, place) = (value, l) }
        }
        store(o * inner + i, best, place)
      }
    }
  }
}
