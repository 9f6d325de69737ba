import Foundation
import Imagery
import TestSupport
import Tensors
import Testing

/// A picture in which every value is different, within 0…1.
func gradient(_ height: Int, _ width: Int, _ channels: Int = 3) throws -> Tensor {
  let count = height * width * channels
  return try Tensor(
    shape: [height, width, channels], values: (0..<count).map { Float($0) / Float(count) })
}

/// One channel, from rows of values.
private func grey(_ rows: [[Float]]) throws -> Tensor {
  try Tensor(shape: [rows.count, rows[0].count, 1], values: rows.flatMap { $0 })
}

@Suite struct GeometryTests {
  /// Weights trained elsewhere would see slightly shifted pictures.
  @Test func growingAgreesWithTheReference() throws {
    let path = (Material.fixtures ?? "") + "/operations.safetensors"
    guard FileManager.default.fileExists(atPath: path) else {
      print("skipped: no operations.safetensors in the fixtures' folder")
      return
    }
    let fixtures = try Safetensors.read(path)
    let x = try #require(fixtures["resize_bilinear_half_pixel/x"])
    let y = try #require(fixtures["resize_bilinear_half_pixel/y"])
    let (inputs, outputs) = (x.values, y.values)
    for n in 0..<2 {
      let image = try Tensor(shape: [7, 6, 3], values: Array(inputs[(n * 126)..<((n + 1) * 126)]))
      let resized = try Image.resized(image, to: ImageFrame(height: 11, width: 14, fit: .stretch))
      for (i, value) in resized.values.enumerated() {
        #expect(abs(value - outputs[n * 462 + i]) < 2e-6)
      }
    }
  }

  /// Shrinking must average everything: skipping pixels makes sand ripples into stripes.
  @Test func shrinkingAveragesAreas() throws {
    let image = try grey([[0, 1, 0, 1], [1, 0, 1, 0], [0, 0, 1, 1], [0, 0, 1, 1]])
    let half = try Image.resized(image, to: ImageFrame(height: 2, width: 2, fit: .stretch))
    #expect(half.values == [0.5, 0.5, 0, 1])
    // 3 to 2: each target covers one and a half pixels.
    let row = try grey([[0, 0.3, 0.9]])
    let two = try Image.resized(row, to: ImageFrame(height: 1, width: 2, fit: .stretch))
    #expect(abs(two[flat: 0] - 0.1) < 1e-6 && abs(two[flat: 1] - 0.7) < 1e-6)
    // The mean of a picture stays.
    let large = try gradient(97, 61)
    let small = try Image.resized(large, to: ImageFrame(height: 10, width: 13, fit: .stretch))
    func mean(_ x: Tensor) -> Float { x.values.reduce(0, +) / Float(x.count) }
    #expect(abs(mean(large) - mean(small)) < 1e-4)
  }

  /// `crop` must keep proportions and take the middle.
  @Test func cropFitsTheShorterSideAndTakesTheMiddle() throws {
    let image = try grey([[0, 0.1, 0.2, 0.3, 0.4, 0.5], [0, 0.1, 0.2, 0.3, 0.4, 0.5]])
    let middle = try Image.resized(image, to: ImageFrame(side: 2))
    #expect(middle.values == [0.2, 0.3, 0.2, 0.3])
    let tall = try Image.oriented(image, .transposed)
    #expect(try Image.resized(tall, to: ImageFrame(side: 2)).values == [0.2, 0.2, 0.3, 0.3])
    for (height, width) in [(1, 1), (1, 500), (500, 1), (3, 7), (640, 480), (97, 96)] {
      for frame in [try ImageFrame(side: 96), try ImageFrame(height: 5, width: 40)] {
        let result = try Image.resized(try gradient(height, width), to: frame)
        #expect(result.shape == [frame.height, frame.width, 3])
      }
    }
  }

