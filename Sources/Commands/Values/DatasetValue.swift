import Figures
import Imagery
import Language
import Tensors

/// A dataset in the language: images with what is known of them, in a fixed order. `data[i]` is one
/// of them.
package final class DatasetValue: HostObject {
  package let data: Dataset
  private let workspace: Workspace

  package init(_ data: Dataset, _ workspace: Workspace) {
    self.data = data
    self.workspace = workspace
  }

  package var kind: String { "dataset" }

  package var summary: String {
    let size = data.frame.map { "\($0.height)×\($0.width)" } ?? "of their own sizes"
    let change = data.augmentation == nil ? "" : ", augmented"
    let head = "dataset \(data.name): \(data.count) images \(size)\(change)".withVisibleControls
    // Pixels of masks are not counted, and numbers have no classes.
    let parts =
      data.kind == .mask
      ? data.classes : zip(data.classes, data.counts).map { "\($0) \($1)" }
    let known = data.kind == .mask ? "masks of " : ""
    return parts.isEmpty
      ? head : head + "\n  " + (known + parts.joined(separator: ", ")).withVisibleControls
  }

  package var propertyNames: [String] { ["classes", "count", "counts", "labels", "problems"] }

  package func property(_ name: String) -> Value? {
    switch name {
    case "classes": .texts(data.classes)
    case "count": .number(Double(data.count))
    case "counts":
      .record(
        Record(zip(data.classes, data.counts).map { ($0, .number(Double($1))) }))
    case "labels": data.kind == .label ? .texts(data.labels.map { data.classes[$0] }) : Value.none
    case "problems": .texts(data.problems.map(\.message))
    default: nil
    }
  }

  package var count: Int? { data.count }

  /// `{image, label, name}`: the picture, its class and where it came from; instead of the class its
  /// `boxes`, its `mask` or its `value`, where that is what is known, and `pixel_size` (metres on the
  /// ground), where that is.
  package func element(at index: Int) throws -> Value {
    try workspace.checkpoint()
    return try Failure.explaining {
      let sample = try data.sample(at: index)
      let image = (key: "image", value: Value.object(TensorValue(sample.image, isImage: true)))
      let name = (key: "name", value: Value.text(sample.name))
      let metres = data.augmentation == nil ? try data.groundResolution(at: index) : nil
      let pixel = metres.map { (key: "pixel_size", value: Value.number(Double(decimal: $0))) }
      return .record(
        Record([image] + (try known(of: sample)) + (pixel.map { [$0] } ?? []) + [name]))
    }
  }

  private func known(of sample: Sample) throws -> [(key: String, value: Value)] {
    switch sample.annotation {
    case .label: return [("label", .text(sample.labelName ?? ""))]
    case .boxes(let boxes):
      let values = boxes.map {
        BoxValue($0.box, name: data.classes[$0.label], label: $0.label, score: nil)
      }
      return [("boxes", .object(BoxesValue(values, on: sample.image)))]
    case .mask(let mask):
      return [
        ("mask", .object(MaskValue(mask, classes: data.classes, image: sample.image)))
      ]
    case .value(let value): return [("value", .number(value))]
    case .none: return []
    }
  }

  /// `data[3]` is a sample, `data[10:20]` a dataset.
  package func index(_ items: [IndexItem]) throws -> Value {
    func outside(_ given: String) -> Failure {
      Failure(
        code: "E0541", message: "there is no image \(given) in a dataset of \(data.count)")
    }
    guard items.count == 1 else {
      throw Failure(code: "E0542", message: "a dataset takes one index")
    }
    switch items[0] {
    case .at(let value):
      guard case .number(let number) = value, let given = Int(exactly: number) else {
        throw Failure(
          code: "E0501", message: "an index must be a whole number, not \(value.display)")
      }
      let position = given < 0 ? given + data.count : given
      guard position >= 0, position < data.count else { throw outside("\(given)") }
      return try element(at: position)
    case .ellipsis: return .object(self)
    case .slice(let start, let end, let step): return try part(start, end, step ?? 1)
    case .range(let range):
      guard let start = Int(exactly: range.start), let end = Int(exactly: range.end),
        let step = Int(exactly: range.step)
      else { throw outside(Value.range(range).display) }
      return try part(start, end, step)
    }
  }

  private func part(_ start: Int?, _ end: Int?, _ step: Int) throws -> Value {
    try Failure.explaining {
      let (first, count, step) = try Tensor.resolve(
        from: start, to: end, by: step, size: data.count)
      return .object(
        DatasetValue(try data.subset((0..<count).map { first + $0 * step }), workspace))
    }
  }

  /// What lists have too. Functions are given samples.
  package func apply(_ command: String, _ call: Call) throws -> Value? {
    func dataset(_ data: Dataset) -> Value { .object(DatasetValue(data, workspace)) }
    return try Failure.explaining {
      switch command {
      case "split":
        let fractions: [Double]
        switch try call.value("by") {
        case .number(let fraction): fractions = [fraction]
        case .list: fractions = try call.numbers("by")
        default: throw call.mismatch("by", .oneOf([.number, .listOf(.number)]))
        }
        let parts = try data.split(
          fractions, seed: try call.seed(workspace), stratified: try call.boolean("stratified"))
        return .list(of: parts.map(dataset))
      case "take": return dataset(data.take(try call.whole("count", in: 0...Int(Int32.max))))
      case "drop": return dataset(data.dropping(try call.whole("count", in: 0...Int(Int32.max))))
      case "length", "count": return .number(Double(data.count))
      case "reverse": return dataset(try data.subset((0..<data.count).reversed()))
      case "map":
        let function = try call.function("function")
        return .list(
          of: try (0..<data.count).map { position in
            try call.interpreter.call(function, [try element(at: position)])
          })
      case "filter":
        let function = try call.function("function")
        return dataset(
          try data.subset(
            try (0..<data.count).filter { position in
              let answer = try call.interpreter.call(function, [try element(at: position)])
              guard case .boolean(let isKept) = answer else {
                throw call.failure(
                  "function", code: "E0546",
                  "the function of `filter` gives true or false, not \(answer.display)")
              }
              return isKept
            }))
      default: return nil
      }
    }
  }

  package var memorySize: Int { data.cached.bytes }
}

