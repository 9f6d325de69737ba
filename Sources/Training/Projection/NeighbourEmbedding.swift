import Kernels
import Tensors

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// Points in a plane such that near ones are near (t-SNE): the chance pᵢⱼ that i would pick j as a
/// neighbour, from normal distributions around the vectors, and qᵢⱼ, from Student distributions
/// around the points, are brought together by following the slope of Σ p log(p/q) down. Distances
/// between groups and their sizes mean little. van der Maaten & Hinton, "Visualizing Data using
/// t-SNE", JMLR 2008; begun from the principal components (Kobak & Berens, Nature Communications
/// 2019), with Belkina et al.'s rate (2019). Exact: the work grows with N².
package struct NeighbourEmbedding: Sendable {
  package struct Settings: Equatable, Sendable {
    /// About how many neighbours each point has, from 1; at most a third of the points are used.
    package var perplexity = 30.0
    package var rounds = 1_000
    /// p is made so many times larger in the first rounds, so that groups come together early.
    package var exaggeration: Float = 12
    package var exaggeratedRounds = 250
    package init() {}
  }

  /// `[N, 2]`.
  package let points: Tensor
  /// Σ p log(p/q) at the beginning, after the exaggerated rounds, and at the end.
  package let divergences: [Double]

  /// The most vectors: 100 MB of p, some 20 seconds.
  package static let largestCount = 5_000

  /// - Parameters:
  ///   - vectors: `[N, D]`, all finite, N 4…`largestCount`.
  ///   - progress: rounds done, of all.
  ///   - shouldStop: asked after each round; if so, the result is nil.
  /// - Throws: `TrainingError.notVectors`, `.notFinite`, `.tooFewVectors`, `.tooManyVectors`,
  ///   `.invalidSetting`, `TensorError.tooLarge`.
  package static func fit(
    _ vectors: Tensor, _ settings: Settings = Settings(),
    progress: (_ done: Int, _ count: Int) -> Void = { _, _ in },
    shouldStop: () -> Bool = { false }
  ) throws -> NeighbourEmbedding? {
    try NearestNeighbours.check(vectors)
    let count = vectors.shape[0]
    guard count >= 4 else { throw TrainingError.tooFewVectors(given: count, needed: 4) }
    guard count <= largestCount else {
      throw TrainingError.tooManyVectors(given: count, limit: largestCount)
    }
    guard settings.perplexity >= 1, settings.perplexity.isFinite else {
      throw TrainingError.invalidSetting(
        name: "perplexity", given: settings.perplexity, expected: "a number from 1")
    }
    guard settings.rounds >= 1, settings.rounds <= 100_000 else {
      throw TrainingError.invalidSetting(
        name: "rounds", given: Double(settings.rounds),
        expected: "a whole number from 1 to 100000")
    }
    let perplexity = min(settings.perplexity, Double(count - 1) / 3)
    var state = try State(
      affinities: try affinities(vectors, perplexity: perplexity),
      start: try start(vectors))
    var divergences = [state.divergence()]
    // The later rounds need some left over.
    let exaggerated = min(settings.exaggeratedRounds, settings.rounds / 2)
    let rate = max(Float(count) / max(settings.exaggeration, 1), 50)
    for round in 0..<settings.rounds {
      let isEarly = round < exaggerated
      state.step(
        exaggeration: isEarly ? settings.exaggeration : 1, momentum: isEarly ? 0.5 : 0.8,
        rate: rate)
      if round + 1 == exaggerated { divergences.append(state.divergence()) }
      progress(round + 1, settings.rounds)
      if shouldStop() { return nil }
    }
    divergences.append(state.divergence())
    return NeighbourEmbedding(points: try state.points(), divergences: divergences)
  }

  /// The first two principal components, shrunk to a deviation of 10⁻⁴ along the first.
  private static func start(_ vectors: Tensor) throws -> [[Float]] {
    let count = vectors.shape[0]
    var (x, y) = ([Float](repeating: 0, count: count), [Float](repeating: 0, count: count))
    let analysis = try PrincipalComponents(vectors, count: 2)
    let places = try analysis.project(vectors)
    let kept = places.shape[1]
    let deviation = Float((analysis.variances.first ?? 0).squareRoot())
    let scale = deviation > 0 ? 1e-4 / deviation : 0
    // Equal vectors would stay in one place for ever: a little noise parts them.
    var noise = RandomStream(seed: 0, name: "t-SNE start")
    for row in 0..<count {
      x[row] = places[flat: row * kept] * scale + noise.normal() * 1e-6
      y[row] = (kept > 1 ? places[flat: row * kept + 1] * scale : 0) + noise.normal() * 1e-6
    }
    return [x, y]
  }

  /// pᵢⱼ = (pⱼ|ᵢ + pᵢ|ⱼ) / 2N `[N, N]`, each pⱼ|ᵢ from a normal distribution as wide as gives the
  /// perplexity.
  static func affinities(_ vectors: Tensor, perplexity: Double) throws -> Tensor {
    let count = vectors.shape[0]
    var conditional = try Tensor(shape: [count, count])
    let chunk = min(count, 256)
    var table = try DistanceTable(vectors, rows: chunk)
    let entropy = log(perplexity)
    conditional.withUnsafeMutablePointer { p in
      for first in stride(from: 0, to: count, by: chunk) {
        let rows = first..<min(first + chunk, count)
        table.write(vectors, rows: rows, to: p + first * count)
        Parallel.run(count: rows.count, grain: 4) { part in
          for row in part {
            spread(p + (first + row) * count, count: count, own: first + row, entropy: entropy)
          }
        }
      }
    }
    return try Tensor(uninitialized: [count, count]) { to in
      conditional.withUnsafePointer { p in
        Parallel.run(count: count, grain: 32) { rows in
          for i in rows {
            for j in 0..<count {
              to[i * count + j] = (p[i * count + j] + p[j * count + i]) / Float(2 * count)
            }
          }
        }
      }
    }
  }

  /// Turns a row of squared distances into chances of this entropy, by halving the precision's
  /// interval.
  private static func spread(
    _ line: UnsafeMutablePointer<Float>, count: Int, own: Int, entropy: Double
  ) {
    line[own] = .infinity
    // Relative to the nearest: far from everything the exponentials would all be 0.
    var nearest = Float.infinity
    for j in 0..<count { nearest = min(nearest, line[j]) }
    guard nearest < .infinity else {
      for j in 0..<count { line[j] = j == own ? 0 : 1 / Float(count - 1) }
      return
    }
    let distances = (0..<count).map { Double(max(line[$0] - nearest, 0)) }
    let spread = distances.filter(\.isFinite).reduce(0, +) / Double(max(count - 1, 1))
    var (low, high) = (0.0, Double.infinity)
    var precision = spread > 0 ? 1 / spread : 1
    var sum = 1.0
    for _ in 0..<64 {
      var weighted = 0.0
      sum = 0
      for j in 0..<count where j != own {
        let weight = exp(-precision * distances[j])
        sum += weight
        if weight > 0 { weighted += weight * distances[j] }
      }
      let found = log(sum) + precision * weighted / sum
      if (found - entropy).magnitude < 1e-5 { break }
      if found > entropy { low = precision } else { high = precision }
      precision = high < .infinity ? (low + high) / 2 : precision * 2
      // Many equal nearest ones have more entropy than is asked for at any precision.
      guard precision < 1e30, precision > 1e-30 else { break }
    }
    for j in 0..<count {
      line[j] = j == own ? 0 : Float(exp(-precision * distances[j]) / sum)
    }
  }
}

