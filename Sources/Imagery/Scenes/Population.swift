/// People and boats: what can be counted, with what belongs to it (parasols, towels, wakes).
struct Population: Sendable {
  private(set) var figures: [Figure] = []
  private(set) var objects: [SceneObject] = []

  private let camera: Camera
  private let shoreline: Shoreline

  init(
    _ random: inout DescriptionStream, kind: SceneKind, camera: Camera, shoreline: Shoreline,
    sand: Sand, front: Float, isHarbour: Bool
  ) {
    self.camera = camera
    self.shoreline = shoreline
    switch kind {
    case .beach:
      let busy = random.unit()
      crowd(&random, groups: Int(busy * busy * 16), inland: 2...(sand.wetReach + 30))
      boats(&random, count: random.chance(0.35) ? random.whole(1, 3) : 0, out: 25...160)
    case .developed:
      if front > 14 && !shoreline.isStraight {
        crowd(&random, groups: random.whole(0, 10), inland: 2...(front - 3))
      } else {
        stroll(&random, count: random.whole(0, 8), inland: 3...max(front, 4))
      }
      boats(&random, count: random.whole(0, 3), out: 25...150)
      if isHarbour { moor(&random) }
    case .rocky:
      boats(&random, count: random.chance(0.35) ? random.whole(1, 2) : 0, out: 35...160)
    case .marsh:
      boats(&random, count: random.chance(0.35) ? random.whole(1, 2) : 0, out: 20...120)
    }
  }

  private func isSeen(_ place: Place, margin: Float) -> Bool {
    let (u, v) = camera.unit(place)
    return u > margin && u < 1 - margin && v > margin && v < 1 - margin
  }

  /// The box around places on the ground.
  private func box(_ places: [Place]) -> UnitBox {
    var box = UnitBox(left: 1, top: 1, right: 0, bottom: 0)
    for place in places {
      let (u, v) = camera.unit(place)
      box.left = min(box.left, u)
      box.right = max(box.right, u)
      box.top = min(box.top, v)
      box.bottom = max(box.bottom, v)
    }
    box.left = max(box.left, 0)
    box.top = max(box.top, 0)
    box.right = min(box.right, 1)
    box.bottom = min(box.bottom, 1)
    return box
  }

  /// Groups of people, with towels and parasols.
  private mutating func crowd(
    _ random: inout DescriptionStream, groups: Int, inland: ClosedRange<Float>
  ) {
    let half = camera.extent * 0.6
    for _ in 0..<groups {
      let s = random.between(-half, half)
      let part = random.unit()
      let distance =
        inland.lowerBound + (inland.upperBound - inland.lowerBound) * part * part
      let c = shoreline.distanceToEdge(s) + distance
      if random.chance(0.5) {
        let cloth = random.pick(Palette.cloths)
        let stripes = random.chance(0.5) ? Tint(0.9, 0.9, 0.88) : cloth * 0.85
        figures.append(
          Figure(
            shape: .parasol,
            centre: shoreline.place(s + random.between(-1, 1), c + random.between(1, 2.5)),
            axis: shoreline.along, half: Place(1.35, 1.35), height: 2, color: cloth,
            second: stripes, cover: nil))
      }
      for _ in 0..<random.whole(1, 5) {
        let place = shoreline.place(s + random.normal() * 3.5, c + random.normal() * 2.4)
        guard isSeen(place, margin: 0.01), shoreline.distance(place) > 1 else { continue }
        if random.chance(0.35) {
          let heading = random.angle()
          figures.append(
            Figure(
              shape: .sheet(stripes: 0), centre: place + Place(1.1, 0.4),
              axis: Place(Approximate.cosine(heading), Approximate.sine(heading)),
              half: Place(1, 0.5), height: 0.03, color: random.pick(Palette.cloths),
              second: Tint(), cover: nil))
        }
        person(&random, at: place)
      }
    }
  }

  /// People on a promenade.
  private mutating func stroll(
    _ random: inout DescriptionStream, count: Int, inland: ClosedRange<Float>
  ) {
    for _ in 0..<count {
      let s = random.between(-0.6, 0.6) * camera.extent
      let c = shoreline.distanceToEdge(s) + random.between(inland.lowerBound, inland.upperBound)
      let place = shoreline.place(s, c)
      if isSeen(place, margin: 0.01) { person(&random, at: place, canLie: false) }
    }
  }

