/// What the camera makes of the light: exposure, white balance, contrast, blur, vignette, noise.
struct Lens: Sendable {
  /// The mean brightness that the exposure aims at, linear, and how far it follows the scene.
  let target: Float
  let autoExposure: Float
  /// How far the white balance greys the scene's mean colour, 0…1, and a cast on top.
  let autoBalance: Float
  let cast: Tint
  let contrast: Float
  /// How far the contrast follows the scene's, 0…1.
  let autoContrast: Float
  let saturation: Float
  let vignette: Float
  let noise: Float
  let blur: Float
  let grain: Noise

  init(_ random: inout DescriptionStream, kind: SceneKind) {
    // Bright sand makes a bright picture, dark rock a dark one, whatever a meter wants.
    let bright: Float =
      switch kind {
      case .beach: 1.05
      case .marsh, .developed: 1
      case .rocky: 0.93
      }
    target = random.between(0.2, 0.34) * bright
    autoExposure = random.between(0.65, 0.92)
    autoBalance = random.between(0, 0.25)
    cast = Tint(
      1 + 0.035 * random.normal(), 1 + 0.012 * random.normal(), 1 + 0.045 * random.normal())
    contrast = random.between(0.85, 1.15)
    autoContrast = random.between(0.4, 0.85)
    saturation = random.between(0.85, 1.3)
    vignette = random.between(0, 0.22)
    noise = random.between(0.002, 0.011)
    blur = random.between(0, 0.55)
    grain = Noise(&random)
  }
}
