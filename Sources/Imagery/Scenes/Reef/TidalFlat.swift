/// Mud between a creek and a marsh, and the oysters on it.
struct TidalFlat: Sendable {
  let mud: Tint
  let grass: Tint
  let straw: Tint
  let shell: Tint
  let algae: Tint
  let water: Tint
  /// Towards the marsh: a unit vector.
  let rise: Place
  /// Metres up per metre of ground, and at the middle of the picture above the lowest tide.
  let slope: Float
  let level: Float
  /// The water's level now, in metres.
  let tide: Float
  /// How opaque the water is, per metre of depth.
  let murk: Float
  /// The level above which grass grows.
  let marshLevel: Float
  /// How readily reefs grow, and the level that they like best.
  let growth: Float
  let reefLevel: Float
  /// Metres between clumps, and how stringy they are, 0…1.
  let clumpLength: Float
  let stringiness: Float
  /// How dark mats of algae are that lie on the mud, 0…1; they are no reefs.
  let mats: Float
  /// Loose shells on the mud.
  let litter: Float
  let rills: Float
  let relief: Noise
  let oysters: Noise
  let grain: Noise

  init(_ random: inout DescriptionStream) {
    mud = random.pick(Palette.muds) * random.between(0.8, 1.35)
    grass = random.pick(Palette.meadows) * random.between(0.6, 1)
    straw = Palette.tint(0xB8A070) * random.between(0.7, 1)
    // From wet and dark to bleached by the sun.
    shell =
      mix(Palette.tint(0x4A4238), Palette.tint(0x8E867A), random.unit()) * random.between(0.75, 1.1)
    algae = random.pick(Palette.woods) * random.between(0.6, 1.1)
    water = random.pick(Array(Palette.seas.suffix(7))) * random.between(0.6, 1.1)
    let heading = random.angle()
    rise = Place(Approximate.cosine(heading), Approximate.sine(heading))
    slope = random.between(0.008, 0.035)
    level = random.between(-0.1, 0.3)
    tide = random.between(-0.25, 0.2)
    murk = random.between(2, 6)
    marshLevel = random.chance(0.6) ? random.between(0.35, 0.6) : 2
    growth = random.chance(0.06) ? -2 : random.between(-0.12, 0.3)
    reefLevel = random.between(-0.05, 0.25)
    clumpLength = random.between(3.5, 8)
    stringiness = random.between(0.15, 0.9)
    mats = random.chance(0.5) ? random.between(0.4, 1) : 0
    litter = random.chance(0.6) ? random.between(0.2, 1) : 0
    rills = random.chance(0.5) ? random.between(0.4, 1) : 0
    relief = Noise(&random)
    oysters = Noise(&random)
    grain = Noise(&random)
  }
}

/// Draws the flat at one sampling of the ground.
struct FlatBrush {
  private let flat: TidalFlat
  private let light: Light
  private let relief: Fractal
  private let clumps: Fractal
  private let ripples: Fractal
  private let grain: Fractal
  private let shellsVisible: Float
  /// What makes the reefs' outlines must not change with the size of the image.
  private static let outlineFootprint: Float = 0.12

  init(_ flat: TidalFlat, light: Light, footprint: Float) {
    self.flat = flat
    self.light = light
    relief = Fractal(
      flat.relief, wavelength: 13, finest: 1, footprint: FlatBrush.outlineFootprint, gain: 0.45)
    clumps = Fractal(
      flat.oysters, wavelength: flat.clumpLength, finest: 0.45,
      footprint: FlatBrush.outlineFootprint, gain: 0.56)
    grain = Fractal(flat.grain, wavelength: 0.9, finest: 0.06, footprint: footprint, gain: 0.75)
    ripples = Fractal(
      flat.grain.other(1), wavelength: 1.4, finest: 0.2, footprint: footprint, gain: 0.6)
    shellsVisible = clamp(0.34 / (footprint + 0.06) - 0.35)
  }

  /// Metres above the lowest tide, without reefs and plants.
  @inline(__always)
  private func level(_ p: Place) -> Float {
    flat.level + flat.slope * (p * flat.rise).sum() + 0.17 * relief(p.x, p.y)
  }

