import Imagery
import Tensors
import Testing

/// Rasters that other programs wrote come out number by number.
@Suite struct MeasurementTests {
  private func expect(
    _ file: String, _ shape: [Int], _ reading: Picture.Reading = .init(),
    tolerance: Float = 1e-6, _ value: (Float) -> Float
  ) throws {
    let image = try Picture.read(FormatFiles.path(file), reading)
    #expect(image.shape == shape, "\(file)")
    guard image.shape == shape else { return }
    let values = image.values
    var worst: Float = 0
    for y in 0..<shape[0] {
      for x in 0..<shape[1] {
        for b in 0..<shape[2] {
          let expected = value(FormatFiles.number(y, x, b))
          worst = max(worst, abs(values[(y * shape[1] + x) * shape[2] + b] - expected))
        }
      }
    }
    #expect(worst <= tolerance, "\(file)")
  }

  @Test func tiff() throws {
    try expect("rgb8.tif", [37, 29, 3]) { $0 / 255 }
    try expect("rgb8-lzw.tif", [37, 29, 3]) { $0 / 255 }
    try expect("grey16.tif", [37, 29, 1]) { $0 * 300 / 65_535 }
    try expect("white-is-zero.tif", [37, 29, 1]) { (255 - $0) / 255 }
    try expect("bands4-planar16.tif", [37, 29, 4]) { $0 * 300 / 65_535 }
    try expect("bands4-int16-big.tif", [37, 29, 4]) { ($0 - 100) / 32_767 }
    try expect("bands6-float-tiles.tif", [37, 29, 6]) { $0 / 8 - 5 }
    try expect("pages.tif", [9, 8, 1]) { $0 / 255 }
    try expect("bits1.tif", [9, 13, 1]) { Float(Int($0) % 2) }
  }

  @Test func numpy() throws {
    try expect("float32.npy", [6, 5, 4]) { $0 / 8 - 5 }
    try expect("float64-big-columns.npy", [6, 5, 4]) { $0 / 8 - 5 }
    try expect("int16-big.npy", [6, 5, 2]) { ($0 - 100) / 32_767 }
    try expect("float16.npy", [6, 5, 1]) { $0 / 8 }
    try expect("grey8.npy", [6, 5, 1]) { $0 / 255 }
  }

  /// Reflectances in 0…10000 would else be nearly black.
  @Test func aRangeIsBroughtToOneAndHeld() throws {
    try expect("bands4-planar16.tif", [37, 29, 4], .init(range: 3_000...30_000)) {
      min(max(($0 * 300 - 3_000) / 27_000, 0), 1)
    }
    try expect("float32.npy", [6, 5, 4], .init(range: -5...20)) { $0 / 8 / 25 }
  }

  @Test func bandsCanBeChosen() throws {
    try expect("bands6-float-tiles.tif", [37, 29, 2], .init(bands: 2)) { $0 / 8 - 5 }
    let repeated = try Picture.read(FormatFiles.path("grey8.npy"), .init(bands: 3))
    #expect(repeated.shape == [6, 5, 3] && repeated.values[3] == repeated.values[5])
    #expect(
      reason { try Picture.read(FormatFiles.path("int16-big.npy"), .init(bands: 4)) } == .bandCount)
  }

  /// Six-band images go through the same operations as photographs.
  @Test func anyNumberOfBandsIsResizedAndAugmented() throws {
    let image = try Picture.read(FormatFiles.path("bands6-float-tiles.tif"))
    let frame = try ImageFrame(height: 16, width: 12)
    let resized = try Image.resized(image, to: frame)
    #expect(resized.shape == [16, 12, 6])
    let first = try Tensor(
      shape: [37, 29, 1],
      values: stride(from: 0, to: image.count, by: 6).map { image.values[$0] })
    let alone = try Image.resized(first, to: frame)
    #expect(
      zip(stride(from: 0, to: resized.count, by: 6).map { resized.values[$0] }, alone.values)
        .allSatisfy { abs($0 - $1) < 1e-5 })
    #expect(try Image.flippedHorizontally(image).values.prefix(6) != image.values.prefix(6))
    var augmentation = Augmentation()
    augmentation.rotation = 20
    augmentation.contrast = 0.5
    augmentation.flipHorizontally = true
    var stream = RandomStream(seed: 1, name: "bands")
    let changed = try augmentation.applied(to: image, &stream)
    #expect(changed.shape == image.shape)
    // Depths below zero stay below zero: only colours are held in 0…1.
    #expect((changed.values.min() ?? 0) < -1 && (changed.values.max() ?? 0) > 1.5)
    #expect(try Image.rgb(image).shape == [37, 29, 3])
  }

  @Test func measurementsAreADataset() throws {
    let six = try FormatFiles.bytes("bands6-float-tiles.tif")
    let missing = try FormatFiles.bytes("missing.tif")
    let root = try FormatFiles.folder(
      ["labels.csv": "filename,value\na.tif,1.5\nb.tif,-3\nc.npy,2\nd.tif,1\n"],
      [
        "images/a.tif": six, "images/b.tif": six, "images/d.tif": missing,
        "images/c.npy": try FormatFiles.bytes("float32.npy"),
      ])
    let data = try Dataset.load(root)
    #expect(data.kind == .value && data.bands == 6 && data.count == 3)
    #expect(data.problems.map(\.reason) == [.bandCount, .notFinite])
    #expect(try data.sample(at: 0).image.shape == [37, 29, 6])
    #expect(try data.sample(at: 1).annotation == .value(-3))
    // One band among six is repeated; what was missing is 0.
    let one = try data.sample(at: 2).image
    #expect(one.shape == [9, 8, 6] && one.values[(2 * 8 + 3) * 6] == 0)
  }

  @Test func arrays() throws {
    let labels = try Dataset.load(FormatFiles.path("labels.npz"))
    #expect(labels.kind == .label && labels.classes == ["sand", "wäter", "rock"])
    #expect(labels.labels == [1, 0, 2, 1] && labels.bands == 3)
    #expect(try labels.sample(at: 2).image.values[0] == 2.0 / 255)
    let masks = try Dataset.load(FormatFiles.path("masks.npz"))
    #expect(masks.kind == .mask && masks.classes == ["0", "1", "2"])
    let mask = try #require(try masks.sample(at: 1).annotation.mask)
    #expect(mask.height == 6 && mask.values[6] == UInt8((Int(FormatFiles.number(1, 1, 0)) + 1) % 3))
    let values = try Dataset.load(FormatFiles.path("values.npz"))
    #expect(values.kind == .value && values.count == 4)
    #expect(try values.sample(at: 3).annotation == .value(8))
    #expect(try values.sample(at: 3).image.values == labels.sample(at: 3).image.values)
    let one = try Dataset.load(FormatFiles.path("float32.npy"))
    #expect(one.kind == .none && one.count == 1 && one.bands == 4)
  }
}
