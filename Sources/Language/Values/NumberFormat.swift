/// Numbers as text: no locale, and the shortest digits that read back as the same number.
package enum NumberFormat {
  package static func shortest(_ number: Double) -> String {
    if number.rounded(.towardZero) == number, abs(number) < 9_007_199_254_740_992 {
      return String(Int64(number))
    }
    if number.isNaN { return "nan" }
    if number.isInfinite { return number < 0 ? "-infinity" : "infinity" }
    let text = number.description
    return text.hasSuffix(".0") ? String(text.dropLast(2)) : text
  }

  /// With a fixed number of digits after the point (0…17), rounded half away from zero.
  package static func fixed(_ number: Double, digits: Int) -> String {
    guard number.isFinite, abs(number) < 1e15 else { return shortest(number) }
    let digits = min(max(0, digits), 17)
    var whole = abs(number).rounded(.down)
    var scale = 1.0
    for _ in 0..<digits { scale *= 10 }
    var fraction = ((abs(number) - whole) * scale).rounded()
    if fraction >= scale {
      whole += 1
      fraction = 0
    }
    let sign = number < 0 && (whole > 0 || fraction > 0) ? "-" : ""
    if digits == 0 { return sign + String(Int64(whole)) }
    let tail = String(Int64(fraction))
    return sign + String(Int64(whole)) + "."
      + String(repeating: "0", count: max(0, digits - tail.count)) + tail
  }

  static func range(_ range: ClosedRange<Double>) -> String {
    switch (range.lowerBound.magnitude, range.upperBound.magnitude) {
    case (_, .infinity): "a number of at least \(shortest(range.lowerBound))"
    case (.infinity, _): "a number of at most \(shortest(range.upperBound))"
    default: "a number from \(shortest(range.lowerBound)) to \(shortest(range.upperBound))"
    }
  }

  static func range(_ range: ClosedRange<Int>) -> String {
    range.upperBound >= Call.exactIntegers.upperBound
      ? "a whole number of at least \(range.lowerBound)"
      : "a whole number from \(range.lowerBound) to \(range.upperBound)"
  }
}
