import Imagery
import Language
import Tensors

/// `load` and `write`: datasets from the disk and back, in the formats that the field has.
func loadCommands(_ workspace: Workspace) -> [Command] {
  let group = "Data"
  let formats = DataFormat.allCases.map(\.rawValue)
  return [
    Command(
      "load", group: group,
      [
        Parameter(
          "source", .text,
          help:
            "\"coast/scenes\" (or people, cover, reef), a folder, an image, or a file that says "
            + "what is in images.",
          files: .init(
            [
              ".png", ".jpg", ".jpeg", ".tif", ".tiff", ".npy", ".npz", ".csv", ".json",
              ".tfrecord",
              ".tfrec", ".record",
            ], others: Coast.allCases.map(\.rawValue))),
        Parameter(
          "size", .oneOf([.whole, .listOf(.whole)]), default: .none,
          help: "Pixels a side, or [height, width]; images of a folder keep theirs without it."),
        Parameter("count", .whole, default: .none, help: "How many images; of a folder, all."),
        Parameter(
          "seed", .whole, default: .none,
          help: "Of the random choice; the session's, unless given."),
        Parameter(
          "weights", .listOf(.number), default: .none,
          help: "For \"coast/scenes\": how common each class is, for example [8, 8, 8, 1]."),
        Parameter(
          "fit", .choice(ImageFrame.Fit.allCases.map(\.rawValue)),
          default: .value(.text("crop")),
          help: "\"crop\" cuts the longer side, \"stretch\" and \"pad\" keep all of the image."),
        Parameter(
          "strict", .boolean, default: .value(.boolean(false)),
          help: "Whether a broken image is an error; otherwise it is named and left out."),
        Parameter(
          "format", .choice(formats), default: .none,
          help: "How the data lie; recognised, unless given."),
        Parameter(
          "classes", .listOf(.text), default: .none,
          help: "The classes to have, in this order; names for the numbers in the data."),
        Parameter(
          "codes", .record, default: .none,
          help: "Grey values in masks: {deep: 63, dry: 255}; several as a list."),
        Parameter(
          "colours", .record, default: .none,
          help: "Colours in masks: {water: \"#0000ff\", sand: [200, 180, 120]}."),
        Parameter(
          "tolerance", .whole, default: .value(.number(0)),
          help: "How far a mask's value may be from its code."),
        Parameter(
          "bands", .whole, default: .none,
          help: "Channels of the images, 1 to 64; TIFF and NumPy keep theirs, pictures have 3."),
        Parameter(
          "range", .listOf(.number), default: .none,
          help: "[low, high]: what becomes 0 and 1 in TIFF and NumPy; the type's, unless given."),
        Parameter(
          "column", .text, default: .none,
          help: "The column of a table that holds a measured number."),
        Parameter(
          "unannotated", .choice(["leave out", "empty"]), default: .value(.text("leave out")),
          help: "Of images without boxes: \"empty\" says that there is nothing in them."),
      ],
      result: .oneOf([.object("dataset"), .object("image")]),
      summary: "Loads photographs and what is known of them, or one image.",
      details: """
        The built-in coast: "coast/scenes" (four kinds of coast from the air), "coast/people" (boxes
        around people, from a pier), "coast/cover" (masks of water and sand), "coast/reef" (masks of
        oyster reefs). Recognised are: a folder per class; boxes as Pascal VOC (an XML file an image), COCO (JSON),
        YOLO (a text file an image) and CSV (filename, class, xmin, ymin, xmax, ymax); classes or
        measured numbers in CSV (filename, class or value); masks in `masks` beside `images`, with
        the same names; TFRecord shards; NumPy's .npz. Images are PNG, JPEG, TIFF or .npy.
        Images come in the byte order of their names, and are decoded when they are needed.
        What is broken, missing or odd is named in one warning.
        """,
      examples: [
        "load \"coast/scenes\" size: 64 count: 20",
        "coast = load \"coast/scenes\" count: 8; coast[0]",
        "load(\"coast/people\" size: [96, 128] count: 2)[0].boxes.count",
      ]
    ) { call in try Failure.explaining { try load(call, workspace) } },
    Command(
      "write", group: "Files",
      [
        Parameter("data", .object("dataset"), help: "A dataset."),
        Parameter("path", .text, help: "A new folder; for \"npz\" a file."),
        Parameter(
          "format", .choice(formats), default: .none,
          help: "Unless given: folders, voc, masks, or for numbers csv."),
      ],
      result: .nothing,
      summary: "Writes a dataset in one of the formats that `load` reads, so it converts them.",
      details: """
        Classes go into "folders", "csv", "tfrecord", "npz"; boxes into "voc", "coco", "yolo", "csv",
        "tfrecord"; masks into "masks", "tfrecord", "npz"; numbers into "csv", "npz". Images that
        were not resized are copied as they are. Masks are PNG always, since JPEG blurs classes.
        """,
      examples: [
        "few = load \"coast/scenes\" size: 32 count: 4\nwrite few \"few.npz\" format: \"npz\""
      ]
    ) { call in try Failure.explaining { try write(call, workspace) } },
  ]
}

