import Tensors
import Language

/// Says what differs between two runs of the same script: shapes, labels, errors and the order of
/// things exactly, numbers within a tolerance, texts without the space between their words, tensors
/// and pictures by their content.
package struct TranscriptComparison {
  /// How far numbers may be apart, beside 1 or beside the expected one; 0 where all bytes must agree.
  package let tolerance: Double

  package init(tolerance: Double) { self.tolerance = tolerance }

  /// A difference, in a line for the user.
  private static let limit = 20

  /// - Returns: differences in order, at most 20; empty if there is none.
  package func differences(_ expected: [Event], _ given: [Event]) -> [String] {
    var result: [String] = []
    var line = 0
    for index in 0..<max(expected.count, given.count) where result.count < Self.limit {
      guard index < expected.count, index < given.count else {
        let more = index < expected.count ? "ended early" : "went on for longer"
        result.append("\(place(line)): the run \(more)")
        break
      }
      let (old, new) = (expected[index], given[index])
      if case .statement(let number, _) = old { line = number }
      guard let difference = difference(old, new) else { continue }
      result.append("\(place(line)): \(difference)")
      // What follows an event of another kind is out of step.
      if kind(old) != kind(new) { break }
    }
    return result
  }

  private func place(_ line: Int) -> String { line == 0 ? "before the first line" : "line \(line)" }

  private func difference(_ old: Event, _ new: Event) -> String? {
    if old == new { return nil }
    switch (old, new) {
    case (.statement(let a, _), .statement(let b, _)):
      return a == b ? nil : "line \(b) ran instead of line \(a)"
    case (.output(let a), .output(let b)): return text("the output", a, b)
    case (.value(let a, let first), .value(let b, let second)):
      if a != b { return "a \(b) was shown instead of a \(a)" }
      return tolerance == 0 && first != second ? "the \(a) has other contents" : nil
    case (.figure(let a, let first, _, let hash), .figure(let b, let second, _, let other)):
      return text("the title of the figure", a, b) ?? text("the figure", first, second)
        ?? (tolerance == 0 && hash != other ? "the figure “\(a)” looks different" : nil)
    case (.check(let a, let passed, _, _, _, _), .check(let b, let passes, _, _, _, _)):
      if a != b { return "the check is “\(b)” instead of “\(a)”" }
      return passed != passes ? "the check “\(a)” \(passes ? "passes" : "fails") now" : nil
    case (.problem(let a, let message, _, _), .problem(let b, let other, _, _)):
      return a == b ? text("the error", message, other) : "error \(b) instead of \(a): \(other)"
    case (.read(let a, _, let first), .read(let b, _, let second)):
      if a != b { return "`\(b)` was read instead of `\(a)`" }
      return first != second ? "the data in `\(a)` are not the same" : nil
    case (.wrote(let a, let first), .wrote(let b, let second)):
      if a != b { return "`\(b)` was written instead of `\(a)`" }
      return tolerance == 0 && first != second ? "`\(a)` has other contents" : nil
    case (.finished(let a), .finished(let b)):
      return "the run ended as \(b.rawValue) instead of \(a.rawValue)"
    default: return "\(kind(new)) instead of \(kind(old))"
    }
  }

  private func kind(_ event: Event) -> String {
    switch event {
    case .statement: "a statement"
    case .output: "output"
    case .value: "a value"
    case .figure: "a figure"
    case .check: "a check"
    case .problem: "an error"
    case .read: "a file that was read"
    case .wrote: "a file that was written"
    case .finished: "the end"
    }
  }

  /// - Parameter what: names the text.
  private func text(_ what: String, _ old: String, _ new: String) -> String? {
    guard old != new else { return nil }
    if tolerance > 0, areAlike(old, new) { return nil }
    let pair = zip(
      old.split(separator: "\n", omittingEmptySubsequences: false),
      new.split(separator: "\n", omittingEmptySubsequences: false)
    ).first { $0 != $1 }
    let (first, second) = pair.map { (String($0), String($1)) } ?? (old, new)
    return "\(what) is “\(short(second))” instead of “\(short(first))”"
  }

  private func short(_ text: String) -> String {
    let text = text.split(whereSeparator: \.isWhitespace).joined(separator: " ")
    return Markup.plain(text.count <= 100 ? text : text.prefix(90) + "…")
  }

  /// Whether two texts have the same words, and numbers that are close.
  private func areAlike(_ old: String, _ new: String) -> Bool {
    let (first, second) = (Self.pieces(old), Self.pieces(new))
    guard first.count == second.count else { return false }
    let comparison = Comparison(tolerance: tolerance)
    return zip(first, second).allSatisfy { a, b in
      if a == b { return true }
      guard let x = Double(a), let y = Double(b) else { return false }
      return comparison.areClose(y, x)
    }
  }

  /// Numbers, and what stands between them word by word.
  private static func pieces(_ text: String) -> [Substring] {
    var result: [Substring] = []
    for word in text.split(whereSeparator: \.isWhitespace) {
      var rest = word
      while let first = rest.first {
        let isNumber =
          first.isASCII
          && (first.isNumber || first == "-" && rest.dropFirst().first?.isNumber == true)
        let piece =
          isNumber
          ? rest.prefix { $0.isASCII && ($0.isNumber || $0 == "." || $0 == "-" || $0 == "e") }
          : rest.prefix { !($0.isASCII && ($0.isNumber || $0 == "-")) }
        result.append(piece.isEmpty ? rest.prefix(1) : piece)
        rest = rest.dropFirst(max(piece.count, 1))
      }
    }
    return result
  }
}
