import Foundation
import Imagery
import Tensors
import Testing

/// A PNG kind and what it must become.
struct PNGCase: Sendable, CustomTestStringConvertible {
  let colourType: Int
  let depth: Int
  let interlaced: Bool
  var testDescription: String { "type \(colourType), \(depth) bits, interlaced \(interlaced)" }

  static let all: [PNGCase] = [
    (0, [1, 2, 4, 8, 16]), (2, [8, 16]), (3, [1, 2, 4, 8]), (4, [8, 16]), (6, [8, 16]),
  ].flatMap { type, depths in
    depths.flatMap { depth in
      [false, true].map { PNGCase(colourType: type, depth: depth, interlaced: $0) }
    }
  }
}

@Suite struct ImageFileTests {
  /// A student's scan, mask or drone picture of any PNG kind would show wrong colours.
  @Test(arguments: PNGCase.all)
  func everyKindOfPNG(_ kind: PNGCase) throws {
    let top = (1 << kind.depth) - 1
    let colours = 1 << min(kind.depth, 8)
    let palette: [[UInt8]] = (0..<colours).map { i in
      [53, 29, 7].map { UInt8(truncatingIfNeeded: i * $0 + 5) }
    }
    let maker = PNGMaker(
      width: 11, height: 9, colourType: kind.colourType, depth: kind.depth,
      interlaced: kind.interlaced, palette: kind.colourType == 3 ? palette : []
    ) { y, x, c in (y * 4_051 + x * 977 + c * 20_011) & top }
    let file = maker.bytes()

    let stored = try ImageFile.decode(file, name: "x.png", channels: .asStored)
    let expectedChannels = [0: 1, 2: 3, 3: 3, 4: 4, 6: 4][kind.colourType] ?? 0
    #expect(stored.shape == [9, 11, expectedChannels])
    let rgb = try ImageFile.decode(file, name: "x.png")
    #expect(rgb.shape == [9, 11, 3])
    for y in 0..<9 {
      for x in 0..<11 {
        func value(_ c: Int) -> Float { Float(maker.sample(y, x, c)) / Float(top) }
        let pixel: [Float] =
          switch kind.colourType {
          case 0: [value(0)]
          case 2: [value(0), value(1), value(2)]
          case 3: palette[maker.sample(y, x, 0)].map { Float($0) / 255 }
          case 4: [value(0), value(0), value(0), value(1)]
          default: [value(0), value(1), value(2), value(3)]
          }
        let alpha = pixel.count == 4 ? pixel[3] : 1
        for (c, expected) in pixel.enumerated() {
          let found = stored[flat: (y * 11 + x) * expectedChannels + c]
          #expect(abs(found - expected) < 1e-6)
        }
        for c in 0..<3 {
          let colour = pixel.count == 1 ? pixel[0] : pixel[c]
          let found = rgb[flat: (y * 11 + x) * 3 + c]
          #expect(abs(found - (colour * alpha + 1 - alpha)) < 1e-5)
        }
      }
    }
  }

  /// The smallest interlaced files have passes without a pixel.
  @Test(arguments: [1, 2, 3, 5], [1, 2, 3, 5])
  func smallInterlacedPNG(_ width: Int, _ height: Int) throws {
    var maker = PNGMaker.colours(width: width, height: height)
    let plain = try ImageFile.decode(maker.bytes(), name: "x")
    maker.interlaced = true
    #expect(try ImageFile.decode(maker.bytes(), name: "x").values == plain.values)
  }

  /// Cut-outs with a transparent colour would get a black background.
  @Test func transparencyChunksGiveAlpha() throws {
    let grey = PNGMaker(width: 2, height: 1, colourType: 0, depth: 8, transparency: [0, 9]) {
      _, x, _ in x == 0 ? 9 : 200
    }
    let image = try ImageFile.decode(grey.bytes(), name: "g", channels: .asStored)
    #expect(image.shape == [1, 2, 4])
    #expect(image[flat: 3] == 0 && image[flat: 7] == 1)
    #expect(try ImageFile.decode(grey.bytes(), name: "g")[flat: 0] == 1)

    let palette = PNGMaker(
      width: 2, height: 1, colourType: 3, depth: 8, palette: [[0, 0, 0], [255, 0, 0]],
      transparency: [0]
    ) { _, x, _ in x }
    let mixed = try ImageFile.decode(palette.bytes(), name: "p")
    #expect(mixed.values == [1, 1, 1, 1, 0, 0])
  }

  /// Photographs of any JPEG kind would show wrong colours.
  @Test(arguments: ["colour", "progressive", "cmyk", "subsampled"])
  func everyKindOfJPEG(_ name: String) throws {
    let image = try ImageFile.decode(JPEGFiles.named(name), name: name)
    #expect(image.shape == [16, 24, 3])
    for (y, x, colour) in quadrants {
      for c in 0..<3 {
        #expect(abs(image[flat: (y * 24 + x) * 3 + c] * 255 - colour[c]) <= 3, "\(name)")
      }
    }
  }

  @Test func greyJPEGKeepsOneChannel() throws {
    let image = try ImageFile.decode(JPEGFiles.grey, name: "g", channels: .asStored)
    #expect(image.shape == [16, 24, 1])
    #expect(abs(image[flat: 4 * 24 + 4] * 255 - 88) <= 2)
  }

