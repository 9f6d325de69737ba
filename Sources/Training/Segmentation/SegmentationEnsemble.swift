import Imagery
import Tensors

/// One mask from what several networks say of the same image.
package enum SegmentationEnsemble: String, CaseIterable, Sendable {
  /// The mean of the probabilities.
  case mean
  /// The course's: each network's mask is refined with the CRF, and the one of the lowest divergence
  /// is kept.
  case refined

  /// What the ensemble decided.
  package struct Result: Sendable {
    /// `[H, W, K]`
    package let probabilities: Tensor
    package let mask: Mask
    /// Whose mask was kept, and what each one's divergence was; of a mean nil and none.
    package let choice: Int?
    package let divergences: [Double]
  }

  /// - Parameters:
  ///   - probabilities: of each network, `[H, W, K]` of the same shape; at least one.
  ///   - image: `[H, W, C]`
  /// - Throws: `TrainingError.maskSize`, and what `DenseCRF.refine` throws.
  package func combine(
    _ probabilities: [Tensor], image: Tensor, model: DenseCRF = DenseCRF(),
    checkpoint: () throws -> Void = {}
  ) throws -> Result {
    guard let first = probabilities.first, first.rank == 3 else {
      throw TrainingError.maskSize(
        expected: image.shape, given: probabilities.first?.shape ?? [])
    }
    for other in probabilities where other.shape != first.shape {
      throw TrainingError.maskSize(expected: first.shape, given: other.shape)
    }
    switch self {
    case .mean:
      var sum = first
      for other in probabilities.dropFirst() { sum = try Tensor.combine(.add, sum, other) }
      let mean = try Tensor.combine(.divide, sum, Tensor(Float(probabilities.count)))
      return Result(
        probabilities: mean, mask: Segmenter.mask(of: mean), choice: nil, divergences: [])
    case .refined:
      let refined = try probabilities.map { probabilities in
        try model.refine(
          unary: try DenseCRF.unary(
            of: Segmenter.mask(of: probabilities), classes: probabilities.shape[2]),
          image: image, checkpoint: checkpoint)
      }
      let divergences = refined.map(\.divergence)
      var best = 0
      for index in divergences.indices where divergences[index] < divergences[best] { best = index }
      return Result(
        probabilities: refined[best].probabilities, mask: refined[best].mask, choice: best,
        divergences: divergences)
    }
  }
}
