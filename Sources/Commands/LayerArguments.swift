import Language
import Networks

// Arguments that layers share: windows, padding, margins, the first weights.

extension Call {
  /// A whole number for both, or `[height, width]`, each from 1.
  func pair(_ label: String) throws -> (height: Int, width: Int) {
    if case .number = try value(label) {
      let side = try whole(label, in: 1...65_536)
      return (side, side)
    }
    let sides = try wholes(label, in: 1...65_536)
    guard sides.count == 2 else {
      throw failure(label, code: "E0518", "`\(label)` takes one number or [height, width]")
    }
    return (sides[0], sides[1])
  }

  func padding(_ label: String) throws -> Padding {
    if case .text(let text) = try value(label) { return text == "same" ? .same : .valid }
    let (top, bottom, left, right) = try margins(label)
    return .explicit(top: top, bottom: bottom, left: left, right: right)
  }

  /// A whole number for every side, or `[[top, bottom], [left, right]]`, each from 0.
  func margins(_ label: String) throws -> (Int, Int, Int, Int) {
    if case .number = try value(label) {
      let side = try whole(label, in: 0...65_536)
      return (side, side, side, side)
    }
    var sides: [Int] = []
    for element in try list(label) {
      guard case .list(let pair) = element, let numbers = pair.numbers, numbers.count == 2 else {
        break
      }
      sides += numbers.compactMap { Int(exactly: $0) }.filter { (0...65_536).contains($0) }
    }
    guard sides.count == 4 else {
      throw failure(
        label, code: "E0518",
        "`\(label)` takes one number or [[top, bottom], [left, right]], whole numbers from 0")
    }
    return (sides[0], sides[1], sides[2], sides[3])
  }

  func initializer() throws -> Initializer {
    Initializer.named(try text("initializer")) ?? .glorotUniform
  }

  func nodes(_ label: String) throws -> [Node] {
    try list(label).map { element in
      guard case .object(let object) = element, let symbol = object as? SymbolValue else {
        throw mismatch(label, .listOf(.object("symbol")))
      }
      return symbol.node
    }
  }
}
