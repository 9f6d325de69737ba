/// Draws the beach and the sea along one row of the picture, where all ground is equally far away.
struct PierGround {
  private let beach: PierBeach
  private let moment: PierMoment
  private let fine: Fractal
  private let broad: Fractal
  private let plants: Fractal
  private let lace: Fractal
  private let ripple: Fractal
  private let haze: Float
  /// The share of the sky that water mirrors here.
  private let mirror: Float
  private let wavesVisible: Float

  /// - Parameters:
  ///   - footprint: the width of a pixel on the ground, in metres.
  ///   - distance: from the camera, in metres.
  ///   - rise: of the line of sight, as the sine of its angle with the ground.
  init(_ beach: PierBeach, _ moment: PierMoment, footprint: Float, distance: Float, rise: Float) {
    self.beach = beach
    self.moment = moment
    fine = Fractal(beach.ground, wavelength: 0.9, finest: 0.12, footprint: footprint, gain: 0.8)
    broad = Fractal(beach.ground.other(1), wavelength: 9, finest: 3, footprint: footprint)
    plants = Fractal(
      beach.ground.other(2), wavelength: 3.5, finest: 0.3, footprint: footprint, gain: 0.65)
    lace = Fractal(
      moment.waves.other(5), wavelength: 1.8, finest: 0.25, footprint: footprint, gain: 0.65)
    ripple = Fractal(
      moment.waves.other(6), wavelength: 1.6, finest: 0.25, footprint: footprint, gain: 0.6)
    haze = 1 - Approximate.exponential(-distance * 0.01 * moment.hazeAmount)
    let grazing = 1 - rise
    mirror = 0.04 + 0.6 * grazing * grazing * grazing
    wavesVisible = clamp(moment.swellLength / (4 * footprint) - 0.5)
  }

  /// The light from a place.
  ///
  /// - Parameter lit: the sun's share that shadows let through, 0…1.
  @inline(__always)
  func draw(_ p: Place, lit: Float) -> Tint {
    let (s, c) = beach.coordinates(p)
    let distance = moment.distance(s, c)
    let light =
      distance < 0 ? sea(p, s: s, out: -distance, lit: lit) : land(p, s: s, c: c, distance, lit)
    return mix(light, moment.haze * 0.6, haze)
  }

  @inline(__always)
  private func land(_ p: Place, s: Float, c: Float, _ distance: Float, _ lit: Float) -> Tint {
    let grain = fine(p.x, p.y)
    let tone = broad(p.x, p.y)
    var color = beach.sand * (1 + 0.1 * tone)
    let damp = smoothstep(moment.wetReach + 1, moment.wetReach - 1, distance + 0.8 * tone)
    color *= 1 - 0.42 * damp
    // Dry sand is trodden, wet sand smooth.
    var relief = grain * (0.16 - 0.12 * damp)
    if moment.wrack > 0 {
      let tide = (distance - moment.wetReach - 1.2 - 0.8 * tone) / 0.5
      let weed = moment.wrack * smoothstep(0, 0.5, grain + 0.3 * tone) / (1 + tide * tide)
      color = mix(color, Tint(0.09, 0.07, 0.045), clamp(weed) * 0.8)
    }
    let behind = c - beach.duneFoot
    if behind > -4 {
      let patch = plants(p.x, p.y)
      let cover = smoothstep(-0.12, 0.18, patch + (behind - 2) * 0.09)
      let leaf = mix(beach.grass, beach.leaves, smoothstep(-0.1, 0.5, tone + 0.5 * patch))
      color = mix(color, leaf * (1 + 0.5 * grain + 0.3 * patch), cover)
      relief += 0.15 * patch * smoothstep(-2, 3, behind)
    }
    let facing = max(0, moment.sunDirection.z * (1 + relief * 1.6))
    var light = color * (moment.sun * (facing * lit) + moment.sky * (0.9 + relief * 0.6))
    // A film of water mirrors some sky.
    light += moment.sky * (damp * mirror * 0.35)
    return light
  }

  @inline(__always)
  private func sea(_ p: Place, s: Float, out: Float, lit: Float) -> Tint {
    let depth = 0.03 + out * beach.slope
    // Chop is longer along the shore than across it.
    let chop = ripple(s * 0.55, out)
    let wave =
      Approximate.sine(
        (out + 1.2 * moment.waves(s / 8)) * (6.2832 / moment.swellLength) + moment.phase)
      * wavesVisible
    let steepness = 0.5 * wave * clamp(out / 6) + 0.6 * chop * clamp(out / 2)
    let fade = Approximate.exponential(-depth * moment.murk)
    let day = moment.sun * (moment.sunDirection.z * (0.5 + 0.5 * lit)) + moment.sky
    var light = mix(beach.water * 0.8, beach.bottom, fade) * day * (1 - 0.22 * steepness)
    light = mix(light, moment.sky * 0.8, clamp(mirror * (1 + 0.5 * steepness)))

    var density: Float = 0
    if moment.surf > 0.12 {
      for number in 0..<3 {
        let own = moment.waves.other(UInt32(number + 21))
        let front =
          moment.firstBreaker + moment.breakerSpacing * (Float(number) + 0.35 * own(s / 15))
        let behind = out - front
        if behind > -0.8 && behind < 9 {
          let strength = smoothstep(-0.3, 0.3, own.other(1)(s / 12) + moment.surf - 0.6)
          density = max(
            density,
            strength * 1.1 * smoothstep(-0.8, 0, behind)
              * Approximate.exponential(-behind / (1.2 + 2 * moment.surf)))
        }
      }
      density += 0.3 * moment.surf * clamp(1 - out / 25)
    }
    if out < 3 { density += 0.8 * Approximate.exponential(-out * 1.6) }
    if density > 0.05 {
      let foam = smoothstep(0.3, 0.85, density * (0.55 + 0.75 * lace.ridges(p.x, p.y)))
      light = mix(light, Palette.foam * 0.9 * day * (0.94 + 0.12 * chop), foam)
    }
    return light
  }
}
