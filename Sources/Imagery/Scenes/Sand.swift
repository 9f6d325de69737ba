/// A beach: its colour, the berm, dunes and what the tide left.
struct Sand: Sendable {
  let color: Tint
  fileprivate let wetness: Float
  /// How far up the beach it is wet, in metres from the water's edge.
  let wetReach: Float
  fileprivate let bermDistance: Float
  fileprivate let bermHeight: Float
  fileprivate let wrack: Float
  fileprivate let tracks: Int
  fileprivate let trackDistance: Float
  fileprivate let runnelLength: Float
  fileprivate let runnels: Float
  fileprivate let trampled: Float
  fileprivate let noise: Noise

  init(_ random: inout DescriptionStream, kind: SceneKind) {
    color =
      (kind == .beach && random.chance(0.6)
        ? random.pick(Array(Palette.sands.prefix(5))) : random.pick(Palette.sands))
      * random.between(0.82, 1.08)
    wetness = random.between(0.45, 0.68)
    wetReach = random.proportion(4, 22)
    bermDistance = wetReach + random.between(2, 14)
    bermHeight = random.between(0.3, 1.6)
    wrack = random.chance(0.5) ? random.between(0.3, 1) : 0
    tracks = kind == .beach && random.chance(0.4) ? random.whole(1, 3) : 0
    trackDistance = random.between(4, 18)
    runnels = random.chance(0.4) ? random.between(0.3, 1) : 0
    runnelLength = random.between(4, 9)
    trampled = kind == .developed || random.chance(0.3) ? random.between(0.3, 1) : 0
    noise = Noise(&random)
  }
}

/// Draws sand at one sampling of the ground.
struct SandBrush {
  private let sand: Sand
  private let broad: Fractal
  private let fine: Fractal
  private let patches: Fractal
  private let tracksVisible: Float
  private let runnelsVisible: Float

  init(_ sand: Sand, footprint: Float) {
    self.sand = sand
    broad = Fractal(sand.noise, wavelength: 37, finest: 6, footprint: footprint)
    fine = Fractal(
      sand.noise.other(1), wavelength: 3.1, finest: 0.25, footprint: footprint, gain: 0.8)
    patches = Fractal(sand.noise.other(2), wavelength: 9, finest: 2, footprint: footprint)
    tracksVisible = clamp(1.3 - footprint)
    runnelsVisible = clamp(sand.runnelLength / (3 * footprint) - 0.6)
  }

  /// - Parameters:
  ///   - distance: metres inland of the water's edge, above 0 on the beach.
  ///   - wetEdge: metres inland to which the last waves came.
  ///   - line: the wandering of lines on the beach, in metres.
  @inline(__always)
  func draw(_ p: Place, distance: Float, wetEdge: Float, line: Float) -> Ground {
    let tone = broad(p.x, p.y)
    let grain = fine(p.x, p.y)
    let patch = patches(p.x, p.y)
    var color = sand.color * (1 + 0.07 * tone + 0.05 * grain + 0.05 * patch)
    // The foreshore rises to the berm and dips a little behind it.
    let fromBerm = (distance - sand.bermDistance - 2 * line) / 4
    let rise = smoothstep(0, 1, distance / max(sand.bermDistance, 1))
    var height = sand.bermHeight * (rise + 0.5 / (1 + fromBerm * fromBerm)) + 0.1 * grain
    height += 0.22 * patch + 0.3 * tone

    let damp = smoothstep(wetEdge + 1.6 + line * 0.6, wetEdge - 2.2, distance + 0.5 * patch)
    color *= 1 - (1 - sand.wetness) * damp
    if damp > 0 {
      // A film of water mirrors some sky.
      color += Tint(0.012, 0.018, 0.026) * damp
      let runnel =
        Approximate.sine((distance + 2.2 * line) * (6.2832 / sand.runnelLength))
        * sand.runnels * runnelsVisible * damp
      color *= 1 + 0.08 * runnel
      height *= 1 - 0.6 * damp
    }
    if sand.wrack > 0 {
      let tide = (distance - wetEdge - 2.5 - 1.2 * line) / 1.1
      let weed = sand.wrack * smoothstep(-0.1, 0.5, grain + 0.4 * patch) / (1 + tide * tide)
      color = mix(color, Tint(0.10, 0.08, 0.05), clamp(weed) * 0.8)
    }
    if sand.trampled > 0 {
      color *= 1 - 0.1 * sand.trampled * smoothstep(0.1, 0.6, abs(grain)) * (1 - damp)
    }
    for number in 0..<sand.tracks {
      let away = distance - sand.bermDistance - sand.trackDistance - Float(number) * 3.3
      let wheel = abs(abs(away + 0.8 * line) - 0.9)
      color *= 1 - 0.22 * tracksVisible * smoothstep(0.55, 0.1, wheel)
    }
    let isWet = damp > 0.5
    return Ground(color: color, height: height, cover: isWet ? .wetSand : .drySand)
  }
}
