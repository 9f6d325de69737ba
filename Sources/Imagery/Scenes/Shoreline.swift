/// Where land and water meet, and which way the sea lies.
///
/// Coordinates on the coast: s metres along it, c metres inland from its mean line. The
/// `distance` of a place is metres inland of the water's edge (negative: out at sea), roughly.
struct Shoreline: Sendable {
  /// Inland, and along: unit vectors on the ground.
  let inland: Place
  let along: Place
  private let offset: Float
  private let bends: Noise
  private let bendLength: Float
  private let bendHeight: Float
  private let arc: Float
  private let cuspLength: Float
  private let cuspHeight: Float
  private let fjords: Noise
  private let fjordLength: Float
  private let fjordHeight: Float
  /// Width of a kept straight edge: a seawall has neither bends nor cusps.
  let isStraight: Bool

  init(
    _ random: inout DescriptionStream, kind: SceneKind, camera: Camera, isWalled: Bool,
    isSurvey: Bool = false
  ) {
    let heading = random.angle()
    inland = Place(Approximate.cosine(heading), Approximate.sine(heading))
    along = Place(-inland.y, inland.x)
    isStraight = isWalled
    let extent = camera.extent
    // The sea's share differs from scene to scene more than from class to class.
    switch kind {
    case .beach:
      offset = extent * (isSurvey ? random.between(-0.14, 0.3) : random.between(-0.32, 0.1))
    case .marsh: offset = extent * random.between(-0.46, 0.06)
    case .developed: offset = extent * random.between(-0.42, -0.12)
    case .rocky: offset = extent * random.between(-0.28, 0.08)
    }
    bends = Noise(&random)
    let curves = random.unit()
    switch kind {
    case .beach:
      bendLength = random.between(90, 260)
      bendHeight = bendLength * 0.09 * curves
      cuspHeight = random.chance(0.55) ? random.between(0.8, 3.5) : 0
      fjordHeight = 0
    case .marsh:
      bendLength = random.between(50, 140)
      bendHeight = bendLength * (0.15 + 0.3 * curves)
      cuspHeight = 0
      fjordHeight = random.between(6, 26)
    case .developed:
      bendLength = random.between(120, 300)
      bendHeight = isWalled ? 0 : bendLength * 0.06 * curves
      cuspHeight = isWalled || random.chance(0.6) ? 0 : random.between(0.8, 2.5)
      fjordHeight = 0
    case .rocky:
      bendLength = random.between(60, 200)
      bendHeight = bendLength * (0.1 + 0.25 * curves)
      cuspHeight = 0
      fjordHeight = random.between(9, 24)
    }
    arc = isWalled ? 0 : random.between(-0.0011, 0.0011)
    cuspLength = random.between(14, 38)
    fjords = Noise(&random)
    fjordLength = random.between(28, 75)
  }

  /// Metres along the coast and inland of its mean line.
  @inline(__always)
  func coordinates(_ p: Place) -> (s: Float, c: Float) {
    (p.x * along.x + p.y * along.y, p.x * inland.x + p.y * inland.y - offset)
  }

  /// The place at coast coordinates.
  func place(_ s: Float, _ c: Float) -> Place {
    along * s + inland * (c + offset)
  }

  /// c of the water's mean edge at s.
  func edge(_ s: Float) -> Float {
    if isStraight { return 0 }
    return arc * s * s + (bendHeight > 0 ? bendHeight * bends.rough(s / bendLength) : 0)
  }

  /// Cusps: horns of sand at even distances. Metres by which they move the edge at s.
  func cusp(_ s: Float) -> Float {
    if cuspHeight == 0 { return 0 }
    return cuspHeight
      * Approximate.sine(s / cuspLength * 6.2832 + 2 * bends.other(1)(s / 90))
  }

  /// Metres inland of the water's edge.
  ///
  /// - Parameters:
  ///   - edge: of the section at s.
  ///   - cusp: of the section at s.
  @inline(__always)
  func distance(_ s: Float, _ c: Float, edge: Float, cusp: Float) -> Float {
    var distance = c - edge
    // Cusps fade in the water and up the beach.
    distance += cusp * clamp(1 - abs(distance) / 30)
    if fjordHeight > 0 {
      let x = s / fjordLength
      let y = c / fjordLength
      distance +=
        fjordHeight
        * (fjords(x, y) + 0.5 * fjords(x * 2.13 + 5, y * 2.13)
          + 0.25 * fjords(x * 4.4, y * 4.4 + 8) + 0.12 * fjords(x * 9.1, y * 9.1 + 2))
    }
    return distance
  }

  /// Metres inland of the water's edge.
  func distance(_ s: Float, _ c: Float) -> Float {
    distance(s, c, edge: edge(s), cusp: cusp(s))
  }

  /// Metres inland of the water's edge, from a place.
  func distance(_ p: Place) -> Float {
    let (s, c) = coordinates(p)
    return distance(s, c)
  }
}

extension Shoreline {
  /// The c of the water's edge at s, by steps from the mean line.
  func distanceToEdge(_ s: Float) -> Float {
    var c: Float = 0
    for _ in 0..<4 { c -= distance(s, c) }
    return c
  }
}
