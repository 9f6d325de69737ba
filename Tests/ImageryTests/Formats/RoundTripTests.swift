import Foundation
import Imagery
import TestSupport
import Tensors
import Testing

/// What is written is read back the same.
@Suite struct RoundTripTests {
  private func written(_ data: Dataset, _ format: DataFormat) throws -> (Dataset, path: String) {
    let path = temporaryFolder() + (format == .npz ? "/out.npz" : "/out")
    try data.write(to: path, format: format)
    let beside = try FileManager.default.contentsOfDirectory(
      atPath: (path as NSString).deletingLastPathComponent)
    #expect(beside == [(path as NSString).lastPathComponent], "\(format)")
    var options = LoadOptions()
    // Class numbers alone do not say that there are classes without images.
    options.classes = data.classes.isEmpty ? nil : data.classes
    return (try Dataset.load(path, options), path)
  }

  private func expectSame(
    _ first: Dataset, _ second: Dataset, _ format: DataFormat, tolerance: Float = 1e-3
  ) throws {
    #expect(second.kind == first.kind && second.count == first.count, "\(format)")
    #expect(
      second.classes == first.classes && second.problems.isEmpty, "\(format) \(second.problems)")
    guard second.count == first.count else { return }
    // Folders of classes come sorted by class.
    for position in 0..<first.count {
      let (a, b) = (try first.sample(at: position), try second.sample(at: position))
      #expect(a.image.shape == b.image.shape)
      #expect(zip(a.image.values, b.image.values).allSatisfy { abs($0 - $1) <= 0.51 / 255 })
      if case .boxes(let boxes) = a.annotation {
        #expect(b.annotation.boxes.count == boxes.count)
        for (one, other) in zip(boxes, b.annotation.boxes) {
          #expect(one.label == other.label)
          #expect(one.box.intersectionOverUnion(other.box) > 1 - tolerance, "\(format)")
        }
      } else {
        #expect(a.annotation == b.annotation, "\(format)")
      }
    }
  }

  private func boxData() throws -> Dataset {
    let images = try (0..<3).map { i in
      try Tensor(shape: [10 + i, 20, 3], repeating: Float(i) / 4)
    }
    return Dataset(
      try MemorySource(
        images: images,
        annotations: [
          .boxes([
            LabelledBox(Box(left: 2.25, top: 1, right: 12, bottom: 6.5), label: 1),
            LabelledBox(Box(left: 0, top: 0, right: 20, bottom: 10), label: 0),
          ]),
          .boxes([]),
          .boxes([LabelledBox(Box(left: 1, top: 2, right: 3, bottom: 4), label: 2)]),
        ], kind: .boxes, classes: ["a, \"b\"", "<c & d>", "e"], names: ["x/1", "y/1", "z"]),
      name: "boxes")
  }

  @Test(arguments: [DataFormat.voc, .coco, .yolo, .csv, .tfrecord])
  func boxes(_ format: DataFormat) throws {
    let data = try boxData()
    try expectSame(data, try written(data, format).0, format)
  }

  @Test(arguments: [DataFormat.masks, .tfrecord, .npz])
  func masks(_ format: DataFormat) throws {
    let images = try (0..<2).map { try Tensor(shape: [6, 8, 3], repeating: Float($0) / 2) }
    let masks = (0..<2).map { i in
      Annotation.mask(
        Mask(height: 6, width: 8, values: (0..<48).map { $0 == 5 ? 255 : UInt8(($0 + i) % 3) }))
    }
    let data = Dataset(
      try MemorySource(
        images: images, annotations: masks, kind: .mask, classes: ["sea", "sand", "rock"]),
      name: "masks")
    try expectSame(data, try written(data, format).0, format)
  }

  @Test(arguments: [DataFormat.folders, .csv, .tfrecord, .npz])
  func labels(_ format: DataFormat) throws {
    let data = try Dataset.coastScenes(size: 32, count: 6, seed: 3)
    let sorted = try data.subset((0..<6).sorted { data.label(at: $0) < data.label(at: $1) })
    try expectSame(sorted, try written(sorted, format).0, format)
  }

  @Test(arguments: [DataFormat.csv, .npz])
  func values(_ format: DataFormat) throws {
    // Five bands: the images are written as arrays.
    let images = try (0..<3).map { try Tensor(shape: [4, 4, 5], repeating: Float($0) - 0.3) }
    let data = Dataset(
      try MemorySource(
        images: images, annotations: [.value(0.1), .value(-1e9), .value(3)], kind: .value,
        classes: [], bands: 5), name: "values")
    try expectSame(data, try written(data, format).0, format)
  }

  /// JPEGs would lose by every conversion.
  @Test func unchangedFilesAreCopied() throws {
    let root = try FormatFiles.folder(
      ["labels/a.txt": "0 0.5 0.5 0.5 0.5\n", "classes.txt": "cat\n"],
      ["images/a.JPG": JPEGFiles.colour])
    let (data, path) = try written(try Dataset.load(root), .voc)
    #expect(try Files.read(path + "/images/a.jpg") == JPEGFiles.colour)
    #expect(data.classes == ["cat"])
    let small = try Dataset.load(root).resized(to: ImageFrame(side: 8))
    let (changed, _) = try written(small, .coco)
    #expect(try changed.sample(at: 0).image.shape == [8, 8, 3])
  }

  @Test func whatDoesNotFitIsRefusedAndLeavesNothing() throws {
    let data = try boxData()
    let root = temporaryFolder()
    #expect(reason { try data.write(to: root + "/x", format: .masks) } == .unfitFormat)
    #expect(
      reason { try data.write(to: root + "/x", format: .csv) { _, _ in false } } == .cancelled)
    #expect(try FileManager.default.contentsOfDirectory(atPath: root).isEmpty)
    try write([1], to: root + "/x/there")
    #expect(reason { try data.write(to: root + "/x", format: .voc) } == .occupied)
    #expect(throws: FileError.self) { try data.write(to: root + "/no/such/x", format: .voc) }
  }

  /// The photographs of blood cells through every format.
  @Test func realBoxesSurviveEveryFormat() throws {
    guard let path = Material.folder("data/cells-boxes") else {
      print("skipped: the cells are not here")
      return
    }
    let data = try Dataset.load(path).take(12)
    for format in [DataFormat.voc, .coco, .yolo, .csv, .tfrecord] {
      let (read, _) = try written(data, format)
      #expect(read.counts == data.counts && read.problems.isEmpty, "\(format)")
      for position in 0..<data.count {
        let (a, b) = (
          try data.storedAnnotation(at: position).boxes,
          try read.storedAnnotation(at: position).boxes
        )
        #expect(
          zip(a, b).allSatisfy {
            $0.label == $1.label && $0.box.intersectionOverUnion($1.box) > 0.99
          },
          "\(format)")
      }
    }
  }
}
