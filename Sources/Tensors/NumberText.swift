/// Numbers as text, the same in every locale and without Foundation. Rounding starts from the
/// shortest decimal that reads back as the number, so 0.15 rounds as a student expects.
package struct NumberText {
  private var isNegative = false
  /// Decimal digits, the first not 0 unless the number is 0; value = 0.d₁d₂… · 10^point.
  private var digits: [UInt8] = []
  private var point = 0
  /// "nan", "inf" or "-inf"; digits mean nothing then.
  private var special: String?

  /// From a number's own description, such as "1.5e-07".
  private init(description: String) {
    var (exponent, seenPoint, inExponent) = ("", false, false)
    for byte in description.utf8 {
      switch byte {
      case UInt8(ascii: "e"): inExponent = true
      case _ where inExponent: exponent.unicodeScalars.append(Unicode.Scalar(byte))
      case UInt8(ascii: "-"): isNegative = true
      case UInt8(ascii: "."): seenPoint = true
      case 48...57:
        if digits.isEmpty && byte == 48 {
          if seenPoint { point -= 1 }
        } else {
          digits.append(byte - 48)
          if !seenPoint { point += 1 }
        }
      default: break
      }
    }
    point += Int(exponent) ?? 0
    while digits.last == 0 { digits.removeLast() }
    if digits.isEmpty { point = 0 }
  }

  package init(_ value: Float) {
    self.init(description: value.isFinite ? value.description : "0")
    if !value.isFinite { special = value.isNaN ? "nan" : value < 0 ? "-inf" : "inf" }
  }

  package init(_ value: Double) {
    self.init(description: value.isFinite ? value.description : "0")
    if !value.isFinite { special = value.isNaN ? "nan" : value < 0 ? "-inf" : "inf" }
  }

  /// The power of ten of the first digit: 0 for 1…9.99, -2 for 0.05; 0 for 0.
  var magnitude: Int { digits.isEmpty ? 0 : point - 1 }
  var isWhole: Bool { special == nil && digits.count <= max(point, 0) }
  var isSpecial: Bool { special != nil }
  var isZero: Bool { special == nil && digits.isEmpty }

  /// At most `count` significant digits, without zeros at the end: "0.1235", "12340", "1.2e-07".
  package func significant(_ count: Int) -> String {
    if let special { return special }
    var rounded = self
    rounded.round(toPlaces: count - point)
    if rounded.magnitude < -4 || rounded.magnitude >= max(count, 6) {
      return rounded.scientific(places: max(rounded.digits.count - 1, 0))
    }
    return rounded.plain(places: max(rounded.digits.count - rounded.point, 0))
  }

  /// Exactly `places` digits after the point: "0.50"; a rounded zero has no sign.
  package func fixed(_ places: Int) -> String {
    if let special { return special }
    var rounded = self
    rounded.round(toPlaces: places)
    return rounded.plain(places: places)
  }

  /// One digit, the point, `places` digits and the exponent: "1.500e-07".
  package func scientific(_ places: Int) -> String {
    if let special { return special }
    var rounded = self
    rounded.round(toPlaces: places + 1 - point)
    return rounded.scientific(places: places)
  }

  /// How many digits after the point `fixed` must have to lose nothing that it shows at `places`.
  func neededPlaces(atMost places: Int) -> Int {
    var rounded = self
    rounded.round(toPlaces: places)
    return max(rounded.digits.count - rounded.point, 0)
  }

  /// Rounds to a number of digits after the point (negative: before it), halves away from zero.
  private mutating func round(toPlaces places: Int) {
    let keep = point + places
    guard keep < digits.count else { return }
    let up = keep >= 0 && digits[keep] >= 5
    digits.removeLast(digits.count - max(keep, 0))
    if up {
      var place = digits.count - 1
      while place >= 0 && digits[place] == 9 {
        digits.removeLast()
        place -= 1
      }
      if place >= 0 {
        digits[place] += 1
      } else {
        digits = [1]
        point += 1
      }
    }
    while digits.last == 0 { digits.removeLast() }
    if digits.isEmpty { (point, isNegative) = (0, false) }
  }

  /// The digit that stands for 10^power.
  private func digit(_ power: Int) -> Character {
    let index = point - 1 - power
    return digits.indices.contains(index)
      ? Character(Unicode.Scalar(digits[index] + 48)) : "0"
  }

  private func plain(places: Int) -> String {
    var text = isNegative && !digits.isEmpty ? "-" : ""
    for power in stride(from: max(point - 1, 0), through: 0, by: -1) { text.append(digit(power)) }
    if places > 0 {
      text.append(".")
      for power in 1...places { text.append(digit(-power)) }
    }
    return text
  }

  private func scientific(places: Int) -> String {
    var text = isNegative && !digits.isEmpty ? "-" : ""
    text.append(digit(magnitude))
    if places > 0 {
      text.append(".")
      for place in 1...places { text.append(digit(magnitude - place)) }
    }
    let exponent = String(magnitude.magnitude)
    return text + (magnitude < 0 ? "e-" : "e+") + (exponent.count < 2 ? "0" : "") + exponent
  }
}
