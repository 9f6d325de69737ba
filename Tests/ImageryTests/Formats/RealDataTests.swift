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
    print(data.kind, data.classes, data.count, data.counts, data.warning?.message ?? "")
  }

  @Test func membranesLoad() throws {
    guard let path = Material.folder("data/membranes") else {
      print("skipped: the membranes are not here")
      return
    }
    let data = try Dataset.load(path)
    print(data.kind, data.classes, data.count, data.counts, data.warning?.message ?? "")
  }

  @Test func charactersLoad() throws {
    guard let path = Material.folder("data/characters") else {
      print("skipped: the characters are not here")
      return
    }
    let data = try Dataset.load(path)
    print(data.kind, data.classes.count, data.count, data.warning?.message ?? "")
  }
}
