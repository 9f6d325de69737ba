import Imagery
import Tensors
import Testing

/// `counts[i]` tiny images of class i, each of a value of its own.
func toyDataset(_ counts: [Int], size: Int = 2) throws -> Dataset {
  let labels = counts.enumerated().flatMap { Array(repeating: $0.offset, count: $0.element) }
  let images = try labels.indices.map {
    try Tensor(shape: [size, size, 3], repeating: Float($0) / Float(max(labels.count, 1)))
  }
  let classes = counts.indices.map { "class\($0)" }
  return Dataset(
    try MemorySource(images: images, labels: labels, classes: classes), name: "toy")
}

private func names(_ data: Dataset) -> [String] { (0..<data.count).map(data.name(at:)) }

@Suite struct DatasetTests {
  @Test func aDatasetKnowsItsSamples() throws {
    let data = try toyDataset([2, 3])
    #expect(data.count == 5 && data.counts == [2, 3] && data.classes == ["class0", "class1"])
    let sample = try data.sample(at: 3)
    #expect(sample.label == 1 && sample.labelName == "class1" && sample.name == "3")
    #expect(sample.image.shape == [2, 2, 3])
    #expect(reason { try data.sample(at: 5) } == .indexOutOfRange)
    #expect(reason { try data.sample(at: -1) } == .indexOutOfRange)
    let batch = try data.batch([4, 0])
    #expect(batch.images.shape == [2, 2, 2, 3] && batch.labels == [1, 0])
    #expect(batch.images[flat: 0] == 0.8 && batch.images[flat: 12] == 0)
    #expect(reason { try data.batch([]) } == .noSamples)
  }

