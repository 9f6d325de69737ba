/// Sunlight on the ground: slopes, cast shadows, the shadows of clouds. The second-last pass.
enum Shading {
  /// Turns the canvas' colours into the light that leaves the ground.
  static func apply(_ light: Light, to canvas: Canvas) {
    let side = canvas.side
    let shadow = UnsafeMutablePointer<Float>.allocate(capacity: side * side)
    defer { shadow.deallocate() }
    castShadows(light, canvas, into: shadow)

    let footprint = canvas.footprint
    let acrossScale = 0.5 / footprint
    let upScale = 0.5 / (footprint * canvas.camera.foreshortening)
    let flat = light.direction.z
    for row in 0..<side {
      let above = max(row - 1, 0) * side
      let below = min(row + 1, side - 1) * side
      for column in 0..<side {
        let sample = row &* side &+ column
        let height = canvas.height[sample]
        let lit =
          (1 - smoothstep(0.12, 0.8, shadow[sample] - height))
          * (light.hasClouds ? light.throughClouds(canvas.place(column, row)) : 1)
        if canvas.cover[sample].isWater && height == 0 {
          // Water is lit from within and mirrors the sky: shadows only dim it.
          canvas.color[sample] *= 0.5 + 0.5 * lit
          continue
        }
        let left = canvas.height[sample - (column > 0 ? 1 : 0)]
        let right = canvas.height[sample + (column < side - 1 ? 1 : 0)]
        let up = canvas.height[above + column]
        let down = canvas.height[below + column]
        // Slopes; an edge of a roof is no steeper than a person could draw.
        let dx = min(max((right - left) * acrossScale, -1.6), 1.6)
        let dy = min(max((up - down) * upScale, -1.6), 1.6)
        let normal = 1 / (1 + dx * dx + dy * dy).squareRoot()
        let facing =
          max(0, (flat - dx * light.direction.x - dy * light.direction.y) * normal)
        let open = 0.6 + 0.4 * normal
        canvas.color[sample] *= light.sun * (facing * lit) + light.sky * open
      }
    }
  }

  /// The height that shadow reaches over every sample, in metres: one sweep away from the sun, in
  /// which each sample asks the one before it on the ray.
  private static func castShadows(
    _ light: Light, _ canvas: Canvas, into shadow: UnsafeMutablePointer<Float>
  ) {
    let side = canvas.side
    let height = canvas.height
    // The sun's direction in image steps: x right, y down.
    let x = light.direction.x
    let y = -light.direction.y / canvas.camera.foreshortening
    let level =
      (light.direction.x * light.direction.x + light.direction.y * light.direction.y)
      .squareRoot()
    let climb = light.direction.z / max(level, 0.001)
    let byRows = abs(y) >= abs(x)
    let major = byRows ? y : x
    let minor = (byRows ? x : y) / max(abs(major), 0.001)
    let stepLength = canvas.footprint / max(abs(major), 0.001) * level
    let drop = stepLength * climb
    let majorStride = byRows ? side : 1
    let minorStride = byRows ? 1 : side
    // Walk from the sun's side: the sample before lies one major step towards the sun.
    let first = major > 0 ? side - 1 : 0
    let direction = major > 0 ? -1 : 1
    var line = first
    for number in 0..<side {
      let base = line &* majorStride
      let before = base &- direction &* majorStride
      for across in 0..<side {
        let sample = base &+ across &* minorStride
        if number == 0 {
          shadow[sample] = -1000
          continue
        }
        let at = min(max(Float(across) + minor, 0), Float(side - 1))
        let low = min(Int(at), side - 2)
        let part = at - Float(low)
        let a = before &+ low &* minorStride
        let b = a &+ minorStride
        let near = max(height[a], shadow[a])
        let far = max(height[b], shadow[b])
        shadow[sample] = near + (far - near) * part - drop
      }
      line += direction
    }
  }
}
