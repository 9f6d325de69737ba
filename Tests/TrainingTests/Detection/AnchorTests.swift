import Imagery
import Testing

import Training

struct AnchorTests {
  @Test(arguments: [
    (512, 512, 49_104), (640, 640, 76_725), (800, 800, 120_087), (800, 1333, 200_700),
    (768, 1408, 202_554),
  ])
  func countsAreThePapers(height: Int, width: Int, count: Int) {
    let grid = AnchorGrid(height: height, width: width)
    #expect(grid.count == count)
    #expect(AnchorGrid.count(height: height, width: width, shapes: AnchorShapes()) == count)
    #expect(grid.levelCounts.reduce(0, +) == count)
  }

  /// Another order would give every output to a wrong anchor.
  @Test func orderIsLevelRowColumnRatioScale() {
    let grid = AnchorGrid(height: 100, width: 70)
    var place = 0
    for (level, stride) in [8, 16, 32, 64, 128].enumerated() {
      for row in 0..<(100 + stride - 1) / stride {
        for column in 0..<(70 + stride - 1) / stride {
          for ratio in [0.5, 1, 2] {
            for scale in [1, 1.259921, 1.587401] {
              let area = Double(stride * 4 * stride * 4) * scale * scale
              let height = (area / ratio).squareRoot()
              let box = grid.boxes[place]
              #expect(abs(Double(box.height) - height) < 1e-4 * height)
              #expect(abs(Double(box.width) - area / height) < 1e-4 * height)
              #expect(
                abs((box.left + box.right) / 2 - (Float(column) + 0.5) * Float(stride)) < 1e-4)
              #expect(abs((box.top + box.bottom) / 2 - (Float(row) + 0.5) * Float(stride)) < 1e-4)
              place += 1
            }
          }
        }
      }
      #expect(grid.levels[level].first + grid.levels[level].count == place)
    }
    #expect(place == grid.count)
  }

  @Test func sizesOfTheFirstLevelAreKnown() {
    let sizes: [(Float, Float)] = [
      (22.63, 45.25), (28.51, 57.02), (35.92, 71.84), (32, 32), (40.32, 40.32), (50.80, 50.80),
      (45.25, 22.63), (57.02, 28.51), (71.84, 35.92),
    ]
    for (box, size) in zip(AnchorGrid(height: 512, width: 512).boxes, sizes) {
      #expect(abs(box.width - size.0) < 0.006 && abs(box.height - size.1) < 0.006)
    }
    let small = AnchorGrid(height: 512, width: 512, shapes: AnchorShapes(scale: 2))
    #expect(abs(small.boxes[3].width - 16) < 1e-5)
  }

  /// torchvision.models.detection.anchor_utils: `generate_anchors` of sizes 32, 40, 50 rounds to
  /// these, and the first cell lies around the corner.
  @Test func torchvisionsAnchorsAreData() {
    let grid = AnchorGrid(height: 256, width: 256, shapes: .torchvision)
    let expected: [[Float]] = [
      [-23, -11, 23, 11], [-28, -14, 28, 14], [-35, -18, 35, 18], [-16, -16, 16, 16],
      [-20, -20, 20, 20], [-25, -25, 25, 25], [-11, -23, 11, 23], [-14, -28, 14, 28],
      [-18, -35, 18, 35],
    ]
    for (box, sides) in zip(grid.boxes, expected) {
      #expect([box.left, box.top, box.right, box.bottom] == sides)
    }
    #expect(grid.boxes[9].left == -23 + 8)
  }
}

struct BoxCodingTests {
  @Test func checkValuesAreMet() {
    let anchor = Box(left: 84, top: 84, right: 116, bottom: 116)
    let box = Box(left: 84, top: 86, right: 124, bottom: 110)
    let code = BoxCoding().encode(box, at: anchor)
    let expected = SIMD4<Float>(1.25, -0.625, 1.1157178, -1.4384104)
    for i in 0..<4 { #expect(abs(code[i] - expected[i]) < 1e-5) }
    let back = BoxCoding().decode(code, at: anchor)
    for side in [\Box.left, \.top, \.right, \.bottom] {
      #expect(abs(back[keyPath: side] - box[keyPath: side]) < 1e-4)
    }
  }

  /// An untrained or broken network must give boxes that can be looked at.
  @Test func wildCodesGiveFiniteBoxes() {
    let anchor = Box(left: 0, top: 0, right: 32, bottom: 32)
    let large = BoxCoding().decode(SIMD4(0, 0, 1e9, 1e9), at: anchor)
    #expect(abs(large.width - 2000) < 0.01 && abs(large.height - 2000) < 0.01)
    for wild in [Float.nan, .infinity, -.infinity] {
      let box = BoxCoding().decode(SIMD4(wild, 0, 0, 0), at: anchor)
      #expect(box.area == 0)
    }
    let clipped = Box(left: -5, top: 3, right: 70, bottom: 4).clipped(height: 40, width: 50)
    #expect(clipped == Box(left: 0, top: 3, right: 50, bottom: 4))
  }
}
