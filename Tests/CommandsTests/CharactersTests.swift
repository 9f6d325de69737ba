import TestSupport
import Testing

@Suite struct CharactersTests {
  /// Characters of five scripts: from one drawing each, a network that learned from half of them
  /// tells apart 20 of the other half. The example trains for few epochs here; what it reaches in
  /// full is written in its first lines.
  @Test func oneDrawingIsEnoughForACharacterNeverSeen() throws {
    guard let folder = Material.folder("data/characters") else {
      print("skipped: the drawings of characters are not here")
      return
    }
    let printed = try Student().runExample("characters", on: folder)
    #expect(!printed.contains("error"), "\(printed)")
    #expect(printed.contains("✓ one-shot accuracy"), "\(printed)")
  }
}
