import Foundation
import Imagery
import Kernels
import Networks
import TestSupport
import Tensors
import Testing

import Training

struct DetectionTests {
  /// Inputs of a step: logits, codes and boxes of three images, the last without objects.
  struct Step {
    let classes = 3
    let count = 3
    let network: Network
    var detection: Detection
    var logits: [Float]
    var codes: [Float]
    var truths: [[LabelledBox]]

    init() throws {
      network = try TinyDetector.network(height: 64, width: 80, classes: classes)
      detection = try Detection(network)
      var random = RandomBoxes(5)
      let anchors = detection.grid.count
      logits = random.values(count * anchors * classes, scale: 2)
      codes = random.values(count * anchors * 4)
      truths = [
        random.truths(5, classes: classes, side: 60),
        random.truths(7, classes: classes, side: 60, difficult: 0.3), [],
      ]
    }

    func evaluate(gradients: Bool = true) throws -> (loss: Double, logits: [Float], codes: [Float])
    {
      let anchors = detection.grid.count
      // What is not written stays visible.
      var logitGradient = [Float](repeating: .nan, count: logits.count)
      var codeGradient = [Float](repeating: .nan, count: codes.count)
      let loss = try logitGradient.withUnsafeMutableBufferPointer { g in
        try codeGradient.withUnsafeMutableBufferPointer { h in
          try logits.withUnsafeBufferPointer { x in
            try codes.withUnsafeBufferPointer { y in
              try detection.evaluate(
                truths,
                [
                  OutputMap(
                    x.baseAddress!, shape: [anchors, classes],
                    gradient: gradients ? g.baseAddress : nil),
                  OutputMap(
                    y.baseAddress!, shape: [anchors, 4], gradient: gradients ? h.baseAddress : nil),
                ])
            }
          }
        }
      }
      return (loss, logitGradient, codeGradient)
    }

    /// The loss as it is written in the paper, in double precision.
    func naive() -> Double {
      let anchors = detection.grid.count
      var total = 0.0
      let inBatch = Matching.each(truths, to: detection.grid, rule: detection.rule)
        .reduce(0) { $0 + $1.positives.count }
      for image in 0..<count {
        let matching = Matching(truths[image], to: detection.grid, rule: detection.rule)
        let owners = Dictionary(
          uniqueKeysWithValues: matching.positives.map { ($0.anchor, $0.box) })
        var (classLoss, boxLoss) = (0.0, 0.0)
        for anchor in 0..<anchors where matching.labels[anchor] != FocalRows.ignored {
          for k in 0..<classes {
            let x = Double(logits[(image * anchors + anchor) * classes + k])
            let p = 1 / (1 + exp(-x))
            let isThere = matching.labels[anchor] == Int32(k)
            let (q, alpha) = isThere ? (p, 0.25) : (1 - p, 0.75)
            classLoss -= alpha * pow(1 - q, Double(detection.focal.gamma)) * log(q)
          }
          guard let owner = owners[anchor] else { continue }
          let (a, b) = (detection.grid.boxes[anchor], truths[image][owner].box)
          let target = [
            Double((b.left + b.right - a.left - a.right) / 2 / a.width) / 0.1,
            Double((b.top + b.bottom - a.top - a.bottom) / 2 / a.height) / 0.1,
            log(Double(b.width / a.width)) / 0.2, log(Double(b.height / a.height)) / 0.2,
          ]
          for i in 0..<4 {
            let d = abs(Double(codes[(image * anchors + anchor) * 4 + i]) - target[i])
            boxLoss += d < 1 ? d * d / 2 : d - 0.5
          }
        }
        let weights = (Double(detection.classWeight), Double(detection.boxWeight))
        let loss = weights.0 * classLoss + weights.1 * boxLoss
        if !detection.dividesByImage {
          total += loss / Double(inBatch)
        } else if !owners.isEmpty {
          total += loss / Double(owners.count * count)
        }
      }
      return total
    }
  }

