import Foundation
import Imagery
import Testing
import Training

/// `average_precision.json`: random detections, and what pycocotools says of them. The script beside
/// it wrote it.
struct PrecisionCase: Decodable {
  struct Expected: Decodable {
    let ap, ap50, ap75, small, medium, large: Double?
    let ar1, ar10, ar100, ar_small, ar_medium, ar_large: Double?
    let ap_of_class, ap50_of_class: [Double?]
  }
  let classes: Int
  let images: Int
  let truths: [[Double]]
  let detections: [[Double]]
  let expected: Expected

  static func all() throws -> [PrecisionCase] {
    let file = try #require(
      Bundle.module.url(
        forResource: "average_precision", withExtension: "json", subdirectory: "Fixtures"))
    return try JSONDecoder().decode([PrecisionCase].self, from: Data(contentsOf: file))
  }

  var results: DetectionResults {
    func box(_ row: [Double]) -> Box {
      Box(left: Float(row[2]), top: Float(row[3]), right: Float(row[4]), bottom: Float(row[5]))
    }
    return DetectionResults(
      dataset: "case", classes: (0..<classes).map(String.init),
      images: (0..<images).map { image in
        .init(
          index: image,
          truths: truths.filter { $0[0] == Double(image) }.map {
            LabelledBox(box($0), label: Int($0[1]), isDifficult: $0[6] == 1)
          },
          detections: detections.filter { $0[0] == Double(image) }.map {
            DetectedBox(box($0), label: Int($0[1]), score: Float($0[6]))
          })
      })
  }
}

struct AveragePrecisionTests {
  @Test func numbersArePycocotoolss() throws {
    let cases = try PrecisionCase.all()
    #expect(cases.count == 50)
    for (number, one) in cases.enumerated() {
      let given = AveragePrecision(one.results)
      let wanted = one.expected
      let pairs: [(String, Double?, Double?)] = [
        ("ap", given.average(), wanted.ap), ("ap50", given.average(atOverlap: 0.5), wanted.ap50),
        ("ap75", given.average(atOverlap: 0.75), wanted.ap75),
        ("small", given.average(.small), wanted.small),
        ("medium", given.average(.medium), wanted.medium),
        ("large", given.average(.large), wanted.large),
        ("ar1", given.recall(limit: 1), wanted.ar1), ("ar10", given.recall(limit: 10), wanted.ar10),
        ("ar100", given.recall(), wanted.ar100),
        ("ar small", given.recall(.small), wanted.ar_small),
        ("ar medium", given.recall(.medium), wanted.ar_medium),
        ("ar large", given.recall(.large), wanted.ar_large),
      ]
      let classes = (0..<one.classes).flatMap { k in
        [
          ("class \(k)", given.average(ofClass: k), wanted.ap_of_class[k]),
          ("class \(k) at 0.5", given.average(ofClass: k, atOverlap: 0.5), wanted.ap50_of_class[k]),
        ]
      }
      for (name, value, expected) in pairs + classes {
        let difference = zip([value ?? -1], [expected ?? -1]).map { abs($0 - $1) }[0]
        #expect(difference < 1e-9, "case \(number), \(name): \(value ?? -1), not \(expected ?? -1)")
      }
    }
  }

  /// Pascal VOC's definition, a threshold of score at a time.
  private func naive(_ results: DetectionResults, _ label: Int, elevenPoints: Bool) -> Double? {
    let images = results.images
    let count = images.reduce(0) { $0 + $1.truths.count { $0.label == label && !$0.isDifficult } }
    guard count > 0 else { return nil }
    let order = images.enumerated().flatMap { place, image in
      image.detections.filter { $0.label == label }.map { (place, $0) }
    }.enumerated().sorted { ($0.element.1.score, -$0.offset) > ($1.element.1.score, -$1.offset) }
      .map(\.element)
    var points: [(Double, Double)] = []
    // For each number of detections accepted, all is matched anew.
    for accepted in 1...max(order.count, 1) where accepted <= order.count {
      var (right, wrong) = (0, 0)
      var taken: Set<[Int]> = []
      for (place, detection) in order.prefix(accepted) {
        let overlaps = images[place].truths.map { truth -> Double in
          guard truth.label == label else { return 0 }
          let (a, b) = (truth.box, detection.box)
          let w = Double(min(a.right, b.right) - max(a.left, b.left))
          let h = Double(min(a.bottom, b.bottom) - max(a.top, b.top))
          guard w > 0, h > 0 else { return 0 }
          return w * h / (Double(a.area) + Double(b.area) - w * h)
        }
        let best = overlaps.max() ?? 0
        guard best >= 0.5, let truth = overlaps.firstIndex(of: best) else {
          wrong += 1
          continue
        }
        if images[place].truths[truth].isDifficult { continue }
        if taken.insert([place, truth]).inserted { right += 1 } else { wrong += 1 }
      }
      if right + wrong > 0 {
        points.append((Double(right) / Double(count), Double(right) / Double(right + wrong)))
      }
    }
    func best(from recall: Double) -> Double {
      points.filter { $0.0 >= recall }.map(\.1).max() ?? 0
    }
    if elevenPoints { return (0...10).reduce(0) { $0 + best(from: Double($1) / 10) } / 11 }
    // Recall goes up in steps of one object.
    return (1...count).reduce(0) { $0 + best(from: Double($1) / Double(count)) } / Double(count)
  }

