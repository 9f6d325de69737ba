/// A tidal flat with its creeks: a main channel that meanders inland and branches, kept as metres
/// to the nearest bank on a grid of the ground (negative in the channel).
struct Marsh: Sendable {
  private static let side = 144
  private static let reach: Float = 10
  private let grid: [Float]
  private let radius: Float
  let mud: Tint
  let low: Tint
  let high: Tint
  let tall: Tint
  let straw: Tint
  /// How much of the grass is dry, 0…1.
  let dryness: Float
  let noise: Noise
  let bank: Float
  /// Share of the flat with shallow pools, and with no plants.
  let pools: Float
  let bareness: Float
  /// The tide: how far creeks overflow their banks, in metres.
  let tide: Float

  private struct Creek {
    var place: Place
    var heading: Float
    var width: Float
    var length: Float
    var level: Int
  }

  init(
    _ random: inout DescriptionStream, camera: Camera, shoreline: Shoreline, sand: Sand,
    vegetation: Vegetation
  ) {
    mud = mix(random.pick(Palette.muds), sand.color, random.between(0, 0.35))
    low = vegetation.grass
    high = vegetation.other
    tall = mix(vegetation.grass, vegetation.leaves, random.between(0.2, 0.8))
    straw = Palette.tint(0xB8A070) * random.between(0.7, 1.1)
    dryness = random.chance(0.6) ? random.between(0.3, 1) : 0
    noise = Noise(&random)
    bank = random.proportion(0.5, 3.2)
    pools = random.chance(0.5) ? random.between(0.1, 0.7) : 0
    bareness = random.between(0, 0.5)
    tide = random.between(-1, 1)
    radius = camera.radius * 1.05
    var field = [Float](repeating: Marsh.reach, count: Marsh.side * Marsh.side)

    var creeks: [Creek] = []
    let inland = Marsh.angle(shoreline.inland)
    let mains = random.whole(2, 4)
    for number in 0..<mains {
      let along = (Float(number) + random.between(0.2, 0.8)) / Float(mains) * 2 - 1
      creeks.append(
        Creek(
          place: shoreline.place(along * camera.extent * 0.62, -camera.extent * 0.2),
          heading: inland + random.between(-0.5, 0.5),
          width: camera.extent * random.proportion(0.02, 0.055), length: camera.extent * 1.6,
          level: 0))
    }
    var segments = 0
    var next = 0
    while next < creeks.count && segments < 2600 {
      var creek = creeks[next]
      next += 1
      let step = max(2.2, creek.width * 0.4)
      let bendLength = creek.width * random.between(7, 12) + 8
      let bendAngle = random.between(0.5, 1.15)
      var turn = random.angle()
      let course = creek.heading
      var drift: Float = 0
      let whole = creek.length
      var untilBranch = creek.width * random.between(1.5, 4) + 4
      var side: Float = random.chance(0.5) ? 1 : -1
      var steps = 0
      while creek.length > 0 && segments < 2600 {
        drift += random.between(-0.07, 0.07)
        turn += step / bendLength * 6.2832 * random.between(0.7, 1.3)
        creek.heading = course + drift + bendAngle * Approximate.sine(turn)
        let taper = 0.25 + 0.75 * creek.length / whole
        let width = creek.width * (creek.level == 0 ? 0.4 + 0.6 * taper : taper)
        let end =
          creek.place
          + Place(Approximate.cosine(creek.heading), Approximate.sine(creek.heading)) * step
        Marsh.stamp(&field, radius: radius, from: creek.place, to: end, width: width)
        // A creek that meets another one ends in it.
        steps += 1
        let ahead = end + (end - creek.place) * ((width + 3) / step)
        creek.place = end
        if steps > 4 && Marsh.read(field, radius: radius, ahead) < 0.5 { break }
        creek.length -= step
        segments += 1
        untilBranch -= step
        if untilBranch < 0 && creek.level < 3 && width > 0.9 {
          untilBranch = width * random.between(1.6, 4.5) + 5
          side = random.chance(0.7) ? -side : side
          creeks.append(
            Creek(
              place: creek.place, heading: creek.heading + side * random.between(0.6, 1.35),
              width: width * random.between(0.3, 0.55),
              length: width * random.between(4, 10) + 10, level: creek.level + 1))
        }
        if max(abs(end.x), abs(end.y)) > radius * 1.3 { break }
      }
    }
    grid = field
  }

  private static func angle(_ direction: Place) -> Float {
    // The direction's angle, by bisection of the half circle it lies in.
    var low: Float = 0
    var high = Float.pi
    for _ in 0..<20 {
      let middle = 0.5 * (low + high)
      if Approximate.cosine(middle) > direction.x { low = middle } else { high = middle }
    }
    return direction.y < 0 ? -low : low
  }

  /// Lowers the grid to the distance from a stretch of channel.
  private static func stamp(
    _ field: inout [Float], radius: Float, from: Place, to: Place, width: Float
  ) {
    let scale = Float(side - 1) / (2 * radius)
    let margin = reach + width
    let left = max(0, Int((min(from.x, to.x) - margin + radius) * scale))
    let right = min(side - 1, Int((max(from.x, to.x) + margin + radius) * scale) + 1)
    let low = max(0, Int((min(from.y, to.y) - margin + radius) * scale))
    let high = min(side - 1, Int((max(from.y, to.y) + margin + radius) * scale) + 1)
    guard left <= right, low <= high else { return }
    let way = to - from
    let length = max(way.x * way.x + way.y * way.y, 1e-6)
    for row in low...high {
      for column in left...right {
        let place = Place(Float(column) / scale - radius, Float(row) / scale - radius)
        let offset = place - from
        let t = clamp((offset.x * way.x + offset.y * way.y) / length)
        let gap = offset - way * t
        let distance = (gap.x * gap.x + gap.y * gap.y).squareRoot() - width * 0.5
        let index = row * side + column
        if distance < field[index] { field[index] = distance }
      }
    }
  }

