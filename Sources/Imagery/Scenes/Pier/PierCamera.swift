/// A point of the world in metres: x to the camera's right, y away from it along the ground, z up
/// from the water's level at mean tide; the camera stands above the origin.
typealias Point = SIMD3<Float>

/// A point of the picture in heights of the image from its middle: x to the right, y up.
typealias Spot = SIMD2<Float>

/// The camera on the pier: a pinhole that looks down on the beach, always the same way. An image
/// shows as much from top to bottom whatever its width: a wider one shows more at its sides.
struct PierCamera: Sendable {
  /// Metres above the water.
  let height: Float
  private let sine: Float
  private let cosine: Float
  /// Heights of the image from the pinhole to the picture.
  let focus: Float

  init(_ random: inout DescriptionStream) {
    height = random.between(7.5, 10)
    let pitch = random.between(0.32, 0.4)
    sine = Approximate.sine(pitch)
    cosine = (1 - sine * sine).squareRoot()
    focus = random.between(1.55, 1.75)
  }

  /// Where a point is seen, and how many heights of the image a metre takes there; nil for what
  /// is behind the camera or nearly so.
  @inline(__always)
  func project(_ point: Point) -> (spot: Spot, scale: Float)? {
    let drop = point.z - height
    let depth = point.y * cosine - drop * sine
    if depth < 0.5 { return nil }
    let scale = focus / depth
    return (Spot(point.x * scale, (point.y * sine + drop * cosine) * scale), scale)
  }

  /// The point seen at a spot on the level plane `z` metres up, which must lie below the camera;
  /// nil above the plane's horizon.
  @inline(__always)
  func point(_ spot: Spot, level z: Float = 0) -> Point? {
    let fall = focus * sine - spot.y * cosine
    if fall < 0.02 { return nil }
    let reach = (height - z) / fall
    return Point(spot.x * reach, (focus * cosine + spot.y * sine) * reach, z)
  }

  /// The y of the horizon in the picture.
  var horizon: Float { focus * sine / cosine }

  /// The direction from a point to the camera, of length 1.
  @inline(__always)
  func direction(from point: Point) -> Point {
    let way = Point(-point.x, -point.y, height - point.z)
    return way / (way * way).sum().squareRoot()
  }
}