private func load(_ call: Call, _ workspace: Workspace) throws -> Value {
  let source = try call.text("source")
  if source.hasPrefix("coast/") { return try generated(source, call, workspace) }
  guard !call.has("weights") else {
    throw call.failure("weights", code: "E0545", "`weights` is for \"coast/scenes\"")
  }
  let options = try call.loadOptions()
  if options.format == nil, try Picture.isImage(source) {
    let image = try Picture.read(source, options.reading)
    return .object(
      TensorValue(
        try options.frame.map { try Image.resized(image, to: $0) } ?? image, isImage: true))
  }
  var data = try Dataset.load(source, options) { done, all in
    workspace.progress.update("Looking at \(done) of \(all) images in \(source)")
    return workspace.interruptCount() == 0
  }
  workspace.progress.clear()
  if let warning = data.warning { workspace.say("warning: \(warning.message)") }
  if let limit = try call.optionalWhole("count", in: 1...1_000_000), limit < data.count {
    data = data.shuffled(seed: try call.seed(workspace)).take(limit)
  }
  return .object(DatasetValue(data, workspace))
}

/// The stretches of the built-in coast.
private enum Coast: String, CaseIterable {
  case scenes = "coast/scenes"
  case people = "coast/people"
  case cover = "coast/cover"
  case reef = "coast/reef"

  /// Pixels a side, unless asked otherwise.
  var usualSize: Int { self == .scenes ? 96 : 256 }
}

/// What the built-in coast draws.
private func generated(_ source: String, _ call: Call, _ workspace: Workspace) throws -> Value {
  guard let coast = Coast(rawValue: source) else {
    let nearest = Spelling.nearest(to: source, among: Coast.allCases.map(\.rawValue))
    throw call.failure(
      "source", code: "E0544", "there is no generator `\(source)`",
      remedy: "did you mean \(Value.text(nearest ?? Coast.scenes.rawValue).display)?")
  }
  let frame = try call.frame()
  guard coast == .people || frame == nil || frame?.height == frame?.width else {
    throw call.failure("size", code: "E0543", "scenes are square: give one number of pixels")
  }
  guard coast == .scenes || !call.has("weights") else {
    throw call.failure("weights", code: "E0545", "`weights` is for \"coast/scenes\"")
  }
  let (height, width) = (
    frame?.height ?? coast.usualSize, frame?.width ?? coast.usualSize
  )
  let count = try call.optionalWhole("count", in: 1...1_000_000) ?? 400
  let seed = try call.seed(workspace)
  let data: Dataset
  switch coast {
  case .scenes:
    data = try Dataset.coastScenes(
      size: width, count: count, seed: seed,
      weights: try call.optionalNumbers("weights")?.map { Float($0) })
  case .people:
    data = try Dataset.coastPeople(height: height, width: width, count: count, seed: seed)
  case .cover: data = try Dataset.coastCover(size: width, count: count, seed: seed)
  case .reef: data = try Dataset.coastReef(size: width, count: count, seed: seed)
  }
  return .object(DatasetValue(data, workspace))
}

