/// Sun, sky, haze and the shadows of clouds.
struct Light: Sendable {
  /// Towards the sun: x right, y up the image, z away from the ground; length 1.
  let direction: SIMD3<Float>
  let sun: Tint
  let sky: Tint
  let haze: Tint
  /// Share of haze over the middle of the image, 0…1, and how much more there is at its top.
  let hazeAmount: Float
  let hazeSlope: Float
  private let cloudDarkness: Float
  private let clouds: Noise
  private let cloudLevel: Float
  /// Where the sun glints off the water (ground, metres), how widely, and how strongly.
  let glintCentre: Place
  let glintRadius: Float
  let glint: Float

  init(_ random: inout DescriptionStream, camera: Camera) {
    let azimuth = random.angle()
    let elevation = random.between(0.42, 1.15)
    let level = Approximate.cosine(elevation)
    direction = SIMD3(
      level * Approximate.cosine(azimuth), level * Approximate.sine(azimuth),
      Approximate.sine(elevation))
    let warmth = clamp((0.8 - elevation) / 0.4) * random.between(0.3, 1)
    sun = mix(Tint(1, 0.98, 0.94), Tint(1, 0.84, 0.62), warmth) * random.between(0.95, 1.1)
    sky = mix(Tint(0.66, 0.8, 1), Tint(0.82, 0.84, 0.9), random.unit()) * random.between(0.3, 0.5)
    haze = mix(Tint(0.55, 0.66, 0.8), Tint(0.78, 0.76, 0.72), random.unit())
    hazeAmount = random.chance(0.3) ? random.between(0.1, 0.28) : random.between(0.01, 0.08)
    hazeSlope = random.between(0, 0.25) * (camera.foreshortening - 1) * 4
    cloudDarkness = random.chance(0.3) ? random.between(0.25, 0.55) : 0
    clouds = Noise(&random)
    cloudLevel = random.between(-0.1, 0.35)
    glintRadius = camera.extent * random.between(0.25, 0.6)
    glintCentre =
      Place(direction.x, direction.y) * -camera.extent * random.between(0.2, 0.7)
    glint = random.chance(0.4) ? random.between(0.3, 1) : random.between(0, 0.12)
  }

  var hasClouds: Bool { cloudDarkness > 0 }

  /// The sun's share that clouds let through at a place, 0…1.
  @inline(__always)
  func throughClouds(_ p: Place) -> Float {
    let cover =
      clouds(p.x * 0.0061, p.y * 0.0061) + 0.45 * clouds(p.x * 0.0137 + 9, p.y * 0.0137)
      + 0.2 * clouds(p.x * 0.033, p.y * 0.033 + 4)
    return 1 - cloudDarkness * smoothstep(cloudLevel - 0.12, cloudLevel + 0.16, cover)
  }
}
