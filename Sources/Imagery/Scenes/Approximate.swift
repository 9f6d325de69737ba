/// Elementary functions from + − × ÷ alone, so that a scene has the same bytes on every machine.
enum Approximate {
  /// The sine of an angle in radians, within 0.001, for moderate angles.
  @inline(__always)
  static func sine(_ angle: Float) -> Float {
    var turns = angle * (0.5 / Float.pi)
    turns -= Float(Noise.floor(turns + 0.5))  // −½…½
    // A parabola through the zeros and the peaks, then one step of refinement.
    let rough = turns * (8 - 16 * abs(turns))
    return rough * (0.775 + 0.225 * abs(rough))
  }

  @inline(__always)
  static func cosine(_ angle: Float) -> Float { sine(angle + 0.5 * Float.pi) }

  /// e^value, within 0.1 %, for values of at most 80; 0 below −80.
  @inline(__always)
  static func exponential(_ value: Float) -> Float {
    if value < -80 { return 0 }
    let doublings = value * 1.442_695
    let whole = Noise.floor(doublings)
    let f = doublings - Float(whole)
    let fraction = 1 + f * (0.695_03 + f * (0.226_99 + f * 0.078_01))
    return fraction * Float(bitPattern: UInt32(bitPattern: (whole &+ 127) << 23))
  }

  /// base^exponent for a positive base and an exponent in 0…1, by square roots.
  static func power(_ base: Float, _ exponent: Float) -> Float {
    var result: Float = 1
    var factor = base
    var rest = exponent
    for _ in 0..<24 {
      factor = factor.squareRoot()
      rest *= 2
      if rest >= 1 {
        result *= factor
        rest -= 1
      }
    }
    return result
  }
}