  @Test(arguments: [0, 1.5, 2] as [Float], [false, true])
  func theLossEqualsItsDefinition(gamma: Float, dividesByImage: Bool) throws {
    var step = try Step()
    step.detection.dividesByImage = dividesByImage
    step.detection.focal.gamma = gamma
    (step.detection.classWeight, step.detection.boxWeight) = (0.7, 1.3)
    let (loss, _, _) = try step.evaluate()
    #expect(abs(loss - step.naive()) < 1e-5 * loss)
    #expect(try step.evaluate(gradients: false).loss == loss)
  }

  @Test(arguments: [false, true])
  func gradientsAreTheSlopesOfTheLoss(dividesByImage: Bool) throws {
    var step = try Step()
    step.detection.dividesByImage = dividesByImage
    step.detection.boxWeight = 2
    let gradients = try step.evaluate()
    let anchors = step.detection.grid.count
    let positives = (0..<2).flatMap { image in
      Matching(step.truths[image], to: step.detection.grid).positives.map {
        image * anchors + $0.anchor
      }
    }
    #expect(positives.count > 4)
    var random = RandomBoxes(6)
    var checked = 0
    for trial in 0..<120 {
      let anchor =
        trial % 2 == 0
        ? positives[random.below(positives.count)]
        : random.below(step.count * anchors)
      let (logit, code) = (
        anchor * step.classes + random.below(step.classes), anchor * 4 + trial % 4
      )
      func slope(_ values: WritableKeyPath<Step, [Float]>, _ place: Int) throws -> Double {
        var (above, below) = (step, step)
        above[keyPath: values][place] += 1e-2
        below[keyPath: values][place] -= 1e-2
        let width = Double(above[keyPath: values][place] - below[keyPath: values][place])
        return (try above.evaluate(gradients: false).loss - below.evaluate(gradients: false).loss)
          / width
      }
      let expected = (try slope(\.logits, logit), try slope(\.codes, code))
      #expect(abs(expected.0 - Double(gradients.logits[logit])) < 2e-5 + 2e-3 * abs(expected.0))
      // Across the bend of smooth L1 the difference lies between the slopes.
      #expect(abs(expected.1 - Double(gradients.codes[code])) < 2e-5 + 6e-3 * abs(expected.1))
      if expected.1 != 0 { checked += 1 }
    }
    #expect(checked >= 50)
    #expect(gradients.logits.allSatisfy(\.isFinite) && gradients.codes.allSatisfy(\.isFinite))
  }

  /// Background must be learned from images without objects too; the course's code leaves them out.
  @Test func emptyImagesCountUnlessDividedByImage() throws {
    var step = try Step()
    let last = 2 * step.detection.grid.count * step.classes
    #expect(try step.evaluate().logits[last...].contains { $0 != 0 })
    step.detection.dividesByImage = true
    let (_, logits, codes) = try step.evaluate()
    #expect(logits[last...].allSatisfy { $0 == 0 } && codes.allSatisfy { !$0.isNaN })
  }

  /// A batch without any object still teaches that nothing is there.
  @Test func aBatchWithoutObjectsTeachesItsBackground() throws {
    var step = try Step()
    step.truths = [[], [], []]
    let (loss, logits, codes) = try step.evaluate()
    #expect(loss > 0 && logits.allSatisfy { $0 > 0 } && codes.allSatisfy { $0 == 0 })
    step.detection.dividesByImage = true
    #expect(try step.evaluate().loss == 0)
  }

  /// The published sum over a frame of the course's camera, by a network that says 0.01 everywhere.
  @Test func anEmptyFrameHasItsBackgroundLoss() {
    let anchors = AnchorGrid.count(height: 768, width: 1408, shapes: AnchorShapes())
    let logits = [Float](repeating: -logf(99), count: anchors)
    let labels = [Int32](repeating: FocalRows.background, count: anchors)
    let sum = FocalLoss().sum(rows: anchors, columns: 1, logits: logits, labels: labels)
    #expect(abs(sum - 0.15268) < 1e-4)
  }

