import Kernels
import Tensors

/// The directions in which vectors differ most (principal component analysis): the eigenvectors of
/// their covariance, with the variance along each. Pearson, "On lines and planes of closest fit to
/// systems of points in space", 1901.
package struct PrincipalComponents: Sendable {
  /// `[D]`: taken off before anything else.
  package let mean: [Float]
  /// `[components, D]`: unit vectors, the one with most variance first. Of each the number of
  /// largest magnitude is above 0.
  package let components: Tensor
  /// Along each component, with N − 1 as divisor.
  package let variances: [Double]
  /// Of all dimensions together.
  package let totalVariance: Double

  /// The part of all variance along each component; 0 where there is none at all.
  package var explained: [Double] {
    variances.map { totalVariance > 0 ? $0 / totalVariance : 0 }
  }

  /// The largest matrix whose eigenvectors are looked for: seconds of work.
  package static let largestMatrix = 2_048

  /// - Parameters:
  ///   - vectors: `[N, D]`, all finite, N from 2.
  ///   - count: components wanted, from 1; fewer come where N − 1 or D is smaller.
  /// - Throws: `TrainingError.notVectors`, `.notFinite`, `.tooFewVectors`, `.invalidSetting`,
  ///   `.tooManyDimensions` where N and D are both above `largestMatrix`, `TensorError.tooLarge`.
  package init(_ vectors: Tensor, count wanted: Int = 2) throws {
    try NearestNeighbours.check(vectors)
    let (count, dimension) = (vectors.shape[0], vectors.shape[1])
    guard count >= 2 else { throw TrainingError.tooFewVectors(given: count, needed: 2) }
    guard wanted >= 1 else {
      throw TrainingError.invalidSetting(
        name: "count", given: Double(wanted), expected: "a whole number from 1")
    }
    // The smaller of X Xᵀ and Xᵀ X has the same eigenvalues above 0 (Turk & Pentland, 1991).
    let isDual = count < dimension
    let size = isDual ? count : dimension
    guard size <= PrincipalComponents.largestMatrix else {
      throw TrainingError.tooManyDimensions(
        given: dimension, limit: PrincipalComponents.largestMatrix)
    }
    let mean = PrincipalComponents.mean(vectors)
    let centred = try Tensor(uninitialized: vectors.shape) { to in
      vectors.withUnsafePointer { from in
        for row in 0..<count {
          for i in 0..<dimension {
            to[row * dimension + i] = Float(Double(from[row * dimension + i]) - mean[i])
          }
        }
      }
    }
    let matrix = try PrincipalComponents.products(centred, isDual: isDual)
    let divisor = Double(count - 1)
    guard let eigen = SymmetricEigen(matrix.map { $0 / divisor }, size: size) else {
      throw TrainingError.notFinite(row: 0)
    }
    let kept = min(wanted, dimension, count - 1)
    variances = eigen.values.prefix(kept).map { max($0, 0) }
    totalVariance = (0..<size).reduce(0.0) { $0 + matrix[$1 * size + $1] / divisor }
    self.mean = mean.map { Float($0) }
    components = try Tensor(uninitialized: [kept, dimension]) { to in
      for place in 0..<kept {
        let vector = eigen.vectors[place]
        // What rounding leaves of a variance of 0 has no direction.
        let hasVariance = eigen.values[place] > 1e-7 * eigen.values[0]
        let line =
          isDual
          ? PrincipalComponents.direction(centred, weights: hasVariance ? vector : []) : vector
        for i in 0..<dimension { to[place * dimension + i] = Float(line[i]) }
      }
    }
  }

  private static func mean(_ vectors: Tensor) -> [Double] {
    let (count, dimension) = (vectors.shape[0], vectors.shape[1])
    var sums = [Double](repeating: 0, count: dimension)
    vectors.withUnsafePointer { base in
      for row in 0..<count {
        for i in 0..<dimension { sums[i] += Double(base[row * dimension + i]) }
      }
    }
    return sums.map { $0 / Double(count) }
  }

  /// Xᵀ X `[D, D]`, or X Xᵀ `[N, N]` where dual.
  private static func products(_ centred: Tensor, isDual: Bool) throws -> [Double] {
    let (count, dimension) = (centred.shape[0], centred.shape[1])
    let size = isDual ? count : dimension
    let depth = isDual ? dimension : count
    var workspace = try Tensor(
      shape: [max(MatrixProduct.workspace(m: size, n: size, k: depth), 1)])
    let product = try Tensor(uninitialized: [size, size]) { output in
      workspace.withUnsafeMutablePointer { workspace in
        centred.withUnsafePointer { x in
          MatrixProduct.multiply(
            m: size, n: size, k: depth, transposeA: !isDual, transposeB: isDual, a: x, b: x,
            c: output, workspace: workspace)
        }
      }
    }
    return product.values.map(Double.init)
  }

  /// Xᵀ w, scaled to length 1: the component in the vectors' space that an eigenvector of X Xᵀ
  /// stands for. Of length 0 where there is no variance.
  private static func direction(_ centred: Tensor, weights: [Double]) -> [Double] {
    let dimension = centred.shape[1]
    var line = [Double](repeating: 0, count: dimension)
    centred.withUnsafePointer { base in
      for (row, weight) in weights.enumerated() {
        for i in 0..<dimension { line[i] += weight * Double(base[row * dimension + i]) }
      }
    }
    let length = line.reduce(0) { $0 + $1 * $1 }.squareRoot()
    var largest = 0.0
    for value in line where value.magnitude > largest.magnitude * (1 + 1e-9) { largest = value }
    let factor = length > 0 ? (largest < 0 ? -1 : 1) / length : 0
    return line.map { $0 * factor }
  }

  /// Where vectors `[M, D]` lie along the components: `[M, components]`.
  /// - Throws: `TrainingError.notVectors` for another D.
  package func project(_ vectors: Tensor) throws -> Tensor {
    try NearestNeighbours.check(vectors)
    let dimension = mean.count
    guard vectors.shape[1] == dimension else {
      throw TrainingError.notVectors(shape: vectors.shape)
    }
    let (count, kept) = (vectors.shape[0], components.shape[0])
    return try Tensor(uninitialized: [count, kept]) { to in
      vectors.withUnsafePointer { base in
        components.withUnsafePointer { lines in
          for row in 0..<count {
            for place in 0..<kept {
              var sum = 0.0
              for i in 0..<dimension {
                sum += Double(base[row * dimension + i] - mean[i])
                  * Double(lines[place * dimension + i])
              }
              to[row * kept + place] = Float(sum)
            }
          }
        }
      }
    }
  }
}
