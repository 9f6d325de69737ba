import Tensors

/// A stretch of the built-in coast as a dataset's source: scenes are drawn when they are asked for.
package struct CoastScenes: SampleSource {
  package let seed: UInt64
  /// The first scene's index.
  package let offset: Int
  /// The side of the images, in pixels.
  package let size: Int
  /// Widths of the ground in the images, in metres.
  package let extent: ClosedRange<Float>
  private let kinds: [SceneKind]

  package var classes: [String] { SceneKind.allCases.map(\.rawValue) }
  package var count: Int { kinds.count }

  /// - Parameters:
  ///   - size: the side in pixels, 1…`Scene.largestSize`.
  ///   - offset: the first scene's index: scenes from elsewhere are unseen.
  ///   - weights: how common each class is, in the order of `SceneKind`; by default equally.
  /// - Throws: `ImageryError.invalidArgument`
  package init(
    size: Int, count: Int, seed: UInt64, offset: Int = 0, weights: [Float]? = nil,
    extent: ClosedRange<Float> = Scene.usualExtent
  ) throws {
    try SceneLimits.check(height: size, width: size, count: count, offset: offset)
    try SceneLimits.require(
      extent.lowerBound >= Scene.narrowestExtent && extent.upperBound <= Scene.widestExtent,
      "extent", given: "\(extent.lowerBound) to \(extent.upperBound)",
      expected: "\(Int(Scene.narrowestExtent)) to \(Int(Scene.widestExtent)) metres")
    self.size = size
    self.seed = seed
    self.offset = offset
    self.extent = extent
    if let weights {
      let names = SceneKind.allCases.map(\.rawValue).joined(separator: ", ")
      try SceneLimits.require(
        weights.count == SceneKind.allCases.count, "weights", given: "\(weights.count)",
        expected: "one each for \(names)")
      try SceneLimits.require(
        weights.allSatisfy { $0 >= 0 && $0.isFinite }
          && weights.reduce(0, +) > 0 && weights.reduce(0, +).isFinite,
        "weights", given: "\(weights)", expected: "numbers from 0, not all of them 0")
      kinds = CoastScenes.weighted(count, weights, seed: seed, offset: offset)
    } else {
      kinds = (offset..<offset + count).map { Scene.kind(seed: seed, index: $0) }
    }
  }

  /// As many of each kind as its weight asks for, to the nearest whole scene, in a random order.
  private static func weighted(
    _ count: Int, _ weights: [Float], seed: UInt64, offset: Int
  ) -> [SceneKind] {
    let total = weights.reduce(0) { $0 + Double($1) }
    let exact = weights.map { Double($0) / total * Double(count) }
    var numbers = exact.map { Int($0) }
    let byRest = exact.indices.sorted {
      let (a, b) = (exact[$0] - Double(numbers[$0]), exact[$1] - Double(numbers[$1]))
      return a != b ? a > b : $0 < $1
    }
    for position in byRest.prefix(max(0, count - numbers.reduce(0, +))) { numbers[position] += 1 }
    var kinds: [SceneKind] = []
    for (kind, number) in zip(SceneKind.allCases, numbers) {
      kinds += Array(repeating: kind, count: number)
    }
    var random = RandomStream(seed: seed, name: "coast/weights/\(offset)")
    random.shuffle(&kinds)
    return kinds
  }

  /// The scene at a position: its image, boxes and mask at any size.
  package func scene(at index: Int) -> Scene {
    Scene(seed: seed, index: offset + index, kind: kinds[index], extent: extent)
  }

  package func label(at index: Int) -> Int {
    SceneKind.allCases.firstIndex(of: kinds[index]) ?? 0
  }

  package func name(at index: Int) -> String { "\(kinds[index].rawValue) \(offset + index)" }

  package func image(at index: Int, frame: ImageFrame?) throws -> Tensor {
    guard let frame else { return try scene(at: index).image(size: size) }
    // Scenes are square: an oblong frame shows the middle of one.
    let side = min(max(frame.height, frame.width), Scene.largestSize)
    return try Image.resized(try scene(at: index).image(size: side), to: frame)
  }
}

extension Dataset {
  /// The built-in coast: aerial photographs of four classes, drawn when they are asked for.
  ///
  /// - Parameters:
  ///   - size: the side of the images in pixels, 1…`Scene.largestSize`.
  ///   - seed: another seed is another coast.
  ///   - offset: the index of the first scene along that coast.
  ///   - weights: how common each class is, in the order of `SceneKind`; by default equally.
  /// - Throws: `ImageryError.invalidArgument`
  package static func coastScenes(
    size: Int, count: Int, seed: UInt64 = 1, offset: Int = 0, weights: [Float]? = nil
  ) throws -> Dataset {
    let source = try CoastScenes(
      size: size, count: count, seed: seed, offset: offset, weights: weights)
    return Dataset(source, name: "coast/scenes", frame: try ImageFrame(side: size))
  }
}