  @Test func whatDoesNotFitIsNamed() throws {
    var step = try Step()
    let anchors = step.detection.grid.count
    step = try Step()
    let wrong = OutputMap(step.logits, shape: [anchors, 3])
    #expect(throws: TrainingError.self) { try step.detection.evaluate(step.truths, [wrong]) }
    let label = [[LabelledBox(Box(left: 0, top: 0, right: 9, bottom: 9), label: 3)], [], []]
    let codes = OutputMap(step.codes, shape: [anchors, 4])
    #expect(throws: TrainingError.labelOutOfRange(label: 3, classes: 3)) {
      try step.detection.evaluate(label, [wrong, codes])
    }
    #expect(throws: DetectionError.notADetector(outputs: [[3]])) {
      try Detection(Toy.network())
    }
    let other = try TinyDetector.network(height: 64, width: 80, classes: 3, perCell: 6)
    #expect(
      throws: DetectionError.anchorCount(
        outputs: anchors / 9 * 6, expected: anchors, input: [64, 80, 3])
    ) { try Detection(other) }
  }

  /// A checkpoint must not go on with other numbers.
  @Test func settingsTellEveryNumber() throws {
    let step = try Step()
    let changes: [(inout Detection) -> Void] = [
      { $0.focal.gamma = 1 }, { $0.focal.alpha = nil }, { $0.smoothL1.delta = 0.1 },
      { $0.classWeight = 2 }, { $0.boxWeight = 2 }, { $0.rule.positive = 0.6 },
      { $0.rule.background = 0.3 }, { $0.rule.forcesBestMatch = true },
      { $0.dividesByImage = true },
    ]
    var texts = [step.detection.settings]
    for change in changes {
      var other = step.detection
      change(&other)
      texts.append(other.settings)
    }
    let network = try TinyDetector.network(height: 64, width: 80, classes: 3)
    texts.append(try Detection(network, shapes: AnchorShapes(scale: 2)).settings)
    texts.append(try Detection(network, shapes: .torchvision).settings)
    #expect(Set(texts).count == texts.count)
  }
}

struct DetectionLossTests {
  @Test(.enabled(if: Fixtures.exist, "the reference dumps are not here"))
  func lossesAgreeWithTensorFlow() throws {
    let file = try Safetensors.read(Fixtures.operations)
    func values(_ name: String) throws -> [Float] { try #require(file[name]).values }
    let (x, y) = (try values("focal/logits"), try values("focal/labels"))
    var gradient = [Float](repeating: .nan, count: x.count)
    // Several classes may be there at once: a row for each value.
    let sum = FocalLoss().sum(
      rows: x.count, columns: 1, logits: x, labels: y.map { $0 == 1 ? 0 : FocalRows.background },
      gradient: &gradient)
    #expect(abs(sum - Double(try values("focal/y")[0])) < 1e-5 * sum)
    for (given, wanted) in zip(gradient, try values("focal/dlogits")) {
      #expect(abs(given - wanted) < 1e-6)
    }

    let (prediction, target) = (try values("smooth_l1/x"), try values("smooth_l1/target"))
    let points = zip(prediction, target).map { SmoothL1().point($0 - $1) }
    let total = points.reduce(0.0) { $0 + Double($1.loss) }
    #expect(abs(total - Double(try values("smooth_l1/y")[0])) < 1e-5 * total)
    for (given, wanted) in zip(points, try values("smooth_l1/dx")) {
      #expect(abs(given.derivative - wanted) < 1e-6)
    }
  }

  @Test func smoothL1HasItsCheckValues() {
    for (difference, loss) in [(0.5, 0.125), (1, 0.5), (2, 1.5), (-2, 1.5), (0, 0)]
      as [(Float, Float)]
    {
      #expect(SmoothL1().point(difference).loss == loss)
    }
    for delta in [0.1, 1, 3] as [Float] {
      for x in stride(from: Float(-4.03), to: 4, by: 0.11) {
        let loss = SmoothL1(delta: delta)
        let slope = (loss.point(x + 1e-3).loss - loss.point(x - 1e-3).loss) / 2e-3
        #expect(abs(slope - loss.point(x).derivative) < 1e-2)
      }
    }
  }
}
