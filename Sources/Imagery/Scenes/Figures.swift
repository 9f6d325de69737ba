/// A thing with an outline that stands on the ground.
struct Figure: Sendable {
  enum Shape: Sendable {
    /// A box with a flat, gabled or hipped roof, and walls.
    case house(pitch: Float, hipped: Bool)
    /// A sheet on the ground; with stripes across every so many metres, if above 0.
    case sheet(stripes: Float)
    /// A rounded lump: a crown or a boulder.
    case lump(Noise)
    /// A parasol: a cone in two colours.
    case parasol
    /// A boat's outline, the bow towards +x of its axis.
    case hull
    /// Seen from above: shoulders and a head.
    case person
    /// The wake behind a moving boat: no height, foam.
    case wake(Noise)
  }

  var shape: Shape
  var centre: Place
  /// The direction of its length: a unit vector.
  var axis: Place
  /// Half its length and half its width, in metres.
  var half: Place
  /// Metres from the ground it stands on to its eaves or top.
  var height: Float
  var color: Tint
  var second: Tint
  var cover: LandCover?

  /// Whether a place is on a house or on paved ground that this figure makes, or almost.
  func covers(_ place: Place, margin: Float) -> Bool {
    if case .lump = shape { return false }
    let q = local(place)
    return abs(q.x) < half.x + margin && abs(q.y) < half.y + margin
  }

  /// Paints it over what is there.
  func paint(_ canvas: Canvas) {
    // Where its top is seen: what is tall leans away from the camera.
    let shift = canvas.camera.lean(centre) * height
    let grow = max(half.x, half.y) * 1.45 + canvas.footprint
    let low = Place(
      centre.x + min(shift.x, 0) - grow, centre.y + min(shift.y, 0) - grow)
    let high = Place(
      centre.x + max(shift.x, 0) + grow, centre.y + max(shift.y, 0) + grow)
    switch shape {
    case .house(let pitch, let hipped):
      paintHouse(canvas, low, high, shift: shift, pitch: pitch, hipped: hipped)
    case .sheet(let stripes): paintSheet(canvas, low, high, stripes: stripes)
    case .lump(let noise): paintLump(canvas, low, high, shift: shift, noise: noise)
    case .parasol: paintParasol(canvas, low, high)
    case .hull: paintHull(canvas, low, high)
    case .person: paintPerson(canvas, low, high)
    case .wake(let noise): paintWake(canvas, low, high, noise: noise)
    }
  }

  /// Coordinates along and across the figure.
  @inline(__always)
  private func local(_ p: Place) -> Place {
    let offset = p - centre
    return Place(
      offset.x * axis.x + offset.y * axis.y, offset.y * axis.x - offset.x * axis.y)
  }

  private func paintHouse(
    _ canvas: Canvas, _ low: Place, _ high: Place, shift: Place, pitch: Float, hipped: Bool
  ) {
    let half = self.half
    let count = 4
    // The wall that faces away from the sun is dark by its shadow; this is its own tone.
    canvas.visit(low, high) { sample, place in
      let q = local(place - shift)
      let inX = half.x - abs(q.x)
      let inY = half.y - abs(q.y)
      if inX > 0 && inY > 0 {
        let rise = hipped ? min(inX, inY) : inY
        canvas.height[sample] = height + rise * pitch
        let edge = min(inX, inY)
        var tint = color
        if pitch == 0 {
          tint *= edge < 0.5 ? 1.25 : 1
        } else if abs(q.y) < 0.25 {
          tint *= 1.12
        }
        canvas.color[sample] = tint
        canvas.cover[sample] = .building
        return
      }
      for number in 0..<count {
        let part = (Float(number) + 0.5) / Float(count)
        let w = local(place - shift * part)
        if abs(w.x) < half.x && abs(w.y) < half.y {
          let window = abs(w.x) < abs(w.y) ? w.x : w.y
          let cell = window * 0.55 - Float(Noise.floor(window * 0.55))
          canvas.height[sample] = height * part
          canvas.color[sample] = second * (cell < 0.42 && part > 0.2 && part < 0.9 ? 0.45 : 0.95)
          canvas.cover[sample] = .building
          return
        }
      }
    }
  }

