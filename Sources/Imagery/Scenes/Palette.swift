/// A colour as light: red, green and blue, linear, 0…1 for what a white sheet returns.
typealias Tint = SIMD3<Float>

/// The colours of the coast. Their spread within a class is wider than between classes, so that a
/// network has to look at shapes.
enum Palette {
  /// From the usual notation, 0xRRGGBB. The camera's curve is a square root, so light is a square.
  static func tint(_ code: UInt32) -> Tint {
    let red = Float(code >> 16 & 255) / 255
    let green = Float(code >> 8 & 255) / 255
    let blue = Float(code & 255) / 255
    return Tint(red * red, green * green, blue * blue)
  }

  /// White coral, quartz, golden, ochre, pink, grey and volcanic sand.
  static let sands: [Tint] = [
    0xEFE6D2, 0xE4D5B4, 0xD9C296, 0xC9A873, 0xD9BBA0, 0xB9AE9A, 0xA89478, 0x857A6C, 0xCDBB97,
  ].map(tint)

  /// What deep water sends back: tropical, ocean, temperate, estuary, river plume.
  static let seas: [Tint] = [
    0x127A92, 0x0E5F86, 0x0F4A6B, 0x1B4F5C, 0x2B6164, 0x3B6458, 0x4E6650, 0x666A52, 0x17586F,
    0x1A6C80,
  ].map(tint)

  static let rocks: [Tint] = [
    0x8C857B, 0xA79C8C, 0xB8AA90, 0x9B7458, 0xA4664A, 0x6E6A68, 0x5A5654, 0x7F7468, 0xC2B59C,
  ].map(tint)

  /// Grass and leaves by season: spring, summer, late summer, autumn, winter.
  static let meadows: [Tint] = [
    0x7C8F4A, 0x6A8244, 0x8A8A4E, 0x9C8A52, 0xA69368, 0x5F7A48, 0x77824F,
  ].map(tint)

  static let woods: [Tint] = [
    0x3F5A33, 0x4B6338, 0x34502F, 0x5A6138, 0x6B6238, 0x46583A,
  ].map(tint)

  static let muds: [Tint] = [0x7A6A55, 0x6A5F50, 0x8A7860, 0x5E5648, 0x8F8674].map(tint)

  static let roofs: [Tint] = [
    0xB0573E, 0x9A4B38, 0xC47A52, 0x6F6A66, 0x8C8983, 0x55585C, 0xD8D4CA, 0xE9E6DE, 0x7A8FA0,
    0x8A6E58, 0xA79E90, 0x4A6470,
  ].map(tint)

  static let walls: [Tint] = [0xE8E2D4, 0xD6CBB6, 0xC2B59E, 0xE4D2B0, 0xB9C4C8].map(tint)

  static let asphalts: [Tint] = [0x6A6A6C, 0x7C7A78, 0x8F8B84, 0x5B5D60].map(tint)

  static let cars: [Tint] = [
    0xF2F2F0, 0xD0D2D4, 0x2B2D30, 0x8A1F1C, 0x24436B, 0x9BA1A6, 0x4A4E52, 0xE4E2DA,
  ].map(tint)

  static let cloths: [Tint] = [
    0xE2382E, 0x2A6FC9, 0xF2C230, 0xF4F4F2, 0x1F9A7A, 0xE8762C, 0xD94E8C, 0x23262B, 0x55B7D8,
  ].map(tint)

  static let foam = tint(0xF4F6F4)
  static let concrete = tint(0xBDB8AE)
  static let planks = tint(0x9C8B74)
  static let pool = tint(0x4FC0D0)
}

/// `a` where `t` is 0, `b` where it is 1.
@inline(__always)
func mix(_ a: Tint, _ b: Tint, _ t: Float) -> Tint { a + (b - a) * t }

extension SIMD3<Float> {
  /// Brightness as the eye weighs it.
  @inline(__always)
  var luminance: Float { x * 0.2126 + y * 0.7152 + z * 0.0722 }

  /// Moved away from (above 1) or towards (below 1) a grey of the same brightness.
  @inline(__always)
  func saturated(_ amount: Float) -> Tint {
    let grey = Tint(repeating: luminance)
    return grey + (self - grey) * amount
  }
}
