import Imagery
import Tensors
import Testing

@Suite struct DamagedFileTests {
  /// A half-copied photograph would be trained on as if it were whole, or stop the program.
  @Test func pngCutAnywhereIsAnErrorUntilThePictureIsWhole() throws {
    let file = PNGMaker.colours().bytes()
    // The last row is inside IDAT, which is followed by its checksum and by IEND (12 bytes).
    for length in 0..<file.count {
      let reason = reason { try ImageFile.decode(Array(file[..<length]), name: "cut") }
      if length < file.count - 12 - 8 {
        #expect(reason == (length < 4 ? .notAnImage : length < 8 ? .corrupt : .truncated))
      } else {
        #expect(reason == nil || reason == .truncated, "\(length)")
      }
    }
  }

  @Test func cutPNGTellsHowMuchWasReadable() throws {
    let maker = PNGMaker(width: 64, height: 100) { y, x, c in (y + x + c) & 255 }
    let file = maker.bytes()
    let error = #expect(throws: ImageryError.self) {
      try ImageFile.decode(Array(file[..<(file.count / 2)]), name: "half.png")
    }
    #expect(error?.reason == .truncated && error?.expected == "100 rows")
    #expect((40...55).contains(Int(error?.given ?? "") ?? 0))
  }

  @Test(arguments: ["colour", "progressive", "grey", "cmyk", "subsampled"])
  func jpegCutAnywhereIsAnError(_ name: String) throws {
    let file = JPEGFiles.named(name)
    for length in 0..<(file.count - 8) {
      let reason = reason { try ImageFile.decode(Array(file[..<length]), name: name) }
      #expect(reason == .truncated || reason == .notAnImage || reason == .corrupt, "\(length)")
    }
    // Only the end marker is missing: the picture is whole (but a progressive file may go on).
    let unmarked = reason { try ImageFile.decode(Array(file.dropLast(2)), name: name) }
    #expect(unmarked == (name == "progressive" ? .truncated : nil))
  }

  /// A file of a few bytes that claims a huge size must not take the machine's memory.
  @Test func bombsAreRefusedBeforeMemoryIsTaken() throws {
    var maker = PNGMaker.colours()
    func claiming(_ width: Int, _ height: Int) -> [UInt8] {
      var file: [UInt8] = [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A]
      file += maker.chunk("IHDR", maker.header(width, height))
      return file + maker.chunk("IDAT", maker.deflated([0, 1, 2])) + maker.chunk("IEND", [])
    }
    #expect(reason { try ImageFile.decode(claiming(30_000, 30_000), name: "b") } == .imageTooLarge)
    #expect(reason { try ImageFile.decode(claiming(8_000, 8_000), name: "b") } == .implausibleSize)
    #expect(reason { try ImageFile.decode(claiming(1, 2_000_000), name: "b") } == .imageTooLarge)
    #expect(reason { try ImageFile.decode(claiming(0, 5), name: "b") } == .corrupt)
    #expect(reason { try ImageFile.decode(claiming(0x7FFF_FFFF, 9), name: "b") } == .imageTooLarge)
    #expect(reason { try ImageFile.decode(claiming(0x8000_0000, 9), name: "b") } == .corrupt)
    maker.depth = 16
    maker.colourType = 6
    #expect(reason { try ImageFile.decode(claiming(8_000, 8_000), name: "b") } == .imageTooLarge)

    for file in [JPEGFiles.colour, JPEGFiles.progressive] {
      // The frame header's marker is followed by its length, precision, height and width.
      var bomb = file
      let frame = bomb.indices.dropLast().first {
        bomb[$0] == 0xFF && [0xC0, 0xC2].contains(bomb[$0 + 1])
      }
      let start = try #require(frame) + 5
      bomb.replaceSubrange(start..<(start + 4), with: [0x1F, 0xFF, 0x1F, 0xFF])
      #expect(reason { try ImageFile.decode(bomb, name: "b") } == .implausibleSize)
      bomb.replaceSubrange(start..<(start + 4), with: [0xFF, 0xFF, 0xFF, 0xFF])
      #expect(reason { try ImageFile.decode(bomb, name: "b") } != nil)
    }
  }

  /// Any bytes at all must give an image or an error: a trap would end a student's session.
  @Test func mutatedFilesNeverCrash() throws {
    let sources: [[UInt8]] = [
      PNGMaker.colours().bytes(),
      PNGMaker(colourType: 3, depth: 4, interlaced: true, palette: [[1, 2, 3], [4, 5, 6]]) {
        y, x, _ in (x + y) & 1
      }.bytes(),
      PNGMaker(colourType: 6, depth: 16, interlaced: true) { y, x, c in y * x * 991 + c }.bytes(),
      try ImageFile.png(try Tensor(shape: [20, 20, 3], repeating: 0.5)),
      JPEGFiles.colour, JPEGFiles.progressive, JPEGFiles.cmyk, JPEGFiles.subsampled,
      JPEGFiles.oriented(JPEGFiles.grey, 6, littleEndian: true),
    ]
    var stream = RandomStream(seed: 7, name: "fuzz")
    let limits = ImageLimits(side: 4_096, pixels: 1 << 20)
    let frame = try ImageFrame(side: 8)
    var decoded = 0
    for round in 0..<12_000 {
      var file = sources[round % sources.count]
      for _ in 0...stream.integer(below: 4) {
        switch stream.integer(below: 4) {
        case 0: file[stream.integer(below: file.count)] = UInt8(stream.integer(below: 256))
        case 1: file[stream.integer(below: file.count)] ^= 1 << UInt8(stream.integer(below: 8))
        case 2: file.remove(at: stream.integer(below: file.count))
        default:
          let from = stream.integer(below: file.count)
          let part = file[from..<min(from + 16, file.count)]
          file.insert(contentsOf: part, at: stream.integer(below: file.count))
        }
      }
      // PNG's checksums would hide everything behind them: half of the files get right ones.
      if round % 2 == 0 { PNGMaker.mend(&file) }
      do {
        let image = try ImageFile.decode(
          file, name: "f", frame: round % 3 == 0 ? frame : nil, limits: limits)
        #expect(image.values.allSatisfy { $0 >= 0 && $0 <= 1 })
        decoded += 1
      } catch is ImageryError {
        continue
      }
    }
    #expect(decoded > 100)
  }
}

extension PNGMaker {
  /// Puts right checksums into a PNG file's chunks as far as they can be followed.
  static func mend(_ file: inout [UInt8]) {
    guard file.count > 8, file[0] == 0x89 else { return }
    var at = 8
    while at + 12 <= file.count {
      let length = file[at..<(at + 4)].reduce(0) { $0 << 8 | Int($1) }
      guard length <= file.count - at - 12 else { return }
      let crc = checksum(Array(file[(at + 4)..<(at + 8 + length)]))
      for i in 0..<4 { file[at + 8 + length + i] = UInt8(truncatingIfNeeded: crc >> (24 - 8 * i)) }
      at += 12 + length
    }
  }
}
