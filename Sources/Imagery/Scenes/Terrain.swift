/// Draws the ground of a scene, sample by sample: the first pass.
struct Terrain {
  private let kind: SceneKind
  private let shoreline: Shoreline
  private let swell: Water
  private let rocks: Rocks
  private let town: Town?
  private let creeks: Marsh.Creeks
  private let water: WaterBrush
  private let sand: SandBrush
  private let vegetation: VegetationBrush
  private let stone: RockBrush
  private let flat: MarshBrush?
  private let dunes: Fractal
  private let mass: Fractal
  private let detail: Noise
  private let wetReach: Float
  private let duneDistance: Float
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

  init(_ scene: Scene, creeks: Marsh.Creeks, footprint: Float) {
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
    wetReach = scene.sand.wetReach
    duneDistance = scene.duneDistance
    duneHeight = scene.duneHeight
    duneGrass = scene.duneGrass
    trees = scene.vegetation.trees
    crown = scene.vegetation.crown
    sandColor = scene.sand.color
    soil = scene.vegetation.soil
  }

  /// Paints every sample of the canvas.
  func paint(_ canvas: Canvas) {
    for row in 0..<canvas.side {
      for column in 0..<canvas.side {
        let place = canvas.place(column, row)
        let ground: Ground
        switch kind {
        case .beach: ground = beach(place)
        case .marsh: ground = marsh(place)
        case .developed: ground = developed(place)
        case .rocky: ground = rocky(place)
        }
        let sample = row &* canvas.side &+ column
        canvas.color[sample] = ground.color
        canvas.height[sample] = ground.height
        canvas.cover[sample] = ground.cover
      }
    }
  }

  /// Metres up the beach that the waves have wetted.
  @inline(__always)
  private func wetEdge(_ s: Float) -> Float {
    wetReach * (1 + 0.35 * detail.other(7)(s / 38)) + 0.6 * swell.tongue(s + 61)
  }

  @inline(__always)
  private func sea(
    _ p: Place, s: Float, out: Float, bottom: Tint, foam: Float
  ) -> Ground {
    let drawn = water.draw(p, s: s, out: out, bottom: bottom, extraFoam: foam)
    let cover: LandCover =
      drawn.foam > 0.5 ? .whiteWater : drawn.depth > 1.6 ? .deepWater : .shallowWater
    return Ground(color: drawn.color, height: 0, cover: cover)
  }

  @inline(__always)
  private func beach(_ p: Place) -> Ground {
    let (s, c) = shoreline.coordinates(p)
    let distance = shoreline.distance(s, c) - swell.tongue(s)
    if distance < 0 { return sea(p, s: s, out: -distance, bottom: sandColor, foam: 0) }
    var ground = sand.draw(p, s: s, distance: distance, wetEdge: wetEdge(s))
    let line = duneDistance + 7 * detail(s / 29) + 2.5 * detail.other(3)(s / 8)
    let behind = distance - line
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
    let distance = shoreline.distance(s, c)
    let drawn = flat.draw(p, distance: distance, creek: creeks(p))
    if drawn.flood > 0 {
      let ground = sea(p, s: s, out: drawn.flood * 1.4, bottom: drawn.ground.color, foam: 0)
      return ground
    }
    if trees > 0 && distance > 20 {
      let island = smoothstep(0.3, 0.6, mass(p.x, p.y) + (distance - 60) * 0.002)
      let dry = smoothstep(7, 12, creeks(p))
      return vegetation.crowns(
        p, on: drawn.ground, density: island * dry * (0.4 + 0.6 * trees), crown: crown)
    }
    return drawn.ground
  }

  @inline(__always)
  private func developed(_ p: Place) -> Ground {
    guard let town else { return Ground(color: soil, height: 0, cover: .drySand) }
    let (s, c) = shoreline.coordinates(p)
    let distance = shoreline.distance(s, c) - (town.isWalled ? 0 : swell.tongue(s))
    if distance < 0 {
      // A wall has depth right before it.
      let out = town.isWalled ? -distance * 1.3 + 12 : -distance
      return sea(p, s: s, out: out, bottom: sandColor, foam: 0)
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
        p, s: s, distance: distance, wetEdge: min(wetEdge(s), plan.front * 0.5))
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
    let near = shoreline.distance(s, c)
    let hump = mass(p.x, p.y)
    let distance = near + 4 * dunes(p.x, p.y) + 6 * hump
    if distance < 0 {
      // White water gathers against rock.
      let chaos = dunes(p.x + 40, p.y - 20)
      let foam =
        swell.surf * Approximate.exponential(distance / (3.5 + 7 * swell.surf))
        * (1.05 + 0.7 * chaos)
      return sea(p, s: s, out: -distance * 1.6 + 0.6, bottom: rocks.color * 0.55, foam: foam)
    }
    // A cove keeps sand between the headlands.
    let cove =
      rocks.coves > 0
      ? smoothstep(0.05, 0.3, detail.other(9)(s / 60) + rocks.coves - 0.45) : 0
    let foot = rocks.platformWidth * (0.6 + 0.8 * abs(hump)) + 10 * cove
    let cliff = smoothstep(foot, foot + rocks.cliffWidth, distance + 3 * dunes(p.x + 7, p.y))
    let level = 0.5 + min(distance, foot) * 0.07 + rocks.cliffHeight * cliff
    if cove > 0.5 && cliff < 0.06 {
      return sand.draw(p, s: s, distance: distance, wetEdge: wetEdge(s) * 0.6)
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