  /// A file read at a size must look like the file read whole and then resized.
  @Test func decodingToASizeAgreesWithResizingAfterwards() throws {
    for frame in [
      try ImageFrame(side: 4), try ImageFrame(height: 20, width: 9),
      try ImageFrame(height: 3, width: 30, fit: .stretch),
    ] {
      let file = PNGMaker.colours(width: 23, height: 14).bytes()
      let direct = try ImageFile.decode(file, name: "x", frame: frame)
      let after = try Image.resized(try ImageFile.decode(file, name: "x"), to: frame)
      #expect(direct.shape == after.shape)
      for (a, b) in zip(direct.values, after.values) { #expect(abs(a - b) < 1e-5) }
    }
    // A JPEG is decoded at a fraction: nearly the same.
    let tiny = try ImageFile.decode(JPEGFiles.colour, name: "x", frame: ImageFrame(side: 2))
    let whole = try Image.resized(
      try ImageFile.decode(JPEGFiles.colour, name: "x"), to: ImageFrame(side: 2))
    for (a, b) in zip(tiny.values, whole.values) { #expect(abs(a - b) < 0.02) }
  }

  @Test func flipsAndCrops() throws {
    let image = try grey([[1, 2], [3, 4]])
    #expect(try Image.flippedHorizontally(image).values == [2, 1, 4, 3])
    #expect(try Image.flippedVertically(image).values == [3, 4, 1, 2])
    #expect(
      try Image.cropped(image, top: 1, left: 0, height: 1, width: 2).values == [3, 4])
    for (top, left, height, width) in [
      (0, 0, 3, 1), (-1, 0, 1, 1), (0, 2, 1, 1), (0, 0, 0, 1),
      (Int.max, 0, 1, 1), (0, 0, 1, Int.max), (1, 1, Int.max, 1),
    ] {
      #expect(throws: ImageryError.self) {
        try Image.cropped(image, top: top, left: left, height: height, width: width)
      }
    }
  }

  /// Turned pictures would be off by a pixel, or turned the wrong way.
  @Test func movesBySimpleAmountsAreExact() throws {
    let image = try grey([[1, 2, 3], [4, 5, 6], [7, 8, 9]])
    func close(_ x: Tensor, _ values: [Float]) -> Bool {
      zip(x.values, values).allSatisfy { abs($0 - $1) < 1e-5 }
    }
    #expect(close(try Image.rotated(image, degrees: 90), [3, 6, 9, 2, 5, 8, 1, 4, 7]))
    #expect(close(try Image.rotated(image, degrees: -450), [7, 4, 1, 8, 5, 2, 9, 6, 3]))
    let right = try Image.translated(image, right: 1, down: 0, fill: .constant(0))
    #expect(close(right, [0, 1, 2, 0, 4, 5, 0, 7, 8]))
    let down = try Image.translated(image, right: 0, down: 1, fill: .edge)
    #expect(close(down, [1, 2, 3, 1, 2, 3, 4, 5, 6]))
    let mirrored = try Image.translated(image, right: 2, down: 0, fill: .mirror)
    #expect(close(mirrored, [2, 1, 1, 5, 4, 4, 8, 7, 7]))
    #expect(close(try Image.moved(image, by: .zoom(1)), image.values))
    #expect(try Image.moved(image, by: .identity).values == image.values)
    for bad in [Double.nan, .infinity, 1e300] {
      #expect(throws: ImageryError.self) {
        try Image.translated(image, right: bad, down: 0)
      }
    }
    #expect(throws: ImageryError.self) { try Image.moved(image, by: .zoom(0)) }
    let far = try Image.translated(image, right: 999_999, down: -999_999, fill: .mirror)
    #expect(far.values.allSatisfy { (1...9).contains($0) })
  }

  /// Composed moves must equal the moves one after the other (where both are exact).
  @Test func composedMovesAreThoseMovesInOrder() throws {
    let image = try gradient(6, 6)
    let first = AffineMap.rotation(degrees: 90)
    let second = AffineMap.translation(right: 2, down: 1)
    let third = AffineMap.flip(horizontally: true, vertically: false)
    let at = try Image.moved(image, by: first.then(second).then(third), fill: .constant(0))
    var stepwise = image
    for map in [first, second, third] {
      stepwise = try Image.moved(stepwise, by: map, fill: .constant(0))
    }
    for (a, b) in zip(at.values, stepwise.values) { #expect(abs(a - b) < 1e-4) }
  }

  @Test func contrastAndBrightness() throws {
    let image = try grey([[0.2, 0.4]])
    func close(_ x: Tensor, _ values: [Float]) -> Bool {
      zip(x.values, values).allSatisfy { abs($0 - $1) < 1e-6 }
    }
    #expect(close(try Image.contrast(image, factor: 2), [0.1, 0.5]))
    #expect(close(try Image.contrast(image, factor: 0), [0.3, 0.3]))
    #expect(close(try Image.brightness(image, amount: 0.7), [0.9, 1]))
    #expect(close(try Image.brightness(image, amount: -0.3), [0, 0.1]))
    #expect(throws: ImageryError.self) { try Image.contrast(image, factor: .nan) }
    // The alpha channel is no colour.
    let clear = try Tensor(shape: [1, 1, 4], values: [0.5, 0.5, 0.5, 0.25])
    #expect(try Image.brightness(clear, amount: 0.1)[flat: 3] == 0.25)
  }

  /// Tensors that are no images must be refused by every operation, whatever their shape.
  @Test(arguments: [[], [4], [4, 4], [4, 4, 65], [0, 4, 3], [2, 4, 4, 3], [40_000, 1, 3]])
  func otherShapesAreRefused(_ shape: [Int]) throws {
    let x = try Tensor(shape: shape)
    let frame = try ImageFrame(side: 2)
    #expect(reason { try Image.resized(x, to: frame) } == .notImageShaped)
    #expect(reason { try Image.rgb(x) } == .notImageShaped)
    #expect(reason { try Image.oriented(x, .rotated90) } == .notImageShaped)
    #expect(reason { try Image.moved(x, by: .rotation(degrees: 3)) } == .notImageShaped)
    #expect(reason { try Image.contrast(x, factor: 1) } == .notImageShaped)
    #expect(reason { try Image.cropped(x, top: 0, left: 0, height: 1, width: 1) } != nil)
  }

  @Test func framesAreHeldInLimits() {
    for (height, width) in [(0, 5), (5, -1), (40_000, 4), (Int.max, Int.max), (32_768, 32_768)] {
      #expect(throws: ImageryError.self) { try ImageFrame(height: height, width: width) }
    }
  }
}

