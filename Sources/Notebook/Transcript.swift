/// Pasted text, made fit for an entry.
package enum Transcript {
  /// Line ends become `\n`, other control characters but tabs are dropped, and so is one line end
  /// at the end: the user presses Enter. Of a session that was copied from the prompt, the prompts
  /// and the output go, and the statements stay.
  ///
  /// - Parameter isOpen: whether a text needs more lines.
  package static func cleaned(
    _ pasted: some Sequence<Unicode.Scalar>, isOpen: (String) -> Bool
  ) -> String {
    var view = String.UnicodeScalarView()
    var previous: Unicode.Scalar = " "
    for scalar in pasted {
      if scalar == "\r" {
        view.append("\n")
      } else if scalar == "\n" {
        if previous != "\r" { view.append("\n") }
      } else if scalar == "\t" || (scalar.value >= 0x20 && scalar.value != 0x7F) {
        view.append(scalar)
      }
      previous = scalar
    }
    var text = String(view)
    if text.hasSuffix("\n") { text.removeLast() }
    return withoutPrompts(text, isOpen: isOpen)
  }

  private static func withoutPrompts(_ text: String, isOpen: (String) -> Bool) -> String {
    let lines = text.split(separator: "\n", omittingEmptySubsequences: false)
    let prompt = Prompts.plain(.entry).dropLast()
    guard lines.first(where: { !$0.isEmpty })?.hasPrefix(prompt) == true else { return text }
    var kept: [Substring] = []
    /// The statement in hand, while it lacks lines.
    var statement = ""
    for line in lines {
      if line.hasPrefix(prompt) {
        kept.append(line.dropFirst(prompt.count).dropOneSpace())
        statement = String(kept[kept.count - 1])
      } else if !statement.isEmpty, isOpen(statement), let rest = afterContinuation(line) {
        kept.append(rest)
        statement += "\n" + rest
      } else {
        statement = ""
      }
    }
    return kept.joined(separator: "\n")
  }

  private static func afterContinuation(_ line: Substring) -> Substring? {
    let name = line.drop { $0 == " " }.prefix { $0 != " " && $0 != ">" }
    guard !name.isEmpty, let mark = line.firstIndex(of: ">"),
      line[..<mark].drop(while: { $0 == " " }) == name
    else { return nil }
    return line[line.index(after: mark)...].dropOneSpace()
  }
}

extension Substring {
  fileprivate func dropOneSpace() -> Substring { first == " " ? dropFirst() : self }
}
