import Kernels
import Testing

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

extension KernelsTests {
  /// Weighted means by the lattice against those by every pair of points.
  @Test(arguments: [1, 2, 3, 5]) func latticeBlursLikeAGaussian(dimensions: Int) throws {
    let points = 400
    var state: UInt64 = 7
    func random() -> Float {
      state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      return Float(state >> 40) / Float(1 << 24)
    }
    let features = (0..<points * dimensions).map { _ in random() * 4 - 2 }
    let values = (0..<points).map { features[$0 * dimensions] > 0 ? Float(1) : Float(0) }
    let lattice = try #require(
      PermutohedralLattice(
        points: points, dimensions: dimensions, features: features, memoryLimit: 1 << 26))
    let input: [Float] = values.flatMap { [$0, 1, 0, 0] as [Float] }
    var output = [Float](repeating: 0, count: 4 * points)
    var scratch = [Float](repeating: .nan, count: 2 * lattice.scratchCount(columns: 4))
    lattice.filter(
      columns: 4, input: input, scale: nil, factor: 1, output: &output, scratch: &scratch)
    var sum: Float = 0
    for p in 0..<points {
      var (weighted, whole) = (Float(0), Float(0))
      for q in 0..<points {
        var square: Float = 0
        for d in 0..<dimensions {
          let difference = features[p * dimensions + d] - features[q * dimensions + d]
          square += difference * difference
        }
        weighted += expf(-square / 2) * values[q]
        whole += expf(-square / 2)
      }
      let difference = abs(output[4 * p] / output[4 * p + 1] - weighted / whole)
      #expect(difference < 0.12)
      sum += difference
      #expect(output[4 * p + 2] == 0)
    }
    #expect(sum / Float(points) < 0.03)
  }

  @Test func aLatticeKeepsToItsMemory() {
    let features = (0..<30_000).map { Float($0 * 37 % 10_007) }
    func lattice(_ limit: Int) -> PermutohedralLattice? {
      PermutohedralLattice(points: 10_000, dimensions: 3, features: features, memoryLimit: limit)
    }
    #expect(lattice(1 << 16) == nil)
    #expect(lattice(1 << 20) == nil)
    #expect(lattice(1 << 26) != nil)
  }
}
