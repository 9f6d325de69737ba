/// A person: a body of a size and in clothes, in one of the ways people are on a beach.
struct Body: Sendable {
  enum Pose: Sendable {
    case standing
    case walking
    case sitting
    case lying
  }

  /// The limbs, in the order in which they may be painted, for a person whose feet (seat, middle)
  /// are at the origin and who faces +x.
  private(set) var limbs: [Limb] = []

  private let skin: Tint
  private let hair: Tint
  private let top: Tint
  private let bottom: Tint
  private let sleeves: Bool
  private let legs: Legs
  private let hat: Tint?
  private let broad: Float

  private enum Legs { case bare, shorts, trousers }

  init(_ random: inout DescriptionStream, pose: Pose) {
    skin =
      mix(Palette.tint(0x5A3A28), Palette.tint(0xE2B594), random.unit())
      * random.between(0.85, 1.05)
    hair = mix(Palette.tint(0x1C1512), Palette.tint(0xA07A48), random.unit() * random.unit())
    let cloth = random.pick(Palette.cloths) * random.between(0.7, 1.05)
    let other = random.pick(Palette.cloths) * random.between(0.5, 1)
    let dress = random.unit()
    switch dress {
    case ..<0.3: (top, bottom, sleeves, legs) = (skin, cloth, false, .shorts)
    case ..<0.5: (top, bottom, sleeves, legs) = (cloth, cloth, false, .bare)
    case ..<0.62: (top, bottom, sleeves, legs) = (mix(skin, cloth, 0.55), cloth, false, .bare)
    case ..<0.85: (top, bottom, sleeves, legs) = (other, cloth, true, .shorts)
    default: (top, bottom, sleeves, legs) = (other, cloth * 0.5, true, .trousers)
    }
    hat = random.chance(0.25) ? random.pick(Palette.cloths) : nil
    broad = random.between(0.88, 1.2)
    let size = random.chance(0.2) ? random.between(0.6, 0.85) : random.between(0.93, 1.08)
    switch pose {
    case .standing: stand(&random, stride: random.between(0.04, 0.12))
    case .walking: stand(&random, stride: random.between(0.22, 0.36))
    case .sitting: sit(&random)
    case .lying: lie(&random)
    }
    let heading = random.angle()
    let (c, s) = (Approximate.cosine(heading), Approximate.sine(heading))
    func placed(_ p: Point) -> Point {
      Point((p.x * c - p.y * s) * size, (p.x * s + p.y * c) * size, p.z * size)
    }
    for index in limbs.indices {
      limbs[index].from = placed(limbs[index].from)
      limbs[index].to = placed(limbs[index].to)
      limbs[index].radii *= size
    }
  }

  private mutating func add(
    _ from: Point, _ to: Point, _ radius: Float, _ other: Float, _ color: Tint
  ) {
    limbs.append(Limb(from, to, radius, other, color))
  }

  private mutating func add(_ from: Point, _ to: Point, _ radius: Float, _ color: Tint) {
    limbs.append(Limb(from, to, radius, color))
  }

  private mutating func leg(hip: Point, knee: Point, foot: Point) {
    let thigh = legs == .bare ? skin : bottom
    let shin = legs == .trousers ? bottom : skin
    add(knee, foot, 0.065, 0.05, shin)
    add(hip, knee, 0.095 * broad, 0.07, thigh)
  }

  private mutating func arm(shoulder: Point, elbow: Point, hand: Point) {
    add(shoulder, elbow, 0.06, 0.05, sleeves ? top : skin)
    add(elbow, hand, 0.048, 0.042, skin)
  }

  private mutating func trunk(pelvis: Point, chest: Point, across: Point) {
    let hips = across * (0.1 * broad)
    let shoulders = across * (0.16 * broad)
    add(pelvis, chest, 0.14 * broad, 0.15 * broad, top)
    add(chest - shoulders, chest + shoulders, 0.08, top)
    add(pelvis - hips, pelvis + hips, 0.12, bottom)
  }

