/// Everyone and everything that is on the beach in one frame, in the order of painting.
struct PierCrowd: Sendable {
  private(set) var figures: [PierFigure] = []
  private(set) var people = 0

  private let beach: PierBeach
  private let moment: PierMoment
  private var taken: [Place] = []

  /// Half the width of the picture in which people are: that of a 16 : 9 frame.
  private static let reach: Float = 0.87
  /// The least height of a person in the picture: smaller ones stay away.
  private static let smallest: Float = 0.035

  init(_ random: inout DescriptionStream, beach: PierBeach, moment: PierMoment) {
    self.beach = beach
    self.moment = moment
    let busy = random.unit()
    let wanted = Int(busy * (0.3 + 0.7 * busy) * 40.99)
    figures = beach.fixtures
    var tries = 0
    while people < wanted && tries < 300 {
      tries += 1
      guard let centre = spot(&random) else { continue }
      let distance = inland(centre)
      let kind = random.unit()
      if distance < -0.5 {
        bathers(&random, at: centre, most: wanted - people)
      } else if distance < 4 {
        strollers(&random, at: centre, most: wanted - people)
      } else if kind < 0.55 {
        camp(&random, at: centre, most: wanted - people)
      } else {
        strollers(&random, at: centre, most: wanted - people)
      }
    }
    for _ in 0..<random.whole(0, 6) {
      guard let place = spot(&random) else { continue }
      let distance = inland(place)
      let ground = Point(place.x, place.y, 0)
      if distance > 0 && distance < 10 && random.chance(0.6) {
        append(.gull(&random, beach.camera, at: ground))
      } else if distance > 2 {
        let use = random.unit()
        append(
          use < 0.25
            ? .dog(&random, beach.camera, at: ground)
            : use < 0.5
              ? .board(&random, beach.camera, at: ground)
              : use < 0.7
                ? .parasol(&random, beach.camera, at: ground)
                : .luggage(&random, beach.camera, at: ground))
      }
    }
    // Far before near; equal distances keep their order.
    let order = figures.indices.sorted {
      let (a, b) = (figures[$0].distance, figures[$1].distance)
      return a != b ? a > b : $0 < $1
    }
    figures = order.map { figures[$0] }
  }

  private mutating func append(_ figure: PierFigure?) {
    if let figure { figures.append(figure) }
  }

  private func inland(_ place: Place) -> Float {
    let (s, c) = beach.coordinates(place)
    return moment.distance(s, c)
  }

  /// A random place in the picture where somebody may be.
  private func spot(_ random: inout DescriptionStream) -> Place? {
    let spot = Spot(
      random.between(-PierCrowd.reach, PierCrowd.reach), random.between(-0.47, 0.4))
    guard let point = beach.camera.point(spot) else { return nil }
    let place = Place(point.x, point.y)
    let (_, c) = beach.coordinates(place)
    let distance = inland(place)
    return distance > -22 && c < beach.duneFoot - 3 ? place : nil
  }

  /// Puts a person at a place, unless somebody is there or too little could be seen.
  private mutating func person(
    _ random: inout DescriptionStream, at place: Place, pose: Body.Pose
  ) {
    let distance = inland(place)
    let (_, c) = beach.coordinates(place)
    let depth = distance < 0 ? -distance * beach.slope : 0
    if depth > 1.15 || c > beach.duneFoot - 1 { return }
    for other in taken {
      let gap = other - place
      if (gap * gap).sum() < 0.3 { return }
    }
    let isUpright = depth > 0.1
    var chosen = isUpright && (pose == .lying || pose == .sitting) ? .standing : pose
    for _ in 0..<2 {
      let body = Body(&random, pose: chosen)
      let foot = Point(place.x, place.y, -depth)
      if let figure = PierFigure(beach.camera, at: foot, limbs: body.limbs, person: people) {
        let (low, high) = figure.bounds
        if high.y - low.y >= PierCrowd.smallest && low.x > -PierCrowd.reach - 0.2
          && high.x < PierCrowd.reach + 0.2
        {
          figures.append(figure)
          taken.append(place)
          people += 1
          return
        }
      }
      // Who would be too small lying down may stand.
      if chosen == .standing || chosen == .walking { return }
      chosen = .standing
    }
  }

  private mutating func bathers(
    _ random: inout DescriptionStream, at centre: Place, most: Int
  ) {
    for _ in 0..<min(most, random.whole(1, 4)) {
      let place = centre + Place(random.normal(), random.normal()) * 1.8
      person(&random, at: place, pose: random.chance(0.6) ? .standing : .walking)
    }
  }

  private mutating func strollers(
    _ random: inout DescriptionStream, at centre: Place, most: Int
  ) {
    let pose: Body.Pose = random.chance(0.6) ? .walking : .standing
    for _ in 0..<min(most, random.whole(1, 3)) {
      let place = centre + Place(random.normal(), random.normal()) * 0.9
      person(&random, at: place, pose: pose)
    }
  }

  /// A group with what it brought.
  private mutating func camp(
    _ random: inout DescriptionStream, at centre: Place, most: Int
  ) {
    let camera = beach.camera
    func around(_ reach: Float, _ random: inout DescriptionStream) -> Place {
      centre + Place(random.normal(), random.normal()) * reach
    }
    func ground(_ place: Place) -> Point { Point(place.x, place.y, 0) }
    let shade = random.unit()
    if shade < 0.5 {
      append(.parasol(&random, camera, at: ground(around(0.8, &random))))
    } else if shade < 0.6 {
      append(.tent(&random, camera, at: ground(around(0.5, &random))))
    }
    for _ in 0..<random.whole(0, 2) {
      append(.luggage(&random, camera, at: ground(around(1.3, &random))))
    }
    if random.chance(0.4) {
      append(.chair(&random, camera, at: ground(around(1.4, &random))))
    }
    for _ in 0..<min(most, random.whole(1, 5)) {
      let place = around(1.4, &random)
      let use = random.unit()
      let pose: Body.Pose = use < 0.35 ? .sitting : use < 0.6 ? .lying : .standing
      if pose != .standing && random.chance(0.75) || random.chance(0.15) {
        append(.towel(&random, camera, at: ground(place)))
      }
      person(&random, at: place, pose: pose)
    }
  }
}
