import Imagery
import Tensors
import Testing

@Suite struct MaskFormatTests {
  private let image = FormatFiles.image

  private func load(
    _ masks: [String: [UInt8]], texts: [String: String] = [:], key: MaskKey? = nil,
    classes: [String]? = nil
  ) throws -> Dataset {
    var files = masks
    files["images/a.png"] = image
    var options = LoadOptions()
    options.key = key
    options.classes = classes
    return try Dataset.load(FormatFiles.folder(texts, files), options)
  }

  private func values(_ data: Dataset) throws -> [UInt8] {
    try #require(try data.storedAnnotation(at: 0).mask).values
  }

  @Test func numbersAreClasses() throws {
    let data = try load(["masks/a.png": FormatFiles.mask { y, x in (y + x) % 4 }])
    #expect(data.kind == .mask && data.classes == ["0", "1", "2", "3"] && data.problems.isEmpty)
    #expect(try values(data).prefix(5) == [0, 1, 2, 3, 0])
    let named = try load(
      ["labels/a_label.png": FormatFiles.mask { y, _ in y == 0 ? 255 : 1 }],
      texts: ["classes.txt": "sea\nland\nrock\n"])
    // 255 is no class and no surprise.
    #expect(named.classes == ["sea", "land", "rock"] && named.problems.isEmpty)
    #expect(try values(named).first == Mask.unlabelled && values(named).last == 1)
  }

  /// The places in a palette, not its colours; one bit is no stretched grey.
  @Test func palettesAndBits() throws {
    var files: [String: [UInt8]] = [:]
    files["images/a.png"] = PNGMaker.colours(width: 8, height: 6).bytes()
    files["masks/a.png"] = try FormatFiles.bytes("palette-mask.png")
    let palette = try Dataset.load(FormatFiles.folder([:], files))
    #expect(palette.classes == ["0", "1", "2", "3", "4"])
    let mask = try values(palette)
    for p in 0..<48 {
      #expect(mask[p] == UInt8(Int(FormatFiles.number(p / 8, p % 8, 0)) % 5))
    }
    files["masks/a.png"] = try FormatFiles.bytes("bits1-mask.png")
    let bits = try Dataset.load(FormatFiles.folder([:], files))
    #expect(bits.classes == ["background", "foreground"])
    #expect(try values(bits)[1] == 1)
  }

  @Test func blackAndWhite() throws {
    let data = try load(["masks/a_mask.png": FormatFiles.mask { y, _ in y < 5 ? 0 : 255 }])
    #expect(data.classes == ["background", "foreground"])
    #expect(try values(data).first == 0 && values(data).last == 1)
    let named = try load(
      ["masks/a.png": FormatFiles.mask { y, _ in y < 5 ? 0 : 255 }], classes: ["sea", "sand"])
    #expect(try named.classes == ["sea", "sand"] && values(named).last == 1)
  }

  /// The course's codes, which JPEG has blurred.
  @Test func codesHaveATolerance() throws {
    let codes = [63, 128, 191, 255]
    let key = try MaskKey(
      .grey, zip(["deep", "white", "shallow", "dry"], codes).map { MaskKey.Entry($0, $1) },
      tolerance: 9)
    let blurred = try FormatFiles.mask { y, x in y == 0 && x == 0 ? 90 : codes[x / 5] - (y % 9) }
    let data = try load(["masks/a.png": blurred], key: key)
    #expect(data.classes == ["deep", "white", "shallow", "dry"])
    #expect(data.problems.map(\.reason) == [.unknownPixels] && data.problems[0].count == 1)
    let found = try values(data)
    #expect(found[0] == Mask.unlabelled)
    #expect((1..<200).allSatisfy { found[$0] == UInt8($0 % 20 / 5) })
    let error = #expect(throws: ImageryError.self) { try load(["masks/a.png": blurred]) }
    #expect(error?.subject == "codes" && error?.message.contains("different values") == true)
  }

  @Test func coloursAreClasses() throws {
    let pair: [[UInt8]] = [[0, 0, 255], [200, 180, 120]]
    let pixels: [UInt8] = (0..<200).flatMap { pair[$0 % 2] }
    let png = try ImageFile.png(pixels: pixels, width: 20, height: 10, channels: 3)
    let key = try MaskKey(
      .colour, [.init("water", 0x0000FF), .init("sand", 0xC8B478), .init("water", 0x000080)])
    let data = try load(["masks/a.png": png], key: key)
    #expect(data.classes == ["water", "sand"] && data.problems.isEmpty)
    #expect(try values(data).prefix(3) == [0, 1, 0])
    let error = #expect(throws: ImageryError.self) { try load(["masks/a.png": png]) }
    #expect(error?.message.contains("\"#0000ff\", \"#c8b478\"") == true)
    #expect(MaskKey.colour(hex: "#C8b478") == 0xC8B478 && MaskKey.colour(hex: "#12345g") == nil)
  }

  @Test func aFileForEachClass() throws {
    let left = try FormatFiles.mask { _, x in x < 8 ? 255 : 0 }
    let middle = try FormatFiles.mask { _, x in 5..<12 ~= x ? 1 : 0 }
    for masks in [
      ["masks/water/a.png": left, "masks/sand/a.png": middle],
      ["masks/a_water.png": left, "masks/a_sand.png": middle],
    ] {
      let data = try load(masks)
      #expect(data.classes == ["background", "sand", "water"])
      #expect(data.problems.map(\.reason) == [.overlappingMasks] && data.problems[0].count == 30)
      let row = try values(data).prefix(20)
      #expect(row[0] == 2 && row[9] == 1 && row[19] == 0)
    }
  }

  @Test func odditiesAreTold() throws {
    let good = try FormatFiles.mask { y, _ in y % 3 }
    let root = try FormatFiles.folder(
      [:],
      [
        "images/a.png": image, "images/b.png": image, "images/c.png": image, "images/d.png": image,
        "masks/a.png": good, "masks/b.png": try FormatFiles.mask(5, 7) { y, _ in y % 3 },
        "masks/d.png": Array(good.prefix(60)), "masks/gone.png": good,
      ])
    let data = try Dataset.load(root)
    #expect(data.count == 1)
    #expect(
      data.problems.map { "\($0.reason.rawValue) \($0.subject)" } == [
        "maskSize images/b.png", "noAnnotation images/c.png", "truncated masks/d.png",
        "noImage masks/gone.png",
      ])
  }
}
