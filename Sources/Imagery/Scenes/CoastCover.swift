import Tensors

/// What a survey of the sea's edge tells apart: the classes of a mask, by their numbers.
///
/// As in the Outer Banks imagery of the course: sand that is saturated, still dark from the last
/// waves, counts as shallow; whatever lies above it, with the grass on it, is dry.
package enum ShoreCover: UInt8, CaseIterable, Sendable {
  case deepWater = 0
  case whiteWater = 1
  case shallow = 2
  case drySand = 3

  package init(_ cover: LandCover) {
    self =
      switch cover {
      case .deepWater: .deepWater
      case .whiteWater: .whiteWater
      case .shallowWater, .wetSand: .shallow
      case .drySand, .vegetation, .rock, .building, .paved: .drySand
      }
  }

  /// The name shown in legends.
  package var name: String {
    switch self {
    case .deepWater: "deep water"
    case .whiteWater: "white water"
    case .shallow: "shallow"
    case .drySand: "dry sand"
    }
  }
}

/// Open beaches seen straight down, with a class for every pixel: how much sand is there?
package struct CoastCover: SampleSource {
  package let seed: UInt64
  /// The first scene's index.
  package let offset: Int
  /// The side of the images, in pixels.
  package let size: Int
  package let count: Int

  package var classes: [String] { ShoreCover.allCases.map(\.name) }
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

  package func scene(at index: Int) -> Scene {
    Scene(seed: seed, index: offset + index, kind: .beach, purpose: .survey)
  }

  package func name(at index: Int) -> String { "shore \(offset + index)" }

  package func image(at index: Int, frame: ImageFrame?) throws -> Tensor {
    try scene(at: index).image(size: size)
  }

  package func annotation(at index: Int) throws -> Annotation {
    var numbers = [UInt8](repeating: Mask.unlabelled, count: 256)
    for cover in LandCover.allCases { numbers[Int(cover.rawValue)] = ShoreCover(cover).rawValue }
    let covers = scene(at: index).cover(size: size)
    return .mask(Mask(height: size, width: size, values: covers.map { numbers[Int($0)] }))
  }

  package func size(at index: Int) throws -> (height: Int, width: Int) { (size, size) }

  /// The same all over the image.
  package func groundResolution(at index: Int) -> Float? {
    scene(at: index).extent / Float(size)
  }
}

extension Dataset {
  /// The built-in coast for segmentation: open beaches from above, with masks of deep water, white
  /// water, shallow water (with saturated sand) and dry sand.
  ///
  /// - Parameters:
  ///   - size: the side of the images in pixels, 1…`Scene.largestSize`.
  ///   - seed: another seed is another coast.
  ///   - offset: the index of the first scene along that coast.
  /// - Throws: `ImageryError.invalidArgument`
  package static func coastCover(
    size: Int, count: Int, seed: UInt64 = 1, offset: Int = 0
  ) throws -> Dataset {
    let source = try CoastCover(size: size, count: count, seed: seed, offset: offset)
    return Dataset(source, name: "coast/cover", frame: try ImageFrame(side: size))
  }
}