extension DatasetValue: Drawable {
  /// A grid of samples spread over the classes, with boxes or masks drawn over them.
  func figure(_ workspace: Workspace) throws -> Figure {
    // What is drawn over a picture needs room to be seen.
    let (rows, columns) = data.kind == .boxes || data.kind == .mask ? (3, 4) : (3, 8)
    let picks = try data.preview(rows: rows, columns: columns, checkpoint: workspace.checkpoint)
    let tiles = try picks.map { ImageGrid.Tile(try picture(of: $0.sample), caption: caption($0)) }
    let isNamed = data.kind == .boxes || data.kind == .mask
    return Figure(
      "\(data.name): \(tiles.count) of \(data.count) images".withVisibleControls,
      ImageGrid(
        tiles: tiles, columns: min(columns, max(tiles.count, 1)),
        classNames: isNamed ? data.classes.map(\.withVisibleControls) : []))
  }

  private func caption(_ pick: Dataset.Pick) -> String {
    switch pick.sample.annotation {
    case .boxes(let boxes): boxes.count == 1 ? "1 box" : "\(boxes.count) boxes"
    case .value(let value): NumberText(value).significant(4)
    case .mask, .none: ""
    case .label: pick.caption
    }
  }

  private func picture(of sample: Sample) throws -> Bitmap {
    let bitmap = try Bitmap(bands: sample.image)
    switch sample.annotation {
    case .boxes(let boxes):
      return bitmap.annotated(
        boxes: boxes.map {
          BoxValue($0.box, name: "", label: $0.label, score: nil).drawn()
        })
    case .mask(let mask):
      return bitmap.overlaid(
        mask: AnnotatedImage.Mask(
          width: mask.width, height: mask.height, classes: mask.values.map { Int($0) },
          names: data.classes))
    case .label, .value, .none: return bitmap
    }
  }
}

extension Bitmap {
  /// A picture of an image with any number of bands: of two the first as grey, of four or more the
  /// first three as red, green and blue.
  init(bands image: Tensor) throws {
    guard image.rank == 3, image.shape[2] != 1, image.shape[2] != 3 else {
      try self.init(image: image)
      return
    }
    let shown = image.shape[2] < 3 ? 1 : 3
    try self.init(
      image: try image.slice([.ellipsis, .range(from: 0, to: shown, by: 1)]))
  }
}