  private mutating func person(
    _ random: inout DescriptionStream, at place: Place, canLie: Bool = true
  ) {
    let heading = random.angle()
    let skin = mix(Palette.tint(0x6B4630), Palette.tint(0xE0B090), random.unit())
    let hair = mix(Palette.tint(0x241A14), Palette.tint(0x8A6A44), random.unit())
    let isLying = random.chance(0.2) && canLie
    let axis = Place(Approximate.cosine(heading), Approximate.sine(heading))
    let half = isLying ? Place(0.9, 0.32) : Place(0.5, 0.36)
    figures.append(
      Figure(
        shape: .person, centre: place, axis: axis, half: half, height: isLying ? 0.35 : 1.6,
        color: random.chance(0.6) ? random.pick(Palette.cloths) : skin, second: hair, cover: nil))
    // The sides of the ellipse's own box, and a hand's breadth.
    let reach = Place(
      (half.x * half.x * axis.x * axis.x + half.y * half.y * axis.y * axis.y).squareRoot() + 0.08,
      (half.x * half.x * axis.y * axis.y + half.y * half.y * axis.x * axis.x).squareRoot() + 0.08)
    objects.append(
      SceneObject(
        kind: .person,
        box: box([
          place - reach, place + reach, place + Place(-reach.x, reach.y),
          place + Place(reach.x, -reach.y),
        ])))
  }

  /// Boats at sea, some under way.
  private mutating func boats(
    _ random: inout DescriptionStream, count: Int, out: ClosedRange<Float>
  ) {
    for _ in 0..<count {
      let s = random.between(-0.5, 0.5) * camera.extent
      let distance = random.between(out.lowerBound, out.upperBound)
      let place = shoreline.place(s, shoreline.distanceToEdge(s) - distance)
      guard shoreline.distance(place) < -12, isSeen(place, margin: 0.03) else { continue }
      boat(&random, at: place, heading: random.angle(), isMoving: random.chance(0.6))
    }
  }

  /// Boats along the quay.
  private mutating func moor(_ random: inout DescriptionStream) {
    let half = camera.extent * 0.5
    var s = -half
    while s < half {
      s += random.between(9, 40)
      let place = shoreline.place(s, shoreline.distanceToEdge(s) - random.between(4, 40))
      guard shoreline.distance(place) < -3, isSeen(place, margin: 0.03) else { continue }
      let turned = random.chance(0.5) ? shoreline.along : -shoreline.along
      boat(&random, at: place, axis: turned, isMoving: false)
    }
  }

  private mutating func boat(
    _ random: inout DescriptionStream, at place: Place, heading: Float, isMoving: Bool
  ) {
    boat(
      &random, at: place, axis: Place(Approximate.cosine(heading), Approximate.sine(heading)),
      isMoving: isMoving)
  }

  private mutating func boat(
    _ random: inout DescriptionStream, at place: Place, axis: Place, isMoving: Bool
  ) {
    let length = random.proportion(4.5, 13)
    let beam = length * random.between(0.26, 0.36)
    if isMoving {
      let wake = length * random.between(4, 9)
      figures.append(
        Figure(
          shape: .wake(Noise(&random)), centre: place - axis * (wake * 0.5 - length * 0.4),
          axis: axis, half: Place(wake * 0.5, wake * 0.25), height: 0, color: Palette.foam,
          second: Palette.foam, cover: nil))
    }
    let paint = random.chance(0.7) ? Tint(0.88, 0.88, 0.85) : random.pick(Palette.cloths) * 0.9
    figures.append(
      Figure(
        shape: .hull, centre: place, axis: axis, half: Place(length, beam) * 0.5, height: 1.2,
        color: paint, second: random.pick(Palette.cars) * 0.9, cover: nil))
    let across = Place(-axis.y, axis.x)
    let a = axis * (length * 0.5)
    let b = across * (beam * 0.5)
    objects.append(
      SceneObject(kind: .boat, box: box([place + a, place - a - b, place - a + b, place + b])))
  }
}
