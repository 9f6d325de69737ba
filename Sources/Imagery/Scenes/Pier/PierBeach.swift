/// The beach before the pier: what is the same in every frame. A pure function of the seed.
struct PierBeach: Sendable {
  let camera: PierCamera
  /// Inland, and along the shore: unit vectors on the ground.
  let inland: Place
  let along: Place
  private let offset: Float
  /// Metres inland of the water's mean edge to the foot of the dunes.
  let duneFoot: Float
  /// Metres of depth per metre out.
  let slope: Float
  let sand: Tint
  let bottom: Tint
  let grass: Tint
  let leaves: Tint
  let water: Tint
  let ground: Noise
  /// Posts of the fence before the dunes, bins, a lifeguard's chair.
  let fixtures: [PierFigure]

  init(seed: UInt64) {
    var random = DescriptionStream(seed: seed, index: 0, part: "pier/place")
    let camera = PierCamera(&random)
    self.camera = camera
    let side: Float = random.chance(0.5) ? 1 : -1
    let turn = random.between(0.12, 0.5)
    // The sea lies to one side, and the shore runs towards it farther away.
    along = Place(-side * Approximate.sine(-turn), Approximate.cosine(turn))
    inland = Place(along.y * side, -along.x * side)
    let crossing = Place(-side * random.between(1.5, 6), 30)
    offset = (crossing * inland).sum()
    duneFoot = random.between(15, 26)
    slope = random.between(0.035, 0.06)
    sand = random.pick(Array(Palette.sands.prefix(6))) * random.between(0.85, 1.05)
    bottom = sand * 0.6
    grass = random.pick(Palette.meadows) * random.between(0.75, 1.05)
    leaves = random.pick(Palette.woods) * random.between(0.8, 1.3)
    water = random.pick(Palette.seas) * random.between(0.8, 1.25)
    ground = Noise(&random)

    var fixtures: [PierFigure] = []
    let (along, inland, offset) = (self.along, self.inland, self.offset)
    func place(_ s: Float, _ c: Float) -> Point {
      let p = along * s + inland * (c + offset)
      return Point(p.x, p.y, 0)
    }
    if random.chance(0.8) {
      let spacing = random.between(3, 5)
      let wood = Palette.planks * random.between(0.5, 1)
      var s: Float = -20
      while s < 110 {
        let foot = place(s, duneFoot - 2)
        fixtures += [PierFigure.post(camera, at: foot, height: 1.1, color: wood)].compactMap { $0 }
        s += spacing
      }
    }
    for _ in 0..<random.whole(1, 3) {
      let at = place(random.between(16, 60), random.between(8, duneFoot - 3))
      fixtures += [PierFigure.bin(&random, camera, at: at)].compactMap { $0 }
    }
    if random.chance(0.7) {
      let at = place(random.between(20, 50), random.between(5, 12))
      fixtures += [PierFigure.lifeguardChair(&random, camera, at: at)].compactMap { $0 }
    }
    self.fixtures = fixtures
  }

  /// Metres along the shore, and inland of the water's mean edge at mean tide.
  @inline(__always)
  func coordinates(_ p: Place) -> (s: Float, c: Float) {
    ((p * along).sum(), (p * inland).sum() - offset + 1.2 * ground.other(3)((p * along).sum() / 11))
  }
}
