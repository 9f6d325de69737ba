/// A place on the ground in metres: x to the right of the image, y up the image, the origin in its
/// middle.
typealias Place = SIMD2<Float>

/// The aeroplane's camera: a pinhole above flat ground, pitched forward by up to half a radian, or
/// looking straight down: then a pixel is equally wide everywhere.
struct Camera: Sendable {
  /// The width of the ground across the middle of the image, in metres.
  let extent: Float
  private let cosine: Float
  private let sine: Float
  private let tangent: Float
  private let height: Float
  /// Tangent of half the field of view.
  private let spread: Float = 0.34

  init(
    _ random: inout DescriptionStream, extent range: ClosedRange<Float>, isVertical: Bool = false
  ) {
    extent = random.proportion(range.lowerBound, range.upperBound)
    let oblique = random.chance(0.6)
    let pitch = oblique ? random.between(0.15, 0.55) : random.between(0, 0.08)
    let tilt = isVertical ? 0 : pitch
    sine = Approximate.sine(tilt)
    cosine = (1 - sine * sine).squareRoot()
    tangent = sine / cosine
    height = extent * cosine / (2 * spread)
  }

  /// The ground seen at unit coordinates (0, 0 the upper left corner).
  @inline(__always)
  func place(_ u: Float, _ v: Float) -> Place {
    let up = 2 * spread * (0.5 - v)
    let reach = 1 / (cosine - up * sine)
    return Place(
      height * 2 * spread * (u - 0.5) * reach,
      height * ((sine + up * cosine) * reach - tangent))
  }

  /// Where in the image a place on the ground is seen, in unit coordinates.
  @inline(__always)
  func unit(_ place: Place) -> (u: Float, v: Float) {
    let reach = place.y / height + tangent
    let up = (reach * cosine - sine) / (cosine + reach * sine)
    let across = place.x / height * (cosine - up * sine)
    return (0.5 + across / (2 * spread), 0.5 - up / (2 * spread))
  }

  /// How far what stands a metre tall at a place leans away from the camera, in metres of ground.
  @inline(__always)
  func lean(_ place: Place) -> Place {
    Place(place.x / height, place.y / height + tangent)
  }

  /// Metres of ground along y per metre along x for one step in the image, near its middle.
  var foreshortening: Float { 1 / cosine }

  /// A circle around the middle of the image that holds all the ground in it, in metres.
  var radius: Float {
    let corner = place(0, 0)
    return (corner.x * corner.x + corner.y * corner.y).squareRoot()
  }
}
