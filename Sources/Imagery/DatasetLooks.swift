import Tensors

extension Dataset {
  /// One picture of a sample grid.
  package struct Pick: Sendable {
    package let sample: Sample
    package var image: Tensor { sample.image }
    /// The class name; where images have none, what the source calls it.
    package let caption: String
    package let position: Int
  }

  /// Pictures for a grid, spread evenly over the classes and over each class's samples; the class
  /// changes from one picture to the next. Damaged images are passed over.
  /// - Parameter checkpoint: called before each picture; what it throws ends the work.
  /// - Returns: at most rows × columns picks.
  /// - Throws: what is wrong, where that is not one image.
  package func preview(
    rows: Int, columns: Int, epoch: Int = 0, checkpoint: () throws -> Void = {}
  ) throws -> [Pick] {
    let (wanted, overflow) = max(rows, 0).multipliedReportingOverflow(by: max(columns, 0))
    let limit = overflow ? count : min(wanted, count)
    let byClass = groups.filter { !$0.isEmpty }
    // How many of each class: one more round while there is room.
    var quota = [Int](repeating: 0, count: byClass.count)
    var given = 0
    while given < limit {
      for i in byClass.indices where given < limit && quota[i] < byClass[i].count {
        quota[i] += 1
        given += 1
      }
    }
    var picks: [Pick] = []
    for round in 0..<(quota.max() ?? 0) {
      for (i, positions) in byClass.enumerated() where round < quota[i] {
        let position = positions[round * positions.count / quota[i]]
        try checkpoint()
        do {
          let sample = try sample(at: position, epoch: epoch)
          picks.append(
            Pick(sample: sample, caption: sample.labelName ?? sample.name, position: position))
        } catch let error as ImageryError where error.isAboutOneFile {
          continue
        }
      }
    }
    return picks
  }

  /// Mean and standard deviation of each channel over all pixels.
  package struct ChannelStatistics: Equatable, Sendable {
    /// Three values, 0…1: red, green, blue.
    package let mean: [Float]
    package let deviation: [Float]
  }

  /// Statistics of at most `limit` images, spread evenly over the dataset, as they are before
  /// augmentation. Damaged images are passed over.
  /// - Throws: `ImageryError.noSamples`
  package func channelStatistics(limit: Int = 1_000) throws -> ChannelStatistics {
    var sums = [Double](repeating: 0, count: 3)
    var squares = [Double](repeating: 0, count: 3)
    var pixels = 0
    try forEachPlain(limit: limit) { image, _ in
      pixels += image.count / 3
      image.withUnsafePointer { values in
        for c in 0..<3 {
          var (sum, square) = (0.0, 0.0)
          for p in 0..<(image.count / 3) {
            let value = Double(values[p * 3 + c])
            sum += value
            square += value * value
          }
          sums[c] += sum
          squares[c] += square
        }
      }
    }
    guard pixels > 0 else { throw ImageryError(.noSamples, name, given: "no image was readable") }
    let means = sums.map { $0 / Double(pixels) }
    return ChannelStatistics(
      mean: means.map { Float($0) },
      deviation: (0..<3).map {
        Float(max(squares[$0] / Double(pixels) - means[$0] * means[$0], 0).squareRoot())
      })
  }

  /// The mean image of each class, as images are before augmentation; nil for a class without.
  /// - Parameter progress: called after each image with how many are done and how many there are;
  ///   what it throws ends the work.
  /// - Returns: one [H, W, C] for each class.
  /// - Throws: `ImageryError.differentSizes`, `.invalidArgument` where images have no class.
  package func meanImages(
    limit: Int = 4_000, progress: (Int, Int) throws -> Void = { _, _ in }
  ) throws -> [Tensor?] {
    try requireLabels(for: "mean_images")
    var sums = [Tensor?](repeating: nil, count: classes.count)
    var counts = [Int](repeating: 0, count: classes.count)
    var size: [Int]?
    try forEachPlain(limit: limit) { image, label in
      let expected = size ?? image.shape
      size = expected
      guard image.shape == expected else {
        throw ImageryError(
          .differentSizes, name,
          given: "\(expected[0])×\(expected[1]) and \(image.shape[0])×\(image.shape[1]) pixels",
          expected: "one size")
      }
      var sum = try sums[label] ?? Tensor(shape: expected)
      // Let go of the array's reference, so that the sum is changed in place.
      sums[label] = nil
      image.withUnsafePointer { from in
        sum.withUnsafeMutablePointer { to in for i in 0..<image.count { to[i] += from[i] } }
      }
      sums[label] = sum
      counts[label] += 1
      try progress(counts.reduce(0, +), min(max(limit, 0), count))
    }
    for label in classes.indices {
      guard var sum = sums[label] else { continue }
      sums[label] = nil
      let (number, total) = (Float(counts[label]), sum.count)
      sum.withUnsafeMutablePointer { to in for i in 0..<total { to[i] /= number } }
      sums[label] = sum
    }
    return sums
  }

  /// Calls `body` with readable images in order, decoded on several threads.
  private func forEachPlain(limit: Int, _ body: (Tensor, Int) throws -> Void) throws {
    let number = min(max(limit, 0), count)
    let positions = (0..<number).map { $0 * count / number }
    let plain = Dataset(
      name: name, classes: classes, frame: frame, augmentation: nil, augmentationSeed: 0,
      problems: [], origins: origins, classMaps: classMaps, entries: entries)
    let loader = try Loader(plain, order: positions, batch: 1, ahead: 16)
    while let batch = try loader.next() {
      let image = try batch.images.reshaped(Array(batch.images.shape.dropFirst()))
      try body(image, batch.labels.first ?? 0)
    }
  }
}
