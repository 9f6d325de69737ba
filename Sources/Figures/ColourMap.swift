/// Colours for numbers.
package enum ColourMap: Sendable, Equatable, CaseIterable {
  /// Perceptually uniform, readable in grey and by colour-blind readers (Smith and van der Walt,
  /// SciPy 2015).
  case viridis
  /// White to dark blue, for shares and counts (Brewer's "Blues").
  case blues
  /// Blue over white to red, for values around zero (Brewer's "RdBu").
  case diverging
  case grey

  /// The colour at 0…1; values beyond the ends take the colour of the end, what is not a number
  /// takes `Colour.notANumber`.
  package func callAsFunction(_ position: Double) -> Colour {
    guard !position.isNaN else { return .notANumber }
    let anchors = self.anchors
    let place = min(1, max(0, position)) * Double(anchors.count - 1)
    let index = place.rounded(.down).whole(within: 0...(anchors.count - 2))
    let fraction = place - Double(index)
    func blend(_ shift: UInt32) -> UInt8 {
      let low = Double((anchors[index] >> shift) & 0xFF)
      let high = Double((anchors[index + 1] >> shift) & 0xFF)
      return UInt8((low + (high - low) * fraction).whole(within: 0...255))
    }
    return Colour(blend(16), blend(8), blend(0))
  }

  /// Equally spaced colours, linearly interpolated between.
  private var anchors: [UInt32] {
    switch self {
    case .viridis:
      [
        0x440154, 0x482878, 0x3E4989, 0x31688E, 0x26828E, 0x1F9E89, 0x35B779, 0x6ECE58, 0xB5DE2B,
        0xFDE725,
      ]
    case .blues:
      [
        0xF7FBFF, 0xDEEBF7, 0xC6DBEF, 0x9ECAE1, 0x6BAED6, 0x4292C6, 0x2171B5, 0x08519C, 0x08306B,
      ]
    case .diverging:
      [
        0x2166AC, 0x4393C3, 0x92C5DE, 0xD1E5F0, 0xF7F7F7, 0xFDDBC7, 0xF4A582, 0xD6604D, 0xB2182B,
      ]
    case .grey:
      [0x000000, 0xFFFFFF]
    }
  }
}