private func write(_ call: Call, _ workspace: Workspace) throws -> Value {
  let data = try call.object("data", as: DatasetValue.self).data
  let path = try call.text("path")
  guard let format = try call.optionalText("format").flatMap(DataFormat.init) ?? data.formats.first
  else {
    throw call.failure(
      "data", code: "E0547", "nothing is known of these images: save them one by one")
  }
  try data.write(to: path, format: format) { done, all in
    workspace.progress.update("Writing \(done) of \(all) images")
    return workspace.interruptCount() == 0
  }
  workspace.say("Wrote \(data.count) images to \(path) (\(format.rawValue)).")
  return .none
}

extension Call {
  /// The size that images are brought to.
  func frame() throws -> ImageFrame? {
    guard has("size") else { return nil }
    let size = try pair("size")
    let fit = ImageFrame.Fit(rawValue: try text("fit")) ?? .crop
    return try ImageFrame(height: size.height, width: size.width, fit: fit)
  }

  fileprivate func loadOptions() throws -> LoadOptions {
    var options = LoadOptions()
    options.format = try optionalText("format").flatMap(DataFormat.init)
    options.frame = try frame()
    options.strict = try boolean("strict")
    options.classes = has("classes") ? try texts("classes") : nil
    options.key = try maskKey()
    options.reading.bands = try optionalWhole("bands", in: 1...Picture.bandLimit)
    options.column = try optionalText("column")
    options.keepsUnannotated = try text("unannotated") == "empty"
    if let range = try optionalNumbers("range") {
      guard range.count == 2, range[0] < range[1], range.allSatisfy(\.isFinite) else {
        throw failure("range", code: "E0548", "`range` is [low, high], low below high")
      }
      options.reading.range = range[0]...range[1]
    }
    return options
  }

  private func maskKey() throws -> MaskKey? {
    guard !(has("codes") && has("colours")) else {
      throw failure("colours", code: "E0549", "masks have `codes` or `colours`, not both")
    }
    let tolerance = try whole("tolerance", in: 0...65_535)
    if let record = try optionalRecord("codes") {
      let entries = try record.fields.flatMap { field -> [MaskKey.Entry] in
        try wholes(field.value, of: "codes").map { MaskKey.Entry(field.key, $0) }
      }
      return try MaskKey(.grey, entries, tolerance: tolerance)
    }
    guard let record = try optionalRecord("colours") else { return nil }
    let entries = try record.fields.map { field -> MaskKey.Entry in
      if case .text(let hex) = field.value, let colour = MaskKey.colour(hex: hex) {
        return MaskKey.Entry(field.key, colour)
      }
      let parts = try wholes(field.value, of: "colours")
      guard parts.count == 3, parts.allSatisfy({ 0...255 ~= $0 }) else {
        throw failure(
          "colours", code: "E0548",
          "a colour is a text such as \"#0000ff\" or three numbers from 0 to 255")
      }
      return MaskKey.Entry(field.key, parts[0] << 16 | parts[1] << 8 | parts[2])
    }
    return try MaskKey(.colour, entries, tolerance: tolerance)
  }

  /// A whole number, or a list of them.
  private func wholes(_ value: Value, of label: String) throws -> [Int] {
    let numbers: [Double]?
    switch value {
    case .number(let number): numbers = [number]
    case .list(let list): numbers = list.numbers
    default: numbers = nil
    }
    guard let numbers, !numbers.isEmpty else {
      throw failure(
        label, code: "E0548", "each class of `\(label)` has a number or a list of numbers")
    }
    return try numbers.map { number in
      guard let whole = Int(exactly: number) else {
        throw failure(
          label, code: "E0548", "`\(label)` are whole numbers, not \(Value.number(number).display)")
      }
      return whole
    }
  }
}