@Suite struct AugmentationTests {
  private let all: Augmentation = {
    var result = Augmentation.usual
    result.flipVertically = true
    result.zoom = 0.2
    result.brightness = 0.1
    return result
  }()

  /// A run could not be repeated if a draw depended on anything but seed, epoch and position.
  @Test func drawsDependOnSeedEpochAndPositionOnly() throws {
    let images = try (0..<4).map { _ in try gradient(12, 10) }
    let source = try MemorySource(
      images: images, labels: [0, 0, 1, 1], classes: ["a", "b"])
    let data = try Dataset(source, name: "m").augmented(all, seed: 3)
    let one = try data.sample(at: 2, epoch: 1).image
    #expect(try data.sample(at: 2, epoch: 1).image.values == one.values)
    #expect(try data.sample(at: 2, epoch: 0).image.values != one.values)
    #expect(try data.sample(at: 3, epoch: 1).image.values != one.values)
    let other = try data.augmented(all, seed: 4)
    #expect(try other.sample(at: 2, epoch: 1).image.values != one.values)
    #expect(one.values.allSatisfy { $0 >= 0 && $0 <= 1 })
    #expect(try data.augmented(nil, seed: 0).sample(at: 2).image.values == images[2].values)
  }

  /// Switching brightness on must not turn the pictures another way.
  @Test func changesDoNotShiftEachOther() throws {
    let image = try gradient(9, 9)
    var flips = Augmentation()
    flips.flipHorizontally = true
    var both = flips
    both.brightness = 0.02
    for index in 0..<16 {
      var a = RandomStream(seed: 1, name: "t", counter: UInt64(index * 16))
      var b = a
      let flipped = try flips.applied(to: image, &a)
      let lit = try both.applied(to: image, &b)
      #expect(a.counter == b.counter && a.counter <= UInt64(index * 16 + 16))
      #expect((flipped[flat: 0] > flipped[flat: 24]) == (lit[flat: 0] > lit[flat: 24]))
    }
  }

  @Test func senselessRangesAreRefused() {
    for change in [
      { (a: inout Augmentation) in a.rotation = -1 }, { $0.zoom = 1 }, { $0.contrast = .nan },
      { $0.brightness = 2 }, { $0.translation = .infinity },
    ] as [(inout Augmentation) -> Void] {
      var augmentation = Augmentation()
      change(&augmentation)
      #expect(reason { try augmentation.validate() } == .invalidArgument)
    }
  }
}
