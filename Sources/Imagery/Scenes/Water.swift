/// The sea: its colour over the bottom, swell that bends towards the shore, and surf.
struct Water: Sendable {
  let body: Tint
  /// How fast water hides the bottom, per metre of depth, for red, green and blue.
  fileprivate let murk: Tint
  fileprivate let bottomSlope: Float
  fileprivate let barHeight: Float
  fileprivate let barDistance: Float
  let swellLength: Float
  fileprivate let swellHeight: Float
  fileprivate let swellHeading: Place
  fileprivate let swellNoise: Noise
  fileprivate let crossHeading: Place
  fileprivate let crossLength: Float
  fileprivate let chop: Float
  fileprivate let windHeading: Place
  fileprivate let breakers: Int
  fileprivate let breakerSpacing: Float
  fileprivate let breakerWidth: Float
  fileprivate let breakerNoise: Noise
  /// How rough the sea is at the shore, 0…1.
  let surf: Float
  fileprivate let swash: Float
  fileprivate let lace: Noise
  fileprivate let weeds: Float
  fileprivate let weedNoise: Noise

  init(
    _ random: inout DescriptionStream, kind: SceneKind, shoreline: Shoreline, isSurvey: Bool = false
  ) {
    let sheltered = kind == .marsh || (kind == .developed && shoreline.isStraight)
    body = random.pick(Palette.seas) * random.between(0.65, 1.25)
    let clear = isSurvey ? random.proportion(0.5, 0.9) : random.proportion(0.1, 1.3)
    murk = Tint(1.5, 0.85, 0.8) * (kind == .marsh ? clear + 0.7 : clear) + Tint(0.35, 0.06, 0.03)
    bottomSlope = random.between(0.025, 0.085)
    barHeight = random.chance(0.5) ? random.between(0.4, 1.3) : 0
    barDistance = random.between(22, 60)
    swellLength = random.proportion(9, 34) * (sheltered ? 0.4 : 1)
    swellHeight = random.between(0.25, 1) * (sheltered ? 0.35 : 1)
    let turn = random.between(-0.7, 0.7)
    swellHeading =
      shoreline.inland * Approximate.cosine(turn) + shoreline.along * Approximate.sine(turn)
    swellNoise = Noise(&random)
    let cross = random.between(-1.3, 1.3)
    crossHeading =
      shoreline.inland * Approximate.cosine(cross) + shoreline.along * Approximate.sine(cross)
    crossLength = swellLength * random.between(0.35, 0.7)
    chop = random.between(0.2, 1)
    let wind = random.angle()
    windHeading = Place(Approximate.cosine(wind), Approximate.sine(wind))
    let roughness = random.unit()
    switch kind {
    case .beach: surf = isSurvey ? 0.4 + 0.6 * roughness : 0.15 + 0.85 * roughness
    case .rocky: surf = 0.3 + 0.7 * roughness
    case .developed: surf = shoreline.isStraight ? 0.1 * roughness : 0.05 + 0.6 * roughness
    case .marsh: surf = 0.06 * roughness
    }
    breakers = sheltered ? 0 : min(4, Int(surf * 4.6))
    breakerSpacing = random.between(11, 26)
    breakerWidth = random.between(3.5, 9) * (0.5 + surf)
    breakerNoise = Noise(&random)
    swash = sheltered ? 0.5 : random.between(2, 7) * (0.4 + surf)
    lace = Noise(&random)
    weeds = random.chance(0.4) ? random.between(0.3, 1) : 0
    weedNoise = Noise(&random)
  }

  /// How far up the beach the last wave's tongues reach beyond the mean edge, in metres.
  @inline(__always)
  func tongue(_ s: Float) -> Float {
    let broad = lace(s / 19)
    let lobes = 1 - abs(lace.other(3)(s / 9.5))
    return swash * (0.55 * broad + 0.5 * lobes * lobes - 0.2)
  }

  /// The sandbar and the breakers at s.
  func fill(_ section: inout Section, _ s: Float) {
    section.bar = barDistance + 9 * breakerNoise(s / 55)
    section.barShare = barHeight * (0.6 + 0.4 * breakerNoise.other(5)(s / 33))
    let wander = 0.6 * breakerNoise(s / 47)
    for number in 0..<min(breakers, 4) {
      let own = breakerNoise.other(UInt32(number + 11))
      let place = Float(number) + 0.75 + 0.42 * own(s / 31) + wander + 0.06 * own.other(1)(s / 5)
      section.fronts[number] = breakerSpacing * place
      section.strengths[number] = smoothstep(-0.35, 0.35, own.other(2)(s / 43) + surf - 0.62)
      section.trails[number] = breakerWidth * (0.6 + 0.4 * own.other(4)(s / 12))
    }
  }

  /// Depth at a distance out from the water's edge, in metres, with a sandbar.
  @inline(__always)
  func depth(_ out: Float, _ section: UnsafePointer<Section>) -> Float {
    var depth = out * bottomSlope + 0.05
    if barHeight > 0 {
      let bar = (out - section.pointee.bar) / 11
      depth -= section.pointee.barShare / (1 + bar * bar)
    }
    return max(depth, 0.04)
  }
}

