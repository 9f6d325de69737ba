import Imagery
import Tensors
import Testing

@Suite("The built-in coast: covers and reefs")
struct CoastMaskTests {
  private static let makers:
    [(name: String, make: @Sendable (Int, Int, UInt64, Int) throws -> Dataset)] = [
      ("cover", { try Dataset.coastCover(size: $0, count: $1, seed: $2, offset: $3) }),
      ("reef", { try Dataset.coastReef(size: $0, count: $1, seed: $2, offset: $3) }),
    ]

  @Test(
    "Images and masks are the same from any thread, and continue along the coast", arguments: 0..<2)
  func same(which: Int) async throws {
    let make = CoastMaskTests.makers[which].make
    let whole = try make(40, 6, 3, 0)
    let first = try whole.sample(at: 4)
    try await withThrowingTaskGroup(of: Bool.self) { group in
      for _ in 0..<4 {
        group.addTask {
          let again = try make(40, 2, 3, 3).sample(at: 1)
          return again.image.values == first.image.values && again.annotation == first.annotation
        }
      }
      for try await isSame in group { #expect(isSame) }
    }
    #expect(try make(40, 6, 4, 0).sample(at: 4).image.values != first.image.values)
  }

  @Test("Any size from one pixel can be drawn; every pixel has a class", arguments: 0..<2)
  func sizes(which: Int) throws {
    for size in [1, 2, 3, 17, 64] {
      let data = try CoastMaskTests.makers[which].make(size, 3, 1, 1_000_000)
      for position in 0..<3 {
        let sample = try data.sample(at: position)
        let mask = try #require(sample.annotation.mask)
        #expect(sample.image.shape == [size, size, 3])
        #expect(mask.height == size && mask.width == size)
        #expect(mask.values.allSatisfy { Int($0) < data.classes.count })
        #expect(sample.image.values.allSatisfy { $0 >= 0 && $0 <= 1 })
      }
    }
    for (size, count, offset) in [(0, 1, 0), (5000, 1, 0), (8, -1, 0), (8, 1, -1)] {
      #expect(throws: ImageryError.self) {
        try CoastMaskTests.makers[which].make(size, count, 1, offset)
      }
    }
  }

  private func shares(_ data: Dataset) throws -> [Float] {
    var counts = [Int](repeating: 0, count: data.classes.count)
    for position in 0..<data.count {
      for value in try #require(data.storedAnnotation(at: position).mask).values {
        counts[Int(value)] += 1
      }
    }
    let total = Float(counts.reduce(0, +))
    return counts.map { Float($0) / total }
  }

  @Test("All four covers of a shore are common; reefs are the smaller part of the flats")
  func classShares() throws {
    let cover = try Dataset.coastCover(size: 48, count: 60, seed: 2)
    #expect(cover.classes == ["deep water", "white water", "shallow", "dry sand"])
    let covers = try shares(cover)
    #expect(covers[0] > 0.15 && covers[1] > 0.03 && covers[2] > 0.15 && covers[3] > 0.15)
    let reef = try Dataset.coastReef(size: 48, count: 60, seed: 2)
    #expect(reef.classes == ["background", "reef"])
    let reefs = try shares(reef)
    #expect(reefs[1] > 0.1 && reefs[1] < 0.45)
  }

  @Test("The sand's area in square metres is the same at every size of the image")
  func area() throws {
    for position in 0..<6 {
      let areas = try [64, 160].map { size in
        let data = try Dataset.coastCover(size: size, count: 6, seed: 7)
        let mask = try #require(try data.sample(at: position).annotation.mask)
        let metres = try #require(try data.groundResolution(at: position))
        #expect(metres * Float(size) >= 95 && metres * Float(size) <= 190)
        return Float(mask.values.count { $0 == 3 }) * metres * metres
      }
      #expect(abs(areas[0] - areas[1]) < 0.02 * areas[1] + 150, "\(position): \(areas)")
    }
  }

  @Test("A resized image has pixels of another width on the ground; other images' is not known")
  func groundResolution() throws {
    let data = try Dataset.coastReef(size: 64, count: 2, seed: 1)
    let stored = try #require(try data.groundResolution(at: 1))
    let half = data.resized(to: try ImageFrame(side: 32))
    #expect(try abs(#require(try half.groundResolution(at: 1)) - 2 * stored) < 1e-5)
    let squeezed = data.resized(to: try ImageFrame(height: 32, width: 64, fit: .stretch))
    #expect(try squeezed.groundResolution(at: 1) == nil)
    #expect(try Dataset.coastScenes(size: 16, count: 1).groundResolution(at: 0) == nil)
  }

  /// How well the best threshold of brightness tells reefs from the rest, as intersection over
  /// union: a network has something to learn only where that is poor.
  @Test("No brightness tells reefs from mud")
  func brightnessIsNotEnough() throws {
    let data = try Dataset.coastReef(size: 64, count: 40, seed: 1)
    var inside = [Int](repeating: 0, count: 64)
    var outside = inside
    for position in 0..<data.count {
      let sample = try data.sample(at: position)
      let mask = try #require(sample.annotation.mask)
      let values = sample.image.values
      for (pixel, value) in mask.values.enumerated() {
        let level = min(63, Int((values[pixel * 3] + values[pixel * 3 + 1]) * 32))
        if value == 1 { inside[level] += 1 } else { outside[level] += 1 }
      }
    }
    let total = inside.reduce(0, +)
    var best: Float = 0
    for low in 0..<64 {
      var (hits, misses) = (0, 0)
      for high in low..<64 {
        hits += inside[high]
        misses += outside[high]
        best = max(best, Float(hits) / Float(total + misses))
      }
    }
    #expect(best < 0.5, "\(best)")
  }
}
