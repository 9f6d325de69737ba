/// A range `start..end by step`: `start`, `start + step`, … as long as they stay before `end`.
package final class Progression: Equatable, Sendable {
  package let start: Double
  package let end: Double
  package let step: Double
  package let count: Int

  /// - Parameter step: not 0; the caller checks it, and that all three are finite.
  package init(start: Double, end: Double, step: Double = 1) {
    self.start = start
    self.end = end
    self.step = step
    count = Progression.count(start: start, end: end, step: step)
  }

  /// Steps that fit. A relative 1e-9 forgives `0.8 - 0.2` not being `3 * 0.2`.
  static func count(start: Double, end: Double, step: Double) -> Int {
    let steps = (end - start) / step
    guard steps > 0 else { return 0 }
    guard steps < 9e15 else { return 9_000_000_000_000_000 }
    return Int((steps - 1e-9 * max(1, steps) * (step.rounded() == step ? 0 : 1)).rounded(.up))
  }

  package subscript(index: Int) -> Double { start + Double(index) * step }

  package func contains(_ number: Double) -> Bool {
    let position = (number - start) / step
    let nearest = position.rounded()
    guard nearest >= 0, nearest < Double(count) else { return false }
    return start + nearest * step == number
  }

  package static func == (left: Progression, right: Progression) -> Bool {
    left.start == right.start && left.end == right.end && left.step == right.step
  }
}

extension Progression {
  /// All its numbers, if a list may have as many.
  func elements(limits: Limits) throws -> [Value] {
    guard count <= limits.listCount else { throw Failure(.listTooLong(limit: limits.listCount)) }
    return (0..<count).map { .number(self[$0]) }
  }
}
