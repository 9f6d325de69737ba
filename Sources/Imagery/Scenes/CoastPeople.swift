import Tensors

/// Frames of a camera on a pier, with a box around every person: how do people use the beach?
package struct CoastPeople: SampleSource {
  package let seed: UInt64
  /// The first frame's index.
  package let offset: Int
  /// Of the images, in pixels.
  package let height: Int
  package let width: Int
  package let count: Int

  package var classes: [String] { ["person"] }
  package var kind: Annotation.Kind { .boxes }

  /// - Parameters:
  ///   - height, width: in pixels, each 1…`Scene.largestSize`.
  ///   - seed: another seed is another beach.
  ///   - offset: the first frame's index: frames from elsewhere are unseen.
  /// - Throws: `ImageryError.invalidArgument`
  package init(height: Int, width: Int, count: Int, seed: UInt64, offset: Int = 0) throws {
    try SceneLimits.check(height: height, width: width, count: count, offset: offset)
    self.height = height
    self.width = width
    self.count = count
    self.seed = seed
    self.offset = offset
  }

  package func scene(at index: Int) -> PierScene {
    PierScene(seed: seed, index: offset + index)
  }

  package func name(at index: Int) -> String { "pier \(offset + index)" }

  package func image(at index: Int, frame: ImageFrame?) throws -> Tensor {
    try scene(at: index).image(height: height, width: width)
  }

  package func annotation(at index: Int) throws -> Annotation {
    .boxes(
      scene(at: index).people(height: height, width: width).map { person in
        let box = person.box
        return LabelledBox(
          Box(
            left: box.left * Float(width), top: box.top * Float(height),
            right: box.right * Float(width), bottom: box.bottom * Float(height)),
          label: 0, isDifficult: person.isDifficult)
      })
  }

  package func size(at index: Int) throws -> (height: Int, width: Int) { (height, width) }
}

extension Dataset {
  /// The built-in coast for detection: people on one beach, from a camera on a pier.
  ///
  /// - Parameters:
  ///   - height, width: of the images in pixels, each 1…`Scene.largestSize`.
  ///   - seed: another seed is another beach.
  ///   - offset: the index of the first frame of that beach.
  /// - Throws: `ImageryError.invalidArgument`
  package static func coastPeople(
    height: Int, width: Int, count: Int, seed: UInt64 = 1, offset: Int = 0
  ) throws -> Dataset {
    let source = try CoastPeople(
      height: height, width: width, count: count, seed: seed, offset: offset)
    return Dataset(
      source, name: "coast/people", frame: try ImageFrame(height: height, width: width))
  }

  /// The built-in coast for detection, in square images.
  package static func coastPeople(
    size: Int, count: Int, seed: UInt64 = 1, offset: Int = 0
  ) throws -> Dataset {
    try coastPeople(height: size, width: size, count: count, seed: seed, offset: offset)
  }
}
