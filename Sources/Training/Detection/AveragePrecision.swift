import Imagery

/// How well objects are found, as COCO computes it (cocodataset.org, "Detection evaluation";
/// pycocotools): detections are taken in order of score, each is right if it overlaps an object of
/// its class that no better one has; average precision is the mean, over 101 recalls, of the best
/// precision at that recall or beyond.
///
/// Difficult boxes are COCO's crowds: they need not be found, and any number of detections in one
/// count neither for nor against. Areas are in pixels of the images that the network saw.
package struct AveragePrecision: Sendable {
  /// Objects by their area.
  package enum Area: String, Sendable, CaseIterable {
    case all, small, medium, large

    /// Pixels; both ends belong to it.
    var range: ClosedRange<Double> {
      switch self {
      case .all: 0...1e10
      case .small: 0...1024
      case .medium: 1024...9216
      case .large: 9216...1e10
      }
    }
  }

  /// Overlaps from which on a detection is right: 0.5, 0.55 … 0.95.
  package static let overlaps: [Double] = (0..<10).map { $0 == 9 ? 0.95 : 0.5 + Double($0) * step }
  /// As numpy's linspace computes it, so that both see the same numbers.
  private static let step = (0.95 - 0.5) / 9
  /// 0, 0.01 … 1.
  package static let recalls: [Double] = (0...100).map { $0 == 100 ? 1 : Double($0) * 0.01 }
  /// The most detections of a class in an image that are looked at.
  package static let detectionLimits = [1, 10, 100]

  package let classes: [String]
  /// By class, area, then overlap; nil for a class without such objects.
  private let curves: [[Area: [Curve]]]
  /// By class, then limit of `detectionLimits`, then overlap: the recall reached, of all areas.
  private let reached: [[[Double]]?]
  /// Objects of each class, difficult ones left out.
  package let counts: [Int]

  /// Precision at each of `recalls`, and the recall that is reached.
  struct Curve: Sendable {
    let precision: [Double]
    let recall: Double
    var average: Double { precision.reduce(0, +) / Double(precision.count) }
  }

  package init(_ results: DetectionResults) {
    self.init(results.images, classes: results.classes)
  }

  /// - Parameter images: labels are indices into `classes`; others are passed over.
  package init(_ images: [DetectionResults.Image], classes: [String]) {
    self.classes = classes
    var curves: [[Area: [Curve]]] = []
    var reached: [[[Double]]?] = []
    var counts: [Int] = []
    for label in classes.indices {
      let pairs = images.map { ImagePairs($0, label: label) }
      counts.append(pairs.reduce(0) { $0 + $1.truths.count { !$0.isCrowd } })
      var byArea: [Area: [Curve]] = [:]
      for area in Area.allCases {
        byArea[area] = AveragePrecision.curves(pairs, area, limit: 100)
      }
      curves.append(byArea)
      let recalls = AveragePrecision.detectionLimits.map { limit in
        AveragePrecision.curves(pairs, .all, limit: limit)?.map(\.recall)
      }
      reached.append(recalls.contains { $0 == nil } ? nil : recalls.compactMap { $0 })
    }
    (self.curves, self.reached, self.counts) = (curves, reached, counts)
  }

  // MARK: Numbers

  /// COCO's AP: the mean over classes and overlaps from 0.5 to 0.95; nil without such objects.
  package func average(_ area: Area = .all) -> Double? {
    mean(classes.indices.flatMap { curves[$0][area]?.map(\.average) ?? [] })
  }

  /// AP at one overlap of `overlaps` (0.5: AP50, 0.75: AP75).
  package func average(atOverlap overlap: Double) -> Double? {
    mean(classes.indices.compactMap { average(ofClass: $0, atOverlap: overlap) })
  }

  /// COCO's AP of one class.
  package func average(ofClass label: Int) -> Double? {
    mean(curves[label][.all]?.map(\.average) ?? [])
  }

  package func average(ofClass label: Int, atOverlap overlap: Double) -> Double? {
    curves[label][.all]?[AveragePrecision.index(ofOverlap: overlap)].average
  }

  /// COCO's AR: the recall reached with at most `limit` detections an image (1, 10 or 100), the mean
  /// over classes and overlaps.
  package func recall(limit: Int = 100) -> Double? {
    guard let index = AveragePrecision.detectionLimits.firstIndex(of: limit) else { return nil }
    return mean(reached.flatMap { $0?[index] ?? [] })
  }

  package func recall(_ area: Area) -> Double? {
    mean(classes.indices.flatMap { curves[$0][area]?.map(\.recall) ?? [] })
  }

  /// The best precision at each of `recalls` or beyond; nil for a class without objects.
  package func precision(ofClass label: Int, atOverlap overlap: Double = 0.5) -> [Double]? {
    curves[label][.all]?[AveragePrecision.index(ofOverlap: overlap)].precision
  }

  private func mean(_ values: [Double]) -> Double? {
    values.isEmpty ? nil : values.reduce(0, +) / Double(values.count)
  }

  private static func index(ofOverlap overlap: Double) -> Int {
    let index = overlaps.firstIndex { ($0 - overlap).magnitude < 1e-9 }
    precondition(index != nil, "an overlap is one of 0.5, 0.55 … 0.95")
    return index ?? 0
  }

  // MARK: Matching

  /// The curves at all overlaps; nil where there is no object to find.
  private static func curves(
    _ pairs: [ImagePairs], _ area: Area, limit: Int
  ) -> [Curve]? {
    let count = pairs.reduce(0) { sum, pair in
      sum + pair.truths.count { !$0.isIgnored(area) }
    }
    guard count > 0 else { return nil }
    return overlaps.map { overlap in
      let verdicts = pairs.flatMap { $0.verdicts(area, overlap: overlap, limit: limit) }
      return curve(verdicts, count: count)
    }
  }

  private static func curve(_ verdicts: [(score: Float, isRight: Bool)], count: Int) -> Curve {
    // The sort is stable: of equal scores the earlier image's come first.
    let order = verdicts.sorted { $0.score > $1.score }
    var right = 0
    var recalls: [Double] = []
    var precisions: [Double] = []
    for (place, verdict) in order.enumerated() {
      if verdict.isRight { right += 1 }
      recalls.append(Double(right) / Double(count))
      precisions.append(Double(right) / (Double(place + 1) + Double.ulpOfOne))
    }
    for place in precisions.indices.dropLast().reversed() {
      precisions[place] = max(precisions[place], precisions[place + 1])
    }
    var place = 0
    let sampled = AveragePrecision.recalls.map { recall in
      while place < recalls.count, recalls[place] < recall { place += 1 }
      return place < recalls.count ? precisions[place] : 0
    }
    return Curve(precision: sampled, recall: recalls.last ?? 0)
  }
}

