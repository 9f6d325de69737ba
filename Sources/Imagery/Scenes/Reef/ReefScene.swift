import Tensors

/// A piece of an estuary at low tide seen straight down by a drone: oyster reefs on a mud flat,
/// in shallow water and along a marsh's edge. A pure function of seed and index.
package struct ReefScene: Sendable {
  package let seed: UInt64
  package let index: Int
  /// Widths of the ground in the images, in metres.
  package static let extents: ClosedRange<Float> = 24...36

  /// The width of the ground in the image, in metres.
  package var extent: Float { camera.extent }

  private let camera: Camera
  private let light: Light
  private let lens: Lens
  private let flat: TidalFlat

  /// - Parameters:
  ///   - seed: names an estuary.
  ///   - index: which piece of it, from 0.
  package init(seed: UInt64, index: Int) {
    precondition(index >= 0, "scenes are counted from 0")
    self.seed = seed
    self.index = index
    var random = DescriptionStream(seed: seed, index: index, part: "reef/camera")
    camera = Camera(&random, extent: ReefScene.extents, isVertical: true)
    light = Light(&random, camera: camera)
    lens = Lens(&random, kind: .marsh)
    random = DescriptionStream(seed: seed, index: index, part: "reef/flat")
    flat = TidalFlat(&random)
  }

  /// The photograph: [size, size, 3], red, green and blue, 0…1.
  ///
  /// - Parameter size: the side in pixels, 1…`Scene.largestSize`.
  /// - Throws: when the memory budget has no room for it.
  package func image(size: Int) throws -> Tensor {
    precondition((1...Scene.largestSize).contains(size), "1 to 4096 pixels")
    var image = try Tensor(shape: [size, size, 3])
    let samples = size <= 512 ? 2 : 1
    let canvas = Canvas(side: size * samples, camera: camera)
    let brush = FlatBrush(flat, light: light, footprint: camera.extent / Float(size))
    for row in 0..<canvas.side {
      for column in 0..<canvas.side {
        canvas.set(row &* canvas.side &+ column, brush.draw(canvas.place(column, row)))
      }
    }
    Shading.apply(light, to: canvas)
    image.withUnsafeMutablePointer { pixels in
      Darkroom.develop(canvas, lens: lens, light: light, size: size, into: pixels)
    }
    return image
  }

  /// 1 where a pixel's middle is on a reef, else 0: size × size, row by row.
  ///
  /// - Parameter size: the side in pixels, 1…`Scene.largestSize`.
  package func reef(size: Int) -> [UInt8] {
    precondition((1...Scene.largestSize).contains(size), "1 to 4096 pixels")
    let brush = FlatBrush(flat, light: light, footprint: camera.extent / Float(size))
    return [UInt8](unsafeUninitializedCapacity: size * size) { mask, count in
      for row in 0..<size {
        let v = (Float(row) + 0.5) / Float(size)
        for column in 0..<size {
          let place = camera.place((Float(column) + 0.5) / Float(size), v)
          mask[row &* size &+ column] = brush.isReef(place) ? 1 : 0
        }
      }
      count = size * size
    }
  }
}