  @Test func pascalsNumbersAreTheirDefinition() throws {
    for (number, one) in try PrecisionCase.all().enumerated() {
      let results = one.results
      for (curve, elevenPoints) in [
        (PascalPrecision.Curve.elevenPoints, true), (.allPoints, false),
      ] {
        let given = PascalPrecision.average(results, curve: curve)
        for label in 0..<one.classes {
          let expected = naive(results, label, elevenPoints: elevenPoints)
          #expect(
            abs((given[label] ?? -1) - (expected ?? -1)) < 1e-9,
            "case \(number), class \(label): \(given[label] ?? -1), not \(expected ?? -1)")
        }
      }
    }
  }

  private func results(
    _ truths: [LabelledBox], _ detections: [DetectedBox]
  ) -> DetectionResults {
    DetectionResults(
      dataset: "", classes: ["a"], images: [.init(index: 0, truths: truths, detections: detections)]
    )
  }

  @Test func casesThatCanBeDoneByHand() {
    let box = Box(left: 10, top: 10, right: 50, bottom: 50)
    let other = Box(left: 100, top: 10, right: 140, bottom: 50)
    let truths = [LabelledBox(box, label: 0), LabelledBox(other, label: 0)]
    let perfect = AveragePrecision(
      results(truths, [.init(box, label: 0, score: 0.9), .init(other, label: 0, score: 0.2)]))
    #expect(abs((perfect.average() ?? 0) - 1) < 1e-12)
    #expect(perfect.average(.medium) == perfect.average() && perfect.average(.small) == nil)
    #expect(perfect.counts == [2])
    // One of two found, and found twice: precision 1 up to a recall of 0.5, 51 of 101 points.
    let half = AveragePrecision(
      results(truths, [.init(box, label: 0, score: 0.9), .init(box, label: 0, score: 0.8)]))
    #expect(abs((half.average(atOverlap: 0.5) ?? 0) - 51.0 / 101) < 1e-12)
    #expect(half.recall() == 0.5)
    let nothing = AveragePrecision(results([], [.init(box, label: 0, score: 1)]))
    #expect(nothing.average() == nil && nothing.recall() == nil)
    #expect(AveragePrecision(results(truths, [])).average() == 0)
    #expect(PascalPrecision.average(results(truths, [])) == [0])
  }
}

struct ObjectCountsTests {
  @Test func countsAndTheirErrors() throws {
    let box = Box(left: 0, top: 0, right: 9, bottom: 9)
    func image(_ truths: Int, _ scores: [Float]) -> DetectionResults.Image {
      .init(
        index: 0,
        truths: (0..<truths).map { LabelledBox(box, label: $0 % 2) }
          + [LabelledBox(box, label: 0, isDifficult: true)],
        detections: scores.map { DetectedBox(box, label: 0, score: $0) })
    }
    let results = DetectionResults(
      dataset: "", classes: ["a", "b"],
      images: [image(1, [0.9, 0.5, 0.4]), image(3, [0.6]), image(5, [0.9, 0.9, 0.7, 0.2])])
    let counts = ObjectCounts(results, threshold: 0.5)
    #expect(counts.observed == [1, 3, 5] && counts.estimated == [2, 1, 3])
    #expect(counts.meanError == -1 && counts.meanAbsoluteError == 5.0 / 3)
    #expect(try #require(counts.correlation) == 0.5)
    #expect(ObjectCounts(results, threshold: 0, label: 0).observed == [1, 2, 3])
    #expect(ObjectCounts(results, threshold: 0, label: 1).estimated == [0, 0, 0])
    #expect(ObjectCounts(results, threshold: 0, label: 1).correlation == nil)
    #expect(ObjectCounts(observed: [], estimated: []).meanError == nil)
  }
}