  /// The grid's number at its point nearest to a place.
  private static func read(_ field: [Float], radius: Float, _ place: Place) -> Float {
    let scale = Float(side - 1) / (2 * radius)
    let limit = Float(side - 1)
    let column = Int(min(max((place.x + radius) * scale + 0.5, 0), limit))
    let row = Int(min(max((place.y + radius) * scale + 0.5, 0), limit))
    return field[row * side + column]
  }

  /// Calls `body` with the grid in place for fast reading.
  func withCreeks<Result>(_ body: (Creeks) -> Result) -> Result {
    grid.withUnsafeBufferPointer { buffer in
      body(
        Creeks(
          base: buffer.baseAddress, radius: radius,
          scale: Float(Marsh.side - 1) / (2 * radius), side: Marsh.side))
    }
  }

  /// Metres to the nearest bank, anywhere on the ground.
  struct Creeks {
    fileprivate let base: UnsafePointer<Float>?
    fileprivate let radius: Float
    fileprivate let scale: Float
    fileprivate let side: Int

    /// No creeks at all: for the other kinds of coast.
    static var none: Creeks {
      Creeks(base: nil, radius: 1, scale: 1, side: 2)
    }

    @inline(__always)
    func callAsFunction(_ p: Place) -> Float {
      guard let base else { return Marsh.reach }
      let limit = Float(side) - 1.001
      let x = min(max((p.x + radius) * scale, 0), limit)
      let y = min(max((p.y + radius) * scale, 0), limit)
      let column = Int(x)
      let row = Int(y)
      let fx = x - Float(column)
      let fy = y - Float(row)
      let corner = base + (row &* side &+ column)
      let upper = corner[0] + (corner[1] - corner[0]) * fx
      let lower = corner[side] + (corner[side &+ 1] - corner[side]) * fx
      return upper + (lower - upper) * fy
    }
  }
}

/// Draws the flat at one sampling of the ground.
struct MarshBrush {
  private let marsh: Marsh
  private let patches: Fractal
  private let fine: Fractal
  private let edge: Fractal

  init(_ marsh: Marsh, footprint: Float) {
    self.marsh = marsh
    patches = Fractal(marsh.noise, wavelength: 34, finest: 2, footprint: footprint, gain: 0.6)
    fine = Fractal(
      marsh.noise.other(1), wavelength: 3.4, finest: 0.4, footprint: footprint, gain: 0.75)
    edge = Fractal(marsh.noise.other(2), wavelength: 7, finest: 1, footprint: footprint, gain: 0.6)
  }

  /// Ground, and metres of water over it (above 0 where it is flooded).
  ///
  /// - Parameters:
  ///   - distance: metres inland of the open water's edge.
  ///   - creek: metres to the nearest creek's bank.
  @inline(__always)
  func draw(_ p: Place, distance: Float, creek: Float) -> (ground: Ground, flood: Float) {
    let smooth = min(distance * 0.6, creek) - marsh.tide
    if smooth < -5 {
      // Under this much water nobody sees what the mud is like.
      return (Ground(color: marsh.mud * 0.8, height: 0, cover: .shallowWater), -smooth)
    }
    let rough = edge(p.x, p.y)
    let patch = patches(p.x, p.y)
    let grain = fine(p.x, p.y)
    let bank = smooth + 0.7 * rough
    var color = marsh.mud * (1 + 0.1 * grain + 0.1 * patch)
    if bank < 0 {
      return (Ground(color: color * 0.8, height: 0, cover: .shallowWater), -bank)
    }
    let pool = patch + 0.4 * rough - 0.6 * smoothstep(10, 4, bank + 3 * rough)
    if marsh.pools > 0 && pool > 0.72 - 0.45 * marsh.pools {
      return (Ground(color: color * 0.7, height: -1, cover: .shallowWater), 1)
    }
    // Wet mud, then tall bright grass along the creeks, then shorter and duller grass.
    let width = marsh.bank * (1 + 0.8 * patch)
    let plants = smoothstep(width * 0.6, width * 0.6 + 1.4, bank + 0.5 * grain)
    let bare = smoothstep(0.35, 0.7, -patch + marsh.bareness * 0.6 - 0.2 + 0.15 * grain)
    color *= 1 - 0.35 * smoothstep(2.5, 0, bank)
    // Zones: a tall fringe on the levees, then patches of short and of dry grass.
    let fringe = smoothstep(7, 2, bank + 2.5 * rough)
    let zone = smoothstep(-0.25, 0.3, patch + 0.4 * rough)
    let dry = smoothstep(0.1, 0.5, rough * 0.7 - patch * 0.8 + 0.2 * grain) * marsh.dryness
    var leaves = mix(marsh.low, marsh.high, zone)
    leaves = mix(leaves, marsh.straw, dry)
    leaves = mix(leaves, marsh.tall, fringe * 0.85)
    leaves *= 1 + 0.24 * grain + 0.14 * rough + 0.1 * patch
    let cover = plants * (1 - bare)
    let height = 0.15 * min(bank, 2) + cover * (0.45 + 0.5 * fringe + 0.25 * grain)
    let kind: LandCover = cover > 0.5 ? .vegetation : .wetSand
    return (Ground(color: mix(color, leaves, cover), height: height, cover: kind), 0)
  }
}
