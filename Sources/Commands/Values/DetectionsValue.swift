import Figures
import Imagery
import Language
import Tensors
import Training

/// The objects found in every image of a dataset, beside those that are known.
package final class DetectionsValue: HostObject {
  let results: DetectionResults
  private let data: Dataset
  private let workspace: Workspace

  init(_ results: DetectionResults, of data: Dataset, _ workspace: Workspace) {
    self.results = results
    self.data = data
    self.workspace = workspace
  }

  package var kind: String { "detections" }

  package var summary: String {
    let found = results.images.reduce(0) { $0 + $1.detections.count }
    let known = results.images.reduce(0) { $0 + $1.truths.count }
    return "detections in \(results.images.count) images of \(results.dataset): "
      .withVisibleControls + "\(found) boxes found, \(known) known"
  }

  package var propertyNames: [String] { ["count", "classes"] }

  package func property(_ name: String) -> Value? {
    switch name {
    case "count": .number(Double(results.images.count))
    case "classes": .texts(results.classes)
    default: nil
    }
  }

  package var count: Int? { results.images.count }

  /// The boxes found in an image.
  package func element(at index: Int) throws -> Value {
    try workspace.checkpoint()
    return try Failure.explaining {
      let image = results.images[index]
      return .object(
        BoxesValue(
          found: image.detections, classes: results.classes,
          on: try data.sample(at: image.index).image))
    }
  }

  package func index(_ items: [IndexItem]) throws -> Value {
    guard items.count == 1, case .at(.number(let number)) = items[0],
      let given = Int(exactly: number),
      results.images.indices.contains(given < 0 ? given + results.images.count : given)
    else {
      throw Failure(
        code: "E0654",
        message: "detections are found by the number of an image, below \(results.images.count)")
    }
    return try element(at: given < 0 ? given + results.images.count : given)
  }
}

extension DetectionsValue: Drawable {
  /// A few images with what was found, and dashed what is known. Boxes below one half are left out
  /// where there are many.
  func figure(_ workspace: Workspace) throws -> Figure {
    let step = max(results.images.count / 6, 1)
    let picks = stride(from: 0, to: results.images.count, by: step).prefix(6)
    let figures = try picks.map { place in
      try workspace.checkpoint()
      let image = results.images[place]
      let known = image.truths.map { truth in
        BoxValue(truth.box, name: "", label: truth.label, score: nil).drawn(isDashed: true)
      }
      let found = image.detections.filter { $0.score >= 0.5 || image.detections.count <= 20 }
      let boxes = found.reversed().map { box in
        BoxValue(
          box.box, name: className(box.label, results.classes), label: box.label,
          score: box.score
        ).drawn()
      }
      return Figure(
        "\(found.count) found, \(image.truths.count) known",
        AnnotatedImage(
          try Bitmap(picture: try data.sample(at: image.index).image), boxes: known + boxes))
    }
    return Figure(
      "\(results.dataset): found, and dashed what is known".withVisibleControls,
      Composition(figures, columns: 3))
  }
}
