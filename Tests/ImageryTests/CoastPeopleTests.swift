import Imagery
import Tensors
import Testing

@Suite("The built-in coast: people from a pier")
struct CoastPeopleTests {
  @Test("A frame and its boxes are the same whenever and wherever they are drawn", arguments: 0..<4)
  func same(index: Int) async throws {
    let scene = PierScene(seed: 5, index: index)
    let image = try scene.image(height: 48, width: 80).values
    let people = scene.people(height: 48, width: 80)
    try await withThrowingTaskGroup(of: Bool.self) { group in
      for _ in 0..<4 {
        group.addTask {
          let again = PierScene(seed: 5, index: index)
          return try again.image(height: 48, width: 80).values == image
            && again.people(height: 48, width: 80) == people
        }
      }
      for try await isSame in group { #expect(isSame) }
    }
  }

  @Test("Another index is another time on the same beach; another seed is another beach")
  func differ() throws {
    let images = try [(1, 0), (1, 1), (2, 0)].map { seed, index in
      try PierScene(seed: UInt64(seed), index: index).image(height: 32, width: 32).values
    }
    #expect(images[0] != images[1])
    #expect(images[0] != images[2])
    // The camera stands still: the mean of many frames keeps the shore, so two such means of one
    // beach are alike, and those of two beaches are not.
    func mean(_ seed: UInt64, _ range: Range<Int>) throws -> [Float] {
      var sum = [Float](repeating: 0, count: 24 * 24 * 3)
      for index in range {
        for (at, value) in try PierScene(seed: seed, index: index).image(height: 24, width: 24)
          .values
          .enumerated()
        { sum[at] += value / Float(range.count) }
      }
      let level = sum.reduce(0, +) / Float(sum.count)
      return sum.map { $0 - level }
    }
    func gap(_ a: [Float], _ b: [Float]) -> Float {
      zip(a, b).reduce(0) { $0 + abs($1.0 - $1.1) } / Float(a.count)
    }
    let first = try mean(1, 0..<40)
    let same = gap(first, try mean(1, 40..<80))
    for seed in UInt64(2)...4 { #expect(gap(first, try mean(seed, 0..<40)) > 1.3 * same) }
  }

  @Test("Values are in 0…1 at any size and shape, and for far indices")
  func extremes() throws {
    for (height, width) in [(1, 1), (2, 3), (17, 5), (3, 64), (40, 24), (1, 300), (300, 1)] {
      for index in [0, 1_000_000_000] {
        let scene = PierScene(seed: .max, index: index)
        let values = try scene.image(height: height, width: width).values
        #expect(values.count == height * width * 3)
        #expect(values.allSatisfy { $0 >= 0 && $0 <= 1 })
        _ = scene.people(height: height, width: width)
      }
    }
  }

  @Test("Crowds of 0 to 40; people are large enough to be found, and boxes lie in the image")
  func boxes() throws {
    var counts: [Int] = []
    var small = 0
    var difficult = 0
    for index in 0..<120 {
      let people = PierScene(seed: UInt64(1 + index % 4), index: index).people(
        height: 72, width: 128)
      counts.append(people.count)
      for person in people {
        let box = person.box
        #expect(box.left >= 0 && box.top >= 0 && box.right <= 1 && box.bottom <= 1)
        #expect(box.left < box.right && box.top < box.bottom)
        #expect(box.bottom - box.top < 0.4)
        if box.bottom - box.top < 6.0 / 256 { small += 1 }
        if person.isDifficult { difficult += 1 }
      }
    }
    let total = counts.reduce(0, +)
    #expect(counts.contains(0))
    #expect(counts.allSatisfy { $0 <= 40 })
    #expect(counts.contains { $0 > 20 })
    #expect(total > 600)
    #expect(Float(small) < 0.05 * Float(total))
    #expect(Float(difficult) < 0.15 * Float(total))
  }

  @Test("A wider frame shows the same people, and more at its sides")
  func wider() throws {
    for index in 0..<12 {
      let scene = PierScene(seed: 3, index: index)
      let square = scene.people(height: 128, width: 128)
      let wide = scene.people(height: 128, width: 256)
      #expect(wide.count >= square.count)
      for person in square where person.box.left > 0.02 && person.box.right < 0.98 {
        let middle = 0.25 + (person.box.left + person.box.right) * 0.25
        #expect(
          wide.contains {
            abs(($0.box.left + $0.box.right) * 0.5 - middle) < 0.004
              && abs($0.box.top - person.box.top) < 0.008
              && abs($0.box.bottom - person.box.bottom) < 0.008
          })
      }
    }
  }

  /// Edges of the picture gather where people are: their brightness changes from pixel to pixel
  /// inside the boxes more than in boxes of the same size beside them.
  @Test("A box holds its person: the picture varies more in it than beside it")
  func boxesHoldPeople() throws {
    var inside: Float = 0
    var beside: Float = 0
    var count = 0
    let size = 192
    for index in 0..<24 {
      let scene = PierScene(seed: 8, index: index)
      let values = try scene.image(height: size, width: size).values
      func spread(_ box: UnitBox, shift: Float) -> Float? {
        let left = Int((box.left + shift) * Float(size))
        let right = Int((box.right + shift) * Float(size))
        let (top, bottom) = (Int(box.top * Float(size)), Int(box.bottom * Float(size)))
        guard left >= 0, right < size, bottom < size, left < right, top < bottom else { return nil }
        var (sum, squares, number) = (Float(0), Float(0), Float(0))
        for y in top...bottom {
          for x in left...right {
            let value = values[(y * size + x) * 3 + 1]
            sum += value
            squares += value * value
            number += 1
          }
        }
        return max(squares / number - sum * sum / (number * number), 0).squareRoot()
      }
      for person in scene.people(height: size, width: size) where !person.isDifficult {
        let width = person.box.right - person.box.left
        guard let own = spread(person.box, shift: 0),
          let other = spread(person.box, shift: 2.5 * width)
            ?? spread(
              person.box, shift: -2.5 * width)
        else { continue }
        inside += own
        beside += other
        count += 1
      }
    }
    #expect(count > 60)
    #expect(inside > 1.6 * beside, "inside \(inside), beside \(beside), of \(count)")
  }

  @Test("A dataset has boxes in pixels of its images, one class, and refuses what cannot be drawn")
  func dataset() throws {
    let data = try Dataset.coastPeople(height: 72, width: 128, count: 20, seed: 2, offset: 4)
    #expect(data.classes == ["person"])
    #expect(data.kind == .boxes)
    #expect(data.counts[0] > 40)
    let sample = try data.sample(at: 3)
    #expect(sample.image.shape == [72, 128, 3])
    // What is narrower than a pixel is not there to be found.
    let people = PierScene(seed: 2, index: 7).people(height: 72, width: 128).filter {
      ($0.box.right - $0.box.left) * 128 >= 1 && ($0.box.bottom - $0.box.top) * 72 >= 1
    }
    #expect(sample.annotation.boxes.count == people.count)
    for (labelled, person) in zip(sample.annotation.boxes, people) {
      #expect(abs(labelled.box.right - person.box.right * 128) < 0.01)
      #expect(abs(labelled.box.bottom - person.box.bottom * 72) < 0.01)
      #expect(labelled.isDifficult == person.isDifficult)
    }
    for (height, width, count, offset) in [
      (0, 8, 1, 0), (8, 5000, 1, 0), (8, 8, -1, 0), (8, 8, 1, -1),
    ] {
      #expect(throws: ImageryError.self) {
        try Dataset.coastPeople(height: height, width: width, count: count, offset: offset)
      }
    }
  }
}
