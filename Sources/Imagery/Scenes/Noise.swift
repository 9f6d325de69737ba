/// Random numbers on a lattice and smooth noise between them: the grain of everything drawn.
///
/// All of it is integer hashing and polynomials, so that a point of the ground looks the same in
/// every rendering, at every size, on every thread.
struct Noise: Sendable {
  let salt: UInt32

  init(_ random: inout DescriptionStream) {
    salt = random.bits()
  }

  init(salt: UInt32) {
    self.salt = salt
  }

  /// The same kind of noise, unrelated to this one.
  func other(_ number: UInt32) -> Noise {
    Noise(salt: Noise.scramble(salt ^ (number &* 0x9E37_79B9)))
  }

  /// Spreads every input bit over all output bits.
  @inline(__always)
  static func scramble(_ bits: UInt32) -> UInt32 {
    var bits = bits
    bits ^= bits >> 16
    bits = bits &* 0x7FEB_352D
    bits ^= bits >> 15
    bits = bits &* 0x846C_A68B
    return bits ^ (bits >> 16)
  }

  /// The largest whole number that is not above `value`, for values within ±2²²; a whole number may
  /// give the one below it. Adding 1.5 × 2²³ leaves no room for a fraction: the rounding of the sum
  /// does the work, much quicker than a conversion that has to check its range.
  @inline(__always)
  static func floor(_ value: Float) -> Int32 {
    Int32(bitPattern: (value - 0.5 + 12_582_912).bitPattern) &- 0x4B40_0000
  }

  /// `value` cut into a whole number, as a lattice index, and a fraction in 0…1.
  @inline(__always)
  static func split(_ value: Float) -> (whole: UInt32, fraction: Float) {
    let shifted = value - 0.5 + 12_582_912
    return (shifted.bitPattern &- 0x4B40_0000, value - (shifted - 12_582_912))
  }

  /// Random bits of a lattice point.
  @inline(__always)
  func bits(_ x: Int32, _ y: Int32) -> UInt32 {
    Noise.scramble(
      salt ^ (UInt32(bitPattern: x) &* 0x9E37_79B1) &+ (UInt32(bitPattern: y) &* 0x85EB_CA77))
  }

  /// A number in [0, 1) for a lattice point.
  @inline(__always)
  func unit(_ x: Int32, _ y: Int32) -> Float {
    Float(Int32(bitPattern: bits(x, y) >> 8)) * 0x1p-24
  }

  /// Gradient noise with lattice spacing 1, about −1…1, mean 0 (Perlin, "Improving Noise", 2002).
  @inline(__always)
  func callAsFunction(_ x: Float, _ y: Float) -> Float {
    let (column, fx) = Noise.split(x)
    let (row, fy) = Noise.split(y)
    let left = column &* 0x9E37_79B1
    let right = left &+ 0x9E37_79B1
    let top = (row &* 0x85EB_CA77) ^ salt
    let bottom = ((row &+ 1) &* 0x85EB_CA77) ^ salt
    let a = Noise.rise(left ^ top, fx, fy)
    let b = Noise.rise(right ^ top, fx - 1, fy)
    let c = Noise.rise(left ^ bottom, fx, fy - 1)
    let d = Noise.rise(right ^ bottom, fx - 1, fy - 1)
    let u = fx * fx * fx * (fx * (fx * 6 - 15) + 10)
    let v = fy * fy * fy * (fy * (fy * 6 - 15) + 10)
    let upper = a + (b - a) * u
    let lower = c + (d - c) * u
    return (upper + (lower - upper) * v) * (1.6 * 0x1p-23)
  }

  /// The rise of a random slope (each component in ±2²³) from its lattice point.
  @inline(__always)
  private static func rise(_ seed: UInt32, _ x: Float, _ y: Float) -> Float {
    let bits = UInt64(seed) &* 0x9FB2_1C65_1E98_DF25
    let slopeX = Float(Int32(truncatingIfNeeded: Int64(bitPattern: bits) >> 40))
    let slopeY = Float(Int32(truncatingIfNeeded: Int64(bitPattern: bits << 24) >> 40))
    return slopeX * x + slopeY * y
  }

  /// Noise along a line with lattice spacing 1, about −1…1.
  @inline(__always)
  func callAsFunction(_ x: Float) -> Float {
    let (column, f) = Noise.split(x)
    let a = unit(Int32(bitPattern: column), 7)
    let b = unit(Int32(bitPattern: column &+ 1), 7)
    let u = f * f * (3 - 2 * f)
    return (a + (b - a) * u) * 2 - 1
  }

  /// Four octaves of noise along a line.
  @inline(__always)
  func rough(_ x: Float) -> Float {
    self(x) * 0.55 + self(x * 2.17 + 31.7) * 0.28 + self(x * 4.63 + 11.3) * 0.14
      + self(x * 9.7 + 3.1) * 0.07
  }

