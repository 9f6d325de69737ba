/// A town by the sea: a grid of streets laid along the shore, houses, car parks, trees, and what
/// people build at the water's edge.
struct Settlement: Sendable {
  enum Style: CaseIterable, Sendable {
    case suburb
    case resort
    case harbour
  }

  let style: Style
  let plan: StreetPlan
  private(set) var figures: [Figure] = []

  var front: Float { plan.front }

  init(
    _ random: inout DescriptionStream, style: Style, camera: Camera, shoreline: Shoreline,
    sand: Sand, vegetation: Vegetation
  ) {
    self.style = style
    plan = StreetPlan(&random, style: style, isWalled: shoreline.isStraight)
    build(&random, camera: camera, shoreline: shoreline, vegetation: vegetation)
    edge(&random, camera: camera, shoreline: shoreline)
  }

  private mutating func build(
    _ random: inout DescriptionStream, camera: Camera, shoreline: Shoreline,
    vegetation: Vegetation
  ) {
    let along = shoreline.along
    let inland = shoreline.inland
    let reach = camera.radius
    let tone = random.pick(Palette.roofs)
    let unity = random.between(0, 0.8)
    let firstColumn = Int((-reach + plan.crossShift) / plan.crossSpacing) - 1
    let lastColumn = Int((reach + plan.crossShift) / plan.crossSpacing) + 1
    let rows = min(12, Int((reach * 2 + 60) / plan.streetSpacing) + 1)
    for row in 0..<rows {
      let base = plan.front + plan.streetWidth + 2 + Float(row) * plan.streetSpacing
      let deep = plan.streetSpacing - plan.streetWidth
      for column in firstColumn..<lastColumn {
        let left = Float(column) * plan.crossSpacing - plan.crossShift + plan.streetWidth * 0.5 + 2
        let right = left + plan.crossSpacing - plan.streetWidth - 4
        let middle = shoreline.place((left + right) * 0.5, base + deep * 0.5)
        let away = (middle.x * middle.x + middle.y * middle.y).squareRoot()
        if away > reach + plan.crossSpacing { continue }
        let use = random.unit()
        let first = figures.count
        let parks: Float = style == .suburb ? 0.05 : 0.14
        let greens: Float = 0.04
        if use < parks {
          park(&random, shoreline, left, right, base + 2, base + deep - 2)
        } else if use < parks + greens {
          green(
            &random, shoreline, left, right, base, base + deep, vegetation, since: first, count: 26)
        } else if style == .suburb || (style == .resort && use > 0.6) {
          for side in 0...1 {
            var s = left + random.between(2, 5)
            while s < right - 9 {
              let width = random.between(9, 16)
              let depth = random.between(8, 12)
              let setback = random.between(5, 9)
              let c = side == 0 ? base + setback + depth * 0.5 : base + deep - setback - depth * 0.5
              if random.chance(0.9) && s + width < right {
                let roof = mix(random.pick(Palette.roofs), tone, unity) * random.between(0.8, 1.15)
                house(
                  &random, at: shoreline.place(s + width * 0.5, c), axis: along,
                  half: Place(width, depth) * 0.5, height: random.between(3, 6.5),
                  pitch: random.chance(0.8) ? random.between(0.35, 0.7) : 0, roof: roof)
                if random.chance(0.4) {
                  // A wing makes an L.
                  let out = side == 0 ? depth * 0.45 : -depth * 0.45
                  house(
                    &random, at: shoreline.place(s + width * 0.3, c + out), axis: inland,
                    half: Place(depth * 0.4, width * 0.22), height: 3,
                    pitch: 0.5, roof: roof)
                }
                if random.chance(0.12) {
                  sheet(
                    at: shoreline.place(
                      s + width * 0.5, base + deep * (side == 0 ? 0.4 : 0.6)), axis: along,
                    half: Place(4, 2), color: Palette.pool, cover: .paved)
                }
                // A drive from the street to the house.
                sheet(
                  at: shoreline.place(
                    s + 2, side == 0 ? base + setback * 0.5 : base + deep - setback * 0.5),
                  axis: inland, half: Place(setback * 0.5, 1.5),
                  color: Palette.concrete * 0.9, cover: .paved)
              }
              s += width + random.between(2.5, 6)
            }
          }
          green(
            &random, shoreline, left, right, base, base + deep, vegetation,
            since: first, count: Int(vegetation.trees * 28))
        } else {
          // Large flat roofs: hotels, halls, sheds.
          var s = left + random.between(2, 8)
          while s < right - 14 {
            let width = random.between(16, 38)
            let depth = random.between(12, min(deep * 0.62, 30))
            if s + width < right {
              let tall = style == .resort && random.chance(0.6)
              let height = tall ? random.between(9, 26) : random.between(5, 9)
              let roof = mix(
                random.pick(Palette.roofs), Palette.concrete, random.between(0.1, 0.8))
              let at = shoreline.place(
                s + width * 0.5, base + deep * random.between(0.42, 0.58))
              let shed = style == .harbour && random.chance(0.6)
              house(
                &random, at: at, axis: along, half: Place(width, depth) * 0.5, height: height,
                pitch: shed ? 0.22 : 0, roof: roof)
              if !shed {
                house(
                  &random, at: at + along * random.between(-0.2, 0.2) * width, axis: along,
                  half: Place(random.between(2, 4), random.between(1.5, 3)),
                  height: height + 2.4, pitch: 0, roof: roof * 0.85)
              }
              if style == .resort && random.chance(0.35) {
                sheet(
                  at: at - inland * (depth * 0.5 + 7), axis: along, half: Place(8, 3.5),
                  color: Palette.pool, cover: .paved)
              }
            }
            s += width + random.between(4, 10)
          }
          green(
            &random, shoreline, left, right, base, base + deep, vegetation,
            since: first, count: Int(vegetation.trees * 12))
        }
      }
    }
  }

