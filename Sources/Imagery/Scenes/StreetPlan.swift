/// The grid of streets of a settlement, laid along the shore.
struct StreetPlan: Sendable {
  /// Metres from the water's edge to the first street.
  let front: Float
  let asphalt: Tint
  /// Metres between streets along the shore, between those across it, and where these begin.
  let streetSpacing: Float
  let crossSpacing: Float
  let crossShift: Float
  let streetWidth: Float
  /// How much of the ground between houses has no lawn, −1…1.
  let bareness: Float

  init(_ random: inout DescriptionStream, style: Settlement.Style, isWalled: Bool) {
    asphalt = random.pick(Palette.asphalts) * random.between(0.8, 1.15)
    switch style {
    case .suburb:
      streetSpacing = random.between(44, 60)
      streetWidth = random.between(5.5, 8)
      front = isWalled ? random.between(5, 12) : random.between(10, 24)
    case .resort:
      streetSpacing = random.between(62, 84)
      streetWidth = random.between(7, 11)
      front = isWalled ? random.between(6, 14) : random.between(12, 28)
    case .harbour:
      streetSpacing = random.between(60, 80)
      streetWidth = random.between(7, 10)
      front = random.between(8, 16)
    }
    crossSpacing = random.between(64, 120)
    crossShift = random.between(0, 1) * crossSpacing
    bareness = random.between(-1, 1)
  }

  /// Metres from the middle of the nearest street's edge (negative on the street), and whether the
  /// place belongs to the promenade along the shore.
  @inline(__always)
  func street(_ s: Float, _ c: Float) -> Float {
    let start = c - front - streetWidth * 0.5 - 2
    let row = Noise.floor(start / streetSpacing + 0.5)
    let along = start < -streetSpacing * 0.5 ? Float(999) : abs(start - Float(row) * streetSpacing)
    let column = Noise.floor((s + crossShift) / crossSpacing + 0.5)
    let across =
      c < front ? Float(999) : abs(s + crossShift - Float(column) * crossSpacing)
    return min(along, across) - streetWidth * 0.5
  }

  /// Metres from the middle line of the street along which a place lies: for its markings.
  @inline(__always)
  func middle(_ c: Float) -> Float {
    let start = c - front - streetWidth * 0.5 - 2
    let row = Noise.floor(start / streetSpacing + 0.5)
    return abs(start - Float(row) * streetSpacing)
  }
}
