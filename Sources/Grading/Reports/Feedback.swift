import Tensors

/// What a student reads about one check: kind, in whole sentences, and nothing of what a hidden check
/// has asked.
enum Feedback {
  /// Lines of plain text.
  static func lines(_ check: Rubric.Check, _ outcome: CheckOutcome) -> [String] {
    guard check.visibility == "visible" else { return hidden(outcome) }
    var lines: [String] = []
    switch outcome.status {
    case .passed: break
    case .failed where outcome.share > 0:
      lines.append("A part of it is there: \(outcome.message.isEmpty ? "go on" : outcome.message).")
    case .failed:
      lines.append(
        outcome.message.isEmpty ? "Not yet." : "Not yet: \(outcome.message).")
    case .error: lines.append("It could not be looked at: \(outcome.message).")
    case .timeout: lines.append("It takes too long: \(outcome.message).")
    case .limit: lines.append("It uses too much: \(outcome.message).")
    case .skipped: lines.append("It was left out: \(outcome.message).")
    case .notAttempted: lines.append("Still to be done: \(outcome.message).")
    }
    if outcome.status != .passed {
      // What a question met is said above.
      for exchange in outcome.exchanges.filter({ !$0.isError }).suffix(4) {
        lines.append("`\(exchange.asked)` gives \(shortened(exchange.answer))")
      }
      if !check.hint.isEmpty { lines.append(check.hint) }
    }
    return lines.map { Markup.plain($0) }
  }

  private static func hidden(_ outcome: CheckOutcome) -> [String] {
    switch outcome.status {
    case .passed: []
    case .failed: ["Not yet."]
    case .error: ["It could not be looked at."]
    case .timeout: ["It takes too long."]
    case .limit: ["It uses too much."]
    case .skipped: ["It was left out, because something before it is missing."]
    case .notAttempted: ["Still to be done."]
    }
  }

  private static func shortened(_ text: String) -> String {
    let line = text.split(separator: "\n").first.map(String.init) ?? ""
    return line.count <= 160 && line.utf8.count == text.utf8.count
      ? line : String(line.prefix(150)) + " …"
  }
}
