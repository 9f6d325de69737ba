import Foundation
import Imagery
import Tensors
import Testing

@Suite("The built-in coast: scenes")
struct CoastSceneTests {
  /// FNV-1a over the bits of all values.
  private func hash(_ image: Tensor) -> UInt64 {
    var hash: UInt64 = 0xcbf2_9ce4_8422_2325
    for value in image.values { hash = (hash ^ UInt64(value.bitPattern)) &* 0x100_0000_01b3 }
    return hash
  }

  @Test("A scene has the same bytes whenever and wherever it is drawn", arguments: 0..<8)
  func sameBytes(index: Int) async throws {
    let first = hash(try Scene(seed: 5, index: index).image(size: 64))
    let again = try await withThrowingTaskGroup(of: UInt64.self) { group in
      for _ in 0..<4 {
        group.addTask { hash(try Scene(seed: 5, index: index).image(size: 64)) }
      }
      return try await group.reduce(into: []) { $0.append($1) }
    }
    #expect(again.allSatisfy { $0 == first })
  }

  @Test("Other seeds and other indices are other scenes")
  func differ() throws {
    let hashes = try [(1, 0), (1, 1), (2, 0), (2, 1)].map { seed, index in
      hash(try Scene(seed: UInt64(seed), index: index, kind: .beach).image(size: 32))
    }
    #expect(Set(hashes).count == 4)
  }

  @Test("A larger image shows the same place", arguments: SceneKind.allCases)
  func sameSceneAtEverySize(kind: SceneKind) throws {
    for index in 0..<3 {
      let scene = Scene(seed: 3, index: index, kind: kind)
      let small = try scene.image(size: 48).values
      let large = try scene.image(size: 192).values
      // Means of 12 × 12 fields, which no detail of one pixel can sway.
      func fields(_ image: [Float], _ size: Int) -> [Float] {
        let step = size / 12
        return (0..<144).map { field in
          var sum: Float = 0
          for y in 0..<step {
            for x in 0..<step {
              let pixel = ((field / 12 * step + y) * size + field % 12 * step + x) * 3
              sum += image[pixel] + image[pixel + 1] + image[pixel + 2]
            }
          }
          return sum / Float(step * step * 3)
        }
      }
      let pairs = zip(fields(small, 48), fields(large, 192))
      let difference = pairs.reduce(0) { $0 + abs($1.0 - $1.1) } / 144
      #expect(difference < 0.035, "\(kind) \(index) differs by \(difference)")
    }
  }

  @Test("Values are finite, in 0…1, and neither black nor white all over")
  func values() throws {
    for index in 0..<40 {
      let values = try Scene(seed: 11, index: index).image(size: 32).values
      #expect(values.allSatisfy { $0 >= 0 && $0 <= 1 })
      let mean = values.reduce(0, +) / Float(values.count)
      #expect(mean > 0.15 && mean < 0.85, "scene \(index) has mean \(mean)")
    }
  }

  @Test("Any size from one pixel, narrow and wide ground, and far indices can be drawn")
  func extremes() throws {
    for size in [1, 2, 3, 17] {
      for kind in SceneKind.allCases {
        #expect(try Scene(seed: 1, index: 9, kind: kind).image(size: size).count == size * size * 3)
      }
    }
    for extent in [Scene.narrowestExtent...16, 590...Scene.widestExtent] {
      for kind in SceneKind.allCases {
        let scene = Scene(seed: .max, index: 1_000_000_000, kind: kind, extent: extent)
        #expect(try scene.image(size: 24).values.allSatisfy { $0 >= 0 && $0 <= 1 })
      }
    }
  }

