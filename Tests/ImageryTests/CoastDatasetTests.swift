import Imagery
import Tensors
import Testing

@Suite("The built-in coast: datasets")
struct CoastDatasetTests {
  @Test("Classes are balanced in any stretch, and shuffled")
  func balance() throws {
    let data = try Dataset.coastScenes(size: 32, count: 400, seed: 1)
    #expect(data.classes == ["beach", "marsh", "developed", "rocky"])
    #expect(data.counts == [100, 100, 100, 100])
    #expect(try Dataset.coastScenes(size: 32, count: 21, offset: 7).counts.allSatisfy { $0 >= 4 })
    let labels = data.labels
    #expect((0..<4).contains { labels[$0] != labels[$0 + 4] || labels[$0] != labels[$0 + 8] })
  }

  @Test("Weights make an imbalanced set with the exact shares")
  func weights() throws {
    let data = try Dataset.coastScenes(size: 32, count: 100, seed: 1, weights: [6, 2, 1, 1])
    #expect(data.counts == [60, 20, 10, 10])
    #expect(Set(data.labels.prefix(20)).count > 1)
    let none = try Dataset.coastScenes(size: 32, count: 7, seed: 1, weights: [0, 0, 1, 0])
    #expect(none.counts == [0, 0, 7, 0])
  }

  @Test("An offset continues the same coast; another seed is another coast")
  func offset() throws {
    let whole = try Dataset.coastScenes(size: 16, count: 12, seed: 3)
    let rest = try Dataset.coastScenes(size: 16, count: 4, seed: 3, offset: 8)
    #expect(whole.labels.suffix(4) == rest.labels[...])
    #expect(try whole.sample(at: 8).image.values == rest.sample(at: 0).image.values)
    let other = try Dataset.coastScenes(size: 16, count: 12, seed: 4)
    #expect(try whole.sample(at: 0).image.values != other.sample(at: 0).image.values)
  }

  @Test(
    "What cannot be drawn is refused with a sentence",
    arguments: [
      (size: 0, count: 4, offset: 0, weights: nil), (size: 5000, count: 4, offset: 0, weights: nil),
      (size: 16, count: -1, offset: 0, weights: nil),
      (size: 16, count: 4, offset: -1, weights: nil),
      (size: 16, count: 4, offset: 0, weights: [1, 2]),
      (size: 16, count: 4, offset: 0, weights: [0, 0, 0, 0]),
      (size: 16, count: 4, offset: 0, weights: [1, -1, 1, 1]),
      (size: 16, count: 4, offset: 0, weights: [1, .nan, 1, 1]),
    ] as [(size: Int, count: Int, offset: Int, weights: [Float]?)])
  func refusals(size: Int, count: Int, offset: Int, weights: [Float]?) {
    #expect(throws: ImageryError.self) {
      try Dataset.coastScenes(size: size, count: count, offset: offset, weights: weights)
    }
  }

  /// A network has something to learn only where colours alone do not tell the classes apart.
  @Test("The nearest class mean of the images' colour is right for fewer than 60 %")
  func colourIsNotEnough() throws {
    let size = 64
    func features(_ data: Dataset) throws -> [(label: Int, mean: [Float], spread: [Float])] {
      try (0..<data.count).map { position in
        let values = try data.sample(at: position).image.values
        var mean: [Float] = [0, 0, 0]
        var squares: [Float] = [0, 0, 0]
        for (index, value) in values.enumerated() {
          mean[index % 3] += value
          squares[index % 3] += value * value
        }
        let count = Float(size * size)
        mean = mean.map { $0 / count }
        let spread = zip(squares, mean).map { max($0 / count - $1 * $1, 0).squareRoot() }
        return (data.label(at: position), mean, mean + spread)
      }
    }
    func accuracy(_ training: [(Int, [Float])], _ test: [(Int, [Float])]) -> Float {
      let width = training[0].1.count
      let centres = (0..<4).map { label in
        let own = training.filter { $0.0 == label }
        return (0..<width).map { axis in
          own.reduce(0) { $0 + $1.1[axis] } / Float(max(own.count, 1))
        }
      }
      let right = test.count { label, feature in
        let distances = centres.map { centre in
          zip(centre, feature).reduce(Float(0)) { $0 + ($1.0 - $1.1) * ($1.0 - $1.1) }
        }
        return distances.indices.min { distances[$0] < distances[$1] } == label
      }
      return Float(right) / Float(test.count)
    }
    let training = try features(.coastScenes(size: size, count: 400, seed: 1))
    let test = try features(.coastScenes(size: size, count: 400, seed: 1, offset: 400))
    #expect(accuracy(training.map { ($0.label, $0.mean) }, test.map { ($0.label, $0.mean) }) < 0.6)
    #expect(
      accuracy(training.map { ($0.label, $0.spread) }, test.map { ($0.label, $0.spread) }) < 0.65)
  }
}
