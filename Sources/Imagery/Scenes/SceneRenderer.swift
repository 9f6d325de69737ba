import Tensors

/// Renders a scene in three passes: what covers the ground, what stands on it, and the light.
enum SceneRenderer {
  /// Samples along a side for an image of `size` pixels: four to a pixel, one when it is large.
  static func samples(_ size: Int) -> Int { size <= 1024 ? 2 : 1 }

  /// The ground and everything on it, before light.
  static func lay(_ scene: Scene, size: Int) -> Canvas {
    let samples = samples(size)
    let canvas = Canvas(side: size * samples, camera: scene.camera)
    let footprint = canvas.footprint * Float(samples)
    Sections.with(scene, footprint: footprint) { sections in
      func paint(_ creeks: Marsh.Creeks) {
        Terrain(scene, creeks: creeks, sections: sections, footprint: footprint)
          .paint(canvas, samples: samples)
      }
      if let marsh = scene.marsh { marsh.withCreeks(paint) } else { paint(.none) }
    }
    for figure in scene.figures { figure.paint(canvas) }
    return canvas
  }
}

extension Scene {
  /// The largest side that can be drawn, in pixels.
  package static let largestSize = 4096

  /// The photograph: [size, size, 3], red, green and blue, 0…1.
  ///
  /// - Parameter size: the side in pixels, 1…`largestSize`.
  /// - Throws: when the memory budget has no room for it.
  package func image(size: Int) throws -> Tensor {
    precondition((1...Scene.largestSize).contains(size), "1 to 4096 pixels")
    let canvas = SceneRenderer.lay(self, size: size)
    Shading.apply(light, to: canvas)
    var image = try Tensor(shape: [size, size, 3])
    image.withUnsafeMutablePointer { pixels in
      Darkroom.develop(canvas, lens: lens, light: light, size: size, into: pixels)
    }
    return image
  }

  /// What covers the ground under every pixel, as numbers of `LandCover`: size × size, row by row.
  ///
  /// - Parameter size: the side in pixels, 1…`largestSize`.
  package func cover(size: Int) -> [UInt8] {
    precondition((1...Scene.largestSize).contains(size), "1 to 4096 pixels")
    let canvas = SceneRenderer.lay(self, size: size)
    let step = SceneRenderer.samples(size)
    var mask = [UInt8](repeating: 0, count: size * size)
    for row in 0..<size {
      for column in 0..<size {
        mask[row * size + column] =
          canvas.cover[row * step * canvas.side + column * step].rawValue
      }
    }
    return mask
  }
}