  @Test("The mask has a known cover for every pixel, and each kind has what names it")
  func covers() throws {
    var shares: [SceneKind: [LandCover: Int]] = [:]
    for index in 0..<48 {
      let scene = Scene(seed: 2, index: index)
      for value in scene.cover(size: 32) {
        let cover = try #require(LandCover(rawValue: value))
        shares[scene.kind, default: [:]][cover, default: 0] += 1
      }
    }
    func share(_ kind: SceneKind, _ covers: [LandCover]) -> Float {
      let counts = shares[kind] ?? [:]
      let total = counts.values.reduce(0, +)
      return Float(covers.reduce(0) { $0 + (counts[$1] ?? 0) }) / Float(max(total, 1))
    }
    for kind in SceneKind.allCases {
      #expect(share(kind, [.deepWater, .shallowWater, .whiteWater]) > 0.12)
    }
    #expect(share(.beach, [.drySand, .wetSand]) > 0.25)
    #expect(share(.marsh, [.vegetation]) > 0.25)
    #expect(share(.developed, [.building, .paved]) > 0.2)
    #expect(share(.rocky, [.rock]) > 0.12)
    #expect(share(.beach, [.building]) == 0)
    #expect(share(.marsh, [.building]) == 0)
  }

  @Test("White water is brighter than the deep water of its scene")
  func foamIsBright() throws {
    var compared = 0
    for index in 0..<24 {
      let scene = Scene(seed: 4, index: index)
      let image = try scene.image(size: 64).values
      let mask = scene.cover(size: 64)
      func brightness(_ cover: LandCover) -> Float? {
        let pixels = mask.indices.filter { mask[$0] == cover.rawValue }
        guard pixels.count > 40 else { return nil }
        return pixels.reduce(0) { $0 + image[$1 * 3] + image[$1 * 3 + 1] + image[$1 * 3 + 2] }
          / Float(pixels.count * 3)
      }
      if let foam = brightness(.whiteWater), let deep = brightness(.deepWater) {
        #expect(foam > deep + 0.1, "scene \(index)")
        compared += 1
      }
    }
    #expect(compared >= 5)
  }

  @Test("Boxes lie in the image; boats float; people and boats are there to be counted")
  func boxes() {
    var people = 0
    var boats = 0
    var afloat = 0
    for index in 0..<120 {
      let scene = Scene(seed: 6, index: index)
      let size = 64
      let mask = scene.objects.isEmpty ? [] : scene.cover(size: size)
      for object in scene.objects {
        let box = object.box
        #expect(box.left >= 0 && box.top >= 0 && box.right <= 1 && box.bottom <= 1)
        #expect(box.left < box.right && box.top < box.bottom)
        switch object.kind {
        case .person: people += 1
        case .boat:
          boats += 1
          // The water around the boat, not its deck, decides.
          let row = min(size - 1, Int((box.top + box.bottom) * 0.5 * Float(size)))
          let column = min(size - 1, Int((box.left + box.right) * 0.5 * Float(size)))
          if LandCover(rawValue: mask[row * size + column])?.isWater == true { afloat += 1 }
        }
      }
    }
    #expect(people > 60)
    #expect(boats > 20)
    #expect(Float(afloat) > 0.85 * Float(boats))
  }

  @Test("A box holds its object: the picture differs there from one without it")
  func boxesHoldObjects() throws {
    // A low flight, where a person covers several pixels: bright cloth and a shadow stand out, so
    // boxes vary more inside than boxes of sand beside them.
    var inside: Float = 0
    var beside: Float = 0
    var count: Float = 0
    for index in 0..<40 {
      let scene = Scene(seed: 8, index: index, kind: .beach, extent: 40...50)
      let people = scene.objects.filter { $0.kind == .person }
      if people.isEmpty { continue }
      let size = 160
      let image = try scene.image(size: size).values
      func deviation(_ u: Float, _ v: Float) -> Float {
        var sum: Float = 0
        var squares: Float = 0
        for dy in -2...2 {
          for dx in -2...2 {
            let x = min(max(Int(u * Float(size)) + dx, 0), size - 1)
            let y = min(max(Int(v * Float(size)) + dy, 0), size - 1)
            let value = image[(y * size + x) * 3 + 1]
            sum += value
            squares += value * value
          }
        }
        return max(squares / 25 - sum * sum / 625, 0).squareRoot()
      }
      for person in people {
        let u = (person.box.left + person.box.right) * 0.5
        let v = (person.box.top + person.box.bottom) * 0.5
        inside += deviation(u, v)
        beside += deviation(u, v > 0.5 ? v - 0.13 : v + 0.13)
        count += 1
      }
    }
    #expect(count > 20)
    #expect(inside > 1.6 * beside, "inside \(inside / count), beside \(beside / count)")
  }
}
