import Language
import Testing

/// A small generator with a fixed seed, so that a failure can be repeated.
struct SplitMix: RandomNumberGenerator {
  var state: UInt64

  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var z = state
    z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
    z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
    return z ^ (z >> 31)
  }
}

/// Mutated scripts: whatever a student or a broken file contains, there is an answer with a place,
/// never a crash and never an endless run.
@Suite struct FuzzTests {
  private static let words = [
    "if", "else", "end", "for", "in", "while", "repeat", "times", "def", "return", "break", "try",
    "catch", "and", "or", "not", "none", "true", "(", ")", "[", "]", "{", "}", ",", ":", ";", ".",
    "..", "...", "=>", "=", "==", "+=", "+", "-", "*", "/", "//", "%", "^", "@", "\"", "\"\"\"",
    "#", "\\", "\n", "x", "xs", "f", "show", "map", "0", "1e308", "-1", "1e15", "by", "'", "&&",
    "\u{0}", "é", "…", "\"{x}\"", "x => x", "check \"a\" true", "[[[[", "{a: 1}",
  ]

  private func mutate(_ text: [UInt8], _ generator: inout SplitMix) -> [UInt8] {
    var bytes = text
    for _ in 0..<Int.random(in: 1...4, using: &generator) {
      let place = Int.random(in: 0...bytes.count, using: &generator)
      switch Int.random(in: 0..<7, using: &generator) {
      case 0: bytes.insert(UInt8.random(in: 0...255, using: &generator), at: place)
      case 1: if place < bytes.count { bytes.remove(at: place) }
      case 2, 3:
        let word = FuzzTests.words.randomElement(using: &generator) ?? ""
        bytes.insert(contentsOf: Array(" \(word) ".utf8), at: place)
      case 4:
        let end = min(bytes.count, place + Int.random(in: 0...20, using: &generator))
        bytes.removeSubrange(place..<end)
      case 5:
        var lines = bytes.split(separator: 10, omittingEmptySubsequences: false).map(Array.init)
        guard lines.count > 1 else { continue }
        lines.swapAt(
          Int.random(in: 0..<lines.count, using: &generator),
          Int.random(in: 0..<lines.count, using: &generator))
        bytes = Array(lines.joined(separator: [10]))
      default:
        let end = min(bytes.count, place + Int.random(in: 0...30, using: &generator))
        bytes.insert(contentsOf: bytes[place..<end], at: place)
      }
    }
    return bytes
  }

  @Test(arguments: [1, 2, 3, 4] as [UInt64])
  func mutatedScriptsEndWithAValidPlace(seed: UInt64) {
    var generator = SplitMix(state: seed)
    let scripts = ExpectedScript.all.filter { !$0.name.hasPrefix("limits/") }
    var limits = Limits()
    limits.textSize = 100_000
    limits.listCount = 20_000
    limits.valueWeight = 100_000
    for _ in 0..<1_500 {
      guard let script = scripts.randomElement(using: &generator) else { return }
      let bytes = mutate(script.source.bytes, &generator)
      let source = Source(name: "fuzz", bytes: bytes)
      var size = 0
      let interpreter = Interpreter(limits: limits) { size += $0.utf8.count }
      interpreter.statementBudget = 2_000
      for diagnostic in interpreter.run(source).diagnostics {
        let count = Int32(diagnostic.source.bytes.count)
        let span = diagnostic.span
        #expect(
          span.start >= 0 && span.start <= span.end && span.end <= count,
          "\(script.name), seed \(seed): \(String(decoding: bytes, as: UTF8.self))")
        #expect(diagnostic.code.hasPrefix("E") && !diagnostic.message.isEmpty)
        #expect(!diagnostic.render().isEmpty)
      }
      _ = Parser.completeness(of: String(decoding: bytes, as: UTF8.self))
      _ = Cells.split(source)
    }
  }

  @Test(arguments: [5, 6] as [UInt64])
  func wordsInAnyOrderEnd(seed: UInt64) {
    var generator = SplitMix(state: seed)
    for _ in 0..<1_500 {
      let count = Int.random(in: 1...30, using: &generator)
      let text = (0..<count).map { _ in FuzzTests.words.randomElement(using: &generator) ?? "" }
        .joined(separator: Bool.random(using: &generator) ? " " : "")
      let interpreter = Interpreter { _ in }
      interpreter.statementBudget = 1_000
      for diagnostic in interpreter.run(Source(name: "fuzz", text: text)).diagnostics {
        #expect(diagnostic.span.end <= Int32(diagnostic.source.bytes.count), "\(text)")
      }
    }
  }
}
