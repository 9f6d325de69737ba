import Figures
import Imagery
import Language
import Tensors
import Training

/// One box in the language: an object that was found, or is known to be there.
package final class BoxValue: HostObject {
  let box: Box
  let name: String
  /// The number of its class, which its colour follows.
  let label: Int
  /// Nil for an object that is known.
  let score: Float?

  init(_ box: Box, name: String, label: Int, score: Float?) {
    self.box = box
    self.name = name
    self.label = label
    self.score = score
  }

  package var kind: String { "box" }

  package var summary: String {
    func n(_ value: Float) -> String { NumberText(value).fixed(0) }
    let score = self.score.map { ", " + TrainingWords.percent(Double($0)) } ?? ""
    return "box \(name.withVisibleControls)\(score): \(n(box.width))×\(n(box.height)) pixels "
      + "at x \(n(box.left)), y \(n(box.top))"
  }

  package var propertyNames: [String] {
    [
      "name", "label", "score", "x", "y", "width", "height", "left", "top", "right", "bottom",
      "area",
    ]
  }

  package func property(_ name: String) -> Value? {
    func number(_ value: Float) -> Value { .number(Double(decimal: value)) }
    return switch name {
    case "name", "label": .text(self.name)
    case "score": score.map(number) ?? Value.none
    case "x", "left": number(box.left)
    case "y", "top": number(box.top)
    case "width": number(box.width)
    case "height": number(box.height)
    case "right": number(box.right)
    case "bottom": number(box.bottom)
    case "area": number(box.area)
    default: nil
    }
  }

  package func isEqual(_ other: any HostObject) -> Bool {
    (other as? BoxValue).map {
      $0.box == box && $0.name == name && $0.label == label && $0.score == score
    } ?? false
  }

  /// How it is drawn.
  func drawn(isDashed: Bool = false) -> AnnotatedImage.Box {
    AnnotatedImage.Box(
      x: Double(box.left), y: Double(box.top), width: Double(box.width),
      height: Double(box.height), name: name.withVisibleControls, score: score.map { Double($0) },
      colour: label, isDashed: isDashed)
  }
}

