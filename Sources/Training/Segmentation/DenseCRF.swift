import Imagery
import Kernels
import Tensors

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// Refines a mask by the image: every pixel is linked with every other, and pixels that lie close
/// together, or look alike, are pulled towards the same class. Krähenbühl and Koltun, "Efficient
/// Inference in Fully Connected CRFs with Gaussian Edge Potentials", 2011.
///
/// The energy of a labelling is the sum of what each pixel's class costs (the unary part) and, for
/// each pair of pixels of different classes, weight · exp(−½ |f − g|²), where f and g are the two
/// pixels' positions (smoothness), or positions and colours (appearance), in units of the kernel's
/// widths. Mean field inference: Q = softmax(−unary + Σ weight · K Q), repeated, where K is the kernel
/// normalised as D^−½ K D^−½.
package struct DenseCRF: Equatable, Sendable {
  /// One kernel of the pairwise part.
  package struct Kernel: Equatable, Sendable {
    /// How strongly it pulls.
    package var weight: Double
    /// Its width along the image, in pixels.
    package var position: Double
    /// Its width in colour, in steps of 1/255; nil for a kernel that sees no colours.
    package var colour: Double?

    package init(weight: Double, position: Double, colour: Double? = nil) {
      self.weight = weight
      self.position = position
      self.colour = colour
    }
  }

  package var kernels: [Kernel]
  package var iterations: Int

  /// The course's settings: smoothness of 3 pixels with weight 3, appearance of 100 pixels and 2
  /// steps of colour with weight 120, 10 iterations.
  package init(
    kernels: [Kernel] = [
      Kernel(weight: 3, position: 3), Kernel(weight: 120, position: 100, colour: 2),
    ],
    iterations: Int = 10
  ) {
    self.kernels = kernels
    self.iterations = iterations
  }

  /// What refinement gives.
  package struct Result: Sendable {
    /// `[H, W, K]`: Q.
    package let probabilities: Tensor
    package let mask: Mask
    /// The Kullback–Leibler divergence of Q from the model, up to the model's constant, a pixel:
    /// of two refined masks of the same image the lower one agrees more with itself and the image.
    package let divergence: Double
  }

  /// - Parameters:
  ///   - unary: `[H, W, K]`: what each class costs each pixel.
  ///   - image: `[H, W, C]`, values 0…1.
  ///   - checkpoint: called between iterations; what it throws ends the work.
  /// - Throws: `TrainingError.maskSize`, `.invalidSetting`, `TensorError.tooLarge`.
  package func refine(
    unary: Tensor, image: Tensor, checkpoint: () throws -> Void = {}
  ) throws -> Result {
    try validate()
    guard unary.rank == 3, image.rank == 3, unary.shape[0] == image.shape[0],
      unary.shape[1] == image.shape[1], unary.shape[2] > 0
    else { throw TrainingError.maskSize(expected: image.shape, given: unary.shape) }
    let field = try MeanField(self, unary: unary, image: image, checkpoint: checkpoint)
    for _ in 0..<iterations {
      try checkpoint()
      field.iterate()
    }
    return try field.result()
  }

  private func validate() throws {
    func check(_ name: String, _ value: Double, _ range: ClosedRange<Double>) throws {
      guard range.contains(value) else {
        throw TrainingError.invalidSetting(
          name: name, given: value,
          expected: "a number from \(WeightedLosses.text(of: range.lowerBound)) to "
            + WeightedLosses.text(of: range.upperBound))
      }
    }
    try check("iterations", Double(iterations), 0...1000)
    for kernel in kernels {
      try check("weight", kernel.weight, 0...1e6)
      try check("position", kernel.position, 0.1...1e5)
      try check("colour", kernel.colour ?? 1, 0.1...1e5)
    }
  }
}

extension DenseCRF {
  /// What a mask's classes cost: −log `certainty` for the class that a pixel has, −log of an equal
  /// share of the rest for each other. A pixel without label favours none.
  /// - Parameters:
  ///   - classes: how many; the course counts one more than its masks have.
  ///   - certainty: how sure the mask is, above 0 and below 1.
  /// - Throws: `TrainingError.invalidSetting`, `.labelOutOfRange`, `.tooManyClasses`.
  package static func unary(
    of mask: Mask, classes: Int, certainty: Double = 0.51
  ) throws -> Tensor {
    guard certainty > 0, certainty < 1 else {
      throw TrainingError.invalidSetting(
        name: "certainty", given: certainty, expected: "a number above 0 and below 1")
    }
    guard (2...PixelLosses.mostClasses).contains(classes) else {
      throw TrainingError.tooManyClasses(given: classes, limit: PixelLosses.mostClasses)
    }
    if let label = mask.values.first(where: { $0 != Mask.unlabelled && $0 >= classes }) {
      throw TrainingError.labelOutOfRange(label: Int(label), classes: classes)
    }
    let here = Float(-log(certainty))
    let other = Float(-log((1 - certainty) / Double(classes - 1)))
    let unknown = Float(log(Double(classes)))
    return try Tensor(uninitialized: [mask.height, mask.width, classes]) { costs in
      for (pixel, label) in mask.values.enumerated() {
        let row = costs + pixel * classes
        row.update(repeating: label == Mask.unlabelled ? unknown : other, count: classes)
        if label != Mask.unlabelled { row[Int(label)] = here }
      }
    }
  }

  /// −log p, p at least 10⁻⁵. `[H, W, K]` of probabilities.
  package static func unary(ofProbabilities probabilities: Tensor) throws -> Tensor {
    try probabilities.clipped(low: 1e-5, high: 1).applying(.logarithm).applying(.negate)
  }
}
