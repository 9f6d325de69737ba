import Imagery
import Kernels

/// Which anchor stands for which object (Lin et al. 2017, section 4): the box that it overlaps most,
/// if by at least `positive` (intersection over union); background if that is below `background`;
/// ignored in between, and where the box is a difficult one.
package struct Matching: Sendable {
  package struct Rule: Equatable, Sendable {
    package var positive: Float = 0.5
    package var background: Float = 0.4
    /// Whether each object gets the anchor that overlaps it most, however little. The paper's code
    /// does without; objects that are small against the anchors are never learned then.
    package var forcesBestMatch = false

    package init(
      positive: Float = 0.5, background: Float = 0.4, forcesBestMatch: Bool = false
    ) {
      self.positive = positive
      self.background = background
      self.forcesBestMatch = forcesBestMatch
    }
  }

  /// For each anchor its object's class, `FocalRows.background` or `.ignored`.
  package private(set) var labels: [Int32]
  /// Anchors that stand for an object, ascending, and which box each stands for.
  package private(set) var positives: [(anchor: Int, box: Int)] = []

  /// Boxes without an area are passed over. Of boxes that an anchor overlaps equally, and of anchors
  /// that a box does, the first counts.
  package init(_ boxes: [LabelledBox], to grid: AnchorGrid, rule: Rule = Rule()) {
    labels = [Int32](repeating: FocalRows.background, count: grid.count)
    guard !boxes.isEmpty else { return }
    // For each anchor that a box could matter to, the best so far.
    var overlaps = [Float](repeating: 0, count: grid.count)
    var owners = [Int32](repeating: -1, count: grid.count)
    var favourites: [(overlap: Float, anchor: Int)?] = []
    for (index, box) in boxes.enumerated() {
      var favourite: (overlap: Float, anchor: Int)?
      Matching.visit(box.box, grid, least: rule.background) { anchor, overlap in
        if overlap > overlaps[anchor] {
          overlaps[anchor] = overlap
          owners[anchor] = Int32(truncatingIfNeeded: index)
        }
        if overlap > favourite?.overlap ?? 0 { favourite = (overlap, anchor) }
      }
      if rule.forcesBestMatch, !box.isDifficult, favourite?.overlap ?? 0 < rule.background {
        favourite = nil
        Matching.visit(box.box, grid, least: 0) { anchor, overlap in
          if overlap > favourite?.overlap ?? 0 { favourite = (overlap, anchor) }
        }
      }
      favourites.append(favourite)
    }
    for anchor in 0..<grid.count where owners[anchor] >= 0 {
      let overlap = overlaps[anchor]
      guard overlap >= rule.background else { continue }
      let owner = boxes[Int(owners[anchor])]
      let isPositive = overlap >= rule.positive && !owner.isDifficult
      labels[anchor] =
        isPositive ? Int32(truncatingIfNeeded: owner.label) : FocalRows.ignored
    }
    if rule.forcesBestMatch { force(favourites, boxes, &owners) }
    for anchor in 0..<grid.count where labels[anchor] >= 0 {
      positives.append((anchor, Int(owners[anchor])))
    }
  }

  /// Each object's favourite anchor becomes its own; of two objects with one favourite, that of the
  /// larger overlap gets it.
  private mutating func force(
    _ favourites: [(overlap: Float, anchor: Int)?], _ boxes: [LabelledBox], _ owners: inout [Int32]
  ) {
    var taken: [Int: Float] = [:]
    for (index, favourite) in favourites.enumerated() where !boxes[index].isDifficult {
      guard let (overlap, anchor) = favourite, overlap > taken[anchor] ?? 0 else { continue }
      taken[anchor] = overlap
      owners[anchor] = Int32(truncatingIfNeeded: index)
      labels[anchor] = Int32(truncatingIfNeeded: boxes[index].label)
    }
  }

  /// Calls `body` with every anchor that overlaps the box by at least `least`, and some that do not:
  /// at each level only those cells from which an anchor reaches the box, and only shapes whose size
  /// allows that overlap.
  @inline(__always)
  private static func visit(
    _ box: Box, _ grid: AnchorGrid, least: Float, _ body: (_ anchor: Int, _ overlap: Float) -> Void
  ) {
    guard box.width > 0, box.height > 0, box.area.isFinite else { return }
    for level in grid.levels {
      for (index, shape) in level.shapes.enumerated() {
        // Laid upon each other, box and anchor would share this; a little room for rounding.
        let common = min(shape.width, box.width) * min(shape.height, box.height)
        let union = shape.width * shape.height + box.area - common
        guard common >= (least - 1e-3) * union else { continue }
        let rows = cells(box.top, box.bottom, shape.height, shape.centre, level.stride, level.rows)
        let columns = cells(
          box.left, box.right, shape.width, shape.centre, level.stride, level.columns)
        for row in rows {
          for column in columns {
            let overlap = level.box(row: row, column: column, shape: index)
              .intersectionOverUnion(box)
            body(
              level.first + (row * level.columns + column) * level.shapes.count + index, overlap)
          }
        }
      }
    }
  }

  /// The cells along an axis whose anchors of side `side` reach into low…high.
  private static func cells(
    _ low: Float, _ high: Float, _ side: Float, _ centre: Float, _ stride: Int, _ count: Int
  ) -> Range<Int> {
    // Brought into the axis before they become whole: a box may lie anywhere.
    let last = Float(count)
    let step = Float(stride)
    let first = min(max(((low - side / 2 - centre) / step).rounded(.down), 0), last)
    let end = min(max(((high + side / 2 - centre) / step).rounded(.up) + 1, first), last)
    return Int(first)..<Int(end)
  }
}
