/// Bedrock: its colour, bedding and joints, cliffs and boulders.
struct Rocks: Sendable {
  let color: Tint
  fileprivate let second: Tint
  fileprivate let bedding: Place
  fileprivate let bedLength: Float
  fileprivate let beds: Float
  fileprivate let jointLength: Float
  fileprivate let noise: Noise
  fileprivate let lichen: Tint
  fileprivate let roughness: Float
  /// Height of the cliff's top above the sea, and the widths of platform and cliff, in metres.
  let cliffHeight: Float
  let platformWidth: Float
  let cliffWidth: Float
  /// How much sand lies in the coves, 0…1.
  let coves: Float

  init(_ random: inout DescriptionStream) {
    color = random.pick(Palette.rocks) * random.between(0.75, 1.15)
    second = mix(color, random.pick(Palette.rocks), 0.5) * random.between(0.6, 1.1)
    let strike = random.angle()
    bedding = Place(Approximate.cosine(strike), Approximate.sine(strike))
    bedLength = random.between(3, 9)
    beds = random.chance(0.6) ? random.between(0.4, 1) : 0.15
    jointLength = random.between(5, 14)
    noise = Noise(&random)
    lichen = random.pick(Palette.meadows) * 0.8
    roughness = random.between(0.7, 1.4)
    cliffHeight = random.proportion(3, 22)
    platformWidth = random.between(6, 40)
    cliffWidth = random.between(5, 16)
    coves = random.chance(0.6) ? random.between(0.2, 0.75) : 0
  }
}

/// Draws rock at one sampling of the ground.
struct RockBrush {
  private let rocks: Rocks
  private let broad: Fractal
  private let fine: Fractal
  private let jointsVisible: Float

  init(_ rocks: Rocks, footprint: Float) {
    self.rocks = rocks
    broad = Fractal(rocks.noise, wavelength: 21, finest: 1.2, footprint: footprint, gain: 0.58)
    fine = Fractal(
      rocks.noise.other(1), wavelength: 4, finest: 0.3, footprint: footprint, gain: 0.75)
    jointsVisible = clamp(2.2 / (footprint + 0.6))
  }

  /// - Parameters:
  ///   - level: metres above the sea that the ground would have if it were smooth.
  @inline(__always)
  func draw(_ p: Place, level: Float) -> Ground {
    let mass = broad(p.x, p.y)
    let grain = fine(p.x, p.y)
    let across = p.x * rocks.bedding.x + p.y * rocks.bedding.y
    let bed = (across + 5 * mass) / rocks.bedLength
    let step = bed - Float(Noise.floor(bed))
    let cell = rocks.noise.other(3).cells(
      (p.x + 2.5 * mass) / rocks.jointLength, (p.y + 2.5 * grain * 0.4) / rocks.jointLength)
    let crack = smoothstep(0.13, 0.02, cell.second - cell.nearest) * jointsVisible
    let block = Float(Int32(cell.bits & 255)) / 255 - 0.5

    var height = level
    height += rocks.roughness * (1.9 * mass + 0.6 * grain + 1.5 * block)
    height += rocks.beds * (1 - step) * 1.1
    height -= crack * 1.3
    var color = mix(rocks.color, rocks.second, clamp(0.5 + 0.6 * mass + 0.5 * block))
    let ledge = rocks.beds * 0.2 * (1 - step)
    let tone: Float = 1 + 0.2 * grain + 0.14 * block - 0.5 * crack - ledge
    color *= tone
    // Black and slippery between the tides, then a band that lichen likes.
    let damp = smoothstep(2.2, 0.3, height)
    color *= 1 - 0.5 * damp
    let green = smoothstep(3, 6, height) * smoothstep(0.1, 0.7, mass + 0.4 * grain)
    color = mix(color, rocks.lichen, green * 0.35)
    return Ground(color: color, height: height, cover: .rock)
  }
}
