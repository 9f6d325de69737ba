import Imagery
import Kernels

/// What the anchors of some images stand for: nearly all are background, which is why the focal loss
/// is there. Boxes that no anchor fits say that the anchors are too large or too small.
package struct AnchorStatistics: Equatable, Sendable {
  package private(set) var images = 0
  /// Anchors in all images: of objects, of nothing, and those that do not count.
  package private(set) var positive = 0
  package private(set) var background = 0
  package private(set) var ignored = 0
  /// Anchors of objects at each level, finest first.
  package private(set) var positivesOfLevels: [Int]
  /// Objects, difficult ones left out, and those that no anchor stands for.
  package private(set) var objects = 0
  package private(set) var objectsWithoutAnchor = 0
  /// Anchors of one image.
  package let anchors: Int

  package init(_ truths: [[LabelledBox]], grid: AnchorGrid, rule: Matching.Rule = .init()) {
    anchors = grid.count
    positivesOfLevels = [Int](repeating: 0, count: grid.levels.count)
    let ends = grid.levels.map { $0.first + $0.count }
    for (boxes, matching) in zip(truths, Matching.each(truths, to: grid, rule: rule)) {
      images += 1
      let found = matching.positives.count
      let nothing = matching.labels.count { $0 == FocalRows.background }
      positive += found
      background += nothing
      ignored += grid.count - found - nothing
      var isMatched = [Bool](repeating: false, count: boxes.count)
      for (anchor, box) in matching.positives {
        isMatched[box] = true
        if let level = ends.firstIndex(where: { anchor < $0 }) { positivesOfLevels[level] += 1 }
      }
      for (index, box) in boxes.enumerated() where !box.isDifficult {
        objects += 1
        if !isMatched[index] { objectsWithoutAnchor += 1 }
      }
    }
  }
}
