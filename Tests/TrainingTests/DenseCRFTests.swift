import Foundation
import Imagery
import Kernels
import Tensors
import Testing
import Training

struct DenseCRFTests {
  private static let (height, width) = (20, 24)

  /// Three regions of different colours, and a mask of them with a sixth of its pixels wrong.
  private static func scene() throws -> (image: Tensor, mask: Mask) {
    var (pixels, labels) = ([Float](), [UInt8]())
    for y in 0..<height {
      for x in 0..<width {
        let red = (x * 7 + y * 3) % 50 + (x + y < 22 ? 40 : 160)
        let green = (x * 5 + y * 11) % 40 + (x < 12 ? 60 : 120)
        let blue = (x * x + y) % 30 + 90
        pixels += [red, green, blue].map { Float($0) / 255 }
        let label = x + y < 22 ? 0 : y < 12 ? 1 : 2
        labels.append(UInt8((x * 13 + y * 7) % 6 == 0 ? (label + 1) % 3 : label))
      }
    }
    return (
      try Tensor(shape: [height, width, 3], values: pixels),
      Mask(height: height, width: width, values: labels)
    )
  }

  private static let soft = DenseCRF(
    kernels: [
      .init(weight: 1, position: 3), .init(weight: 2, position: 8, colour: 30),
    ], iterations: 3)

  /// What `pydensecrf` 1.0rc3 gives for the same scene: its divergence, how many pixels each class
  /// gets, and Q at six pixels.
  @Test func agreesWithPydensecrf() throws {
    let (image, mask) = try Self.scene()
    let unary = try DenseCRF.unary(of: mask, classes: 3)
    let places = [(0, 0), (5, 16), (5, 17), (12, 10), (19, 23), (11, 20)]
    let cases: [(DenseCRF, Double, [Int], [[Float]])] = [
      (
        DenseCRF(), -118.63781052927713, [235, 108, 137],
        [[1, 0, 0], [1, 0, 0], [0, 1, 0], [0, 0, 1], [0, 0, 1], [0, 1, 0]]
      ),
      (
        Self.soft, -1.4380934867286068, [254, 73, 153],
        [
          [0.516434, 0.33842, 0.145146], [0.77976, 0.123874, 0.096366],
          [0.182097, 0.570486, 0.247417], [0.183926, 0.134391, 0.681683],
          [0.360077, 0.205311, 0.434612], [0.135749, 0.521437, 0.342813],
        ]
      ),
    ]
    for (model, divergence, areas, beliefs) in cases {
      let result = try model.refine(unary: unary, image: image)
      #expect(abs(result.divergence - divergence) < 1e-4)
      #expect(ClassAreas(result.mask, classes: 3).pixels == areas)
      for ((y, x), expected) in zip(places, beliefs) {
        for k in 0..<3 {
          let given = result.probabilities[flat: (y * Self.width + x) * 3 + k]
          #expect(abs(given - expected[k]) < 2e-6)
        }
      }
    }
  }

  /// Mean field with every pair of pixels, in doubles.
  private static func exact(_ model: DenseCRF, unary: Tensor, image: Tensor) -> [Double] {
    let (pixels, classes) = (height * width, unary.shape[2])
    let kernels = model.kernels.map { kernel in
      var matrix = (0..<pixels).map { i in
        (0..<pixels).map { j -> Double in
          let (dy, dx) = (Double(i / width - j / width), Double(i % width - j % width))
          var square = (dx * dx + dy * dy) / (kernel.position * kernel.position)
          if let colour = kernel.colour {
            for c in 0..<3 {
              let d = Double(image[flat: i * 3 + c] - image[flat: j * 3 + c]) * 255 / colour
              square += d * d
            }
          }
          return kernel.weight * exp(-square / 2)
        }
      }
      let sums = matrix.map { $0.reduce(0, +) / kernel.weight }
      for i in 0..<pixels {
        for j in 0..<pixels { matrix[i][j] /= (sums[i] * sums[j]).squareRoot() }
      }
      return matrix
    }
    func softmax(_ x: [Double]) -> [Double] {
      let powers = x.map { exp($0 - x.max()!) }
      return powers.map { $0 / powers.reduce(0, +) }
    }
    let costs = unary.values.map(Double.init)
    var beliefs = (0..<pixels).map { p in softmax((0..<classes).map { -costs[p * classes + $0] }) }
    for _ in 0..<model.iterations {
      beliefs = (0..<pixels).map { p in
        softmax(
          (0..<classes).map { k in
            var value = -costs[p * classes + k]
            for matrix in kernels {
              for q in 0..<pixels { value += matrix[p][q] * beliefs[q][k] }
            }
            return value
          })
      }
    }
    return beliefs.joined().map { $0 }
  }

  /// The lattice is an approximation of sums over all pairs, and a close one.
  @Test func agreesWithSumsOverAllPairs() throws {
    let (image, mask) = try Self.scene()
    let unary = try DenseCRF.unary(of: mask, classes: 3)
    let given = try Self.soft.refine(unary: unary, image: image).probabilities.values
    let expected = Self.exact(Self.soft, unary: unary, image: image)
    let differences = zip(given, expected).map { abs(Double($0) - $1) }
    #expect(differences.reduce(0, +) / Double(differences.count) < 0.02)
    #expect(differences.max()! < 0.12)
  }

