import Imagery
import Networks
import Tensors

/// What a layer's channels answer to all images of a dataset: which never answer, and which images
/// each answers to most.
package struct ActivationSurvey: Sendable {
  /// One image's strongest answer of a channel.
  package struct Answer: Sendable, Equatable {
    package let value: Float
    /// Where in the dataset the image is.
    package let position: Int
    /// Where in the map it is; 0 and 0 for a layer that gives a vector.
    package let row: Int
    package let column: Int
  }

  package let layer: String
  /// Without the count.
  package let shape: [Int]
  package let images: Int
  /// Over all images and places, for each channel.
  package let means: [Double]
  /// For each channel, the strongest answers, one an image.
  package let strongest: [[Answer]]
  /// Damaged images, left out.
  package let problems: [ImageryError]

  package var channels: Int { means.count }

  /// Channels that are 0 everywhere, for every image.
  package let dead: [Int]

  /// The channel that answers most strongly, beside its mean.
  package var liveliest: Int {
    strongest.indices.max { contrast($0) < contrast($1) } ?? 0
  }

  private func contrast(_ channel: Int) -> Double {
    Double(strongest[channel].first?.value ?? 0) - means[channel]
  }

  /// - Parameters:
  ///   - count: images to keep for each channel.
  ///   - shouldStop: asked after each batch; if so, the result is nil.
  /// - Throws: `TrainingError.noImages`, `.imageShape`, and what the loader throws.
  package static func of(
    _ layer: NetworkLayer, in network: Network, over dataset: Dataset, count: Int, batch: Int = 16,
    progress: (_ done: Int, _ count: Int) -> Void = { _, _ in }, shouldStop: () -> Bool = { false }
  ) throws -> ActivationSurvey? {
    guard dataset.count > 0 else { throw TrainingError.noImages(dataset: dataset.name) }
    let node = network.nodes[layer.applications[0]]
    let inference = Inference(network, outputs: [node])
    let channels = node.shape.last ?? 1
    let places = node.shape.reduce(1, *) / channels
    let width = node.shape.count == 3 ? node.shape[1] : 1
    var sums = [Double](repeating: 0, count: channels)
    var isAlive = [Bool](repeating: false, count: channels)
    var strongest = [[Answer]](repeating: [], count: channels)
    var done = 0
    let loader = try Loader(dataset, batch: batch)
    defer { loader.stop() }
    while let images = try loader.next() {
      let values = try inference.run(images.images).outputValues()
      for (number, position) in images.indices.enumerated() {
        var best = [Float](repeating: -.infinity, count: channels)
        var at = [Int](repeating: 0, count: channels)
        for place in 0..<places {
          let row = (number * places + place) * channels
          for channel in 0..<channels {
            let value = values[row + channel]
            sums[channel] += Double(value)
            if value != 0 { isAlive[channel] = true }
            if value > best[channel] { (best[channel], at[channel]) = (value, place) }
          }
        }
        for channel in 0..<channels {
          let answer = Answer(
            value: best[channel], position: position, row: at[channel] / width,
            column: at[channel] % width)
          strongest[channel].insert(answer, keeping: count)
        }
      }
      done += images.count
      progress(done, dataset.count)
      if shouldStop() { return nil }
    }
    guard done > 0 else { throw TrainingError.noImages(dataset: dataset.name) }
    return ActivationSurvey(
      layer: layer.name, shape: node.shape, images: done,
      means: sums.map { $0 / Double(done * places) }, strongest: strongest,
      problems: loader.problems, dead: isAlive.indices.filter { !isAlive[$0] })
  }
}

extension [ActivationSurvey.Answer] {
  /// In falling order; of equal ones the earlier stays first.
  fileprivate mutating func insert(_ answer: ActivationSurvey.Answer, keeping limit: Int) {
    if count == limit, let last, last.value >= answer.value { return }
    let place = firstIndex { $0.value < answer.value } ?? count
    insert(answer, at: place)
    if count > limit { removeLast() }
  }
}
