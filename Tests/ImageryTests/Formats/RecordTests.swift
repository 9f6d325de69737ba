import Imagery
import Tensors
import Testing

/// Shards that TensorFlow wrote, in the course's four forms.
@Suite struct RecordTests {
  private func folder(_ names: String...) throws -> String {
    var files: [String: [UInt8]] = [:]
    for name in names { files[name] = try FormatFiles.bytes(name) }
    return try FormatFiles.folder([:], files)
  }

  @Test func classes() throws {
    let data = try Dataset.load(folder("class00-7.tfrec", "class01-7.tfrec"))
    // The names say seven images a shard; there are four and one.
    #expect(data.kind == .label && data.count == 5 && data.problems.isEmpty)
    #expect(data.classes == ["0", "1", "2"] && data.labels == [0, 1, 2, 0, 2])
    #expect(data.name(at: 4) == "class01-7.tfrec#0")
    let png = try data.sample(at: 4).image
    #expect(png.shape == [6, 8, 3] && png.values[4] == FormatFiles.number(0, 1, 1) / 255)
    let jpeg = try data.sample(at: 0).image
    #expect(zip(png.values, jpeg.values).allSatisfy { abs($0 - $1) < 0.3 })
    var options = LoadOptions()
    options.classes = ["beach", "marsh", "rock"]
    let one = try Dataset.load(FormatFiles.path("class01-7.tfrec"), options)
    #expect(one.classes == ["beach", "marsh", "rock"] && one.labels == [2])
  }

  @Test func boxesInThreeForms() throws {
    let expected = Box(left: 1, top: 0, right: 4, bottom: 5)
    let pixels = try Dataset.load(FormatFiles.path("objects.tfrecord"))
    #expect(pixels.kind == .boxes && pixels.count == 2 && pixels.problems.isEmpty)
    #expect(
      try boxes(pixels, 0).map(\.box) == [expected, Box(left: 2.5, top: 3, right: 7, bottom: 6)])
    #expect(try boxes(pixels, 0).map(\.isDifficult) == [false, true] && boxes(pixels, 1).isEmpty)
    #expect(pixels.name(at: 1) == "objects.tfrecord#1 empty.jpg")
    let centred = try Dataset.load(FormatFiles.path("older.tfrecord"))
    #expect(try boxes(centred, 0).map(\.box) == [expected] && centred.classes == ["person"])
    let parts = try Dataset.load(FormatFiles.path("api.record"))
    #expect(
      try boxes(parts, 0) == [
        LabelledBox(Box(left: 1, top: 0, right: 4, bottom: 6), label: 0, isDifficult: true)
      ])
    #expect(parts.classes == ["person"])
  }

  @Test func masks() throws {
    var options = LoadOptions()
    let names = ["deep", "white", "shallow", "dry"]
    options.key = try MaskKey(
      .grey, zip(names, [63, 128, 191, 255]).map { MaskKey.Entry($0, $1) }, tolerance: 9)
    let data = try Dataset.load(FormatFiles.path("codes.tfrec"), options)
    #expect(data.kind == .mask && data.classes == names && data.problems.isEmpty)
    let mask = try #require(try data.sample(at: 0).annotation.mask)
    #expect(mask.values.prefix(64).elementsEqual((0..<64).map { UInt8($0 / 16) }))
  }

  @Test func damagedShardsGiveWhatIsWhole() throws {
    let file = try FormatFiles.bytes("class00-7.tfrec")
    var flipped = file
    flipped[40] ^= 1
    let one = try Dataset.load(FormatFiles.folder([:], ["a.tfrec": flipped]))
    #expect(
      one.count == 3
        && one.problems.map(\.message) == [
          "`a.tfrec, record 0` is damaged: its checksum is wrong"
        ])
    let cut = try Dataset.load(FormatFiles.folder([:], ["a.tfrec": Array(file.dropLast(9))]))
    #expect(cut.count == 3 && cut.problems.map(\.reason) == [.truncated])
    let mixed = try Dataset.load(folder("class00-7.tfrec", "objects.tfrecord"))
    #expect(mixed.count == 4)
    #expect(mixed.problems.allSatisfy { $0.reason == .unreadableAnnotation })
    #expect(
      reason { try Dataset.load(FormatFiles.folder([:], ["a.tfrec": Array("no".utf8)])) }
        == .damagedFiles)
  }
}
