/// Draws the ground of a scene, sample by sample: the first pass.
struct Terrain {
  private let kind: SceneKind
  private let shoreline: Shoreline
  private let swell: Water
  private let rocks: Rocks
  private let town: Town?
  private let creeks: Marsh.Creeks
  private let sections: Sections
  private let water: WaterBrush
  private let sand: SandBrush
  private let vegetation: VegetationBrush
  private let stone: RockBrush
  private let flat: MarshBrush?
  private let dunes: Fractal
  private let mass: Fractal
  private let detail: Noise
  private let duneHeight: Float
  private let duneGrass: Float
  private let trees: Float
  private let crown: Float
  private let sandColor: Tint
  private let soil: Tint

  /// What of a settlement the ground itself shows.
  private struct Town {
    let plan: StreetPlan
    let isWalled: Bool
  }

  init(_ scene: Scene, creeks: Marsh.Creeks, sections: Sections, footprint: Float) {
    self.sections = sections
    kind = scene.kind
    shoreline = scene.shoreline
    swell = scene.water
    rocks = scene.rocks
    town = scene.settlement.map {
      Town(plan: $0.plan, isWalled: scene.shoreline.isStraight)
    }
    self.creeks = creeks
    water = WaterBrush(scene.water, light: scene.light, footprint: footprint)
    sand = SandBrush(scene.sand, footprint: footprint)
    vegetation = VegetationBrush(scene.vegetation, footprint: footprint)
    stone = RockBrush(scene.rocks, footprint: footprint)
    flat = scene.marsh.map { MarshBrush($0, footprint: footprint) }
    dunes = Fractal(
      scene.detail, wavelength: 24, finest: 2, footprint: footprint, gain: 0.5)
    mass = Fractal(
      scene.detail.other(1), wavelength: 60, finest: 6, footprint: footprint, gain: 0.5)
    detail = scene.detail
    duneHeight = scene.duneHeight
    duneGrass = scene.duneGrass
    trees = scene.trees
    crown = scene.vegetation.crown
    sandColor = scene.sand.color
    soil = scene.vegetation.soil
  }

  /// The ground at a place.
  @inline(__always)
  private func ground(_ place: Place) -> Ground {
    switch kind {
    case .beach: beach(place)
    case .marsh: marsh(place)
    case .developed: developed(place)
    case .rocky: rocky(place)
    }
  }

  /// Paints every sample of the canvas: each pixel once, in its middle, and again sample by sample
  /// where an edge between two covers runs through it.
  func paint(_ canvas: Canvas, samples: Int) {
    let size = canvas.side / samples
    let count = size * size
    let middle = UnsafeMutablePointer<Ground>.allocate(capacity: count)
    defer { middle.deallocate() }
    for row in 0..<size {
      for column in 0..<size {
        let u = (Float(column) + 0.5) / Float(size)
        let v = (Float(row) + 0.5) / Float(size)
        (middle + (row &* size &+ column)).initialize(to: ground(canvas.camera.place(u, v)))
      }
    }
    for row in 0..<size {
      let above = max(row - 1, 0) * size
      let here = row * size
      let below = min(row + 1, size - 1) * size
      for column in 0..<size {
        let left = max(column - 1, 0)
        let right = min(column + 1, size - 1)
        let edge = middle[here + column].cover.outline
        let isPlain =
          middle[here + left].cover.outline == edge && middle[here + right].cover.outline == edge
          && middle[above + column].cover.outline == edge
          && middle[below + column].cover.outline == edge
        for dy in 0..<samples {
          for dx in 0..<samples {
            let sample = (row &* samples &+ dy) &* canvas.side &+ column &* samples &+ dx
            if isPlain {
              let acrossAt = dx == 0 ? left : right
              let upAt = dy == 0 ? above : below
              canvas.set(
                sample, middle[here + column], middle[here + acrossAt], middle[upAt + column])
            } else {
              let place = canvas.place(column &* samples &+ dx, row &* samples &+ dy)
              canvas.set(sample, ground(place))
            }
          }
        }
      }
    }
  }