  private mutating func head(_ at: Point, neck: Point, back: Point) {
    add(neck, at, 0.06, skin)
    add(at, at, 0.112, skin)
    let crown = at + back * 0.035
    if let hat {
      add(crown + Point(0, 0, 0.06), crown + Point(0, 0, 0.06), 0.125, hat)
    } else {
      add(crown + Point(0, 0, 0.035), crown + Point(0, 0, 0.035), 0.115, hair)
      add(at + Point(0.05, 0, -0.02), at + Point(0.05, 0, -0.02), 0.085, skin)
    }
  }

  private mutating func stand(_ random: inout DescriptionStream, stride: Float) {
    let bend = random.chance(0.12) ? random.between(0.3, 0.55) : random.between(-0.02, 0.06)
    let pelvis = Point(-bend * 0.25, 0, 0.92)
    let chest = Point(bend, 0, 1.38 - bend * 0.35)
    for side in [Float(-1), 1] {
      let hip = pelvis + Point(0, side * 0.09, -0.04)
      let foot = Point(side * stride, side * 0.11, 0.05)
      leg(hip: hip, knee: (hip + foot) * 0.5 + Point(0.05 + stride * 0.15, 0, 0), foot: foot)
    }
    trunk(pelvis: pelvis, chest: chest, across: Point(0, 1, 0))
    for side in [Float(-1), 1] {
      let shoulder = chest + Point(0, side * 0.2 * broad, 0.02)
      let raised = random.chance(0.15)
      let elbow =
        shoulder
        + (raised ? Point(0.1, side * 0.2, 0.12) : Point(-side * stride * 0.5, side * 0.06, -0.28))
      let hand =
        elbow
        + (raised
          ? Point(0.1, -side * 0.05, 0.24)
          : Point(0.06 - side * stride * 0.4, random.between(-0.06, 0.04) * side, -0.25))
      arm(shoulder: shoulder, elbow: elbow, hand: hand)
    }
    head(chest + Point(0.02 + bend * 0.3, 0, 0.3), neck: chest, back: Point(-1, 0, 0))
  }

  private mutating func sit(_ random: inout DescriptionStream) {
    let lean = random.between(-0.22, 0.12)
    let pelvis = Point(0, 0, 0.16)
    let chest = Point(lean, 0, 0.6)
    let knees = random.between(0.15, 0.42)
    for side in [Float(-1), 1] {
      let hip = pelvis + Point(0.05, side * 0.09, 0)
      leg(
        hip: hip, knee: Point(0.42, side * 0.14, knees),
        foot: Point(0.5 + 0.35 * (1 - knees), side * 0.12, 0.06))
    }
    trunk(pelvis: pelvis, chest: chest, across: Point(0, 1, 0))
    for side in [Float(-1), 1] {
      let shoulder = chest + Point(0, side * 0.2 * broad, 0.02)
      let elbow = shoulder + Point(0.12, side * 0.08, -0.24)
      arm(shoulder: shoulder, elbow: elbow, hand: elbow + Point(0.22, -side * 0.05, -0.05))
    }
    head(chest + Point(0.02, 0, 0.3), neck: chest, back: Point(-1, 0, 0))
  }

  private mutating func lie(_ random: inout DescriptionStream) {
    let chest = Point(0.38, 0, 0.16)
    let pelvis = Point(-0.08, 0, 0.14)
    let knees = random.chance(0.3) ? random.between(0.2, 0.42) : 0.1
    for side in [Float(-1), 1] {
      leg(
        hip: pelvis + Point(-0.02, side * 0.09, 0), knee: Point(-0.45, side * 0.11, knees),
        foot: Point(-0.88 + knees * 0.4, side * 0.12, 0.07))
    }
    trunk(pelvis: pelvis, chest: chest, across: Point(0, 1, 0))
    for side in [Float(-1), 1] {
      let shoulder = chest + Point(0, side * 0.2 * broad, 0)
      let isUp = random.chance(0.4)
      arm(
        shoulder: shoulder, elbow: shoulder + Point(isUp ? 0.22 : -0.24, side * 0.16, -0.04),
        hand: shoulder + Point(isUp ? 0.36 : -0.44, side * 0.05, -0.06))
    }
    let propped: Float = random.chance(0.3) ? 0.18 : 0
    head(
      chest + Point(0.32 - propped * 0.4, 0, 0.02 + propped), neck: chest, back: Point(0.6, 0, 0))
  }
}
