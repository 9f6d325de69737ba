import Foundation
import Imagery
import Networks
import Tensors
import Testing

import Training

struct DecoderTests {
  /// All boxes, all pairs: what non-maximum suppression says, without any short cut.
  private func naive(
    _ decoder: Decoder, _ logits: [Float], _ codes: [Float], _ classes: Int, _ grid: AnchorGrid
  ) -> [DetectedBox] {
    typealias Found = (box: Box, label: Int, logit: Float, place: Int)
    func isBefore(_ a: Found, _ b: Found) -> Bool { (a.logit, -a.place) > (b.logit, -b.place) }
    var all: [Found] = []
    for level in grid.levels {
      var found: [Found] = []
      for anchor in level.first..<level.first + level.count {
        let code = SIMD4(
          codes[anchor * 4], codes[anchor * 4 + 1], codes[anchor * 4 + 2], codes[anchor * 4 + 3])
        let box = grid.shapes.coding.decode(code, at: grid.boxes[anchor])
          .clipped(height: grid.height, width: grid.width)
        for k in 0..<classes
        where logits[anchor * classes + k] > log(decoder.threshold / (1 - decoder.threshold)) {
          found.append((box, k, logits[anchor * classes + k], anchor * classes + k))
        }
      }
      all += found.sorted(by: isBefore).prefix(decoder.candidatesPerLevel)
    }
    var kept: [Found] = []
    for label in 0..<classes {
      var rest = all.filter { $0.label == label && $0.box.area > 0 }.sorted(by: isBefore)
      var ofClass: [Found] = []
      while let first = rest.first, ofClass.count < decoder.perClass {
        ofClass.append(first)
        rest = rest.dropFirst().filter {
          $0.box.intersectionOverUnion(first.box) <= decoder.overlap
        }
      }
      kept += ofClass
    }
    return kept.sorted(by: isBefore).prefix(decoder.total).map {
      DetectedBox($0.box, label: $0.label, score: 1 / (1 + exp(-$0.logit)))
    }
  }

  @Test(arguments: [0, 0.05, 0.5, 0.9] as [Float], [1_000, 20])
  func decodingEqualsItsDefinition(threshold: Float, candidates: Int) {
    let grid = AnchorGrid(height: 60, width: 90)
    var random = RandomBoxes(11)
    for classes in [1, 3] {
      var logits = random.values(grid.count * classes, scale: 2)
      // Equal scores must have an order too.
      for i in stride(from: 0, to: logits.count, by: 3) {
        logits[i] = (logits[i] * 2).rounded() / 2
      }
      let codes = random.values(grid.count * 4)
      var decoder = Decoder(threshold: threshold)
      decoder.candidatesPerLevel = candidates
      (decoder.perClass, decoder.total) = (40, 70)
      let given = decoder.decode(logits: logits, codes: codes, classes: classes, grid: grid)
      let expected = naive(decoder, logits, codes, classes, grid)
      #expect(given.map(\.box) == expected.map(\.box))
      #expect(given.map(\.label) == expected.map(\.label))
      #expect(zip(given, expected).allSatisfy { abs($0.score - $1.score) < 1e-6 })
      #expect(zip(given, given.dropFirst()).allSatisfy { $0.score >= $1.score })
      #expect(threshold > 0.5 || !given.isEmpty)
    }
  }

  @Test func brokenOutputsGiveNoBoxes() {
    let grid = AnchorGrid(height: 32, width: 32)
    let decoder = Decoder(threshold: 0)
    let nan = [Float](repeating: .nan, count: grid.count * 4)
    let one = [Float](repeating: 1, count: grid.count)
    #expect(decoder.decode(logits: nan, codes: nan, classes: 1, grid: grid).isEmpty)
    #expect(decoder.decode(logits: one, codes: nan, classes: 1, grid: grid).isEmpty)
  }
}

struct DetectorTests {
  @Test func imagesOfAnySizeGiveBoxesInTheirPixels() throws {
    let network = try TinyDetector.network(height: 64, width: 64, classes: 2)
    let detector = try Detector(network, batch: 2)
    var random = RandomBoxes(2)
    let images = try [(64, 64), (30, 90), (200, 100)].map { height, width in
      try Tensor(
        shape: [height, width, 3], values: random.values(height * width * 3).map { $0.magnitude })
    }
    let decoder = Decoder(threshold: 0.3)
    let found = try detector.detect(images, decoder: decoder)
    #expect(found.count == 3 && found.allSatisfy { !$0.isEmpty })
    for (image, boxes) in zip(images, found) {
      for box in boxes.map(\.box) {
        #expect(box.left >= 0 && box.top >= 0 && box.area > 0)
        #expect(box.right <= Float(image.shape[1]) && box.bottom <= Float(image.shape[0]))
      }
    }
    // One by one it is the same: what a batch holds beside an image must not matter.
    for (image, boxes) in zip(images, found) {
      #expect(try detector.detect([image], decoder: decoder)[0] == boxes)
    }
    let grey = try images[0].reduce(.mean, axis: 2).reshaped([64, 64, 1])
    #expect(try detector.detect([grey]).count == 1)
    #expect(throws: TrainingError.self) { try detector.detect([Tensor(shape: [64, 64, 5])]) }
    #expect(throws: TrainingError.self) { try detector.detect([Tensor(shape: [64])]) }
  }

  /// What is found in a scaled image must lie where it is in the image itself.
  @Test(arguments: ImageFrame.Fit.allCases)
  func boxesComeBackFromTheFrame(fit: ImageFrame.Fit) throws {
    let frame = try ImageFrame(height: 32, width: 32, fit: fit)
    let placement = Placement(height: 48, width: 64, in: frame)
    let box = Box(left: 20, top: 12, right: 40, bottom: 30)
    let back = placement.restore(placement.place(box))
    for side in [\Box.left, \.top, \.right, \.bottom] {
      #expect(abs(back[keyPath: side] - box[keyPath: side]) < 1e-4)
    }
    // A crop is scaled to a width of 43, of which 11 are cut off.
    #expect(abs(placement.place(box).left - (fit == .crop ? 20 * 43 / 64 - 5 : 10)) < 0.01)
  }

  @Test func aFinalSigmoidMakesNoDifference() throws {
    let network = try TinyDetector.network(height: 32, width: 32, classes: 2)
    let other = try Network(
      inputs: network.inputs,
      outputs: [try network.outputs[0].applying(Activation.sigmoid), network.outputs[1]],
      reusing: [network])
    let image = try Tensor(shape: [32, 32, 3], repeating: 0.5)
    let found = try [network, other].map { try Detector($0).detect([image]) }
    #expect(found[0] == found[1] && !found[0][0].isEmpty)
  }
}
