/// A colour of 8 bits a channel; `alpha` 255 is opaque.
package struct Colour: Sendable, Equatable, Hashable {
  package var red: UInt8
  package var green: UInt8
  package var blue: UInt8
  package var alpha: UInt8

  package init(_ red: UInt8, _ green: UInt8, _ blue: UInt8, _ alpha: UInt8 = 255) {
    self.red = red
    self.green = green
    self.blue = blue
    self.alpha = alpha
  }

  /// From `0xRRGGBB`.
  package init(hex: UInt32) {
    self.init(
      UInt8(truncatingIfNeeded: hex >> 16), UInt8(truncatingIfNeeded: hex >> 8),
      UInt8(truncatingIfNeeded: hex))
  }

  package static let white = Colour(hex: 0xFFFFFF)
  package static let black = Colour(hex: 0x000000)
  package static let clear = Colour(0, 0, 0, 0)

  /// Text and axes: softer than black.
  package static let ink = Colour(hex: 0x262626)
  /// Secondary text: tick labels and notes.
  package static let softInk = Colour(hex: 0x595959)
  /// Grid lines and frames.
  package static let hairline = Colour(hex: 0xE3E3E3)
  /// Stands for values that are not numbers.
  package static let notANumber = Colour(hex: 0xCC79A7)

  /// A right prediction: Okabe and Ito's bluish green, which differs from `wrong` in lightness too.
  package static let right = Colour(hex: 0x009E73)
  /// A wrong prediction: their vermilion.
  package static let wrong = Colour(hex: 0xD55E00)

  /// Okabe and Ito's colours, which colour-blind readers can tell apart, without their yellow (too
  /// pale for lines on white), the most contrasting first. "Color Universal Design", 2008.
  package static let series: [Colour] = [
    Colour(hex: 0x0072B2),  // blue
    Colour(hex: 0xD55E00),  // vermilion
    Colour(hex: 0x009E73),  // bluish green
    Colour(hex: 0xE69F00),  // orange
    Colour(hex: 0xCC79A7),  // reddish purple
    Colour(hex: 0x56B4E9),  // sky blue
    Colour(hex: 0x4D4D4D),  // dark grey
  ]

  /// The colour of series, class or box number `index`; they repeat after seven.
  package static func ofSeries(_ index: Int) -> Colour {
    series[((index % series.count) + series.count) % series.count]
  }

  /// The same colour at an opacity of 0…1.
  package func withOpacity(_ opacity: Double) -> Colour {
    Colour(red, green, blue, UInt8(max(0, min(255, (opacity * 255).rounded()))))
  }

  /// Relative luminance, 0 (black) to 1 (white), as in the Web Content Accessibility Guidelines 2.1.
  package var luminance: Double {
    func linear(_ channel: UInt8) -> Double {
      let value = Double(channel) / 255
      return value <= 0.03928 ? value / 12.92 : power((value + 0.055) / 1.055, 2.4)
    }
    return 0.2126 * linear(red) + 0.7152 * linear(green) + 0.0722 * linear(blue)
  }

  /// Black or white, whichever is easier to read on this colour.
  package var readableInk: Colour {
    luminance > 0.25 ? .ink : .white
  }

  /// This colour over `ground`, opaque.
  package func over(_ ground: Colour) -> Colour {
    func blend(_ top: UInt8, _ bottom: UInt8) -> UInt8 {
      let mixed = Int(top) * Int(alpha) + Int(bottom) * (255 - Int(alpha))
      return UInt8((mixed + 127) / 255)
    }
    return Colour(
      blend(red, ground.red), blend(green, ground.green), blend(blue, ground.blue))
  }
}
