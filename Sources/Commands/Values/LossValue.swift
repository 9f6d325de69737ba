import Language
import Training

/// What a trainer makes small: a loss, or a sum of them. `dice() + 0.5 * binary_cross_entropy()`.
package final class LossValue: HostObject {
  package let losses: WeightedLosses

  package init(_ losses: WeightedLosses) { self.losses = losses }

  package var kind: String { "loss" }
  package var summary: String { "loss " + losses.text }

  package var propertyNames: [String] { ["name"] }
  package func property(_ name: String) -> Value? { name == "name" ? .text(losses.name) : nil }

  /// `loss + loss`, `number * loss`, `loss * number`, `loss / number`.
  package func binary(
    _ operation: BinaryOperation, _ other: Value, isLeft: Bool
  ) throws -> Value? {
    switch (operation, other) {
    case (.add, .object(let object)):
      guard let other = object as? LossValue else { return nil }
      let sum = isLeft ? losses + other.losses : other.losses + losses
      // Terms of one loss come together, and their factors could grow without end.
      guard sum.terms.allSatisfy({ LossValue.factors.contains($0.weight) }) else {
        throw LossValue.outside()
      }
      return .object(LossValue(sum))
    case (.multiply, .number(let factor)): return try scaled(by: factor)
    case (.divide, .number(let divisor)) where isLeft: return try scaled(by: 1 / divisor)
    default: return nil
    }
  }

  /// A factor below 0 would reward mistakes, and one of 0 is a loss that is not wanted.
  private static let factors = 1e-6...1e6

  private func scaled(by factor: Double) throws -> Value {
    let result = factor * losses
    guard result.terms.allSatisfy({ LossValue.factors.contains($0.weight) }) else {
      throw LossValue.outside()
    }
    return .object(LossValue(result))
  }

  private static func outside() -> Failure {
    Failure(code: "E0660", message: "the factor of a loss is from 0.000001 to 1000000")
  }

  package func isEqual(_ other: any HostObject) -> Bool {
    (other as? LossValue)?.losses == losses
  }
}
