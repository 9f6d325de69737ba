import Imagery
import TestSupport
import Tensors
import Testing

/// Real datasets, where they are there: what no made-up file would have thought of.
@Suite struct RealDataTests {
  @Test func cellsWithBoxesLoad() throws {
    guard let path = Material.folder("data/cells-boxes") else {
      print("skipped: the cells are not here")
      return
    }
    let data = try Dataset.load(path)
    #expect(data.kind == .boxes && data.count == 160 && data.problems.isEmpty)
    #expect(data.classes == ["Platelets", "RBC", "WBC"] && data.counts == [187, 1945, 165])
    let framed = try data.resized(to: ImageFrame(height: 240, width: 320, fit: .stretch))
    let (whole, half) = (try data.sample(at: 7), try framed.sample(at: 7))
    #expect(whole.image.shape == [480, 640, 3] && half.image.shape == [240, 320, 3])
    for (one, other) in zip(whole.annotation.boxes, half.annotation.boxes) {
      #expect(abs(one.box.left / 2 - other.box.left) < 1e-3 && one.label == other.label)
    }
  }

  @Test func membranesLoad() throws {
    guard let path = Material.folder("data/membranes") else {
      print("skipped: the membranes are not here")
      return
    }
    let data = try Dataset.load(path)
    #expect(data.kind == .mask && data.count == 20 && data.problems.isEmpty)
    #expect(data.classes == ["background", "foreground"])
    // White is the inside of a cell, which most of the picture is.
    let mask = try #require(try data.storedAnnotation(at: 0).mask)
    let inside = mask.values.count { $0 == 1 }
    #expect(mask.height == 512 && inside > 512 * 256 && inside < 512 * 460)
  }

  @Test func foldersOfClassesLoad() throws {
    for (name, classes, count) in [("characters", 136, 2_720), ("cells", 3, 450)] {
      guard let path = Material.folder("data/\(name)") else {
        print("skipped: the \(name) are not here")
        continue
      }
      let data = try Dataset.load(path)
      #expect(data.kind == .label && data.classes.count == classes && data.count == count)
      #expect(data.problems.isEmpty)
    }
  }
}
