import Tensors

/// A person in a frame of the pier's camera.
package struct PierPerson: Sendable, Equatable {
  /// Around what can be seen of the person.
  package let box: UnitBox
  /// Hardly to be seen: mostly hidden or cut off, or tiny.
  package let isDifficult: Bool
}

/// One frame of the camera on a pier: always the same beach for a seed, at another time for every
/// index, with other tide, light, weather and people.
package struct PierScene: Sendable {
  package let seed: UInt64
  package let index: Int
  private let beach: PierBeach
  private let moment: PierMoment
  private let crowd: PierCrowd

  /// - Parameters:
  ///   - seed: names a beach.
  ///   - index: which frame, from 0.
  package init(seed: UInt64, index: Int) {
    precondition(index >= 0, "frames are counted from 0")
    self.seed = seed
    self.index = index
    beach = PierBeach(seed: seed)
    var random = DescriptionStream(seed: seed, index: index, part: "pier/moment")
    moment = PierMoment(&random)
    random = DescriptionStream(seed: seed, index: index, part: "pier/crowd")
    crowd = PierCrowd(&random, beach: beach, moment: moment)
  }

  /// The frame: [height, width, 3], red, green and blue, 0…1. A wider one shows more at its sides.
  ///
  /// - Parameters: each 1…`Scene.largestSize` pixels.
  /// - Throws: when the memory budget has no room for it.
  package func image(height: Int, width: Int) throws -> Tensor {
    precondition(
      (1...Scene.largestSize).contains(height) && (1...Scene.largestSize).contains(width),
      "1 to 4096 pixels")
    var image = try Tensor(shape: [height, width, 3])
    let canvas = PierCanvas(rows: height, columns: width)
    for figure in crowd.figures { canvas.castShadow(of: figure, moment, beach.camera) }
    layGround(canvas)
    for figure in crowd.figures { paint(figure, canvas) }
    image.withUnsafeMutablePointer { develop(canvas, into: $0) }
    return image
  }

  private func layGround(_ canvas: PierCanvas) {
    let camera = beach.camera
    for row in 0..<canvas.rows {
      let middle = Spot(0, canvas.spot(row, 0).y)
      guard let point = camera.point(middle) else {
        // Above the horizon.
        for column in 0..<canvas.columns {
          canvas.light[row * canvas.columns + column] = mix(moment.sky, moment.haze * 0.6, 0.5)
        }
        continue
      }
      let distance = (point.y * point.y + camera.height * camera.height).squareRoot()
      let rise = camera.height / distance
      let step = camera.point(Spot(1, middle.y)).map { $0.x } ?? distance
      let across = step / Float(canvas.rows)
      // A pixel is longer than wide on the ground: detail stops between the two.
      let brush = PierGround(
        beach, moment, footprint: across / rise.squareRoot(), distance: distance, rise: rise)
      for column in 0..<canvas.columns {
        let index = row &* canvas.columns &+ column
        let x = (Float(column) + 0.5 - 0.5 * Float(canvas.columns)) * across
        canvas.light[index] = brush.draw(Place(x, point.y), lit: canvas.lit[index])
      }
    }
  }

  private func paint(_ figure: PierFigure, _ canvas: PierCanvas) {
    let way = beach.camera.direction(from: Point(0, figure.distance, 0.8))
    let facing = (moment.sunDirection * way).sum()
    let haze = 1 - Approximate.exponential(-figure.distance * 0.01 * moment.hazeAmount)
    for shape in figure.reflection {
      canvas.paint(
        shape, moment, facing: facing, sideways: moment.sunDirection.x, haze: haze, opacity: 0.3)
    }
    for shape in figure.shapes {
      canvas.paint(
        shape, moment, facing: facing, sideways: moment.sunDirection.x, haze: haze, opacity: 1)
    }
  }

  /// Exposure, contrast, blur and noise.
  private func develop(_ canvas: PierCanvas, into pixels: UnsafeMutablePointer<Float>) {
    let (rows, columns) = (canvas.rows, canvas.columns)
    var total = Tint()
    for row in 0..<rows {
      var sum = Tint()
      for column in 0..<columns { sum += canvas.light[row * columns + column] }
      total += sum * (1 / Float(columns))
    }
    let brightness = max((total * (1 / Float(rows))).luminance, 0.01)
    let gain = moment.cast * Approximate.power(moment.target / brightness, 0.85)
    let pivot: Float = 0.45
    let blur = moment.blur * 0.25
    for row in 0..<rows {
      let above = max(row - 1, 0) * columns
      let here = row * columns
      let below = min(row + 1, rows - 1) * columns
      for column in 0..<columns {
        let cross =
          canvas.light[here + max(column - 1, 0)]
          + canvas.light[here + min(column + 1, columns - 1)]
          + canvas.light[above + column] + canvas.light[below + column]
        let light = (canvas.light[here + column] * (1 - blur * 2) + cross * (blur * 0.5)) * gain
        var tone = Darkroom.tone(light.saturated(moment.saturation))
        tone = (tone - pivot) * moment.contrast + pivot
        let bits = moment.grain.bits(
          Int32(truncatingIfNeeded: column), Int32(truncatingIfNeeded: row))
        let red = Float(Int32(bits & 1023)) / 512 - 1
        let green = Float(Int32(bits >> 10 & 1023)) / 512 - 1
        let blue = Float(Int32(bits >> 20 & 1023)) / 512 - 1
        tone += Tint(red, green, blue) * moment.noise
        tone = tone.clamped(lowerBound: Tint(), upperBound: Tint(repeating: 1))
        let pixel = pixels + (here + column) * 3
        pixel[0] = tone.x
        pixel[1] = tone.y
        pixel[2] = tone.z
      }
    }
  }

  /// The people in the frame of that many pixels, from the farthest to the nearest, with the boxes
  /// of what is seen of them: not what others or parasols hide, nor what is under water.
  package func people(height: Int, width: Int) -> [PierPerson] {
    precondition(
      (1...Scene.largestSize).contains(height) && (1...Scene.largestSize).contains(width),
      "1 to 4096 pixels")
    return PierSilhouettes(crowd, height: height, width: width).people
  }
}