  /// A random point in every lattice cell: how near are the nearest and the second nearest?
  ///
  /// - Returns: the two distances in cells, and random bits that belong to the nearest point.
  @inline(__always)
  func cells(_ x: Float, _ y: Float) -> (nearest: Float, second: Float, bits: UInt32) {
    // Points keep to the middle 80 % of their cells, so the four cells around the nearest corner
    // hold the nearest point almost always; where they do not, nobody sees it.
    let (column, fx) = Noise.split(x - 0.5)
    let (row, fy) = Noise.split(y - 0.5)
    var nearest: Float = 9
    var second: Float = 9
    var chosen: UInt32 = 0
    for dy in UInt32(0)...1 {
      for dx in UInt32(0)...1 {
        let bits = self.bits(Int32(bitPattern: column &+ dx), Int32(bitPattern: row &+ dy))
        let px = Float(Int32(dx)) - 0.4 + Float(Int32(bits & 0xFFFF)) * (0.8 * 0x1p-16) - fx
        let py = Float(Int32(dy)) - 0.4 + Float(Int32(bits >> 16)) * (0.8 * 0x1p-16) - fy
        let distance = px * px + py * py
        if distance < nearest {
          second = nearest
          nearest = distance
          chosen = bits
        } else if distance < second {
          second = distance
        }
      }
    }
    return (nearest.squareRoot(), second.squareRoot(), Noise.scramble(chosen))
  }

  /// Discs of many sizes around random points, of which the highest counts: crowns of trees.
  ///
  /// - Returns: the height over the disc's rim as a share of its radius (0 or less outside all
  ///   discs), and random bits that belong to it.
  @inline(__always)
  func discs(_ x: Float, _ y: Float) -> (rise: Float, bits: UInt32) {
    let (column, fx) = Noise.split(x - 0.5)
    let (row, fy) = Noise.split(y - 0.5)
    var highest: Float = -9
    var chosen: UInt32 = 0
    for dy in UInt32(0)...1 {
      for dx in UInt32(0)...1 {
        let bits = self.bits(Int32(bitPattern: column &+ dx), Int32(bitPattern: row &+ dy))
        let px = Float(Int32(dx)) - 0.45 + Float(Int32(bits & 0xFFF)) * (0.9 * 0x1p-12) - fx
        let py = Float(Int32(dy)) - 0.45 + Float(Int32(bits >> 12 & 0xFFF)) * (0.9 * 0x1p-12) - fy
        let radius = 0.38 + Float(Int32(bits >> 24)) * (0.42 * 0x1p-8)
        let rise = radius - (px * px + py * py).squareRoot()
        if rise > highest {
          highest = rise
          chosen = bits
        }
      }
    }
    return (highest, Noise.scramble(chosen))
  }
}

/// Noise of several octaves, without those that a sample is too coarse to show.
struct Fractal: Sendable {
  private let noise: Noise
  private let frequency: Float
  private let octaves: Int
  private let gain: Float
  /// The weight of the last octave: the detail fades, rather than being switched, with scale.
  private let last: Float

  /// - Parameters:
  ///   - wavelength: of the broadest octave, in metres.
  ///   - finest: the wavelength below which there is no more detail, in metres.
  ///   - footprint: the width of a sample on the ground, in metres.
  ///   - gain: the amplitude of an octave relative to the broader one before it.
  init(
    _ noise: Noise, wavelength: Float, finest: Float, footprint: Float, gain: Float = 0.5
  ) {
    self.noise = noise
    self.gain = gain
    frequency = 1 / wavelength
    let limit = max(finest, 2.2 * footprint)
    var count = 0
    var weight: Float = 0
    var length = wavelength
    while length > limit * 0.7 && count < 8 {
      weight = min(1, (length - limit * 0.7) / (limit * 0.3))
      count += 1
      length /= 2.03
    }
    octaves = count
    last = weight
  }

  /// About −1…1.
  @inline(__always)
  func callAsFunction(_ x: Float, _ y: Float) -> Float {
    var px = x * frequency
    var py = y * frequency
    var sum: Float = 0
    var amplitude: Float = 1
    var octave = 0
    while octave < octaves {
      let weight = octave &+ 1 == octaves ? amplitude * last : amplitude
      sum += noise(px, py) * weight
      let turned = (px * 0.8 - py * 0.6) * 2.03 + 17.3
      py = (px * 0.6 + py * 0.8) * 2.03 + 5.9
      px = turned
      amplitude *= gain
      octave &+= 1
    }
    return sum
  }

  /// Sharp crests where the noise crosses zero: 1 on a crest, 0 far from it.
  @inline(__always)
  func ridges(_ x: Float, _ y: Float) -> Float {
    let value = self(x, y)
    return max(0, 1 - abs(value) * 2.2)
  }
}

/// Rises smoothly from 0 at `low` to 1 at `high` (or falls, when `low` is the larger).
@inline(__always)
func smoothstep(_ low: Float, _ high: Float, _ value: Float) -> Float {
  let t = min(max((value - low) / (high - low), 0), 1)
  return t * t * (3 - 2 * t)
}

@inline(__always)
func mix(_ a: Float, _ b: Float, _ t: Float) -> Float { a + (b - a) * t }

@inline(__always)
func clamp(_ value: Float) -> Float { min(max(value, 0), 1) }
