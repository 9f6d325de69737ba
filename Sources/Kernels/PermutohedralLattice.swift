import CKernels

/// Filters values at points of a space of d dimensions with a Gaussian of standard deviation 1,
/// in time that grows with the points and not with their square. Adams, Baek and Davis, "Fast
/// High-Dimensional Filtering Using the Permutohedral Lattice", 2010.
///
/// The filter is the usual approximation: for each point Σ over points q of about
/// exp(−|p − q|² / 2) · value(q), the point itself included.
package final class PermutohedralLattice {
  package static let mostDimensions = Int(CONCH_LATTICE_DIMENSIONS)
  /// Features beyond ± this are held there, and what is not a number is 0.
  package static let largestFeature: Float = 1e6

  package let points: Int
  package let dimensions: Int
  /// How many corners of simplices are in use.
  package private(set) var corners = 0

  /// Of each point, its d + 1 corners and their weights.
  private var cornersOfPoints: [Int32]
  private var weights: [Float]
  /// Of each corner, where its shares begin, and one place more for the end.
  private var starts: [Int32] = []
  private var shares: [conch_lattice_share] = []
  /// Of each direction, two for each corner.
  private var neighbours: [[Int32]] = []

  /// Places points in the lattice.
  /// - Parameters:
  ///   - features: `[points, dimensions]`, in standard deviations.
  ///   - memoryLimit: bytes that the lattice may take.
  /// - Returns: nil if it would take more.
  package init?(
    points: Int, dimensions: Int, features: UnsafePointer<Float>, memoryLimit: Int
  ) {
    precondition(
      points >= 0 && (1...PermutohedralLattice.mostDimensions).contains(dimensions),
      "points of 1 to \(PermutohedralLattice.mostDimensions) dimensions")
    self.points = points
    self.dimensions = dimensions
    let each = dimensions + 1
    // Corners, weights and shares of each point.
    let (entries, overflow) = points.multipliedReportingOverflow(by: each)
    guard !overflow, entries < Int(Int32.max) / 2, entries <= memoryLimit / 16 else { return nil }
    cornersOfPoints = [Int32](repeating: 0, count: entries)
    weights = [Float](repeating: 0, count: entries)
    guard insert(features, memoryLimit: memoryLimit - 16 * entries) else { return nil }
    listShares()
  }

  /// Fills the hash table; it grows by doubling, and is let go at the end.
  private func insert(_ features: UnsafePointer<Float>, memoryLimit: Int) -> Bool {
    let each = dimensions + 1
    /// Keys, two to four slots, two neighbours in each direction, and the start of the shares.
    let bytesOfCorner = 4 * (dimensions + 4 + 2 * each + 1)
    var capacity = min(max(1024, points), max(each, points * each))
    var lattice = conch_lattice()
    lattice.dimensions = dimensions
    var keys: [Int32] = []
    var table: [Int32] = []
    var done = 0
    while true {
      guard capacity <= memoryLimit / bytesOfCorner else { return false }
      var slots = 1
      while slots < 2 * capacity { slots *= 2 }
      keys += [Int32](repeating: 0, count: capacity * dimensions - keys.count)
      table = [Int32](repeating: -1, count: slots)
      let isDone = keys.withUnsafeMutableBufferPointer { keys in
        table.withUnsafeMutableBufferPointer { table in
          lattice.keys = keys.baseAddress
          lattice.table = table.baseAddress
          lattice.capacity = capacity
          lattice.mask = UInt32(slots - 1)
          conch_lattice_rehash(&lattice)
          done = conch_lattice_insert(
            &lattice, done, points, features, &cornersOfPoints, &weights)
          guard done == points else { return false }
          corners = lattice.count
          linkNeighbours(lattice)
          return true
        }
      }
      if isDone { return true }
      capacity *= 2
    }
  }

  private func linkNeighbours(_ lattice: conch_lattice) {
    neighbours = (0...dimensions).map { direction in
      var list = [Int32](repeating: 0, count: 2 * corners)
      list.withUnsafeMutableBufferPointer { list in
        guard let list = list.baseAddress else { return }
        withUnsafePointer(to: lattice) { lattice in
          Parallel.run(count: corners, grain: 1 << 13) { range in
            conch_lattice_neighbours(lattice, direction, range.lowerBound, range.upperBound, list)
          }
        }
      }
      return list
    }
  }

  /// Sorts the corners of points by corner, so that every corner can gather its own sum: threads
  /// then need no locks, and the order of every sum is that of the points.
  private func listShares() {
    let each = dimensions + 1
    starts = [Int32](repeating: 0, count: corners + 1)
    for corner in cornersOfPoints { starts[Int(corner) + 1] += 1 }
    for corner in 0..<corners { starts[corner + 1] += starts[corner] }
    var next = starts
    shares = [conch_lattice_share](
      repeating: conch_lattice_share(), count: cornersOfPoints.count)
    for index in cornersOfPoints.indices {
      let corner = Int(cornersOfPoints[index])
      shares[Int(next[corner])] = conch_lattice_share(
        point: Int32(truncatingIfNeeded: index / each), weight: weights[index])
      next[corner] += 1
    }
  }

  /// Multiplies what each point gives, in every later call of `filter`.
  package func scaleInput(by factors: UnsafePointer<Float>) {
    for index in shares.indices { shares[index].weight *= factors[Int(shares[index].point)] }
  }

  /// Floats that `filter` needs twice: values of all corners.
  package func scratchCount(columns: Int) -> Int { (corners + 1) * columns }

  /// output += factor · scale[point] · filtered input.
  ///
  /// - Parameters:
  ///   - columns: values of each point, a multiple of 4.
  ///   - input: `[points, columns]`
  ///   - scale: `[points]`, or nil for 1
  ///   - output: `[points, columns]`
  ///   - scratch: 2 · `scratchCount` floats
  package func filter(
    columns: Int, input: UnsafePointer<Float>, scale: UnsafePointer<Float>?, factor: Float,
    output: UnsafeMutablePointer<Float>, scratch: UnsafeMutablePointer<Float>
  ) {
    precondition(columns > 0 && columns % 4 == 0, "values come in groups of four")
    guard points > 0 else { return }
    let quads = columns / 4
    let corners = self.corners
    var (from, to) = (scratch, scratch + scratchCount(columns: columns))
    // Stands for neighbours that are not there.
    for column in 0..<columns {
      from[corners * columns + column] = 0
      to[corners * columns + column] = 0
    }
    let grain = max(1, (1 << 14) / columns)
    starts.withUnsafeBufferPointer { starts in
      shares.withUnsafeBufferPointer { shares in
        let (starts, shares, to) = (starts.baseAddress, shares.baseAddress, from)
        Parallel.run(count: corners, grain: grain) { range in
          conch_lattice_splat(
            quads, range.lowerBound, range.upperBound, starts, shares, input, to)
        }
      }
    }
    for direction in neighbours {
      direction.withUnsafeBufferPointer { direction in
        let (direction, source, target) = (direction.baseAddress, from, to)
        Parallel.run(count: corners, grain: grain) { range in
          conch_lattice_blur(
            quads, range.lowerBound, range.upperBound, direction, source, target)
        }
      }
      swap(&from, &to)
    }
    // The blur makes every sum 1 + 2^−d times too large.
    let alpha = 1 / (1 + Float(sign: .plus, exponent: -dimensions, significand: 1))
    cornersOfPoints.withUnsafeBufferPointer { numbers in
      weights.withUnsafeBufferPointer { weights in
        let (numbers, weights, values) = (numbers.baseAddress, weights.baseAddress, from)
        Parallel.run(count: points, grain: grain) { range in
          conch_lattice_slice(
            quads, dimensions, range.lowerBound, range.upperBound, numbers, weights, scale,
            factor * alpha, values, output)
        }
      }
    }
  }
}
