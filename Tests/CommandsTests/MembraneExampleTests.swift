import TestSupport
import Testing

@Suite struct MembraneExampleTests {
  /// The original U-Net's task, at half its resolution and for half the time; `full` is for a patient
  /// reader of the example.
  @Test func aUNetFindsMembranes() throws {
    guard let folder = Material.folder("data/membranes") else {
      print("skipped: the electron-microscope images are not here")
      return
    }
    let printed = try Student().runExample("membranes", on: folder)
    #expect(printed.contains("✓ pixel accuracy"), "\(printed)")
    #expect(printed.contains("✓ mean IoU"), "\(printed)")
  }
}