  @inline(__always)
  private func sea(
    _ p: Place, _ section: UnsafePointer<Section>, out: Float, bottom: Tint, foam: Float
  ) -> Ground {
    let drawn = water.draw(p, section, out: out, bottom: bottom, extraFoam: foam)
    let cover: LandCover =
      drawn.foam > 0.5 ? .whiteWater : drawn.depth > 1.6 ? .deepWater : .shallowWater
    return Ground(color: drawn.color, height: 0, cover: cover)
  }

  @inline(__always)
  private func beach(_ p: Place) -> Ground {
    let (s, c) = shoreline.coordinates(p)
    let section = sections(s)
    let edge = section.pointee.edge
    let cusp = section.pointee.cusp
    let distance = shoreline.distance(s, c, edge: edge, cusp: cusp) - section.pointee.tongue
    if distance < 0 { return sea(p, section, out: -distance, bottom: sandColor, foam: 0) }
    var ground = sand.draw(
      p, distance: distance, wetEdge: section.pointee.wetEdge, line: section.pointee.wander)
    let behind = distance - section.pointee.duneFoot
    if behind > -6 {
      let hump = dunes(p.x, p.y)
      let rise = smoothstep(0, 10, behind)
      ground.height += duneHeight * rise * (0.8 + 0.7 * hump)
      let closed = smoothstep(-5, 14, behind + 8 * hump)
      let inland = smoothstep(12, 60, behind)
      let density = duneGrass * closed * (0.7 + 0.3 * inland)
      ground = vegetation.tufts(p, on: ground, density: density)
      if inland > 0.02 {
        ground = vegetation.crowns(
          p, on: ground, density: trees * inland, crown: mix(2.6, crown, inland))
      }
    }
    return ground
  }

  @inline(__always)
  private func marsh(_ p: Place) -> Ground {
    guard let flat else { return Ground(color: soil, height: 0, cover: .wetSand) }
    let (s, c) = shoreline.coordinates(p)
    let section = sections(s)
    let edge = section.pointee.edge
    let cusp = section.pointee.cusp
    let distance = shoreline.distance(s, c, edge: edge, cusp: cusp)
    let creek = creeks(p)
    let drawn = flat.draw(p, distance: distance, creek: creek)
    if drawn.flood > 0 {
      // Channels are steep; a pool is a hand deep.
      let depth: Float = drawn.ground.height < 0 ? 24 : 14
      let ground = sea(p, section, out: drawn.flood * depth, bottom: drawn.ground.color, foam: 0)
      return ground
    }
    let dry = smoothstep(4, 8, creek)
    if trees > 0 && distance > 20 && dry > 0 {
      let island = smoothstep(0.12, 0.4, mass(p.x, p.y) + (distance - 60) * 0.002)
      return vegetation.crowns(
        p, on: drawn.ground, density: island * dry * (0.4 + 0.6 * trees), crown: crown)
    }
    return drawn.ground
  }