  /// A car park with bays and cars.
  private mutating func park(
    _ random: inout DescriptionStream, _ shoreline: Shoreline, _ left: Float, _ right: Float,
    _ low: Float, _ high: Float
  ) {
    sheet(
      at: shoreline.place((left + right) * 0.5, (low + high) * 0.5), axis: shoreline.along,
      half: Place((right - left) * 0.5, (high - low) * 0.5), color: plan.asphalt * 1.08,
      cover: .paved)
    let fullness = random.between(0.3, 0.95)
    var c = low + 4
    while c < high - 3 {
      sheet(
        at: shoreline.place((left + right) * 0.5, c), axis: shoreline.along,
        half: Place((right - left) * 0.5 - 3, 2.6), color: plan.asphalt, cover: .paved, stripes: 2.7
      )
      var s = left + 4.4
      while s < right - 4 {
        if random.chance(fullness) {
          car(&random, at: shoreline.place(s, c), axis: shoreline.inland)
        }
        s += 2.7
      }
      c += random.chance(0.5) ? 11 : 9.5
    }
  }

  /// Trees, where none of the block's figures (those since `first`) stands.
  private mutating func green(
    _ random: inout DescriptionStream, _ shoreline: Shoreline, _ left: Float, _ right: Float,
    _ low: Float, _ high: Float, _ vegetation: Vegetation, since first: Int, count: Int
  ) {
    for _ in 0..<count {
      let radius = random.between(1.6, 4)
      let place = shoreline.place(random.between(left, right), random.between(low, high))
      if figures[first...].contains(where: { $0.covers(place, margin: radius * 0.6) }) { continue }
      let leaf = vegetation.leaves * random.between(0.7, 1.2)
      figures.append(
        Figure(
          shape: .lump(Noise(&random)),
          centre: place,
          axis: Place(1, 0), half: Place(radius, radius), height: radius * 1.6, color: leaf,
          second: leaf * 0.5, cover: .vegetation))
    }
  }

  /// What stands at the water's edge: docks with boats, a pier, groynes.
  private mutating func edge(
    _ random: inout DescriptionStream, camera: Camera, shoreline: Shoreline
  ) {
    let half = camera.extent * 0.5
    if style == .harbour || (shoreline.isStraight && random.chance(0.4)) {
      var s = -half + random.between(0, 30)
      while s < half {
        let length = random.between(26, 60)
        let edge = shoreline.distanceToEdge(s)
        dock(shoreline, s, edge, length)
        var out: Float = 8
        while out < length - 3 {
          for side in [Float(-1), 1] {
            sheet(
              at: shoreline.place(s + side * 5.5, edge - out), axis: shoreline.along,
              half: Place(4.5, 0.5), color: Palette.planks, cover: .paved, height: 0.9)
          }
          out += random.between(7, 9)
        }
        s += random.between(34, 60)
      }
    } else if random.chance(0.45) {
      let s = random.between(-half * 0.6, half * 0.6)
      dock(shoreline, s, shoreline.distanceToEdge(s) + front, plan.front + random.between(40, 110))
    } else if random.chance(0.5) {
      var s = -half + random.between(0, 40)
      while s < half {
        let edge = shoreline.distanceToEdge(s)
        var c: Float = 8
        let length = random.between(18, 40)
        while c > -length {
          let radius = random.between(1.3, 2.6)
          let stone = Palette.tint(0x7C766E) * random.between(0.7, 1.2)
          figures.append(
            Figure(
              shape: .lump(Noise(&random)),
              centre: shoreline.place(s + random.between(-1.6, 1.6), edge + c), axis: Place(1, 0),
              half: Place(radius, radius), height: random.between(1, 2.2), color: stone,
              second: stone * 0.55, cover: .rock))
          c -= 1.1
        }
        s += random.between(45, 80)
      }
    }
  }

  private mutating func dock(_ shoreline: Shoreline, _ s: Float, _ edge: Float, _ length: Float) {
    sheet(
      at: shoreline.place(s, edge - length * 0.5 + 1), axis: shoreline.inland,
      half: Place(length * 0.5 + 1, 1.5), color: Palette.planks, cover: .paved, height: 1.8)
  }

  private mutating func house(
    _ random: inout DescriptionStream, at place: Place, axis: Place, half: Place, height: Float,
    pitch: Float, roof: Tint
  ) {
    let turned = half.x < half.y
    figures.append(
      Figure(
        shape: .house(pitch: pitch, hipped: random.chance(0.45)), centre: place,
        axis: turned ? Place(-axis.y, axis.x) : axis,
        half: turned ? Place(half.y, half.x) : half, height: height, color: roof,
        second: random.pick(Palette.walls), cover: .building))
  }

  private mutating func sheet(
    at place: Place, axis: Place, half: Place, color: Tint, cover: LandCover,
    height: Float = 0.05, stripes: Float = 0
  ) {
    figures.append(
      Figure(
        shape: .sheet(stripes: stripes), centre: place, axis: axis, half: half, height: height,
        color: color, second: Tint(0.75, 0.75, 0.72), cover: cover))
  }

  private mutating func car(_ random: inout DescriptionStream, at place: Place, axis: Place) {
    let paint = random.pick(Palette.cars)
    figures.append(
      Figure(
        shape: .house(pitch: 0, hipped: false), centre: place, axis: axis,
        half: Place(2.2, 0.95), height: 1.3, color: paint, second: paint * 0.4, cover: .paved))
  }
}
