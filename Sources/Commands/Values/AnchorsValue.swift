import Figures
import Imagery
import Language
import Tensors
import Training

/// What a detector's anchors stand for in some images: the result of `anchors`.
package final class AnchorsValue: HostObject {
  private let facts: AnchorStatistics
  private let grid: AnchorGrid
  /// An image with its boxes.
  private let example: (image: Tensor, boxes: [LabelledBox])
  private let classes: [String]

  init(
    _ facts: AnchorStatistics, grid: AnchorGrid, example: (image: Tensor, boxes: [LabelledBox]),
    classes: [String]
  ) {
    self.facts = facts
    self.grid = grid
    self.example = example
    self.classes = classes
  }

  package var kind: String { "anchors" }

  package var summary: String {
    let all = facts.anchors * facts.images
    func line(_ name: String, _ count: Int) -> String {
      let share = NumberText(100 * Double(count) / Double(max(all, 1))).significant(3)
      return "\n  \(name) \(grouped(count)) (\(share) %)"
    }
    let levels = zip(grid.levels, facts.positivesOfLevels).map { level, count in
      "\(count) at stride \(level.stride)"
    }
    return "anchors: \(grouped(facts.anchors)) an image, \(grouped(all)) in \(facts.images) images"
      + line("background", facts.background) + line("of an object", facts.positive)
      + line("in between, not counted", facts.ignored)
      + "\n  anchors of objects: \(levels.joined(separator: ", "))"
      + "\n  objects: \(facts.objects), without an anchor \(facts.objectsWithoutAnchor)"
  }

  package var propertyNames: [String] {
    [
      "count", "background", "positive", "ignored", "background_share", "by_level", "objects",
      "objects_without_anchor", "images",
    ]
  }

  package func property(_ name: String) -> Value? {
    func number(_ value: Int) -> Value { .number(Double(value)) }
    switch name {
    case "count": return number(facts.anchors)
    case "background": return number(facts.background)
    case "positive": return number(facts.positive)
    case "ignored": return number(facts.ignored)
    case "background_share":
      return .number(Double(facts.background) / Double(max(facts.anchors * facts.images, 1)))
    case "by_level": return .numbers(facts.positivesOfLevels)
    case "objects": return number(facts.objects)
    case "objects_without_anchor": return number(facts.objectsWithoutAnchor)
    case "images": return number(facts.images)
    default: return nil
    }
  }
}

extension AnchorsValue: Drawable {
  /// On one image: the nine anchors of a cell in the middle of each level, and the anchors that
  /// stand for the objects, which are dashed.
  func figure(_ workspace: Workspace) throws -> Figure {
    let bitmap = try Bitmap(picture: example.image)
    func drawn(_ box: Box, _ colour: Int, _ name: String = "", isDashed: Bool = false)
      -> AnnotatedImage.Box
    {
      AnnotatedImage.Box(
        x: Double(box.left), y: Double(box.top), width: Double(box.width),
        height: Double(box.height), name: name, colour: colour, isDashed: isDashed)
    }
    var cells: [AnnotatedImage.Box] = []
    for (number, level) in grid.levels.enumerated() {
      let middle =
        level.first + (level.rows / 2 * level.columns + level.columns / 2)
        * grid.shapes.count
      for anchor in middle..<middle + grid.shapes.count {
        cells.append(drawn(grid.boxes[anchor], number))
      }
    }
    let matching = Matching(example.boxes, to: grid)
    // The best are not known any more; of hundreds, an even choice is enough to see them.
    let step = max(matching.positives.count / 60, 1)
    let chosen = stride(from: 0, to: matching.positives.count, by: step).map {
      matching.positives[$0]
    }
    let matched =
      chosen.map { drawn(grid.boxes[$0.anchor], example.boxes[$0.box].label) }
      + example.boxes.map {
        drawn($0.box, $0.label, className($0.label, classes).withVisibleControls, isDashed: true)
      }
    return Figure(
      "Anchors",
      Composition([
        Figure("one cell of each level", AnnotatedImage(bitmap, boxes: cells)),
        Figure(
          "\(matching.positives.count) of \(grid.count) stand for an object",
          AnnotatedImage(bitmap, boxes: matched)),
      ]))
  }
}
