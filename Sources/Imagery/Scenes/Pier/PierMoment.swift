/// One frame's time: tide, waves, sun, weather and what the camera makes of them.
struct PierMoment: Sendable {
  /// Metres inland that the tide has moved the water's edge.
  let tide: Float
  let swash: Float
  let waves: Noise
  let swellLength: Float
  let phase: Float
  let surf: Float
  /// Metres out to the first breaker, and between breakers.
  let firstBreaker: Float
  let breakerSpacing: Float
  /// Metres inland of the water's edge to which sand is wet.
  let wetReach: Float
  /// How opaque the water is, per metre of depth.
  let murk: Float
  let wrack: Float

  /// Towards the sun; length 1.
  let sunDirection: Point
  let sun: Tint
  let sky: Tint
  let haze: Tint
  /// Share of haze at 100 metres.
  let hazeAmount: Float
  /// How dark shadows are, 0…1, and how soft, in metres.
  let shadow: Float
  let softness: Float

  let target: Float
  let contrast: Float
  let saturation: Float
  let cast: Tint
  let noise: Float
  let blur: Float
  let grain: Noise

  init(_ random: inout DescriptionStream) {
    tide = random.between(-4.5, 3)
    swash = random.between(0.6, 2.4)
    waves = Noise(&random)
    swellLength = random.between(6, 13)
    phase = random.angle()
    surf = random.between(0.1, 1)
    firstBreaker = random.between(4, 9)
    breakerSpacing = random.between(7, 14)
    wetReach = random.between(1.5, 6)
    murk = random.between(0.8, 2.4)
    wrack = random.chance(0.5) ? random.between(0.3, 1) : 0

    let overcast = random.chance(0.3) ? random.between(0.6, 1) : random.between(0, 0.25)
    let azimuth = random.angle()
    let elevation = random.between(0.42, 1.2)
    let level = Approximate.cosine(elevation)
    sunDirection = Point(
      level * Approximate.cosine(azimuth), level * Approximate.sine(azimuth),
      Approximate.sine(elevation))
    let warmth = clamp((0.85 - elevation) / 0.4) * random.between(0.3, 1)
    sun =
      mix(Tint(1, 0.98, 0.94), Tint(1, 0.82, 0.58), warmth) * (1 - 0.88 * overcast)
    sky =
      mix(Tint(0.62, 0.78, 1), Tint(0.86, 0.88, 0.92), overcast)
      * mix(random.between(0.3, 0.45), 0.75, overcast)
    haze = mix(Tint(0.55, 0.68, 0.82), Tint(0.72, 0.73, 0.74), overcast)
    hazeAmount = random.chance(0.25) ? random.between(0.25, 0.5) : random.between(0.04, 0.2)
    shadow = 1 - overcast
    softness = 0.02 + 0.25 * overcast

    target = random.between(0.22, 0.36)
    contrast = random.between(0.9, 1.15)
    saturation = random.between(0.8, 1.25)
    cast = Tint(1 + 0.03 * random.normal(), 1, 1 + 0.04 * random.normal())
    noise = random.between(0.003, 0.013)
    blur = random.between(0, 0.35)
    grain = Noise(&random)
  }

  /// Metres inland of the water's edge.
  ///
  /// - Parameter c: metres inland of its mean at mean tide.
  @inline(__always)
  func distance(_ s: Float, _ c: Float) -> Float {
    let lobes = 1 - abs(waves.other(3)(s / 5.5))
    return c - tide - swash * (0.6 * waves(s / 13) + 0.6 * lobes * lobes - 0.25)
  }
}
