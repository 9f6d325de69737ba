/// Bedrock: its colour, bedding and joints, cliffs and boulders.
struct Rocks: Sendable {
  let color: Tint
  fileprivate let second: Tint
  fileprivate let bedding: Place
  fileprivate let bedLength: Float
  fileprivate let beds: Float
  fileprivate let jointLength: Float
  /// Width of a block across the beds as a share of its length.
  fileprivate let blockiness: Float
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
    blockiness = random.between(0.3, 0.9)
    noise = Noise(&random)
    lichen = random.pick(Palette.meadows) * 0.8
    roughness = random.between(0.9, 1.6)
    cliffHeight = random.proportion(3, 22)
    platformWidth = random.between(14, 48)
    cliffWidth = random.between(8, 22)
    coves = random.chance(0.4) ? random.between(0.2, 0.6) : 0
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
    // Along and across the strike; joints part the beds into long blocks.
    let along = p.x * rocks.bedding.y - p.y * rocks.bedding.x + 4 * mass
    let across = p.x * rocks.bedding.x + p.y * rocks.bedding.y + 3.5 * mass + 0.8 * grain
    let bed = across / rocks.bedLength
    let step = bed - Float(Noise.floor(bed))
    let cell = rocks.noise.other(3).cells(
      along / rocks.jointLength, across / (rocks.jointLength * rocks.blockiness))
    let broken = smoothstep(-0.35, 0.3, rocks.noise.other(4)(p.x / 17, p.y / 17))
    let crack =
      smoothstep(0.16, 0.02, cell.second - cell.nearest) * jointsVisible * (0.15 + 0.85 * broken)
    let block = (Float(Int32(cell.bits & 255)) / 255 - 0.5) * (0.4 + 0.6 * broken)
    let crest = 1 - abs(mass) * 1.6

    var height = level
    height += rocks.roughness * (2.6 * mass + 0.75 * grain + 1.7 * block + 1.4 * crest)
    height += rocks.beds * (1 - step) * 1.2
    height -= crack * 1.5
    var color = mix(rocks.color, rocks.second, clamp(0.5 + 0.7 * mass + 0.5 * block))
    let ledge = rocks.beds * 0.22 * (1 - step)
    let tone: Float = 1 + 0.24 * grain + 0.16 * block - 0.45 * crack - ledge + 0.12 * crest
    color *= tone
    // Black and slippery between the tides, then a band that lichen likes.
    let damp = smoothstep(2.2, 0.3, height)
    color *= 1 - 0.5 * damp
    let green = smoothstep(3, 6, height) * smoothstep(0.1, 0.7, mass + 0.4 * grain)
    color = mix(color, rocks.lichen, green * 0.35)
    return Ground(color: color, height: height, cover: .rock)
  }
}