  /// A test set that shares images with training, or lacks a class, misleads.
  @Test(arguments: [[50, 30, 20], [3, 2, 9], [1, 1, 40], [7, 0, 7]], [0.5, 0.8, 0.9])
  func stratifiedSplitsKeepTheMix(_ counts: [Int], _ fraction: Double) throws {
    let data = try toyDataset(counts)
    let parts = try data.split([fraction], seed: 5)
    #expect(parts.count == 2)
    #expect(!parts[0].sharesImages(with: parts[1]))
    #expect((names(parts[0]) + names(parts[1])).sorted() == names(data).sorted())
    for (label, count) in counts.enumerated() {
      let expected = fraction * Double(count)
      #expect(abs(Double(parts[0].counts[label]) - expected) <= 1)
      if count >= 2 { #expect(parts.allSatisfy { $0.counts[label] > 0 }) }
    }
    let total = Double(data.count)
    #expect(abs(Double(parts[0].count) - fraction * total) <= 2)
    // The same seed gives the same parts, another seed others.
    #expect(names(try data.split([fraction], seed: 5)[0]) == names(parts[0]))
    if data.count > 50 { #expect(names(try data.split([fraction], seed: 6)[0]) != names(parts[0])) }
  }

  @Test func splitsIntoSeveralPartsAndWithoutStrata() throws {
    let data = try toyDataset([40, 60])
    let three = try data.split([0.6, 0.2, 0.2], seed: 1)
    #expect(three.map(\.counts) == [[24, 36], [8, 12], [8, 12]])
    let plain = try data.split([0.25], seed: 1, stratified: false)
    #expect(plain.map(\.count) == [25, 75])
    #expect(try data.split([1], seed: 1).map(\.count) == [100])
    for bad in [[], [0], [-0.1], [0.8, 0.3], [.nan], [.infinity], [1.5]] as [[Double]] {
      #expect(reason { try data.split(bad, seed: 1) } == .invalidArgument)
    }
    #expect(reason { try toyDataset([1]).split([0.5], seed: 1) } == .noSamples)
    #expect(reason { try toyDataset([0]).split([0.5], seed: 1) } == .noSamples)
  }

  @Test func partsAndOrders() throws {
    let data = try toyDataset([3, 3])
    #expect(names(try data.subset([5, 0, 0])) == ["5", "0", "0"])
    #expect(reason { try data.subset([6]) } == .indexOutOfRange)
    #expect(names(data.take(2)) == ["0", "1"] && data.take(99).count == 6)
    #expect(data.take(-3).count == 0 && names(data.dropping(4)) == ["4", "5"])
    let shuffled = data.shuffled(seed: 2)
    #expect(names(shuffled) == names(data.shuffled(seed: 2)))
    #expect(names(shuffled).sorted() == names(data) && names(shuffled) != names(data))
    #expect(data.order(seed: 1, epoch: 0) != data.order(seed: 1, epoch: 1))
    #expect(data.order(seed: 1, epoch: 4).sorted() == Array(0..<6))
    #expect(names(data.filter { label, name in label == "class1" && name != "4" }) == ["3", "5"])
  }

  /// Merged classes with wrong labels would train nonsense without a word.
  @Test func classesCanBeRegroupedAndMerged() throws {
    let data = try toyDataset([2, 2, 2, 2])
    let groups = [
      Dataset.ClassGroup("wet", ["class3", "class1"]), Dataset.ClassGroup("dry", ["class0"]),
    ]
    let two = try data.regrouped(groups)
    #expect(two.classes == ["wet", "dry"] && two.counts == [4, 2])
    #expect(names(two) == ["0", "1", "2", "3", "6", "7"])
    #expect(try two.sample(at: 0).labelName == "dry" && (try two.sample(at: 5)).label == 0)
    #expect(try data.filter(classes: ["class2", "class0"]).counts == [2, 2])
    #expect(reason { try data.filter(classes: ["sand"]) } == .unknownClass)
    #expect(
      reason { try data.regrouped([groups[0], .init("x", ["class1"])]) } == .invalidArgument)
    #expect(reason { try data.regrouped([]) } == .invalidArgument)
    #expect(try two.renamed(classes: ["w", "d"]).sample(at: 0).labelName == "d")
    #expect(reason { try two.renamed(classes: ["w"]) } == .invalidArgument)

    let swapped = try data.filter(classes: ["class1", "class0"])
    let merged = try data.filter(classes: ["class0", "class1"]).merged(with: swapped)
    #expect(merged.count == 8 && merged.counts == [4, 4])
    for i in 0..<8 {
      #expect(merged.label(at: i) == (["0", "1"].contains(merged.name(at: i)) ? 0 : 1))
    }
    #expect(reason { try data.merged(with: two) } == .differentClasses)
    let framed = data.resized(to: try ImageFrame(side: 4))
    #expect(reason { try data.merged(with: framed) } == .differentSizes)
  }

  @Test func balancingEvensTheCounts() throws {
    let data = try toyDataset([2, 7, 0, 3])
    let more = try data.balanced(.repeating, seed: 1)
    #expect(more.counts == [7, 7, 0, 7])
    #expect(Set(names(more)).count == 12)
    let fewer = try data.balanced(.dropping, seed: 1)
    #expect(fewer.counts == [2, 2, 0, 2])
    #expect(names(fewer) == names(try data.balanced(.dropping, seed: 1)))
    #expect(try toyDataset([0]).balanced(.repeating, seed: 1).count == 0)
  }

  /// Epochs would decode again and again, or fill the memory.
  @Test func imagesAreKeptWithinTheLimit() throws {
    let data = try toyDataset([4, 4]).resized(to: try ImageFrame(side: 8))
    let bytes = 8 * 8 * 3 * 4
    let some = data.cached(limit: bytes * 3 + 1)
    for round in 0..<2 {
      for i in 0..<8 {
        let image = try some.sample(at: i).image
        #expect(image.values == (try data.cached(limit: 0).sample(at: i)).image.values)
      }
      #expect(some.cached == (3, bytes * 3), "\(round)")
    }
    #expect(data.cached(limit: 0).cached == (0, 0))
    // Parts share what was decoded.
    let parts = try some.split([0.5], seed: 1)
    #expect(parts[0].cached.count == 3)
  }

  @Test func previewsAreSpreadOverClasses() throws {
    let data = try toyDataset([20, 1, 20])
    let picks = try data.preview(rows: 2, columns: 4)
    #expect(picks.count == 8)
    #expect(picks.prefix(3).map(\.caption) == ["class0", "class1", "class2"])
    #expect(picks.filter { $0.caption == "class0" }.count == 4)
    #expect(Set(picks.map(\.position)).count == 8)
    #expect(try data.preview(rows: 100, columns: Int.max).count == 41)
    #expect(try data.preview(rows: 0, columns: 4).isEmpty)
    #expect(try toyDataset([0, 0]).preview(rows: 2, columns: 2).isEmpty)
  }

  @Test func statistics() throws {
    let images = try [0.2, 0.4, 0.9].map { try Tensor(shape: [2, 3, 3], repeating: $0) }
    let data = Dataset(
      try MemorySource(images: images, labels: [0, 0, 2], classes: ["a", "b", "c"]), name: "s")
    let means = try data.meanImages()
    #expect(means[1] == nil)
    #expect(means[0]?.values.allSatisfy { abs($0 - 0.3) < 1e-6 } == true)
    #expect(means[2]?.values == images[2].values)
    // The dataset's own image must not have been changed in place.
    #expect(try data.sample(at: 0).image[flat: 0] == 0.2)
    let statistics = try data.channelStatistics()
    #expect(statistics.mean.allSatisfy { abs($0 - 0.5) < 1e-6 })
    #expect(abs(statistics.deviation[0] - 0.29439) < 1e-4)
    #expect(reason { try toyDataset([0]).channelStatistics() } == .noSamples)
  }
}
