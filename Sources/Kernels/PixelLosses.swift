import CKernels

/// Losses of logits `[pixels, classes]` against a label for each pixel, several in one pass.
///
/// With one class the logit is that of label 1 against label 0 (a sigmoid), else a softmax is taken.
/// A pixel whose label is no class, such as `unlabelled`, counts nowhere and has no gradient.
package enum PixelLosses {
  package static let unlabelled = UInt8(CONCH_UNLABELLED)
  /// The most classes: labels are bytes, and one of them means none.
  package static let mostClasses = 255
  /// Pixels of a chunk of work.
  private static let grain = 1 << 14

  /// What a pass over pixels finds. Of one class, its sums are those of label 1.
  package struct Sums: Equatable, Sendable {
    /// Of one class.
    package struct Class: Equatable, Sendable {
      /// The sum of the probabilities of all labelled pixels, and of those with this label.
      package var probability = 0.0
      package var overlap = 0.0
      /// Pixels with this label, pixels taken for it, and both.
      package var truths = 0
      package var predictions = 0
      package var hits = 0
    }

    /// Labelled pixels.
    package var count = 0
    /// Sums over pixels, each times the weight of its label.
    package var crossEntropy = 0.0
    package var hinge = 0.0
    package var classes: [Class]
  }

  /// - Parameters:
  ///   - weights: 256 factors by label, 0 for labels that are no class.
  ///   - probabilities: takes what the gradients are made from; may be nil.
  package static func forward(
    pixels: Int, classes: Int, logits: UnsafePointer<Float>, labels: UnsafePointer<UInt8>,
    weights: UnsafePointer<Float>, probabilities: UnsafeMutablePointer<Float>?
  ) -> Sums {
    precondition((1...mostClasses).contains(classes), "pixels have 1 to 255 classes")
    let width = 3 + 5 * classes
    let chunks = (pixels + grain - 1) / grain
    var parts = [Double](repeating: 0, count: width * chunks)
    parts.withUnsafeMutableBufferPointer { parts in
      guard let parts = parts.baseAddress else { return }
      Parallel.run(count: pixels, grain: grain) { range in
        let first = range.lowerBound
        conch_pixel_losses(
          range.count, classes, logits + first * classes, labels + first, weights,
          probabilities.map { $0 + first * classes }, parts + first / grain * width,
          Parallel.scratch)
      }
    }
    func sum(_ index: Int) -> Double {
      (0..<chunks).reduce(0.0) { $0 + parts[$1 * width + index] }
    }
    return Sums(
      count: Int(sum(0)), crossEntropy: sum(1), hinge: sum(2),
      classes: (0..<classes).map { index in
        let first = 3 + 5 * index
        return Sums.Class(
          probability: sum(first), overlap: sum(first + 1), truths: Int(sum(first + 2)),
          predictions: Int(sum(first + 3)), hits: Int(sum(first + 4)))
      })
  }

  /// How the loss changes with the probabilities.
  package struct Slopes: Sendable {
    /// Factors of a pixel's weighted cross-entropy and hinge.
    package var crossEntropy: Float = 0
    package var hinge: Float = 0
    /// The derivative with respect to each probability of a class, and what is added at the pixels
    /// of the class.
    package var level: [Float]
    package var overlap: [Float]

    package init(classes: Int) {
      level = [Float](repeating: 0, count: classes)
      overlap = level
    }
  }

  /// Turns the probabilities of `forward` into the gradient with respect to the logits, in place.
  package static func backward(
    pixels: Int, classes: Int, labels: UnsafePointer<UInt8>, weights: UnsafePointer<Float>,
    slopes: Slopes, values: UnsafeMutablePointer<Float>
  ) {
    precondition(
      slopes.level.count == classes && slopes.overlap.count == classes, "a slope for each class")
    slopes.level.withUnsafeBufferPointer { level in
      slopes.overlap.withUnsafeBufferPointer { overlap in
        let slopes = conch_pixel_slopes(
          entropy: slopes.crossEntropy, hinge: slopes.hinge, level: level.baseAddress,
          overlap: overlap.baseAddress)
        Parallel.run(count: pixels, grain: grain) { range in
          let first = range.lowerBound
          conch_pixel_gradients(
            range.count, classes, labels + first, weights, slopes, values + first * classes,
            Parallel.scratch)
        }
      }
    }
  }
}
