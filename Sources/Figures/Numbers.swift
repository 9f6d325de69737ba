// Numbers as text, without the C library's formats, which follow the locale.

/// `value` with exactly `places` digits after the point: `decimal(2.5, places: 2)` is `2.50`. Very
/// large values are written with an exponent.
package func decimal(_ value: Double, places: Int) -> String {
  guard value.isFinite else { return value.isNaN ? "NaN" : value < 0 ? "-∞" : "∞" }
  let places = min(max(0, places), 15)
  var unit = 1.0
  for _ in 0..<places { unit *= 10 }
  let scaled = (value.magnitude * unit).rounded()
  guard scaled < 9e15 else { return exponential(value, significant: 4) }
  let whole = UInt64(scaled)
  let sign = value < 0 && whole > 0 ? "-" : ""
  guard places > 0 else { return sign + String(whole) }
  let divisor = UInt64(unit)
  let fraction = String(whole % divisor)
  let zeros = String(repeating: "0", count: places - fraction.count)
  return sign + String(whole / divisor) + "." + zeros + fraction
}

/// `value` with at most `significant` digits and no trailing zeros: `0.001`, `1250`, `3.2e-07`.
package func compact(_ value: Double, significant: Int = 4) -> String {
  guard value.isFinite else { return decimal(value, places: 0) }
  guard value != 0 else { return "0" }
  let exponent = logarithm10(value.magnitude).rounded(.down).whole(within: -400...400)
  if exponent < -4 || exponent >= 7 { return exponential(value, significant: significant) }
  return trimmed(decimal(value, places: max(0, significant - 1 - exponent)))
}

/// `1.5e-05`.
func exponential(_ value: Double, significant: Int) -> String {
  guard value.isFinite && value != 0 else { return decimal(value, places: 0) }
  var exponent = logarithm10(value.magnitude).rounded(.down).whole(within: -400...400)
  // In two factors, since 10^-exponent alone overflows for the smallest numbers.
  func mantissa(_ exponent: Int) -> Double {
    let half = exponent / 2
    return value / power(10, Double(half)) / power(10, Double(exponent - half))
  }
  var text = decimal(mantissa(exponent), places: max(0, significant - 1))
  if text.hasPrefix("10") || text.hasPrefix("-10") {
    exponent += 1
    text = decimal(mantissa(exponent), places: max(0, significant - 1))
  }
  return trimmed(text) + "e\(exponent < 0 ? "-" : "")\(exponent.magnitude)"
}

/// Without the zeros that end a fraction.
private func trimmed(_ text: String) -> String {
  guard text.contains(".") else { return text }
  var characters = Substring(text)
  while characters.last == "0" { characters.removeLast() }
  if characters.last == "." { characters.removeLast() }
  return characters == "-0" ? "0" : String(characters)
}

/// `12,345`: thousands are separated, as English does.
package func grouped(_ value: Int) -> String {
  let digits = Array(String(value.magnitude))
  var text = value < 0 ? "-" : ""
  for (position, digit) in digits.enumerated() {
    if position > 0 && (digits.count - position) % 3 == 0 { text.append(",") }
    text.append(digit)
  }
  return text
}

/// `1 image`, `3 images`; the plural is the noun with an s unless given.
package func counted(_ count: Int, _ noun: String, plural: String? = nil) -> String {
  count == 1 ? "1 \(noun)" : "\(grouped(count)) \(plural ?? noun + "s")"
}
