import Tensors

/// One-shot recognition: told apart from a single example. In each episode so many classes are
/// drawn, one image of each is shown with its name (the support), and one other image of each is to
/// be named by its nearest support. Lake, Salakhutdinov & Tenenbaum, "Human-level concept learning",
/// Science 2015; Vinyals et al., "Matching Networks for One Shot Learning", NIPS 2016.
package enum FewShot {
  package struct Result: Equatable, Sendable {
    package let ways: Int
    package let episodes: Int
    /// The mean over episodes of the part named rightly.
    package let accuracy: Double
    /// Half of the interval around it that has the true mean in 95 of 100 cases.
    package let margin: Double
  }

  /// - Parameters:
  ///   - ways: classes of an episode, from 2.
  ///   - seed: of what is drawn.
  /// - Throws: `TrainingError.invalidSetting`, `.tooFewClasses` where fewer classes than `ways` have
  ///   two images.
  package static func oneShot(
    _ embeddings: Embeddings, ways: Int = 20, episodes: Int = 1_000, seed: UInt64 = 0
  ) throws -> Result {
    guard ways >= 2 else {
      throw TrainingError.invalidSetting(
        name: "ways", given: Double(ways), expected: "a whole number from 2")
    }
    guard episodes >= 1, episodes <= 1_000_000 else {
      throw TrainingError.invalidSetting(
        name: "episodes", given: Double(episodes), expected: "a whole number from 1 to 1000000")
    }
    var groups = [[Int]](repeating: [], count: embeddings.classes.count)
    for (row, label) in embeddings.labels.enumerated() { groups[label].append(row) }
    groups.removeAll { $0.count < 2 }
    guard groups.count >= ways else {
      throw TrainingError.tooFewClasses(given: groups.count, needed: ways)
    }
    let dimension = embeddings.dimension
    var (sum, squares) = (0.0, 0.0)
    for episode in 0..<episodes {
      var stream = RandomStream(seed: seed, name: "one-shot episode \(episode)")
      var classes = Array(groups.indices)
      for place in 0..<ways {
        classes.swapAt(place, place + stream.integer(below: classes.count - place))
      }
      var (support, queries) = ([Int](), [Int]())
      for group in classes.prefix(ways).map({ groups[$0] }) {
        let first = stream.integer(below: group.count)
        let second = stream.integer(below: group.count - 1)
        support.append(group[first])
        queries.append(group[second < first ? second : second + 1])
      }
      let right = embeddings.vectors.withUnsafePointer { base in
        queries.indices.count { place in
          let query = base + queries[place] * dimension
          let own = squaredDistance(query, base + support[place] * dimension, count: dimension)
          // A tie is no recognition.
          return support.indices.allSatisfy { other in
            other == place
              || squaredDistance(query, base + support[other] * dimension, count: dimension) > own
          }
        }
      }
      let accuracy = Double(right) / Double(ways)
      sum += accuracy
      squares += accuracy * accuracy
    }
    let mean = sum / Double(episodes)
    let variance = max(squares / Double(episodes) - mean * mean, 0)
    return Result(
      ways: ways, episodes: episodes, accuracy: mean,
      margin: 1.96 * (variance / Double(episodes)).squareRoot())
  }
}
