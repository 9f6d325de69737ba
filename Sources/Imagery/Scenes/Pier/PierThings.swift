/// What else there is on a beach. None of it may be counted, and some of it looks like people.
extension PierFigure {
  static func post(
    _ camera: PierCamera, at foot: Point, height: Float, color: Tint
  ) -> PierFigure? {
    PierFigure(
      camera, at: foot,
      limbs: [Limb(Point(0, 0, 0), Point(0, 0, height), 0.06, color)])
  }

  static func bin(
    _ random: inout DescriptionStream, _ camera: PierCamera, at foot: Point
  ) -> PierFigure? {
    let paint = random.pick(Palette.cars + Palette.cloths) * 0.7
    return PierFigure(
      camera, at: foot,
      limbs: [
        Limb(Point(0, 0, 0.25), Point(0, 0, 0.65), 0.27, paint),
        Limb(Point(0, 0, 0.85), Point(0, 0, 0.85), 0.2, paint * 0.35),
      ])
  }

  static func lifeguardChair(
    _ random: inout DescriptionStream, _ camera: PierCamera, at foot: Point
  ) -> PierFigure? {
    let wood = Tint(repeating: random.between(0.5, 0.85))
    var limbs: [Limb] = []
    for x in [Float(-1), 1] {
      for y in [Float(-1), 1] {
        limbs.append(Limb(Point(x * 0.8, y * 0.8, 0), Point(x * 0.45, y * 0.45, 2), 0.05, wood))
      }
      limbs.append(
        Limb(Point(x * 0.45, -0.45, 2), Point(x * 0.45, 0.45, 2), 0.06, wood * 0.9))
      limbs.append(Limb(Point(x * 0.45, 0.45, 2), Point(x * 0.45, 0.5, 3), 0.05, wood))
    }
    for step in 0..<4 {
      let z = 0.4 + Float(step) * 0.4
      let half = 0.8 - 0.35 * z / 2
      limbs.append(Limb(Point(-half, -half, z), Point(half, -half, z), 0.035, wood))
    }
    limbs.append(Limb(Point(-0.4, 0, 2.05), Point(0.4, 0, 2.05), 0.12, wood * 0.85))
    return PierFigure(camera, at: foot, limbs: limbs)
  }

  static func parasol(
    _ random: inout DescriptionStream, _ camera: PierCamera, at foot: Point
  ) -> PierFigure? {
    let top = random.between(1.75, 2.15)
    let radius = random.between(0.85, 1.25)
    let tilt = Point(random.between(-0.25, 0.25), random.between(-0.25, 0.25), top)
    let cloth = random.pick(Palette.cloths) * random.between(0.7, 1)
    let second = random.chance(0.5) ? random.pick(Palette.cloths) * 0.9 : nil
    let pole = Limb(foot, foot + tilt, 0.025, Tint(repeating: 0.55))
    let rim = foot + tilt - Point(0, 0, 0.3)
    guard let shaft = pole.shape(camera), let (centre, scale) = camera.project(rim),
      let (crown, _) = camera.project(foot + tilt)
    else { return nil }
    let sag = radius * scale * camera.direction(from: rim).z
    let canopy = Shape(
      outline: .dome(
        centre: centre, width: radius * scale,
        rise: max(crown.y - centre.y, sag) + 0.06 * scale, sag: sag),
      color: cloth, second: second)
    return PierFigure(
      shapes: [shaft, canopy],
      solids: [pole, Limb(rim, rim, radius, cloth)], distance: foot.y - 0.4)
  }

  /// A flat thing with corners, level at some height.
  private static func panel(
    _ camera: PierCamera, at centre: Point, axis: Place, half: Place, color: Tint,
    second: Tint? = nil
  ) -> Shape? {
    let a = Point(axis.x, axis.y, 0) * half.x
    let b = Point(-axis.y, axis.x, 0) * half.y
    guard let middle = camera.project(centre), let right = camera.project(centre + a),
      let left = camera.project(centre - a), let up = camera.project(centre + b),
      let down = camera.project(centre - b)
    else { return nil }
    return Shape(
      outline: .panel(
        centre: middle.spot, (right.spot - left.spot) * 0.5, (up.spot - down.spot) * 0.5),
      color: color, second: second)
  }

  static func towel(
    _ random: inout DescriptionStream, _ camera: PierCamera, at place: Point
  ) -> PierFigure? {
    let heading = random.angle()
    let color = random.pick(Palette.cloths) * random.between(0.6, 1)
    let shape = panel(
      camera, at: place, axis: Place(Approximate.cosine(heading), Approximate.sine(heading)),
      half: Place(random.between(0.8, 1.05), random.between(0.35, 0.6)), color: color,
      second: random.chance(0.4) ? random.pick(Palette.cloths) : nil)
    return shape.map { PierFigure(shapes: [$0], solids: [], distance: place.y + 3) }
  }

