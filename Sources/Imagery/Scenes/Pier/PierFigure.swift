/// Something that stands, sits or lies on the beach, ready to be painted.
struct PierFigure: Sendable {
  /// In the order of painting.
  var shapes: [Shape]
  /// What casts its shadow.
  var solids: [Limb]
  /// Metres from the camera along the ground: the far are painted before the near.
  var distance: Float
  /// The number of the person in the crowd; nil for a thing.
  var person: Int?
  /// Its mirror image in water.
  var reflection: [Shape] = []

  /// Made of limbs, of which those nearer to the camera are painted later; nil where it cannot be
  /// seen whole.
  init?(_ camera: PierCamera, at foot: Point, limbs: [Limb], person: Int? = nil) {
    let placed = limbs.map { limb in
      var limb = limb
      limb.from += foot
      limb.to += foot
      return limb
    }
    func nearness(_ limb: Limb) -> Float {
      limb.from.y + limb.to.y - 0.2 * (limb.from.z + limb.to.z)
    }
    // Equal keys keep their order: sorting by (key, position).
    let order = placed.indices.sorted {
      let (a, b) = (nearness(placed[$0]), nearness(placed[$1]))
      return a != b ? a > b : $0 < $1
    }
    var shapes: [Shape] = []
    var solids: [Limb] = []
    for index in order {
      guard let limb = placed[index].above(0.02) else { continue }
      guard let shape = limb.shape(camera) else { return nil }
      shapes.append(shape)
      solids.append(limb)
    }
    if shapes.isEmpty { return nil }
    self.shapes = shapes
    self.solids = solids
    self.person = person
    distance = foot.y
    if foot.z < 0 {
      // The water mirrors what is just above it.
      for limb in solids where min(limb.from.z, limb.to.z) < 0.7 {
        var mirror = limb
        mirror.from.z *= -0.8
        mirror.to.z *= -0.8
        if let shape = mirror.shape(camera) { reflection.append(shape) }
      }
    }
  }

  init(shapes: [Shape], solids: [Limb], distance: Float) {
    self.shapes = shapes
    self.solids = solids
    self.distance = distance
  }

  /// The smallest rectangle around it in the picture.
  var bounds: (low: Spot, high: Spot) {
    var low = Spot(repeating: .greatestFiniteMagnitude)
    var high = -low
    for shape in shapes {
      let (a, b) = shape.bounds
      low = pointwiseMin(low, a)
      high = pointwiseMax(high, b)
    }
    return (low, high)
  }
}