  private let quadrants: [(Int, Int, [Float])] = [
    (4, 4, [200, 40, 40]), (4, 20, [40, 200, 40]), (12, 4, [40, 40, 200]),
    (12, 20, [230, 230, 230]),
  ]

  /// Phone photographs would lie on their side.
  @Test(arguments: 1...8, [true, false])
  func orientationTagIsApplied(_ tag: Int, littleEndian: Bool) throws {
    let file = JPEGFiles.oriented(JPEGFiles.colour, tag, littleEndian: littleEndian)
    let image = try ImageFile.decode(file, name: "o")
    #expect(image.shape == (tag >= 5 ? [24, 16, 3] : [16, 24, 3]))
    // Which stored corner (0 red, 1 green, 2 blue, 3 white) is seen top left and top right: from
    // the table of EXIF 2.3, "0th row, 0th column".
    let (topLeft, topRight) =
      [
        1: (0, 1), 2: (1, 0), 3: (3, 2), 4: (2, 3), 5: (0, 2), 6: (2, 0), 7: (3, 1), 8: (1, 3),
      ][tag] ?? (9, 9)
    for (corner, x) in [(topLeft, 0), (topRight, image.shape[1] - 1)] {
      for c in 0..<3 {
        #expect(abs(image[flat: x * 3 + c] * 255 - quadrants[corner].2[c]) <= 3)
      }
    }
    // The size asked for is that of the upright picture.
    let framed = try ImageFile.decode(file, name: "o", frame: ImageFrame(height: 6, width: 5))
    #expect(framed.shape == [6, 5, 3])
  }

  /// A picture saved by `write` would come back changed.
  @Test(arguments: [1, 3, 4])
  func writtenPNGComesBack(_ channels: Int) throws {
    let values = (0..<(6 * 5 * channels)).map { Float($0 * 37 % 256) / 255 }
    let image = try Tensor(shape: [6, 5, channels], values: values)
    let bytes = try ImageFile.png(image)
    #expect(try ImageFile.png(image) == bytes)
    let path = temporaryFolder() + "/image.png"
    try ImageFile.writePNG(image, to: path)
    // The name may lie about the format.
    let again = try ImageFile.read(path, channels: .asStored)
    #expect(again.shape == image.shape && again.values == image.values)
    let header = try ImageFile.header(path)
    #expect(header.width == 5 && header.height == 6 && header.format == .png)
  }

  @Test func writingHoldsValuesInRange() throws {
    let image = try Tensor(shape: [1, 4, 1], values: [-3, .nan, 7, .infinity])
    let again = try ImageFile.decode(try ImageFile.png(image), name: "x", channels: .asStored)
    #expect(again.values == [0, 0, 1, 1])
    #expect(throws: ImageryError.self) { try ImageFile.png(try Tensor(shape: [2, 2, 2])) }
    #expect(throws: ImageryError.self) { try ImageFile.png(try Tensor(shape: [0, 2, 3])) }
  }

  /// Errors must say what kind of file it is, so that a student knows what to do.
  @Test(arguments: [
    ([UInt8]("GIF89a........".utf8), ImageryError.Reason.unsupportedFormat, "GIF"),
    ([0x49, 0x49, 0x2A, 0, 8, 0, 0, 0], .unsupportedFormat, "TIFF"),
    ([UInt8]("hello world, no image".utf8), .notAnImage, "other content"),
    ([], .notAnImage, "an empty file"),
  ])
  func otherContentIsNamed(_ bytes: [UInt8], _ reason: ImageryError.Reason, _ given: String) {
    let error = #expect(throws: ImageryError.self) {
      try ImageFile.decode(bytes, name: "photo.jpg")
    }
    #expect(error?.reason == reason && error?.given == given && error?.subject == "photo.jpg")
  }

  @Test func missingFilesAndFolders() throws {
    let folder = temporaryFolder()
    #expect(reason { try ImageFile.read(folder + "/none.png") } == .notFound)
    #expect(reason { try ImageFile.header(folder + "/none.png") } == .notFound)
    #expect(reason { try ImageFile.read(folder) } == .isFolder)
    let limits = ImageLimits(fileBytes: 10)
    try write(PNGMaker.colours().bytes(), to: folder + "/a.png")
    #expect(reason { try ImageFile.read(folder + "/a.png", limits: limits) } == .fileTooLarge)
    #expect(reason { try ImageFile.header(folder + "/a.png", limits: limits) } == .fileTooLarge)
  }
}

func reason(_ body: () throws -> some Any) -> ImageryError.Reason? {
  do {
    _ = try body()
    return nil
  } catch {
    return (error as? ImageryError)?.reason
  }
}

func temporaryFolder() -> String {
  let path = NSTemporaryDirectory() + "imagery-\(UUID().uuidString)"
  try? FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
  return path
}

func write(_ bytes: [UInt8], to path: String) throws {
  try FileManager.default.createDirectory(
    atPath: (path as NSString).deletingLastPathComponent, withIntermediateDirectories: true)
  try Data(bytes).write(to: URL(fileURLWithPath: path))
}
