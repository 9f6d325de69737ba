import Commands
import Language
import Tensors

/// Compares values as a marker would: numbers within a tolerance, texts without the space around
/// them, everything else exactly; and says where they first differ.
struct Comparison {
  /// Numbers are equal that are no further apart than this, beside 1 or beside the expected one.
  let tolerance: Double

  func areClose(_ given: Double, _ expected: Double) -> Bool {
    given == expected || given.isNaN && expected.isNaN
      || abs(given - expected) <= tolerance * max(1, abs(expected))
  }

  /// The first difference in a sentence without a full stop, or nil.
  func difference(_ given: Value, _ expected: Value) -> String? {
    difference(given, expected, "")
  }

  private func difference(_ given: Value, _ expected: Value, _ place: String) -> String? {
    let at = place.isEmpty ? "" : "\(place): "
    func differ() -> String { "\(at)\(short(given)) instead of \(short(expected))" }
    switch (given, expected) {
    case (.number(let a), .number(let b)):
      guard !areClose(a, b) else { return nil }
      let (first, second) = (rounded(a), rounded(b))
      return first == second ? differ() : "\(at)\(first) instead of \(second)"
    case (.text(let a), .text(let b)): return trimmed(a) == trimmed(b) ? nil : differ()
    case (.list(let a), .list(let b)):
      guard a.count == b.count else {
        return "\(at)\(a.count) elements instead of \(b.count)"
      }
      for index in a.indices {
        if let found = difference(a[index], b[index], "\(place)[\(index)]") { return found }
      }
      return nil
    case (.record(let a), .record(let b)):
      for field in b.fields {
        guard let value = a[field.key] else { return "\(at)there is no field `\(field.key)`" }
        let inner = place.isEmpty ? field.key : "\(place).\(field.key)"
        if let found = difference(value, field.value, inner) { return found }
      }
      let extra = a.keys.first { b[$0] == nil }
      return extra.map { "\(at)the field `\($0)` is not wanted" }
    case (.range(let a), .range(let b)):
      return difference(
        .list(of: [.number(a.start), .number(a.end), .number(a.step)]),
        .list(of: [.number(b.start), .number(b.end), .number(b.step)]), place)
    case (.object(let a as TensorValue), .object(let b as TensorValue)):
      return difference(a.tensor, b.tensor, at)
    default:
      if given == expected { return nil }
      return given.kind == expected.kind
        ? differ() : "\(at)a \(given.kind) (\(short(given))) instead of a \(expected.kind)"
    }
  }

  private func difference(_ given: Tensor, _ expected: Tensor, _ at: String) -> String? {
    guard given.shape == expected.shape else {
      return "\(at)the shape \(given.shape) instead of \(expected.shape)"
    }
    for (index, (a, b)) in zip(given.values, expected.values).enumerated()
    where !areClose(Double(a), Double(b)) {
      var (rest, places) = (index, [Int]())
      for size in given.shape.reversed() {
        places.insert(rest % size, at: 0)
        rest /= size
      }
      return "\(at)\(a) instead of \(b) at \(places)"
    }
    return nil
  }

  private func trimmed(_ text: String) -> String {
    text.split(whereSeparator: \.isWhitespace).joined(separator: " ")
  }

  /// With six digits, which are enough to see a difference by.
  private func rounded(_ number: Double) -> String {
    number.rounded() == number
      ? Value.number(number).display : NumberText(number).significant(6)
  }

  private func short(_ value: Value) -> String {
    let text = value.display
    return text.utf8.count <= 80 ? text : String(text.prefix(70)) + "…"
  }
}
