import Figures

/// What Tab can put in place of what stands before the cursor.
package struct Completion {
  package struct Candidate: Equatable {
    /// What is inserted.
    package let text: String
    /// What is listed.
    package let name: String
    /// What it is, in a few words.
    package let detail: String

    package init(_ text: String, name: String? = nil, detail: String = "") {
      self.text = text
      self.name = name ?? text
      self.detail = detail
    }
  }

  /// The Unicode scalars that are replaced; ends at the cursor.
  package let range: Range<Int>
  package let candidates: [Candidate]

  package init(_ range: Range<Int>, _ candidates: [Candidate]) {
    self.range = range
    self.candidates = candidates
  }

  package static func nothing(at cursor: Int) -> Completion { Completion(cursor..<cursor, []) }

  /// What all candidates begin with.
  package var commonText: String {
    guard let first = candidates.first else { return "" }
    var common = Substring(first.text)
    for candidate in candidates.dropFirst() {
      while !candidate.text.hasPrefix(common) { common.removeLast() }
    }
    return String(common)
  }

  private static let describedLimit = 24
  private static let gridLimit = 400

  /// Few candidates with what they are, one a line; many in columns. Ends with a newline.
  package func listing(columns: Int) -> String {
    let width = max(20, columns - 1)
    if candidates.count <= Self.describedLimit, candidates.contains(where: { !$0.detail.isEmpty }) {
      let nameWidth = min(
        candidates.reduce(0) { max($0, displayWidth($1.name)) }, max(8, width / 2))
      return candidates.map { candidate in
        let name = padded(truncated(candidate.name, to: nameWidth), to: nameWidth)
        return "  "
          + truncated(
            candidate.detail.isEmpty ? name : name + "  " + candidate.detail, to: width - 2)
          + "\n"
      }.joined()
    }
    let shown = candidates.prefix(Self.gridLimit)
    let cell = shown.reduce(0) { max($0, displayWidth($1.name)) } + 2
    let perRow = max(1, (width - 2) / cell)
    let rows = (shown.count + perRow - 1) / perRow
    var text = ""
    for row in 0..<rows {
      var line = "  "
      for index in stride(from: row, to: shown.count, by: rows) {
        line += padded(truncated(shown[index].name, to: width - 4), to: cell)
      }
      while line.last == " " { line.removeLast() }
      text += line + "\n"
    }
    if shown.count < candidates.count { text += "  … \(candidates.count - shown.count) more\n" }
    return text
  }
}
