import Imagery
import Kernels

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// An object that was found.
package struct DetectedBox: Equatable, Sendable {
  package var box: Box
  package var label: Int
  /// The probability that the network gives to the class, 0…1.
  package var score: Float

  package init(_ box: Box, label: Int, score: Float) {
    self.box = box
    self.label = label
    self.score = score
  }
}

/// Turns a detector's outputs into boxes: the most probable ones of each level are decoded and
/// clipped to the image, and of those of a class that overlap only the most probable stays.
package struct Decoder: Equatable, Sendable {
  /// Probabilities up to this are passed over.
  package var threshold: Float = 0.05
  /// Intersection over union from which on the less probable box of the same class goes.
  package var overlap: Float = 0.5
  /// The most boxes of a level that are looked at (Lin et al. 2017, section 4.1).
  package var candidatesPerLevel = 1_000
  /// The most boxes of a class, and in all.
  package var perClass = 100
  package var total = 100

  package init(threshold: Float = 0.05) { self.threshold = threshold }

  /// An anchor's class with its logit; `place` is its position among the logits, which orders equal
  /// ones.
  private struct Candidate {
    let logit: Float
    let place: Int

    @inline(__always)
    static func precedes(_ left: Candidate, _ right: Candidate) -> Bool {
      left.logit != right.logit ? left.logit > right.logit : left.place < right.place
    }
  }

  /// The boxes of one image, most probable first.
  /// - Parameters:
  ///   - logits: `[A, classes]`, `codes` `[A, 4]` for the anchors of `grid`. Values that are not
  ///     numbers are passed over.
  package func decode(
    logits: UnsafePointer<Float>, codes: UnsafePointer<Float>, classes: Int, grid: AnchorGrid
  ) -> [DetectedBox] {
    var found: [[(candidate: Candidate, box: Box)]] = Array(repeating: [], count: classes)
    let candidates = grid.levels.flatMap { self.candidates(logits, classes, $0) }
    for candidate in candidates.sorted(by: Candidate.precedes) {
      let (anchor, label) = (candidate.place / classes, candidate.place % classes)
      guard found[label].count < perClass else { continue }
      let code = codes + anchor * 4
      let box = grid.shapes.coding.decode(
        SIMD4(code[0], code[1], code[2], code[3]), at: grid.boxes[anchor]
      )
      .clipped(height: grid.height, width: grid.width)
      guard box.width > 0, box.height > 0,
        found[label].allSatisfy({ $0.box.intersectionOverUnion(box) <= overlap })
      else { continue }
      found[label].append((candidate, box))
    }
    return found.joined().sorted { Candidate.precedes($0.candidate, $1.candidate) }
      .prefix(total).map { candidate, box in
        DetectedBox(
          box, label: candidate.place % classes, score: Decoder.sigmoid(candidate.logit))
      }
  }

  /// The level's most probable, in order.
  private func candidates(
    _ logits: UnsafePointer<Float>, _ classes: Int, _ level: AnchorGrid.Level
  ) -> [Candidate] {
    var kept: [Candidate] = []
    // Rises as better ones are found; NaN is never above it.
    var least = logf(threshold / (1 - threshold))
    let limit = max(candidatesPerLevel, 1)
    func reduce() {
      kept.sort(by: Candidate.precedes)
      if kept.count > limit { kept.removeLast(kept.count - limit) }
    }
    for place in level.first * classes..<(level.first + level.count) * classes
    where logits[place] > least {
      kept.append(Candidate(logit: logits[place], place: place))
      if kept.count >= 4 * limit {
        reduce()
        // Later ones that are as probable come after those that are there.
        least = kept[limit - 1].logit
      }
    }
    reduce()
    return kept
  }

  static func sigmoid(_ logit: Float) -> Float {
    let small = expf(-logit.magnitude)
    return logit >= 0 ? 1 / (1 + small) : small / (1 + small)
  }
}
