import Foundation
import Imagery
import TestSupport
import Tensors
import Testing

@Suite struct FolderTests {
  private let good = PNGMaker.colours(width: 9, height: 7).bytes()

  private func makeFolder(_ files: [String: [UInt8]]) throws -> String {
    let root = temporaryFolder()
    for (name, bytes) in files { try write(bytes, to: "\(root)/\(name)") }
    return root
  }

  /// Labels would differ between machines if the order came from the disk or the locale.
  @Test func foldersAreClassesInByteOrder() throws {
    let root = try makeFolder([
      "Zebra/2.png": good, "Zebra/10.png": good, "ähre/x.png": good,
      "alpha/b.JPG": JPEGFiles.colour,
      "alpha/B.jpg": JPEGFiles.grey, "alpha/noending": good, "alpha/notes.txt": [65, 66],
      "alpha/.hidden.png": good, ".git/x.png": good, "alpha/liar.jpg": good,
    ])
    let data = try Dataset.folder(root, frame: ImageFrame(side: 4))
    #expect(data.classes == ["Zebra", "alpha", "ähre"])
    #expect(
      (0..<data.count).map(data.name(at:)) == [
        "Zebra/10.png", "Zebra/2.png", "alpha/B.jpg", "alpha/b.JPG", "alpha/liar.jpg",
        "alpha/noending", "ähre/x.png",
      ])
    #expect(data.problems.isEmpty && data.warning == nil)
    #expect(try data.sample(at: 2).image.shape == [4, 4, 3])
    // Looking at the images was not in vain.
    #expect(data.cached.count == data.count)
    #expect(try Dataset.folder(root + "/").count == data.count)
  }

  /// Every image that cannot be used must be named, and nothing else be lost.
  @Test func damagedImagesAreNamedInOneWarning() throws {
    var bomb: [UInt8] = [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A]
    let maker = PNGMaker.colours()
    bomb += maker.chunk("IHDR", maker.header(30_000, 30_000)) + maker.chunk("IDAT", [1, 2, 3])
    let root = try makeFolder([
      "rock/ok.png": good, "rock/cut.png": Array(good.dropLast(60)), "rock/empty.jpg": [],
      "rock/text.jpg": Array("no image".utf8), "sand/bomb.png": bomb, "sand/ok.jpg": JPEGFiles.grey,
      "sand/map.tif": [0x49, 0x49, 0x2A, 0, 8, 0, 0, 0], "sand/deep/x.png": good,
      "dead/only.png": Array(good.dropLast(60)), "empty/readme.txt": [65], "loose.png": good,
    ])
    for verification in [Dataset.Verification.automatic, .everything] {
      let data = try Dataset.folder(root, verification: verification)
      #expect(data.classes == ["rock", "sand"] && data.counts == [1, 1])
      let found = data.problems.map { "\($0.reason.rawValue) \($0.subject)" }
      #expect(
        found == [
          "imagesWithoutClass \(root)", "emptyClass dead", "truncated dead/only.png",
          "emptyClass empty", "truncated rock/cut.png", "notAnImage rock/empty.jpg",
          "notAnImage rock/text.jpg", "imageTooLarge sand/bomb.png", "nestedFolder sand/deep",
          "truncated sand/map.tif",
        ])
      #expect(data.warning?.message.contains("6 of 8 images are left out") == true)
      // It is told once, not again for each part.
      #expect(data.take(1).problems.isEmpty)
    }
    #expect(reason { try Dataset.folder(root, strict: true) } == .damagedFiles)

    // By headers alone the cut files stay, and the loader meets them.
    let quick = try Dataset.folder(root, frame: ImageFrame(side: 4), verification: .headers)
    #expect(quick.counts == [1, 2, 1])
    let loader = try Loader(quick, batch: 4)
    #expect(try loader.next()?.count == 2)
    #expect(loader.problems.map(\.subject) == ["dead/only.png", "rock/cut.png"])
  }

  @Test func foldersWithoutClassesAreExplained() throws {
    #expect(reason { try Dataset.folder("/no/such/folder") } == .notFound)
    let file = try makeFolder(["a.png": good])
    #expect(reason { try Dataset.folder(file + "/a.png") } == .isNotFolder)
    #expect(reason { try Dataset.folder(file) } == .imagesWithoutClass)
    #expect(reason { try Dataset.folder(temporaryFolder()) } == .noClassFolders)
    let hollow = try makeFolder(["a/x.txt": [1], "b/y.txt": [2]])
    #expect(reason { try Dataset.folder(hollow) } == .noClassFolders)
    let deep = try makeFolder(["train/sand/x.png": good, "test/sand/x.png": good])
    let error = #expect(throws: ImageryError.self) { try Dataset.folder(deep) }
    #expect(error?.reason == .noClassFolders)
    #expect(error?.given.contains("`train/sand`") == true)
    let broken = try makeFolder(["a/x.png": [1], "b/y.png": [2]])
    #expect(reason { try Dataset.folder(broken) } == .damagedFiles)
    let single = try makeFolder(["sand/x.png": good])
    let one = try Dataset.folder(single)
    #expect(one.count == 1 && one.problems.map(\.reason) == [.singleClass])
  }

  /// A test folder that lacks a class must not shift the labels of the others.
  @Test func classesCanBeGiven() throws {
    let root = try makeFolder(["b/x.png": good, "a/y.png": good, "c/z.png": good, "d/n.txt": [1]])
    let data = try Dataset.folder(root, classes: ["c", "d", "a"])
    #expect(data.classes == ["c", "d", "a"] && data.counts == [1, 0, 1])
    #expect(try data.sample(at: 1).labelName == "a")
    #expect(reason { try Dataset.folder(root, classes: ["a", "x"]) } == .unknownClass)
  }

  @Test func progressIsToldAndCanStop() throws {
    var files: [String: [UInt8]] = [:]
    for i in 0..<40 { files["c\(i % 2)/\(i).png"] = good }
    let root = try makeFolder(files)
    var last = (0, 0)
    _ = try Dataset.folder(root) { done, all in
      #expect(done > last.0 && all == 40)
      last = (done, all)
      return true
    }
    #expect(last == (40, 40))
    #expect(reason { try Dataset.folder(root) { _, _ in false } } == .cancelled)
  }

  /// A pipe would block for ever, a loop of links never end.
  @Test func oddFilesDoNotHang() throws {
    let root = try makeFolder(["a/x.png": good, "b/y.png": good])
    #expect(mkfifo(root + "/a/pipe.png", 0o600) == 0)
    try FileManager.default.createSymbolicLink(
      atPath: root + "/b/loop.png", withDestinationPath: root + "/b/loop.png")
    try FileManager.default.createSymbolicLink(
      atPath: root + "/b/link.png", withDestinationPath: root + "/a/x.png")
    let data = try Dataset.folder(root)
    #expect(data.counts == [1, 2])
    #expect(data.problems.map(\.subject) == ["a/pipe.png", "b/loop.png"])
  }

  /// Real photographs of many sizes, where they are there.
  @Test func cellsLoad() throws {
    guard let path = Material.folder("data/cells") else {
      print("skipped: the cells are not here")
      return
    }
    let data = try Dataset.folder(path, frame: ImageFrame(side: 64))
    #expect(data.classes.count == 3 && data.counts == [150, 150, 150] && data.problems.isEmpty)
    let parts = try data.split([0.8], seed: 1)
    #expect(parts.map(\.counts) == [[120, 120, 120], [30, 30, 30]])
    let loader = try Loader(parts[0], order: parts[0].order(seed: 1, epoch: 0), batch: 32)
    var total = 0
    while let batch = try loader.next() {
      #expect(Array(batch.images.shape.dropFirst()) == [64, 64, 3])
      total += batch.count
    }
    #expect(total == 360 && loader.problems.isEmpty)
    let whole = try Dataset.folder(path, verification: .headers)
    #expect(reason { try Loader(whole, batch: 8).next() } == .differentSizes)
  }
}