  static func tent(
    _ random: inout DescriptionStream, _ camera: PierCamera, at foot: Point
  ) -> PierFigure? {
    let half = random.between(1.1, 1.5)
    let color = random.pick(Palette.cloths) * random.between(0.6, 1)
    let heading = random.angle()
    let axis = Place(Approximate.cosine(heading), Approximate.sine(heading))
    var shapes: [Shape] = []
    var solids: [Limb] = []
    for (x, y) in [(-1, -1), (-1, 1), (1, -1), (1, 1)] as [(Float, Float)] {
      let corner = Point(x * axis.x - y * axis.y, x * axis.y + y * axis.x, 0) * half
      let pole = Limb(foot + corner, foot + corner + Point(0, 0, 2.1), 0.03, Tint(repeating: 0.6))
      guard let shape = pole.shape(camera) else { return nil }
      shapes.append(shape)
      solids.append(pole)
    }
    for (drop, tone) in [(0.22, 0.75), (0, 1)] as [(Float, Float)] {
      guard
        let roof = panel(
          camera, at: foot + Point(0, 0, 2.3 - drop), axis: axis, half: Place(half, half),
          color: color * tone)
      else { return nil }
      shapes.append(roof)
    }
    solids.append(
      Limb(foot + Point(-half * 0.4, 0, 2.2), foot + Point(half * 0.4, 0, 2.2), half * 0.8, color))
    return PierFigure(shapes: shapes, solids: solids, distance: foot.y - 0.8)
  }

  static func chair(
    _ random: inout DescriptionStream, _ camera: PierCamera, at foot: Point
  ) -> PierFigure? {
    let color = random.pick(Palette.cloths) * random.between(0.6, 1)
    let heading = random.angle()
    let (c, s) = (Approximate.cosine(heading), Approximate.sine(heading))
    func turned(_ x: Float, _ y: Float, _ z: Float) -> Point {
      Point(x * c - y * s, x * s + y * c, z)
    }
    var limbs: [Limb] = []
    for y in [Float(-0.2), 0, 0.2] {
      limbs.append(Limb(turned(0.4, y, 0.3), turned(-0.1, y, 0.28), 0.07, color))
      limbs.append(Limb(turned(-0.1, y, 0.28), turned(-0.4, y, 0.8), 0.06, color))
    }
    return PierFigure(camera, at: foot, limbs: limbs)
  }

  /// Bags, cool boxes, balls.
  static func luggage(
    _ random: inout DescriptionStream, _ camera: PierCamera, at foot: Point
  ) -> PierFigure? {
    let color = random.pick(Palette.cloths + Palette.cars) * random.between(0.5, 0.9)
    let width = random.between(0.05, 0.22)
    return PierFigure(
      camera, at: foot,
      limbs: [
        Limb(Point(-width, 0, 0.17), Point(width, 0, 0.17), random.between(0.12, 0.19), color)
      ])
  }

  static func board(
    _ random: inout DescriptionStream, _ camera: PierCamera, at foot: Point
  ) -> PierFigure? {
    let heading = random.angle()
    let color = random.pick(Palette.cloths) * random.between(0.8, 1)
    let reach = Point(Approximate.cosine(heading), Approximate.sine(heading), 0) * 0.9
    let up = Point(0, 0, 0.12)
    return PierFigure(camera, at: foot, limbs: [Limb(up - reach, up + reach, 0.2, 0.1, color)])
  }

  static func gull(
    _ random: inout DescriptionStream, _ camera: PierCamera, at foot: Point
  ) -> PierFigure? {
    let heading = random.angle()
    let reach = Point(Approximate.cosine(heading), Approximate.sine(heading), 0.2) * 0.16
    let grey = Tint(repeating: random.between(0.4, 0.9))
    return PierFigure(
      camera, at: foot,
      limbs: [
        Limb(Point(0, 0, 0.2) - reach, Point(0, 0, 0.2) + reach, 0.07, 0.09, grey),
        Limb(Point(0, 0, 0.3) + reach, Point(0, 0, 0.3) + reach, 0.06, Tint(repeating: 0.85)),
      ])
  }

  static func dog(
    _ random: inout DescriptionStream, _ camera: PierCamera, at foot: Point
  ) -> PierFigure? {
    let fur = mix(Palette.tint(0x1E1814), Palette.tint(0xC9A46C), random.unit())
    let heading = random.angle()
    let (c, s) = (Approximate.cosine(heading), Approximate.sine(heading))
    func turned(_ x: Float, _ y: Float, _ z: Float) -> Point {
      Point(x * c - y * s, x * s + y * c, z)
    }
    var limbs = [
      Limb(turned(-0.28, 0, 0.42), turned(0.26, 0, 0.45), 0.12, 0.14, fur),
      Limb(turned(0.4, 0, 0.62), turned(0.5, 0, 0.6), 0.1, 0.06, fur),
      Limb(turned(-0.35, 0, 0.48), turned(-0.55, 0, 0.65), 0.04, 0.03, fur),
    ]
    for (x, y) in [(-0.28, -0.08), (-0.28, 0.08), (0.26, -0.08), (0.26, 0.08)] as [(Float, Float)] {
      limbs.append(Limb(turned(x, y, 0.4), turned(x, y, 0.04), 0.05, 0.035, fur))
    }
    return PierFigure(camera, at: foot, limbs: limbs)
  }
}
