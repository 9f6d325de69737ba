/// Loose rocks at the foot of a cliff and in the water before it.
enum Boulders {
  static func scatter(
    _ random: inout DescriptionStream, rocks: Rocks, camera: Camera, shoreline: Shoreline
  ) -> [Figure] {
    let half = camera.radius
    let count = min(260, Int(camera.extent * random.between(0.6, 1.6)))
    return (0..<count).compactMap { _ in
      let s = random.between(-half, half)
      let spread = random.normal()
      let c = shoreline.distanceToEdge(s) + 4 + spread * 9
      let radius = 0.7 + 2.6 * random.unit() * random.unit() * random.unit() * 2
      let color = mix(rocks.color, Tint(repeating: rocks.color.luminance), random.unit() * 0.4)
      let tone = random.between(0.6, 1.1)
      let noise = Noise(&random)
      let place = shoreline.place(s, c)
      let isWet = shoreline.distance(place) < 2
      guard max(abs(place.x), abs(place.y)) < half else { return nil }
      return Figure(
        shape: .lump(noise), centre: place, axis: Place(1, 0),
        half: Place(radius, radius * random.between(0.65, 1)), height: radius * 0.9,
        color: color * (isWet ? tone * 0.7 : tone), second: color * 0.4, cover: .rock)
    }
  }
}
