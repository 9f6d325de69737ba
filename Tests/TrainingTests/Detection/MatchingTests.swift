import Imagery
import Kernels
import Testing

import Training

struct MatchingTests {
  /// Every anchor against every box, as the paper says it.
  private func naive(
    _ boxes: [LabelledBox], _ grid: AnchorGrid, _ rule: Matching.Rule
  ) -> (labels: [Int32], owners: [Int: Int]) {
    var labels = [Int32](repeating: -1, count: grid.count)
    var owners: [Int: Int] = [:]
    func overlap(_ anchor: Int, _ box: Int) -> Float {
      boxes[box].box.area > 0 ? grid.boxes[anchor].intersectionOverUnion(boxes[box].box) : 0
    }
    for anchor in 0..<grid.count {
      var best = (overlap: Float(0), box: -1)
      for box in boxes.indices where overlap(anchor, box) > best.overlap {
        best = (overlap(anchor, box), box)
      }
      guard best.overlap >= rule.background else { continue }
      labels[anchor] = -2
      if best.overlap >= rule.positive, !boxes[best.box].isDifficult {
        labels[anchor] = Int32(boxes[best.box].label)
        owners[anchor] = best.box
      }
    }
    guard rule.forcesBestMatch else { return (labels, owners) }
    var claims: [Int: (overlap: Float, box: Int)] = [:]
    for box in boxes.indices where !boxes[box].isDifficult {
      var best = (overlap: Float(0), anchor: -1)
      for anchor in 0..<grid.count where overlap(anchor, box) > best.overlap {
        best = (overlap(anchor, box), anchor)
      }
      guard best.anchor >= 0, best.overlap > claims[best.anchor]?.overlap ?? 0 else { continue }
      claims[best.anchor] = (best.overlap, box)
    }
    for (anchor, claim) in claims {
      labels[anchor] = Int32(boxes[claim.box].label)
      owners[anchor] = claim.box
    }
    return (labels, owners)
  }

  @Test(arguments: [false, true], [4, 1.5])
  func matchingEqualsItsDefinition(forces: Bool, scale: Double) {
    let grid = AnchorGrid(height: 130, width: 180, shapes: AnchorShapes(scale: scale))
    let rule = Matching.Rule(forcesBestMatch: forces)
    var random = RandomBoxes(3)
    var found = 0
    for count in [0, 1, 2, 5, 12, 30] {
      var boxes = random.truths(count, classes: 5, side: 150, difficult: 0.2)
      if count > 2 {
        // The same box twice, one that fits an anchor exactly, and one without an area.
        boxes[1] = boxes[0]
        boxes[2].box = grid.boxes[40]
        boxes.append(LabelledBox(Box(left: 9, top: 9, right: 9, bottom: 20), label: 0))
      }
      let matching = Matching(boxes, to: grid, rule: rule)
      let expected = naive(boxes, grid, rule)
      #expect(matching.labels == expected.labels)
      #expect(matching.positives.map(\.anchor) == expected.owners.keys.sorted())
      #expect(matching.positives.allSatisfy { expected.owners[$0.anchor] == $0.box })
      found += matching.positives.count
    }
    #expect(found > 20)
  }

  @Test func theThresholdsDecide() {
    let grid = AnchorGrid(height: 64, width: 64)
    // The square of 32 pixels of cell (2, 2), at (4…36, 4…36).
    let anchor = (2 * 8 + 2) * 9 + 3
    func label(width: Float, isDifficult: Bool = false) -> Int32 {
      let box = Box(left: 4, top: 4, right: 4 + width, bottom: 36)
      return Matching([LabelledBox(box, label: 7, isDifficult: isDifficult)], to: grid)
        .labels[anchor]
    }
    #expect(label(width: 16) == 7, "an overlap of exactly one half is an object")
    #expect(label(width: 15) == FocalRows.ignored)
    #expect(label(width: 12) == FocalRows.background)
    #expect(label(width: 32, isDifficult: true) == FocalRows.ignored)
  }

  /// Objects far smaller than all anchors are learned only if they may have their best.
  @Test func smallObjectsNeedTheirBestMatch() {
    let grid = AnchorGrid(height: 64, width: 64)
    let boxes = [LabelledBox(Box(left: 20, top: 20, right: 25, bottom: 26), label: 1)]
    #expect(Matching(boxes, to: grid).positives.isEmpty)
    let forced = Matching(boxes, to: grid, rule: .init(forcesBestMatch: true))
    #expect(forced.positives.count == 1)
    #expect(forced.labels[forced.positives[0].anchor] == 1)
    #expect(AnchorStatistics([boxes], grid: grid).objectsWithoutAnchor == 1)
  }

  @Test func boxesOfAnySizeAndPlaceAreTaken() {
    let grid = AnchorGrid(height: 64, width: 64)
    let sides: [(Float, Float)] = [
      (-1e30, 1e30), (1e20, 2e20), (0, .infinity), (.nan, 3), (5, -5), (-.infinity, .infinity),
    ]
    for (low, high) in sides {
      let box = LabelledBox(Box(left: low, top: low, right: high, bottom: high), label: 0)
      let matching = Matching([box], to: grid, rule: .init(forcesBestMatch: true))
      #expect(matching.labels.count == grid.count)
    }
  }

  @Test func statisticsCountEveryAnchor() {
    let grid = AnchorGrid(height: 128, width: 128)
    var random = RandomBoxes(9)
    let truths = (0..<6).map { random.truths($0 * 2, classes: 3, side: 128, difficult: 0.2) }
    let facts = AnchorStatistics(truths, grid: grid)
    #expect(facts.images == 6 && facts.anchors == grid.count)
    #expect(facts.positive + facts.background + facts.ignored == 6 * grid.count)
    #expect(facts.positivesOfLevels.reduce(0, +) == facts.positive)
    #expect(facts.objects == truths.joined().count { !$0.isDifficult })
    let matchings = truths.map { Matching($0, to: grid) }
    #expect(facts.positive == matchings.reduce(0) { $0 + $1.positives.count })
    let found = matchings.reduce(0) { $0 + Set($1.positives.map(\.box)).count }
    #expect(facts.objectsWithoutAnchor == facts.objects - found)
    #expect(facts.objectsWithoutAnchor > 0 && facts.positive > 0 && facts.ignored > 0)
  }
}