  @inline(__always)
  private func developed(_ p: Place) -> Ground {
    guard let town else { return Ground(color: soil, height: 0, cover: .drySand) }
    let (s, c) = shoreline.coordinates(p)
    let section = sections(s)
    let edge = section.pointee.edge
    let cusp = section.pointee.cusp
    let distance =
      shoreline.distance(s, c, edge: edge, cusp: cusp)
      - (town.isWalled ? 0 : section.pointee.tongue)
    if distance < 0 {
      // A wall has depth right before it.
      let out = town.isWalled ? -distance * 1.3 + 12 : -distance
      return sea(p, section, out: out, bottom: sandColor, foam: 0)
    }
    let plan = town.plan
    let street = plan.street(s, c)
    if town.isWalled && distance < 2.2 {
      let joint = smoothstep(0.35, 0.1, abs(distance - 1.1))
      return Ground(
        color: Palette.concrete * (1 - 0.25 * joint), height: 1.8, cover: .paved)
    }
    let grain = detail(p.x * 0.7, p.y * 0.7) * 0.05 + detail.other(2)(p.x * 0.09, p.y * 0.09) * 0.05
    if street < 0 {
      var tint = plan.asphalt * (1 + grain)
      let middle = plan.middle(c)
      if middle < 0.18 && Approximate.sine(s * 1.05) > 0 { tint = Tint(0.7, 0.7, 0.66) }
      return Ground(color: tint, height: 1.6, cover: .paved)
    }
    if street < 1.6 {
      return Ground(color: Palette.concrete * (0.95 + grain), height: 1.7, cover: .paved)
    }
    if c < plan.front - 1 {
      if town.isWalled {
        return Ground(
          color: Palette.concrete * (0.8 + 2 * grain), height: 1.7, cover: .paved)
      }
      let ground = sand.draw(
        p, distance: distance, wetEdge: min(section.pointee.wetEdge, plan.front * 0.5),
        line: section.pointee.wander)
      let strip = smoothstep(plan.front - 11, plan.front - 4, c + 3 * dunes(p.x, p.y))
      return vegetation.tufts(p, on: ground, density: strip * duneGrass * 0.8)
    }
    var lawn = vegetation.meadow(p)
    lawn.height = 1.7 + 0.5 * lawn.height
    let bare = smoothstep(0.15, 0.5, mass(p.x, p.y) + 0.3 * plan.bareness + 3 * grain)
    let color = mix(lawn.color, soil * (1 + 2 * grain), bare)
    return Ground(
      color: color, height: lawn.height, cover: bare > 0.5 ? .drySand : .vegetation)
  }

  @inline(__always)
  private func rocky(_ p: Place) -> Ground {
    let (s, c) = shoreline.coordinates(p)
    let section = sections(s)
    let edge = section.pointee.edge
    let cusp = section.pointee.cusp
    let near = shoreline.distance(s, c, edge: edge, cusp: cusp)
    // Far out at sea nothing of the rock's shape matters.
    let share = smoothstep(-60, -30, near)
    let hump = share > 0 ? share * mass(p.x, p.y) : 0
    let lump = share > 0 ? share * dunes(p.x, p.y) : 0
    let distance = near + 4 * lump + 6 * hump
    if distance < 0 {
      // White water gathers against rock.
      let chaos = share > 0 ? dunes(p.x + 40, p.y - 20) : 0
      let foam =
        swell.surf * Approximate.exponential(distance / (3.5 + 7 * swell.surf))
        * (1.05 + 0.7 * chaos)
      return sea(p, section, out: -distance * 1.6 + 0.6, bottom: rocks.color * 0.55, foam: foam)
    }
    // A cove keeps sand between the headlands.
    let cove = section.pointee.cove
    let foot = rocks.platformWidth * (0.6 + 0.8 * abs(hump)) + 10 * cove
    let cliff = smoothstep(foot, foot + rocks.cliffWidth, distance - 3 * lump)
    let level = 0.5 + min(distance, foot) * 0.07 + rocks.cliffHeight * cliff
    if cove + 0.5 * hump > 0.5 && cliff < 0.06 {
      return sand.draw(
        p, distance: distance, wetEdge: section.pointee.wetEdge * 0.6,
        line: section.pointee.wander)
    }
    let top = smoothstep(0.93, 1, cliff)
    if top >= 1 {
      let back = distance - foot - rocks.cliffWidth
      var ground = vegetation.meadow(p)
      ground.height += rocks.cliffHeight + 3 * hump + 1
      let bare = smoothstep(0.25, -0.1, hump + back * 0.02)
      if bare > 0.5 {
        return stone.draw(p, level: level + 1)
      }
      return vegetation.crowns(
        p, on: ground, density: trees * smoothstep(6, 40, back), crown: crown)
    }
    return stone.draw(p, level: level)
  }
}

extension LandCover {
  /// Covers with a sharp edge between them have different numbers; others shade into each other.
  @inline(__always)
  fileprivate var outline: UInt8 {
    switch self {
    case .deepWater, .shallowWater, .whiteWater: 0
    case .drySand, .wetSand: 1
    case .vegetation: 2
    case .rock: 3
    case .building: 4
    case .paved: 5
    }
  }
}
