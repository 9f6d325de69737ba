#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// Eigenvalues and eigenvectors of a symmetric matrix: reflections bring it to three diagonals
/// (Householder), rotations from there to one (QL with implicit shifts). Golub & Van Loan, "Matrix
/// Computations", section 8.3; the rotations' order as in EISPACK's `imtql2`.
struct SymmetricEigen {
  /// Largest first.
  let values: [Double]
  /// Row i belongs to value i, of length 1; of its components the one of largest magnitude is above
  /// 0, so that the same matrix always gives the same signs.
  let vectors: [[Double]]

  /// - Parameter matrix: `n · n` values; only the lower triangle is read.
  /// - Returns: nil if the rotations do not come to an end, which finite numbers do.
  init?(_ matrix: [Double], size n: Int) {
    precondition(matrix.count == n * n, "a square matrix")
    var (diagonal, beside) = ([Double](repeating: 0, count: n), [Double](repeating: 0, count: n))
    // Column j of the basis is row j here, so that the rotations run along memory.
    var basis = [Double](repeating: 0, count: n * n)
    SymmetricEigen.tridiagonalize(matrix, n, &diagonal, &beside, &basis)
    guard SymmetricEigen.rotate(n, &diagonal, &beside, &basis) else { return nil }
    let order = (0..<n).sorted { (-diagonal[$0], $0) < (-diagonal[$1], $1) }
    values = order.map { diagonal[$0] }
    vectors = order.map { column in
      let vector = basis[column * n..<(column + 1) * n]
      var largest = 0.0
      for value in vector where value.magnitude > largest.magnitude * (1 + 1e-9) { largest = value }
      return largest < 0 ? vector.map { -$0 } : Array(vector)
    }
  }

  /// A = Q T Qᵀ: `diagonal` and `beside` (T's i-th and (i+1)-th in place i) and the columns of Q as
  /// rows of `basis`. Each reflection H = I − v vᵀ / h clears a column below the subdiagonal.
  private static func tridiagonalize(
    _ matrix: [Double], _ n: Int, _ diagonal: inout [Double], _ beside: inout [Double],
    _ basis: inout [Double]
  ) {
    // The full symmetric matrix, so that its rows can be read as columns.
    var a = matrix
    for i in 0..<n { for j in 0..<i { a[j * n + i] = a[i * n + j] } }
    var reflections: [(v: [Double], h: Double)] = []
    a.withUnsafeMutableBufferPointer { a in
      for k in 0..<max(n - 2, 0) {
        var v = [Double](repeating: 0, count: n)
        let scale = (k + 1..<n).reduce(0.0) { $0 + a[k * n + $1].magnitude }
        guard (k + 2..<n).contains(where: { a[k * n + $0] != 0 }), scale > 0 else {
          beside[k] = a[k * n + k + 1]
          reflections.append((v, 0))
          continue
        }
        var norm = 0.0
        for i in k + 1..<n {
          v[i] = a[k * n + i] / scale
          norm += v[i] * v[i]
        }
        let length = norm.squareRoot()
        let alpha = v[k + 1] > 0 ? -length : length
        beside[k] = scale * alpha
        v[k + 1] -= alpha
        // h = vᵀv / 2
        let h = norm - alpha * (v[k + 1] + alpha)
        // A ← H A H = A − v qᵀ − q vᵀ, with q = A v / h − (vᵀ A v / 2h²) v, on what is left.
        var q = [Double](repeating: 0, count: n)
        var product = 0.0
        for i in k + 1..<n {
          var sum = 0.0
          for j in k + 1..<n { sum += a[i * n + j] * v[j] }
          q[i] = sum / h
          product += v[i] * q[i]
        }
        let half = product / (2 * h)
        for i in k + 1..<n { q[i] -= half * v[i] }
        for i in k + 1..<n {
          let (vi, qi) = (v[i], q[i])
          for j in k + 1..<n { a[i * n + j] -= vi * q[j] + qi * v[j] }
        }
        reflections.append((v, h))
      }
      for i in 0..<n { diagonal[i] = a[i * n + i] }
      if n >= 2 { beside[n - 2] = a[(n - 2) * n + n - 1] }
    }
    // Q = H₀ H₁ …: its columns by applying the reflections, last first, to the unit vectors.
    basis.withUnsafeMutableBufferPointer { basis in
      for column in 0..<n { basis[column * n + column] = 1 }
      for (k, reflection) in reflections.enumerated().reversed() where reflection.h > 0 {
        let v = reflection.v
        for column in k + 1..<n {
          let row = column * n
          var sum = 0.0
          for i in k + 1..<n { sum += v[i] * basis[row + i] }
          sum /= reflection.h
          for i in k + 1..<n { basis[row + i] -= sum * v[i] }
        }
      }
    }
  }

  /// Makes `beside` 0 by rotations, and turns the basis along.
  /// - Returns: whether it ended within 60 sweeps for each value.
  private static func rotate(
    _ n: Int, _ diagonal: inout [Double], _ beside: inout [Double], _ basis: inout [Double]
  ) -> Bool {
    basis.withUnsafeMutableBufferPointer { basis in
      for first in 0..<n {
        var sweeps = 0
        while true {
          // The block from `first` to where the matrix falls apart.
          var last = first
          while last < n - 1 {
            let sum = diagonal[last].magnitude + diagonal[last + 1].magnitude
            if beside[last].magnitude <= sum * Double.ulpOfOne { break }
            last += 1
          }
          if last == first { break }
          guard sweeps < 60 else { return false }
          sweeps += 1
          // The shift is the eigenvalue of the upper 2×2 that is nearer to its corner.
          var g = (diagonal[first + 1] - diagonal[first]) / (2 * beside[first])
          let root = hypot(g, 1)
          g = diagonal[last] - diagonal[first] + beside[first] / (g + (g < 0 ? -root : root))
          var (sine, cosine, p) = (1.0, 1.0, 0.0)
          var isCut = false
          for i in stride(from: last - 1, through: first, by: -1) {
            let f = sine * beside[i]
            let b = cosine * beside[i]
            let r = hypot(f, g)
            beside[i + 1] = r
            if r == 0 {
              diagonal[i + 1] -= p
              beside[last] = 0
              isCut = true
              break
            }
            (sine, cosine) = (f / r, g / r)
            g = diagonal[i + 1] - p
            let s = (diagonal[i] - g) * sine + 2 * cosine * b
            p = sine * s
            diagonal[i + 1] = g + p
            g = cosine * s - b
            let (low, high) = (i * n, (i + 1) * n)
            for j in 0..<n {
              let f = basis[high + j]
              basis[high + j] = sine * basis[low + j] + cosine * f
              basis[low + j] = cosine * basis[low + j] - sine * f
            }
          }
          if isCut { continue }
          diagonal[first] -= p
          beside[first] = g
          beside[last] = 0
        }
      }
      return true
    }
  }
}
