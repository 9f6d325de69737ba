import Imagery
import Tensors
import Testing

/// Boxes and masks go where their pixels go. If one fails, a detector learns to look beside things.
@Suite struct AnnotationTests {
  /// A dark image with one bright rectangle, its box, and its mask.
  private func bright(
    height: Int, width: Int, _ box: (left: Int, top: Int, right: Int, bottom: Int)
  ) throws -> (image: Tensor, boxes: Annotation, mask: Annotation) {
    var values = [Float](repeating: 0, count: height * width)
    for y in box.top..<box.bottom {
      for x in box.left..<box.right { values[y * width + x] = 1 }
    }
    let exact = Box(
      left: Float(box.left), top: Float(box.top), right: Float(box.right), bottom: Float(box.bottom)
    )
    return (
      try Tensor(shape: [height, width, 3], values: values.flatMap { [$0, $0, $0] }),
      .boxes([LabelledBox(exact, label: 0)]),
      .mask(Mask(height: height, width: width, values: values.map { UInt8($0) }))
    )
  }

  private func dataset(
    _ image: Tensor, _ annotation: Annotation, classes: [String], frame: ImageFrame? = nil
  ) throws -> Dataset {
    Dataset(
      try MemorySource(
        images: [image], annotations: [annotation], kind: annotation.kind, classes: classes),
      name: "test", frame: frame)
  }

  /// The box around pixels above one half.
  private func extent(_ image: Tensor) -> Box? {
    let (height, width, values) = (image.shape[0], image.shape[1], image.values)
    var (rows, columns) = ([Int](), [Int]())
    for y in 0..<height {
      for x in 0..<width where values[(y * width + x) * 3] > 0.55 {
        rows.append(y)
        columns.append(x)
      }
    }
    guard let top = rows.min(), let bottom = rows.max(), let left = columns.min(),
      let right = columns.max()
    else { return nil }
    return Box(
      left: Float(left), top: Float(top), right: Float(right + 1), bottom: Float(bottom + 1))
  }

  @Test(arguments: [ImageFrame.Fit.crop, .stretch, .pad])
  func followTheFrame(_ fit: ImageFrame.Fit) throws {
    let (image, boxes, mask) = try bright(height: 60, width: 100, (40, 20, 60, 35))
    for (height, width) in [(30, 30), (90, 120), (60, 100), (120, 60)] {
      let frame = try ImageFrame(height: height, width: width, fit: fit)
      let sample = try dataset(image, boxes, classes: ["thing"], frame: frame).sample(at: 0)
      #expect(sample.image.shape == [height, width, 3])
      let (found, box) = (
        try #require(extent(sample.image)), try #require(sample.annotation.boxes.first).box
      )
      #expect(found.intersectionOverUnion(box) > 0.8, "\(found) \(box) in \(height)×\(width)")

      let masked = try dataset(image, mask, classes: ["ground", "thing"], frame: frame).sample(
        at: 0)
      let values = try #require(masked.annotation.mask).values
      let pixels = stride(from: 0, to: sample.image.count, by: 3).map { sample.image.values[$0] }
      let agreeing = zip(values, pixels).count { ($0 == 1) == ($1 > 0.5) || $0 == Mask.unlabelled }
      #expect(Double(agreeing) > 0.97 * Double(values.count))
      // Only a padded frame has pixels outside of the image.
      #expect(values.contains(Mask.unlabelled) == (fit == .pad && height * 100 != width * 60))
    }
  }

  @Test func followAugmentation() throws {
    let (image, boxes, mask) = try bright(height: 64, width: 80, (20, 16, 44, 30))
    var change = Augmentation()
    change.flipHorizontally = true
    change.flipVertically = true
    change.translation = 0.1
    change.zoom = 0.2
    let moved = try dataset(image, boxes, classes: ["thing"]).augmented(change, seed: 3)
    change.rotation = 30
    change.fill = .edge
    let turned = try dataset(image, mask, classes: ["ground", "thing"]).augmented(change, seed: 3)
    for epoch in 0..<12 {
      let sample = try moved.sample(at: 0, epoch: epoch)
      let (found, box) = (
        try #require(extent(sample.image)), try #require(sample.annotation.boxes.first).box
      )
      #expect(found.intersectionOverUnion(box) > 0.85, "\(found) \(box) in epoch \(epoch)")
      let other = try turned.sample(at: 0, epoch: epoch)
      let values = try #require(other.annotation.mask).values
      let pixels = stride(from: 0, to: other.image.count, by: 3).map { other.image.values[$0] }
      #expect(
        Double(zip(values, pixels).count { ($0 == 1) == ($1 > 0.5) || $0 == Mask.unlabelled })
          > 0.97 * Double(values.count))
    }
  }

  @Test func areDroppedWhereMostIsOutside() throws {
    let (image, _, _) = try bright(height: 40, width: 80, (0, 0, 1, 1))
    func kept(_ left: Float, _ right: Float) throws -> [LabelledBox] {
      let box = Box(left: left, top: 10, right: right, bottom: 20)
      let data = try dataset(
        image, .boxes([LabelledBox(box, label: 0)]), classes: ["thing"],
        frame: try ImageFrame(side: 40))
      return try data.sample(at: 0).annotation.boxes
    }
    // The frame shows columns 20 to 60.
    #expect(try kept(0, 19).isEmpty)
    #expect(try kept(4, 22).isEmpty)
    #expect(try kept(15, 30).first?.box.left == 0)
    #expect(try kept(30, 50).first?.box == Box(left: 10, top: 10, right: 30, bottom: 20))
  }

  @Test func areRegroupedWithTheClasses() throws {
    let (image, _, _) = try bright(height: 4, width: 4, (0, 0, 2, 2))
    let boxes = (0..<3).map {
      LabelledBox(Box(left: 0, top: 0, right: 2, bottom: Float($0 + 1)), label: $0)
    }
    let data = try dataset(image, .boxes(boxes), classes: ["a", "b", "c"])
    #expect(data.counts == [1, 1, 1])
    let two = try data.regrouped([.init("x", ["c", "a"])])
    #expect(two.classes == ["x"] && two.count == 1 && two.counts == [2])
    #expect(try two.sample(at: 0).annotation.boxes.map(\.box.bottom) == [1, 3])
    // Regrouped again, from what the first left.
    let values: [UInt8] = [0, 1, 2, 255] + Array(repeating: 1, count: 12)
    let masked = try dataset(
      image, .mask(Mask(height: 4, width: 4, values: values)), classes: ["a", "b", "c"]
    ).filter(classes: ["b", "c"]).filter(classes: ["c"])
    #expect(
      try masked.sample(at: 0).annotation.mask?.values.prefix(4) == [255, 255, 0, 255])
  }

  @Test func splitByImage() throws {
    let images = try (0..<10).map { _ in try Tensor(shape: [4, 4, 3]) }
    let boxes = (0..<10).map { index in
      Annotation.boxes(
        (0..<index).map { _ in LabelledBox(Box(left: 0, top: 0, right: 1, bottom: 1), label: 0) })
    }
    let data = Dataset(
      try MemorySource(images: images, annotations: boxes, kind: .boxes, classes: ["thing"]),
      name: "test")
    let parts = try data.split([0.7], seed: 1)
    #expect(parts.map(\.count) == [7, 3])
    #expect(!parts[0].sharesImages(with: parts[1]))
    #expect(parts[0].counts[0] + parts[1].counts[0] == 45)
  }
}