  private func paintSheet(_ canvas: Canvas, _ low: Place, _ high: Place, stripes: Float) {
    canvas.visit(low, high) { sample, place in
      let q = local(place)
      guard abs(q.x) < half.x && abs(q.y) < half.y else { return }
      var tint = color
      if stripes > 0 {
        let at = (q.x + half.x) / stripes
        let part = at - Float(Noise.floor(at))
        if part * stripes < 0.25 && abs(q.y) > half.y - 5 { tint = second }
      }
      canvas.color[sample] = tint
      canvas.height[sample] = max(canvas.height[sample] * 0.2, height)
      if let cover { canvas.cover[sample] = cover }
    }
  }

  private func paintLump(
    _ canvas: Canvas, _ low: Place, _ high: Place, shift: Place, noise: Noise
  ) {
    let rate = 1.7 / half.x
    canvas.visit(low, high) { sample, place in
      let q = local(place - shift * 0.6)
      let bump = noise(place.x * rate, place.y * rate)
      let x = q.x / half.x
      let y = q.y / half.y
      let inside = 1 - (x * x + y * y) + 0.45 * bump
      guard inside > 0 else { return }
      let dome = min(inside, 1)
      let ground = canvas.cover[sample].isWater ? 0 : canvas.height[sample] * 0.4
      canvas.height[sample] = ground + height * (0.3 + 0.7 * dome * (2 - dome))
      canvas.color[sample] = mix(second, color, min(dome * 1.4, 1)) * (1 + 0.3 * bump)
      if let cover { canvas.cover[sample] = cover }
    }
  }

  private func paintParasol(_ canvas: Canvas, _ low: Place, _ high: Place) {
    canvas.visit(low, high) { sample, place in
      let q = local(place)
      let distance = (q.x * q.x + q.y * q.y).squareRoot()
      guard distance < half.x else { return }
      canvas.color[sample] = q.x * q.y > 0 ? color : second
      canvas.height[sample] += height - 0.4 * distance
    }
  }

  private func paintHull(_ canvas: Canvas, _ low: Place, _ high: Place) {
    canvas.visit(low, high) { sample, place in
      let q = local(place)
      let along = q.x / half.x
      guard abs(along) < 1 else { return }
      // Full at the stern, drawn to a point at the bow.
      let beam = along < 0.1 ? 1 - 0.12 * along * along : 1 - (along - 0.1) * (along - 0.1) * 1.23
      let across = abs(q.y) / (half.y * max(beam, 0.001))
      guard across < 1 else { return }
      let isCabin = abs(along + 0.15) < 0.32 && across < 0.6
      let isRim = across > 0.75 || along > 0.82 || along < -0.9
      canvas.color[sample] = isCabin ? second : isRim ? color : color * 0.72
      canvas.height[sample] = height * (isCabin ? 1.7 : 1)
    }
  }

  private func paintPerson(_ canvas: Canvas, _ low: Place, _ high: Place) {
    let ground = canvas.footprint * 0.35
    canvas.visit(low, high) { sample, place in
      let q = local(place)
      let x = q.x / (half.x + ground)
      let y = q.y / (half.y + ground)
      let distance = x * x + y * y
      guard distance < 1 else { return }
      let isHead = q.x * q.x + q.y * q.y < half.y * half.y * 0.5
      canvas.color[sample] = isHead ? second : color
      canvas.height[sample] += height
    }
  }

  private func paintWake(_ canvas: Canvas, _ low: Place, _ high: Place, noise: Noise) {
    canvas.visit(low, high) { sample, place in
      guard canvas.cover[sample].isWater else { return }
      let q = local(place)
      let behind = half.x - q.x
      let part = behind / (2 * half.x)
      guard part > 0 && part < 1 else { return }
      let arm = abs(abs(q.y) - behind * 0.2)
      let width = 0.5 + behind * 0.025
      var foam = smoothstep(width, 0, arm) * (1 - part) * 0.7
      let churn = smoothstep(1.1 + behind * 0.02, 0.2, abs(q.y)) * (1 - part) * (1 - part)
      foam = max(foam, churn) * (0.75 + 0.6 * noise(place.x * 0.9, place.y * 0.9))
      canvas.color[sample] = mix(canvas.color[sample], Palette.foam * 0.85, clamp(foam))
      if foam > 0.55 { canvas.cover[sample] = .whiteWater }
    }
  }
}
