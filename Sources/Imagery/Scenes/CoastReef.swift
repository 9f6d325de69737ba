import Tensors

/// Pieces of an estuary seen straight down, with masks of its oyster reefs.
package struct CoastReef: SampleSource {
  package let seed: UInt64
  /// The first scene's index.
  package let offset: Int
  /// The side of the images, in pixels.
  package let size: Int
  package let count: Int

  package var classes: [String] { ["background", "reef"] }
  package var kind: Annotation.Kind { .mask }

  /// - Parameters:
  ///   - size: the side in pixels, 1…`Scene.largestSize`.
  ///   - offset: the first scene's index: scenes from elsewhere are unseen.
  /// - Throws: `ImageryError.invalidArgument`
  package init(size: Int, count: Int, seed: UInt64, offset: Int = 0) throws {
    try SceneLimits.check(height: size, width: size, count: count, offset: offset)
    self.size = size
    self.count = count
    self.seed = seed
    self.offset = offset
  }

  package func scene(at index: Int) -> ReefScene { ReefScene(seed: seed, index: offset + index) }

  package func name(at index: Int) -> String { "reef \(offset + index)" }

  package func image(at index: Int, frame: ImageFrame?) throws -> Tensor {
    try scene(at: index).image(size: size)
  }

  package func annotation(at index: Int) throws -> Annotation {
    .mask(Mask(height: size, width: size, values: scene(at: index).reef(size: size)))
  }

  package func size(at index: Int) throws -> (height: Int, width: Int) { (size, size) }

  /// The same all over the image.
  package func groundResolution(at index: Int) -> Float? {
    scene(at: index).extent / Float(size)
  }
}

extension Dataset {
  /// The built-in coast for binary segmentation: oyster reefs on tidal flats, from a drone.
  ///
  /// - Parameters:
  ///   - size: the side of the images in pixels, 1…`Scene.largestSize`.
  ///   - seed: another seed is another estuary.
  ///   - offset: the index of the first scene of that estuary.
  /// - Throws: `ImageryError.invalidArgument`
  package static func coastReef(
    size: Int, count: Int, seed: UInt64 = 1, offset: Int = 0
  ) throws -> Dataset {
    let source = try CoastReef(size: size, count: count, seed: seed, offset: offset)
    return Dataset(source, name: "coast/reef", frame: try ImageFrame(side: size))
  }
}