  @Test func unariesAreTheCourses() throws {
    let mask = Mask(height: 1, width: 2, values: [2, 255])
    let costs = try DenseCRF.unary(of: mask, classes: 5).values
    for (given, expected) in zip(costs, [2.099644, 2.099644, 0.673345, 2.099644, 2.099644]) {
      #expect(abs(given - Float(expected)) < 1e-6)
    }
    #expect(costs[5...].allSatisfy { abs($0 - Float(log(5.0))) < 1e-6 })
    let soft = try DenseCRF.unary(
      ofProbabilities: Tensor(shape: [1, 1, 2], values: [0, 1])
    ).values
    #expect(abs(soft[0] - Float(-log(1e-5))) < 1e-5 && soft[1] == 0)
  }

  /// Specks go, edges stay where the image has them.
  @Test func specksGo() throws {
    var stream = RandomStream(seed: 5, name: "specks")
    let side = 40
    let truth = (0..<side * side).map { UInt8($0 % side < 17 ? 0 : 1) }
    let noisy = truth.map { stream.uniform() < 0.15 ? 1 - $0 : $0 }
    let image = try Tensor(
      shape: [side, side, 1],
      values: truth.map { Float($0) * 0.4 + 0.3 + stream.uniform(in: -0.004..<0.004) })
    let result = try DenseCRF().refine(
      unary: DenseCRF.unary(of: Mask(height: side, width: side, values: noisy), classes: 2),
      image: image)
    #expect(result.mask.values == truth)
  }

  @Test func threadsDoNotChangeABit() throws {
    let (image, mask) = try Self.scene()
    let unary = try DenseCRF.unary(of: mask, classes: 3)
    let before = Parallel.threads
    defer { Parallel.threads = before }
    Parallel.threads = 1
    let one = try Self.soft.refine(unary: unary, image: image)
    Parallel.threads = 3
    let three = try Self.soft.refine(unary: unary, image: image)
    #expect(one.probabilities == three.probabilities && one.divergence == three.divergence)
  }

  /// Files may hold anything; settings are a student's.
  @Test func oddInputIsRefusedOrSurvived() throws {
    let (image, mask) = try Self.scene()
    let unary = try DenseCRF.unary(of: mask, classes: 3)
    var odd = image
    for (i, value) in [Float.nan, .infinity, -.infinity, 1e30, -1e30].enumerated() {
      odd[flat: i * 100] = value
    }
    let result = try DenseCRF().refine(unary: unary, image: odd)
    #expect(result.mask.values.count == Self.height * Self.width)
    #expect(throws: TrainingError.maskSize(expected: [20, 24, 3], given: [24, 20, 3])) {
      try DenseCRF().refine(unary: unary.reshaped([24, 20, 3]), image: image)
    }
    #expect(throws: TrainingError.self) {
      try DenseCRF(kernels: [.init(weight: 1, position: 0)]).refine(unary: unary, image: image)
    }
    #expect(throws: TrainingError.labelOutOfRange(label: 2, classes: 2)) {
      try DenseCRF.unary(of: mask, classes: 2)
    }
    let empty = try DenseCRF().refine(
      unary: Tensor(shape: [0, 4, 2]), image: Tensor(shape: [0, 4, 3]))
    #expect(empty.mask.values.isEmpty && empty.divergence == 0)
  }
}

struct SegmentationEnsembleTests {
  @Test func theMeanIsTheMean() throws {
    let image = try Tensor(shape: [1, 2, 3])
    let a = try Tensor(shape: [1, 2, 2], values: [0.9, 0.1, 0.4, 0.6])
    let b = try Tensor(shape: [1, 2, 2], values: [0.3, 0.7, 0.2, 0.8])
    let result = try SegmentationEnsemble.mean.combine([a, b], image: image)
    for (given, wanted) in zip(result.probabilities.values, [0.6, 0.4, 0.3, 0.7] as [Float]) {
      #expect(abs(given - wanted) < 1e-6)
    }
    #expect(result.mask.values == [0, 1] && result.choice == nil)
  }

  /// Of a tidy mask and one of noise, which no refinement can mend, the tidy one is kept.
  @Test func theMaskThatAgreesWithTheImageIsKept() throws {
    let side = 32
    var stream = RandomStream(seed: 2, name: "ensemble")
    let truth = (0..<side * side).map { Float($0 % side < 16 ? 0 : 1) }
    let image = try Tensor(shape: [side, side, 1], values: truth.map { 0.2 + $0 / 2 })
    func probabilities(_ ones: [Float]) throws -> Tensor {
      try Tensor(shape: [side, side, 2], values: ones.flatMap { [1 - $0, $0] })
    }
    let noise = try probabilities(truth.map { _ in stream.uniform() })
    let tidy = try probabilities(truth)
    let model = DenseCRF(kernels: [.init(weight: 1, position: 3)], iterations: 5)
    let result = try SegmentationEnsemble.refined.combine(
      [noise, tidy], image: image, model: model)
    #expect(result.choice == 1 && result.divergences[1] < result.divergences[0])
    #expect(result.mask.values.map(Float.init) == truth)
  }
}