/// Points on their way. Arrays are padded to whole groups of eight, with p = 0 in the padding.
private struct State {
  let count: Int
  /// Rounded up to eights.
  let width: Int
  /// p, `[N, width]`.
  let affinities: Tensor
  /// Σ p log p.
  let entropy: Double
  var x: [Float]
  var y: [Float]
  var speeds: [Float]
  var gains: [Float]

  init(affinities: Tensor, start: [[Float]]) throws {
    let count = affinities.shape[0]
    let width = (count + 7) / 8 * 8
    self.count = count
    self.width = width
    self.affinities = try Tensor(uninitialized: [count, width]) { to in
      affinities.withUnsafePointer { from in
        for row in 0..<count {
          (to + row * width).update(from: from + row * count, count: count)
          (to + row * width + count).update(repeating: 0, count: width - count)
        }
      }
    }
    var sum = 0.0
    affinities.withUnsafePointer { p in
      for i in 0..<affinities.count where p[i] > 0 { sum += Double(p[i]) * log(Double(p[i])) }
    }
    entropy = sum
    // Padding far away has no weight: 1 / (1 + d²) is 0 there.
    x = start[0] + [Float](repeating: 1e18, count: width - count)
    y = start[1] + [Float](repeating: 1e18, count: width - count)
    speeds = [Float](repeating: 0, count: 2 * count)
    gains = [Float](repeating: 1, count: 2 * count)
  }