  /// Above 0 on a reef, growing towards its middle.
  @inline(__always)
  private func reef(_ p: Place, level: Float) -> Float {
    let mass = clumps(p.x, p.y)
    // Clumps join along crests of other noise: branches across the current.
    let rate = 1.3 / flat.clumpLength
    let string =
      1 - 2.6 * abs(flat.oysters.other(1)(p.x * rate + 0.35 * mass, p.y * rate - 0.35 * mass))
    let tideline = (level - flat.reefLevel) / 0.3
    return mass * (1 - 0.45 * flat.stringiness) + 0.34 * flat.stringiness * string + flat.growth
      - 0.16 - 0.22 * tideline * tideline
  }

  /// Whether a place is on a reef that is not drowned out of sight.
  @inline(__always)
  func isReef(_ p: Place) -> Bool {
    let level = level(p)
    return reef(p, level: level) > 0 && flat.tide - level < 0.4
  }

  @inline(__always)
  func draw(_ p: Place) -> Ground {
    let level = level(p)
    let reef = reef(p, level: level)
    let fine = grain(p.x, p.y)
    let depth = flat.tide - level
    let isReef = reef > 0 && depth < 0.4
    var height = level - flat.tide
    var color: Tint
    if isReef {
      // Clusters of shells that stand on edge, light rims over dark gaps.
      let cluster = flat.oysters.other(3).cells(p.x * 3.4 + 0.3 * fine, p.y * 3.4)
      let gap = smoothstep(0.05, 0.4, cluster.second - cluster.nearest)
      let tone = Float(Int32(cluster.bits & 255)) / 255
      let rim = flat.oysters.other(4).cells(p.x * 9.5, p.y * 9.5)
      let blade = smoothstep(0.3, 0.05, rim.second - rim.nearest) * shellsVisible
      color = flat.shell * (0.7 + 0.5 * tone) * (0.6 + 0.45 * gap)
      color *= 1 + 0.35 * fine
      color = mix(color, Tint(0.5, 0.48, 0.43), blade * (0.12 + 0.35 * tone))
      height += 0.05 + 0.2 * smoothstep(0, 0.35, reef) + 0.1 * tone * gap + 0.05 * fine
    } else {
      let broad = ripples(p.x * 0.3, p.y * 0.3)
      color = flat.mud * (1 + 0.12 * broad + 0.1 * fine)
      height += 0.012 * fine
      if flat.rills > 0 {
        let course = (p.x * flat.rise.y - p.y * flat.rise.x) * 0.8
        let along = (p * flat.rise).sum() * 0.22
        let rill = 1 - 5 * abs(flat.relief.other(3)(course, along))
        if rill > 0 {
          color *= 1 - 0.28 * flat.rills * rill
          height -= 0.05 * flat.rills * rill
        }
      }
      if flat.mats > 0 {
        let mat = ripples(p.x * 0.42 + 31, p.y * 0.42) + 0.25 * fine
        color = mix(color, flat.algae * (0.7 + 0.3 * fine), flat.mats * smoothstep(0.28, 0.5, mat))
      }
      if flat.litter > 0 {
        let loose = flat.oysters.other(5).cells(p.x * 5, p.y * 5)
        let isThere = Float(Int32(loose.bits & 255)) < 70 * flat.litter
        if isThere && loose.nearest < 0.22 { color = mix(color, Tint(0.42, 0.4, 0.36), 0.7) }
      }
      // Mud darkens where the water has just left it, and around reefs.
      color *= 1 - 0.3 * smoothstep(0.12, 0, height)
      let stems = level - flat.marshLevel + 0.1 * broad + 0.12 * fine
      if stems > 0 {
        let cover = smoothstep(0, 0.06, stems)
        let leaf = mix(flat.grass, flat.straw, smoothstep(-0.2, 0.5, broad + 0.4 * fine))
        color = mix(color, leaf * (0.75 + 0.6 * max(fine, -0.6)), cover)
        height += cover * (0.3 + 0.3 * fine)
      }
    }
    if height > 0 {
      return Ground(color: color, height: height, cover: isReef ? .rock : .wetSand)
    }
    // Water over it: shadows are drawn on land alone.
    let wave = ripples(p.x * 1.3 + 7, p.y * 0.8)
    let fade = Approximate.exponential(height * flat.murk)
    var sent = flat.water + (color * 0.7 - flat.water) * fade
    sent = sent * (1 + 0.1 * wave) + light.sky * (0.04 + 0.03 * max(wave, -0.5))
    return Ground(color: sent, height: 0, cover: .shallowWater)
  }
}
