/// Makes the photograph from the light: haze, exposure, averaging of samples, and the camera's
/// faults. The last pass.
enum Darkroom {
  /// - Parameter pixels: room for size × size × 3 numbers.
  static func develop(
    _ canvas: Canvas, lens: Lens, light: Light, size: Int,
    into pixels: UnsafeMutablePointer<Float>
  ) {
    let count = size * size
    let linear = UnsafeMutablePointer<Tint>.allocate(capacity: count)
    defer { linear.deallocate() }
    let mean = reduce(canvas, light: light, size: size, into: linear)

    // Exposure and white balance follow the scene part of the way, as a camera's do.
    let brightness = max(mean.luminance, 0.01)
    let gain = Approximate.power(lens.target / brightness, lens.autoExposure)
    let grey = Tint(repeating: brightness)
    let balance = (grey / max(mean, 0.01)) * lens.autoBalance + (1 - lens.autoBalance)
    let scale = balance * lens.cast * gain

    let spread = tones(linear, count: count, scale: scale)
    let stretch =
      lens.contrast
      * min(max(Approximate.power(0.19 / max(spread.deviation, 0.02), lens.autoContrast), 0.8), 1.9)
    let pivot = spread.mean
    // Contrast in every channel raises saturation too: take back half of that.
    let saturation = lens.saturation / stretch.squareRoot()

    let blur = lens.blur * 0.25
    for row in 0..<size {
      let above = max(row - 1, 0) * size
      let here = row * size
      let below = min(row + 1, size - 1) * size
      let y = (Float(row) + 0.5) / Float(size) * 2 - 1
      for column in 0..<size {
        let left = max(column - 1, 0)
        let right = min(column + 1, size - 1)
        let cross =
          linear[here + left] + linear[here + right] + linear[above + column]
          + linear[below + column]
        var light = linear[here + column] * (1 - blur * 2) + cross * (blur * 0.5)
        let x = (Float(column) + 0.5) / Float(size) * 2 - 1
        light *= scale * (1 - lens.vignette * 0.5 * (x * x + y * y))
        light = light.saturated(saturation)
        var tone = Darkroom.tone(light)
        tone = (tone - pivot) * stretch + pivot
        let bits = lens.grain.bits(
          Int32(truncatingIfNeeded: column), Int32(truncatingIfNeeded: row))
        let red = Float(Int32(bits & 1023)) / 512 - 1
        let green = Float(Int32(bits >> 10 & 1023)) / 512 - 1
        let blue = Float(Int32(bits >> 20 & 1023)) / 512 - 1
        let common = (red + green + blue) * 0.5
        tone += (Tint(red, green, blue) * 0.5 + common) * lens.noise
        tone = tone.clamped(lowerBound: Tint(), upperBound: Tint(repeating: 1))
        let pixel = pixels + (here + column) * 3
        pixel[0] = tone.x
        pixel[1] = tone.y
        pixel[2] = tone.z
      }
    }
  }

  /// Brings light into the range of tones: a square root with a shoulder, so that foam and roofs
  /// do not burn out.
  @inline(__always)
  static func tone(_ light: Tint) -> Tint {
    let light = light.clamped(lowerBound: Tint(), upperBound: Tint(repeating: 8))
    return (light * (1 + light * 0.16) / (1 + light * 0.34)).squareRoot()
  }

  /// Mean and standard deviation of the brightness of every third pixel, as tones.
  private static func tones(
    _ linear: UnsafePointer<Tint>, count: Int, scale: Tint
  ) -> (mean: Float, deviation: Float) {
    var sum: Double = 0
    var squares: Double = 0
    var number: Double = 0
    for index in stride(from: 0, to: count, by: 3) {
      let value = Double(tone(linear[index] * scale).luminance)
      sum += value
      squares += value * value
      number += 1
    }
    let mean = sum / number
    return (Float(mean), Float(max(squares / number - mean * mean, 0).squareRoot()))
  }

  /// Averages the samples of every pixel and adds haze; returns the mean light.
  private static func reduce(
    _ canvas: Canvas, light: Light, size: Int, into linear: UnsafeMutablePointer<Tint>
  ) -> Tint {
    let step = canvas.side / size
    let share = 1 / Float(step * step)
    var total = Tint()
    for row in 0..<size {
      let height = 1 - (Float(row) + 0.5) / Float(size)
      let haze = clamp(light.hazeAmount + light.hazeSlope * height * height)
      var sum = Tint()
      for column in 0..<size {
        var pixel = Tint()
        for dy in 0..<step {
          let base = (row * step + dy) * canvas.side + column * step
          for dx in 0..<step { pixel += canvas.color[base + dx] }
        }
        pixel = mix(pixel * share, light.haze * 0.6, haze)
        linear[row * size + column] = pixel
        sum += pixel
      }
      total += sum * (1 / Float(size))
    }
    return total * (1 / Float(size))
  }
}

extension SIMD3<Float> {
  fileprivate func squareRoot() -> Tint { Tint(x.squareRoot(), y.squareRoot(), z.squareRoot()) }
}

@inline(__always)
private func max(_ tint: Tint, _ low: Float) -> Tint {
  tint.clamped(lowerBound: Tint(repeating: low), upperBound: Tint(repeating: 1000))
}