/// The objects and detections of one class in one image.
struct ImagePairs: Sendable {
  struct Truth: Sendable {
    let area: Double
    let isCrowd: Bool

    func isIgnored(_ range: AveragePrecision.Area) -> Bool {
      isCrowd || !range.range.contains(area)
    }
  }

  let truths: [Truth]
  /// Most probable first.
  let scores: [Float]
  let areas: [Double]
  /// `[detection][truth]`: intersection over union; of a crowd, over the detection's area.
  let overlaps: [[Double]]

  init(_ image: DetectionResults.Image, label: Int) {
    let boxes = image.truths.filter { $0.label == label }
    let detections = Array(
      image.detections.filter { $0.label == label }.sorted { $0.score > $1.score }.prefix(100))
    let truths = boxes.map { Truth(area: $0.box.exactArea, isCrowd: $0.isDifficult) }
    self.truths = truths
    scores = detections.map(\.score)
    areas = detections.map(\.box.exactArea)
    overlaps = detections.map { detection in
      boxes.map { $0.box.exactOverlap(detection.box, isCrowd: $0.isDifficult) }
    }
  }

  /// Whether each detection is right; those that do not count are left out.
  func verdicts(
    _ area: AveragePrecision.Area, overlap: Double, limit: Int
  ) -> [(score: Float, isRight: Bool)] {
    // Objects that count come first, as they are preferred.
    let isIgnored = truths.map { $0.isIgnored(area) }
    let order = truths.indices.filter { !isIgnored[$0] } + truths.indices.filter { isIgnored[$0] }
    var isTaken = [Bool](repeating: false, count: truths.count)
    var verdicts: [(score: Float, isRight: Bool)] = []
    for detection in scores.indices.prefix(limit) {
      var best: Int?
      var least = min(overlap, 1 - 1e-10)
      for truth in order where !isTaken[truth] || truths[truth].isCrowd {
        if let best, !isIgnored[best], isIgnored[truth] { break }
        if overlaps[detection][truth] >= least {
          least = overlaps[detection][truth]
          best = truth
        }
      }
      if let best {
        isTaken[best] = true
        if !isIgnored[best] { verdicts.append((scores[detection], true)) }
      } else if area.range.contains(areas[detection]) {
        verdicts.append((scores[detection], false))
      }
    }
    return verdicts
  }
}

extension Box {
  /// In double precision: what is compared with thresholds must not depend on rounding.
  var exactArea: Double {
    (Double(right) - Double(left)) * (Double(bottom) - Double(top))
  }

  func exactOverlap(_ other: Box, isCrowd: Bool = false) -> Double {
    let width = Double(min(right, other.right)) - Double(max(left, other.left))
    let height = Double(min(bottom, other.bottom)) - Double(max(top, other.top))
    guard width > 0, height > 0 else { return 0 }
    let common = width * height
    return common / (isCrowd ? other.exactArea : exactArea + other.exactArea - common)
  }
}
