/// A position on an axis with its number.
package struct Tick: Sendable, Equatable {
  package var value: Double
  package var label: String
}

/// An axis: the values that it spans and where its ticks are.
package struct Axis: Sendable {
  var scale: AxisScale
  /// Both finite, `low < high`; on a logarithmic axis above zero.
  var low: Double
  var high: Double
  var ticks: [Tick]
  /// Grid lines between the ticks, on a logarithmic axis.
  var minorTicks: [Double]

  /// An axis for these values and, if given, at least `includes`, with about `count` ticks. What
  /// cannot be shown (not finite, or not above zero on a logarithmic axis) is left out.
  /// `isPadded` leaves a little room beyond the data.
  init(
    _ values: some Sequence<Double>, scale: AxisScale, includes: ClosedRange<Double>? = nil,
    count: Int = 6, isPadded: Bool = true
  ) {
    var (low, high) = (Double.infinity, -Double.infinity)
    for value in values where Axis.canShow(value, scale) {
      low = min(low, value)
      high = max(high, value)
    }
    if let includes {
      for value in [includes.lowerBound, includes.upperBound] where Axis.canShow(value, scale) {
        low = min(low, value)
        high = max(high, value)
      }
    }
    if low > high { (low, high) = scale == .linear ? (0, 1) : (1, 10) }
    self.scale = scale
    switch scale {
    case .linear:
      // A range that a double cannot divide is widened; one value gets a range around it.
      let magnitude = max(low.magnitude, high.magnitude)
      if high - low <= max(magnitude * 1e-9, 1e-300) {
        let half = magnitude > 1e-300 ? magnitude * 0.1 : 1
        (low, high) = (low - half, high + half)
      } else if isPadded {
        let margin = (high - low) * 0.04
        if includes.map({ low < $0.lowerBound }) ?? true { low -= low == 0 ? 0 : margin }
        if includes.map({ high > $0.upperBound }) ?? true { high += margin }
      }
      (self.low, self.high) = (low, high)
      ticks = Axis.ticks(from: low, to: high, count: count)
      minorTicks = []
    case .logarithmic:
      // In decades, since the quotient of the ends may be too large for a double.
      let decades = logarithm10(high) - logarithm10(low)
      if decades < 0.2 {
        (low, high) = (max(low / 2, Axis.smallest), high * 2)
      } else if isPadded {
        let margin = power(10, min(4, 0.03 * decades))
        (low, high) = (max(low / margin, Axis.smallest), high * margin)
      }
      (self.low, self.high) = (low, high)
      (ticks, minorTicks) = Axis.logarithmicTicks(from: low, to: high, count: count)
    }
  }

  /// Values beyond these have no differences that a double can hold.
  private static let largest = 1e300
  /// Logarithmic axes end here: below, doubles lose their digits.
  private static let smallest = 1e-300

  static func canShow(_ value: Double, _ scale: AxisScale) -> Bool {
    guard value.isFinite && value.magnitude <= largest else { return false }
    return scale == .linear || value >= smallest
  }

  /// Where a value lies: 0 at the beginning of the axis, 1 at its end; nil if it cannot be shown.
  func position(_ value: Double) -> Double? {
    guard Axis.canShow(value, scale) else { return nil }
    switch scale {
    case .linear: return (value - low) / (high - low)
    case .logarithmic:
      let start = logarithm10(low)
      return (logarithm10(value) - start) / (logarithm10(high) - start)
    }
  }

  /// The difference between ticks: 1, 2 or 5 times a power of ten, so that a range of `span` has at
  /// most `count` of them.
  static func niceStep(span: Double, count: Int) -> Double {
    let rough = span / Double(max(1, count))
    let unit = power(10, logarithm10(rough).rounded(.down))
    for factor in [1.0, 2, 5] where unit * factor >= rough * (1 - 1e-9) { return unit * factor }
    return unit * 10
  }

  /// Ticks at round numbers from `low` to `high`, at most `count + 1` of them.
  package static func ticks(from low: Double, to high: Double, count: Int) -> [Tick] {
    guard low.isFinite && high.isFinite && low < high else { return [] }
    let step = niceStep(span: high - low, count: count)
    guard step > 0 && step.isFinite else { return [] }
    let slack = 1e-9 * (high - low)
    let first = ((low - slack) / step).rounded(.up)
    let last = ((high + slack) / step).rounded(.down)
    guard first.magnitude < 1e15 && last.magnitude < 1e15 && last >= first else { return [] }
    // -0 + 0 is 0: no tick is labelled "-0".
    let values = (0...(last - first).whole(within: 0...100)).map { (first + Double($0)) * step + 0 }
    return values.map { Tick(value: $0, label: label($0, step: step)) }
  }

  /// A number with as many digits as ticks `step` apart need.
  private static func label(_ value: Double, step: Double) -> String {
    let exponent = logarithm10(step).rounded(.down).whole(within: -400...400)
    if value != 0 && (value.magnitude >= 1e7 || exponent < -5) {
      // Digits down to that of the step.
      let top = logarithm10(value.magnitude).rounded(.down).whole(within: -400...400)
      return exponential(value, significant: max(1, min(15, top - exponent + 1)))
    }
    if value == 0 { return "0" }
    if exponent >= 0 { return grouped(value.whole(within: -100_000_000...100_000_000)) }
    return decimal(value, places: -exponent)
  }

  /// Powers of ten, with 2 and 5 times them where there are few; and grid lines at the others.
  package static func logarithmicTicks(
    from low: Double, to high: Double, count: Int
  ) -> (ticks: [Tick], minor: [Double]) {
    let first = logarithm10(low).rounded(.down).whole(within: -320...320)
    let last = logarithm10(high).rounded(.up).whole(within: -320...320)
    let decades = logarithm10(high) - logarithm10(low)
    let every = max(
      1, ((Double(last - first)) / Double(max(1, count))).rounded(.up).whole(within: 1...700))
    let factors: [Double] =
      decades < 1 ? [1, 2, 3, 4, 5, 6, 7, 8, 9] : decades < 3 ? [1, 2, 5] : [1]
    var (ticks, minor): ([Tick], [Double]) = ([], [])
    for exponent in first...max(first, last) {
      let unit = power(10, Double(exponent))
      for factor in 1...9 {
        let value = unit * Double(factor)
        guard value >= low * (1 - 1e-9) && value <= high * (1 + 1e-9) else { continue }
        if factors.contains(Double(factor)) && exponent % every == 0 {
          let isLarge = value >= 1000 && value < 1e6
          ticks.append(
            Tick(
              value: value,
              label: isLarge
                ? grouped(value.whole(within: 0...1_000_000)) : compact(value, significant: 2)))
        } else if every == 1 {
          minor.append(value)
        }
      }
    }
    if ticks.isEmpty {
      ticks = [low, high].map { Tick(value: $0, label: compact($0, significant: 3)) }
    }
    return (ticks, minor)
  }
}
