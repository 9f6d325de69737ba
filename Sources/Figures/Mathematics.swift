#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

// The C library's functions under names that do not clash with properties and parameters.

func power(_ base: Double, _ exponent: Double) -> Double { pow(base, exponent) }

func logarithm10(_ value: Double) -> Double { log10(value) }

extension Double {
  /// The nearest whole number, kept within `range`; `range.lowerBound` for what is not a number.
  /// `Int(someDouble)` traps on NaN, infinities and large values: every conversion goes through
  /// here.
  func whole(within range: ClosedRange<Int>) -> Int {
    guard !isNaN else { return range.lowerBound }
    if self <= Double(range.lowerBound) { return range.lowerBound }
    if self >= Double(range.upperBound) { return range.upperBound }
    return Int(rounded())
  }
}
