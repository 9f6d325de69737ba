import Imagery
import Kernels
import Networks

/// Learning to find objects: the focal loss of every anchor's classes, and the smooth L1 loss of the
/// boxes of those that stand for an object, divided by the number of such anchors in the whole batch
/// (Lin et al. 2017, section 4, and the paper's code). So each object weighs the same, be it alone
/// in its image or one of many, and an image without objects does not drown the others.
package struct Detection: Objective {
  package let grid: AnchorGrid
  package var focal = FocalLoss()
  package var smoothL1 = SmoothL1()
  /// Factors of the two.
  package var classWeight: Float = 1
  package var boxWeight: Float = 1
  package var rule = Matching.Rule()
  /// As the course's code: each image's losses are divided by its own number of anchors that stand
  /// for an object, images without one contribute nothing, and the batch's images are averaged.
  package var dividesByImage = false

  /// - Throws: `DetectionError.notADetector`, `.anchorCount`.
  package init(_ network: Network, shapes: AnchorShapes = AnchorShapes()) throws {
    grid = try DetectorEnds(network, shapes: shapes).grid
  }

  package var name: String { "detection" }
  package var score: ScoreKind? { nil }

  package var settings: String {
    let shapes = grid.shapes
    let anchors: String =
      "\(shapes.strides) \(shapes.scale) \(shapes.ratios) \(shapes.octaveScales) "
      + "\(shapes.centre) \(shapes.areWhole)"
    let v = shapes.coding.variances
    return "detection \(classWeight) \(focal.settings), \(boxWeight) \(smoothL1.settings), "
      + "anchors \(anchors), variances \(v.x) \(v.y) \(v.z) \(v.w), "
      + "match \(rule.positive) \(rule.background) \(rule.forcesBestMatch), "
      + "by \(dividesByImage ? "image" : "batch")"
  }

  package func outputs(of network: Network) throws -> [Node] {
    let ends = try DetectorEnds(network, shapes: grid.shapes)
    return [ends.scores, ends.boxes]
  }

  /// - Throws: `TrainingError.dataKind`, `.classCount`.
  package func check(_ dataset: Dataset, _ network: Network) throws {
    try dataset.require(.boxes, for: name)
    let classes = try DetectorEnds(network, shapes: grid.shapes).classes
    guard classes == dataset.classes.count else {
      throw TrainingError.classCount(outputs: classes, classes: dataset.classes.count)
    }
  }

  package func evaluate(_ batch: Batch, _ outputs: [OutputMap]) throws -> Measure {
    Measure(loss: try evaluate(batch.annotations.map(\.boxes), outputs))
  }

  /// The same for the boxes of each image.
  /// - Throws: `TrainingError.targetShape`, `.labelOutOfRange`.
  package func evaluate(_ truths: [[LabelledBox]], _ outputs: [OutputMap]) throws -> Double {
    let (count, anchors) = (truths.count, grid.count)
    guard outputs.count == 2, let classes = outputs[0].shape.last,
      (1...FocalRows.columnLimit).contains(classes),
      outputs[0].shape == [anchors, classes], outputs[1].shape == [anchors, 4]
    else {
      throw TrainingError.targetShape(
        loss: name, output: outputs.first?.shape ?? [], target: [count, anchors])
    }
    for box in truths.joined() where box.label < 0 || box.label >= classes {
      throw TrainingError.labelOutOfRange(label: box.label, classes: classes)
    }
    let matchings = Matching.each(truths, to: grid, rule: rule)
    let inBatch = matchings.reduce(0) { $0 + $1.positives.count }
    var sum = 0.0
    for (image, matching) in matchings.enumerated() {
      let scores = outputs[0].part(image, anchors * classes)
      let codes = outputs[1].part(image, anchors * 4)
      codes.gradient?.update(repeating: 0, count: anchors * 4)
      let positives = matching.positives.count
      guard positives > 0 || !dividesByImage else {
        scores.gradient?.update(repeating: 0, count: anchors * classes)
        continue
      }
      let share = 1 / Float(dividesByImage ? positives * count : max(inBatch, 1))
      let classLoss = matching.labels.withUnsafeBufferPointer {
        focal.sum(
          rows: anchors, columns: classes, logits: scores.values, labels: $0.baseAddress!,
          gradient: scores.gradient, scale: classWeight * share)
      }
      let boxLoss = boxes(codes, matching, truths[image], scale: boxWeight * share)
      sum += (Double(classWeight) * classLoss + Double(boxWeight) * boxLoss) * Double(share)
    }
    return sum
  }

  /// The sum of the box losses of an image, and where wanted `scale` · its gradient.
  private func boxes(
    _ codes: OutputMap, _ matching: Matching, _ truths: [LabelledBox], scale: Float
  ) -> Double {
    var sum = 0.0
    for (anchor, box) in matching.positives {
      let values = codes.values + anchor * 4
      let target = grid.shapes.coding.encode(truths[box].box, at: grid.boxes[anchor])
      let (loss, slope) = smoothL1.points(
        SIMD4(values[0], values[1], values[2], values[3]) - target)
      sum += Double(loss)
      if let gradient = codes.gradient {
        for i in 0..<4 { gradient[anchor * 4 + i] = slope[i] * scale }
      }
    }
    return sum
  }
}

extension OutputMap {
  /// The part of one image, `count` values.
  fileprivate func part(_ image: Int, _ count: Int) -> OutputMap {
    OutputMap(
      values + image * count, shape: shape, gradient: gradient.map { $0 + image * count })
  }
}

extension Matching {
  /// Matches the boxes of several images, on all threads.
  package static func each(
    _ truths: [[LabelledBox]], to grid: AnchorGrid, rule: Rule = Rule()
  ) -> [Matching] {
    var results = [Matching?](repeating: nil, count: truths.count)
    results.withUnsafeMutableBufferPointer { results in
      // Each chunk writes its own place.
      Parallel.run(chunks: truths.count) {
        results[$0] = Matching(truths[$0], to: grid, rule: rule)
      }
    }
    return results.compactMap { $0 }
  }
}
