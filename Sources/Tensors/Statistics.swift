extension Tensor {
  /// What a summary shows. Range, mean and standard deviation are of the finite values.
  package struct Statistics: Equatable, Sendable {
    package var notANumberCount = 0
    package var infinityCount = 0
    package var finiteCount = 0
    /// 0 where there are no finite values, as are the three below.
    package var minimum: Float = 0
    package var maximum: Float = 0
    package var mean = 0.0
    /// With the number of values as divisor.
    package var standardDeviation = 0.0
  }

  package func statistics() -> Statistics {
    withUnsafePointer { base in
      var facts = Statistics()
      var sum = 0.0
      for i in 0..<count {
        let value = base[i]
        guard value.isFinite else {
          if value.isNaN { facts.notANumberCount += 1 } else { facts.infinityCount += 1 }
          continue
        }
        if facts.finiteCount == 0 { (facts.minimum, facts.maximum) = (value, value) }
        if value < facts.minimum { facts.minimum = value }
        if value > facts.maximum { facts.maximum = value }
        facts.finiteCount += 1
        sum += Double(value)
      }
      guard facts.finiteCount > 0 else { return facts }
      facts.mean = sum / Double(facts.finiteCount)
      var squares = 0.0
      for i in 0..<count where base[i].isFinite {
        let distance = Double(base[i]) - facts.mean
        squares += distance * distance
      }
      facts.standardDeviation = (squares / Double(facts.finiteCount)).squareRoot()
      return facts
    }
  }

  /// The values of all dimensions in one, smallest first; NaN last.
  package func sorted() throws -> Tensor {
    var result = try reshaped([count])
    result.withUnsafeMutablePointer { base in
      var buffer = UnsafeMutableBufferPointer(start: base, count: count)
      buffer.sort { $0 < $1 || $1.isNaN && !$0.isNaN }
    }
    return result
  }

  /// The values below which the given fractions (0…1) of the finite values lie, with linear
  /// interpolation between neighbours (NumPy's default).
  /// - Throws: `TensorError.invalidArgument` for a fraction outside 0…1, `.emptyTensor` where
  ///   there are no finite values.
  package func quantiles(_ fractions: [Double]) throws -> [Float] {
    for fraction in fractions where !(fraction >= 0 && fraction <= 1) {
      throw TensorError.invalidArgument(
        operation: "quantile", given: fraction, expected: "a fraction from 0 to 1")
    }
    let finite = values.filter(\.isFinite).sorted()
    guard !finite.isEmpty else {
      throw TensorError.emptyTensor(operation: "quantile", shape: shape)
    }
    return fractions.map { fraction in
      let place = fraction * Double(finite.count - 1)
      let below = min(Int(place), finite.count - 1)
      let above = min(below + 1, finite.count - 1)
      let share = place - Double(below)
      return Float(Double(finite[below]) * (1 - share) + Double(finite[above]) * share)
    }
  }

  /// How many values fall in each of `bins` equal parts of a range. The last part includes its
  /// end; values outside, NaN and infinities are not counted.
  /// - Parameter range: lowest and highest value; by default those of the finite values, widened
  ///   by a half on both sides where they are equal.
  /// - Returns: counts, and the `bins + 1` edges between the parts.
  package func histogram(
    bins: Int, range: ClosedRange<Float>? = nil
  ) throws -> (counts: [Int], edges: [Float]) {
    guard bins >= 1, bins <= 100_000 else {
      throw TensorError.invalidArgument(
        operation: "histogram", given: Double(bins), expected: "1 to 100000 bins")
    }
    let facts = statistics()
    var low = Double(range?.lowerBound ?? facts.minimum)
    var high = Double(range?.upperBound ?? facts.maximum)
    guard low.isFinite, high.isFinite else {
      throw TensorError.invalidArgument(
        operation: "histogram", given: low.isFinite ? high : low, expected: "a finite range")
    }
    if low == high { (low, high) = (low - 0.5, high + 0.5) }
    let width = (high - low) / Double(bins)
    var counts = [Int](repeating: 0, count: bins)
    withUnsafePointer { base in
      for i in 0..<count {
        let value = Double(base[i])
        // Also false for NaN.
        guard value >= low, value <= high else { continue }
        counts[min(Int((value - low) / width), bins - 1)] += 1
      }
    }
    return (counts, (0...bins).map { Float($0 == bins ? high : low + Double($0) * width) })
  }

  /// Rows `[count, classes]` with a 1 at each label and 0 elsewhere.
  /// - Throws: `TensorError.indexOutOfRange` for a label outside 0..<classes.
  package static func oneHot(_ labels: [Int], classes: Int) throws -> Tensor {
    var result = try Tensor(shape: [labels.count, classes])
    for label in labels where label < 0 || label >= classes {
      throw TensorError.indexOutOfRange(index: label, axis: 1, size: classes)
    }
    result.withUnsafeMutablePointer { base in
      for (row, label) in labels.enumerated() { base[row * classes + label] = 1 }
    }
    return result
  }
}
