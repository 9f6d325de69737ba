/// Grass, scrub and trees, in the colours of a season.
struct Vegetation: Sendable {
  let grass: Tint
  let other: Tint
  let leaves: Tint
  let soil: Tint
  fileprivate let noise: Noise
  /// Share of ground under trees where trees can stand, 0…1.
  let trees: Float
  let crown: Float
  fileprivate let tuft: Float

  init(_ random: inout DescriptionStream, kind: SceneKind, sand: Sand) {
    grass = random.pick(Palette.meadows) * random.between(0.75, 1.15)
    other = mix(grass, random.pick(Palette.meadows), 0.7) * random.between(0.75, 1.1)
    leaves = random.pick(Palette.woods) * random.between(0.8, 1.3)
    soil = mix(sand.color, Palette.tint(0x8A7458), random.between(0.2, 0.8))
    noise = Noise(&random)
    switch kind {
    case .beach: trees = random.chance(0.3) ? random.between(0.1, 0.8) : 0
    case .marsh: trees = random.chance(0.6) ? random.between(0.1, 0.8) : 0
    case .developed: trees = random.between(0.05, 0.6)
    case .rocky: trees = random.chance(0.5) ? random.between(0.1, 1) : 0
    }
    crown = random.between(4, 8.5)
    tuft = random.between(1.4, 3.2)
  }
}

/// Draws vegetation at one sampling of the ground.
struct VegetationBrush {
  private let vegetation: Vegetation
  private let broad: Fractal
  private let fine: Fractal
  private let mosaic: Fractal
  private let tuftsVisible: Float

  init(_ vegetation: Vegetation, footprint: Float) {
    self.vegetation = vegetation
    let noise = vegetation.noise
    broad = Fractal(noise, wavelength: 45, finest: 8, footprint: footprint)
    mosaic = Fractal(noise.other(1), wavelength: 13, finest: 2, footprint: footprint, gain: 0.6)
    fine = Fractal(noise.other(2), wavelength: 2.4, finest: 0.3, footprint: footprint, gain: 0.75)
    tuftsVisible = clamp(vegetation.tuft / (2.2 * footprint))
  }

  /// Closed grass with patches of another kind.
  @inline(__always)
  func meadow(_ p: Place) -> Ground {
    let patch = mosaic(p.x, p.y)
    let grain = fine(p.x, p.y)
    let wide = broad(p.x, p.y)
    let mixed = smoothstep(-0.25, 0.35, patch + 0.5 * wide)
    var color = mix(vegetation.grass, vegetation.other, mixed)
    color *= 1 + 0.2 * grain + 0.16 * patch + 0.12 * wide
    // Tussocks and low scrub, and where the soil shows.
    let scrub = smoothstep(0.22, 0.5, patch * 0.7 + grain * 0.45 - 0.3 * wide)
    color = mix(color, vegetation.leaves * (0.85 + 0.3 * grain), scrub * 0.75)
    let worn = smoothstep(0.3, 0.6, -patch * 0.8 - 0.5 * wide + 0.25 * grain)
    color = mix(color, vegetation.soil * (1 + 0.12 * grain), worn * 0.7)
    let height = 0.3 + 0.2 * grain + 0.5 * patch + scrub * (1 + 0.5 * grain)
    return Ground(color: color, height: height, cover: .vegetation)
  }

  /// Tufts on open ground.
  ///
  /// - Parameter density: share of the ground covered, 0…1.
  @inline(__always)
  func tufts(_ p: Place, on ground: Ground, density: Float) -> Ground {
    if density <= 0.01 { return ground }
    let patch = mosaic(p.x, p.y)
    let grain = fine(p.x, p.y)
    let level = density * 1.5 - 0.75 + 0.75 * patch + 0.3 * grain * tuftsVisible
    let cover = smoothstep(-0.08, 0.16, level)
    if cover <= 0 { return ground }
    let mixed = smoothstep(-0.3, 0.4, grain * 0.6 + patch * 0.4)
    let color = mix(vegetation.grass, vegetation.other, mixed) * (1 + 0.2 * grain)
    return Ground(
      color: mix(ground.color, color, cover * 0.92),
      height: ground.height + cover * (0.35 + 0.25 * grain),
      cover: cover > 0.5 ? .vegetation : ground.cover)
  }

  /// Crowns of trees or shrubs; where there is none, the ground is left.
  ///
  /// - Parameters:
  ///   - density: share of the ground under crowns, 0…1.
  ///   - crown: the spacing of crowns, in metres.
  @inline(__always)
  func crowns(_ p: Place, on ground: Ground, density: Float, crown: Float) -> Ground {
    if density <= 0.02 { return ground }
    let level = density * 1.7 - 0.85 + 0.6 * mosaic(p.x, p.y) + 0.35 * broad(p.x, p.y)
    if level < -0.05 { return ground }
    let grain = fine(p.x, p.y)
    // Bent coordinates hide the lattice; the pattern is turned against the image's sides too.
    let bend = crown * 0.55 * level
    let x = (p.x * 0.83 + p.y * 0.56 + bend) / crown
    let y = (p.y * 0.83 - p.x * 0.56 - bend) / crown
    let disc = vegetation.noise.other(5).discs(x, y)
    let inside = disc.rise + 0.09 * grain + min(level, 0.1)
    if inside <= 0 { return ground }
    let dome = min(inside * 1.9, 1)
    let tone = 0.68 + 0.55 * Float(Int32(disc.bits >> 8 & 255)) / 255
    let hue = Float(Int32(disc.bits >> 16 & 255)) / 255
    let color =
      mix(vegetation.leaves, vegetation.other * 0.75, hue * 0.45)
      * (tone * (0.55 + 0.5 * dome + 0.2 * grain))
    return Ground(
      color: color,
      height: ground.height + crown * (0.35 + 0.55 * (dome * (2 - dome))) + 0.5 * grain,
      cover: .vegetation)
  }
}
