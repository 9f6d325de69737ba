import TestSupport
import Testing

@Suite struct CellsExampleTests {
  /// RetinaNet on boxes in Pascal VOC's files, for a quarter of the time that the example's reader
  /// gives it with `full`.
  @Test func retinaNetFindsBloodCells() throws {
    guard let folder = Material.folder("data/cells-boxes") else {
      print("skipped: the photographs of blood cells with boxes are not here")
      return
    }
    let printed = try Student().runExample("cells", on: folder)
    #expect(printed.contains("✓ AP50"), "\(printed)")
  }
}