  /// With w = 1 / (1 + |yᵢ − yⱼ|²), q = w / Σ w and d = yᵢ − yⱼ the slope is
  /// 4 Σⱼ (p − q) w d = 4 (Σⱼ p w d − Σⱼ w² d / Σ w).
  mutating func step(exaggeration: Float, momentum: Float, rate: Float) {
    let forces = sums()
    let total = forces.reduce(0.0) { $0 + Double($1.weight) }
    let scale = total > 0 ? Float(1 / total) : 0
    var (meanX, meanY) = (0.0, 0.0)
    for row in 0..<count {
      let force = forces[row]
      let slope = 4 * (exaggeration * force.pull - scale * force.push)
      for axis in 0..<2 {
        let place = 2 * row + axis
        // Delta-bar-delta (Jacobs, 1988): faster while the direction stays, slower when it turns.
        let isSame = (slope[axis] > 0) == (speeds[place] > 0)
        gains[place] = max(isSame ? gains[place] * 0.8 : gains[place] + 0.2, 0.01)
        speeds[place] = momentum * speeds[place] - rate * gains[place] * slope[axis]
      }
      x[row] += speeds[2 * row]
      y[row] += speeds[2 * row + 1]
      meanX += Double(x[row])
      meanY += Double(y[row])
    }
    let (shiftX, shiftY) = (Float(meanX / Double(count)), Float(meanY / Double(count)))
    for row in 0..<count {
      x[row] -= shiftX
      y[row] -= shiftY
    }
  }

  private struct Force {
    /// Σ p w d and Σ w² d.
    var pull = SIMD2<Float>()
    var push = SIMD2<Float>()
    /// Σ w without itself.
    var weight: Float = 0
  }

  private func sums() -> [Force] {
    var forces = [Force](repeating: Force(), count: count)
    forces.withUnsafeMutableBufferPointer { forces in
      nonisolated(unsafe) let forces = forces
      x.withUnsafeBufferPointer { x in
        y.withUnsafeBufferPointer { y in
          affinities.withUnsafePointer { p in
            guard let x = x.baseAddress, let y = y.baseAddress else { return }
            let (x8, y8) = (UnsafeRawPointer(x), UnsafeRawPointer(y))
            Parallel.run(count: count, grain: 16) { rows in
              for row in rows {
                let line = UnsafeRawPointer(p + row * width)
                let (ownX, ownY) = (x[row], y[row])
                var (pullX, pullY) = (SIMD8<Float>(), SIMD8<Float>())
                var (pushX, pushY) = (SIMD8<Float>(), SIMD8<Float>())
                var weights = SIMD8<Float>()
                for byte in stride(from: 0, to: 4 * width, by: 32) {
                  let dx = ownX - x8.loadUnaligned(fromByteOffset: byte, as: SIMD8<Float>.self)
                  let dy = ownY - y8.loadUnaligned(fromByteOffset: byte, as: SIMD8<Float>.self)
                  let w = 1 / (1 + (dx * dx + dy * dy))
                  let pw = line.loadUnaligned(fromByteOffset: byte, as: SIMD8<Float>.self) * w
                  let ww = w * w
                  weights += w
                  pullX += pw * dx
                  pullY += pw * dy
                  pushX += ww * dx
                  pushY += ww * dy
                }
                forces[row] = Force(
                  pull: [pullX.sum(), pullY.sum()], push: [pushX.sum(), pushY.sum()],
                  weight: weights.sum() - 1)
              }
            }
          }
        }
      }
    }
    return forces
  }

  /// Σ p log(p/q) = Σ p log p − Σ p log w + log Σ w, as Σ p is 1.
  func divergence() -> Double {
    let total = sums().reduce(0.0) { $0 + Double($1.weight) }
    guard total > 0 else { return .infinity }
    let rows = (count + 15) / 16
    var parts = [Double](repeating: 0, count: rows)
    parts.withUnsafeMutableBufferPointer { parts in
      nonisolated(unsafe) let parts = parts
      affinities.withUnsafePointer { p in
        Parallel.run(count: count, grain: 16) { part in
          var sum = 0.0
          for i in part {
            for j in 0..<count where p[i * width + j] > 0 {
              let (dx, dy) = (Double(x[i] - x[j]), Double(y[i] - y[j]))
              sum += Double(p[i * width + j]) * log1p(dx * dx + dy * dy)
            }
          }
          parts[part.lowerBound / 16] = sum
        }
      }
    }
    return entropy + parts.reduce(0, +) + log(total)
  }

  func points() throws -> Tensor {
    try Tensor(shape: [count, 2], values: (0..<count).flatMap { [x[$0], y[$0]] })
  }
}
