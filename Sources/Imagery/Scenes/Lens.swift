/// What the camera makes of the light: exposure, white balance, contrast, blur, vignette, noise.
struct Lens: Sendable {
  /// The mean brightness that the exposure aims at, linear, and how far it follows the scene.
  let target: Float
  let autoExposure: Float
  /// How far the white balance greys the scene's mean colour, 0…1, and a cast on top.
  let autoBalance: Float
  let cast: Tint
  let contrast: Float
  let saturation: Float
  let vignette: Float
  let noise: Float
  let blur: Float
  let grain: Noise

  init(_ random: inout DescriptionStream) {
    target = random.between(0.14, 0.27)
    autoExposure = random.between(0.7, 0.95)
    autoBalance = random.between(0.25, 0.65)
    cast = Tint(
      1 + 0.06 * random.normal(), 1 + 0.025 * random.normal(), 1 + 0.06 * random.normal())
    contrast = random.between(0.9, 1.25)
    saturation = random.between(0.75, 1.2)
    vignette = random.between(0, 0.22)
    noise = random.between(0.004, 0.018)
    blur = random.between(0, 0.55)
    grain = Noise(&random)
  }
}