/// The objects found in an image, most probable first: the result of `detect`.
package final class BoxesValue: HostObject {
  let boxes: [BoxValue]
  let image: Tensor

  init(_ boxes: [BoxValue], on image: Tensor) {
    self.boxes = boxes
    self.image = image
  }

  /// - Parameter classes: names of the classes; those that have none are numbered.
  convenience init(found boxes: [DetectedBox], classes: [String], on image: Tensor) {
    let values = boxes.map {
      BoxValue($0.box, name: className($0.label, classes), label: $0.label, score: $0.score)
    }
    self.init(values, on: image)
  }

  package var kind: String { "boxes" }

  /// "3 boxes: 2 person, 1 dog".
  var headline: String {
    var counts: [(name: String, count: Int)] = []
    for box in boxes.sorted(by: { $0.label < $1.label }) {
      if counts.last?.name == box.name {
        counts[counts.count - 1].count += 1
      } else {
        counts.append((box.name, 1))
      }
    }
    let number = boxes.count == 1 ? "1 box" : "\(boxes.count) boxes"
    guard !counts.isEmpty else { return "no boxes" }
    return number + ": "
      + counts.map { "\($0.count) \($0.name.withVisibleControls)" }.joined(separator: ", ")
  }

  package var summary: String {
    let shown = boxes.prefix(16)
    guard !shown.isEmpty else { return headline }
    func n(_ value: Float) -> String { NumberText(value).fixed(0) }
    let table = TextTable(
      columns: [
        .init("  class"), .init("score", .right), .init("x", .right), .init("y", .right),
        .init("width", .right), .init("height", .right),
      ],
      rows: shown.map { box in
        [
          "  " + box.name.withVisibleControls,
          box.score.map { NumberText(Double($0)).fixed(2) } ?? "", n(box.box.left), n(box.box.top),
          n(box.box.width), n(box.box.height),
        ]
      })
    let rest = boxes.count > shown.count ? "\n  … and \(boxes.count - shown.count) more" : ""
    return headline + "\n" + table.rendered(width: 80) + rest
  }

  package var propertyNames: [String] { ["count", "names", "scores", "image"] }

  package func property(_ name: String) -> Value? {
    switch name {
    case "count": .number(Double(boxes.count))
    case "names": .texts(boxes.map(\.name))
    case "scores":
      .list(of: boxes.map { $0.score.map { .number(Double(decimal: $0)) } ?? .none })
    case "image": .object(TensorValue(image, isImage: true))
    default: nil
    }
  }

  package var count: Int? { boxes.count }
  package func element(at index: Int) throws -> Value { .object(boxes[index]) }

  /// `found[0]` is a box, `found[0:3]` and `found["person"]` are some of them.
  package func index(_ items: [IndexItem]) throws -> Value {
    func part(_ start: Int?, _ end: Int?, _ step: Int) throws -> Value {
      try Failure.explaining {
        let (first, count, step) = try Tensor.resolve(
          from: start, to: end, by: step, size: boxes.count)
        return .object(
          BoxesValue((0..<count).map { boxes[first + $0 * step] }, on: image))
      }
    }
    switch items.count == 1 ? items[0] : nil {
    case .at(.text(let name)):
      return .object(BoxesValue(boxes.filter { $0.name == name }, on: image))
    case .at(.number(let number)):
      guard let given = Int(exactly: number),
        boxes.indices.contains(given < 0 ? given + boxes.count : given)
      else {
        throw Failure(
          code: "E0652",
          message: "there is no box \(Value.number(number).display) among \(boxes.count)")
      }
      return .object(boxes[given < 0 ? given + boxes.count : given])
    case .slice(let start, let end, let step): return try part(start, end, step ?? 1)
    case .range(let range):
      guard let start = Int(exactly: range.start), let end = Int(exactly: range.end),
        let step = Int(exactly: range.step)
      else { fallthrough }
      return try part(start, end, step)
    default:
      throw Failure(
        code: "E0653", message: "boxes are found by their position or the name of a class")
    }
  }

  /// What lists have too. Functions are given boxes.
  package func apply(_ command: String, _ call: Call) throws -> Value? {
    switch command {
    case "length", "count": return .number(Double(boxes.count))
    case "take":
      let count = try call.whole("count", in: 0...Int(Int32.max))
      return .object(BoxesValue(Array(boxes.prefix(count)), on: image))
    case "map":
      let function = try call.function("function")
      return .list(of: try boxes.map { try call.interpreter.call(function, [.object($0)]) })
    case "filter":
      let function = try call.function("function")
      let kept = try boxes.filter { box in
        let answer = try call.interpreter.call(function, [.object(box)])
        guard case .boolean(let isKept) = answer else {
          throw call.failure(
            "function", code: "E0546",
            "the function of `filter` gives true or false, not \(answer.display)")
        }
        return isKept
      }
      return .object(BoxesValue(kept, on: image))
    default: return nil
    }
  }

  package func isEqual(_ other: any HostObject) -> Bool {
    guard let other = other as? BoxesValue, other.boxes.count == boxes.count else { return false }
    return zip(boxes, other.boxes).allSatisfy { $0.isEqual($1) }
  }

  package var memorySize: Int { image.count * MemoryLayout<Float>.stride }
}

extension BoxesValue: Drawable {
  /// The image with its boxes; the most probable are drawn last, so that they lie above.
  func figure(_ workspace: Workspace) throws -> Figure {
    Figure(
      headline,
      AnnotatedImage(try Bitmap(picture: image), boxes: boxes.reversed().map { $0.drawn() }))
  }
}

/// The name of a class; those that have none are numbered.
func className(_ label: Int, _ classes: [String]) -> String {
  classes.indices.contains(label) ? classes[label] : "class \(label)"
}

extension Bitmap {
  /// An image of any number of bands: of more than four, the first three.
  init(picture image: Tensor) throws {
    guard image.rank == 3, image.shape[2] > 4 else {
      try self.init(image: image)
      return
    }
    try self.init(image: try image.slice([.ellipsis, .range(from: 0, to: 3, by: 1)]))
  }
}