/// Draws water at one sampling of the ground.
struct WaterBrush {
  private let water: Water
  private let light: Light
  private let texture: Fractal
  private let lace: Fractal
  private let ripple: Fractal
  private let weed: Fractal
  private let shine: Tint
  private let wavesVisible: Float
  private let crossVisible: Float

  init(_ water: Water, light: Light, footprint: Float) {
    self.water = water
    self.light = light
    texture = Fractal(water.swellNoise, wavelength: 60, finest: 8, footprint: footprint)
    lace = Fractal(water.lace, wavelength: 5.5, finest: 0.6, footprint: footprint, gain: 0.65)
    ripple = Fractal(
      water.swellNoise.other(2), wavelength: 4.6, finest: 0.5, footprint: footprint, gain: 0.6)
    weed = Fractal(
      water.weedNoise, wavelength: 26, finest: 1.5, footprint: footprint, gain: 0.6)
    shine = light.sky * 0.9 + light.sun * 0.15
    wavesVisible = clamp(water.swellLength / (4 * footprint) - 0.5)
    crossVisible = clamp(water.crossLength / (4 * footprint) - 0.5)
  }

  /// The light of water and how much of it is foam.
  ///
  /// - Parameters:
  ///   - p: the place.
  ///   - section: the coast's at the place.
  ///   - out: metres out from the water's edge, above 0.
  ///   - bottom: the colour of the ground below.
  ///   - extraFoam: foam of other causes, such as rocks, 0…1.
  @inline(__always)
  func draw(
    _ p: Place, _ section: UnsafePointer<Section>, out: Float, bottom: Tint, extraFoam: Float
  ) -> (color: Tint, foam: Float, depth: Float) {
    let depth = water.depth(out, section)
    // The swell: far out by its heading, near the shore by the shore's own shape.
    let broad = texture(p.x, p.y)
    let free = p.x * water.swellHeading.x + p.y * water.swellHeading.y
    let bent = mix(-out * 1.15, free, smoothstep(0, 90, out))
    let phase = (bent + 0.32 * water.swellLength * broad) * (6.2832 / water.swellLength)
    let swell = Approximate.sine(phase)
    let crosswise =
      (p.x * water.crossHeading.x + p.y * water.crossHeading.y + 0.4 * water.crossLength * broad)
      * (6.2832 / water.crossLength)
    let along = p.x * water.windHeading.x + p.y * water.windHeading.y
    let acrossWind = p.x * water.windHeading.y - p.y * water.windHeading.x
    let ripples = ripple(along, acrossWind * 0.45)
    let steepness =
      water.swellHeight * (0.7 + 0.5 * broad) * swell * (0.6 + 0.4 * swell) * wavesVisible
      + 0.3 * water.swellHeight * Approximate.sine(crosswise) * crossVisible
      + 0.45 * water.chop * ripples

    // The bottom shows through clear shallow water.
    var ground = bottom
    if water.weeds > 0 {
      let patch = smoothstep(0.05, 0.3, weed(p.x, p.y)) * smoothstep(0.5, 1.6, depth)
      ground *= 1 - 0.65 * water.weeds * patch
    }
    let fade = Tint(
      Approximate.exponential(-depth * water.murk.x),
      Approximate.exponential(-depth * water.murk.y),
      Approximate.exponential(-depth * water.murk.z))
    var color = water.body + (ground * 0.75 - water.body) * fade
    let tilt = 1 + 0.3 * steepness
    color *= max(tilt, 0.3)
    color += shine * (0.035 + 0.05 * max(steepness, -0.5))

    // Sun on the facets.
    let gx = (p.x - light.glintCentre.x) / light.glintRadius
    let gy = (p.y - light.glintCentre.y) / light.glintRadius
    let lobe = light.glint / (1 + gx * gx + gy * gy)
    let facet = max(0, steepness + 0.25 * ripples + lobe * 0.3 - 0.1)
    color += light.sun * (lobe * lobe * (0.06 + 0.9 * facet * facet))

    let foam = self.foam(p, section, out: out, extraFoam: extraFoam)
    color = mix(color, Palette.foam * (0.98 + 0.14 * ripples), foam)
    return (color, foam, depth)
  }

  /// The share of foam, 0…1: breakers with sharp fronts and lacy trails, and the swash.
  @inline(__always)
  private func foam(
    _ p: Place, _ section: UnsafePointer<Section>, out: Float, extraFoam: Float
  ) -> Float {
    var density = extraFoam
    let reach = Float(water.breakers) * water.breakerSpacing + 14
    if water.surf > 0.08 && out < reach + 20 {
      for number in 0..<water.breakers {
        let behind = out - section.pointee.fronts[number]
        let width = section.pointee.trails[number]
        if behind > -1.2 && behind < 5 * width {
          let rise = section.pointee.strengths[number] * smoothstep(-1.2, 0, behind)
          density = max(density, rise * 1.1 * Approximate.exponential(-behind / width))
        }
      }
      let inner = clamp(1 - out / reach)
      density += 0.42 * water.surf * inner
    }
    // The edge of the swash is a thin bright line.
    if water.surf > 0.02 && out < 4 {
      density += 0.85 * clamp(water.surf * 3) * Approximate.exponential(-out * 0.9)
    }
    if density < 0.03 { return 0 }
    let web = lace.ridges(p.x, p.y)
    return smoothstep(0.3, 0.85, density * (0.55 + 0.75 * web))
  }
}
