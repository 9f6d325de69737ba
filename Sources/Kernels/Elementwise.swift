import CKernels

/// Loops over values that do not depend on each other. Every output may be one of the inputs,
/// unless it accumulates.
package enum Elementwise {
  /// output = activation(input).
  package static func activate(
    count: Int, _ activation: Activation, input: UnsafePointer<Float>,
    output: UnsafeMutablePointer<Float>
  ) {
    Parallel.run(count: count, grain: grain) { r in
      conch_activate(
        r.count, activation.code, activation.slope, input + r.lowerBound, output + r.lowerBound)
    }
  }

  /// inputGradient (=, or +=) outputGradient · activation′, taken from the activation's *output*.
  package static func activationGradient(
    count: Int, _ activation: Activation, output: UnsafePointer<Float>,
    outputGradient: UnsafePointer<Float>, inputGradient: UnsafeMutablePointer<Float>,
    accumulate: Bool = false
  ) {
    Parallel.run(count: count, grain: grain) { r in
      conch_activation_gradient(
        r.count, activation.code, activation.slope, output + r.lowerBound,
        outputGradient + r.lowerBound, inputGradient + r.lowerBound, accumulate)
    }
  }

  /// output = value.
  package static func fill(count: Int, value: Float, output: UnsafeMutablePointer<Float>) {
    Parallel.run(count: count, grain: grain) { r in
      conch_fill(r.count, value, output + r.lowerBound)
    }
  }

  /// output = input.
  package static func copy(
    count: Int, input: UnsafePointer<Float>, output: UnsafeMutablePointer<Float>
  ) {
    Parallel.run(count: count, grain: grain) { r in
      conch_activate(
        r.count, Activation.none.code, 0, input + r.lowerBound, output + r.lowerBound)
    }
  }

  /// output = activation(a + b).
  package static func add(
    count: Int, a: UnsafePointer<Float>, b: UnsafePointer<Float>, activation: Activation = .none,
    output: UnsafeMutablePointer<Float>
  ) {
    Parallel.run(count: count, grain: grain) { r in
      let start = output + r.lowerBound
      conch_add(r.count, a + r.lowerBound, b + r.lowerBound, start)
      if activation != .none {
        conch_activate(r.count, activation.code, activation.slope, start, start)
      }
    }
  }

  /// output = a · b.
  package static func multiply(
    count: Int, a: UnsafePointer<Float>, b: UnsafePointer<Float>,
    output: UnsafeMutablePointer<Float>
  ) {
    Parallel.run(count: count, grain: grain) { r in
      conch_multiply(r.count, a + r.lowerBound, b + r.lowerBound, output + r.lowerBound)
    }
  }

  /// output = factor · input + offset.
  package static func scale(
    count: Int, factor: Float, offset: Float = 0, input: UnsafePointer<Float>,
    output: UnsafeMutablePointer<Float>
  ) {
    Parallel.run(count: count, grain: grain) { r in
      conch_scale(r.count, factor, offset, input + r.lowerBound, output + r.lowerBound)
    }
  }

  /// output += factor · input.
  package static func accumulate(
    count: Int, factor: Float = 1, input: UnsafePointer<Float>,
    output: UnsafeMutablePointer<Float>
  ) {
    Parallel.run(count: count, grain: grain) { r in
      conch_accumulate(r.count, factor, input + r.lowerBound, output + r.lowerBound)
    }
  }

  /// Adds `bias` `[channels]` to every row: output = activation(input + bias).
  package static func addBias(
    rows: Int, channels: Int, input: UnsafePointer<Float>, bias: UnsafePointer<Float>,
    activation: Activation = .none, output: UnsafeMutablePointer<Float>
  ) {
    Parallel.run(count: rows, grain: max(1, grain / max(1, channels))) { r in
      let start = r.lowerBound * channels
      conch_add_bias(r.count, channels, input + start, bias, output + start)
      if activation != .none {
        conch_activate(
          r.count * channels, activation.code, activation.slope, output + start, output + start)
      }
    }
  }

  /// output (=, or +=) input / (1 − rate) where kept, else 0. An element is kept where its random
  /// number of `key` is at least `rate`: of the 256 elements from 256 · g on, element j takes word
  /// j / 64 of Philox 4x32-10's block 64 · g + j % 64. The mask is a pure function of key and
  /// index, so the same call on the gradient is the backward pass. `rate` is in 0..<1.
  package static func dropout(
    count: Int, rate: Float, key: UInt64, input: UnsafePointer<Float>,
    output: UnsafeMutablePointer<Float>, accumulate: Bool = false
  ) {
    precondition(rate >= 0 && rate < 1, "a dropout rate is in 0..<1")
    // The threshold is exact: 2³² times a Float below 1 is below 2³².
    let threshold = UInt32(Double(rate) * 0x1p32)
    Parallel.run(count: count, grain: grain) { r in
      conch_dropout(
        r.lowerBound, r.count, threshold, 1 / (1 - rate), key, input + r.lowerBound,
        output + r.lowerBound, accumulate)
    }
  }

  /// output = exp(input), the same bits on every run: an own polynomial, within 2 units in the
  /// last place; below −87.3 it is 0, above 88.7 infinity.
  package static func exp(
    count: Int, input: UnsafePointer<Float>, output: UnsafeMutablePointer<Float>
  ) {
    Parallel.run(count: count, grain: grain) { r in
      conch_exp(r.count, input + r.lowerBound, output + r.lowerBound)
    }
  }

  /// Values of a chunk: 64 kilobytes, a multiple of what one random block covers.
  private static let grain = 1 << 14
}
